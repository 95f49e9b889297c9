/*
 * One plan of each kind: what an assignment is taken apart into, and what
 * stands in the way of a move.
 */
#include "plan_world.h"
#include "test.h"

static struct world world;

static const char wide[] =
	",\"capacity\":{\"disk\":1e12,\"network_in\":1e9,\"network_out\":1e9}";

/* Six platforms and one partition on some of them. */
static void begin(const char *driver, const size_t *replicas, size_t count)
{
	double in = 1e6, sd = 0;

	world_begin(&world);
	world_driver(&world, 1e7, 2, driver);
	for (size_t v = 0; v < 6; v++)
		world_platform(&world, v, wide);
	world_partition(&world, 0, replicas, count, 9e7);
	world_forecast(&world, 0, &in, &sd, 1, 600);
	world.limits.rate = 1e7;
}

static const struct spp_plan_move *move(size_t index)
{
	static const struct spp_plan_move none;

	return CHECK(index < world.plan.count) ? &world.plan.moves[index]
	                                       : &none;
}

static bool is(size_t index, enum spp_plan_kind kind, size_t from, size_t to)
{
	const struct spp_plan_step *step = &move(index)->step;

	return step->kind == kind && step->from == from && step->to == to;
}

/* Lists of COUNT platforms out of 5, one after the other. */
static bool next_list(size_t *list, size_t count)
{
	do {
		size_t i = 0;

		while (i < count && ++list[i] == 5)
			list[i++] = 0;
		if (i == count)
			return false;
		for (i = 0; i < count * count; i++)
			if (i / count != i % count &&
				list[i / count] == list[i % count])
				break;
		if (i == count * count)
			return true;
	} while (true);
}

static bool contains(const size_t *list, size_t count, size_t platform)
{
	bool found = false;

	for (size_t i = 0; i < count; i++)
		found |= list[i] == platform;
	return found;
}

/* The fewest moves that lead from one list to another. */
static size_t fewest(const size_t *from, size_t n, const size_t *to, size_t m)
{
	size_t leaving = 0, coming = 0;
	bool pair;

	for (size_t i = 0; i < n; i++)
		leaving += !contains(to, m, from[i]);
	for (size_t i = 0; i < m; i++)
		coming += !contains(from, n, to[i]);
	pair = !contains(to, m, from[0]) && !contains(from, n, to[0]);
	return (leaving > coming ? leaving : coming) +
	       (from[0] != to[0] && !pair);
}

static void every_change_is_made_of_the_fewest_moves(void)
{
	static const size_t from[4] = {0, 1, 2, 3};
	size_t seen = 0;

	for (size_t n = 1; n <= 3; n++)
		for (size_t m = 1; m <= 3; m++) {
			size_t to[3] = {0, 0, 0};

			while (next_list(to, m)) {
				size_t list[SPP_REPLICAS_MAX], count;

				begin("", from, n);
				CHECK(world_build(&world));
				world_move(&world, 0, to, m);
				CHECK(world_plan(&world));
				CHECK(world.plan.lefts == 0 &&
					world.plan.unmets == 0);
				CHECK(world.plan.count ==
					fewest(from, n, to, m));
				count = spp_plan_outcome(world.cluster,
					world.plan.moves, world.plan.count, 0,
					list, NULL);
				CHECK(count == m && list[0] == to[0]);
				for (size_t i = 0; i < m; i++)
					CHECK(contains(list, count, to[i]));
				world_free(&world);
				seen++;
			}
		}
	CHECK(seen > 200);
}

static void the_lead_moves_before_data_does(void)
{
	static const size_t from[] = {0, 1, 2}, to[] = {1, 3, 2};

	begin("", from, 3);
	CHECK(world_build(&world));
	world_move(&world, 0, to, 3);
	CHECK(world_plan(&world) && world.plan.count == 2);
	CHECK(is(0, SPP_PLAN_LEADER, 0, 1));
	CHECK(move(0)->start_s == 0 && move(0)->attach_s == 0);
	CHECK(move(0)->dual_s == 2 && move(0)->bytes == 0);
	CHECK(is(1, SPP_PLAN_REPLICA, 0, 3));
	CHECK(move(1)->start_s == 2 && move(1)->copy_from == 1);
	CHECK(fabs(move(1)->attach_s - 10) < 1e-9);
	CHECK(move(1)->dual_s == 1.8 && fabs(move(1)->release_s - .2) < 1e-9);
	CHECK(move(1)->afters == 1 && move(1)->after[0] == 0);
	CHECK(!move(1)->first && move(1)->leads == 1);
	CHECK(fabs(world.plan.makespan_s - 14) < 1e-9);
	CHECK(fabs(world.plan.bound.seconds - 14) < 1e-9);
	CHECK(world.plan.bound.witness == SPP_PLAN_PARTITION);
	world_free(&world);
}

