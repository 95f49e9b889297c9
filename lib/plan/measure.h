/*
 * The load of one platform at one instant, and the two numbers that are made
 * of it.  A load is an array: mean of each resource, then variance, then the
 * sum of loadings of each factor.
 */
#ifndef SPP_PLAN_MEASURE_H
#define SPP_PLAN_MEASURE_H

#include "lib/plan/world.h"

/* Doubles in a load. */
size_t spp_plan_sums(const struct spp_plan_grid *grid);

/* Add an item to a settled row. */
void spp_plan_lane_add(const struct spp_plan_grid *grid,
	struct spp_plan_lane *lane, const struct spp_item *item, double times);

/* The settled load in a slot. */
void spp_plan_lane_load(const struct spp_plan_grid *grid,
	const struct spp_plan_lane *lane, size_t slot, double *sums);

/* Add what a span carries in a slot. */
void spp_plan_span_add(const struct spp_plan_grid *grid,
	const struct spp_plan_span *span, size_t slot, double *sums);

/* Expected overload of the soft resources, in capacities. */
double spp_plan_overload(
	const struct spp_plan_grid *grid, size_t platform, const double *sums);

/* Level of a resource at the cluster's risk. */
double spp_plan_level(
	const struct spp_plan_grid *grid, size_t resource, const double *sums);

#endif
