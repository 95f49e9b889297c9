/*
 * Assignments of growing clusters: CPU seconds to work out the cluster and
 * to answer, moves, cost before and after beside the proven bound.  The
 * same with the certain cost: what the expected one costs more.
 */
#include "tests/unit/assign_world.h"

#include <stdio.h>
#include <time.h>

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void run(const struct world_shape *shape, bool certain)
{
	struct spp_cluster_options build = spp_cluster_options_none();
	struct spp_rng rng = spp_rng_for(1, 1);
	struct spp_buf text = {0};
	struct spp_assign_options options;
	const struct spp_answer *answer;
	struct world world;
	double begun, built, done;

	world_text(&text, shape, &rng);
	spp_buf_char(&text, '\0');
	world_feed(&world, text.data);
	spp_buf_free(&text);
	build.certain = certain;
	begun = seconds();
	world_build(&world, &build);
	if (world.cluster == NULL) {
		printf("%s\n", world.err.text);
		return;
	}
	built = seconds();
	options = spp_assign_options_default(world.cluster);
	options.max_moves = 1e9; /* a skewed start needs many */
	answer = spp_assign(world.cluster, &options, &world.arena, &world.err);
	done = seconds();
	if (answer != NULL)
		printf("%6zu partitions %4zu platforms %2zu slots %-8s "
		       "%.2f + %.2f s, %3zu moves, cost %.4f -> %.4f, "
		       "bound %.4f, gap %.3f\n",
			shape->partitions, shape->platforms, shape->slots,
			certain ? "certain" : "expected", built - begun,
			done - built, answer->moves,
			spp_cost_total(&answer->before),
			spp_cost_total(&answer->after), answer->bound,
			answer->gap);
	world_free(&world);
}

int main(void)
{
	static const size_t sizes[][3] = {
		{100, 10, 15}, {1000, 10, 15}, {10000, 100, 15}};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct world_shape shape = {.platforms = sizes[i][1],
			.partitions = sizes[i][0],
			.replicas = 3,
			.slots = sizes[i][2],
			.slot_s = 60,
			.load = 1e6,
			.size = 1e8};

		/* A leader sends two copies and one and a third to readers. */
		shape.capacity = 1.9 * shape.load * (double)sizes[i][0] /
		                 (double)sizes[i][1] / 0.6;
		run(&shape, false);
		run(&shape, true);
	}
	return 0;
}
