/* Is there a reason to look for moves at all? */
#include "lib/assign/search.h"

#include "lib/cluster/risk.h"

#include <math.h>

/* The longest copy of a replica that a platform holds, hand-over included:
   so much earlier must be known what is to be moved away. */
static double lead_of(const struct spp_state *state, size_t platform)
{
	const struct spp_cluster *cluster = state->cluster;
	double lead = 0;

	for (size_t p = 0; p < cluster->partitions; p++) {
		for (size_t i = cluster->first_replica[p];
			i < cluster->first_replica[p + 1]; i++) {
			double copy_s;

			if (cluster->replica[i] != platform)
				continue;
			copy_s = spp_cluster_copy_s(cluster, p);
			if (!isinf(copy_s))
				lead = fmax(lead,
					copy_s + cluster->driver.handover_s);
		}
	}
	return lead;
}

/* Does a level at risk pass the threshold in a slot that begins by then? */
static bool hot_until(
	const struct spp_state *state, size_t platform, double until_s)
{
	const struct spp_cluster *cluster = state->cluster;
	struct spp_row row = spp_load_row(cluster, &state->load, platform);

	for (size_t c = 0; c < cluster->cells; c++) {
		size_t r = c / cluster->slots;
		double share =
			cluster->share[platform * cluster->resources + r];
		double level = spp_risk_level(row.mean[c],
			spp_risk_deviation(cluster, &row, c), cluster->risk_z);

		if (cluster->slot_start_s[c % cluster->slots] <= until_s &&
			level * share > cluster->weights.threshold)
			return true;
	}
	return false;
}

bool spp_assign_hot(const struct spp_state *state)
{
	for (size_t i = 0; i < state->cluster->platforms; i++) {
		double within = state->options.act_within_s;

		if (!spp_cluster_alive(state->cluster, i) ||
			!hot_until(state, i, INFINITY))
			continue;
		if (hot_until(state, i, fmax(within, lead_of(state, i))))
			return true;
	}
	return false;
}
