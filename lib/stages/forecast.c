#include "lib/stages/forecast.h"

#include "lib/base/num.h"
#include "lib/cluster/series.h"
#include "lib/forecast/model.h"
#include "lib/stages/common.h"
#include "lib/stages/forecast_lines.h"
#include "lib/stages/forecast_print.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Between two tellings of progress. */
enum { SERIES_AT_ONCE = 1024 };

/* A history that ended earlier tells nothing of now. */
static const double behind_most_s = 7 * 86400;

/* What a run works on. */
struct work {
	struct spp_stage stage;
	const struct spp_forecast_stage *options;
	struct spp_samples samples;
	size_t samples_read; /* of the feed */
	struct spp_grid grid;
	struct spp_slots slots;
	struct spp_forecast_options forecast;
	struct spp_outlook *outlooks;
	struct spp_lines lines;
	double horizon_s, coarse_s; /* NAN: by the history */
};

static bool parse_horizon(struct work *work, struct spp_err *err)
{
	const struct spp_strings *horizon = &work->options->horizon;
	double *parts[] = {&work->horizon_s, &work->coarse_s};
	char quoted[SPP_QUOTE_SIZE];

	work->horizon_s = 900;
	work->coarse_s = horizon->count > 0 ? 0 : NAN;
	if (horizon->count > 2)
		return spp_fail(err, SPP_USAGE,
			"option --horizon takes one or two durations, got %zu",
			horizon->count);
	for (size_t i = 0; i < horizon->count; i++) {
		const char *text = horizon->items[i];

		if (!spp_duration_parse(text, parts[i]) || *parts[i] < 1)
			return spp_fail(err, SPP_USAGE,
				"option --horizon must be durations like "
				"15m,24h, got %s",
				spp_err_quote(quoted, text, strlen(text)));
	}
	if (horizon->count == 2 && work->coarse_s <= work->horizon_s)
		return spp_fail(err, SPP_USAGE,
			"the second duration of --horizon must be longer "
			"than the first");
	return true;
}

static bool parse_quantiles(struct work *work, struct spp_err *err)
{
	const struct spp_strings *texts = &work->options->quantiles;
	struct spp_arena *arena = &work->stage.context->arena;
	double *items = spp_arena_alloc(arena, texts->count, sizeof(*items));
	char quoted[SPP_QUOTE_SIZE];

	if (!items)
		return spp_fail_memory(err);
	for (size_t i = 0; i < texts->count; i++) {
		const char *text = texts->items[i];

		if (!spp_num_parse(text, &items[i]) || items[i] < 1e-6 ||
			items[i] > 1 - 1e-6 ||
			(i > 0 && items[i] <= items[i - 1]))
			return spp_fail(err, SPP_USAGE,
				"option --quantiles must ascend between 0 and "
				"1, got %s",
				spp_err_quote(quoted, text, strlen(text)));
	}
	work->forecast.quantile_count = texts->count;
	work->forecast.quantiles = items;
	return true;
}

/* One sample of the feed. */
static bool take_sample(
	void *context, const struct spp_record *record, struct spp_err *err)
{
	struct work *work = context;
	const struct spp_sample *sample = record->value;
	struct spp_shape shape = {
		sample->interval_s, SPP_READING_DELTA, sample->censored};
	double values[SPP_MEASURES] = {
		spp_history_bytes(&work->options->history, sample->bytes,
			sample->records),
		sample->records};
	size_t source = spp_samples_source(&work->samples, sample->stream,
		sample->partition, sample->subscriber, sample->platform);

	spp_progress(
		work->stage.context, "samples read", ++work->samples_read, 0);
	if (source == SPP_MAP_NONE)
		return spp_fail_memory(err);
	if (sample->kind == SPP_SAMPLE_RATE)
		shape.kind = SPP_READING_RATE;
	else if (sample->kind == SPP_SAMPLE_COUNTER)
		shape.kind = SPP_READING_COUNTER;
	return spp_samples_add(
		&work->samples, source, sample->time, &shape, values, err);
}

static bool read_feed(struct work *work, struct spp_err *err)
{
	struct spp_feed_options reads = {
		.use =
			{
				[SPP_CLUSTER] = SPP_READ | SPP_PASS,
				[SPP_DRIVER] = SPP_PASS,
				[SPP_RESOURCE_MODEL] = SPP_PASS,
				[SPP_CONSTRAINT] = SPP_PASS,
				[SPP_PLATFORM] = SPP_PASS,
				[SPP_PARTITION] = SPP_READ | SPP_PASS,
				[SPP_SUBSCRIPTION] = SPP_READ | SPP_PASS,
				[SPP_SAMPLE] = SPP_TAKE,
			},
		.take = take_sample,
		.take_context = work,
	};

	if (work->options->keep_samples)
		reads.use[SPP_SAMPLE] |= SPP_PASS;
	return spp_stage_read(&work->stage, &reads, err);
}

static bool read_all(struct work *work, struct spp_err *err)
{
	struct spp_context *context = work->stage.context;
	const struct spp_strings *csv = &work->options->csv;
	bool ok = true;

	for (size_t i = 0; i < csv->count; i++)
		ok = spp_history_read(context, &work->samples,
			     &work->options->history, csv->items[i], err) &&
		     ok;
	if (!ok || work->stage.input_count == 0)
		return ok;
	return read_feed(work, err);
}

/* Noise of seconds is of no use to slots of minutes. */
static spp_time least_tick(double slot_s)
{
	return spp_time_add(0, slot_s < 60 ? slot_s : 60);
}

