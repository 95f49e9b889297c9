/* Samples of every kind and order become rates on regular ticks. */
#include "tests/random.h"
#include "tests/unit/test.h"

#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "lib/cluster/series.h"
#include "lib/cluster/series_samples.h"

#include <stdint.h>
#include <string.h>

enum { MINUTE_S = 60 };

static const struct spp_shape delta = {NAN, SPP_READING_DELTA, false};
static const struct spp_shape rate = {NAN, SPP_READING_RATE, false};
static const struct spp_shape counter = {NAN, SPP_READING_COUNTER, false};

static spp_time at(double seconds)
{
	return (spp_time)((1700000040 + seconds) * SPP_SECOND);
}

static void add(struct spp_samples *samples, const char *partition,
	const char *subscriber, const char *platform, double seconds,
	const struct spp_shape *shape, double bytes, double records)
{
	double values[SPP_MEASURES] = {bytes, records};
	size_t source = spp_samples_source(
		samples, "s", partition, subscriber, platform);

	CHECK(spp_samples_add(
		samples, source, at(seconds), shape, values, NULL));
}

static const struct spp_grid_options plain = {
	0, 60 * SPP_SECOND, SPP_TIME_NONE, NAN};

static struct spp_grid build(struct spp_samples *samples,
	const struct spp_grid_options *options, struct spp_arena *arena)
{
	struct spp_err err = {0};
	struct spp_grid grid;

	CHECK(spp_grid_build(&grid, samples, options, arena, &err));
	return grid;
}

static float value(const struct spp_grid *grid, const char *partition,
	const char *subscriber, size_t tick)
{
	size_t index = spp_grid_find(grid, "s", partition, subscriber);

	if (!CHECK(index != SIZE_MAX))
		return NAN;
	return spp_series_value(&grid->series[index], SPP_MEASURE_BYTES, tick);
}

