#include "lib/forecast/forecast.h"

#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/base/threads.h"
#include "lib/forecast/candidates.h"
#include "lib/forecast/spread.h"

#include <assert.h>
#include <string.h>

enum {
	SERIES_AT_ONCE = 16, /* of one task: more than a thread's start */
	ERRORS_MOST = 512,   /* past errors that quantiles rest on */
	VALUES_FEW = 8,      /* are less than a history */
};

/*
 * No deviation is less than a hundredth of that of the whole history; and
 * few values, which may agree by chance, tell less than they seem to.
 */
static double least_deviation(double deviation, double last, size_t seen)
{
	double least = 0.01 * deviation;

	return seen < VALUES_FEW ? fmax(least, last / (double)seen) : least;
}

struct job {
	struct spp_outlook *outlooks;
	const struct spp_grid *grid;
	const struct spp_forecast_options *options;
	struct spp_target target;
};

/* The known part of one measure of a series. */
static struct spp_values known_values(const struct spp_grid *grid,
	const struct spp_series *series, enum spp_measure measure)
{
	struct spp_values values = {series->values[measure], series->count, 0};

	if (!values.items)
		values.count = 0;
	while (values.count > 0 && isnan(values.items[0])) {
		values.items++;
		values.count--;
	}
	values.tail = grid->ticks - series->first - series->count;
	while (values.count > 0 && isnan(values.items[values.count - 1])) {
		values.count--;
		values.tail++;
	}
	return values;
}

/* Standard deviation of all known values, in two passes. */
static double deviation_of(const struct spp_values *values, size_t *seen)
{
	double sum = 0, squares = 0, mean;

	*seen = 0;
	for (size_t t = 0; t < values->count; t++) {
		if (isnan(values->items[t]))
			continue;
		sum += fabsf(values->items[t]);
		(*seen)++;
	}
	mean = sum / (double)*seen;
	for (size_t t = 0; t < values->count; t++) {
		double difference = fabsf(values->items[t]) - mean;

		if (!isnan(values->items[t]))
			squares += difference * difference;
	}
	return sqrt(squares / (double)*seen);
}

/* Mean of the last complete slot; where it is unknown, the last value. */
static double last_rate(const struct job *job, const struct spp_values *values)
{
	const struct spp_target *target = &job->target;
	double ticks = target->to[0] - target->from[0];
	double sum = 0;
	size_t known = 0;

	for (size_t back = 1; back <= values->count; back++) {
		float value = values->items[values->count - back];

		if (known > 0 && (double)(back + values->tail) > ticks + 1e-9)
			break;
		if (isnan(value))
			continue;
		sum += fabsf(value);
		known++;
	}
	return spp_num_estimate(sum / (double)known);
}

/* Quantiles of one part, from the errors that its model made. */
static bool part_quantiles(const struct job *job, size_t p,
	const struct spp_values *values, const struct spp_choice *choice,
	const struct spp_setting *setting, struct spp_expected *expected,
	struct spp_arena *scratch, struct spp_err *err)
{
	const struct spp_forecast_options *options = job->options;
	const struct spp_target *target = &job->target;
	const struct spp_part *part = &target->part[p];
	const struct spp_past *past = &choice->pasts[p];
	double *means = spp_arena_alloc(scratch,
		target->part[target->parts - 1].ticks + 1, sizeof(*means));
	double *errors = spp_arena_alloc(scratch, ERRORS_MOST, sizeof(double));
	struct spp_trial trial;

	if (!spp_trial_new(&trial, setting, target, scratch, err))
		return false;
	trial.errors[p] = spp_arena_alloc(
		scratch, past->origins * part->count, sizeof(double));
	if (!spp_arena_ok(scratch, err))
		return false;
	spp_trial_run(&trial, target, values, choice->pasts, means);
	for (size_t i = 0; i < part->count; i++) {
		size_t slot = part->first + i, count = 0;

		for (size_t o = past->origins; o-- > 0 && count < ERRORS_MOST;)
			if (!isnan(trial.errors[p][o * part->count + i]))
				errors[count++] =
					trial.errors[p][o * part->count + i];
		for (size_t q = 0; q < options->quantile_count; q++)
			expected->quantiles[q * target->slots + slot] =
				spp_num_estimate(spp_spread_quantile(
					options->quantiles[q],
					expected->mean[slot],
					expected->sd[slot], errors, count));
	}
	return true;
}

