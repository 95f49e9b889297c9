/*
 * How long plans take: against all orders of small ones, and against the
 * bound on large ones.
 */
#include "tests/random.h"
#include "plan_shapes.h"
#include "test.h"

#include <stdlib.h>

enum { BRUTE_MOVES = 6 };

/* Changes of one replica each (the leader), with even traffic. */
static void make_world(struct world *world, struct spp_rng *rng,
	size_t platforms, size_t moves, double spread)
{
	world_begin(world);
	world_driver(world, 1e7, 1, ",\"max_inflight\":100000");
	for (size_t v = 0; v < platforms; v++)
		world_platform(world, v, shape_platform);
	for (size_t p = 0; p < moves; p++) {
		size_t ends[2];
		double in = floor(1e5 * spp_rng_uniform(rng)), sd = 0;

		world_pick(rng, platforms, 2, ends);
		world_partition(world, p, ends, 1,
			floor(2e8 * exp(spread * spp_rng_normal(rng))));
		world_forecast(world, p, &in, &sd, 1, 60);
		world_move(world, p, ends + 1, 1);
	}
	world_build(world);
	world->limits.rate = 1e7;
}

/* When each move could start and end if all were tried in one order. */
static double schedule(
	const struct world *world, const size_t *order, size_t count)
{
	const struct spp_plan_limits *limits = &world->limits;
	double starts[BRUTE_MOVES], ends[BRUTE_MOVES], copied[BRUTE_MOVES];
	double last = 0;

	for (size_t i = 0; i < count; i++) {
		size_t p = order[i];
		size_t from = world->cluster->replica[p];
		size_t to = world->change[p].to[0];
		double rate = fmin(limits->rate, limits->platform_rate);
		double copy_s = world->cluster->size_bytes[p] /
		                (rate - world->cluster->in_bytes[p]);
		double best = INFINITY;

		/* The earliest of 0 and the ends of those before it at which
		   it fits for as long as it takes. */
		for (size_t c = 0; c <= 2 * i; c++) {
			double at = c == 0   ? 0
			            : c <= i ? ends[c - 1]
			                     : copied[c - i - 1];
			bool fits = at < best;

			for (size_t e = 0; fits && e <= i; e++) {
				double when = e < i ? starts[e] : at;
				double all = 1, reads = rate, writes = rate;
				double source = 1, target = 1;

				if (when < at || when >= at + copy_s + 1)
					continue;
				for (size_t k = 0; k < i; k++) {
					size_t q = order[k];
					size_t f = world->cluster->replica[q];
					size_t t = world->change[q].to[0];
					bool copies = when < copied[k] - 1e-9 &&
					              when < at + copy_s;

					if (starts[k] > when ||
						ends[k] <= when + 1e-9)
						continue;
					all++;
					source += f == from || t == from;
					target += f == to || t == to;
					reads += copies && f == from ? rate : 0;
					writes += copies && t == to ? rate : 0;
				}
				fits = all <= limits->max_concurrent &&
				       source <= limits->max_per_platform &&
				       target <= limits->max_per_platform &&
				       fmax(reads, writes) <=
				               limits->platform_rate * 1.000001;
			}
			if (fits)
				best = at;
		}
		starts[i] = best;
		copied[i] = best + copy_s;
		ends[i] = copied[i] + 1;
		last = fmax(last, ends[i]);
	}
	return last;
}

static double best_of_all(
	const struct world *world, size_t *order, size_t fixed, size_t count)
{
	double best = INFINITY;

	if (fixed == count)
		return schedule(world, order, count);
	for (size_t i = fixed; i < count; i++) {
		size_t kept = order[fixed];

		order[fixed] = order[i];
		order[i] = kept;
		best = fmin(best, best_of_all(world, order, fixed + 1, count));
		order[i] = order[fixed];
		order[fixed] = kept;
	}
	return best;
}

static void limit(struct world *world, struct spp_rng *rng)
{
	switch (random_below(rng, 4)) {
	case 0:
		world->limits.max_concurrent = 1 + (double)random_below(rng, 2);
		break;
	case 1:
		world->limits.max_per_platform =
			1 + (double)random_below(rng, 2);
		break;
	case 2:
		world->limits.platform_rate = 1e7;
		break;
	default:
		world->limits.platform_rate = 2e7;
		world->limits.max_concurrent = 3;
		break;
	}
}

static void no_order_beats_the_bound(void)
{
	static struct world world;
	double sum = 0, worst = 0, tight = 0;
	size_t worlds = 120;

	for (size_t i = 0; i < worlds; i++) {
		struct spp_rng rng = spp_rng_for(3, i);
		size_t order[BRUTE_MOVES], moves = 3 + i % (BRUTE_MOVES - 2);
		double best, ours, bound;

		make_world(&world, &rng, 3 + i % 3, moves, .8);
		limit(&world, &rng);
		CHECK(world_plan(&world) && world.plan.count == moves);
		for (size_t k = 0; k < moves; k++)
			order[k] = k;
		best = best_of_all(&world, order, 0, moves);
		ours = world.plan.makespan_s;
		bound = world.plan.bound.seconds;
		if (!CHECK(bound <= best * (1 + 1e-9)) ||
			!CHECK(ours >= best * (1 - 1e-9)))
			printf("# world %zu: bound %g best %g ours %g\n", i,
				bound, best, ours);
		sum += ours / best;
		worst = fmax(worst, ours / best);
		tight += bound / best;
		world_free(&world);
	}
	printf("# over the best order: mean %.3f, worst %.3f; bound/best mean "
	       "%.3f\n",
		sum / (double)worlds, worst, tight / (double)worlds);
	CHECK(sum / (double)worlds <= 1.01);
	CHECK(worst <= 1.1);
}

