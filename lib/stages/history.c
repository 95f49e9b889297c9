#include "lib/stages/history.h"

#include "lib/base/num.h"
#include "lib/io/csv.h"
#include "lib/io/input.h"
#include "lib/stages/history_layout.h"
#include "lib/stages/history_time.h"

#include <assert.h>
#include <string.h>

struct reader {
	struct spp_samples *samples;
	const struct spp_history_options *options;
	struct spp_time_format format;
	struct spp_arena arena;
	struct spp_layout layout;
	const char *source;
	bool hinted;  /* how times are written was said */
	size_t ticks; /* rows of a file with one number a line */
	size_t key;   /* source of the last row, SPP_MAP_NONE = none */
	struct spp_buf follows; /* size_t [source]: the one after it */
	spp_time time;          /* of the last row, whose text is kept: */
	char time_text[SPP_TIME_SIZE];
	struct spp_context *context; /* collects what is wrong */
	size_t rows;                 /* so far */
};

/* What is wrong with one cell. */
static bool fail_cell(const struct reader *reader, size_t column,
	const char *wanted, const struct spp_cell *cell, struct spp_err *err)
{
	char name[SPP_COLUMN_SIZE], quoted[SPP_QUOTE_SIZE];

	return spp_fail(err, SPP_INPUT, "%s must be %s, got %s",
		spp_layout_column(&reader->layout, column, name), wanted,
		spp_err_quote(quoted, cell->text, cell->length));
}

/* The cell of a role; NULL where the file has no such column. */
static const struct spp_cell *cell_of(const struct reader *reader,
	const struct spp_csv_row *row, enum spp_role role)
{
	size_t column = reader->layout.column[role];

	return column < row->count ? &row->cells[column] : NULL;
}

static bool is_missing(const struct reader *reader, const struct spp_cell *cell)
{
	const char *missing = reader->options->missing;

	return cell->length == 0 ||
	       (missing && strcmp(cell->text, missing) == 0);
}

/* A number of a sample; NAN where the cell says nothing. */
static bool read_number(const struct reader *reader,
	const struct spp_csv_row *row, size_t column, double factor,
	double *number, struct spp_err *err)
{
	const struct spp_cell *cell = &row->cells[column];

	*number = NAN;
	if (is_missing(reader, cell))
		return true;
	if (!spp_num_parse(cell->text, number))
		return fail_cell(reader, column, "a number", cell, err);
	*number *= factor;
	if (!(*number >= 0 && *number <= SPP_MOST))
		return fail_cell(
			reader, column, "between 0 and 1e+18", cell, err);
	return true;
}

static bool check_name(const struct reader *reader, enum spp_role role,
	const struct spp_cell *cell, struct spp_err *err)
{
	size_t column = reader->layout.column[role];

	if (cell->length == 0)
		return fail_cell(reader, column, "a name", cell, err);
	if (cell->length > SPP_NAME_MAX)
		return fail_cell(
			reader, column, "at most 1024 bytes long", cell, err);
	if (role == SPP_ROLE_PARTITION && strchr(cell->text, '/'))
		return fail_cell(reader, column, "without \"/\"", cell, err);
	return true;
}

static bool is_key(
	const struct reader *reader, size_t key, const char *const names[4])
{
	struct spp_source known;

	if (key == SPP_MAP_NONE)
		return false;
	known = spp_samples_names(reader->samples, key);
	return strcmp(known.partition, names[1]) == 0 &&
	       strcmp(known.stream, names[0]) == 0 &&
	       strcmp(known.subscriber, names[2]) == 0 &&
	       strcmp(known.platform, names[3]) == 0;
}

/*
 * Rows come by series or, tick after tick, in the same order of series: so
 * the key is that of the last row or the one that followed it before, and
 * need not be looked up.
 */
