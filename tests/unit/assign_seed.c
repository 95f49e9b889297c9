/*
 * --cost=seed --exhaustive against a transcription of the idea's own
 * pseudocode, word by word:
 *
 *	FUNCTION calculate_cost(current_assignment, predicted_loads,
 *		platform_capacities)
 *	FUNCTION optimize_partition_assignment(current_assignment,
 *		predicted_loads, platform_capacities)
 */
#include "tests/random.h"
#include "tests/unit/test.h"

#include "tests/unit/assign_world.h"

enum { PARTITIONS_MOST = 8 };

/* One resource in one slot: what the pseudocode sees. */
struct seed {
	size_t partitions, platforms;
	const double *predicted_loads;     /* [partition] */
	const double *platform_capacities; /* [platform] */
	double penalty_factor;
};

static double calculate_cost(
	const struct seed *seed, const size_t *current_assignment)
{
	double total_cost = 0;

	for (size_t platform = 0; platform < seed->platforms; platform++) {
		double predicted_load = 0;

		for (size_t p = 0; p < seed->partitions; p++) {
			if (current_assignment[p] == platform)
				predicted_load += seed->predicted_loads[p];
		}
		if (predicted_load > seed->platform_capacities[platform])
			total_cost +=
				(predicted_load -
					seed->platform_capacities[platform]) *
				seed->penalty_factor;
	}
	return total_cost;
}

static void optimize_partition_assignment(const struct seed *seed,
	const size_t *current_assignment, size_t *best_assignment,
	double *min_cost)
{
	size_t possible[PARTITIONS_MOST] = {0};
	size_t i;

	memcpy(best_assignment, current_assignment,
		seed->partitions * sizeof(size_t));
	*min_cost = calculate_cost(seed, current_assignment);
	do {
		double cost = calculate_cost(seed, possible);

		if (cost < *min_cost) {
			*min_cost = cost;
			memcpy(best_assignment, possible,
				seed->partitions * sizeof(size_t));
		}
		/* The next of all possible ones: the last runs fastest. */
		for (i = seed->partitions; i-- > 0;) {
			if (++possible[i] < seed->platforms)
				break;
			possible[i] = 0;
		}
	} while (i < seed->partitions);
}

/* A world of one resource and one slot. */
static void make_world(struct world *world, size_t number)
{
	struct spp_rng rng = spp_rng_for(5, number);
	struct spp_buf text = {0};
	size_t platforms = 2 + random_below(&rng, 3);
	size_t partitions = 2 + random_below(&rng, 5);

	for (size_t i = 0; i < platforms; i++)
		spp_buf_format(&text,
			"{\"type\":\"platform\",\"platform\":\"n%zu\","
			"\"capacity\":{\"network_in\":%d}}\n",
			i, 50 + (int)random_below(&rng, 100));
	for (size_t p = 0; p < partitions; p++) {
		/* Few different values: ties are to be met. */
		int load = 10 * (1 + (int)random_below(&rng, 8));

		spp_buf_format(&text,
			"{\"type\":\"partition\",\"stream\":\"s\","
			"\"partition\":%zu,\"replicas\":[\"n%d\"]}\n"
			"{\"type\":\"forecast\",\"stream\":\"s\","
			"\"partition\":%zu,\"start\":\"2026-01-01T00:00:00Z\","
			"\"slot_s\":[600],\"mean\":{\"bytes\":[%d]},"
			"\"sd\":{\"bytes\":[3]}}\n",
			p, (int)random_below(&rng, platforms), p, load);
	}
	spp_buf_char(&text, '\0');
	world_read(world, text.data, NULL);
	spp_buf_free(&text);
}

/* The cost with one partition elsewhere, less the cost as it is. */
static double cost_elsewhere(const struct seed *seed, size_t *assignment,
	size_t partition, size_t platform)
{
	size_t is = assignment[partition];
	double cost = -calculate_cost(seed, assignment);

	assignment[partition] = platform;
	cost += calculate_cost(seed, assignment);
	assignment[partition] = is;
	return cost;
}