static void a_failed_leader_is_no_source(void)
{
	static const size_t from[] = {5, 1, 2}, to[] = {3, 1, 2};
	double in = 1e6, sd = 0;

	world_begin(&world);
	world_driver(&world, 1e7, 2, "");
	for (size_t v = 0; v < 6; v++)
		world_platform(&world, v,
			v == 5 ? ",\"state\":\"failed\",\"capacity\":{\"cpu\":"
				 "1}"
			       : wide);
	world_partition(&world, 0, from, 3, 9e7);
	world_forecast(&world, 0, &in, &sd, 1, 600);
	CHECK(world_build(&world));
	world_move(&world, 0, to, 3);
	CHECK(world_plan(&world) && world.plan.count == 1);
	CHECK(is(0, SPP_PLAN_REPLICA, 5, 3) && move(0)->copy_from == 1);
	CHECK(move(0)->step.repairs && move(0)->leads == 3);
	world_free(&world);
}

static void a_driver_may_copy_nothing_or_from_any_replica(void)
{
	static const size_t from[] = {0, 1, 2}, to[] = {0, 1, 3};

	begin(",\"copy_from\":\"none\"", from, 3);
	CHECK(world_build(&world));
	world_move(&world, 0, to, 3);
	CHECK(world_plan(&world) && world.plan.count == 1);
	CHECK(move(0)->copy_from == SPP_NOWHERE && move(0)->bytes == 0);
	CHECK(move(0)->attach_s == 0 && world.plan.makespan_s == 2);
	world_free(&world);

	/* The leader sends to two followers; a follower sends nothing. */
	begin(",\"copy_from\":\"replica\"", from, 3);
	CHECK(world_build(&world));
	world_move(&world, 0, to, 3);
	CHECK(world_plan(&world) && world.plan.count == 1);
	CHECK(move(0)->copy_from == 1 && move(0)->bytes == 9e7);
	world_free(&world);
}

static void a_partition_gets_its_first_place(void)
{
	static const size_t from[] = {0, 1}, to[] = {4, 2};
	struct spp_cluster_options options = spp_cluster_options_none();
	struct spp_errs warnings = {0};
	struct spp_err err = {0};
	double in = 1e6, sd = 0;

	begin("", from, 2);
	world_forecast(&world, 1, &in, &sd, 1, 600);
	CHECK(world_build(&world));
	options.place = true;
	world.cluster = spp_cluster_build(
		&world.feed, &options, &world.arena, &warnings, &err);
	if (!CHECK(world.cluster != NULL && world.cluster->partitions == 2))
		return;
	world_move(&world, 1, to, 2);
	CHECK(world_plan(&world) && world.plan.count == 2);
	CHECK(is(0, SPP_PLAN_ADD, SPP_NOWHERE, 4) && move(0)->step.repairs);
	CHECK(is(1, SPP_PLAN_ADD, SPP_NOWHERE, 2) && move(1)->leads == 4);
	CHECK(move(0)->replicas == 0 && move(1)->replicas == 1);
	CHECK(move(0)->copy_from == SPP_NOWHERE && move(1)->copy_from == 4);
	world_free(&world);
}

/* What a partition without a place feeds opens with its first replica. */
static void subscriptions_open_where_a_partition_is_placed(void)
{
	static const size_t from[] = {0, 1}, to[] = {4, 2}, targets[] = {4, 2};
	struct spp_cluster_options options = spp_cluster_options_none();
	struct spp_errs warnings = {0};
	struct spp_err err = {0};
	double in = 1e6, sd = 0;

	begin(",\"serve\":\"replica\"", from, 2);
	world_forecast(&world, 1, &in, &sd, 1, 600);
	for (size_t i = 0; i < 2; i++)
		spp_buf_format(&world.text,
			"{\"type\":\"subscription\",\"subscriber\":\"%c\","
			"\"stream\":\"s\",\"partition\":\"1\"}\n",
			(int)('a' + i));
	CHECK(world_build(&world));
	options.place = true;
	world.cluster = spp_cluster_build(
		&world.feed, &options, &world.arena, &warnings, &err);
	if (!CHECK(world.cluster != NULL && world.cluster->subscriptions == 2))
		return;
	world_move(&world, 1, to, 2);
	for (size_t i = 0; i < 2; i++)
		world_move(&world, 1, &targets[i], 1)->subscription = i;
	/* a stays where it opens, b goes on to the second replica. */
	CHECK(world_plan(&world) && world.plan.count == 3);
	CHECK(world.plan.lefts == 0 && world.plan.unmets == 0);
	CHECK(is(0, SPP_PLAN_ADD, SPP_NOWHERE, 4));
	CHECK(is(1, SPP_PLAN_ADD, SPP_NOWHERE, 2));
	CHECK(is(2, SPP_PLAN_SUBSCRIPTION, 4, 2) && move(2)->step.repairs);
	CHECK(move(2)->step.subscription == 1);
	CHECK(move(2)->start_s >= spp_plan_end_s(move(1)));
	/* Not without a place of its partition. */
	world.change[0] = world.change[1];
	world.changes = 1;
	CHECK(world_plan(&world) && world.plan.count == 0);
	CHECK(world.plan.unmets == 1);
	world_free(&world);
}

