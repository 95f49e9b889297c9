/* usage: assign_world NUMBER: print a random cluster with its forecasts. */
#include "tests/random.h"
#include "tests/unit/assign_world.h"

/* The number decides what the world is like, too. */
static struct world_shape shape_of(uint64_t number)
{
	static const char *const serves[] = {NULL, "leader", "replica", "any"};
	struct spp_rng rng = spp_rng_for(17, number);

	return (struct world_shape){
		.platforms = 4 + random_below(&rng, 5),
		.partitions = 4 + random_below(&rng, 20),
		.replicas = 1 + random_below(&rng, 3),
		.slots = 1 + random_below(&rng, 6),
		.slot_s = random_below(&rng, 2) != 0 ? 60 : 900,
		.serve = serves[number % 4],
		.factors = random_below(&rng, 2) != 0,
		.constraints = random_below(&rng, 2) != 0,
		.states = random_below(&rng, 3) == 0,
		.tight_disk = random_below(&rng, 3) == 0,
		.load = 4e6,
		.capacity = 1.5e7 * (1 + (double)random_below(&rng, 4)),
		.size = 1e8 * (double)random_below(&rng, 20),
	};
}

int main(int argc, char **argv)
{
	uint64_t number = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
	struct world_shape shape = shape_of(number);
	struct spp_rng rng = spp_rng_for(7, number);
	struct spp_buf text = {0};

	world_text(&text, &shape, &rng);
	if (text.failed ||
		fwrite(text.data, 1, text.length, stdout) != text.length)
		return 1;
	spp_buf_free(&text);
	return fflush(stdout) != 0;
}
