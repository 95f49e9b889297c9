/*
 * Time as the plan sees it: the slots of the forecast and one more for what
 * lies beyond the last, where each item holds its maximum over the horizon.
 */
#ifndef SPP_PLAN_GRID_H
#define SPP_PLAN_GRID_H

#include "lib/cluster/cluster.h"

struct spp_arena;

struct spp_plan_grid {
	const struct spp_cluster *cluster;
	size_t slots;          /* one more than the cluster has */
	size_t cells;          /* resources * slots */
	const double *begin_s; /* [slots] */
	const double *density; /* [slots]: discounted hours in a second */
	double horizon_s;      /* where the last slot begins */
	const double *source;  /* [resource]: per byte/s that a copy reads */
	const double *target;  /* and that it writes */
};

/* NULL when memory ran out. */
const struct spp_plan_grid *spp_plan_grid_new(
	const struct spp_cluster *cluster, struct spp_arena *arena);

/* Slot that holds a time: [begin, next begin). */
size_t spp_plan_slot(const struct spp_plan_grid *grid, double at_s);

/* Mean of the traffic that a partition takes in, in a slot; bytes/s. */
double spp_plan_in(
	const struct spp_plan_grid *grid, size_t partition, size_t slot);

/*
 * Seconds that a copy needs to catch up with live traffic from start_s on;
 * INFINITY where the rate is below 1.05 times the traffic of a slot that it
 * touches, and then *missing is what it is short of.
 */
double spp_plan_copy_s(const struct spp_plan_grid *grid, size_t partition,
	double bytes, double rate, double start_s, double *missing);

/* An item of the cluster on the grid: one slot more.  */
struct spp_item spp_plan_item(const struct spp_plan_grid *grid,
	const struct spp_item *item, struct spp_arena *arena);

/* What one partition's replicas and subscriptions cost on the grid. */
struct spp_plan_items {
	struct spp_item leader, follower;
	struct spp_item arriving; /* a replica that is being copied, less the
				     copy itself: its room and its base */
	struct spp_item feeding;  /* what one more replica costs the leader */
	struct spp_item *subscription; /* of its own, NULL unless apart */
};

bool spp_plan_items(const struct spp_plan_grid *grid, size_t partition,
	struct spp_arena *arena, struct spp_plan_items *items);

#endif
