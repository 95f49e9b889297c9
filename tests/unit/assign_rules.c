/*
 * What holds for every answer: no rule is broken more often, no hard level
 * rises above its limit, budgets are kept, each change repairs or gains,
 * and the same input in another order gives the same answer.
 */
#include "tests/random.h"
#include "tests/unit/test.h"

#include "lib/assign/state.h"
#include "lib/cluster/risk.h"
#include "tests/unit/assign_world.h"

static const struct world_shape shape = {.platforms = 7,
	.partitions = 20,
	.replicas = 3,
	.slots = 5,
	.slot_s = 240,
	.load = 4e6,
	.capacity = 5.5e7,
	.size = 3e8,
	.constraints = true,
	.states = true};

/* Level of one cell of the final placement, whatever ready_s says. */
static double level(const struct spp_cluster *cluster,
	const struct spp_placement *placement, size_t platform, size_t cell)
{
	double mean, deviation;

	world_cell(cluster, placement, NULL, platform, cell, &mean, &deviation);
	return mean + cluster->risk_z * deviation;
}

static void check_hard(
	const struct spp_cluster *cluster, const struct spp_answer *answer)
{
	struct spp_placement old = answer->state->old;

	for (size_t i = 0; i < cluster->platforms; i++) {
		for (size_t c = 0; c < cluster->cells; c++) {
			size_t at = i * cluster->resources + c / cluster->slots;
			double most;

			if (!cluster->hard[at] ||
				!spp_cluster_alive(cluster, i))
				continue;
			most = fmax(cluster->capacity[at],
				level(cluster, &old, i, c));
			CHECK(level(cluster, &answer->placement, i, c) <=
				most * (1 + 1e-12));
		}
	}
}

static void check_moves(const struct spp_cluster *cluster,
	const struct spp_answer *answer, double max_moves)
{
	double moves = 0, of_first = 0;

	for (size_t p = 0; p < cluster->partitions; p++) {
		size_t first = cluster->first_replica[p];
		const size_t *new = answer->placement.replica + first;
		struct spp_change change = spp_change_of(cluster, p, new,
			answer->placement.serving +
				cluster->first_subscription[p]);

		moves += (double)change.moves;
		of_first += cluster->stream[p] == 0 ? (double)change.moves : 0;
		CHECK((answer->ready_s[p] > 0 || change.copy_s == 0) ||
			change.moves == 0);
		CHECK(!cluster->frozen[p] || change.moves == 0);
	}
	CHECK((double)answer->moves == moves);
	CHECK(moves <= max_moves);
	CHECK(cluster->budgets == 0 || of_first <= cluster->budget[0].moves);
}

/* Each change repairs something or is worth the least gain. */
static void check_gains(const struct spp_cluster *cluster,
	const struct spp_answer *answer, double min_gain,
	struct spp_arena *arena)
{
	for (size_t p = 0; p < cluster->partitions; p++) {
		struct spp_reason reason;
		struct spp_err err = {0};

		if (answer->state->change[p].moves == 0 || cluster->apart)
			continue;
		if (!CHECK(spp_assign_reason(
			    answer, p, SPP_NOWHERE, &reason, arena, &err)))
			return;
		CHECK(reason.repairs != NULL ||
			-spp_cost_total(&reason.change) >=
				min_gain * (1 - 1e-9));
	}
}

static void check_answer(const struct spp_cluster *cluster,
	const struct spp_answer *answer,
	const struct spp_assign_options *options, struct spp_arena *arena)
{
	struct spp_cost whole;

	for (size_t i = 0; i < SPP_RULES; i++)
		CHECK(answer->broken_after.total <=
			answer->broken_before.total);
	CHECK(answer->excess_after <= answer->excess_before + 1e-12);
	if (answer->broken_after.total == answer->broken_before.total &&
		answer->excess_after >= answer->excess_before)
		CHECK(spp_cost_total(&answer->after) <=
			spp_cost_total(&answer->before));
	whole = world_cost(cluster, &answer->placement, answer->ready_s);
	CHECK(world_near(
		spp_cost_total(&whole), spp_cost_total(&answer->after), 1e-9));
	CHECK(answer->bound <= spp_cost_total(&answer->after) * (1 + 1e-12));
	check_hard(cluster, answer);
	check_moves(cluster, answer, options->max_moves);
	check_gains(cluster, answer, options->min_gain, arena);
}

