/* Any request for memory may be refused: one error, no ok end. */
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/io/input.h"
#include "lib/io/output.h"
#include "lib/records/feed.h"
#include "lib/records/segment.h"
#include "tests/unit/records_lines.h"
#include "tests/unit/refuse.h"
#include "tests/unit/test.h"

#include <string.h>
#include <unistd.h>

/* All lines as one feed, passed on as a segment into a pipe. */
static bool pass(const char *text, char *out, size_t size, struct spp_err *err)
{
	struct spp_feed_options options = {0};
	struct spp_header header = {.schema = 1,
		.tool = "t",
		.version = "1",
		.now = SPP_TIME_NONE,
		.risk = 0.05,
		.seed = SPP_ABSENT};
	struct spp_segment segment = {0};
	struct spp_output output;
	struct spp_input input;
	struct spp_end end = {0};
	struct spp_feed feed = {0};
	ssize_t length;
	int ends[2];
	bool done;

	CHECK(pipe(ends) == 0);
	for (size_t i = 0; i < SPP_TYPES; i++)
		options.use[i] = SPP_READ | SPP_PASS;
	spp_output_to(&output, ends[1], "out");
	done = spp_input_memory(&input, text, strlen(text), "in", err) &&
	       spp_feed_read(&feed, &input, 1, &options, 1, err) &&
	       spp_segment_begin(&segment, &output, &header, err);
	for (size_t type = 0; done && type < SPP_TYPES; type++)
		for (size_t i = 0; done && i < spp_feed_count(&feed, type); i++)
			done = spp_segment_forward(
				&segment, spp_feed_at(&feed, type, i), err);
	done = done && spp_segment_end(&segment, &end, err);
	spp_segment_free(&segment);
	spp_feed_free(&feed);
	spp_input_close(&input);
	done = spp_output_close(&output, err) && done;
	close(ends[1]);
	length = read(ends[0], out, size - 1);
	out[length > 0 ? length : 0] = '\0';
	close(ends[0]);
	return done;
}

static void test_refused(void)
{
	static char text[16384], out[16384];
	size_t length = 0;

	for (size_t i = 0; i < LINES; i++)
		length += (size_t)snprintf(
			text + length, sizeof text - length, "%s\n", lines[i]);
	for (unsigned long n = 1;; n++) {
		struct spp_err err = {0};
		bool done;

		refuse_at(n);
		done = pass(text, out, sizeof out, &err);
		if (done) {
			CHECK(!refuse_came());
			CHECK(strstr(out, "{\"type\":\"end\"") != NULL);
			break;
		}
		CHECK(err.status == SPP_SYSTEM);
		if (!CHECK(strcmp(err.text, "out of memory") == 0))
			printf("# %s\n", err.text);
		CHECK(strstr(out, "\"type\":\"end\"") == NULL);
		if (!CHECK(n < 10000))
			break;
	}
	refuse_at(0);
}

int main(void)
{
	static const struct test tests[] = {
		{"reading and writing on", test_refused},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
