/*
 * Random plans, each replayed instant by instant for every prefix: the two
 * rules of safety, the limits, and what every move says about itself.
 */
#include "tests/random.h"
#include "plan_replay.h"
#include "test.h"

enum { SLOTS = 4, REPLICAS = 3 };

static const double slot_s = 60;

/* A world of a few platforms near their capacity. */
static void make_world(struct world *world, struct spp_rng *rng, double fill)
{
	size_t platforms = 4 + random_below(rng, 4);
	size_t partitions = 4 + random_below(rng, 8);
	double out = fill * 4e6 * (double)partitions / (double)platforms;
	double disk = 3.2e8 * (double)partitions / (double)platforms;
	char rest[256];

	world_begin(world);
	world_driver(world, 6e6, 2, "");
	snprintf(rest, sizeof rest,
		",\"capacity\":{\"cpu\":4,\"disk\":%.9g,\"network_in\":4e7,"
		"\"network_out\":%.9g}%s",
		disk, out,
		random_below(rng, 4) == 0
			? ",\"hard\":[\"disk\",\"network_out\"]"
			: "");
	for (size_t v = 0; v < platforms; v++)
		world_platform(world, v, rest);
	for (size_t p = 0; p < partitions; p++) {
		size_t replicas[REPLICAS];
		double mean[SLOTS], sd[SLOTS];
		double in = 2e5 + 1e6 * spp_rng_uniform(rng);

		for (size_t s = 0; s < SLOTS; s++) {
			mean[s] = floor(in * (.6 + .8 * spp_rng_uniform(rng)));
			sd[s] = floor(mean[s] * .2 * spp_rng_uniform(rng));
		}
		world_pick(rng, platforms, REPLICAS, replicas);
		world_partition(world, p, replicas, REPLICAS,
			floor(1e7 + 1.5e8 * spp_rng_uniform(rng)));
		world_forecast(world, p, mean, sd, SLOTS, slot_s);
	}
	world_build(world);
}

/* Random changes, some of which repair. */
static void make_changes(struct world *world, struct spp_rng *rng, bool repairs)
{
	const struct spp_cluster *cluster = world->cluster;

	for (size_t p = 0; p < cluster->partitions; p++) {
		const size_t *now = cluster->replica + p * REPLICAS;
		size_t to[REPLICAS], what = random_below(rng, 5);

		if (what == 0)
			continue;
		world_pick(rng, cluster->platforms, REPLICAS, to);
		if (what == 1) { /* only the leader */
			to[0] = now[1];
			to[1] = now[0];
			to[2] = now[2];
		} else if (what < 4) { /* one replica, maybe the leader */
			size_t new = to[0];
			size_t at = random_below(rng, REPLICAS);

			memcpy(to, now, sizeof to);
			if (new != now[0] && new != now[1] && new != now[2])
				to[at] = new;
		}
		world_move(world, p, to, REPLICAS)->repairs =
			repairs && random_below(rng, 3) == 0;
	}
}

static void make_limits(struct world *world, struct spp_rng *rng)
{
	struct spp_plan_limits *limits = &world->limits;

	limits->rate = 6e6;
	limits->max_concurrent = 16;
	if (random_below(rng, 3) == 0)
		limits->max_concurrent = 1 + (double)random_below(rng, 3);
	if (random_below(rng, 3) == 0)
		limits->max_per_platform = 1 + (double)random_below(rng, 2);
	if (random_below(rng, 4) == 0)
		limits->max_per_rack = 1 + (double)random_below(rng, 3);
	if (random_below(rng, 3) == 0)
		limits->platform_rate = 4e6 + 6e6 * spp_rng_uniform(rng);
}

static void check_prefixes(const struct world *world)
{
	for (size_t k = 1; k <= world->plan.count; k++) {
		struct replay_verdict verdict = replay_prefix(world, k);
		double most = fmax(verdict.nothing, verdict.repairs);

		if (!CHECK(verdict.overload <=
			    most + 1e-9 * (1 + verdict.nothing)))
			printf("# prefix %zu: %.12g, %.12g\n", k,
				verdict.overload, most);
		CHECK(verdict.hard <= 2e-9);
		if (k == world->plan.count) {
			CHECK(fabs(verdict.overload -
				      world->plan.overload_after) < 1e-9);
			CHECK(fabs(verdict.nothing -
				      world->plan.overload_before) < 1e-9);
		}
	}
}