static void check_shape(const struct world_shape *like, size_t count)
{
	size_t moved = 0;

	for (size_t i = 0; i < count; i++) {
		struct spp_assign_options options;
		struct spp_answer *answer;
		struct world world;

		world_make(&world, like, i);
		if (!CHECK(world.cluster != NULL))
			return;
		options = spp_assign_options_default(world.cluster);
		options.max_moves = i % 2 == 0 ? 100 : 4;
		answer = spp_assign(
			world.cluster, &options, &world.arena, &world.err);
		if (CHECK(answer != NULL)) {
			check_answer(
				world.cluster, answer, &options, &world.arena);
			moved += answer->moves;
		}
		world_free(&world);
	}
	printf("# %zu moves\n", moved);
	CHECK(moved > 0);
}

static void test_constraints(void)
{
	check_shape(&shape, 12);
}

static void test_apart(void)
{
	struct world_shape like = shape;

	like.serve = "replica";
	like.factors = true;
	check_shape(&like, 8);
	like.serve = "any";
	check_shape(&like, 8);
}

static void test_disk(void)
{
	struct world_shape like = shape;

	like.tight_disk = true;
	check_shape(&like, 12);
}

/* A calm cluster is left alone, however much could be gained. */
static void test_calm(void)
{
	struct world_shape like = shape;

	like.states = false;
	like.constraints = false;
	like.load = 1e6;
	for (size_t i = 0; i < 5; i++) {
		struct spp_assign_options options;
		struct spp_answer *answer;
		struct world world;

		world_make(&world, &like, i);
		if (!CHECK(world.cluster != NULL))
			return;
		options = spp_assign_options_default(world.cluster);
		options.min_gain = 0;
		answer = spp_assign(
			world.cluster, &options, &world.arena, &world.err);
		CHECK(answer != NULL && !answer->acted && answer->moves == 0 &&
			answer->lacks == 0);
		world_free(&world);
	}
}

/* Lines of a text in another order. */
static void shuffle(struct spp_buf *text, struct spp_rng *rng)
{
	char *lines[512];
	size_t count = 0;
	struct spp_buf out = {0};

	for (char *line = strtok(text->data, "\n"); line != NULL;
		line = strtok(NULL, "\n"))
		lines[count++] = line;
	while (count > 0) {
		size_t i = random_below(rng, count);

		spp_buf_format(&out, "%s\n", lines[i]);
		lines[i] = lines[--count];
	}
	spp_buf_char(&out, '\0');
	spp_buf_free(text);
	*text = out;
}

static void test_order(void)
{
	for (size_t i = 0; i < 6; i++) {
		struct spp_rng rng = spp_rng_for(7, i);
		struct spp_buf text = {0};
		struct world world, other;
		struct spp_assign_options options;
		struct spp_answer *answer, *same;
		const struct spp_cluster *cluster;

		world_text(&text, &shape, &rng);
		spp_buf_char(&text, '\0');
		world_read(&world, text.data, NULL);
		shuffle(&text, &rng);
		world_read(&other, text.data, NULL);
		spp_buf_free(&text);
		cluster = world.cluster;
		if (!CHECK(cluster != NULL && other.cluster != NULL))
			return;
		options = spp_assign_options_default(cluster);
		answer =
			spp_assign(cluster, &options, &world.arena, &world.err);
		same = spp_assign(
			other.cluster, &options, &other.arena, &other.err);
		if (CHECK(answer != NULL && same != NULL)) {
			CHECK(memcmp(answer->placement.replica,
				      same->placement.replica,
				      cluster->replicas * sizeof(size_t)) == 0);
			CHECK(memcmp(&answer->after, &same->after,
				      sizeof answer->after) == 0);
			CHECK(memcmp(answer->ready_s, same->ready_s,
				      cluster->partitions * sizeof(double)) ==
				0);
		}
		world_free(&world);
		world_free(&other);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{"constraints, a draining and a failed platform",
			test_constraints},
		{"subscriptions apart, common factors", test_apart},
		{"disks that are nearly full", test_disk},
		{"a calm cluster is left alone", test_calm},
		{"the order of records does not matter", test_order},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
