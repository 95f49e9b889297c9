#include "lib/stages/forecast_print.h"

#include "lib/base/map.h"
#include "lib/base/text.h"
#include "lib/stages/common.h"
#include "lib/stages/forecast_lines.h"
#include "lib/stages/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HISTORY_COUNTS = 12 };

static int compare_counts(const void *a, const void *b)
{
	const struct spp_count *x = a, *y = b;

	return spp_text_compare(x->name, y->name);
}

/* Lines by the model that made them, sorted by name. */
static bool count_models(const struct spp_lines *lines,
	struct spp_objects *counted, struct spp_arena *arena,
	struct spp_err *err)
{
	struct spp_map map = {.arena = arena};
	struct spp_count *counts =
		spp_arena_alloc(arena, lines->count, sizeof(*counts));

	if (!counts)
		return spp_fail_memory(err);
	for (size_t i = 0; i < lines->count; i++) {
		const char *name = lines->items[i].model;
		size_t index = spp_map_add(&map, name, strlen(name));

		if (index == SPP_MAP_NONE)
			return spp_fail_memory(err);
		counts[index].name = name;
		counts[index].count++;
	}
	qsort(counts, map.count, sizeof(*counts), compare_counts);
	*counted = (struct spp_objects){map.count, counts};
	return true;
}

static bool put_summary(struct spp_stage *stage, const struct spp_lines *lines,
	const struct spp_forecast_options *options, const struct spp_grid *grid,
	struct spp_err *err)
{
	const struct spp_series_counts *counts = &grid->counts;
	struct spp_count history[HISTORY_COUNTS] = {
		{"samples", (double)counts->samples},
		{"ticks", (double)grid->ticks},
		{"duplicate", (double)counts->duplicates},
		{"late", (double)counts->late},
		{"missing", (double)counts->gaps},
		{"reset", (double)counts->resets},
		{"censored", (double)counts->censored},
		{"after_now", (double)counts->future},
		{"too_old", (double)counts->old},
		{"unknown_partition", (double)lines->unknown},
		{"without_history", (double)lines->without},
		{"ended_early", (double)lines->stale},
	};
	struct spp_arena *arena = &stage->context->arena;
	struct spp_summary *summary = spp_record_new(SPP_SUMMARY, arena);

	if (!summary)
		return spp_fail_memory(err);
	summary->stage = "forecast";
	summary->partitions = (double)lines->partitions;
	summary->subscriptions = (double)(lines->count - lines->partitions);
	summary->slots = (double)options->slots->count;
	summary->history = (struct spp_objects){HISTORY_COUNTS, history};
	return count_models(lines, &summary->models, arena, err) &&
	       spp_stage_put(stage, SPP_SUMMARY, summary, err);
}

static bool put_records(struct spp_stage *stage, const struct spp_lines *lines,
	const struct spp_forecast_options *options, struct spp_err *err)
{
	struct spp_arena scratch = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < lines->count; i++) {
		struct spp_forecast record;

		ok = spp_lines_record(&lines->items[i], options, &scratch,
			     &record, err) &&
		     spp_stage_put(stage, SPP_FORECAST, &record, err);
		spp_arena_reset(&scratch);
	}
	spp_arena_free(&scratch);
	return ok;
}

/* A line of the table: the slot in which it is hottest. */
struct row {
	const struct spp_line_source *line;
	size_t hottest;
	double peak;
};

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->peak != y->peak)
		return x->peak > y->peak ? -1 : 1;
	return spp_series_compare(&x->line->key, &y->line->key);
}

static void fill_row(struct spp_table *table, const struct row *row,
	const struct spp_forecast_options *options)
{
	const struct spp_line_source *line = row->line;
	const struct spp_expected *bytes =
		&line->outlook->measures[SPP_MEASURE_BYTES];
	const struct spp_expected *records =
		&line->outlook->measures[SPP_MEASURE_RECORDS];

	spp_table_format(table, "%s/%s", line->key.stream, line->key.partition);
	spp_table_text(table, line->key.subscriber);
	spp_table_human(table, bytes->last, "bytes/s");
	spp_table_human(table, bytes->mean[0], "bytes/s");
	spp_table_human(table, row->peak, "bytes/s");
	spp_table_human(table, bytes->sd[row->hottest], "bytes/s");
	spp_table_human(table, options->slots->begin_s[row->hottest], "s");
	spp_table_human(table,
		records->mean ? records->mean[row->hottest] : NAN, "records/s");
	spp_table_text(table, line->model);
	spp_table_text(table, line->warning);
}

static bool print_table(struct spp_stage *stage, const struct spp_lines *lines,
	const struct spp_forecast_options *options, struct spp_err *err)
{
	static const struct spp_column columns[] = {{"partition", false},
		{"subscriber", false}, {"last", true}, {"next", true},
		{"highest", true}, {"sd", true}, {"in", true},
		{"records", true}, {"model", false}, {"warning", false}};
	struct row *rows = spp_arena_alloc(
		&stage->context->arena, lines->count, sizeof(*rows));
	struct spp_table table;
	bool ok;

	if (!rows)
		return spp_fail_memory(err);
	for (size_t i = 0; i < lines->count; i++) {
		const double *mean =
			lines->items[i]
				.outlook->measures[SPP_MEASURE_BYTES]
				.mean;

		rows[i].line = &lines->items[i];
		for (size_t s = 1; s < options->slots->count; s++)
			if (mean[s] > mean[rows[i].hottest])
				rows[i].hottest = s;
		rows[i].peak = mean[rows[i].hottest];
	}
	qsort(rows, lines->count, sizeof(*rows), compare_rows);
	spp_table_init(&table, columns, sizeof(columns) / sizeof(*columns));
	for (size_t i = 0; i < lines->count; i++)
		fill_row(&table, &rows[i], options);
	ok = spp_table_print(&table, &stage->context->output, err);
	spp_table_free(&table);
	return ok;
}

bool spp_forecast_print(struct spp_stage *stage, const struct spp_lines *lines,
	const struct spp_forecast_options *options, const struct spp_grid *grid,
	struct spp_err *err)
{
	if (stage->context->common->format == SPP_FORMAT_TABLE)
		return print_table(stage, lines, options, err);
	return put_records(stage, lines, options, err) &&
	       put_summary(stage, lines, options, grid, err);
}
