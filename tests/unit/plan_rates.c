/*
 * How fast copies are: as fast as may be, unless a slower one saves overload
 * that is worth its time.
 */
#include "plan_world.h"
#include "test.h"

enum { SLOTS = 4 };

static const double rate = 1e7, in = 1e6, slot_s = 900;

/*
 * A platform with two partitions is over its capacity by EXCESS of it, and
 * one of them goes to a platform that has 2e7 bytes/s, BUSY of them taken:
 * a copy at full rate takes 66.7 s, at half of it 150 s.
 */
static void make_world(struct world *world, double excess, double busy)
{
	static const double none[SLOTS];
	const double first[] = {in, in, in, in};
	const double other[] = {busy, busy, busy, busy};
	const size_t source = 0, target = 1, apart[] = {2, 3};
	char capacity[64];

	world_begin(world);
	world_driver(world, rate, 0, "");
	snprintf(capacity, sizeof capacity,
		",\"capacity\":{\"network_in\":%.17g}", 2 * in / (1 + excess));
	world_platform(world, 0, capacity);
	world_platform(world, 1, ",\"capacity\":{\"network_in\":2e7}");
	world_platform(world, 2, "");
	world_platform(world, 3, "");
	for (size_t p = 0; p < 2; p++) {
		world_partition(world, p, &source, 1, 6e8);
		world_forecast(world, p, first, none, SLOTS, slot_s);
	}
	world_partition(world, 2, &target, 1, 1e6);
	world_forecast(world, 2, other, none, SLOTS, slot_s);
	world_partition(world, 3, &apart[0], 1, 3e9);
	world_forecast(world, 3, none, none, SLOTS, slot_s);
	world_build(world);
	world->limits.rate = rate;
	world_move(world, 0, &target, 1);
}

/* The rate that the one move of such a world gets; 0 = it is left. */
static double planned_rate(double excess, double busy)
{
	static struct world world;
	double planned = 0;

	make_world(&world, excess, busy);
	if (CHECK(world_plan(&world)) && world.plan.count == 1) {
		CHECK(world.plan.moves[0].start_s == 0);
		planned = world.plan.moves[0].rate;
	}
	world_free(&world);
	return planned;
}

static void a_slower_copy_is_worth_its_time(void)
{
	/* Nothing is saved. */
	CHECK(planned_rate(.01, 5e6) == rate);
	/* At full rate the target is 2 % over its capacity for 66.7 s: to be
	   slower saves 1.4e-4 platform-hours and takes 83 s more, which are
	   worth 1.2e-3. */
	CHECK(planned_rate(.01, 1.04e7) == rate);
	/* With 10 % it saves 1.6e-3. */
	CHECK(planned_rate(.01, 1.2e7) == rate / 2);
}

static void a_slower_copy_is_taken_where_none_else_is_safe(void)
{
	/* At full rate 2.8e-3 platform-hours for a relief of 9e-4; at half
	   of it the target is never over its capacity. */
	CHECK(planned_rate(.001, 1.3e7) == rate / 2);
	CHECK(planned_rate(.001, 2.5e7) == 0);
}

static void copies_are_slow_while_others_run_anyway(void)
{
	static struct world world;
	const size_t to = 3;

	make_world(&world, .01, 1.04e7);
	world_move(&world, 3, &to, 1);
	if (CHECK(world_plan(&world) && world.plan.count == 2)) {
		const struct spp_plan_move *moves = world.plan.moves;
		size_t first = moves[0].step.partition == 0 ? 0 : 1;

		CHECK(moves[first].rate == rate / 2);
		CHECK(moves[!first].rate == rate);
		CHECK(world.plan.makespan_s == 300);
		CHECK(world.plan.bound.seconds == 300);
	}
	world_free(&world);
}

int main(void)
{
	static const struct test tests[] = {
		{"a slower copy is worth its time",
			a_slower_copy_is_worth_its_time},
		{"a slower copy is taken where none else is safe",
			a_slower_copy_is_taken_where_none_else_is_safe},
		{"copies are slow while others run anyway",
			copies_are_slow_while_others_run_anyway},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
