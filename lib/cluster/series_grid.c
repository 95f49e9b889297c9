#include "lib/cluster/series_build.h"
#include "lib/cluster/series_sort.h"

#include "lib/base/err.h"

#include <assert.h>
#include <string.h>

static const float rate_max = 1e18F; /* what a forecast may say at most */

static spp_time floor_to(spp_time time, spp_time origin, spp_time step)
{
	spp_time rest = (time - origin) % step;

	return time - (rest < 0 ? rest + step : rest);
}

/* Begin of the oldest reading, end of the newest. */
static bool extent(struct spp_build *build, spp_time *oldest)
{
	bool any = false;

	for (size_t s = 0; s < build->sources; s++) {
		const struct spp_run *run = &build->runs[s];

		for (size_t i = 0; i < run->count; i++) {
			const struct spp_reading *reading =
				spp_build_reading(build, run, i);
			spp_time until = spp_build_until(build, reading);

			if (!any || reading->time < *oldest)
				*oldest = reading->time;
			if (!any || until > build->newest)
				build->newest = until;
			any = true;
		}
	}
	return any;
}

/* The step of samples, and of ticks, which fine samples share. */
static bool find_step(struct spp_build *build,
	const struct spp_grid_options *options, struct spp_arena *scratch,
	struct spp_err *err)
{
	spp_time *step = &build->spacing;

	*step = options->step;
	if (*step <= 0 && !spp_build_spacing(build, step, scratch, err))
		return false;
	if (*step == 0)
		*step = 60 * SPP_SECOND;
	build->grid->step = *step;
	if (options->step <= 0 && *step < options->least)
		build->grid->step *= (options->least + *step - 1) / *step;
	return true;
}

/* How long the intervals of each shape are. */
static bool find_lengths(
	struct spp_build *build, struct spp_arena *scratch, struct spp_err *err)
{
	size_t count = build->samples->shapes.length / sizeof(*build->shapes);

	build->lengths =
		spp_arena_alloc(scratch, count, sizeof(*build->lengths));
	if (!build->lengths)
		return spp_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct spp_shape *shape = &build->shapes[i];

		if (shape->kind == SPP_READING_COUNTER)
			build->lengths[i] = 0;
		else if (isnan(shape->interval_s))
			build->lengths[i] = build->spacing;
		else
			build->lengths[i] = spp_time_add(0, shape->interval_s);
	}
	return true;
}

/* Start and number of the ticks. */
static void find_ticks(
	struct spp_build *build, const struct spp_grid_options *options)
{
	struct spp_grid *grid = build->grid;
	spp_time oldest, first, end, ticks, most = SPP_GRID_TICKS_MAX;
	double wanted =
		ceil(options->history_s * SPP_SECOND / (double)grid->step);

	if (!extent(build, &oldest))
		return;
	first = floor_to(
		oldest, spp_build_phase(build, grid->step), grid->step);
	end = build->newest;
	if (options->now != SPP_TIME_NONE && options->now < end)
		end = options->now;
	end = floor_to(end, first, grid->step);
	ticks = end > first ? (end - first) / grid->step : 0;
	if (wanted < (double)most)
		most = (spp_time)wanted;
	if (ticks > most) {
		first = end - most * grid->step;
		ticks = most;
	}
	grid->start = first;
	grid->ticks = (size_t)ticks;
}

/* The greater of two rates; one that is known beats one that is not. */
static float greater(float a, float b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) ? b : a;
	if (fabsf(a) != fabsf(b))
		return fabsf(a) > fabsf(b) ? a : b;
	return signbit(a) ? b : a;
}

/* Ticks that the readings of some sources touch: [*first, *end). */
static void span_of(const struct spp_build *build, size_t from, size_t to,
	size_t *first, size_t *end)
{
	struct spp_grid *grid = build->grid;
	spp_time grid_end = spp_grid_end(grid);
	spp_time oldest = grid_end, newest = grid->start;

	for (size_t s = from; s < to; s++) {
		const struct spp_run *run = &build->runs[build->ranked[s]];

		for (size_t i = 0; i < run->count; i++) {
			const struct spp_reading *reading =
				spp_build_reading(build, run, i);
			spp_time until = spp_build_until(build, reading);

			grid->counts.old += until <= grid->start &&
			                    reading->time < grid->start;
			if (reading->time < oldest)
				oldest = reading->time;
			if (until > newest)
				newest = until;
		}
	}
	if (oldest < grid->start)
		oldest = grid->start;
	if (newest > grid_end - grid->step)
		newest = grid_end - grid->step;
	*first = (size_t)((oldest - grid->start) / grid->step);
	*end = (size_t)((newest - grid->start) / grid->step) + 1;
	if (grid->ticks == 0 || oldest >= grid_end)
		*end = *first;
}

