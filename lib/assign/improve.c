/*
 * Local search: the best single move (of a replica, a leader, or a
 * subscription), again and again, while one gains enough.
 *
 * Overload, latency and utilisation are convex in the mean load, so what a
 * platform loses by taking a piece in is at least its slope times the
 * piece's mean.  The saving of the platform that gives the piece up, less
 * that, less the cost of the move, bounds the gain: candidates are tried in
 * the order of this hope, until none can beat the best one found.  (Common
 * factors of opposite sign can make the hope too small: then a candidate is
 * tried late, never wrongly taken.)
 */
#include "lib/assign/search.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum {
	TRIALS_MOST = 256, /* candidates worked out exactly per batch */
	STEPS_MOST = 100000,
};

static int by_relief(const void *a, const void *b)
{
	const struct spp_rank *x = a, *y = b;

	if (x->relief != y->relief)
		return x->relief < y->relief ? 1 : -1;
	return (x->piece > y->piece) - (x->piece < y->piece);
}

/*
 * What its platform saves without a piece; also sets search->moved to the
 * mean that goes.
 */
static double relief_of(struct spp_search *search, size_t piece)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t from = spp_search_place(search, piece);
	struct spp_trial *trial = search->trial;
	const double *before, *after;
	struct spp_part *part;
	double saved;

	spp_trial_reset(trial);
	part = spp_search_move(search, piece, SPP_NOWHERE);
	if (part == NULL)
		return -INFINITY;
	part->change = search->state->change[part->partition];
	spp_trial_apply_at(trial, spp_search_soonest(search, piece));
	saved = -spp_trial_cost(trial);
	before = search->state->load.mean + from * cluster->cells;
	after = trial->load.mean + from * cluster->cells;
	for (size_t c = 0; c < cluster->cells; c++)
		search->moved[c] =
			trial->is_touched[from] ? before[c] - after[c] : 0;
	return saved;
}

/* Reliefs of all pieces, from memory where nothing changed. */
static size_t rank_pieces(struct spp_search *search, struct spp_rank *ranks)
{
	size_t count = 0;

	for (size_t i = 0; i < search->pieces; i++) {
		size_t at = spp_search_place(search, i);

		if (!spp_cluster_alive(search->cluster, at) ||
			search->cluster
				->frozen[spp_search_partition(search, i)])
			continue;
		if (search->relief_version[i] != search->version[at]) {
			search->relief[i] = relief_of(search, i);
			search->relief_version[i] = search->version[at];
		}
		ranks[count++] = (struct spp_rank){search->relief[i], i};
	}
	qsort(ranks, count, sizeof *ranks, by_relief);
	return count;
}

/* Keeps the best places of one piece at the end of the candidates. */
static void keep(struct spp_search *search, size_t first,
	const struct spp_candidate *candidate)
{
	size_t at = search->candidates;

	if (at - first == SPP_TARGETS) {
		if (spp_candidate_compare(
			    candidate, &search->candidate[at - 1]) > 0)
			return;
		at--;
	} else {
		search->candidates++;
	}
	for (; at > first && spp_candidate_compare(
				     candidate, &search->candidate[at - 1]) < 0;
		at--)
		search->candidate[at] = search->candidate[at - 1];
	search->candidate[at] = *candidate;
}

/* Candidates of one piece: other platforms, and other leaders. */
static void add_candidates(struct spp_search *search, size_t piece)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t first = search->candidates;
	double relief = relief_of(search, piece);
	double least = search->state->options.min_gain;

	for (size_t i = 0; i < cluster->platforms; i++) {
		struct spp_candidate candidate = {
			.piece = piece, .target = i, .other = SPP_NOWHERE};

		if (!spp_search_may_go(search, piece, i))
			continue;
		/* What is moved is zero before it is ready. */
		candidate.hope =
			relief - spp_search_slope(search, i, search->moved, 0);
		if (candidate.hope < least)
			continue;
		candidate.hope -= spp_search_move_cost(search, piece, i);
		if (candidate.hope >= least)
			keep(search, first, &candidate);
	}
}

