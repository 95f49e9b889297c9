/*
 * The three shapes of plans whose makespan is measured: moves from everywhere
 * to everywhere, off one half of the platforms, and off a few of them.
 */
#ifndef SPP_TESTS_UNIT_PLAN_SHAPES_H
#define SPP_TESTS_UNIT_PLAN_SHAPES_H

#include "tests/random.h"
#include "plan_world.h"

static const char shape_platform[] = ",\"capacity\":{\"network_out\":1e12}";

static const char *const shape_names[] = {"shuffle", "drain", "skew"};

enum shape { SHUFFLE, DRAIN, SKEW };

/* The three shapes that plans have: everywhere, off half, off a few. */
static inline void shape_make(struct world *world, struct spp_rng *rng,
	enum shape shape, size_t platforms, size_t partitions, double spread)
{
	world_begin(world);
	world_driver(world, 1e7, 0, ",\"max_inflight\":100000");
	for (size_t v = 0; v < platforms; v++)
		world_platform(world, v, shape_platform);
	for (size_t p = 0; p < partitions; p++) {
		double in = 0, sd = 0;
		size_t half = platforms / 2;
		size_t from = random_below(rng, platforms);
		size_t to = random_below(rng, platforms);
		double u = 1 - spp_rng_uniform(rng);

		if (shape == DRAIN) {
			from = random_below(rng, half);
			to = half + random_below(rng, platforms - half);
		} else if (shape == SKEW)
			from = (size_t)fmin(
				(double)platforms - 1, pow(u, -1 / .7) - 1);
		world_partition(world, p, &from, 1,
			floor(1e8 * exp(spread * spp_rng_normal(rng))));
		world_forecast(world, p, &in, &sd, 1, 60);
		if (from != to)
			world_move(world, p, &to, 1);
	}
	world_build(world);
	world->limits.rate = 1e7;
}

#endif
