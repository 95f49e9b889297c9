/* The choice, the deviations and the slots against brute force. */
#include "tests/random.h"
#include "tests/unit/test.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "lib/forecast/candidates.h"
#include "lib/forecast/choose.h"
#include "lib/forecast/slots.h"
#include "lib/forecast/spread.h"

#include <math.h>
#include <string.h>

enum { STATE = 64 };

static const spp_time minute = 60 * SPP_SECOND;
static const spp_time ten_o_clock = 1795341600 * SPP_SECOND;

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * (1 + fabs(a) + fabs(b));
}

static void fine_slots(void)
{
	struct spp_arena arena = {0};
	struct spp_slots slots;

	CHECK(spp_slots_make(&slots, ten_o_clock, 60, 900, 0, &arena, NULL));
	CHECK(slots.count == 15 && slots.fine == 15);
	CHECK(slots.begin_s[14] == 840 && slots.length_s[14] == 60);
	CHECK(spp_slots_make(&slots, ten_o_clock, 240, 900, 0, &arena, NULL));
	CHECK(slots.count == 4);
	CHECK(slots.begin_s[3] == 720 && slots.length_s[3] == 180);
	spp_arena_free(&arena);
}

static void coarse_slots_end_on_the_hour(void)
{
	struct spp_arena arena = {0};
	struct spp_err err = {0};
	struct spp_slots slots;
	spp_time now = ten_o_clock + 20 * minute;
	double end = 0;

	CHECK(spp_slots_make(&slots, now, 300, 900, 86400, &arena, NULL));
	CHECK(slots.fine == 3);
	CHECK(slots.count == 3 + 25);
	CHECK(slots.begin_s[3] == 900 && slots.length_s[3] == 25 * 60);
	CHECK(slots.length_s[27] == 20 * 60);
	for (size_t s = 0; s < slots.count; s++) {
		CHECK(slots.begin_s[s] == end);
		end = slots.begin_s[s] + slots.length_s[s];
		CHECK(s < 3 || s == 27 ||
			(now + (spp_time)end * SPP_SECOND) % (60 * minute) ==
				0);
	}
	CHECK(end == 86400);
	CHECK(!spp_slots_make(&slots, now, 1, 86400, 0, &arena, &err));
	CHECK(err.status == SPP_USAGE);
	spp_arena_free(&arena);
}

/* Mean of a step function, by a thousand points a tick. */
static void slot_means(void)
{
	static const double means[] = {4, 8, 15, 16, 23};
	struct spp_rng rng = spp_rng_for(1, 1);

	for (int i = 0; i < 200; i++) {
		double from = 6 * spp_rng_uniform(&rng);
		double to = from + 0.01 + 4 * spp_rng_uniform(&rng);
		double sum = 0;

		for (int k = 0; k < 1000; k++) {
			double at = from + (to - from) * (k + 0.5) / 1000;

			sum += means[at < 5 ? (size_t)at : 4] / 1000;
		}
		CHECK(fabs(spp_slot_mean(means, 5, from, to) - sum) < 0.1);
	}
	CHECK(spp_slot_mean(means, 5, 1, 2) == 8);
	CHECK(spp_slot_mean(means, 5, 0, 4) == 43.0 / 4);
	CHECK(spp_slot_mean(means, 1, 0, 7) == 4);
}

static struct spp_target make_target(double slot_s, double horizon_s,
	double coarse_s, double step_s, double offset_s,
	struct spp_arena *arena)
{
	struct spp_target target;
	struct spp_slots slots;

	CHECK(spp_slots_make(
		&slots, ten_o_clock, slot_s, horizon_s, coarse_s, arena, NULL));
	CHECK(spp_target_make(&target, &slots, step_s, offset_s, arena, NULL));
	return target;
}