static bool guess_key(struct reader *reader, const char *const names[4])
{
	const size_t *follows = (const void *)reader->follows.data;
	size_t count = reader->follows.length / sizeof(*follows);

	if (is_key(reader, reader->key, names))
		return true;
	if (reader->key >= count ||
		!is_key(reader, follows[reader->key], names))
		return false;
	reader->key = follows[reader->key];
	return true;
}

static bool find_key(
	struct reader *reader, const char *const names[4], struct spp_err *err)
{
	size_t before = reader->key;
	size_t *follows;

	reader->key = spp_samples_source(
		reader->samples, names[0], names[1], names[2], names[3]);
	if (reader->key == SPP_MAP_NONE)
		return spp_fail_memory(err);
	while (reader->follows.length <= reader->key * sizeof(*follows)) {
		follows = spp_buf_extend(&reader->follows, sizeof(*follows));
		if (!follows)
			return spp_fail_memory(err);
		*follows = SPP_MAP_NONE;
	}
	follows = (void *)reader->follows.data;
	if (before != SPP_MAP_NONE)
		follows[before] = reader->key;
	return true;
}

/* Where a row was measured; into reader->key. */
static bool read_key(struct reader *reader, const struct spp_csv_row *row,
	struct spp_err *err)
{
	static const enum spp_role parts[] = {SPP_ROLE_STREAM,
		SPP_ROLE_PARTITION, SPP_ROLE_SUBSCRIBER, SPP_ROLE_PLATFORM};
	const struct spp_cell *cells[4];
	const char *names[4] = {reader->options->stream, "0", "", ""};

	for (size_t i = 0; i < 4; i++) {
		cells[i] = cell_of(reader, row, parts[i]);
		if (cells[i])
			names[i] = cells[i]->text;
	}
	if (guess_key(reader, names))
		return true;
	for (size_t i = 0; i < 4; i++)
		if (cells[i] && (cells[i]->length > 0 || i < 2) &&
			!check_name(reader, parts[i], cells[i], err))
			return false;
	assert(names[0]);
	return find_key(reader, names, err);
}

/* Rows of the same time follow each other in most files. */
static bool read_time(struct reader *reader, const struct spp_csv_row *row,
	struct spp_err *err)
{
	size_t column = reader->layout.column[SPP_ROLE_TIME];
	const struct spp_cell *cell = &row->cells[column];

	if (cell->length > 0 && strcmp(cell->text, reader->time_text) == 0)
		return true;
	if (!spp_time_format_read(&reader->format, cell->text, &reader->time)) {
		fail_cell(reader, column, "a time", cell, err);
		if (!reader->hinted && !reader->format.pattern &&
			reader->format.utc_offset_s == SPP_OFFSET_NONE)
			spp_err_hint(err,
				"Times are like 2026-11-22T10:00:00Z; see "
				"--utc-offset and --time-format.");
		reader->hinted = true;
		return false;
	}
	reader->time_text[0] = '\0';
	if (cell->length < sizeof(reader->time_text))
		memcpy(reader->time_text, cell->text, cell->length + 1);
	return true;
}

double spp_history_bytes(
	const struct spp_history_options *options, double bytes, double records)
{
	double made = records * options->record_bytes;

	if (!isnan(bytes) || isnan(made))
		return bytes;
	return made < SPP_MOST ? made : SPP_MOST;
}

/* Add a sample, unless it says nothing. */
static bool add(struct reader *reader, spp_time time,
	const struct spp_shape *shape, double values[SPP_MEASURES],
	struct spp_err *err)
{
	double records = values[SPP_MEASURE_RECORDS];

	if (isnan(values[SPP_MEASURE_BYTES]) && isnan(records))
		return true;
	values[SPP_MEASURE_BYTES] = spp_history_bytes(
		reader->options, values[SPP_MEASURE_BYTES], records);
	return spp_samples_add(
		reader->samples, reader->key, time, shape, values, err);
}

