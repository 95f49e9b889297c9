#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "lib/io/csv.h"
#include "lib/io/input.h"
#include "tests/random.h"
#include "tests/unit/refuse.h"
#include "tests/unit/test.h"

#include <string.h>

/* Rows as "line[cell][cell]". */
static bool show_row(
	void *context, const struct spp_csv_row *row, struct spp_err *err)
{
	struct spp_buf *buf = context;

	spp_buf_format(buf, "%zu", row->line);
	for (size_t i = 0; i < row->count; i++) {
		CHECK(strlen(row->cells[i].text) == row->cells[i].length);
		spp_buf_format(buf, "[%s]", row->cells[i].text);
	}
	return spp_buf_ok(buf, err);
}

static bool read_text(const char *text, size_t length, struct spp_buf *buf,
	struct spp_err *err)
{
	struct spp_input input;
	bool done = spp_input_memory(&input, text, length, "memory", err);

	done = done && spp_csv_read(&input, show_row, buf, err);
	spp_input_close(&input);
	return done;
}

static bool gives(const char *text, const char *expected)
{
	struct spp_buf buf = {0};
	struct spp_err err = {0};
	bool same;

	CHECK(read_text(text, strlen(text), &buf, &err));
	spp_buf_char(&buf, '\0');
	same = strcmp(buf.data, expected) == 0;
	if (!same)
		printf("# %s %s\n", buf.data, err.text);
	spp_buf_free(&buf);
	return same;
}

static void rows_and_cells(void)
{
	CHECK(gives("", ""));
	CHECK(gives("\n\n", ""));
	CHECK(gives("a", "1[a]"));
	CHECK(gives("a,b\nc,d\n", "1[a][b]2[c][d]"));
	CHECK(gives("a,b\r\nc,d\r\n", "1[a][b]2[c][d]"));
	CHECK(gives("a,b\rc,d", "1[a][b]1[c][d]"));
	CHECK(gives(",\n,,", "1[][]2[][][]"));
	CHECK(gives(" a , b\t\n", "1[a][b]"));
	CHECK(gives("\" a \",\"\"\n", "1[ a ][]"));
	CHECK(gives("\"a,b\",\"c\"\"d\"\n", "1[a,b][c\"d]"));
	CHECK(gives("\xef\xbb\xbf"
		    "a\n",
		"1[a]"));
	CHECK(gives("\xc3\xa4,\xe2\x82\xac\n", "1[\xc3\xa4][\xe2\x82\xac]"));
}

static void lines_are_true(void)
{
	CHECK(gives("a\n\n\nb\n", "1[a]4[b]"));
	CHECK(gives("a\n  \n\t\r\nb\n", "1[a]4[b]"));
	CHECK(gives("\"x\n\ny\",1\nb\n", "1[x\n\ny][1]4[b]"));
	CHECK(gives("1,\"x\ny\"\n\n\"p\r\nq\",\"r\ns\"\nlast",
		"1[1][x\ny]4[p\r\nq][r\ns]7[last]"));
}

static bool fails(
	const char *text, size_t length, size_t line, const char *expected)
{
	struct spp_buf buf = {0};
	struct spp_err err = {0};

	CHECK(!read_text(text, length, &buf, &err));
	spp_buf_free(&buf);
	if (err.status == SPP_INPUT && err.line == line &&
		strcmp(err.text, expected) == 0 &&
		strcmp(err.source, "memory") == 0)
		return true;
	printf("# %s:%zu: %s\n", err.source, err.line, err.text);
	return false;
}

static bool string_fails(const char *text, size_t line, const char *expected)
{
	return fails(text, strlen(text), line, expected);
}

static void errors_name_their_line(void)
{
	const char *open = "quote is opened and never closed";
	const char *inside = "quote inside of cell 2, which does not begin "
			     "with one";
	const char *text = "line is not UTF-8 without NUL";

	CHECK(string_fails("a\n\"b\nc\n", 2, open));
	CHECK(string_fails("a\n\"b", 2, open));
	CHECK(string_fails("a\n\"b\nc\",d,\"e\n\n", 3, open));
	CHECK(string_fails("\"a\nb\"\n\n1,\"", 4, open));
	CHECK(string_fails("a,b\"c\n", 1, inside));
	CHECK(string_fails("\n\"a\n\",b\"c\n", 3, inside));
	CHECK(string_fails(
		"a,\"b\"c\n", 1, "text behind the closing quote of cell 2"));
	CHECK(string_fails("a\nb\xff\n", 2, text));
	CHECK(string_fails("a\n\"\nb\xed\xa0\x80\n\"\n", 3, text));
	CHECK(fails("a\nb\0c\n", 6, 2, text));
}

static void fill(struct spp_buf *text, char c, size_t count)
{
	memset(spp_buf_extend(text, count), c, count);
}