/* One squared error of each origin, each from a run of its own. */
static double slow_square(const struct spp_target *target, size_t slot,
	const struct spp_part *part, const float *values, size_t count,
	const struct spp_setting *setting)
{
	double from = target->from[slot], to = target->to[slot];
	double sum = 0, weights = 0;

	for (size_t origin = 1; origin < count; origin++) {
		double state[STATE] = {0}, means[64] = {0}, actual = 0;
		double known = 0, weight, error;
		size_t filled;

		if ((count - origin) % part->stride != 0 ||
			(double)origin + to > (double)count)
			continue;
		for (size_t t = 0; t < origin; t++)
			setting->model->update(setting, state, values[t]);
		filled = setting->model->forecast(
			setting, state, part->ticks, means);
		for (size_t t = origin; t < count; t++) {
			double a = fmax((double)t, (double)origin + from);
			double b = fmin((double)t + 1, (double)origin + to);

			if (b <= a || isnan(values[t]))
				continue;
			actual += (b - a) * values[t];
			known += b - a;
		}
		if (known <= 0 || known < (to - from) / 2)
			continue;
		error = actual / known -
		        fmax(0, spp_slot_mean(means, filled, from, to));
		weight = pow(
			part->memory, -(double)origin / (double)part->stride);
		sum += weight * error * error;
		weights += weight;
	}
	return sum / weights;
}

static void fill(float *values, size_t count, uint64_t seed)
{
	struct spp_rng rng = spp_rng_for(seed, 7);

	for (size_t i = 0; i < count; i++) {
		values[i] = (float)fabs(
			20 * sin((double)i / 2) + 15 * spp_rng_normal(&rng));
	}
}

/* The choice and its errors are those of brute force. */
static void check_choice(struct spp_target *target, uint64_t seed)
{
	enum { COUNT = 60 };
	struct spp_arena arena = {0};
	float items[COUNT];
	struct spp_values values = {items, COUNT, 0};
	const struct spp_setting *settings;
	struct spp_choice choice;
	size_t count;

	fill(items, COUNT, seed);
	CHECK(spp_candidates_make(
		&settings, &count, SIZE_MAX, 10 * minute, COUNT, &arena, NULL));
	CHECK(spp_choose(
		&choice, target, &values, settings, count, &arena, NULL));
	for (size_t p = 0; p < target->parts; p++) {
		const struct spp_part *part = &target->part[p];
		size_t end = part->first + part->count, best = 0;
		double least = INFINITY;

		for (size_t c = 0; c < count; c++) {
			double loss = 0;

			for (size_t s = part->first; s < end; s++)
				loss += slow_square(target, s, part, items,
						COUNT, &settings[c]) *
				        (target->to[s] - target->from[s]);
			if (loss < least * (1 - 1e-12)) {
				least = loss;
				best = c;
			}
		}
		CHECK(choice.chosen[p] == best);
		for (size_t s = part->first; s < end; s++)
			CHECK(near(choice.square[s],
				slow_square(target, s, part, items, COUNT,
					&settings[best])));
	}
	spp_arena_free(&arena);
}

static void the_choice_is_that_of_brute_force(void)
{
	struct spp_arena arena = {0};
	struct spp_target target = make_target(600, 1800, 0, 600, 0, &arena);

	for (uint64_t seed = 0; seed < 4; seed++)
		check_choice(&target, seed);
	target = make_target(300, 900, 10800, 600, 120, &arena);
	CHECK(target.parts == 2 && target.part[1].stride == 6);
	for (uint64_t seed = 4; seed < 8; seed++)
		check_choice(&target, seed);
	spp_arena_free(&arena);
}

static void seasons_need_two_of_them(void)
{
	struct spp_arena arena = {0};
	const struct spp_setting *settings;
	size_t with, without;

	CHECK(spp_candidates_make(
		&settings, &without, SIZE_MAX, 5 * minute, 23, &arena, NULL));
	for (size_t i = 0; i < without; i++)
		CHECK(settings[i].season == 0);
	CHECK(spp_candidates_make(
		&settings, &with, SIZE_MAX, 5 * minute, 24, &arena, NULL));
	CHECK(with ==
		without + spp_model_naive.count + spp_model_winters.count);
	CHECK(settings[with - 1].season == 12);
	CHECK(spp_candidates_make(&settings, &with, spp_model_find("winters"),
		5 * minute, 600, &arena, NULL));
	CHECK(with == 2 * spp_model_winters.count);
	CHECK(settings[with - 1].season == 288);
	CHECK(spp_candidates_make(&settings, &with, spp_model_find("winters"),
		5 * minute, 5, &arena, NULL));
	CHECK(with == 1 && settings[0].model == &spp_model_last);
	spp_arena_free(&arena);
}