static bool read_censored(const struct reader *reader,
	const struct spp_csv_row *row, bool *censored, struct spp_err *err)
{
	const struct spp_cell *cell = cell_of(reader, row, SPP_ROLE_CENSORED);

	*censored = false;
	if (!cell || cell->length == 0 || strcmp(cell->text, "false") == 0 ||
		strcmp(cell->text, "0") == 0)
		return true;
	*censored = true;
	if (strcmp(cell->text, "true") == 0 || strcmp(cell->text, "1") == 0)
		return true;
	return fail_cell(reader, reader->layout.column[SPP_ROLE_CENSORED],
		"true or false", cell, err);
}

static bool read_interval(const struct reader *reader,
	const struct spp_csv_row *row, double *interval_s, struct spp_err *err)
{
	size_t column = reader->layout.column[SPP_ROLE_INTERVAL];

	*interval_s = NAN;
	if (column == SPP_COLUMN_NONE)
		return true;
	if (!read_number(reader, row, column, 1, interval_s, err))
		return false;
	if (!isnan(*interval_s) && (*interval_s < 1e-3 || *interval_s > 1e9))
		return fail_cell(reader, column, "between 0.001 and 1e+09",
			&row->cells[column], err);
	return true;
}

static bool read_long(struct reader *reader, const struct spp_csv_row *row,
	struct spp_err *err)
{
	const struct spp_layout *layout = &reader->layout;
	struct spp_shape shape = {.kind = reader->options->kind};
	double values[SPP_MEASURES] = {NAN, NAN};
	double scale = reader->options->scale;

	if (layout->header && row->count != layout->count)
		return spp_fail(err, SPP_INPUT,
			"row has %zu columns, the header has %zu", row->count,
			layout->count);
	for (size_t role = 0; role < SPP_ROLE_VALUES; role++)
		if (layout->column[role] != SPP_COLUMN_NONE &&
			layout->column[role] >= row->count)
			return spp_fail(err, SPP_INPUT,
				"row has %zu columns, at least %zu are needed",
				row->count, layout->column[role] + 1);
	if (!read_key(reader, row, err) || !read_time(reader, row, err) ||
		!read_interval(reader, row, &shape.interval_s, err) ||
		!read_censored(reader, row, &shape.censored, err))
		return false;
	for (size_t m = 0; m < SPP_MEASURES; m++) {
		size_t column = layout->column[m == SPP_MEASURE_BYTES
						       ? SPP_ROLE_BYTES
						       : SPP_ROLE_RECORDS];

		if (column == SPP_COLUMN_NONE)
			continue;
		if (!read_number(reader, row, column, scale, &values[m], err))
			return false;
		scale = 1; /* of bytes, else of records */
	}
	if (shape.kind == SPP_READING_COUNTER)
		shape.interval_s = NAN;
	return add(reader, reader->time, &shape, values, err);
}

/* The value of one tick in a file whose rows or columns are ticks. */
static bool add_value(struct reader *reader, const struct spp_csv_row *row,
	size_t column, spp_time time, struct spp_err *err)
{
	const struct spp_history_options *options = reader->options;
	struct spp_shape shape = {options->step_s, options->kind, false};
	double values[SPP_MEASURES] = {NAN, NAN};

	if (shape.kind == SPP_READING_COUNTER)
		shape.interval_s = NAN;
	return read_number(reader, row, column, options->scale,
		       &values[options->measure], err) &&
	       add(reader, time, &shape, values, err);
}

static spp_time tick_time(const struct reader *reader, size_t tick)
{
	return spp_time_add(
		reader->options->start, (double)tick * reader->options->step_s);
}

static bool is_value(const struct spp_layout *layout, size_t column)
{
	if (layout->times)
		return layout->times[column] != SPP_TIME_NONE;
	for (size_t role = 0; role < SPP_ROLE_VALUES; role++)
		if (layout->column[role] == column)
			return false;
	return column >= layout->column[SPP_ROLE_VALUES];
}

