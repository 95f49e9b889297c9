/*
 * Tiny clusters, all placements tried: the answer never costs less than the
 * best one (its cost is a cost), is near it, and the bound lies below it.
 */
#include "tests/random.h"
#include "tests/unit/test.h"

#include "tests/unit/assign_world.h"

static const struct world_shape tiny = {.platforms = 3,
	.partitions = 4,
	.replicas = 1,
	.slots = 3,
	.slot_s = 600,
	.load = 3e6,
	.capacity = 1e7,
	.size = 0};

/* All placements of a cluster, the first platform's first. */
struct walk {
	const struct spp_cluster *cluster;
	struct spp_placement placement;
};

static bool apart(const struct walk *walk)
{
	const struct spp_cluster *cluster = walk->cluster;

	for (size_t p = 0; p < cluster->partitions; p++) {
		for (size_t i = cluster->first_replica[p];
			i < cluster->first_replica[p + 1]; i++) {
			for (size_t k = cluster->first_replica[p]; k < i; k++) {
				if (walk->placement.replica[i] ==
					walk->placement.replica[k])
					return false;
			}
		}
	}
	return true;
}

static bool walk_next(struct walk *walk)
{
	do {
		size_t i = 0;

		while (i < walk->cluster->replicas &&
			++walk->placement.replica[i] ==
				walk->cluster->platforms)
			walk->placement.replica[i++] = 0;
		if (i == walk->cluster->replicas)
			return false;
	} while (!apart(walk));
	return true;
}

/* Cheapest of all placements, moves included. */
static double brute(const struct spp_cluster *cluster, struct spp_arena *arena)
{
	struct walk walk = {cluster, spp_placement_current(cluster, arena)};
	double best = INFINITY;

	memset(walk.placement.replica, 0, cluster->replicas * sizeof(size_t));
	while (walk_next(&walk)) {
		struct spp_cost cost =
			world_cost(cluster, &walk.placement, NULL);

		best = fmin(best, spp_cost_total(&cost));
	}
	return best;
}

static void check_worlds(const struct world_shape *shape, size_t count,
	double near, size_t near_least)
{
	size_t reached = 0, acted = 0;

	for (size_t i = 0; i < count; i++) {
		struct spp_assign_options options;
		struct spp_answer *answer;
		struct world world;
		double best, before, after;

		world_make(&world, shape, i);
		if (!CHECK(world.cluster != NULL))
			return;
		options = spp_assign_options_default(world.cluster);
		options.min_gain = 1e-9;
		answer = spp_assign(
			world.cluster, &options, &world.arena, &world.err);
		if (!CHECK(answer != NULL))
			return;
		best = brute(world.cluster, &world.arena);
		before = spp_cost_total(&answer->before);
		after = spp_cost_total(&answer->after);
		CHECK(after >= best * (1 - 1e-9));
		CHECK(after <= before);
		CHECK(answer->bound <= best * (1 + 1e-12));
		CHECK(answer->bound == spp_assign_bound(world.cluster));
		if (answer->acted) {
			acted++;
			reached +=
				after - best <= near * (before - best) + 1e-9;
		}
		world_free(&world);
	}
	printf("# %zu of %zu that acted are within %.3g of the best\n", reached,
		acted, near);
	CHECK(acted > 0 && reached * 100 >= near_least * acted);
}

static void test_single(void)
{
	check_worlds(&tiny, 40, 0.01, 90);
}

static void test_replicas(void)
{
	struct world_shape shape = tiny;

	shape.replicas = 2;
	shape.partitions = 3;
	shape.platforms = 4;
	shape.load = 4e6;
	check_worlds(&shape, 20, 0.02, 85);
}

static void test_factors(void)
{
	struct world_shape shape = tiny;

	shape.factors = true;
	check_worlds(&shape, 20, 0.02, 90);
}

/* The bound holds whatever the copies' times, states and drivers are. */
static void test_bound(void)
{
	static const char *const serves[] = {NULL, "replica", "any"};

	for (size_t i = 0; i < 60; i++) {
		struct world_shape shape = {.platforms = 4,
			.partitions = 6,
			.replicas = 2,
			.slots = 4,
			.slot_s = 300,
			.load = 4e6,
			.capacity = 1e7,
			.size = 1e8,
			.serve = serves[i % 3],
			.factors = i % 2 == 0,
			.states = i % 4 == 0};
		struct spp_rng rng = spp_rng_for(3, i);
		struct spp_placement placement;
		double ready_s[6], bound;
		struct world world;

		world_make(&world, &shape, i);
		if (!CHECK(world.cluster != NULL))
			return;
		placement = spp_placement_current(world.cluster, &world.arena);
		bound = spp_assign_bound(world.cluster);
		for (size_t step = 0; step < 40; step++) {
			size_t p = random_below(&rng, shape.partitions);
			size_t *replica = placement.replica +
			                  world.cluster->first_replica[p];
			size_t to = random_below(&rng, shape.platforms);
			struct spp_cost cost;

			if (replica[0] != to && replica[1] != to &&
				world.cluster->state[to] != SPP_FAILED &&
				step % 8 > 0)
				replica[random_below(&rng, 2)] = to;
			for (size_t k = 0; k < shape.partitions; k++)
				ready_s[k] = 1200 * spp_rng_uniform(&rng);
			cost = world_load_cost(
				world.cluster, &placement, ready_s);
			CHECK(bound <= spp_cost_total(&cost) * (1 + 1e-12));
		}
		world_free(&world);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{"one replica: near the best of all placements", test_single},
		{"two replicas: the same, leaders apart", test_replicas},
		{"common factors", test_factors},
		{"the bound lies below every placement's cost", test_bound},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