static bool expect(const struct job *job, const struct spp_values *values,
	struct spp_expected *expected, size_t *seen, struct spp_arena *scratch,
	struct spp_err *err)
{
	const struct spp_target *target = &job->target;
	const struct spp_setting *settings;
	struct spp_choice choice;
	size_t count;
	double deviation = deviation_of(values, seen);

	if (!spp_candidates_make(&settings, &count, job->options->model,
		    job->grid->step, values->count, scratch, err) ||
		!spp_choose(
			&choice, target, values, settings, count, scratch, err))
		return false;
	expected->last = last_rate(job, values);
	if (!spp_spread_deviations(expected->sd, &choice, target, deviation,
		    least_deviation(deviation, expected->last, *seen), scratch,
		    err))
		return false;
	for (size_t s = 0; s < target->slots; s++) {
		expected->mean[s] = spp_num_estimate(choice.mean[s]);
		expected->sd[s] = spp_num_estimate(expected->sd[s]);
	}
	for (size_t p = 0; p < target->parts; p++) {
		const struct spp_setting *setting = &settings[choice.chosen[p]];

		expected->model[p] = setting->model;
		if (job->options->quantile_count > 0 &&
			!part_quantiles(job, p, values, &choice, setting,
				expected, scratch, err))
			return false;
	}
	return true;
}

static bool run_series(const struct job *job, size_t index, struct spp_err *err)
{
	struct spp_outlook *outlook = &job->outlooks[index];
	const struct spp_series *series = &job->grid->series[index];
	struct spp_arena scratch = {0};
	bool ok = true;

	for (size_t m = 0; ok && m < SPP_MEASURES; m++) {
		struct spp_expected *expected = &outlook->measures[m];
		struct spp_values values;
		size_t seen;

		if (!expected->mean)
			continue;
		values = known_values(job->grid, series, m);
		ok = expect(job, &values, expected, &seen, &scratch, err);
		if (ok && (seen > outlook->seen)) {
			outlook->seen = seen;
			outlook->stale = values.tail;
		}
		spp_arena_reset(&scratch);
	}
	spp_arena_free(&scratch);
	return ok;
}

static bool run_block(void *context, size_t index, struct spp_err *err)
{
	const struct job *job = context;
	size_t end = (index + 1) * SERIES_AT_ONCE;

	for (size_t s = index * SERIES_AT_ONCE; s < end && s < job->grid->count;
		s++)
		if (!run_series(job, s, err))
			return false;
	return true;
}

bool spp_expected_new(struct spp_expected *expected,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_err *err)
{
	size_t slots = options->slots->count;

	memset(expected, 0, sizeof(*expected));
	expected->last = NAN;
	expected->mean = spp_arena_alloc(arena, slots, sizeof(double));
	expected->sd = spp_arena_alloc(arena, slots, sizeof(double));
	if (options->quantile_count > 0)
		expected->quantiles = spp_arena_alloc(
			arena, slots * options->quantile_count, sizeof(double));
	return spp_arena_ok(arena, err);
}

bool spp_forecast_run(struct spp_outlook *outlooks, const struct spp_grid *grid,
	const struct spp_forecast_options *options, size_t threads,
	struct spp_arena *arena, struct spp_err *err)
{
	struct job job = {
		.outlooks = outlooks, .grid = grid, .options = options};

	assert(options->now >= spp_grid_end(grid));
	if (grid->ticks > 0 &&
		!spp_target_make(&job.target, options->slots,
			(double)grid->step / SPP_SECOND,
			spp_time_since(options->now, spp_grid_end(grid)), arena,
			err))
		return false;
	for (size_t s = 0; s < grid->count; s++) {
		memset(&outlooks[s], 0, sizeof(*outlooks));
		for (size_t m = 0; m < SPP_MEASURES; m++) {
			struct spp_expected *expected =
				&outlooks[s].measures[m];

			expected->last = NAN;
			if (known_values(grid, &grid->series[s], m).count > 0 &&
				!spp_expected_new(
					expected, options, arena, err))
				return false;
		}
	}
	return spp_threads_run(threads,
		(grid->count + SERIES_AT_ONCE - 1) / SERIES_AT_ONCE, run_block,
		&job, err);
}