static void deltas_become_rates(void)
{
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid;

	for (int i = 0; i < 5; i++)
		add(&samples, "0", NULL, NULL, i * MINUTE_S, &delta,
			600 * (i + 1), NAN);
	grid = build(&samples, &plain, &arena);
	CHECK(grid.step == MINUTE_S * SPP_SECOND);
	CHECK(grid.start == at(0));
	CHECK(grid.ticks == 5);
	CHECK(grid.count == 1);
	for (size_t i = 0; i < 5; i++)
		CHECK(value(&grid, "0", NULL, i) == 10 * (float)(i + 1));
	CHECK(grid.series[0].values[SPP_MEASURE_RECORDS] == NULL);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void long_intervals_spread(void)
{
	struct spp_shape five = {300, SPP_READING_DELTA, false};
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid_options options = plain;
	struct spp_grid grid;

	options.step = MINUTE_S * SPP_SECOND;
	add(&samples, "0", NULL, NULL, 0, &five, 3000, NAN);
	add(&samples, "1", NULL, NULL, 0, &delta, 60, NAN);
	add(&samples, "1", NULL, NULL, 60, &delta, 60, NAN);
	add(&samples, "1", NULL, NULL, 120, &delta, 60, NAN);
	grid = build(&samples, &options, &arena);
	CHECK(grid.ticks == 5);
	for (size_t i = 0; i < 5; i++)
		CHECK(value(&grid, "0", NULL, i) == 10);
	CHECK(isnan(value(&grid, "1", NULL, 3)));
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void fine_rates_are_averaged(void)
{
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid;

	for (int i = 0; i < 13; i++)
		add(&samples, "0", NULL, NULL, i * 10, &rate, i, NAN);
	grid = build(&samples, &plain, &arena);
	CHECK(grid.step == MINUTE_S * SPP_SECOND);
	CHECK(grid.ticks == 2); /* the third is not complete */
	CHECK(value(&grid, "0", NULL, 0) == 2.5F);
	CHECK(value(&grid, "0", NULL, 1) == 8.5F);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void counters_are_differenced(void)
{
	static const double readings[] = {100, 700, 1300, 60, 660, 1260};
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid;

	for (int i = 0; i < 6; i++)
		add(&samples, "0", NULL, NULL, i * MINUTE_S, &counter,
			readings[i], NAN);
	grid = build(&samples, &plain, &arena);
	CHECK(grid.ticks == 5);
	CHECK(value(&grid, "0", NULL, 0) == 10);
	CHECK(value(&grid, "0", NULL, 1) == 10);
	CHECK(isnan(value(&grid, "0", NULL, 2)));
	CHECK(value(&grid, "0", NULL, 3) == 10);
	CHECK(grid.counts.resets == 1);
	CHECK(grid.counts.gaps == 1);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void the_last_of_two_wins(void)
{
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid;

	add(&samples, "0", NULL, NULL, 0, &delta, 600, NAN);
	add(&samples, "0", NULL, NULL, 120, &delta, 600, NAN);
	add(&samples, "0", NULL, NULL, 60, &delta, 60, NAN);
	add(&samples, "0", NULL, NULL, 60, &delta, 120, NAN);
	add(&samples, "0", NULL, NULL, 120, &delta, NAN, 60);
	grid = build(&samples, &plain, &arena);
	CHECK(value(&grid, "0", NULL, 1) == 2);
	CHECK(value(&grid, "0", NULL, 2) == 10);
	CHECK(spp_series_value(&grid.series[0], SPP_MEASURE_RECORDS, 2) == 1);
	CHECK(grid.counts.duplicates == 1);
	CHECK(grid.counts.late == 2);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void dual_delivery_is_not_added(void)
{
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid;

	for (int i = 0; i < 4; i++)
		add(&samples, "0", "a", "p1", i * MINUTE_S, &rate, 5, NAN);
	for (int i = 2; i < 6; i++)
		add(&samples, "0", "a", "p2", i * MINUTE_S, &rate, 7, NAN);
	for (int i = 0; i < 6; i++)
		add(&samples, "0", "b", "p1", i * MINUTE_S, &rate, 6, NAN);
	grid = build(&samples, &plain, &arena);
	CHECK(grid.count == 3);
	CHECK(value(&grid, "0", "a", 1) == 5);
	CHECK(value(&grid, "0", "a", 2) == 7);
	CHECK(value(&grid, "0", "a", 5) == 7);
	/* Nobody said what was produced: the largest of both. */
	CHECK(grid.series[0].derived && !grid.series[0].subscriber);
	CHECK(value(&grid, "0", NULL, 0) == 6);
	CHECK(value(&grid, "0", NULL, 3) == 7);
	CHECK(grid.counts.derived == 1);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void censored_values_are_marked(void)
{
	struct spp_shape lid = {NAN, SPP_READING_RATE, true};
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid;

	add(&samples, "0", NULL, NULL, 0, &rate, 5, NAN);
	add(&samples, "0", NULL, NULL, 60, &lid, 0, NAN);
	add(&samples, "0", NULL, NULL, 120, &lid, 6, NAN);
	grid = build(&samples, &plain, &arena);
	CHECK(value(&grid, "0", NULL, 0) == 5);
	CHECK(signbit(value(&grid, "0", NULL, 1)));
	CHECK(value(&grid, "0", NULL, 2) == -6);
	CHECK(grid.counts.censored == 2);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void now_and_history_cut(void)
{
	struct spp_grid_options options = {0, 0, at(8 * MINUTE_S), 300};
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid, view;

	for (int i = 0; i < 10; i++)
		add(&samples, "0", NULL, NULL, i * MINUTE_S, &rate, i, NAN);
	grid = build(&samples, &options, &arena);
	CHECK(grid.ticks == 5);
	CHECK(grid.start == at(3 * MINUTE_S));
	CHECK(spp_grid_end(&grid) == at(8 * MINUTE_S));
	CHECK(value(&grid, "0", NULL, 0) == 3);
	CHECK(grid.counts.future == 2);
	CHECK(grid.counts.old == 3);
	CHECK(spp_grid_until(&grid, 2, &view, &arena, NULL));
	CHECK(view.ticks == 2 && view.series[0].count == 2);
	CHECK(isnan(value(&view, "0", NULL, 2)));
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void jitter_finds_the_step(void)
{
	struct spp_rng rng = spp_rng_for(7, 0);
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid;

	for (int i = 0; i < 200; i++)
		if (i % 7 != 3)
			add(&samples, "0", NULL, NULL,
				i * 300 + 100 + 2 * spp_rng_uniform(&rng),
				&rate, 1, NAN);
	grid = build(&samples, &plain, &arena);
	CHECK(grid.step == 300 * SPP_SECOND);
	CHECK(grid.start % grid.step == 0);
	CHECK(grid.ticks == 199);
	CHECK(grid.counts.gaps == 28);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static void a_common_phase_is_kept(void)
{
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid;

	for (int i = 0; i < 10; i++)
		add(&samples, "0", NULL, NULL, 17 + i * 300, &delta, 300, NAN);
	grid = build(&samples, &plain, &arena);
	CHECK(grid.start == at(17));
	CHECK(grid.ticks == 10 && grid.counts.gaps == 0);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

/* The same samples in another order give the same grid. */
static void order_does_not_matter(void)
{
	enum { SAMPLES = 600 };
	struct spp_rng rng = spp_rng_for(11, 0);
	size_t order[SAMPLES];
	struct spp_grid grids[2];
	struct spp_samples samples[2];
	struct spp_arena arena = {0};

	memset(samples, 0, sizeof(samples));
	for (size_t i = 0; i < SAMPLES; i++)
		order[i] = i;
	for (int k = 0; k < 2; k++) {
		for (size_t i = SAMPLES; k == 1 && i > 1; i--) {
			size_t j = random_below(&rng, i), swap = order[j];

			order[j] = order[i - 1];
			order[i - 1] = swap;
		}
		for (size_t i = 0; i < SAMPLES; i++) {
			size_t n = order[i];
			struct spp_rng own = spp_rng_for(3, n);
			char name[2] = {(char)('a' + n % 6), 0};

			add(&samples[k], name, n % 2 ? "x" : NULL,
				n % 12 > 6 ? "p" : "q",
				(double)(n / 6) * 60 +
					20 * spp_rng_uniform(&own),
				&delta, 1e6 * spp_rng_uniform(&own),
				spp_rng_uniform(&own));
		}
		grids[k] = build(&samples[k], &plain, &arena);
	}
	CHECK(grids[0].count == grids[1].count);
	CHECK(grids[0].ticks == grids[1].ticks);
	for (size_t s = 0; s < grids[0].count; s++) {
		const struct spp_series *a = &grids[0].series[s];
		const struct spp_series *b = &grids[1].series[s];

		CHECK(spp_series_compare(a, b) == 0);
		CHECK(a->first == b->first && a->count == b->count);
		for (size_t m = 0; m < SPP_MEASURES; m++)
			CHECK(memcmp(a->values[m], b->values[m],
				      a->count * sizeof(float)) == 0);
	}
	for (int k = 0; k < 2; k++)
		spp_samples_free(&samples[k]);
	spp_arena_free(&arena);
}

static void nothing_gives_an_empty_grid(void)
{
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_grid grid = build(&samples, &plain, &arena);

	CHECK(grid.count == 0 && grid.ticks == 0);
	add(&samples, "0", NULL, NULL, 0, &counter, 5, NAN);
	grid = build(&samples, &plain, &arena);
	CHECK(grid.count == 1 && grid.ticks == 0);
	CHECK(grid.series[0].count == 0);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
}

static const struct test tests[] = {
	{"deltas become rates", deltas_become_rates},
	{"long intervals spread over their ticks", long_intervals_spread},
	{"fine rates are averaged", fine_rates_are_averaged},
	{"counters are differenced, resets are gaps", counters_are_differenced},
	{"the last of two samples wins", the_last_of_two_wins},
	{"dual delivery is not added up", dual_delivery_is_not_added},
	{"censored values are marked", censored_values_are_marked},
	{"now and history cut", now_and_history_cut},
	{"jittered times still tell the step", jitter_finds_the_step},
	{"a phase that most share is kept", a_common_phase_is_kept},
	{"the order of samples does not matter", order_does_not_matter},
	{"nothing gives an empty grid", nothing_gives_an_empty_grid},
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
