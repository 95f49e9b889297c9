/* What holds for every forecast, over made-up worlds. */
#include "tests/unit/test.h"

#include "lib/base/arena.h"
#include "lib/base/num.h"
#include "lib/base/rng.h"
#include "lib/cluster/series.h"
#include "lib/forecast/forecast.h"
#include "lib/forecast/model.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SERIES = 40, TICKS = 700, STEP_S = 300 };

struct world {
	struct spp_arena arena;
	struct spp_grid grid;
	struct spp_slots slots;
	struct spp_forecast_options options;
	struct spp_outlook outlooks[SERIES];
};

/* Series of all kinds: bursts, seasons, zeros, gaps, lids, late births. */
static float value_of(size_t s, size_t t, struct spp_rng *rng)
{
	double noise = spp_rng_normal(rng), burst = spp_rng_uniform(rng);
	double value = 1000.0 * (double)(s + 1);

	if (s % 10 == 9)
		return s % 20 == 9 ? 0 : 5;
	if (s % 2 == 0)
		value *= 1 + sin((double)t * 2 * M_PI / 288);
	if (s % 3 == 0)
		value = burst < 0.05 ? 50 * value : value / 100;
	value = fmax(0, value * (1 + 0.2 * noise));
	if (s % 7 == 5 && burst > 0.9)
		return NAN;
	if (s % 11 == 6 && burst > 0.8)
		return (float)-value / 2;
	return (float)value;
}

static void make_world(struct world *world, double scale)
{
	struct spp_grid *grid = &world->grid;

	memset(world, 0, sizeof(*world));
	grid->step = STEP_S * SPP_SECOND;
	grid->ticks = TICKS;
	grid->count = SERIES;
	grid->series =
		spp_arena_alloc(&world->arena, SERIES, sizeof(*grid->series));
	for (size_t s = 0; s < SERIES; s++) {
		struct spp_series *series = &grid->series[s];
		struct spp_rng rng = spp_rng_for(1, s);

		series->stream = "s";
		series->partition = spp_arena_format(&world->arena, "%zu", s);
		series->first = s % 4 == 3 ? 20 * s / 2 : 0;
		series->count = TICKS - series->first - s % 5;
		for (size_t m = 0; m < 1 + s % 2; m++) {
			float *values = spp_arena_alloc(
				&world->arena, series->count, sizeof(*values));

			for (size_t t = 0; t < series->count; t++)
				values[t] = (float)scale * value_of(s, t, &rng);
			series->values[m] = values;
		}
	}
	world->options.slots = &world->slots;
	world->options.model = SIZE_MAX;
	world->options.now = spp_grid_end(grid);
	CHECK(spp_slots_make(&world->slots, world->options.now, STEP_S, 900,
		86400, &world->arena, NULL));
}

static void run_world(struct world *world, size_t threads)
{
	CHECK(spp_forecast_run(world->outlooks, &world->grid, &world->options,
		threads, &world->arena, NULL));
}

/* Deviations of one measure, quantiles and mean: finite, rounded, not < 0. */
static void check_expected(const struct spp_expected *expected,
	const struct spp_forecast_options *options, double most)
{
	size_t slots = options->slots->count;

	for (size_t s = 0; s < slots; s++) {
		double mean = expected->mean[s], sd = expected->sd[s];

		CHECK(mean >= 0 && mean <= most);
		CHECK(sd >= 0 && sd <= 2 * most);
		CHECK(mean == spp_num_estimate(mean));
		CHECK(sd == spp_num_estimate(sd));
		for (size_t q = 0; q < options->quantile_count; q++) {
			double *at = &expected->quantiles[q * slots + s];

			CHECK(*at >= 0 && *at <= 4 * most);
			CHECK(q == 0 || *at >= at[-(ptrdiff_t)slots]);
		}
	}
	CHECK(expected->last >= 0 && expected->last <= most);
}

static double most_of(const struct spp_series *series, enum spp_measure m)
{
	double most = 0;

	for (size_t t = 0; t < series->count; t++)
		if (fabsf(series->values[m][t]) > most)
			most = fabsf(series->values[m][t]);
	return most;
}

static void forecasts_are_sound(void)
{
	static const double quantiles[] = {.05, .5, .95};
	struct world world;

	make_world(&world, 1);
	world.options.quantile_count = 3;
	world.options.quantiles = quantiles;
	for (size_t model = 0; model <= spp_model_count; model++) {
		world.options.model =
			model < spp_model_count ? model : SIZE_MAX;
		run_world(&world, 1);
		for (size_t s = 0; s < SERIES; s++)
			for (size_t m = 0; m < 1 + s % 2; m++)
				check_expected(&world.outlooks[s].measures[m],
					&world.options,
					2.5 * most_of(&world.grid.series[s],
						      m));
	}
	spp_arena_free(&world.arena);
}

