/* Which piece may go where, and what is known of it before a trial. */
#include "lib/assign/search.h"

#include <math.h>
#include <stdlib.h>

int spp_candidate_compare(const void *a, const void *b)
{
	const struct spp_candidate *x = a, *y = b;

	if (x->hope != y->hope)
		return x->hope < y->hope ? 1 : -1;
	if (x->piece != y->piece)
		return x->piece < y->piece ? -1 : 1;
	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	return (x->other > y->other) - (x->other < y->other);
}

void spp_candidates_sort(struct spp_candidate *candidates, size_t count)
{
	qsort(candidates, count, sizeof *candidates, spp_candidate_compare);
}

double spp_search_soonest(const struct spp_search *search, size_t piece)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t p = spp_search_partition(search, piece);
	double ready_s = cluster->driver.handover_s;

	if (piece < cluster->replicas &&
		cluster->driver.copy_from != SPP_COPY_NONE)
		ready_s += cluster->size_bytes[p] > 0
		                   ? spp_cluster_copy_s(cluster, p)
		                   : 0;
	return ready_s;
}

bool spp_search_may_go(
	const struct spp_search *search, size_t piece, size_t target)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t p = spp_search_partition(search, piece);
	const size_t *replica = spp_state_replicas(search->state, p);
	bool holds = false;

	if (!spp_cluster_open(cluster, target))
		return false;
	for (size_t i = 0; i < spp_cluster_replicas(cluster, p); i++)
		holds = holds || replica[i] == target;
	if (piece >= cluster->replicas)
		return target != spp_search_place(search, piece) &&
		       (holds || cluster->driver.serve == SPP_SERVE_ANY);
	return !holds && !spp_cluster_barred(cluster, p, target);
}

double spp_search_move_cost(
	struct spp_search *search, size_t piece, size_t target)
{
	const struct spp_cluster *cluster = search->cluster;
	struct spp_part *part;
	struct spp_change change;
	size_t p;

	spp_trial_reset(search->trial);
	part = spp_search_move(search, piece, target);
	p = part->partition;
	change = spp_change_of(cluster, p, part->replica, part->serving);
	spp_cost_add(&change.cost, &search->state->change[p].cost, -1);
	return spp_cost_total(&change.cost);
}

double spp_search_gain(struct spp_search *search, double beat)
{
	enum spp_refusal refusal = spp_trial_refused(search->trial);
	size_t platform, resource;
	double gain;

	if (refusal != SPP_REFUSED_NOT && refusal != SPP_REFUSED_MOVES &&
		refusal != SPP_REFUSED_BYTES && refusal != SPP_REFUSED_STREAM)
		return -INFINITY;
	gain = -spp_trial_cost(search->trial);
	if (gain <= beat || spp_trial_crowded(search->trial, &platform,
				    &resource) != SPP_REFUSED_NOT)
		return -INFINITY;
	if (refusal != SPP_REFUSED_NOT) {
		search->spent = true;
		return -INFINITY;
	}
	return gain;
}