static bool make_grid(struct work *work, struct spp_err *err)
{
	struct spp_context *context = work->stage.context;
	double step_s = work->options->history.step_s;
	struct spp_grid_options options = {
		.step = step_s > 0 ? spp_time_add(0, step_s) : 0,
		.least = least_tick(work->options->slot_s),
		.now = context->common->now,
		.history_s = work->options->history_s,
	};

	if (!spp_grid_build(&work->grid, &work->samples, &options,
		    &context->arena, err))
		return false;
	spp_samples_forget(&work->samples);
	spp_note(context, "%zu series of %zu ticks of %g s", work->grid.count,
		work->grid.ticks, (double)work->grid.step / SPP_SECOND);
	return true;
}

/*
 * Fine slots are as long as ticks, within what slots of minutes are good
 * for; a day ahead is forecast where at least two were seen.
 */
static bool make_slots(struct work *work, struct spp_err *err)
{
	struct spp_context *context = work->stage.context;
	const struct spp_grid *grid = &work->grid;
	double step_s = (double)grid->step / SPP_SECOND;
	double slot_s = work->options->slot_s;
	spp_time end = spp_grid_end(grid);
	double behind_s;

	if (!(slot_s > 0))
		slot_s = fmin(fmax(step_s, 60), 300);
	if (isnan(work->coarse_s))
		work->coarse_s =
			(double)grid->ticks * step_s >= 2 * 86400 ? 86400 : 0;
	work->forecast.now =
		context->common->now != SPP_TIME_NONE && grid->ticks > 0
			? context->common->now
			: end;
	behind_s = spp_time_since(work->forecast.now, end);
	if (behind_s > behind_most_s) {
		spp_fail(err, SPP_INPUT, "history ends %.0f hours before --now",
			behind_s / 3600);
		spp_err_hint(err, "Give newer samples, or an earlier --now.");
		return false;
	}
	work->forecast.slots = &work->slots;
	work->forecast.model = work->options->model > 0
	                               ? (size_t)work->options->model - 1
	                               : SIZE_MAX;
	return spp_slots_make(&work->slots, work->forecast.now, slot_s,
		work->horizon_s, work->coarse_s, &context->arena, err);
}

static bool foresee(struct work *work, struct spp_err *err)
{
	struct spp_context *context = work->stage.context;
	struct spp_arena *arena = &context->arena;
	struct spp_grid some = work->grid;
	size_t count = work->grid.count;
	bool ok = true;

	work->outlooks = spp_arena_alloc(arena, count, sizeof(*work->outlooks));
	if (!work->outlooks)
		return spp_fail_memory(err);
	for (size_t first = 0; ok && first < count; first += SERIES_AT_ONCE) {
		spp_progress(context, "series forecast", first, count);
		some.series = work->grid.series + first;
		some.count = count - first < SERIES_AT_ONCE ? count - first
		                                            : SERIES_AT_ONCE;
		ok = spp_forecast_run(work->outlooks + first, &some,
			&work->forecast, work->stage.threads, arena, err);
	}
	return ok && spp_lines_make(&work->lines, &work->grid, work->outlooks,
			     &work->stage.feed, &work->forecast, arena, err);
}

__attribute__((format(printf, 2, 3))) static void add_warning(
	struct work *work, const char *format, ...)
{
	struct spp_err warning = {0};
	char text[sizeof(warning.text)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	spp_fail(&warning, SPP_INPUT, "%s", text);
	spp_errs_add(&work->stage.context->warnings, &warning);
}

/* What of the history people should know of. */
static void warn_all(struct work *work)
{
	const struct spp_series_counts *counts = &work->grid.counts;
	const struct spp_lines *lines = &work->lines;
	char quoted[SPP_QUOTE_SIZE];

	if (lines->unknown > 0) {
		const struct spp_series *key =
			&lines->items[lines->first_unknown].key;
		char name[SPP_QUOTE_SIZE];

		snprintf(name, sizeof(name), "%.60s/%.30s", key->stream,
			key->partition);
		add_warning(work,
			"partitions with a history that no record names: %zu, "
			"the first is %s",
			lines->unknown,
			spp_err_quote(quoted, name, strlen(name)));
	}
	if (lines->without > 0)
		add_warning(work,
			"partitions without history: %zu, taken as the median "
			"of others",
			lines->without);
	if (counts->derived > 0)
		add_warning(work,
			"partitions of which only subscribers are known: %zu, "
			"taken as the largest of them",
			counts->derived);
	if (counts->old > 0 && isnan(work->options->history_s))
		add_warning(
			work, "samples too old to be kept: %zu", counts->old);
}

static bool write_all(struct work *work, struct spp_err *err)
{
	struct spp_stage *stage = &work->stage;
	struct spp_header header = spp_stage_header(stage);

	header.now = work->forecast.now;
	return spp_stage_begin(stage, &header, err) &&
	       spp_stage_forward(stage, SPP_CLUSTER, SPP_SAMPLE, err) &&
	       spp_forecast_print(stage, &work->lines, &work->forecast,
		       &work->grid, err) &&
	       spp_stage_end(stage, NULL, 0, err);
}

bool spp_stage_forecast(
	struct spp_context *context, const void *options, struct spp_err *err)
{
	struct work work = {.options = options};
	bool reads = context->operand_count > 0 || work.options->csv.count == 0;
	bool ok = true;

	if (reads)
		ok = spp_stage_open(&work.stage, context, err);
	else
		spp_stage_init(&work.stage, context);
	ok = ok && parse_horizon(&work, err) && parse_quantiles(&work, err) &&
	     read_all(&work, err) && make_grid(&work, err) &&
	     make_slots(&work, err) && foresee(&work, err);
	if (ok) {
		warn_all(&work);
		ok = write_all(&work, err);
	}
	spp_stage_close(&work.stage);
	spp_samples_free(&work.samples);
	return ok;
}