static bool lay_new(
	struct spp_lay *lay, struct spp_arena *scratch, struct spp_err *err)
{
	for (size_t m = 0; m < SPP_MEASURES; m++) {
		lay->sum[m] =
			spp_arena_alloc(scratch, lay->count, sizeof(double));
		lay->cover[m] =
			spp_arena_alloc(scratch, lay->count, sizeof(double));
	}
	lay->censored = spp_arena_alloc(scratch, lay->count, 1);
	return spp_arena_ok(scratch, err);
}

/* What one source says, merged into what others of the series said. */
static void merge_lay(const struct spp_lay *lay, float *merged[SPP_MEASURES])
{
	for (size_t m = 0; m < SPP_MEASURES; m++) {
		for (size_t t = 0; t < lay->count; t++) {
			float rate;

			/* A tick known for less than a half is not known. */
			if (lay->cover[m][t] < 0.5)
				continue;
			rate = (float)(lay->sum[m][t] / lay->cover[m][t]);
			if (rate > rate_max)
				rate = rate_max;
			if (lay->censored[t])
				rate = -rate;
			merged[m][t] = greater(merged[m][t], rate);
		}
	}
}

/* Keep of the merged values what lies between the first and last known. */
static bool keep(struct spp_build *build, struct spp_series *series,
	float *merged[SPP_MEASURES], size_t first, size_t count,
	struct spp_err *err)
{
	size_t begin = count, end = 0;
	bool measured[SPP_MEASURES] = {false};

	for (size_t m = 0; m < SPP_MEASURES; m++) {
		for (size_t t = 0; t < count; t++) {
			if (isnan(merged[m][t]))
				continue;
			measured[m] = true;
			begin = t < begin ? t : begin;
			end = t + 1 > end ? t + 1 : end;
		}
	}
	if (end == 0)
		return true;
	series->first = first + begin;
	series->count = end - begin;
	for (size_t m = 0; m < SPP_MEASURES; m++) {
		if (!measured[m])
			continue;
		build->values += series->count;
		if (build->values > SPP_GRID_VALUES_MAX)
			break;
		series->values[m] = spp_arena_alloc(
			build->arena, series->count, sizeof(float));
		if (!series->values[m])
			return spp_fail_memory(err);
		memcpy(series->values[m], merged[m] + begin,
			series->count * sizeof(float));
	}
	if (build->values <= SPP_GRID_VALUES_MAX)
		return true;
	spp_fail(err, SPP_INPUT,
		"history of %zu series is longer than %d values in all",
		build->grid->count, SPP_GRID_VALUES_MAX);
	spp_err_hint(err, "Use less of it, or a longer step.");
	return false;
}

/* Values of [first, first + count) in scratch, all unknown. */
static bool merged_new(float *merged[SPP_MEASURES], size_t count,
	struct spp_arena *scratch, struct spp_err *err)
{
	for (size_t m = 0; m < SPP_MEASURES; m++)
		merged[m] = spp_arena_alloc(scratch, count, sizeof(float));
	if (!spp_arena_ok(scratch, err))
		return false;
	for (size_t m = 0; m < SPP_MEASURES; m++)
		for (size_t t = 0; t < count; t++)
			merged[m][t] = NAN;
	return true;
}

/* One series from the sources ranked [from, to). */
static bool make_series(struct spp_build *build, struct spp_series *series,
	size_t from, size_t to, struct spp_err *err)
{
	struct spp_source names =
		spp_samples_names(build->samples, build->ranked[from]);
	float *merged[SPP_MEASURES];
	struct spp_lay lay;
	size_t first, end;

	series->stream = names.stream;
	series->partition = names.partition;
	series->subscriber = *names.subscriber ? names.subscriber : NULL;
	span_of(build, from, to, &first, &end);
	if (first == end)
		return true;
	if (!merged_new(merged, end - first, build->scratch, err))
		return false;
	lay.first = first;
	lay.count = end - first;
	for (size_t s = from; s < to; s++) {
		if (!lay_new(&lay, build->scratch, err))
			return false;
		spp_build_lay(build, &build->runs[build->ranked[s]], &lay);
		merge_lay(&lay, merged);
	}
	return keep(build, series, merged, first, end - first, err);
}