/* Subscriptions that any replica may serve. */
static void subscriptions_go_where_a_replica_is(void)
{
	static const size_t from[] = {0, 1, 2}, to[] = {0, 3, 4};
	static const char *const lines[] = {
		"{\"type\":\"subscription\",\"subscriber\":\"a\",\"stream\":"
		"\"s\","
		"\"partition\":\"0\",\"platform\":\"p01\"}",
		"{\"type\":\"subscription\",\"subscriber\":\"b\",\"stream\":"
		"\"s\","
		"\"partition\":\"0\",\"platform\":\"p01\"}",
		"{\"type\":\"subscription\",\"subscriber\":\"c\",\"stream\":"
		"\"s\","
		"\"partition\":\"0\",\"platform\":\"p02\"}",
	};
	static const size_t targets[] = {3, 0, 3};

	begin(",\"serve\":\"replica\"", from, 3);
	for (size_t i = 0; i < 3; i++)
		world_line(&world, lines[i]);
	CHECK(world_build(&world) && world.cluster->subscriptions == 3);
	world_move(&world, 0, to, 3);
	for (size_t i = 0; i < 3; i++)
		world_move(&world, 0, &targets[i], 1)->subscription = i;
	CHECK(world_plan(&world));
	/* b goes at once to where a replica is; a rides with the replica
	   from p01 to p03; c waits for p03. */
	CHECK(world.plan.count == 4 && world.plan.unmets == 0);
	CHECK(is(0, SPP_PLAN_SUBSCRIPTION, 1, 0));
	CHECK(move(0)->step.subscription == 1 && move(0)->start_s == 0);
	CHECK(is(1, SPP_PLAN_REPLICA, 1, 3) && move(1)->start_s == 2);
	CHECK(is(2, SPP_PLAN_SUBSCRIPTION, 2, 3));
	CHECK(move(2)->step.subscription == 2);
	CHECK(is(3, SPP_PLAN_REPLICA, 2, 4));
	CHECK(move(3)->start_s >= spp_plan_end_s(move(2)));
	world_free(&world);
}

static void too_much_traffic_is_refused(void)
{
	static const size_t from[] = {0, 1, 2}, to[] = {0, 1, 3};

	begin("", from, 3);
	world.limits.rate = 1.04e6;
	CHECK(world_build(&world));
	world_move(&world, 0, to, 3);
	CHECK(world_plan(&world) && world.plan.count == 0);
	CHECK(world.plan.lefts == 1 &&
		world.plan.left[0].reason == SPP_PLAN_NO_RATE);
	CHECK(fabs(world.plan.left[0].amount - 1e4) < 1e-6);
	world.limits.rate = 1.06e6;
	CHECK(world_plan(&world) && world.plan.count == 1);
	CHECK(fabs(move(0)->attach_s - 9e7 / 6e4) < 1e-6 && move(0)->beyond);
	world_free(&world);
}

static void moves_keep_to_windows(void)
{
	static const size_t from[] = {0, 1, 2}, to[] = {4, 5, 3};
	static const struct spp_plan_window windows[] = {
		{5, 10}, {100, 130}, {200, 220}};

	begin("", from, 3);
	CHECK(world_build(&world));
	world_move(&world, 0, to, 3);
	world.limits.windows = 3;
	world.limits.window = windows;
	CHECK(world_plan(&world) && world.plan.count == 3);
	CHECK(move(0)->start_s == 100 && move(1)->start_s == 112);
	CHECK(move(2)->start_s == 200);
	CHECK(world.plan.bound.seconds <= world.plan.makespan_s);
	world.limits.windows = 2;
	CHECK(world_plan(&world) && world.plan.count == 2);
	CHECK(world.plan.lefts == 1 &&
		world.plan.left[0].reason == SPP_PLAN_NO_WINDOW);
	world_free(&world);
}

