/*
 * A time before which no plan of the same moves can end, whatever their
 * order: proven by what anybody can add up.
 */
#ifndef SPP_PLAN_BOUND_H
#define SPP_PLAN_BOUND_H

#include "lib/plan/grid.h"
#include "lib/plan/plan.h"

/*
 * The largest of: one move alone; the moves of a partition, which run one
 * after the other; the bytes that a platform must send or take in over the
 * most that all its copies may have at once, and the shortest hand-over
 * after the last; the moves of a platform, of a rack and of the cluster over
 * how many may run at once.  Each copy is reckoned at the highest possible
 * rate and the least traffic.  Windows stretch it.  False when memory ran
 * out.
 */
bool spp_plan_bound(const struct spp_plan_grid *grid,
	const struct spp_plan_limits *limits, const struct spp_plan_move *moves,
	size_t count, struct spp_plan_bound *bound);

#endif