static bool same_outlooks(
	const struct world *a, const struct world *b, double scale)
{
	for (size_t s = 0; s < SERIES; s++) {
		for (size_t m = 0; m < 1 + s % 2; m++) {
			const struct spp_expected *x =
				&a->outlooks[s].measures[m];
			const struct spp_expected *y =
				&b->outlooks[s].measures[m];

			for (size_t k = 0; k < a->slots.count; k++)
				if (fabs(x->mean[k] * scale - y->mean[k]) >
						1.1e-5 * y->mean[k] ||
					fabs(x->sd[k] * scale - y->sd[k]) >
						1.1e-5 * y->sd[k])
					return false;
			if (x->model[0] != y->model[0] ||
				x->model[1] != y->model[1])
				return false;
		}
	}
	return true;
}

static void scale_does_not_matter(void)
{
	static struct world a, b;
	double scale = ldexp(1, 20);

	make_world(&a, 1);
	make_world(&b, scale);
	run_world(&a, 1);
	run_world(&b, 1);
	CHECK(same_outlooks(&a, &b, scale));
	spp_arena_free(&a.arena);
	spp_arena_free(&b.arena);
}

static void threads_do_not_matter(void)
{
	static struct world a, b;

	make_world(&a, 1);
	run_world(&a, 1);
	for (size_t threads = 1; threads <= 8; threads *= 2) {
		make_world(&b, 1);
		run_world(&b, threads);
		for (size_t s = 0; s < SERIES; s++)
			for (size_t m = 0; m < 1 + s % 2; m++)
				CHECK(memcmp(a.outlooks[s].measures[m].mean,
					      b.outlooks[s].measures[m].mean,
					      a.slots.count * sizeof(double)) ==
					0);
		spp_arena_free(&b.arena);
	}
	spp_arena_free(&a.arena);
}

static void nothing_varies_nothing_deviates(void)
{
	struct world world;

	make_world(&world, 1);
	run_world(&world, 1);
	for (size_t s = 9; s < SERIES; s += 10) {
		const struct spp_expected *expected =
			&world.outlooks[s].measures[SPP_MEASURE_BYTES];

		for (size_t k = 0; k < world.slots.count; k++) {
			CHECK(expected->mean[k] == (s % 20 == 9 ? 0 : 5));
			CHECK(expected->sd[k] == 0);
		}
		expected = &world.outlooks[s - 1].measures[SPP_MEASURE_BYTES];
		for (size_t k = 0; k < world.slots.count; k++)
			CHECK(expected->sd[k] > 0);
	}
	spp_arena_free(&world.arena);
}

/* One series of our own in a world of one. */
static struct spp_expected expect(
	struct world *world, float *values, size_t count)
{
	struct spp_series series = {.stream = "s",
		.partition = "0",
		.count = count,
		.values = {values, NULL}};

	make_world(world, 1);
	world->grid.count = 1;
	world->grid.ticks = count;
	world->grid.series = &series;
	world->options.now = spp_grid_end(&world->grid);
	run_world(world, 1);
	return world->outlooks[0].measures[SPP_MEASURE_BYTES];
}

static void a_level_shift_is_followed(void)
{
	struct spp_rng rng = spp_rng_for(2, 2);
	struct world world;
	struct spp_expected expected;
	float values[TICKS];

	for (size_t t = 0; t < TICKS; t++)
		values[t] = (float)((t < TICKS - 24 ? 100 : 300) +
				    spp_rng_normal(&rng));
	expected = expect(&world, values, TICKS);
	CHECK(fabs(expected.mean[0] - 300) < 20);
	CHECK(fabs(expected.mean[world.slots.count - 1] - 300) < 40);
	spp_arena_free(&world.arena);
}

static void one_outlier_is_not(void)
{
	struct spp_rng rng = spp_rng_for(3, 3);
	struct world world;
	struct spp_expected expected;
	float values[TICKS];

	for (size_t t = 0; t < TICKS; t++)
		values[t] = (float)(100 + 5 * spp_rng_normal(&rng));
	values[TICKS - 1] = 5000;
	values[TICKS / 2] = 5000;
	expected = expect(&world, values, TICKS);
	CHECK(fabs(expected.mean[0] - 100) < 60);
	spp_arena_free(&world.arena);
}

static void a_season_is_seen(void)
{
	struct spp_rng rng = spp_rng_for(4, 4);
	struct world world;
	struct spp_expected expected;
	enum { DAYS = 6 };
	float values[DAYS * 288];
	double squares = 0;
	size_t end = DAYS * 288;

	for (size_t t = 0; t < end; t++)
		values[t] = (float)(100 + 50 * sin((double)t * 2 * M_PI / 288) +
				    5 * spp_rng_normal(&rng));
	expected = expect(&world, values, end);
	CHECK(expected.model[1]->seasonal);
	for (size_t k = world.slots.fine; k < world.slots.count; k++) {
		double middle =
			(world.slots.begin_s[k] + world.slots.length_s[k] / 2) /
			STEP_S;
		double truth = 100 + 50 * sin(((double)end + middle - .5) * 2 *
						  M_PI / 288);

		squares +=
			(expected.mean[k] - truth) * (expected.mean[k] - truth);
		CHECK(expected.sd[k] < 10);
	}
	CHECK(sqrt(squares / 24) < 4);
	spp_arena_free(&world.arena);
}