/* Reasons and explanations are given in the cost that was asked for. */
static void check_reasons(struct world *world, const struct seed *seed,
	size_t *best, const struct spp_answer *answer)
{
	const struct spp_cluster *cluster = world->cluster;

	for (size_t p = 0; p < cluster->partitions; p++) {
		const struct spp_verdict *verdicts = spp_assign_explain(
			answer, p, &world->arena, &world->err);
		struct spp_reason reason;

		if (!CHECK(verdicts != NULL))
			return;
		for (size_t i = 0; i < cluster->platforms; i++)
			CHECK(verdicts[i].holds ||
				world_near(verdicts[i].cost,
					cost_elsewhere(seed, best, p, i),
					1e-12));
		if (best[p] == cluster->replica[p])
			continue;
		CHECK(spp_assign_reason(answer, p, SPP_NOWHERE, &reason,
			&world->arena, &world->err));
		CHECK(world_near(reason.change.overload,
			-cost_elsewhere(seed, best, p, cluster->replica[p]),
			1e-12));
		CHECK(spp_cost_total(&reason.change) == reason.change.overload);
		CHECK(reason.change.overload >= 0 ||
			reason.platform != SPP_NOWHERE);
	}
}

static void check_world(size_t number)
{
	size_t best[PARTITIONS_MOST];
	double loads[PARTITIONS_MOST], min_cost, mean = 0;
	const struct spp_cluster *cluster;
	struct spp_answer *answer;
	struct world world;
	struct seed seed;

	make_world(&world, number);
	cluster = world.cluster;
	if (!CHECK(cluster != NULL))
		return;
	for (size_t p = 0; p < cluster->partitions; p++)
		loads[p] = cluster->leader[p].mean[0];
	for (size_t i = 0; i < cluster->platforms; i++)
		mean += cluster->capacity[i];
	mean /= (double)cluster->platforms;
	seed = (struct seed){cluster->partitions, cluster->platforms, loads,
		cluster->capacity, cluster->slot_weight_h[0] / mean};
	optimize_partition_assignment(&seed, cluster->replica, best, &min_cost);
	answer = spp_assign_exhaustive(cluster, &world.arena, &world.err);
	if (CHECK(answer != NULL)) {
		CHECK(spp_cost_total(&answer->after) == min_cost);
		CHECK(spp_cost_total(&answer->before) ==
			calculate_cost(&seed, cluster->replica));
		for (size_t p = 0; p < cluster->partitions; p++)
			CHECK(answer->placement.replica[p] == best[p]);
		check_reasons(&world, &seed, best, answer);
	}
	world_free(&world);
}

static void test_transcription(void)
{
	for (size_t i = 0; i < 200; i++)
		check_world(i);
}

static void test_too_many(void)
{
	struct world_shape shape = {.platforms = 6,
		.partitions = 9,
		.replicas = 1,
		.slots = 2,
		.slot_s = 60,
		.load = 1e6,
		.capacity = 5e6,
		.size = 1e6};
	struct world world;

	world_make(&world, &shape, 1);
	if (!CHECK(world.cluster != NULL))
		return;
	CHECK(spp_assign_exhaustive(world.cluster, &world.arena, &world.err) ==
		NULL);
	CHECK(world.err.status == SPP_USAGE);
	CHECK(world.err.hint[0] != '\0');
	world_free(&world);
}

/* Replicas are tried in all leaders and sets of followers, apart. */
static void test_replicas(void)
{
	struct world_shape shape = {.platforms = 4,
		.partitions = 3,
		.replicas = 2,
		.slots = 2,
		.slot_s = 600,
		.load = 5e6,
		.capacity = 8e6,
		.size = 0,
		.constraints = true};

	for (size_t i = 0; i < 20; i++) {
		struct spp_answer *answer;
		struct world world;

		world_make(&world, &shape, i);
		if (!CHECK(world.cluster != NULL))
			return;
		answer = spp_assign_exhaustive(
			world.cluster, &world.arena, &world.err);
		if (CHECK(answer != NULL)) {
			CHECK(answer->after.overload <=
				answer->before.overload);
			CHECK(answer->broken_after.total <=
				answer->broken_before.total);
			CHECK(answer->broken_after.of[SPP_RULE_APART] == 0);
		}
		world_free(&world);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{"the pseudocode, on 200 small inputs", test_transcription},
		{"too many assignments are refused", test_too_many},
		{"replicas and rules", test_replicas},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
