/*
 * How good forecasts are on real histories: at origins in the last third
 * each model forecasts a quarter of an hour, and what followed is compared.
 * Beside the last value: rSSE is the sum of squared errors relative to its,
 * rMSE the geometric mean over series of the same ratio.  MASE is the
 * absolute error relative to the mean step of the history.  Then sums over
 * 20 platforms, since sums are what an assignment works with: bias, rSSE,
 * coverage of 80 % intervals, squared errors over predicted variances.
 *
 *	SPP_DATA=DIR forecast_rolling [bitbrains|azure [ORIGINS [MODELS]]]
 *
 * MODELS: 2 compares the best with the last value, 7 all of them.
 */
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/cluster/series.h"
#include "lib/forecast/forecast.h"
#include "lib/forecast/model.h"
#include "lib/stages/history.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PLATFORMS = 20, ORIGINS = 12 };

static size_t models = 2; /* compared: the best, then spp_models */

struct set {
	const char *name;
	const char *file;
	enum spp_measure measure;
	enum spp_reading_kind kind;
	double step_s;
};

static const struct set sets[] = {
	{"bitbrains", "bitbrains/netin_2013-8.csv.xz", SPP_MEASURE_BYTES,
		SPP_READING_RATE, 300},
	{"azure", "azure/invocations_per_minute_1000x1440.csv.xz",
		SPP_MEASURE_RECORDS, SPP_READING_DELTA, 60},
};

/* Sums over series, slots and origins of one model. */
struct score {
	double squares;   /* of errors */
	double scaled;    /* of absolute errors over the series' scale */
	double *each;     /* [series]: sum of squares */
	double count;     /* of errors */
	double sum_error; /* of platforms: forecast less actual */
	double sum_actual;
	double sum_squares;
	double sum_covered; /* within the middle 80 % */
	double sum_ratio;   /* of squared errors to variances */
	double sum_count;
	double seconds;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool read_set(const struct set *set, const char *directory,
	struct spp_samples *samples, struct spp_grid *grid,
	struct spp_arena *arena)
{
	struct spp_history_options options = {.no_header = true,
		.start = 0,
		.step_s = set->step_s,
		.stream = set->name,
		.measure = (int)set->measure,
		.kind = (int)set->kind,
		.scale = 1,
		.record_bytes = NAN};
	struct spp_grid_options plain = {
		0, 60 * SPP_SECOND, SPP_TIME_NONE, NAN};
	static struct spp_context context;
	struct spp_err err = {0};
	char command[4096], path[64];
	FILE *pipe;
	bool ok;

	snprintf(command, sizeof(command), "xz -dc '%s/%s' 2>/dev/null",
		directory, set->file);
	pipe = popen(command, "r");
	if (!pipe)
		return false;
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(pipe));
	ok = spp_history_read(&context, samples, &options, path, &err) &&
	     spp_grid_build(grid, samples, &plain, arena, &err);
	spp_samples_forget(samples);
	return pclose(pipe) == 0 && ok;
}

/* Mean of the known values of some ticks, NAN without any. */
static double actual_of(const struct spp_series *series,
	enum spp_measure measure, size_t tick, size_t count)
{
	double sum = 0, known = 0;

	for (size_t t = tick; t < tick + count; t++) {
		double value = spp_series_value(series, measure, t);

		if (isnan(value))
			continue;
		sum += value;
		known++;
	}
	return known > 0 ? sum / known : NAN;
}

/* Mean absolute step of a series before an origin. */
static double scale_of(const struct spp_series *series,
	enum spp_measure measure, size_t origin)
{
	double sum = 0, count = 0;

	for (size_t t = 1; t < origin; t++) {
		double step = spp_series_value(series, measure, t) -
		              (double)spp_series_value(series, measure, t - 1);

		if (isnan(step))
			continue;
		sum += fabs(step);
		count++;
	}
	return sum / count;
}

static void score_platforms(struct score *score, double sums[PLATFORMS][3])
{
	for (size_t p = 0; p < PLATFORMS; p++) {
		double error = sums[p][0] - sums[p][1];

		score->sum_error += error;
		score->sum_actual += sums[p][1];
		score->sum_squares += error * error;
		score->sum_covered += fabs(error) < 1.2816 * sqrt(sums[p][2]);
		score->sum_ratio += error * error / sums[p][2];
		score->sum_count++;
	}
}

