#include "lib/plan/measure.h"

#include "lib/cluster/risk.h"

#include <math.h>
#include <string.h>

/* Beyond so many deviations an expected overload is below 1e-19. */
static const double far_z = 9;

size_t spp_plan_sums(const struct spp_plan_grid *grid)
{
	return (2 + grid->cluster->factors) * grid->cluster->resources;
}

static void add_cells(
	double *to, const double *from, size_t count, double times)
{
	for (size_t i = 0; i < count; i++)
		to[i] += times * from[i];
}

void spp_plan_lane_add(const struct spp_plan_grid *grid,
	struct spp_plan_lane *lane, const struct spp_item *item, double times)
{
	add_cells(lane->mean, item->mean, grid->cells, times);
	add_cells(lane->variance, item->variance, grid->cells, times);
	if (item->loading != NULL)
		add_cells(lane->factor, item->loading,
			grid->cells * grid->cluster->factors, times);
}

void spp_plan_lane_load(const struct spp_plan_grid *grid,
	const struct spp_plan_lane *lane, size_t slot, double *sums)
{
	size_t resources = grid->cluster->resources;

	for (size_t r = 0; r < resources; r++) {
		size_t cell = r * grid->slots + slot;

		sums[r] = lane->mean[cell];
		sums[resources + r] = lane->variance[cell];
		for (size_t k = 0; k < grid->cluster->factors; k++)
			sums[(2 + k) * resources + r] =
				lane->factor[k * grid->cells + cell];
	}
}

void spp_plan_span_add(const struct spp_plan_grid *grid,
	const struct spp_plan_span *span, size_t slot, double *sums)
{
	size_t resources = grid->cluster->resources;
	const struct spp_item *item = span->item;

	for (size_t r = 0; r < resources; r++) {
		size_t cell = r * grid->slots + slot;

		sums[r] += grid->source[r] * span->reads +
		           grid->target[r] * span->writes;
		if (item == NULL)
			continue;
		sums[r] += span->times * item->mean[cell];
		sums[resources + r] += span->times * item->variance[cell];
		if (item->loading == NULL)
			continue;
		for (size_t k = 0; k < grid->cluster->factors; k++)
			sums[(2 + k) * resources + r] +=
				span->times *
				item->loading[k * grid->cells + cell];
	}
}

static double deviation(
	const struct spp_plan_grid *grid, size_t resource, const double *sums)
{
	size_t resources = grid->cluster->resources;
	double variance = sums[resources + resource];

	if (grid->cluster->weights.certain)
		return 0;
	for (size_t k = 0; k < grid->cluster->factors; k++) {
		double sum = sums[(2 + k) * resources + resource];

		variance += sum * sum;
	}
	return variance > 0 ? sqrt(variance) : 0;
}

double spp_plan_overload(
	const struct spp_plan_grid *grid, size_t platform, const double *sums)
{
	const struct spp_cluster *cluster = grid->cluster;
	double threshold = cluster->weights.threshold;
	double sum = 0;

	if (!spp_cluster_alive(cluster, platform))
		return 0;
	for (size_t r = 0; r < cluster->resources; r++) {
		size_t at = platform * cluster->resources + r;
		double share = cluster->share[at];
		double mean, spread;

		if (cluster->hard[at] || !(share > 0))
			continue;
		mean = sums[r] * share;
		spread = deviation(grid, r, sums) * share;
		if (mean + far_z * spread > threshold)
			sum += spp_risk_overload(mean, spread, threshold);
	}
	return sum;
}

double spp_plan_level(
	const struct spp_plan_grid *grid, size_t resource, const double *sums)
{
	return spp_risk_level(sums[resource], deviation(grid, resource, sums),
		grid->cluster->risk_z);
}
