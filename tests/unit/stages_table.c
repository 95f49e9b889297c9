/* Numbers with units, and tables of them. */
#include "lib/base/err.h"
#include "lib/io/output.h"
#include "lib/stages/table.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_human(void)
{
	static const struct {
		double value;
		const char *unit;
		const char *text;
	} cases[] = {
		{3072000, "bytes/s", "3.07 MB/s"},
		{73400320, "bytes", "73.4 MB"},
		{999.6, "bytes", "1.00 kB"},
		{999, "bytes", "999 B"},
		{0, "bytes", "0 B"},
		{2e18, "bytes", "2.00 EB"},
		{3000, "records/s", "3.00 k records/s"},
		{12345, "", "12.3 k"},
		{17, "", "17"},
		{1.2345, "", "1.23"},
		{-1500, "", "-1.50 k"},
		{3.1, "cores", "3.10 cores"},
		{42, "s", "42 s"},
		{0.25, "s", "0.25 s"},
		{59.6, "s", "1 min 0 s"},
		{200, "s", "3 min 20 s"},
		{7500, "s", "2 h 5 min"},
		{864000, "s", "10 d 0 h"},
		{.873, "%", "87.3 %"},
		{NAN, "s", "-"},
		{INFINITY, "bytes", "unlimited"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[SPP_HUMAN_SIZE];

		spp_human(cases[i].value, cases[i].unit, text);
		if (!CHECK(strcmp(text, cases[i].text) == 0))
			printf("# %g %s: %s\n", cases[i].value, cases[i].unit,
				text);
	}
}

static void test_table(void)
{
	static const struct spp_column columns[] = {
		{"platform", false}, {"load", true}, {"why", false}};
	static const char wanted[] = "platform       load  why\n"
				     "p1        1.00 MB/s  hot?\n"
				     "h\xc3\xa4u\xc3\x9f"
				     "er            -  7 of 8\n";
	char path[] = "/tmp/spp-table-XXXXXX";
	char bytes[512] = "";
	struct spp_table table;
	struct spp_output output;
	struct spp_err err = {0};
	int fd = mkstemp(path);

	CHECK(fd >= 0 && unlink(path) == 0);
	spp_output_to(&output, fd, "out");
	spp_table_init(&table, columns, 3);
	spp_table_text(&table, "p1");
	spp_table_human(&table, 1e6, "bytes/s");
	spp_table_text(&table, "hot\x1b");
	spp_table_text(&table, "h\xc3\xa4u\xc3\x9f"
			       "er");
	spp_table_text(&table, NULL);
	spp_table_format(&table, "%d of %d", 7, 8);
	CHECK(spp_table_print(&table, &output, &err));
	spp_table_free(&table);
	CHECK(spp_output_close(&output, &err));
	CHECK(pread(fd, bytes, sizeof bytes - 1, 0) > 0);
	if (!CHECK(strcmp(bytes, wanted) == 0))
		printf("# %s", bytes);
	close(fd);
}

int main(void)
{
	static const struct test tests[] = {
		{"numbers with units", test_human},
		{"tables", test_table},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