static bool read_wide(struct reader *reader, const struct spp_csv_row *row,
	struct spp_err *err)
{
	const struct spp_layout *layout = &reader->layout;
	size_t tick = 0;

	if (layout->header && row->count > layout->count)
		return spp_fail(err, SPP_INPUT,
			"row has %zu columns, the header has %zu", row->count,
			layout->count);
	if (row->count <= layout->column[SPP_ROLE_PARTITION])
		return spp_fail(err, SPP_INPUT, "row has no partition");
	if (!read_key(reader, row, err))
		return false;
	for (size_t i = 0; i < row->count; i++) {
		if (!is_value(layout, i))
			continue;
		if (!add_value(reader, row, i,
			    layout->times ? layout->times[i]
					  : tick_time(reader, tick++),
			    err))
			return false;
	}
	return true;
}

static bool read_line(struct reader *reader, const struct spp_csv_row *row,
	struct spp_err *err)
{
	if (row->count != 1)
		return spp_fail(err, SPP_INPUT,
			"row has %zu columns, the first has 1", row->count);
	return read_key(reader, row, err) &&
	       add_value(
		       reader, row, 0, tick_time(reader, reader->ticks++), err);
}

/* A row; what is wrong with it is kept, and the reading goes on. */
static bool take_row(
	void *context, const struct spp_csv_row *row, struct spp_err *err)
{
	struct reader *reader = context;
	struct spp_errs *warnings = &reader->context->warnings;
	struct spp_err wrong = {0};
	bool ok;

	spp_progress(reader->context, "rows read", ++reader->rows, 0);
	if (reader->rows == 1) {
		size_t warned = warnings->count;

		if (!spp_layout_make(&reader->layout, row, reader->options,
			    &reader->format, &reader->arena, warnings, err))
			return false;
		for (; warned < warnings->count && warned < SPP_ERRS_KEPT;
			warned++)
			spp_err_at(&warnings->kept[warned], reader->source,
				row->line);
		if (reader->layout.header)
			return true;
	}
	if (reader->layout.form == SPP_FORM_LONG)
		ok = read_long(reader, row, &wrong);
	else if (reader->layout.form == SPP_FORM_WIDE)
		ok = read_wide(reader, row, &wrong);
	else
		ok = read_line(reader, row, &wrong);
	if (ok)
		return true;
	if (wrong.status != SPP_INPUT) {
		*err = wrong;
		return false;
	}
	spp_err_at(&wrong, reader->source, row->line);
	spp_errs_add(&reader->context->errors, &wrong);
	return true;
}

bool spp_history_read_input(struct spp_context *context,
	struct spp_samples *samples, const struct spp_history_options *options,
	struct spp_input *input, struct spp_err *err)
{
	struct reader reader = {.samples = samples,
		.options = options,
		.source = input->source,
		.key = SPP_MAP_NONE,
		.context = context};
	size_t before = context->errors.count;
	bool ok;

	if (!spp_time_format_make(&reader.format, options->time_format,
		    options->utc_offset, err))
		return false;
	ok = spp_csv_read(input, take_row, &reader, err);
	if (ok && reader.rows == 0) {
		ok = spp_fail(err, SPP_INPUT, "the file has no row");
		spp_err_at(err, input->source, 0);
	}
	if (ok && context->errors.count > before) {
		if (before < SPP_ERRS_KEPT)
			*err = context->errors.kept[before];
		else
			spp_fail(err, SPP_INPUT, "more errors in %s",
				input->source);
		ok = false;
	}
	spp_buf_free(&reader.follows);
	spp_arena_free(&reader.arena);
	return ok;
}

bool spp_history_read(struct spp_context *context, struct spp_samples *samples,
	const struct spp_history_options *options, const char *path,
	struct spp_err *err)
{
	struct spp_input input;
	bool ok;

	if (!spp_input_open(&input, path, err))
		return false;
	ok = spp_history_read_input(context, samples, options, &input, err);
	spp_input_close(&input);
	return ok;
}
