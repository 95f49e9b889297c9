/*
 * From what is to be to the single moves that lead there.
 */
#ifndef SPP_PLAN_STEPS_H
#define SPP_PLAN_STEPS_H

#include "lib/base/buf.h"
#include "lib/plan/subject.h"

/*
 * Append the steps (struct spp_plan_step) of all changes, those of one
 * partition together and in the order in which they must run: subscriptions
 * that can go at once; the lead, where a replica of now takes it; then what
 * comes and leaves, replica by replica, with the subscriptions that wait for
 * it; the lead, where a new replica takes it; what only leaves.
 * Partitions ascend.  False when memory ran out.
 */
bool spp_plan_decompose(const struct spp_plan_grid *grid,
	const struct spp_plan_change *changes, size_t count,
	struct spp_buf *steps);

#endif
