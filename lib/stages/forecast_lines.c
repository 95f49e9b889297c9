#include "lib/stages/forecast_lines.h"

#include "lib/base/err.h"
#include "lib/records/feed.h"
#include "lib/records/record.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	SEEN_FEW = 8,        /* ticks that are no history to speak of */
	STALE_TICKS = 3,     /* a series that ended so many ticks ago .. */
	STALE_LEAST_S = 900, /* .. and so many seconds is old */
};

/* What the lines are made of. */
struct maker {
	const struct spp_grid *grid;
	const struct spp_outlook *outlooks;
	const struct spp_forecast_options *options;
	struct spp_lines *lines;
	struct spp_arena *arena;
	const struct spp_outlook **pool; /* scratch: those a median is of */
	double ratio;                    /* bytes to a record, of all */
};

static int compare_lines(const void *a, const void *b)
{
	const struct spp_line_source *x = a, *y = b;

	return spp_series_compare(&x->key, &y->key);
}

static void add_key(struct spp_lines *lines, const char *stream,
	const char *partition, const char *subscriber, bool named,
	const struct spp_series *series)
{
	struct spp_line_source *line = &lines->items[lines->count++];

	line->key.stream = stream;
	line->key.partition = partition;
	line->key.subscriber = subscriber;
	line->named = named;
	line->series = series;
}

/* The same key from history and feed is one line. */
static void merge_keys(struct spp_lines *lines)
{
	size_t kept = 0;

	qsort(lines->items, lines->count, sizeof(*lines->items), compare_lines);
	for (size_t i = 0; i < lines->count; i++) {
		struct spp_line_source *line = &lines->items[i];
		struct spp_line_source *before;

		if (kept == 0 ||
			compare_lines(&lines->items[kept - 1], line) != 0) {
			lines->items[kept++] = *line;
			continue;
		}
		before = &lines->items[kept - 1];
		before->named = before->named || line->named;
		if (line->series)
			before->series = line->series;
	}
	lines->count = kept;
}

static bool collect_keys(
	struct maker *maker, const struct spp_feed *feed, struct spp_err *err)
{
	struct spp_lines *lines = maker->lines;
	size_t partitions = spp_feed_count(feed, SPP_PARTITION);
	size_t subscriptions = spp_feed_count(feed, SPP_SUBSCRIPTION);
	size_t all = maker->grid->count + partitions + subscriptions;

	lines->items =
		spp_arena_alloc(maker->arena, all, sizeof(*lines->items));
	maker->pool = spp_arena_alloc(maker->arena, all, sizeof(*maker->pool));
	if (!spp_arena_ok(maker->arena, err))
		return false;
	for (size_t i = 0; i < maker->grid->count; i++) {
		const struct spp_series *series = &maker->grid->series[i];

		add_key(lines, series->stream, series->partition,
			series->subscriber, false, series);
	}
	for (size_t i = 0; i < partitions; i++) {
		const struct spp_partition *partition =
			spp_feed_at(feed, SPP_PARTITION, i)->value;

		add_key(lines, partition->stream, partition->partition, NULL,
			true, NULL);
	}
	for (size_t i = 0; i < subscriptions; i++) {
		const struct spp_subscription *subscription =
			spp_feed_at(feed, SPP_SUBSCRIPTION, i)->value;

		add_key(lines, subscription->stream, subscription->partition,
			subscription->subscriber, true, NULL);
	}
	merge_keys(lines);
	for (size_t i = lines->count; i-- > 0;) {
		const struct spp_line_source *line = &lines->items[i];

		if (line->key.subscriber)
			continue;
		lines->partitions++;
		if (partitions > 0 && !line->named) {
			lines->unknown++;
			lines->first_unknown = i;
		}
	}
	return true;
}

static bool is_known(const struct spp_outlook *outlook)
{
	for (size_t m = 0; m < SPP_MEASURES; m++)
		if (outlook->measures[m].mean)
			return true;
	return false;
}

/* "ses", or "ses+winters" where coarse slots have a model of their own. */
static const char *model_name(
	const struct maker *maker, const struct spp_outlook *outlook)
{
	const struct spp_expected *expected =
		&outlook->measures[SPP_MEASURE_BYTES];

	if (!expected->mean)
		expected = &outlook->measures[SPP_MEASURE_RECORDS];
	assert(expected->model[0]);
	if (!expected->model[1] || expected->model[0] == expected->model[1])
		return expected->model[0]->name;
	return spp_arena_format(maker->arena, "%s+%s", expected->model[0]->name,
		expected->model[1]->name);
}

/* Lines with a history of their own. */
static bool set_known(
	struct maker *maker, struct spp_line_source *line, struct spp_err *err)
{
	const struct spp_outlook *outlook =
		line->series
			? &maker->outlooks[line->series - maker->grid->series]
			: NULL;
	double stale_s;

