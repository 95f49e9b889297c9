#include "lib/plan/grid.h"

#include "lib/base/arena.h"
#include "lib/cluster/cost.h"

#include <math.h>
#include <string.h>

enum { SECONDS_PER_HOUR = 3600 };

/* A copy must gain on live traffic by at least this much.  More is not
   better: on what followed 20 plans of a real history (500 partitions), 1.2,
   1.5 and 2 left 3.08, 3.13 and 3.16 % of the traffic over capacity instead
   of 3.04 %, and no fewer copies were late. */
static const double catch_up = 1.05;

/* Later hours count less: the weight of the cost, and of the time beyond. */
static const double fade = .8;

static void fill_times(
	const struct spp_cluster *cluster, double *begin_s, double *density)
{
	size_t last = cluster->slots;

	for (size_t s = 0; s < last; s++) {
		double length =
			cluster->slot_end_s[s] - cluster->slot_start_s[s];

		begin_s[s] = cluster->slot_start_s[s];
		density[s] =
			length > 0 ? cluster->slot_weight_h[s] / length : 0;
	}
	begin_s[last] = last == 0 ? 0 : cluster->slot_end_s[last - 1];
	density[last] =
		pow(fade, begin_s[last] / SECONDS_PER_HOUR) / SECONDS_PER_HOUR;
}

const struct spp_plan_grid *spp_plan_grid_new(
	const struct spp_cluster *cluster, struct spp_arena *arena)
{
	struct spp_plan_grid *grid = spp_arena_alloc(arena, 1, sizeof(*grid));
	size_t slots = cluster->slots + 1;
	double *begin_s = spp_arena_alloc(arena, slots, sizeof(*begin_s));
	double *density = spp_arena_alloc(arena, slots, sizeof(*density));
	double *source =
		spp_arena_alloc(arena, cluster->resources, sizeof(*source));
	double *target =
		spp_arena_alloc(arena, cluster->resources, sizeof(*target));

	if (!spp_arena_ok(arena, NULL))
		return NULL;
	fill_times(cluster, begin_s, density);
	for (size_t r = 0; r < cluster->resources; r++) {
		/* Room for the data is the arriving item's, not the copy's. */
		if (r == cluster->disk)
			continue;
		source[r] = spp_cost_copy_source(cluster, r, 1);
		target[r] = spp_cost_copy_target(cluster, r, 1);
	}
	*grid = (struct spp_plan_grid){
		.cluster = cluster,
		.slots = slots,
		.cells = cluster->resources * slots,
		.begin_s = begin_s,
		.density = density,
		.horizon_s = begin_s[slots - 1],
		.source = source,
		.target = target,
	};
	return grid;
}

size_t spp_plan_slot(const struct spp_plan_grid *grid, double at_s)
{
	size_t low = 0, high = grid->slots;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (grid->begin_s[middle] <= at_s)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double spp_plan_in(
	const struct spp_plan_grid *grid, size_t partition, size_t slot)
{
	size_t slots = grid->slots - 1;
	const double *in = grid->cluster->in_bytes + partition * slots;
	double most = 0;

	if (slot < slots)
		return in[slot];
	for (size_t s = 0; s < slots; s++)
		most = fmax(most, in[s]);
	return most;
}

double spp_plan_copy_s(const struct spp_plan_grid *grid, size_t partition,
	double bytes, double rate, double start_s, double *missing)
{
	size_t slot = spp_plan_slot(grid, start_s);
	double at_s = start_s;

	while (bytes > 0) {
		double in = spp_plan_in(grid, partition, slot);
		double gain = rate - in;

		if (rate < catch_up * in || !(gain > 0)) {
			*missing = catch_up * in - rate;
			return INFINITY;
		}
		if (slot + 1 == grid->slots ||
			at_s + bytes / gain <= grid->begin_s[slot + 1])
			return at_s - start_s + bytes / gain;
		bytes -= (grid->begin_s[slot + 1] - at_s) * gain;
		at_s = grid->begin_s[++slot];
	}
	return at_s - start_s;
}

/* One array over cells with a slot more: the maximum of each resource. */
static void extend(
	const struct spp_plan_grid *grid, const double *from, double *to)
{
	size_t slots = grid->slots - 1;

	for (size_t r = 0; r < grid->cluster->resources; r++) {
		double *row = to + r * grid->slots;
		double most = slots == 0 ? 0 : from[r * slots];

		for (size_t s = 0; s < slots; s++) {
			row[s] = from[r * slots + s];
			most = fmax(most, row[s]);
		}
		row[slots] = most;
	}
}

struct spp_item spp_plan_item(const struct spp_plan_grid *grid,
	const struct spp_item *item, struct spp_arena *arena)
{
	size_t factors = item->loading == NULL ? 0 : grid->cluster->factors;
	size_t old = grid->cluster->cells;
	double *all = spp_arena_alloc(
		arena, (2 + factors) * grid->cells, sizeof(*all));

	if (all == NULL)
		return (struct spp_item){0};
	extend(grid, item->mean, all);
	extend(grid, item->variance, all + grid->cells);
	for (size_t k = 0; k < factors; k++)
		extend(grid, item->loading + k * old,
			all + (2 + k) * grid->cells);
	return (struct spp_item){
		.mean = all,
		.variance = all + grid->cells,
		.loading = factors == 0 ? NULL : all + 2 * grid->cells,
	};
}

/* Items without deviation that only the plan knows. */
static struct spp_item flat_item(const struct spp_plan_grid *grid,
	size_t partition, const struct spp_item *follower,
	struct spp_arena *arena)
{
	const struct spp_cluster *cluster = grid->cluster;
	double *mean = spp_arena_alloc(arena, 2 * grid->cells, sizeof(*mean));

	if (mean == NULL)
		return (struct spp_item){0};
	for (size_t r = 0; r < cluster->resources; r++)
		for (size_t s = 0; s < grid->slots; s++) {
			double *cell = &mean[r * grid->slots + s];

			if (follower == NULL)
				*cell = grid->source[r] *
				        spp_plan_in(grid, partition, s);
			else if (r == cluster->disk)
				*cell = follower->mean[r * grid->slots + s];
			else
				*cell = cluster->model[r].follower_base;
		}
	return (struct spp_item){.mean = mean, .variance = mean + grid->cells};
}

bool spp_plan_items(const struct spp_plan_grid *grid, size_t partition,
	struct spp_arena *arena, struct spp_plan_items *items)
{
	const struct spp_cluster *cluster = grid->cluster;
	size_t first = cluster->first_subscription[partition];
	size_t count = cluster->first_subscription[partition + 1] - first;

	memset(items, 0, sizeof(*items));
	items->leader = spp_plan_item(grid, &cluster->leader[partition], arena);
	items->follower =
		spp_plan_item(grid, &cluster->follower[partition], arena);
	if (!spp_arena_ok(arena, NULL))
		return false;
	items->arriving = flat_item(grid, partition, &items->follower, arena);
	items->feeding = flat_item(grid, partition, NULL, arena);
	if (cluster->apart) {
		items->subscription = spp_arena_alloc(
			arena, count, sizeof(*items->subscription));
		if (items->subscription == NULL)
			return false;
		for (size_t i = 0; i < count; i++)
			items->subscription[i] = spp_plan_item(
				grid, &cluster->subscription[first + i], arena);
	}
	return spp_arena_ok(arena, NULL);
}