/* Sums over many noisy series: the mean is a mean, and sd its error's. */
static void sums_are_unbiased(void)
{
	enum { COUNT = 300, LENGTH = 400 };
	static float values[COUNT][LENGTH];
	double sum = 0, variance = 0, covered = 0;

	for (size_t i = 0; i < COUNT; i++) {
		struct spp_rng rng = spp_rng_for(6, i);
		struct world world;
		struct spp_expected expected;
		double error;

		for (size_t t = 0; t < LENGTH; t++)
			values[i][t] =
				(float)(spp_rng_uniform(&rng) < .2
						? 10 * spp_rng_exponential(&rng)
						: .1);
		expected = expect(&world, values[i], LENGTH);
		error = expected.mean[0] - 2.08;
		sum += error;
		variance += expected.sd[0] * expected.sd[0];
		covered += fabs(error) < expected.sd[0];
		spp_arena_free(&world.arena);
	}
	CHECK(fabs(sum / COUNT) < 0.25);
	/* Variance of one value: .2 * 2 * 100 + .8 * .01 - 2.08^2. */
	CHECK(fabs(sqrt(variance / COUNT) - 5.97) < 1);
	CHECK(covered > .9 * COUNT);
}

/* A lid at 100 hides a demand of 150: what is learnt is not 100. */
static void a_lid_is_not_learnt(void)
{
	struct world world;
	struct spp_expected expected;
	float values[TICKS];

	for (size_t t = 0; t < TICKS; t++)
		values[t] = t < TICKS - 30 ? 150 + (float)(t % 3) : -100;
	expected = expect(&world, values, TICKS);
	CHECK(expected.mean[0] > 140);
	CHECK(expected.last == 100);
	for (size_t t = TICKS - 30; t < TICKS; t++)
		values[t] = -400;
	spp_arena_free(&world.arena);
	expected = expect(&world, values, TICKS);
	CHECK(expected.mean[0] > 350);
	spp_arena_free(&world.arena);
}

static void a_tail_without_values_is_bridged(void)
{
	struct world world;
	struct spp_expected expected;
	float values[TICKS];

	for (size_t t = 0; t < TICKS; t++)
		values[t] = t < TICKS - 40 ? 80 : NAN;
	expected = expect(&world, values, TICKS);
	CHECK(expected.mean[0] == 80);
	CHECK(world.outlooks[0].stale == 40);
	CHECK(world.outlooks[0].seen == TICKS - 40);
	spp_arena_free(&world.arena);
}

static void the_median_stands_in(void)
{
	static struct world world;
	const struct spp_outlook *others[3];
	struct spp_outlook outlook;
	const struct spp_expected *made = &outlook.measures[SPP_MEASURE_BYTES];

	make_world(&world, 1);
	run_world(&world, 1);
	for (size_t i = 0; i < 3; i++)
		others[i] = &world.outlooks[2 * i];
	CHECK(spp_outlook_median(
		&outlook, others, 3, &world.options, &world.arena, NULL));
	CHECK(!outlook.measures[SPP_MEASURE_RECORDS].mean);
	for (size_t s = 0; s < world.slots.count; s++) {
		double a = others[0]->measures[0].mean[s];
		double b = others[1]->measures[0].mean[s];
		double c = others[2]->measures[0].mean[s];

		CHECK(made->mean[s] == fmax(fmin(a, b), fmin(fmax(a, b), c)));
		CHECK(made->sd[s] > 0);
	}
	CHECK(spp_outlook_convert(&outlook, SPP_MEASURE_RECORDS, 1000,
		&world.options, &world.arena, NULL));
	CHECK(outlook.measures[SPP_MEASURE_RECORDS].mean[0] ==
		spp_num_estimate(made->mean[0] / 1000));
	spp_arena_free(&world.arena);
}

static const struct test tests[] = {
	{"forecasts are finite, rounded, never negative", forecasts_are_sound},
	{"scale does not matter", scale_does_not_matter},
	{"threads do not matter", threads_do_not_matter},
	{"nothing deviates only where nothing varies",
		nothing_varies_nothing_deviates},
	{"a level shift is followed", a_level_shift_is_followed},
	{"one outlier is not", one_outlier_is_not},
	{"a season is seen", a_season_is_seen},
	{"sums are unbiased", sums_are_unbiased},
	{"a lid is not learnt", a_lid_is_not_learnt},
	{"a tail without values is bridged", a_tail_without_values_is_bridged},
	{"the median stands in", the_median_stands_in},
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
