/* Any request for memory may be refused: one error, no crash. */
#include "tests/unit/test.h"

#include "tests/unit/assign_world.h"
#include "tests/unit/refuse.h"

static const struct world_shape shape = {.platforms = 6,
	.partitions = 30,
	.replicas = 3,
	.slots = 15,
	.slot_s = 60,
	.load = 4e6,
	.capacity = 7e7,
	.size = 3e8,
	.serve = "replica",
	.factors = true,
	.constraints = true,
	.states = true};

/* All that a run asks of the engine; false when memory was refused. */
static bool ask(struct world *world)
{
	struct spp_assign_options options;
	struct spp_answer *answer;
	struct spp_reason reason;

	if (world->cluster == NULL)
		return false;
	options = spp_assign_options_default(world->cluster);
	answer = spp_assign(
		world->cluster, &options, &world->arena, &world->err);
	if (answer == NULL)
		return false;
	for (size_t p = 0; p < world->cluster->partitions; p++) {
		if (!spp_assign_reason(answer, p, SPP_NOWHERE, &reason,
			    &world->arena, &world->err))
			return false;
	}
	return spp_assign_explain(answer, 0, &world->arena, &world->err) !=
	       NULL;
}

static void sweep(const char *text, bool exhaustive)
{
	unsigned long number = 1;
	bool done = false;

	for (; !done && number < 5000; number++) {
		struct spp_cluster_options options = spp_cluster_options_none();
		struct world world;

		options.place = true;
		world_feed(&world, text);
		refuse_at(number);
		world_build(&world, &options);
		done = exhaustive ? world.cluster != NULL &&
		                            spp_assign_exhaustive(world.cluster,
						    &world.arena,
						    &world.err) != NULL
		                  : ask(&world);
		if (refuse_came())
			CHECK(!done && world.err.status == SPP_SYSTEM);
		else
			CHECK(done);
		refuse_at(0);
		world_free(&world);
	}
	printf("# %lu requests\n", number - 2);
	CHECK(done);
}

static void test_assign(void)
{
	struct spp_rng rng = spp_rng_for(7, 3);
	struct spp_buf text = {0};

	world_text(&text, &shape, &rng);
	/* One to be placed, and one without a forecast of its own. */
	world_forecast(&text, &shape, &rng, 98, NULL, 1e6);
	spp_buf_string(&text,
		"{\"type\":\"partition\",\"stream\":\"s1\",\"partition\":99,"
		"\"replicas\":[\"n3\",\"n4\",\"n5\"]}\n");
	spp_buf_char(&text, '\0');
	sweep(text.data, false);
	spp_buf_free(&text);
}

static void test_exhaustive(void)
{
	struct world_shape small = shape;
	struct spp_rng rng = spp_rng_for(7, 4);
	struct spp_buf text = {0};

	small.partitions = 2;
	small.replicas = 2;
	small.serve = NULL;
	world_text(&text, &small, &rng);
	spp_buf_char(&text, '\0');
	sweep(text.data, true);
	spp_buf_free(&text);
}

int main(void)
{
	static const struct test tests[] = {
		{"cluster, answer, reasons, explanation", test_assign},
		{"all assignments", test_exhaustive},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
