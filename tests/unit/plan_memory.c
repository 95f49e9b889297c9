/* Every refused request for memory is an error, and nothing worse. */
#include "plan_world.h"
#include "refuse.h"
#include "test.h"

static struct world world;

/* Full platforms that swap: moves, a hop, and one that is left. */
static void make_world(void)
{
	double in = 1e5, sd = 1e4;
	char rest[128];

	world_begin(&world);
	world_driver(&world, 1e7, 2, "");
	for (size_t v = 0; v < 4; v++) {
		snprintf(rest, sizeof rest,
			",\"capacity\":{\"disk\":%.9g,\"network_out\":1e9}",
			v < 2    ? 1.5e8
			: v == 2 ? 1e8
				 : 5e7);
		world_platform(&world, v, rest);
	}
	for (size_t p = 0; p < 3; p++) {
		size_t at = p == 2 ? 3 : p;

		world_partition(&world, p, &at, 1,
			p == 0 ? 1e8 : 4e7 + 5e7 * (double)(p == 1));
		world_forecast(&world, p, &in, &sd, 1, 600);
	}
	CHECK(world_build(&world));
	for (size_t p = 0; p < 2; p++) {
		size_t to = 1 - p;

		world_move(&world, p, &to, 1)->repairs = p == 0;
	}
	world.limits.max_concurrent = 2;
	world.limits.max_per_platform = 2;
	world.limits.max_per_rack = 2;
	world.limits.platform_rate = 1e7;
}

static void plans_without_memory(void)
{
	bool came;
	size_t refused = 0;

	make_world();
	do {
		struct spp_err err = {0};
		struct spp_arena arena = {0};
		struct spp_plan plan;
		bool done;

		refuse_at(++refused);
		done = spp_plan_make(world.cluster, world.change, world.changes,
			&world.limits, &arena, &plan, &err);
		came = refuse_came();
		refuse_at(0);
		CHECK(done != came);
		CHECK(done || err.status == SPP_SYSTEM);
		CHECK(!done || plan.count == 3);
		spp_arena_free(&arena);
	} while (came && refused < 5000);
	printf("# %zu requests\n", refused - 1);
	CHECK(!came);
	world_free(&world);
}

static void checks_without_memory(void)
{
	bool came;
	size_t refused = 0;

	make_world();
	CHECK(world_plan(&world) && world.plan.count == 3);
	do {
		struct spp_err err = {0};
		struct spp_arena arena = {0};
		struct spp_plan plan = world.plan;
		struct spp_plan_fault fault;
		bool done;

		refuse_at(++refused);
		done = spp_plan_check(world.cluster, world.change,
			world.changes, &world.limits, &arena, &plan, &fault,
			&err);
		came = refuse_came();
		refuse_at(0);
		CHECK(done != came);
		CHECK(done || err.status == SPP_SYSTEM);
		CHECK(!done || fault.move == SPP_NOWHERE);
		spp_arena_free(&arena);
	} while (came && refused < 5000);
	CHECK(!came);
	world_free(&world);
}

int main(void)
{
	static const struct test tests[] = {
		{"every refused request fails a plan", plans_without_memory},
		{"every refused request fails a check", checks_without_memory},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