/*
 * Isotonic regression by the formula of max and min over means of runs
 * (Barlow et al. 1972).
 */
static void deviations_never_fall(void)
{
	enum { SLOTS = 12 };
	struct spp_arena arena = {0};
	struct spp_target target =
		make_target(60, SLOTS * 60, 0, 60, 0, &arena);
	double square[SLOTS], weight[SLOTS], sd[SLOTS];
	struct spp_choice choice = {.square = square, .weight = weight};
	struct spp_rng rng = spp_rng_for(5, 5);

	for (int round = 0; round < 50; round++) {
		for (size_t s = 0; s < SLOTS; s++) {
			square[s] = spp_rng_exponential(&rng);
			weight[s] = 1 + (double)random_below(&rng, 9);
		}
		CHECK(spp_spread_deviations(
			sd, &choice, &target, 1, 0, &arena, NULL));
		for (size_t s = 0; s < SLOTS; s++) {
			double most = 0;

			for (size_t a = 0; a <= s; a++) {
				double least = INFINITY;
				double sum = 0, count = 0;

				for (size_t b = a; b < SLOTS; b++) {
					sum += weight[b] * square[b];
					count += weight[b];
					if (b >= s)
						least = fmin(
							least, sum / count);
				}
				most = fmax(most, least);
			}
			CHECK(near(sd[s], sqrt(most * (1 + 1 / weight[s]))));
		}
	}
	spp_arena_free(&arena);
}

static void what_was_never_seen_is_as_near_ones(void)
{
	enum { SLOTS = 5 };
	struct spp_arena arena = {0};
	struct spp_target target =
		make_target(60, SLOTS * 60, 0, 60, 0, &arena);
	double square[SLOTS] = {NAN, 4, 4, NAN, NAN};
	double weight[SLOTS] = {0, 1e12, 1e12, 0, 0}, sd[SLOTS];
	struct spp_choice choice = {.square = square, .weight = weight};

	CHECK(spp_spread_deviations(sd, &choice, &target, 9, 0, &arena, NULL));
	for (size_t s = 0; s < SLOTS; s++)
		CHECK(near(sd[s], 2));
	CHECK(spp_spread_deviations(sd, &choice, &target, 9, 3, &arena, NULL));
	CHECK(sd[0] == 3 && sd[4] == 3);
	for (size_t s = 0; s < SLOTS; s++)
		square[s] = NAN;
	CHECK(spp_spread_deviations(sd, &choice, &target, 9, 0, &arena, NULL));
	CHECK(sd[0] == 9 && sd[4] == 9);
	spp_arena_free(&arena);
}

static void quantiles_are_those_of_errors(void)
{
	double errors[99];

	for (size_t i = 0; i < 99; i++)
		errors[i] = (double)((i * 37) % 99) - 49;
	CHECK(near(spp_spread_quantile(.5, 100, 5, errors, 99), 100));
	CHECK(near(spp_spread_quantile(.25, 100, 5, errors, 99), 75));
	CHECK(near(spp_spread_quantile(.9, 100, 5, errors, 99), 140));
	CHECK(spp_spread_quantile(.1, 10, 5, errors, 99) == 0);
	/* Too few of them, or beyond them: the normal law. */
	CHECK(fabs(spp_spread_quantile(.975, 100, 10, errors, 5) - 119.6) <
		.01);
	CHECK(fabs(spp_spread_quantile(.9999, 100, 10, errors, 99) - 137.19) <
		.01);
}

static const struct test tests[] = {
	{"fine slots", fine_slots},
	{"coarse slots end on the hour", coarse_slots_end_on_the_hour},
	{"slot means are those of their ticks", slot_means},
	{"the choice is that of brute force",
		the_choice_is_that_of_brute_force},
	{"seasons need two of them", seasons_need_two_of_them},
	{"deviations never fall", deviations_never_fall},
	{"what was never seen is as near ones",
		what_was_never_seen_is_as_near_ones},
	{"quantiles are those of errors", quantiles_are_those_of_errors},
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