static bool touches(const struct spp_plan_move *move, size_t platform)
{
	return move->step.from == platform || move->step.to == platform ||
	       move->copy_from == platform;
}

/* What runs when move M starts, itself included. */
static void check_limits_at(const struct world *world, size_t m)
{
	const struct spp_cluster *cluster = world->cluster;
	const struct spp_plan_limits *limits = &world->limits;
	double at_s = world->plan.moves[m].start_s;
	double all = 0;

	for (size_t v = 0; v < cluster->platforms; v++) {
		double touching = 0, reads = 0, writes = 0;

		for (size_t i = 0; i < world->plan.count; i++) {
			const struct spp_plan_move *move =
				&world->plan.moves[i];

			if (move->start_s > at_s ||
				spp_plan_end_s(move) <= at_s + 1e-9)
				continue;
			all += v == 0;
			touching += touches(move, v);
			if (move->copy_from == SPP_NOWHERE ||
				move->start_s + move->attach_s <= at_s + 1e-9)
				continue;
			reads += move->copy_from == v ? move->rate : 0;
			writes += move->step.to == v ? move->rate : 0;
		}
		CHECK(touching <= limits->max_per_platform);
		CHECK(fmax(reads, writes) <= limits->platform_rate * 1.000001);
	}
	CHECK(all <= limits->max_concurrent);
	for (size_t rack = 0; rack < cluster->racks; rack++) {
		double touching = 0;

		for (size_t i = 0; i < world->plan.count; i++) {
			const struct spp_plan_move *move =
				&world->plan.moves[i];
			bool in = false;

			for (size_t v = 0; v < cluster->platforms; v++)
				in |= touches(move, v) &&
				      cluster->rack[v] == rack;
			touching += in && move->start_s <= at_s &&
			            spp_plan_end_s(move) > at_s + 1e-9;
		}
		CHECK(touching <= limits->max_per_rack);
	}
}

/* Bytes that a copy gains on live traffic until it attaches. */
static double gained(
	const struct spp_cluster *cluster, const struct spp_plan_move *move)
{
	double bytes = 0, at_s = move->start_s;
	double end_s = at_s + move->attach_s;

	while (at_s < end_s) {
		size_t slot = replay_slot(cluster, at_s);
		double until_s =
			slot < cluster->slots
				? fmin(end_s, cluster->slot_end_s[slot])
				: end_s;
		double in = replay_in(cluster, move->step.partition, slot);

		CHECK(move->rate >= 1.05 * in);
		bytes += (move->rate - in) * (until_s - at_s);
		at_s = until_s;
	}
	return bytes;
}

/* Each move says truly what it needs and what it finds. */
static void check_moves(const struct world *world)
{
	const struct spp_cluster *cluster = world->cluster;
	const struct spp_plan *plan = &world->plan;

	for (size_t i = 0; i < plan->count; i++) {
		const struct spp_plan_move *move = &plan->moves[i];
		size_t p = move->step.partition, list[REPLICAS];
		bool first = true;

		CHECK(i == 0 || plan->moves[i - 1].start_s <= move->start_s);
		CHECK(fabs(move->dual_s + move->release_s - 2) < 1e-9);
		CHECK(move->beyond == (spp_plan_end_s(move) > SLOTS * slot_s));
		if (move->step.kind == SPP_PLAN_REPLICA) {
			CHECK(move->bytes == cluster->size_bytes[p]);
			CHECK(fabs(gained(cluster, move) - move->bytes) < 1);
		} else
			CHECK(move->bytes == 0 && move->attach_s == 0);
		memcpy(list, cluster->replica + p * REPLICAS, sizeof list);
		for (size_t k = 0; k < i; k++) {
			const struct spp_plan_move *other = &plan->moves[k];
			size_t at = 0;

			if (other->step.partition != p)
				continue;
			CHECK(spp_plan_end_s(other) <= move->start_s);
			first = false;
			while (list[at] != other->step.from)
				at++;
			if (other->step.kind == SPP_PLAN_LEADER) {
				for (at = 0; list[at] != other->step.to;)
					at++;
				memmove(list + 1, list, at * sizeof *list);
				list[0] = other->step.to;
			} else
				list[at] = other->step.to;
		}
		CHECK(move->first == first);
		CHECK(move->replicas == REPLICAS);
		CHECK(memcmp(move->replica, list, sizeof list) == 0);
		CHECK(move->copy_from ==
			(move->bytes > 0 ? list[0] : SPP_NOWHERE));
		for (size_t k = 0; k < move->afters; k++)
			CHECK(move->after[k] < i &&
				spp_plan_end_s(&plan->moves[move->after[k]]) <=
					move->start_s);
		check_limits_at(world, i);
	}
}

