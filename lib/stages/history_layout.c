#include "lib/stages/history_layout.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/base/text.h"
#include "lib/io/csv.h"
#include "lib/stages/history.h"
#include "lib/stages/history_time.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* By enum spp_role; the first that a file need not name is values. */
static const char *const roles[] = {"time", "stream", "partition", "subscriber",
	"platform", "bytes", "records", "interval_s", "censored", "values"};

const char *spp_layout_column(const struct spp_layout *layout, size_t column,
	char text[SPP_COLUMN_SIZE])
{
	char quoted[SPP_QUOTE_SIZE];

	if (column < layout->count)
		snprintf(text, SPP_COLUMN_SIZE, "column %s",
			spp_err_quote(quoted, layout->names[column],
				strlen(layout->names[column])));
	else
		snprintf(text, SPP_COLUMN_SIZE, "column %zu", column + 1);
	return text;
}

static size_t find_column(const struct spp_layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->count; i++)
		if (strcmp(layout->names[i], name) == 0)
			return i;
	return SPP_COLUMN_NONE;
}

/* The column that --columns names: by its heading, else by its number. */
static bool map_column(struct spp_layout *layout, const char *mapping,
	size_t cells, struct spp_err *err)
{
	const char *name = strchr(mapping, '=');
	char quoted[SPP_QUOTE_SIZE];
	size_t role, column;
	int64_t number;

	for (role = 0; role < SPP_ROLES; role++)
		if (name && strlen(roles[role]) == (size_t)(name - mapping) &&
			strncmp(roles[role], mapping,
				(size_t)(name - mapping)) == 0)
			break;
	if (!name || role == SPP_ROLES) {
		spp_fail(err, SPP_USAGE,
			"option --columns must be like bytes=NAME, got %s",
			spp_err_quote(quoted, mapping, strlen(mapping)));
		spp_err_hint(err,
			"Known are time, stream, partition, subscriber, "
			"platform, bytes, records, interval_s, censored and "
			"values.");
		return false;
	}
	name++;
	column = find_column(layout, name);
	if (column == SPP_COLUMN_NONE && spp_num_parse_integer(name, &number) &&
		number >= 1 && number <= (int64_t)cells)
		column = (size_t)number - 1;
	if (column == SPP_COLUMN_NONE)
		return spp_fail(err, SPP_INPUT, "no column %s",
			spp_err_quote(quoted, name, strlen(name)));
	layout->column[role] = column;
	return true;
}

static bool find_roles(struct spp_layout *layout, size_t cells,
	const struct spp_strings *mappings, struct spp_err *err)
{
	for (size_t role = 0; role < SPP_ROLES; role++)
		layout->column[role] =
			layout->header ? find_column(layout, roles[role])
				       : SPP_COLUMN_NONE;
	for (size_t i = 0; i < mappings->count; i++)
		if (!map_column(layout, mappings->items[i], cells, err))
			return false;
	return true;
}

static bool read_names(struct spp_layout *layout, const struct spp_csv_row *row,
	struct spp_arena *arena, struct spp_err *err)
{
	char text[SPP_COLUMN_SIZE];

	layout->names =
		spp_arena_alloc(arena, row->count, sizeof(*layout->names));
	for (size_t i = 0; i < row->count && layout->names; i++) {
		layout->names[i] = spp_arena_text(
			arena, row->cells[i].text, row->cells[i].length);
		if (!layout->names[i])
			break;
		layout->count = i + 1;
	}
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t role = 0; role < SPP_ROLE_VALUES; role++) {
		size_t first = find_column(layout, roles[role]);

		for (size_t i = first + 1;
			first != SPP_COLUMN_NONE && i < layout->count; i++)
			if (strcmp(layout->names[i], roles[role]) == 0)
				return spp_fail(err, SPP_INPUT,
					"%s stands twice in the header",
					spp_layout_column(layout, first, text));
	}
	return true;
}

static bool is_role(const struct spp_layout *layout, size_t column)
{
	for (size_t role = 0; role < SPP_ROLE_VALUES; role++)
		if (layout->column[role] == column)
			return true;
	return false;
}

static void warn_unused(
	const struct spp_layout *layout, struct spp_errs *warnings)
{
	struct spp_err warning = {0};
	char text[SPP_COLUMN_SIZE];
	size_t unused = 0, first = 0;

	for (size_t i = layout->count; i-- > 0;) {
		if (is_role(layout, i))
			continue;
		unused++;
		first = i;
	}
	if (unused == 0)
		return;
	spp_layout_column(layout, first, text);
	if (unused == 1)
		spp_fail(&warning, SPP_INPUT, "%s is not used", text);
	else
		spp_fail(&warning, SPP_INPUT, "%s and %zu more are not used",
			text, unused - 1);
	spp_errs_add(warnings, &warning);
}