static void score_slot(struct score *score, const struct set *set,
	const struct spp_grid *grid, const struct spp_outlook *outlooks,
	const double *scales, size_t origin, size_t slot)
{
	double sums[PLATFORMS][3] = {{0}};

	for (size_t s = 0; s < grid->count; s++) {
		const struct spp_expected *expected =
			&outlooks[s].measures[set->measure];
		double actual = actual_of(
			&grid->series[s], set->measure, origin + slot, 1);
		double error;

		if (isnan(actual) || !expected->mean)
			continue;
		error = expected->mean[slot] - actual;
		score->squares += error * error;
		score->count++;
		score->each[s] += error * error;
		if (scales[s] > 0)
			score->scaled += fabs(error) / scales[s];
		sums[s % PLATFORMS][0] += expected->mean[slot];
		sums[s % PLATFORMS][1] += actual;
		sums[s % PLATFORMS][2] +=
			expected->sd[slot] * expected->sd[slot];
	}
	score_platforms(score, sums);
}

static void run_origin(const struct set *set, const struct spp_grid *grid,
	size_t origin, struct score *scores, size_t threads)
{
	struct spp_arena arena = {0};
	struct spp_grid view;
	struct spp_slots slots;
	struct spp_forecast_options options = {.slots = &slots};
	struct spp_outlook *outlooks =
		spp_arena_alloc(&arena, grid->count, sizeof(*outlooks));
	double *scales = spp_arena_alloc(&arena, grid->count, sizeof(double));

	spp_grid_until(grid, origin, &view, &arena, NULL);
	options.now = spp_grid_end(&view);
	spp_slots_make(&slots, options.now, set->step_s, 900, 0, &arena, NULL);
	for (size_t s = 0; s < grid->count; s++)
		scales[s] = scale_of(&grid->series[s], set->measure, origin);
	for (size_t m = 0; m < models; m++) {
		double since = seconds();

		options.model = m > 0 ? m - 1 : SIZE_MAX;
		spp_forecast_run(
			outlooks, &view, &options, threads, &arena, NULL);
		scores[m].seconds += seconds() - since;
		for (size_t k = 0; k < slots.count; k++)
			score_slot(&scores[m], set, grid, outlooks, scales,
				origin, k);
	}
	spp_arena_free(&arena);
}

/* Geometric mean of ratios; those beyond a hundred count as a hundred. */
static double ratio_of(
	const struct score *score, const struct score *last, size_t series)
{
	double sum = 0;

	for (size_t s = 0; s < series; s++) {
		double ratio = (score->each[s] + 1e-9) / (last->each[s] + 1e-9);

		sum += log(fmin(fmax(ratio, 0.01), 100));
	}
	return exp(sum / (double)series);
}

static void print_scores(struct score *scores, size_t series, size_t origins)
{
	const struct score *last = &scores[1];

	printf("%-15s %7s %7s %7s %7s %7s %7s %7s %7s\n", "model", "rSSE",
		"rMSE", "MASE", "bias %", "rSSEsum", "cover80", "z^2", "CPU s");
	for (size_t m = 0; m < models; m++) {
		struct score *score = &scores[m];

		printf("%-15s %7.3f %7.3f %7.3f %7.2f %7.3f %7.3f %7.2f "
		       "%7.2f\n",
			m > 0 ? spp_models[m - 1]->name : "best",
			score->squares / last->squares,
			ratio_of(score, last, series),
			score->scaled / score->count,
			100 * score->sum_error / score->sum_actual,
			score->sum_squares / last->sum_squares,
			score->sum_covered / score->sum_count,
			score->sum_ratio / score->sum_count,
			score->seconds / (double)origins);
	}
}

static void run_set(const struct set *set, const char *directory,
	size_t origins, size_t threads)
{
	struct spp_samples samples = {0}; /* holds the names */
	struct spp_arena arena = {0};
	struct score *scores;
	struct spp_grid grid;
	double since = seconds();

	if (!directory || !read_set(set, directory, &samples, &grid, &arena)) {
		printf("%s: skipped, SPP_DATA does not have it\n", set->name);
		return;
	}
	printf("%s: %zu series of %zu ticks, read in %.2f s\n", set->name,
		grid.count, grid.ticks, seconds() - since);
	scores = spp_arena_alloc(&arena, models, sizeof(*scores));
	for (size_t m = 0; m < models; m++)
		scores[m].each =
			spp_arena_alloc(&arena, grid.count, sizeof(double));
	for (size_t i = 0; i < origins; i++) {
		size_t horizon = (size_t)(900 / set->step_s);
		size_t first = grid.ticks * 2 / 3;
		size_t span = grid.ticks - horizon - first;

		run_origin(set, &grid, first + span * i / origins + i % 7,
			scores, threads);
	}
	print_scores(scores, grid.count, origins);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

int main(int argc, char **argv)
{
	size_t origins = argc > 2 ? strtoul(argv[2], NULL, 10) : ORIGINS;

	if (argc > 3)
		models = strtoul(argv[3], NULL, 10);
	if (models < 2 || models > spp_model_count + 1)
		models = spp_model_count + 1;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (argc < 2 || strcmp(argv[1], sets[i].name) == 0)
			run_set(&sets[i], getenv("SPP_DATA"), origins, 0);
	return 0;
}
