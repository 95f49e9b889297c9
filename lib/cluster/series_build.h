/* How samples become a grid, shared by the files that do it. */
#ifndef SPP_CLUSTER_SERIES_BUILD_H
#define SPP_CLUSTER_SERIES_BUILD_H

#include "lib/cluster/series.h"
#include "lib/cluster/series_samples.h"

/* A reading and its place in the input. */
struct spp_order {
	spp_time time;
	uint32_t reading;
};

/* The readings of one source, by time, one for each time. */
struct spp_run {
	const struct spp_order *items;
	size_t count;
};

struct spp_build {
	struct spp_samples *samples;
	struct spp_reading *readings;
	const struct spp_shape *shapes;
	spp_time *lengths; /* [shape]: microseconds, 0 of a counter */
	size_t sources;
	uint32_t *ranked;     /* sources by name */
	struct spp_run *runs; /* [source] */
	spp_time spacing; /* between samples: their interval where not said */
	spp_time newest;  /* where the newest sample ends */
	struct spp_grid *grid;
	struct spp_arena *arena;   /* of the grid */
	struct spp_arena *scratch; /* of one series */
	size_t values;             /* in all series so far */
};

static inline const struct spp_reading *spp_build_reading(
	const struct spp_build *build, const struct spp_run *run, size_t i)
{
	return &build->readings[run->items[i].reading];
}

/*
 * Microseconds between samples: the median of their intervals and of their
 * distances, snapped to a round value that is near.  0 when no two samples
 * tell.  Scratch memory comes from the arena.
 */
bool spp_build_spacing(const struct spp_build *build, spp_time *spacing,
	struct spp_arena *arena, struct spp_err *err);

/* The remainder of time / step that most samples share, else 0. */
spp_time spp_build_phase(const struct spp_build *build, spp_time step);

/* What one source says of a span of ticks. */
struct spp_lay {
	size_t first; /* tick of element 0 */
	size_t count;
	double *sum[SPP_MEASURES];   /* rate * share of the tick */
	double *cover[SPP_MEASURES]; /* shares of the tick that are known */
	unsigned char *censored;     /* demand was hidden in part of it */
};

/* Put the readings of a source on the ticks of lay, which is zeroed. */
void spp_build_lay(const struct spp_build *build, const struct spp_run *run,
	struct spp_lay *lay);

/* Where a reading ends; of a counter, its own time. */
static inline spp_time spp_build_until(
	const struct spp_build *build, const struct spp_reading *reading)
{
	return reading->time + build->lengths[reading->shape];
}

#endif