	if (!outlook || !is_known(outlook)) {
		line->series = NULL;
		return true;
	}
	line->outlook = outlook;
	line->model = model_name(maker, outlook);
	stale_s =
		(double)outlook->stale * (double)maker->grid->step / SPP_SECOND;
	if (outlook->seen < SEEN_FEW)
		line->warning = spp_arena_format(maker->arena,
			"only %zu ticks of history", outlook->seen);
	else if (outlook->stale >= STALE_TICKS && stale_s >= STALE_LEAST_S)
		line->warning = spp_arena_format(
			maker->arena, "no sample in the last %.0f s", stale_s);
	else if (line->series->derived)
		line->warning = "what is produced is not known: as its "
				"largest subscriber";
	maker->lines->stale +=
		outlook->stale >= STALE_TICKS && stale_s >= STALE_LEAST_S;
	return spp_arena_ok(maker->arena, err);
}

/* Bytes to a record where both are known; 0 where nowhere. */
static double ratio_of(const struct spp_line_source *lines, size_t count)
{
	double bytes = 0, records = 0;

	for (size_t i = 0; i < count; i++) {
		const struct spp_outlook *outlook = lines[i].outlook;

		if (!outlook || !outlook->measures[SPP_MEASURE_BYTES].mean ||
			!outlook->measures[SPP_MEASURE_RECORDS].mean)
			continue;
		bytes += outlook->measures[SPP_MEASURE_BYTES].mean[0];
		records += outlook->measures[SPP_MEASURE_RECORDS].mean[0];
	}
	return bytes > 0 && records > 0 ? bytes / records : 0;
}

/* A forecast needs bytes: those of one stream that has only records. */
static bool add_bytes(struct maker *maker, struct spp_line_source *lines,
	size_t count, struct spp_err *err)
{
	double ratio = ratio_of(lines, count);

	if (ratio <= 0)
		ratio = maker->ratio;
	for (size_t i = 0; i < count; i++) {
		struct spp_outlook *outlook;

		if (!lines[i].outlook ||
			lines[i].outlook->measures[SPP_MEASURE_BYTES].mean)
			continue;
		if (ratio <= 0) {
			spp_fail(err, SPP_INPUT,
				"history has records but no bytes");
			spp_err_hint(err,
				"Give --record-bytes N, the bytes of a "
				"record.");
			return false;
		}
		outlook = spp_arena_alloc(maker->arena, 1, sizeof(*outlook));
		if (!outlook)
			return spp_fail_memory(err);
		*outlook = *lines[i].outlook;
		if (!spp_outlook_convert(outlook, SPP_MEASURE_BYTES, ratio,
			    maker->options, maker->arena, err))
			return false;
		lines[i].outlook = outlook;
		if (!lines[i].warning)
			lines[i].warning = "bytes are not known: made from "
					   "records";
	}
	return true;
}

/* The median of the produced ones among some lines; NULL without any. */
static const struct spp_outlook *median_of(struct maker *maker,
	const struct spp_line_source *lines, size_t count, struct spp_err *err)
{
	struct spp_outlook *outlook;
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		if (!lines[i].key.subscriber && lines[i].series &&
			lines[i].outlook)
			maker->pool[found++] = lines[i].outlook;
	if (found == 0)
		return NULL;
	outlook = spp_arena_alloc(maker->arena, 1, sizeof(*outlook));
	if (!outlook) {
		spp_fail_memory(err);
		return NULL;
	}
	if (!spp_outlook_median(outlook, maker->pool, found, maker->options,
		    maker->arena, err))
		return NULL;
	return outlook;
}

/*
 * Lines of one stream that have no history: a partition is like the median
 * of its stream, else of all; a subscription consumes what is produced.
 */
static bool fill(struct maker *maker, struct spp_line_source *lines,
	size_t count, const struct spp_outlook *all, struct spp_err *err)
{
	const struct spp_outlook *median = NULL, *produced = NULL;
	const char *partition = NULL;
	bool needed = false;

	for (size_t i = 0; i < count; i++)
		needed = needed || !lines[i].outlook;
	if (!needed)
		return true;
	median = median_of(maker, lines, count, err);
	if (err && err->status != SPP_DONE)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct spp_line_source *line = &lines[i];

		if (!partition || strcmp(partition, line->key.partition) != 0)
			produced = NULL;
		partition = line->key.partition;
		if (line->outlook) {
			if (!line->key.subscriber)
				produced = line->outlook;
			continue;
		}
		line->model = "median";
		if (line->key.subscriber && produced) {
			line->outlook = produced;
			line->warning = "no history: as what is produced";
			continue;
		}
		line->outlook = median ? median : all;
		line->warning = median ? "no history: median of its stream"
		                       : "no history: median of all streams";
		if (!line->key.subscriber) {
			produced = line->outlook;
			maker->lines->without++;
		}
	}
	return true;
}

