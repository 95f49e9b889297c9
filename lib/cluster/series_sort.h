/* Samples sorted by where and when they were taken. */
#ifndef SPP_CLUSTER_SERIES_SORT_H
#define SPP_CLUSTER_SERIES_SORT_H

#include "lib/cluster/series_build.h"

/*
 * Fill build->ranked and build->runs, which live in the arena; count late
 * and duplicate samples, and leave out those at or after now.
 */
bool spp_build_sort(struct spp_build *build, spp_time now,
	struct spp_arena *arena, struct spp_err *err);

#endif
