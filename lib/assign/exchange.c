/*
 * Exchange of two replicas, for when no single move gains enough: a full
 * platform can take a piece only when it gives one.
 *
 * With slopes alone the gain of giving i from A to B for j is about
 * (slope_A - slope_B) . (mean_i - mean_j); by convexity no more, variances
 * apart.  So each platform offers the few pieces that are cheapest to take
 * in exchange, and the best pairs are worked out exactly.
 */
#include "lib/assign/search.h"

#include <math.h>

enum {
	HOT_MOST = 4,      /* platforms that want to give something */
	GIVEN_MOST = 16,   /* pieces that each of them offers */
	TRIALS_MOST = 256, /* pairs worked out exactly */
};

static const double *mean_of(const struct spp_search *search, size_t piece)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t p = search->partition_of[piece];

	if (piece == cluster->first_replica[p])
		return cluster->leader[p].mean;
	return cluster->follower[p].mean;
}

/* Gain by slopes of taking a piece off one platform and onto another. */
static double shift_gain(
	const struct spp_search *search, size_t piece, size_t from, size_t to)
{
	const double *mean = mean_of(search, piece);
	double ready_s = spp_search_soonest(search, piece);

	return spp_search_slope(search, from, mean, ready_s) -
	       spp_search_slope(search, to, mean, ready_s);
}

static void add_offer(struct spp_offer *offers, const struct spp_offer *offer)
{
	size_t at = SPP_OFFERS;

	while (at > 0 && !(offers[at - 1].price <= offer->price))
		at--;
	for (size_t i = SPP_OFFERS; i-- > at + 1;)
		offers[i] = offers[i - 1];
	if (at < SPP_OFFERS)
		offers[at] = *offer;
}

/* What each platform asks for taking something from HOT in exchange. */
static void find_offers(
	struct spp_search *search, size_t hot, struct spp_offer *offers)
{
	const struct spp_cluster *cluster = search->cluster;

	for (size_t i = 0; i < cluster->platforms * SPP_OFFERS; i++)
		offers[i] = (struct spp_offer){INFINITY, SPP_NOWHERE};
	for (size_t piece = 0; piece < cluster->replicas; piece++) {
		size_t at = spp_search_place(search, piece);
		struct spp_offer offer = {.piece = piece};

		if (at == hot || !spp_cluster_open(cluster, at) ||
			cluster->frozen[search->partition_of[piece]] ||
			!spp_search_may_go(search, piece, hot))
			continue;
		offer.price = spp_search_move_cost(search, piece, hot) -
		              shift_gain(search, piece, at, hot);
		add_offer(offers + at * SPP_OFFERS, &offer);
	}
}

/* Keeps the best pairs; when full, the worst half is dropped. */
static void keep(
	struct spp_search *search, const struct spp_candidate *candidate)
{
	if (search->candidates == SPP_CANDIDATES) {
		spp_candidates_sort(search->candidate, search->candidates);
		search->candidates /= 2;
	}
	search->candidate[search->candidates++] = *candidate;
}

static void add_pairs(struct spp_search *search, size_t piece, size_t hot,
	const struct spp_offer *offers)
{
	const struct spp_cluster *cluster = search->cluster;
	double least = search->state->options.min_gain;

	for (size_t i = 0; i < cluster->platforms; i++) {
		double gain;

		if (i == hot || !spp_search_may_go(search, piece, i))
			continue;
		gain = shift_gain(search, piece, hot, i) -
		       spp_search_move_cost(search, piece, i);
		for (size_t k = 0; k < SPP_OFFERS; k++) {
			const struct spp_offer *offer =
				&offers[i * SPP_OFFERS + k];
			struct spp_candidate candidate = {
				gain - offer->price, piece, i, offer->piece};

			if (offer->piece != SPP_NOWHERE &&
				candidate.hope >= least)
				keep(search, &candidate);
		}
	}
}

static bool set_trial(
	struct spp_search *search, const struct spp_candidate *candidate)
{
	size_t hot = spp_search_place(search, candidate->piece);

	if (search->partition_of[candidate->piece] ==
		search->partition_of[candidate->other])
		return false;
	spp_trial_reset(search->trial);
	if (spp_search_move(search, candidate->piece, candidate->target) ==
		NULL)
		return false;
	spp_trial_apply(search->trial);
	if (spp_search_move(search, candidate->other, hot) == NULL)
		return false;
	spp_trial_apply(search->trial);
	return true;
}

static bool try_pairs(struct spp_search *search, struct spp_candidate *best)
{
	size_t most = search->candidates;

	spp_candidates_sort(search->candidate, search->candidates);
	if (most > TRIALS_MOST)
		most = TRIALS_MOST;
	best->piece = SPP_NOWHERE;
	best->hope = nextafter(search->state->options.min_gain, -INFINITY);
	for (size_t i = 0; i < most; i++) {
		double gain;

		if (search->candidate[i].hope <= best->hope)
			break;
		if (!set_trial(search, &search->candidate[i]))
			continue;
		gain = spp_search_gain(search, best->hope);
		if (gain > best->hope) {
			*best = search->candidate[i];
			best->hope = gain;
		}
	}
	return best->piece != SPP_NOWHERE;
}

/* The platforms of the best ranked pieces, and some pieces of each. */
static void gather(struct spp_search *search, const struct spp_rank *ranks,
	size_t count, struct spp_offer *offers)
{
	size_t hot[HOT_MOST], given[HOT_MOST], hots = 0;

	for (size_t i = 0; i < count && hots < HOT_MOST; i++) {
		size_t at = spp_search_place(search, ranks[i].piece);
		size_t k = 0;

		while (k < hots && hot[k] != at)
			k++;
		if (k == hots && ranks[i].piece < search->cluster->replicas)
			hot[hots++] = at;
	}
	for (size_t k = 0; k < hots; k++) {
		given[k] = 0;
		find_offers(search, hot[k], offers);
		for (size_t i = 0; i < count && given[k] < GIVEN_MOST; i++) {
			size_t piece = ranks[i].piece;

			if (piece >= search->cluster->replicas ||
				spp_search_place(search, piece) != hot[k])
				continue;
			add_pairs(search, piece, hot[k], offers);
			given[k]++;
		}
	}
}

bool spp_assign_exchange(
	struct spp_search *search, const struct spp_rank *ranks, size_t count)
{
	struct spp_candidate best;

	search->candidates = 0;
	gather(search, ranks, count, search->offers);
	if (!try_pairs(search, &best))
		return false;
	set_trial(search, &best);
	spp_search_commit(search);
	return true;
}