static bool make_long(struct spp_layout *layout,
	const struct spp_history_options *options, struct spp_errs *warnings,
	struct spp_err *err)
{
	layout->form = SPP_FORM_LONG;
	if (layout->column[SPP_ROLE_BYTES] == SPP_COLUMN_NONE &&
		layout->column[SPP_ROLE_RECORDS] == SPP_COLUMN_NONE) {
		spp_fail(err, SPP_INPUT, "no column \"bytes\" or \"records\"");
		spp_err_hint(err, "Say which it is: --columns bytes=NAME or "
				  "records=NAME.");
		return false;
	}
	if (layout->column[SPP_ROLE_STREAM] == SPP_COLUMN_NONE &&
		!options->stream) {
		spp_fail(err, SPP_INPUT, "no column \"stream\"");
		spp_err_hint(err, "Give --stream NAME, or --columns "
				  "stream=NAME.");
		return false;
	}
	if (layout->header)
		warn_unused(layout, warnings);
	return true;
}

static bool needs_start(const struct spp_history_options *options,
	const char *what, struct spp_err *err)
{
	if (options->start != SPP_TIME_NONE && options->step_s > 0)
		return true;
	spp_fail(err, SPP_USAGE, "%s needs --start and --step", what);
	return false;
}

/* Headings of a wide file are times, unless --start numbers its columns. */
static bool read_times(struct spp_layout *layout,
	const struct spp_history_options *options,
	const struct spp_time_format *format, struct spp_arena *arena,
	struct spp_err *err)
{
	char text[SPP_COLUMN_SIZE];

	if (options->start != SPP_TIME_NONE)
		return needs_start(options, "a file with --start", err);
	layout->times =
		spp_arena_alloc(arena, layout->count, sizeof(*layout->times));
	if (!layout->times)
		return spp_fail_memory(err);
	for (size_t i = 0; i < layout->count; i++) {
		layout->times[i] = SPP_TIME_NONE;
		if (is_role(layout, i) ||
			spp_time_format_read(
				format, layout->names[i], &layout->times[i]))
			continue;
		spp_fail(err, SPP_INPUT, "%s is neither known nor a time",
			spp_layout_column(layout, i, text));
		spp_err_hint(err,
			"A long file needs a column \"time\"; see --columns, "
			"--utc-offset and --time-format, for a wide one "
			"--start and --step.");
		return false;
	}
	return true;
}

static bool make_wide(struct spp_layout *layout,
	const struct spp_history_options *options, struct spp_err *err)
{
	size_t *column = layout->column;
	size_t values = 0;

	layout->form = SPP_FORM_WIDE;
	if (!layout->header && column[SPP_ROLE_PARTITION] == SPP_COLUMN_NONE)
		column[SPP_ROLE_PARTITION] = 0;
	if (column[SPP_ROLE_PARTITION] == SPP_COLUMN_NONE) {
		spp_fail(err, SPP_INPUT, "no column \"partition\"");
		spp_err_hint(err, "Give --columns partition=NAME.");
		return false;
	}
	if (column[SPP_ROLE_STREAM] == SPP_COLUMN_NONE && !options->stream) {
		spp_fail(err, SPP_INPUT, "no column \"stream\"");
		spp_err_hint(err, "Give --stream NAME.");
		return false;
	}
	for (size_t role = 0; role < SPP_ROLE_VALUES; role++)
		if (column[role] != SPP_COLUMN_NONE && column[role] >= values)
			values = column[role] + 1;
	if (column[SPP_ROLE_VALUES] == SPP_COLUMN_NONE)
		column[SPP_ROLE_VALUES] = layout->times ? 0 : values;
	return true;
}

bool spp_layout_make(struct spp_layout *layout, const struct spp_csv_row *first,
	const struct spp_history_options *options,
	const struct spp_time_format *format, struct spp_arena *arena,
	struct spp_errs *warnings, struct spp_err *err)
{
	*layout = (struct spp_layout){.header = !options->no_header};
	if (layout->header && !read_names(layout, first, arena, err))
		return false;
	if (!find_roles(layout, first->count, &options->columns, err))
		return false;
	if (layout->column[SPP_ROLE_TIME] != SPP_COLUMN_NONE)
		return make_long(layout, options, warnings, err);
	if (layout->header)
		return read_times(layout, options, format, arena, err) &&
		       make_wide(layout, options, err);
	if (!needs_start(options, "a file without header", err))
		return false;
	if (first->count > 1)
		return make_wide(layout, options, err);
	layout->form = SPP_FORM_LINES;
	if (options->stream)
		return true;
	return spp_fail(
		err, SPP_USAGE, "a file with one number a line needs --stream");
}