/* A plan that leaves nothing takes every partition where it should be. */
static void check_outcome(const struct world *world)
{
	const struct spp_plan *plan = &world->plan;

	CHECK((plan->lefts > 0) == (plan->unmets > 0));
	CHECK(plan->bound.seconds <= plan->makespan_s);
	for (size_t i = 0; i < world->changes && plan->lefts == 0; i++) {
		const struct spp_plan_change *change = &world->change[i];
		size_t list[SPP_REPLICAS_MAX];
		size_t count = spp_plan_outcome(world->cluster, plan->moves,
			plan->count, change->partition, list, NULL);

		CHECK(count == change->count && list[0] == change->to[0]);
		for (size_t k = 0; k < count; k++) {
			bool found = false;

			for (size_t n = 0; n < count; n++)
				found |= list[n] == change->to[k];
			CHECK(found);
		}
	}
}

/* What was planned can be sealed as it is. */
static void check_seal(struct world *world)
{
	struct spp_plan sealed = world->plan;
	struct spp_plan_fault fault;
	struct spp_err err = {0};

	CHECK(spp_plan_check(world->cluster, world->change, world->changes,
		&world->limits, &world->arena, &sealed, &fault, &err));
	if (!CHECK(fault.move == SPP_NOWHERE))
		printf("# move %zu %s\n", fault.move, fault.text);
	else
		CHECK(fabs(sealed.makespan_s - world->plan.makespan_s) < 1e-9 &&
			fabs(sealed.overload_after -
				world->plan.overload_after) < 1e-9);
}

static size_t moves_seen, left_seen, repairs_seen, beyond_seen;

static void run_worlds(uint64_t seed, size_t count, bool repairs)
{
	static struct world world;

	for (size_t i = 0; i < count; i++) {
		struct spp_rng rng = spp_rng_for(seed, i);
		int before = test_failures;

		make_world(&world, &rng, .5 + 1.2 * spp_rng_uniform(&rng));
		if (!CHECK(world.cluster != NULL))
			return;
		make_changes(&world, &rng, repairs);
		make_limits(&world, &rng);
		CHECK(world_plan(&world));
		check_prefixes(&world);
		check_moves(&world);
		check_outcome(&world);
		check_seal(&world);
		if (test_failures != before)
			printf("# in world %zu\n", i);
		moves_seen += world.plan.count;
		left_seen += world.plan.lefts;
		for (size_t m = 0; m < world.plan.count; m++) {
			repairs_seen += world.plan.moves[m].step.repairs;
			beyond_seen += world.plan.moves[m].beyond;
		}
		world_free(&world);
	}
}

static void random_plans_are_safe(void)
{
	moves_seen = left_seen = beyond_seen = 0;
	run_worlds(1, 150, false);
	printf("# %zu moves, %zu left, %zu beyond the horizon\n", moves_seen,
		left_seen, beyond_seen);
	CHECK(moves_seen > 300 && left_seen > 50 && beyond_seen > 10);
}

static void plans_with_repairs_are_safe(void)
{
	repairs_seen = 0;
	run_worlds(2, 100, true);
	printf("# %zu moves that repair\n", repairs_seen);
	CHECK(repairs_seen > 50);
}

int main(void)
{
	static const struct test tests[] = {
		{"random plans are safe at every instant of every prefix",
			random_plans_are_safe},
		{"plans with repairs are held to just their repairs",
			plans_with_repairs_are_safe},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
