/*
 * The grid of series: what every partition and every subscription consumed,
 * as rates on regular ticks.  Built once from samples (series_samples.h),
 * then read by the forecaster and by whoever replays a history.
 */
#ifndef SPP_CLUSTER_SERIES_H
#define SPP_CLUSTER_SERIES_H

#include "lib/base/arena.h"
#include "lib/base/time.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

struct spp_err;
struct spp_samples;

enum spp_measure { SPP_MEASURE_BYTES, SPP_MEASURE_RECORDS, SPP_MEASURES };

/*
 * A value of a tick is a rate per second.  NAN: nothing is known.  Negative
 * (-0 included): the demand was at least that much, but saturation hid how
 * much it was; so a series costs four bytes a tick and measure.
 */
struct spp_series {
	const char *stream;
	const char *partition;
	const char *subscriber; /* NULL: what is produced */
	size_t first;           /* tick of values[..][0] */
	size_t count;           /* first known tick to the last, 0 = none */
	float *values[SPP_MEASURES]; /* NULL = never measured */
	bool derived; /* no own samples: the largest of its subscribers */
};

/* What was met while samples became series. */
struct spp_series_counts {
	size_t samples;    /* all that were given */
	size_t duplicates; /* same series, platform and time: the last wins */
	size_t late;       /* came after a newer one of their series */
	size_t resets;     /* of counters: the interval is unknown */
	size_t gaps;     /* unknown ticks between the known ones of a series */
	size_t censored; /* ticks of which only a lower bound is known */
	size_t future;   /* at or after now: not used */
	size_t old;      /* before the part of the history that is used */
	size_t derived;  /* partitions of which only subscribers are known */
};

struct spp_grid {
	spp_time start; /* begin of tick 0 */
	spp_time step;  /* microseconds of a tick */
	size_t ticks;   /* complete ones */
	size_t count;
	struct spp_series *series; /* by stream, partition, subscriber */
	struct spp_series_counts counts;
};

enum {
	/* More ticks than this are not kept; the oldest go first. */
	SPP_GRID_TICKS_MAX = 1 << 17,
	/* And not more values in all series together (2 GB). */
	SPP_GRID_VALUES_MAX = 1 << 29,
	/* A counter read less often than this leaves a gap, not a mean. */
	SPP_GRID_BRIDGE_TICKS = 3,
};

struct spp_grid_options {
	spp_time step;    /* of samples and ticks, 0 = found out */
	spp_time least;   /* ticks that are found out are no shorter */
	spp_time now;     /* SPP_TIME_NONE = end of the newest complete tick */
	double history_s; /* only so much of the newest, NAN = all */
};

/*
 * Build the grid; it and the names of its series live in the arena and, for
 * the names, in the samples.  Without any sample the grid has no series and
 * ticks 0.  The same samples in any order give the same grid, but for
 * duplicates, of which the last counts.
 */
bool spp_grid_build(struct spp_grid *grid, struct spp_samples *samples,
	const struct spp_grid_options *options, struct spp_arena *arena,
	struct spp_err *err);

/* End of the last complete tick. */
spp_time spp_grid_end(const struct spp_grid *grid);

/*
 * The grid as it was when only TICKS ticks were complete: a view that
 * shares the values and lives in the arena.
 */
bool spp_grid_until(const struct spp_grid *grid, size_t ticks,
	struct spp_grid *view, struct spp_arena *arena, struct spp_err *err);

/* Order of series: stream, partition, then the produced one first. */
int spp_series_compare(const struct spp_series *a, const struct spp_series *b);

/* Index of a series, or SIZE_MAX. */
size_t spp_grid_find(const struct spp_grid *grid, const char *stream,
	const char *partition, const char *subscriber);

/* Value of a tick, NAN where nothing is known. */
static inline float spp_series_value(
	const struct spp_series *series, enum spp_measure measure, size_t tick)
{
	if (!series->values[measure] || tick < series->first ||
		tick - series->first >= series->count)
		return NAN;
	return series->values[measure][tick - series->first];
}

#endif
