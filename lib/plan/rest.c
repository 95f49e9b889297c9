/* The cluster when nothing is moved: what every prefix is compared with. */
#include "lib/base/arena.h"
#include "lib/cluster/risk.h"
#include "lib/plan/measure.h"

#include <math.h>

static void add_item(const struct spp_plan_grid *grid,
	struct spp_plan_rest *rest, size_t platform,
	const struct spp_item *item)
{
	const struct spp_cluster *cluster = grid->cluster;
	struct spp_plan_lane lane = {
		.mean = rest->mean + platform * grid->cells,
		.variance = rest->variance + platform * grid->cells,
		.factor = rest->factor +
	                  platform * grid->cells * cluster->factors,
	};

	if (spp_cluster_alive(cluster, platform))
		spp_plan_lane_add(grid, &lane, item, 1);
}

/* All items of the placement; each is made for the grid and forgotten. */
static bool add_partition(const struct spp_plan_grid *grid,
	struct spp_plan_rest *rest, size_t partition, struct spp_arena *scratch)
{
	const struct spp_cluster *cluster = grid->cluster;
	size_t first = cluster->first_replica[partition];
	struct spp_item leader, follower;

	leader = spp_plan_item(grid, &cluster->leader[partition], scratch);
	follower = spp_plan_item(grid, &cluster->follower[partition], scratch);
	if (!spp_arena_ok(scratch, NULL))
		return false;
	for (size_t i = first; i < cluster->first_replica[partition + 1]; i++)
		if (cluster->replica[i] != SPP_NOWHERE)
			add_item(grid, rest, cluster->replica[i],
				i == first ? &leader : &follower);
	return true;
}

static bool add_subscription(const struct spp_plan_grid *grid,
	struct spp_plan_rest *rest, size_t i, struct spp_arena *scratch)
{
	struct spp_item item;

	if (grid->cluster->serving[i] == SPP_NOWHERE)
		return true;
	item = spp_plan_item(grid, &grid->cluster->subscription[i], scratch);
	if (!spp_arena_ok(scratch, NULL))
		return false;
	add_item(grid, rest, grid->cluster->serving[i], &item);
	return true;
}

static bool add_all(
	const struct spp_plan_grid *grid, struct spp_plan_rest *rest)
{
	const struct spp_cluster *cluster = grid->cluster;
	struct spp_arena scratch = {0};
	bool ok = true;

	for (size_t p = 0; ok && p < cluster->partitions; p++) {
		ok = add_partition(grid, rest, p, &scratch);
		spp_arena_reset(&scratch);
	}
	for (size_t i = 0; ok && cluster->apart && i < cluster->subscriptions;
		i++) {
		ok = add_subscription(grid, rest, i, &scratch);
		spp_arena_reset(&scratch);
	}
	spp_arena_free(&scratch);
	return ok;
}

/* Overload and limits of one platform in one slot. */
static void measure(const struct spp_plan_grid *grid,
	struct spp_plan_rest *rest, size_t v, size_t slot, double *sums)
{
	const struct spp_cluster *cluster = grid->cluster;
	struct spp_plan_lane lane = {
		.mean = rest->mean + v * grid->cells,
		.variance = rest->variance + v * grid->cells,
		.factor = rest->factor + v * grid->cells * cluster->factors,
	};

	spp_plan_lane_load(grid, &lane, slot, sums);
	rest->overload[v * grid->slots + slot] =
		spp_plan_overload(grid, v, sums);
	for (size_t r = 0; r < cluster->resources; r++) {
		size_t at = v * cluster->resources + r;
		double *limit =
			&rest->limit[v * grid->cells + r * grid->slots + slot];

		*limit = INFINITY;
		if (cluster->hard[at] && isfinite(cluster->capacity[at]))
			*limit = fmax(cluster->capacity[at],
				spp_plan_level(grid, r, sums));
	}
}

const struct spp_plan_rest *spp_plan_rest_new(
	const struct spp_plan_grid *grid, struct spp_arena *arena)
{
	const struct spp_cluster *cluster = grid->cluster;
	size_t cells = cluster->platforms * grid->cells;
	struct spp_plan_rest *rest = spp_arena_alloc(arena, 1, sizeof(*rest));
	double *sums =
		spp_arena_alloc(arena, spp_plan_sums(grid), sizeof(*sums));

	if (!spp_arena_ok(arena, NULL))
		return NULL;
	rest->mean = spp_arena_alloc(arena, cells, sizeof(double));
	rest->variance = spp_arena_alloc(arena, cells, sizeof(double));
	rest->factor = spp_arena_alloc(
		arena, cells * cluster->factors, sizeof(double));
	rest->limit = spp_arena_alloc(arena, cells, sizeof(double));
	rest->overload = spp_arena_alloc(
		arena, cluster->platforms * grid->slots, sizeof(double));
	if (!spp_arena_ok(arena, NULL))
		return NULL;
	for (size_t v = 0; v < cluster->platforms; v++)
		for (size_t c = 0; c < grid->cells; c++)
			if (spp_cluster_alive(cluster, v))
				rest->mean[v * grid->cells + c] =
					cluster->background
						[v * cluster->resources +
							c / grid->slots];
	if (!add_all(grid, rest)) {
		arena->failed = true;
		return NULL;
	}
	for (size_t v = 0; v < cluster->platforms; v++)
		for (size_t s = 0; s < grid->slots; s++) {
			measure(grid, rest, v, s, sums);
			if (s + 1 < grid->slots)
				rest->total +=
					rest->overload[v * grid->slots + s] *
					cluster->slot_weight_h[s];
		}
	return rest;
}
