/* A trial's change is that of the whole, after any sequence of changes. */
#include "tests/random.h"
#include "tests/unit/test.h"

#include "lib/assign/state.h"
#include "lib/cluster/risk.h"
#include "tests/unit/assign_world.h"

/* A random change of one partition: another place, another leader. */
static void vary(const struct spp_cluster *cluster, struct spp_part *part,
	struct spp_rng *rng)
{
	size_t p = part->partition;
	size_t count = spp_cluster_replicas(cluster, p);
	size_t k = random_below(rng, count);
	size_t to = random_below(rng, cluster->platforms), other;
	size_t first = cluster->first_subscription[p];

	for (other = 0; other < count && part->replica[other] != to; other++)
		continue;
	if (other < count) {
		part->replica[other] = part->replica[k];
		part->replica[k] = to;
	} else {
		part->replica[k] = to;
	}
	for (size_t s = first;
		cluster->apart && s < cluster->first_subscription[p + 1]; s++)
		part->serving[s - first] =
			random_below(rng, cluster->platforms);
}

static bool same_loads(const struct spp_state *state)
{
	const struct spp_cluster *cluster = state->cluster;
	bool same = true;

	for (size_t i = 0; i < cluster->platforms; i++) {
		for (size_t c = 0; c < cluster->cells; c++) {
			double mean, deviation;
			struct spp_row row =
				spp_load_row(cluster, &state->load, i);

			if (!spp_cluster_alive(cluster, i))
				continue;
			world_cell(cluster, &state->new, state->ready_s, i, c,
				&mean, &deviation);
			same = same && mean == row.mean[c] &&
			       deviation ==
			               spp_risk_deviation(cluster, &row, c);
			row = spp_load_row(cluster, &state->final, i);
			world_cell(cluster, &state->new, NULL, i, c, &mean,
				&deviation);
			/* The final load knows no time before ready_s. */
			same = same && mean == row.mean[c];
		}
	}
	return same;
}

static void check_sequence(const struct world_shape *shape, uint64_t number)
{
	struct spp_arena arena = {0};
	struct spp_rng rng = spp_rng_for(11, number);
	struct spp_assign_options options;
	struct spp_state *state;
	struct spp_trial *trial;
	struct world world;

	world_make(&world, shape, number);
	if (!CHECK(world.cluster != NULL))
		return;
	options = spp_assign_options_default(world.cluster);
	state = spp_state_new(world.cluster, &options, &arena, &world.err);
	trial = spp_trial_new(state, &arena, &world.err);
	for (size_t step = 0; step < 30; step++) {
		double before = spp_cost_total(&state->cost), delta;
		struct spp_cost whole;
		size_t parts = 1 + random_below(&rng, 2);
		size_t first = random_below(&rng, world.cluster->partitions);
		bool retimed;

		spp_trial_reset(trial);
		for (size_t i = 0; i < parts; i++) {
			vary(world.cluster,
				spp_trial_part(trial,
					(first + i) %
						world.cluster->partitions),
				&rng);
			spp_trial_apply(trial);
		}
		delta = spp_trial_cost(trial);
		retimed = state->change[first].moves > 0 ||
		          state->change[(first + parts - 1) %
					world.cluster->partitions]
		                          .moves > 0;
		spp_trial_commit(trial, state);
		whole = world_cost(world.cluster, &state->new, state->ready_s);
		CHECK(world_near(spp_cost_total(&state->cost),
			spp_cost_total(&whole), 1e-12));
		/* What leaves the queue moves others: then no simple sum. */
		if (!retimed)
			CHECK(world_near(
				before + delta, spp_cost_total(&whole), 1e-12));
		CHECK(same_loads(state));
	}
	spp_arena_free(&arena);
	world_free(&world);
}

static const struct world_shape plain = {.platforms = 5,
	.partitions = 8,
	.replicas = 2,
	.slots = 6,
	.slot_s = 60,
	.load = 1e6,
	.capacity = 6e6,
	.size = 3e8};

static void test_leader(void)
{
	for (uint64_t i = 0; i < 6; i++)
		check_sequence(&plain, i);
}

static void test_factors(void)
{
	struct world_shape shape = plain;

	shape.factors = true;
	shape.states = true;
	for (uint64_t i = 0; i < 6; i++)
		check_sequence(&shape, i);
}

static void test_apart(void)
{
	struct world_shape shape = plain;

	shape.serve = "any";
	shape.factors = true;
	for (uint64_t i = 0; i < 6; i++)
		check_sequence(&shape, i);
	shape.serve = "replica";
	shape.replicas = 3;
	for (uint64_t i = 0; i < 6; i++)
		check_sequence(&shape, i);
}

int main(void)
{
	static const struct test tests[] = {
		{"sequences of changes, subscriptions with the leader",
			test_leader},
		{"the same with common factors and failed platforms",
			test_factors},
		{"the same with subscriptions apart", test_apart},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