/* Fills the trial with a candidate's change. */
static bool set_trial(
	struct spp_search *search, const struct spp_candidate *candidate)
{
	spp_trial_reset(search->trial);
	if (spp_search_move(search, candidate->piece, candidate->target) ==
		NULL)
		return false;
	spp_trial_apply(search->trial);
	return true;
}

/* A leader's piece as another replica's turn to lead. */
static bool set_leader(
	struct spp_search *search, size_t partition, size_t index)
{
	struct spp_part *part;

	if (search->cluster->frozen[partition])
		return false;
	spp_trial_reset(search->trial);
	part = spp_trial_part(search->trial, partition);
	spp_part_lead(part, index);
	spp_trial_apply(search->trial);
	return true;
}

/* Leaders among ranked pieces: who else could lead is tried at once. */
static void try_leaders(struct spp_search *search, const struct spp_rank *ranks,
	size_t count, struct spp_candidate *best)
{
	const struct spp_cluster *cluster = search->cluster;

	for (size_t i = 0; i < count; i++) {
		size_t piece = ranks[i].piece, p;

		if (piece >= cluster->replicas)
			continue;
		p = search->partition_of[piece];
		if (piece != cluster->first_replica[p])
			continue;
		for (size_t k = 1; k < spp_cluster_replicas(cluster, p); k++) {
			double gain;

			if (!set_leader(search, p, k))
				continue;
			gain = spp_search_gain(search, best->hope);
			if (gain > best->hope)
				*best = (struct spp_candidate){
					gain, piece, SPP_NOWHERE, k};
		}
	}
}

/* The best of one batch of pieces; its hope is its true gain. */
static bool try_batch(struct spp_search *search, const struct spp_rank *ranks,
	size_t count, struct spp_candidate *best)
{
	double least = search->state->options.min_gain;
	size_t tried = 0;

	/* Just below: what gains exactly the least is enough. */
	best->hope = nextafter(least, -INFINITY);
	best->piece = SPP_NOWHERE;
	try_leaders(search, ranks, count, best);
	search->candidates = 0;
	for (size_t i = 0; i < count; i++)
		add_candidates(search, ranks[i].piece);
	spp_candidates_sort(search->candidate, search->candidates);
	for (size_t i = 0; i < search->candidates && tried < TRIALS_MOST; i++) {
		const struct spp_candidate *candidate = &search->candidate[i];
		double gain;

		if (candidate->hope <= best->hope)
			break;
		if (!set_trial(search, candidate))
			continue;
		tried++;
		gain = spp_search_gain(search, best->hope);
		if (gain > best->hope) {
			*best = *candidate;
			best->hope = gain;
		}
	}
	return best->piece != SPP_NOWHERE;
}

static void take(struct spp_search *search, const struct spp_candidate *best)
{
	if (best->target == SPP_NOWHERE)
		set_leader(search, spp_search_partition(search, best->piece),
			best->other);
	else
		set_trial(search, best);
	spp_search_commit(search);
}

/* One move, or where none gains enough an exchange of two. */
static bool improve_once(struct spp_search *search)
{
	struct spp_rank *ranks = search->ranks;
	size_t count = rank_pieces(search, ranks);
	struct spp_candidate best;

	for (size_t i = 0; i < count; i += SPP_BATCH) {
		size_t some = count - i < SPP_BATCH ? count - i : SPP_BATCH;

		if (try_batch(search, ranks + i, some, &best)) {
			take(search, &best);
			return true;
		}
	}
	return spp_assign_exchange(search, ranks, count);
}

void spp_assign_improve(struct spp_search *search)
{
	for (size_t step = 0; step < STEPS_MOST; step++) {
		if (spp_search_expired(search) || !improve_once(search))
			return;
	}
}
