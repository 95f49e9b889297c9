/*
 * Moves that later ones made useless are taken back: what repairs nothing
 * and gains less than the least gain, as the answer now stands.
 */
#include "lib/assign/search.h"

#include <string.h>

void spp_search_set_back(struct spp_search *search, size_t partition)
{
	const struct spp_cluster *cluster = search->cluster;
	struct spp_state *state = search->state;
	size_t first = cluster->first_subscription[partition];
	struct spp_part *part;

	spp_trial_reset(search->trial);
	part = spp_trial_part(search->trial, partition);
	memcpy(part->replica,
		state->old.replica + cluster->first_replica[partition],
		spp_cluster_replicas(cluster, partition) * sizeof(size_t));
	memcpy(part->serving, state->old.serving + first,
		(cluster->first_subscription[partition + 1] - first) *
			sizeof(size_t));
	spp_trial_apply(search->trial);
}

/* Is the placement without this change as good, and no worse by a rule? */
static bool useless(struct spp_search *search, size_t partition)
{
	size_t platform, resource;

	spp_search_set_back(search, partition);
	return spp_trial_breaches(search->trial) <= 0 &&
	       spp_trial_excess(search->trial) <= 0 &&
	       spp_trial_crowded(search->trial, &platform, &resource) ==
	               SPP_REFUSED_NOT &&
	       spp_trial_cost(search->trial) < search->state->options.min_gain;
}

bool spp_assign_prune(struct spp_search *search)
{
	struct spp_state *state = search->state;
	bool pruned = false;
	size_t i = 0;

	/* The order shifts when one is taken back: begin again then. */
	while (i < state->changed) {
		if (useless(search, state->order[i])) {
			spp_search_commit(search);
			pruned = true;
			i = 0;
		} else {
			i++;
		}
	}
	return pruned;
}
