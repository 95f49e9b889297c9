/*
 * Makespan over its proven bound on 180 random plans of each shape, and how
 * long planning takes.
 */
#include "tests/unit/plan_shapes.h"

#include <time.h>

enum { PLANS = 180 };

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* How a plan of this shape does, with so many copies at once. */
static double plan_gap(struct world *world, enum shape shape, uint64_t task,
	size_t platforms, size_t partitions, double at_once, double *seconds)
{
	struct spp_rng rng = spp_rng_for(100 + (uint64_t)shape, task);
	double gap, start_s;

	shape_make(world, &rng, shape, platforms, partitions,
		task % 2 == 0 ? .5 : 1.5);
	world->limits.platform_rate = 1e7 * at_once;
	start_s = now_s();
	if (!world_plan(world))
		return NAN;
	*seconds += now_s() - start_s;
	gap = world->plan.makespan_s / world->plan.bound.seconds;
	world_free(world);
	return gap;
}

int main(void)
{
	static const double at_once[] = {1, 3, 5};
	static struct world world;
	bool good = true;

	for (enum shape shape = SHUFFLE; shape <= SKEW; shape++) {
		double sum = 0, worst = 0, seconds = 0;

		for (size_t i = 0; i < PLANS; i++) {
			double gap = plan_gap(&world, shape, i, 10, 200,
				at_once[i % 3], &seconds);

			sum += gap;
			worst = fmax(worst, gap);
		}
		printf("%-8s 200 moves: makespan/bound mean %.3f, worst %.3f "
		       "(bars 1.05, 1.15); %.1f ms a plan\n",
			shape_names[shape], sum / PLANS, worst,
			seconds / PLANS * 1e3);
		good &= sum / PLANS <= 1.05 && worst <= 1.15;
	}
	for (enum shape shape = SHUFFLE; shape <= SKEW; shape++) {
		double seconds = 0;
		double gap = plan_gap(&world, shape, 1, 40, 1000, 3, &seconds);

		printf("%-8s 1000 partitions, 40 platforms: makespan/bound "
		       "%.3f, "
		       "%.3f s\n",
			shape_names[shape], gap, seconds);
	}
	return good ? 0 : 1;
}