static void large_plans_are_near_their_bound(void)
{
	static struct world world;

	for (enum shape shape = SHUFFLE; shape <= SKEW; shape++) {
		double sum = 0, worst = 0;
		size_t worlds = 24;

		for (size_t i = 0; i < worlds; i++) {
			struct spp_rng rng = spp_rng_for(10 + shape, i);
			double at_once = i % 3 == 0 ? 1 : i % 3 == 1 ? 3 : 5;
			double gap;

			shape_make(&world, &rng, shape, 10, 200,
				i % 2 == 0 ? .5 : 1.5);
			world.limits.platform_rate = 1e7 * at_once;
			CHECK(world_plan(&world) && world.plan.lefts == 0);
			gap = world.plan.makespan_s / world.plan.bound.seconds;
			CHECK(gap >= 1);
			sum += gap;
			worst = fmax(worst, gap);
			world_free(&world);
		}
		printf("# %s: makespan/bound mean %.3f, worst %.3f\n",
			shape_names[shape], sum / (double)worlds, worst);
		CHECK(sum / (double)worlds <= 1.05);
		CHECK(worst <= 1.15);
	}
}

/* Platforms at 75 % on average, some of them over their capacity. */
static void make_busy(struct world *world, struct spp_rng *rng)
{
	enum { PLATFORMS = 8, PARTITIONS = 64, SLOTS = 3 };
	double in[PARTITIONS], load[PLATFORMS] = {0}, all = 0, capacity;
	size_t at[PARTITIONS];
	char rest[64];

	for (size_t p = 0; p < PARTITIONS; p++) {
		in[p] = floor(1e5 * exp(spp_rng_normal(rng)));
		at[p] = random_below(rng, PLATFORMS);
		load[at[p]] += in[p];
		all += in[p];
	}
	capacity = all / PLATFORMS / .75;
	world_begin(world);
	world_driver(world, capacity / 5, 1, "");
	world_line(world,
		"{\"type\":\"resource_model\",\"resource\":\"cpu\","
		"\"leader\":{\"per_byte\":1,\"per_replicated_byte\":1},"
		"\"follower\":{\"per_byte\":1}}");
	snprintf(rest, sizeof rest, ",\"capacity\":{\"cpu\":%.9g}", capacity);
	for (size_t v = 0; v < PLATFORMS; v++)
		world_platform(world, v, rest);
	for (size_t p = 0; p < PARTITIONS; p++) {
		size_t least = 0;
		double mean[SLOTS], sd[SLOTS];

		for (size_t s = 0; s < SLOTS; s++) {
			mean[s] = floor(
				in[p] * (.2 + 1.6 * spp_rng_uniform(rng)));
			sd[s] = mean[s] / 4;
		}
		world_partition(world, p, &at[p], 1, 60 * in[p]);
		world_forecast(world, p, mean, sd, SLOTS, 300);
		for (size_t v = 1; v < PLATFORMS; v++)
			if (load[v] < load[least])
				least = v;
		if (load[at[p]] < capacity || in[p] > capacity / 8)
			continue;
		load[at[p]] -= in[p];
		load[least] += in[p];
		world_move(world, p, &least, 1);
	}
	world_build(world);
	world->limits.rate = capacity / 5;
}

/* Only copies that are worth their time end after it. */
static void busy_plans_are_near_their_bound(void)
{
	static struct world world;
	double sum = 0;
	size_t worlds = 24, plans = 0;

	for (size_t i = 0; i < worlds; i++) {
		struct spp_rng rng = spp_rng_for(20, i);

		make_busy(&world, &rng);
		if (CHECK(world_plan(&world)) && world.plan.count > 0) {
			CHECK(world.plan.overload_after <
				world.plan.overload_before);
			sum += world.plan.makespan_s / world.plan.bound.seconds;
			plans++;
		}
		world_free(&world);
	}
	printf("# busy: makespan/bound mean %.3f of %zu plans\n",
		sum / (double)plans, plans);
	CHECK(plans > 20 && sum / (double)plans <= 1.1);
}

/* A copy that the first slots are too busy for ends after them. */
static void the_bound_knows_slots_that_are_too_busy(void)
{
	static struct world world;
	const double in[] = {9.8e6, 9.9e6, 1e6}, sd[] = {0, 0, 0};
	const size_t from = 0, to = 1;

	world_begin(&world);
	world_driver(&world, 1e7, 1, "");
	for (size_t v = 0; v < 2; v++)
		world_platform(&world, v, shape_platform);
	world_partition(&world, 0, &from, 1, 9e6);
	world_forecast(&world, 0, in, sd, 3, 60);
	world_move(&world, 0, &to, 1);
	world_build(&world);
	world.limits.rate = 1e7;
	CHECK(world_plan(&world) && world.plan.count == 1);
	CHECK(world.plan.makespan_s == 122);
	CHECK(world.plan.bound.seconds == 122);
	world_free(&world);
}

int main(void)
{
	static const struct test tests[] = {
		{"no order of a small plan beats the bound or is much better",
			no_order_beats_the_bound},
		{"large plans end near their bound",
			large_plans_are_near_their_bound},
		{"plans of busy platforms end near their bound",
			busy_plans_are_near_their_bound},
		{"the bound knows slots that are too busy for a copy",
			the_bound_knows_slots_that_are_too_busy},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
