#include "lib/io/csv.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"
#include "lib/base/utf8.h"
#include "lib/io/input.h"

#include <csv.h>
#include <string.h>

enum { CHUNK_SIZE = 1 << 20 };

/*
 * libcsv knows no lines, so it is fed one at a time.  It hands out a cell in
 * its own memory, so cells are copied; where their text is is told when the
 * row is whole, because the buffer moves when it grows.
 */
struct reader {
	struct csv_parser parser;
	spp_csv_handler *handler;
	void *context;
	const char *source;
	size_t line;      /* that is being fed */
	size_t row_line;  /* on which the row began */
	size_t cell_line; /* on which the cell began */
	size_t row_bytes; /* fed since the row began */
	bool in_row;      /* the last line ended inside of a row */
	bool failed;
	struct spp_err *err;
	size_t count;         /* of the row's cells so far */
	struct spp_buf text;  /* of them, each with a NUL */
	struct spp_buf cells; /* struct spp_cell */
};

static void fail_at(struct reader *reader, size_t line)
{
	reader->failed = true;
	spp_err_at(reader->err, reader->source, line);
}

/* DATA has a NUL behind it. */
static void take_cell(void *data, size_t length, void *context)
{
	struct reader *reader = context;
	const struct spp_cell cell = {.length = length};

	if (reader->failed)
		return;
	if (reader->count == SPP_CSV_CELLS_MAX) {
		spp_fail(reader->err, SPP_INPUT, "row has more than %d cells",
			SPP_CSV_CELLS_MAX);
		fail_at(reader, reader->row_line);
		return;
	}
	spp_buf_append(&reader->cells, &cell, sizeof cell);
	spp_buf_append(&reader->text, data, length + 1);
	reader->count++;
	reader->cell_line = reader->line;
}

static void take_row(int terminator, void *context)
{
	struct reader *reader = context;
	const char *text = reader->text.data;
	struct spp_cell *cells = (void *)reader->cells.data;
	const struct spp_csv_row row = {reader->row_line, reader->count, cells};

	(void)terminator;
	if (reader->failed)
		return;
	if (reader->cells.failed || reader->text.failed) {
		reader->failed = !spp_fail_memory(reader->err);
		return;
	}
	for (size_t i = 0; i < row.count; i++) {
		cells[i].text = text;
		text += cells[i].length + 1;
	}
	if (!reader->handler(reader->context, &row, reader->err))
		fail_at(reader, row.line);
	spp_buf_reset(&reader->text);
	spp_buf_reset(&reader->cells);
	reader->count = 0;
	reader->in_row = false;
	reader->row_line = reader->cell_line = reader->line;
	reader->row_bytes = 0;
}

static bool is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (memchr(" \t\r\n", line[i], 4) == NULL)
			return false;
	return true;
}

/* libcsv stopped: at this byte, if not for want of memory. */
static void fail_parse(struct reader *reader, char byte)
{
	if (csv_error(&reader->parser) != CSV_EPARSE)
		spp_fail_memory(reader->err);
	spp_fail(reader->err, SPP_INPUT,
		byte == '"' ? "quote inside of cell %zu, which does not begin "
			      "with one"
			    : "text behind the closing quote of cell %zu",
		reader->count + 1);
	fail_at(reader, reader->line);
}

static bool is_text(const char *text, size_t length)
{
	return memchr(text, '\0', length) == NULL &&
	       spp_utf8_valid(text, length);
}

/* One line with its newline, if it has one. */
static void feed(struct reader *reader, const char *line, size_t length)
{
	size_t done;

	if (!reader->in_row) {
		if (is_blank(line, length))
			return;
		reader->in_row = true;
		reader->row_line = reader->cell_line = reader->line;
		reader->row_bytes = 0;
	}
	reader->row_bytes += length;
	if (reader->row_bytes > SPP_CSV_ROW_MAX) {
		spp_fail(reader->err, SPP_INPUT, "row is longer than %d bytes",
			SPP_CSV_ROW_MAX);
		spp_err_hint(reader->err, "A quote may be open since line %zu.",
			reader->cell_line);
		fail_at(reader, reader->row_line);
		return;
	}
	done = csv_parse(
		&reader->parser, line, length, take_cell, take_row, reader);
	if (done != length && !reader->failed)
		fail_parse(reader, line[done]);
}

static void feed_chunk(struct reader *reader, const struct spp_chunk *chunk)
{
	const char *at = chunk->text.data;
	const char *end = at + chunk->text.length;
	bool clean = is_text(at, chunk->text.length);

	reader->line = chunk->first_line;
	if (reader->line == 1 && end - at >= 3 &&
		memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (at < end && !reader->failed) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *next = newline != NULL ? newline + 1 : end;
		size_t length = (size_t)(next - at);

		if (clean || is_text(at, length)) {
			feed(reader, at, length);
		} else {
			spp_fail(reader->err, SPP_INPUT,
				"line is not UTF-8 without NUL");
			fail_at(reader, reader->line);
		}
		reader->line++;
		at = next;
	}
}

/* The end of the text: the last row may lack its newline. */
static void finish(struct reader *reader)
{
	if (csv_fini(&reader->parser, take_cell, take_row, reader) == 0 ||
		reader->failed)
		return;
	if (csv_error(&reader->parser) != CSV_EPARSE)
		spp_fail_memory(reader->err);
	spp_fail(reader->err, SPP_INPUT, "quote is opened and never closed");
	fail_at(reader, reader->cell_line);
}

bool spp_csv_read(struct spp_input *input, spp_csv_handler *handler,
	void *context, struct spp_err *err)
{
	struct reader reader = {
		.handler = handler,
		.context = context,
		.source = input->source,
		.err = err,
	};
	struct spp_chunk chunk = {0};

	csv_init(
		&reader.parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
	csv_set_realloc_func(&reader.parser, spp_memory_resize);
	csv_set_free_func(&reader.parser, spp_memory_free);
	csv_set_blk_size(&reader.parser, 4096);
	do {
		reader.failed =
			!spp_input_chunk(input, CHUNK_SIZE, &chunk, err);
		if (chunk.text.length > 0)
			feed_chunk(&reader, &chunk);
	} while (!reader.failed && chunk.text.length > 0);
	if (!reader.failed)
		finish(&reader);
	csv_free(&reader.parser);
	spp_buf_free(&reader.text);
	spp_buf_free(&reader.cells);
	spp_buf_free(&chunk.text);
	return !reader.failed;
}
