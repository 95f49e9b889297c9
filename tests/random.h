/* Dice for tests, beside what lib/base/rng.h draws. */
#ifndef SPP_TESTS_RANDOM_H
#define SPP_TESTS_RANDOM_H

#include "lib/base/rng.h"

/* In [0, n).  Numbers beyond the last multiple of n are drawn again. */
static inline uint64_t random_below(struct spp_rng *rng, uint64_t n)
{
	uint64_t limit = UINT64_MAX - (UINT64_MAX % n + 1) % n, x;

	do
		x = spp_rng_next(rng);
	while (x > limit);
	return x % n;
}

#endif
