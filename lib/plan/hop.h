/*
 * When moves wait for each other's room in a circle, one of them may go by
 * way of a platform that has room: a temporary hop (Hall and others 2001
 * move data with such helpers).
 */
#ifndef SPP_PLAN_HOP_H
#define SPP_PLAN_HOP_H

#include "lib/plan/run.h"

/* A step that is to go by way of a platform. */
struct spp_plan_hop {
	size_t task, by;
};

/*
 * The next hop to try after a run that left moves without room: the fewest
 * bytes first, by the emptiest platform.  TRIED (struct spp_plan_step, to =
 * by) holds those tried before, and gets this one.  *found is false when
 * there is none.
 */
bool spp_plan_find_hop(struct spp_plan_run *run, struct spp_buf *tried,
	struct spp_plan_hop *hop, bool *found);

/* The steps with one of them in two. */
bool spp_plan_split(const struct spp_plan_run *run,
	const struct spp_plan_hop *hop, struct spp_buf *steps);

#endif