static void limits_have_messages(void)
{
	struct spp_buf text = {0}, rows = {0};

	spp_buf_string(&text, "a\nb,\"");
	fill(&text, 'x', SPP_CSV_ROW_MAX - 5);
	spp_buf_string(&text, "\"\n");
	CHECK(read_text(text.data, text.length, &rows, NULL));
	spp_buf_free(&rows);
	spp_buf_reset(&text);
	fill(&text, ',', SPP_CSV_CELLS_MAX);
	spp_buf_char(&text, '\n');
	CHECK(fails(
		text.data, text.length, 1, "row has more than 1048576 cells"));
	spp_buf_reset(&text);
	spp_buf_string(&text, "a\n\"");
	for (int i = 0; i < SPP_CSV_ROW_MAX / 1000 + 1; i++) {
		fill(&text, 'x', 999);
		spp_buf_char(&text, '\n');
	}
	CHECK(fails(text.data, text.length, 2,
		"row is longer than 16777216 bytes"));
	spp_buf_free(&text);
}

static bool stop(
	void *context, const struct spp_csv_row *row, struct spp_err *err)
{
	++*(int *)context;
	return row->line < 3 ? true : spp_fail(err, SPP_LEFT, "enough");
}

static void the_handler_may_stop(void)
{
	static const char text[] = "a\nb\nc\rd\ne\n";
	struct spp_err err = {0};
	struct spp_input input;
	int rows = 0;

	spp_input_memory(&input, text, sizeof text - 1, "memory", NULL);
	CHECK(!spp_csv_read(&input, stop, &rows, &err));
	CHECK(rows == 3 && err.status == SPP_LEFT && err.line == 3);
	spp_input_close(&input);
}

/* Rows that are written come back, whatever their cells hold. */
static void put_cell(
	struct spp_buf *text, struct spp_buf *expected, struct spp_rng *rng)
{
	size_t length = random_below(rng, 8);
	bool quoted = random_below(rng, 2) == 0;

	spp_buf_char(expected, '[');
	if (quoted)
		spp_buf_char(text, '"');
	for (size_t i = 0; i < length; i++) {
		char c = "ab,\"\n x"[random_below(rng, 7)];

		if (!quoted && strchr(",\"\n ", c) != NULL)
			c = '.';
		spp_buf_char(text, c);
		spp_buf_char(expected, c);
		if (c == '"')
			spp_buf_char(text, c);
	}
	if (quoted)
		spp_buf_char(text, '"');
	spp_buf_char(expected, ']');
}

static size_t count_newlines(const struct spp_buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->length; i++)
		count += text->data[i] == '\n';
	return count;
}

static void written_rows_come_back(void)
{
	struct spp_rng rng = spp_rng_for(6, 0);

	for (int round = 0; round < 300; round++) {
		struct spp_buf text = {0}, expected = {0};
		size_t rows = random_below(&rng, 20);

		for (size_t i = 0; i < rows; i++) {
			size_t cells = 2 + random_below(&rng, 4);

			spp_buf_format(
				&expected, "%zu", count_newlines(&text) + 1);
			for (size_t k = 0; k < cells; k++) {
				if (k > 0)
					spp_buf_char(&text, ',');
				put_cell(&text, &expected, &rng);
			}
			spp_buf_string(&text, i % 3 == 0 ? "\r\n" : "\n");
			if (i % 4 == 0)
				spp_buf_char(&text, '\n');
		}
		spp_buf_char(&text, '\0');
		spp_buf_char(&expected, '\0');
		CHECK(gives(text.data, expected.data));
		spp_buf_free(&text);
		spp_buf_free(&expected);
	}
}

static void each_refusal_is_reported(void)
{
	static const char text[] = "a,b\n\"a quoted\ncell\",d\ne,f";
	unsigned long n = 0;
	bool done;

	do {
		struct spp_buf buf = {0};
		struct spp_err err = {0};

		refuse_at(++n);
		done = read_text(text, sizeof text - 1, &buf, &err);
		/* libcsv asks again for less: not each refusal fails. */
		CHECK(done || refuse_came());
		CHECK(done || strcmp(err.text, "out of memory") == 0);
		spp_buf_free(&buf);
		done = !refuse_came();
	} while (!done && n < 100);
	refuse_at(0);
	CHECK(done && n > 4);
}

int main(void)
{
	static const struct test tests[] = {
		{"rows and cells", rows_and_cells},
		{"lines are true", lines_are_true},
		{"errors name their line", errors_name_their_line},
		{"limits have messages", limits_have_messages},
		{"the handler may stop", the_handler_may_stop},
		{"written rows come back", written_rows_come_back},
		{"each refusal is reported", each_refusal_is_reported},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
