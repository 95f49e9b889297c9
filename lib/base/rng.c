#include "lib/base/rng.h"

#include <math.h>

/* Steele, Lea, Flood 2014; recommended by Blackman and Vigna for seeding. */
static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* The seed is mixed before the task is added: else (1, 2) is (2, 1). */
struct spp_rng spp_rng_for(uint64_t seed, uint64_t task)
{
	struct spp_rng rng;
	uint64_t state = seed;

	state = splitmix(&state) ^ task;
	state = splitmix(&state);
	for (int i = 0; i < 4; i++)
		rng.state[i] = splitmix(&state);
	return rng;
}

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

uint64_t spp_rng_next(struct spp_rng *rng)
{
	uint64_t *s = rng->state;
	uint64_t result = rotate(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

double spp_rng_uniform(struct spp_rng *rng)
{
	return (double)(spp_rng_next(rng) >> 11) * 0x1p-53;
}

/* Marsaglia's polar method; its second number is not kept. */
double spp_rng_normal(struct spp_rng *rng)
{
	double x, y, square;

	do {
		x = 2 * spp_rng_uniform(rng) - 1;
		y = 2 * spp_rng_uniform(rng) - 1;
		square = x * x + y * y;
	} while (square >= 1 || square == 0);
	return x * sqrt(-2 * log(square) / square);
}

double spp_rng_exponential(struct spp_rng *rng)
{
	return -log1p(-spp_rng_uniform(rng));
}
