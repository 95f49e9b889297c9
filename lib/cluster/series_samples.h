/*
 * Samples on their way to the grid: kept small (32 bytes each) until all
 * are read, since only then the step and the order of late ones are known.
 */
#ifndef SPP_CLUSTER_SERIES_SAMPLES_H
#define SPP_CLUSTER_SERIES_SAMPLES_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/map.h"
#include "lib/base/time.h"
#include "lib/cluster/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_err;

enum spp_reading_kind {
	SPP_READING_DELTA,
	SPP_READING_RATE,
	SPP_READING_COUNTER
};

/* What many samples have in common. */
struct spp_shape {
	double interval_s; /* NAN: the step, or none for a counter */
	enum spp_reading_kind kind;
	bool censored;
};

struct spp_reading {
	spp_time time; /* begin of the interval, or when it was read */
	double values[SPP_MEASURES]; /* NAN where not measured */
	uint32_t source;
	uint32_t shape;
};

/* All zero is empty. */
struct spp_samples {
	struct spp_arena arena;
	struct spp_map sources;  /* stream, partition, subscriber, platform */
	struct spp_buf shapes;   /* struct spp_shape */
	struct spp_buf readings; /* struct spp_reading */
	struct spp_buf key;      /* the name being looked up */
};

/*
 * Index of the place where samples are taken, added when it is new;
 * SPP_MAP_NONE when memory ran out.  Subscriber and platform may be NULL,
 * which is the same as empty.
 */
size_t spp_samples_source(struct spp_samples *samples, const char *stream,
	const char *partition, const char *subscriber, const char *platform);

/*
 * Add one sample.  False when memory ran out or when there are more than
 * 2^32 - 1 of them.  Values are finite and not negative, or NAN.
 */
bool spp_samples_add(struct spp_samples *samples, size_t source, spp_time time,
	const struct spp_shape *shape, const double values[SPP_MEASURES],
	struct spp_err *err);

/* Names of a source; "" where there is none. */
struct spp_source {
	const char *stream, *partition, *subscriber, *platform;
};
struct spp_source spp_samples_names(
	const struct spp_samples *samples, size_t source);

static inline size_t spp_samples_count(const struct spp_samples *samples)
{
	return samples->readings.length / sizeof(struct spp_reading);
}

/* The readings may go once the grid stands; the names stay. */
void spp_samples_forget(struct spp_samples *samples);
void spp_samples_free(struct spp_samples *samples);

#endif
