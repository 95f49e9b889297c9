#include "lib/assign/search.h"

#include "lib/base/arena.h"
#include "lib/cluster/risk.h"

#include <math.h>
#include <string.h>

bool spp_search_init(struct spp_search *search, struct spp_state *state,
	struct spp_arena *arena, struct spp_err *err)
{
	const struct spp_cluster *cluster = state->cluster;
	size_t pieces = cluster->replicas +
	                (cluster->apart ? cluster->subscriptions : 0);

	*search = (struct spp_search){
		.cluster = cluster,
		.state = state,
		.trial = spp_trial_new(state, arena, err),
		.arena = arena,
		.pieces = pieces,
		.partition_of = spp_arena_alloc(
			arena, cluster->replicas, sizeof(size_t)),
		.version = spp_arena_alloc(
			arena, cluster->platforms, sizeof(size_t)),
		.relief = spp_arena_alloc(arena, pieces, sizeof(double)),
		.lead_relief = spp_arena_alloc(arena, pieces, sizeof(double)),
		.relief_version =
			spp_arena_alloc(arena, pieces, sizeof(size_t)),
		.slope = spp_arena_alloc(arena,
			cluster->platforms * cluster->cells, sizeof(double)),
		.moved = spp_arena_alloc(arena, cluster->cells, sizeof(double)),
		.candidate = spp_arena_alloc(
			arena, SPP_CANDIDATES, sizeof(struct spp_candidate)),
		.offers =
			spp_arena_alloc(arena, cluster->platforms * SPP_OFFERS,
				sizeof(struct spp_offer)),
		.guests = spp_arena_alloc(
			arena, cluster->replicas, sizeof(struct spp_rank)),
		.ranks =
			spp_arena_alloc(arena, pieces, sizeof(struct spp_rank)),
	};
	if (search->trial == NULL || !spp_arena_ok(arena, err))
		return false;
	for (size_t p = 0; p < cluster->partitions; p++) {
		for (size_t i = cluster->first_replica[p];
			i < cluster->first_replica[p + 1]; i++)
			search->partition_of[i] = p;
	}
	search->clock = 1;
	for (size_t i = 0; i < cluster->platforms; i++)
		search->version[i] = search->clock;
	spp_search_slopes(search);
	return true;
}

size_t spp_search_place(const struct spp_search *search, size_t piece)
{
	size_t replicas = search->cluster->replicas;

	if (piece < replicas)
		return search->state->new.replica[piece];
	return search->state->new.serving[piece - replicas];
}

size_t spp_search_partition(const struct spp_search *search, size_t piece)
{
	size_t replicas = search->cluster->replicas;

	if (piece < replicas)
		return search->partition_of[piece];
	return search->cluster->subscribed[piece - replicas];
}

struct spp_part *spp_search_move(
	struct spp_search *search, size_t piece, size_t target)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t p = spp_search_partition(search, piece);
	size_t first = cluster->first_subscription[p];
	struct spp_part *part;
	size_t from;

	if (cluster->frozen[p])
		return NULL;
	part = spp_trial_part(search->trial, p);
	if (piece >= cluster->replicas) {
		part->serving[piece - cluster->replicas - first] = target;
		return part;
	}
	from = part->replica[piece - cluster->first_replica[p]];
	part->replica[piece - cluster->first_replica[p]] = target;
	for (size_t s = first;
		cluster->apart && s < cluster->first_subscription[p + 1]; s++) {
		if (part->serving[s - first] == from)
			part->serving[s - first] = target;
	}
	return part;
}

void spp_part_lead(struct spp_part *part, size_t index)
{
	size_t leader = part->replica[index];

	memmove(part->replica + 1, part->replica, index * sizeof(size_t));
	part->replica[0] = leader;
}

bool spp_search_expired(const struct spp_search *search)
{
	const struct spp_assign_options *options = &search->state->options;

	return options->expired != NULL && options->expired(options->context);
}

/* d cost/d mean of one cell, all weights and hours in it. */
static double slope_of(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t platform, size_t resource,
	size_t slot)
{
	const struct spp_weights *weights = &cluster->weights;
	size_t cell = resource * cluster->slots + slot;
	double share = cluster->share[platform * cluster->resources + resource];
	double rho = row->mean[cell] * share, deviation = 0, slope;

	if (!(share > 0))
		return 0;
	if (!weights->certain)
		deviation = spp_risk_deviation(cluster, row, cell) * share;
	slope = weights->overload *
	        spp_risk_above(rho, deviation, weights->threshold);
	if (cluster->queued[resource]) {
		slope += weights->latency * spp_cost_latency_slope(rho);
		if (spp_cluster_open(cluster, platform))
			slope += weights->utilisation * 2 *
			         (rho - cluster->cluster_mean[cell]);
	}
	return slope * share * cluster->slot_weight_h[slot];
}

static void set_slope(struct spp_search *search, size_t platform)
{
	const struct spp_cluster *cluster = search->cluster;
	struct spp_row row =
		spp_load_row(cluster, &search->state->load, platform);
	double *slope = search->slope + platform * cluster->cells;

	for (size_t r = 0; r < cluster->resources; r++) {
		for (size_t k = 0; k < cluster->slots; k++)
			slope[r * cluster->slots + k] =
				slope_of(cluster, &row, platform, r, k);
	}
}

void spp_search_slopes(struct spp_search *search)
{
	for (size_t i = 0; i < search->cluster->platforms; i++) {
		if (spp_cluster_alive(search->cluster, i))
			set_slope(search, i);
	}
}

double spp_search_slope(const struct spp_search *search, size_t platform,
	const double *mean, double ready_s)
{
	const struct spp_cluster *cluster = search->cluster;
	const double *slope = search->slope + platform * cluster->cells;
	size_t slot = 0, slots = cluster->slots;
	double sum = 0;

	while (slot < slots && cluster->slot_start_s[slot] < ready_s)
		slot++;
	for (size_t r = 0; r < cluster->resources; r++) {
		for (size_t k = slot; k < slots; k++)
			sum += slope[r * slots + k] * mean[r * slots + k];
	}
	return sum;
}

/* Pieces of a partition may have changed their numbers: forget reliefs. */
static void forget(struct spp_search *search, size_t partition)
{
	const struct spp_cluster *cluster = search->cluster;

	for (size_t i = cluster->first_replica[partition];
		i < cluster->first_replica[partition + 1]; i++)
		search->relief_version[i] = 0;
	for (size_t s = cluster->first_subscription[partition];
		cluster->apart &&
		s < cluster->first_subscription[partition + 1];
		s++)
		search->relief_version[cluster->replicas + s] = 0;
}

void spp_search_commit(struct spp_search *search)
{
	struct spp_trial *trial = search->trial;

	search->clock++;
	for (size_t i = 0; i < trial->parts; i++)
		forget(search, trial->part[i].partition);
	for (size_t i = 0; i < trial->touches; i++)
		search->version[trial->touched[i]] = search->clock;
	spp_trial_commit(trial, search->state);
	spp_search_slopes(search);
}