/* End of the lines of one stream. */
static size_t stream_end(const struct spp_lines *lines, size_t from)
{
	size_t to = from + 1;

	while (to < lines->count && strcmp(lines->items[from].key.stream,
					    lines->items[to].key.stream) == 0)
		to++;
	return to;
}

static bool fill_all(struct maker *maker, struct spp_err *err)
{
	struct spp_lines *lines = maker->lines;
	const struct spp_outlook *all = NULL;
	bool any = false;

	for (size_t i = 0; i < lines->count; i++) {
		if (!set_known(maker, &lines->items[i], err))
			return false;
		any = any || lines->items[i].outlook;
	}
	if (!any) {
		spp_fail(
			err, SPP_INPUT, "no history: nothing to forecast from");
		spp_err_hint(err,
			"Give samples in the feed, or --csv FILE; one whole "
			"interval is the least.");
		return false;
	}
	maker->ratio = ratio_of(lines->items, lines->count);
	for (size_t i = 0, end; i < lines->count; i = end) {
		end = stream_end(lines, i);
		if (!add_bytes(maker, &lines->items[i], end - i, err))
			return false;
	}
	for (size_t i = 0; i < lines->count && !all; i++)
		if (!lines->items[i].outlook) {
			all = median_of(maker, lines->items, lines->count, err);
			if (!all)
				return false;
		}
	for (size_t i = 0, end; i < lines->count; i = end) {
		end = stream_end(lines, i);
		if (!fill(maker, &lines->items[i], end - i, all, err))
			return false;
	}
	return true;
}

bool spp_lines_make(struct spp_lines *lines, const struct spp_grid *grid,
	const struct spp_outlook *outlooks, const struct spp_feed *feed,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_err *err)
{
	struct maker maker = {.grid = grid,
		.outlooks = outlooks,
		.options = options,
		.lines = lines,
		.arena = arena};

	*lines = (struct spp_lines){0};
	return collect_keys(&maker, feed, err) && fill_all(&maker, err);
}

/* bytes and records of one array of an outlook. */
static void set_measures(struct spp_measures *measures, size_t slots,
	double *bytes, double *records)
{
	measures->bytes = (struct spp_numbers){slots, bytes};
	if (records)
		measures->records = (struct spp_numbers){slots, records};
}

static bool set_quantiles(const struct spp_outlook *outlook,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_forecast *record, struct spp_err *err)
{
	const struct spp_expected *bytes =
		&outlook->measures[SPP_MEASURE_BYTES];
	const struct spp_expected *records =
		&outlook->measures[SPP_MEASURE_RECORDS];
	size_t slots = options->slots->count;
	struct spp_quantile *items =
		spp_arena_alloc(arena, options->quantile_count, sizeof(*items));

	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t q = 0; q < options->quantile_count; q++) {
		items[q].q = options->quantiles[q];
		items[q].bytes = (struct spp_numbers){
			slots, bytes->quantiles + q * slots};
		if (records->mean)
			items[q].records = (struct spp_numbers){
				slots, records->quantiles + q * slots};
	}
	record->quantiles =
		(struct spp_objects){options->quantile_count, items};
	return true;
}

bool spp_lines_record(const struct spp_line_source *line,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_forecast *record, struct spp_err *err)
{
	const struct spp_expected *bytes =
		&line->outlook->measures[SPP_MEASURE_BYTES];
	const struct spp_expected *records =
		&line->outlook->measures[SPP_MEASURE_RECORDS];
	const struct spp_slots *slots = options->slots;

	spp_fields_clear(&spp_forecast_fields, record);
	record->stream = line->key.stream;
	record->partition = line->key.partition;
	record->subscriber = line->key.subscriber;
	record->start = options->now;
	record->slot_s = (struct spp_numbers){slots->count, slots->length_s};
	record->mean = spp_arena_alloc(arena, 1, sizeof(*record->mean));
	record->sd = spp_arena_alloc(arena, 1, sizeof(*record->sd));
	record->last = spp_arena_alloc(arena, 1, sizeof(*record->last));
	record->model = line->model;
	record->warning = line->warning;
	if (!spp_arena_ok(arena, err))
		return false;
	set_measures(record->mean, slots->count, bytes->mean, records->mean);
	set_measures(record->sd, slots->count, bytes->sd, records->sd);
	record->last->bytes = bytes->last;
	record->last->records = records->last;
	return options->quantile_count == 0 ||
	       set_quantiles(line->outlook, options, arena, record, err);
}