/* Two platforms that are full swap replicas, with or without a third. */
static void make_swap(double third)
{
	double in = 1e5, sd = 0;
	char rest[128];

	world_begin(&world);
	world_driver(&world, 1e7, 2, "");
	for (size_t v = 0; v < 3; v++) {
		snprintf(rest, sizeof rest,
			",\"capacity\":{\"disk\":%.9g,\"network_out\":1e9}",
			v < 2 ? 1.5e8 : third);
		world_platform(&world, v, rest);
	}
	for (size_t p = 0; p < 2; p++) {
		world_partition(&world, p, &p, 1, p == 0 ? 1e8 : 9e7);
		world_forecast(&world, p, &in, &sd, 1, 600);
	}
	CHECK(world_build(&world));
	for (size_t p = 0; p < 2; p++) {
		size_t to = 1 - p;

		world_move(&world, p, &to, 1);
	}
	CHECK(world_plan(&world));
}

static void a_full_circle_is_broken_by_a_hop(void)
{
	make_swap(1e8);
	CHECK(world.plan.count == 3 && world.plan.hops == 1);
	CHECK(world.plan.lefts == 0 && world.plan.unmets == 0);
	CHECK(is(0, SPP_PLAN_REPLICA, 1, 2) && is(1, SPP_PLAN_REPLICA, 0, 1) &&
		is(2, SPP_PLAN_REPLICA, 2, 0));
	/* Each relies on the room that the one before has freed. */
	CHECK(move(1)->afters == 1 && move(1)->after[0] == 0);
	CHECK(move(2)->afters == 2 && move(2)->after[1] == 1);
	world_free(&world);

	make_swap(8e7);
	CHECK(world.plan.count == 0 && world.plan.lefts == 2);
	CHECK(world.plan.left[0].reason == SPP_PLAN_NO_ROOM);
	CHECK(world.plan.left[0].platform == 1 &&
		world.plan.left[0].resource == world.cluster->disk);
	CHECK(fabs(world.plan.left[0].amount - 4e7) < 1);
	world_free(&world);
}

static void an_undo_goes_back_in_reverse(void)
{
	static const size_t from[] = {0, 1, 2}, to[] = {1, 3, 2};
	struct spp_plan_step steps[2];
	struct spp_err err = {0};
	struct spp_plan_step step;

	begin("", from, 3);
	CHECK(world_build(&world));
	world_move(&world, 0, to, 3);
	CHECK(world_plan(&world) && world.plan.count == 2);
	for (size_t i = 0; i < 2; i++)
		steps[i] = spp_plan_inverse(move(1 - i));
	CHECK(steps[0].kind == SPP_PLAN_REPLICA && steps[0].from == 3 &&
		steps[0].to == 0);
	CHECK(steps[1].kind == SPP_PLAN_LEADER && steps[1].from == 1 &&
		steps[1].to == 0);
	world_free(&world);

	begin("", to, 3);
	CHECK(world_build(&world));
	CHECK(spp_plan_steps(world.cluster, steps, 2, NULL, 0, &world.limits,
		&world.arena, &world.plan, &err));
	CHECK(world.plan.count == 2 && is(0, SPP_PLAN_REPLICA, 3, 0) &&
		is(1, SPP_PLAN_LEADER, 1, 0));
	step = move(0)->step;
	step.kind = SPP_PLAN_ADD;
	step.from = SPP_NOWHERE;
	CHECK(spp_plan_inverse(&(struct spp_plan_move){.step = step}).kind ==
		SPP_PLAN_DROP);
	world_free(&world);
}

int main(void)
{
	static const struct test tests[] = {
		{"every change is made of the fewest moves",
			every_change_is_made_of_the_fewest_moves},
		{"the lead moves before data does",
			the_lead_moves_before_data_does},
		{"a failed leader is no source", a_failed_leader_is_no_source},
		{"a driver may copy nothing, or from any replica",
			a_driver_may_copy_nothing_or_from_any_replica},
		{"a partition gets its first place",
			a_partition_gets_its_first_place},
		{"subscriptions open where a partition is placed",
			subscriptions_open_where_a_partition_is_placed},
		{"subscriptions go where a replica is",
			subscriptions_go_where_a_replica_is},
		{"too much traffic is refused", too_much_traffic_is_refused},
		{"moves keep to windows", moves_keep_to_windows},
		{"a full circle is broken by a hop, or named",
			a_full_circle_is_broken_by_a_hop},
		{"an undo goes back in reverse", an_undo_goes_back_in_reverse},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
