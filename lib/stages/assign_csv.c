/*
 * Platforms and partitions as CSV: each row becomes the line of JSON that a
 * person would have written, so that all checks of records hold for it.  A
 * line of the file is a line of that text, so that messages name it.
 */
#include "lib/stages/assign_parts.h"

#include "lib/base/arena.h"
#include "lib/base/num.h"
#include "lib/io/csv.h"
#include "lib/io/input.h"
#include "lib/io/json.h"

#include <string.h>

enum { COLUMNS_MOST = 256 };

/* Reading one file. */
struct sheet {
	bool platforms; /* else partitions */
	const char *source;
	struct spp_arena *arena;
	struct spp_buf text; /* NDJSON */
	size_t line;         /* of text, the next one */
	bool first;          /* no member of the object was written yet */
	size_t columns;      /* 0 = the header was not read yet */
	const char *column[COLUMNS_MOST];
};

static bool read_header(
	struct sheet *sheet, const struct spp_csv_row *row, struct spp_err *err)
{
	if (row->count > COLUMNS_MOST)
		return spp_fail(err, SPP_INPUT,
			"the header has %zu columns, at most %d can be",
			row->count, COLUMNS_MOST);
	for (size_t i = 0; i < row->count; i++)
		sheet->column[i] = spp_arena_text(
			sheet->arena, row->cells[i].text, row->cells[i].length);
	sheet->columns = row->count;
	return spp_arena_ok(sheet->arena, err);
}

static void put_name(struct sheet *sheet, const char *name)
{
	if (!sheet->first)
		spp_buf_char(&sheet->text, ',');
	sheet->first = false;
	spp_json_put_string(&sheet->text, name);
	spp_buf_char(&sheet->text, ':');
}

static bool put_number(struct sheet *sheet, const char *name,
	const struct spp_cell *cell, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];
	double value;

	if (!spp_num_parse(cell->text, &value))
		return spp_fail(err, SPP_INPUT,
			"column \"%s\" must be a number, got %s", name,
			spp_err_quote(quoted, cell->text, cell->length));
	put_name(sheet, name);
	spp_json_put_exact(&sheet->text, value);
	return true;
}

/* "p1;p2;p3" */
static void put_list(
	struct sheet *sheet, const char *name, const struct spp_cell *cell)
{
	const char *at = cell->text;
	const char *comma = "";

	put_name(sheet, name);
	spp_buf_char(&sheet->text, '[');
	while (*at != '\0') {
		size_t length = strcspn(at, ";");
		const char *one = spp_arena_text(sheet->arena, at, length);

		spp_buf_string(&sheet->text, comma);
		if (one != NULL)
			spp_json_put_string(&sheet->text, one);
		comma = ",";
		at += length;
		at += *at == ';';
	}
	spp_buf_char(&sheet->text, ']');
}

static bool one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

static bool put_platform(
	struct sheet *sheet, const struct spp_csv_row *row, struct spp_err *err)
{
	static const char *const texts[] = {
		"platform", "rack", "zone", "state", NULL};
	struct spp_buf *text = &sheet->text;

	for (size_t i = 0; i < row->count; i++) {
		if (!one_of(sheet->column[i], texts) ||
			row->cells[i].length == 0)
			continue;
		put_name(sheet, sheet->column[i]);
		spp_json_put_string(text, row->cells[i].text);
	}
	put_name(sheet, "capacity");
	spp_buf_char(text, '{');
	sheet->first = true;
	for (size_t i = 0; i < row->count; i++) {
		if (one_of(sheet->column[i], texts) ||
			row->cells[i].length == 0)
			continue;
		if (!put_number(sheet, sheet->column[i], &row->cells[i], err))
			return false;
	}
	spp_buf_char(text, '}');
	return true;
}

static bool put_partition(
	struct sheet *sheet, const struct spp_csv_row *row, struct spp_err *err)
{
	static const char *const numbers[] = {
		"size_bytes", "retention_s", "retention_bytes", NULL};

	for (size_t i = 0; i < row->count; i++) {
		const char *name = sheet->column[i];
		const struct spp_cell *cell = &row->cells[i];

		if (cell->length == 0)
			continue;
		if (strcmp(name, "replicas") == 0) {
			put_list(sheet, name, cell);
		} else if (one_of(name, numbers)) {
			if (!put_number(sheet, name, cell, err))
				return false;
		} else {
			put_name(sheet, name);
			spp_json_put_string(&sheet->text, cell->text);
		}
	}
	return true;
}

static bool read_row(
	void *context, const struct spp_csv_row *row, struct spp_err *err)
{
	struct sheet *sheet = context;
	bool done;

	for (; sheet->line < row->line; sheet->line++)
		spp_buf_char(&sheet->text, '\n');
	if (sheet->columns == 0)
		return read_header(sheet, row, err);
	if (row->count > sheet->columns) {
		spp_fail(err, SPP_INPUT,
			"the row has %zu cells, the header %zu", row->count,
			sheet->columns);
		spp_err_at(err, sheet->source, row->line);
		return false;
	}
	sheet->first = false;
	spp_buf_format(&sheet->text, "{\"type\":\"%s\"",
		sheet->platforms ? "platform" : "partition");
	done = sheet->platforms ? put_platform(sheet, row, err)
	                        : put_partition(sheet, row, err);
	if (!done) {
		spp_err_at(err, sheet->source, row->line);
		return false;
	}
	spp_buf_string(&sheet->text, "}\n");
	sheet->line++;
	return spp_buf_ok(&sheet->text, err);
}

/* The file as one more input of the stage; there is room for it. */
static bool add_sheet(struct spp_assign_job *job, const char *path,
	bool platforms, struct spp_err *err)
{
	struct spp_stage *stage = job->stage;
	struct spp_input file;
	struct sheet sheet = {
		.platforms = platforms,
		.source = path,
		.arena = job->arena,
		.line = 1,
	};
	bool done;

	if (!spp_input_open(&file, path, err))
		return false;
	done = spp_csv_read(&file, read_row, &sheet, err) &&
	       spp_input_memory(&stage->inputs[stage->input_count],
		       sheet.text.data != NULL ? sheet.text.data : "",
		       sheet.text.length, path, err);
	stage->input_count += done;
	spp_input_close(&file);
	spp_buf_free(&sheet.text);
	return done;
}

bool spp_assign_add_csv(struct spp_assign_job *job, struct spp_err *err)
{
	const struct spp_assign_stage *options = job->options;
	struct spp_stage *stage = job->stage;
	struct spp_input *inputs = spp_arena_alloc(
		job->arena, stage->input_count + 2, sizeof *inputs);

	if (!spp_arena_ok(job->arena, err))
		return false;
	memcpy(inputs, stage->inputs, stage->input_count * sizeof *inputs);
	stage->inputs = inputs;
	if (options->platforms_csv != NULL &&
		!add_sheet(job, options->platforms_csv, true, err))
		return false;
	return options->partitions_csv == NULL ||
	       add_sheet(job, options->partitions_csv, false, err);
}
