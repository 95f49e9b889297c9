/*
 * The world that a sandbox plays: platforms, partitions, subscriptions and
 * how much is published when, read from a feed.
 */
#ifndef SPP_SANDBOX_WORLD_H
#define SPP_SANDBOX_WORLD_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/map.h"
#include "lib/records/feed.h"

#include <stdbool.h>
#include <stddef.h>

struct spp_input;

#define SPP_WORLD_NONE SIZE_MAX

/* From a time on this many bytes are published per second. */
struct spp_rate_step {
	double at_s; /* since the sandbox's start; may be negative */
	double bytes;
};

struct spp_world_partition {
	const struct spp_partition *record;
	const char *name; /* STREAM/PARTITION */
	size_t *replicas; /* platforms; the first leads */
	size_t replica_count;
	const struct spp_rate_step *steps; /* ascending, perhaps none */
	size_t step_count;
};

struct spp_world_subscription {
	const struct spp_subscription *record;
	size_t partition;
	size_t platform;  /* that the record names, or SPP_WORLD_NONE */
	bool by_position; /* resumes by position, else at the live tail */
};

/* A sample as it came: history for whoever forecasts. */
struct spp_world_sample {
	spp_time time;
	size_t partition;
	size_t subscription; /* SPP_WORLD_NONE: what was produced */
	double interval_s;   /* NAN = not said */
	double bytes;        /* per second, or of the interval */
	int kind;            /* enum spp_sample_kind */
};

struct spp_world {
	struct spp_feed feed; /* keeps the records */
	struct spp_arena arena;
	const char *cluster;
	spp_time start;
	double scale; /* applied to the bytes of all samples */

	size_t platform_count;
	const struct spp_platform **platforms;
	double *cores; /* capacity of cpu, by platform */
	size_t partition_count;
	struct spp_world_partition *partitions;
	size_t subscription_count;
	struct spp_world_subscription *subscriptions;
	struct spp_map platform_names, partition_names;
	struct spp_pairs subscription_names;

	struct spp_buf samples; /* struct spp_world_sample, by time */
	size_t history;         /* of them lie before the start */
	struct spp_buf kept;    /* samples, while the feed is read */
	struct spp_map kept_names;
};

/*
 * Read a world.  START may be SPP_TIME_NONE: the time of the first sample,
 * or without samples NOW.  Bytes of samples are multiplied by SCALE.
 */
bool spp_world_read(struct spp_world *world, struct spp_input *inputs,
	size_t count, spp_time start, spp_time now, double scale,
	struct spp_err *err);
void spp_world_free(struct spp_world *world);

/* Index of a name, or SPP_WORLD_NONE. */
size_t spp_world_platform(const struct spp_world *world, const char *name);
size_t spp_world_partition(
	const struct spp_world *world, const char *name, size_t length);

/* Subscriptions of a partition are found by their subscriber's name. */
size_t spp_world_subscription(const struct spp_world *world, size_t partition,
	const char *subscriber);

/* Bytes per second published at a time since the start. */
double spp_world_rate(const struct spp_world_partition *partition, double at_s);

/* Bytes published between two times. */
double spp_world_volume(const struct spp_world_partition *partition,
	double from_s, double to_s);

#endif
