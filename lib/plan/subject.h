/*
 * A partition whose place changes: where it is at this moment of the plan,
 * and what one of its moves does to the platforms.
 */
#ifndef SPP_PLAN_SUBJECT_H
#define SPP_PLAN_SUBJECT_H

#include "lib/cluster/change.h"
#include "lib/plan/plan.h"
#include "lib/plan/world.h"

struct spp_plan_subject {
	size_t partition;
	size_t count; /* replicas now; the first leads */
	size_t replica[SPP_REPLICAS_MAX];
	size_t *serving; /* [subscription of it]: where it is served now */
	bool changed;    /* a replica, leader, add or drop has run */
	size_t structural, switching; /* moves of it that run now */
	struct spp_plan_items items;
};

/* The state that the cluster is in. */
bool spp_plan_subject_begin(const struct spp_plan_grid *grid, size_t partition,
	struct spp_arena *arena, struct spp_plan_subject *subject);

/* Position of a platform among the replicas, SPP_NOWHERE when it has none. */
size_t spp_plan_holds(const struct spp_plan_subject *subject, size_t platform);

/*
 * Why a step is not possible in the state the subject is in, as the rest of
 * a sentence about it; NULL when it is.
 */
const char *spp_plan_impossible(const struct spp_cluster *cluster,
	const struct spp_plan_subject *subject,
	const struct spp_plan_step *step);

/* The state after a step. */
void spp_plan_apply(const struct spp_cluster *cluster,
	struct spp_plan_subject *subject, const struct spp_plan_step *step);

/* Does a step copy data in the state the subject is in, and from where? */
size_t spp_plan_copy_from(struct spp_plan_world *world,
	const struct spp_plan_subject *subject,
	const struct spp_plan_step *step);

/*
 * The spans of a move that starts in the state the subject is in, sorted by
 * platform, in place of what the buffer held.  While a copy runs the target
 * carries its room, its base and the copy, the source the copy; from then to
 * the end both sides carry all of it; then the old side is gone.
 */
bool spp_plan_effect(const struct spp_plan_grid *grid,
	const struct spp_plan_subject *subject,
	const struct spp_plan_move *move, struct spp_buf *spans);

#endif