/* What is produced is at least what its hungriest subscriber consumes. */
static bool derive(struct spp_build *build, struct spp_series *series,
	size_t subscribers, struct spp_err *err)
{
	struct spp_grid *grid = build->grid;
	size_t first = grid->ticks, end = 0;
	float *merged[SPP_MEASURES];

	series->stream = series[1].stream;
	series->partition = series[1].partition;
	series->derived = true;
	grid->counts.derived++;
	for (size_t s = 1; s <= subscribers; s++) {
		if (series[s].count == 0)
			continue;
		if (series[s].first < first)
			first = series[s].first;
		if (series[s].first + series[s].count > end)
			end = series[s].first + series[s].count;
	}
	if (first >= end)
		return true;
	if (!merged_new(merged, end - first, build->scratch, err))
		return false;
	for (size_t s = 1; s <= subscribers; s++)
		for (size_t m = 0; m < SPP_MEASURES; m++)
			for (size_t t = first; t < end; t++)
				merged[m][t - first] = greater(
					merged[m][t - first],
					spp_series_value(&series[s], m, t));
	return keep(build, series, merged, first, end - first, err);
}

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* End of the sources that share stream, partition and maybe subscriber. */
static size_t group_end(
	const struct spp_build *build, size_t from, bool subscriber)
{
	struct spp_source a =
		spp_samples_names(build->samples, build->ranked[from]);
	size_t to = from + 1;

	for (; to < build->sources; to++) {
		struct spp_source b =
			spp_samples_names(build->samples, build->ranked[to]);

		if (!same(a.stream, b.stream) ||
			!same(a.partition, b.partition) ||
			(subscriber && !same(a.subscriber, b.subscriber)))
			break;
	}
	return to;
}

/* All series of one partition; *at is where the next one goes. */
static bool make_partition(struct spp_build *build, size_t from, size_t to,
	size_t *at, struct spp_err *err)
{
	struct spp_series *series = build->grid->series;
	struct spp_source names =
		spp_samples_names(build->samples, build->ranked[from]);
	bool derived = *names.subscriber != '\0';
	size_t own = *at;

	*at += derived;
	while (from < to) {
		size_t end = group_end(build, from, true);

		spp_arena_reset(build->scratch);
		if (!make_series(build, &series[(*at)++], from, end, err))
			return false;
		from = end;
	}
	spp_arena_reset(build->scratch);
	return !derived || derive(build, &series[own], *at - own - 1, err);
}

static bool make_all(struct spp_build *build, struct spp_err *err)
{
	struct spp_grid *grid = build->grid;
	size_t at = 0;

	for (size_t s = 0; s < build->sources; s = group_end(build, s, true))
		grid->count++;
	for (size_t s = 0; s < build->sources; s = group_end(build, s, false))
		grid->count +=
			*spp_samples_names(build->samples, build->ranked[s])
				 .subscriber != '\0';
	grid->series = spp_arena_alloc(
		build->arena, grid->count, sizeof(*grid->series));
	if (!spp_arena_ok(build->arena, err))
		return false;
	for (size_t s = 0; s < build->sources;) {
		size_t end = group_end(build, s, false);

		if (!make_partition(build, s, end, &at, err))
			return false;
		s = end;
	}
	assert(at == grid->count);
	return true;
}

static void count_ticks(struct spp_grid *grid)
{
	for (size_t s = 0; s < grid->count; s++) {
		const struct spp_series *series = &grid->series[s];
		const float *values = series->values[SPP_MEASURE_BYTES];

		if (!values)
			values = series->values[SPP_MEASURE_RECORDS];
		for (size_t t = 0; t < series->count; t++) {
			grid->counts.gaps += isnan(values[t]) != 0;
			grid->counts.censored +=
				!isnan(values[t]) && signbit(values[t]);
		}
	}
}

bool spp_grid_build(struct spp_grid *grid, struct spp_samples *samples,
	const struct spp_grid_options *options, struct spp_arena *arena,
	struct spp_err *err)
{
	struct spp_arena sorted = {0}, scratch = {0};
	struct spp_build build = {
		.samples = samples,
		.readings = (void *)samples->readings.data,
		.shapes = (const void *)samples->shapes.data,
		.grid = grid,
		.arena = arena,
		.scratch = &scratch,
	};
	bool ok;

	*grid = (struct spp_grid){0};
	grid->counts.samples = spp_samples_count(samples);
	ok = spp_build_sort(&build, options->now, &sorted, err) &&
	     find_step(&build, options, &sorted, err) &&
	     find_lengths(&build, &sorted, err);
	if (ok) {
		find_ticks(&build, options);
		ok = make_all(&build, err);
	}
	if (ok)
		count_ticks(grid);
	spp_arena_free(&sorted);
	spp_arena_free(&scratch);
	return ok;
}
