/*
 * The publishers: one for each partition, at the rate of its world.  A
 * record gets the next position of its partition and is kept until the
 * leader says that every replica has it; after a change of the leader all
 * that is not acknowledged is sent again, to the new one.
 */
#ifndef SPP_SANDBOX_PUBLISHER_H
#define SPP_SANDBOX_PUBLISHER_H

#include "lib/base/arena.h"
#include "lib/base/rng.h"
#include "lib/sandbox/clock.h"
#include "lib/sandbox/fifo.h"
#include "lib/sandbox/wire.h"
#include "lib/sandbox/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_publisher {
	const struct spp_world_partition *partition;
	struct spp_rng rng;
	size_t leader;
	uint64_t next;           /* position */
	uint64_t acked;          /* all below are on every replica */
	struct spp_fifo waiting; /* records acked .. next - 1 */
	double level;            /* records that the rate has asked for */
	double due;              /* level at which the next one comes */
	uint64_t published;      /* records since the start */
};

struct spp_publishers {
	struct spp_wire *wire;
	const struct spp_clock *clock;
	const uint16_t *ports;
	struct spp_arena arena;
	size_t count;                /* partitions */
	struct spp_publisher *items; /* by partition */
	size_t platform_count;
	struct spp_link **links; /* by platform */
	unsigned char *record;   /* being made */
	size_t record_bytes;
	double scale;  /* of all rates */
	double hold_s; /* rates stay those of this time, NAN = they change */
};

bool spp_publishers_open(struct spp_publishers *publishers,
	const struct spp_world *world, struct spp_wire *wire,
	const struct spp_clock *clock, const uint16_t *ports,
	size_t record_bytes, uint64_t seed);
void spp_publishers_close(struct spp_publishers *publishers);

/* Where a partition's records begin, and who leads it. */
void spp_publisher_begin(struct spp_publishers *publishers, size_t partition,
	uint64_t position, size_t leader);

/* From now on PLATFORM leads. */
void spp_publisher_lead(
	struct spp_publishers *publishers, size_t partition, size_t platform);

/* Publish what is due after elapsed_s more sandbox seconds. */
void spp_publishers_turn(struct spp_publishers *publishers, double elapsed_s);

#endif
