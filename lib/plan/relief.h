/* What it costs that moves are done later than they were meant to be. */
#ifndef SPP_PLAN_RELIEF_H
#define SPP_PLAN_RELIEF_H

#include "lib/plan/plan.h"

/*
 * The overload term of the cost with every change in effect from the end of
 * its last move (INFINITY where a step is left), less the same with every
 * change in effect from its ready_s; copies and double load left out.
 * Changes of the number of replicas are left out too.  False when memory
 * ran out.
 */
bool spp_plan_relief_lost(const struct spp_cluster *cluster,
	const struct spp_plan_change *changes, const double *done_s,
	size_t count, double *lost);

#endif
