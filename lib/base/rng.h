/*
 * Random streams: one per task, never one per worker, so that results do
 * not depend on the number of threads.  xoshiro256** (Blackman, Vigna
 * 2018), seeded by splitmix64 from (seed, task).
 */
#ifndef SPP_BASE_RNG_H
#define SPP_BASE_RNG_H

#include <stdint.h>

struct spp_rng {
	uint64_t state[4];
};

struct spp_rng spp_rng_for(uint64_t seed, uint64_t task);
uint64_t spp_rng_next(struct spp_rng *rng);
double spp_rng_uniform(struct spp_rng *rng);     /* in [0, 1) */
double spp_rng_normal(struct spp_rng *rng);      /* mean 0, deviation 1 */
double spp_rng_exponential(struct spp_rng *rng); /* mean 1 */

#endif
