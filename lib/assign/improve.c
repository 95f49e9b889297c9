/*
 * Local search: the best single moves (of a replica, a leader, or a
 * subscription), again and again, while one gains enough.
 *
 * Overload, latency and utilisation are convex in the mean load, so what a
 * platform loses by taking a piece in is at least its slope times the
 * piece's mean.  The saving of the platform that gives the piece up, less
 * that, less the cost of the move, bounds the gain: candidates are tried in
 * the order of this hope, until none can beat the best ones found.  (Common
 * factors of opposite sign can make the hope too small: then a candidate is
 * tried late, never wrongly taken.)
 *
 * In one step the best move is made, and then others on other platforms
 * that gain at least half as much: a search that moves thousands must not
 * rank all pieces for each of them.
 */
#include "lib/assign/search.h"

#include <math.h>
#include <stdlib.h>

enum {
	TRIALS_MOST = 256, /* candidates worked out exactly per batch */
	STEPS_MOST = 100000,
};

/* What gains less than this part of the best waits for the next step. */
#define NEXT_BEST 0.5

/* A piece whose leaving saves less than this part of the least gain will
   hardly gain it by what another platform wins. */
#define RELIEF_LEAST 0.25

static int by_relief(const void *a, const void *b)
{
	const struct spp_rank *x = a, *y = b;

	if (x->relief != y->relief)
		return x->relief < y->relief ? 1 : -1;
	return (x->piece > y->piece) - (x->piece < y->piece);
}

/* What its platform saves without a piece from ready_s on. */
static double relief_of(struct spp_search *search, size_t piece, double ready_s)
{
	struct spp_trial *trial = search->trial;
	struct spp_part *part;

	spp_trial_reset(trial);
	part = spp_search_move(search, piece, SPP_NOWHERE);
	if (part == NULL)
		return -INFINITY;
	part->change = search->state->change[part->partition];
	spp_trial_apply_at(trial, ready_s);
	return -spp_trial_cost(trial);
}

/* Sets search->moved to the mean that a piece takes along, once ready. */
static void set_moved(struct spp_search *search, size_t piece)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t from = spp_search_place(search, piece);
	size_t p = spp_search_partition(search, piece);
	struct spp_trial *trial = search->trial;
	const double *before, *after;
	struct spp_part *part;

	spp_trial_reset(trial);
	part = spp_search_move(search, piece, SPP_NOWHERE);
	part->change = search->state->change[p];
	spp_trial_apply_at(trial, spp_search_soonest(search, piece));
	before = search->state->load.mean + from * cluster->cells;
	after = trial->load.mean + from * cluster->cells;
	for (size_t c = 0; c < cluster->cells; c++)
		search->moved[c] =
			trial->is_touched[from] ? before[c] - after[c] : 0;
}

/* Of a leader's piece, what its platform saves at most when another
   replica leads: that copies nothing and waits for nothing. */
static double lead_relief_of(struct spp_search *search, size_t piece)
{
	size_t p = spp_search_partition(search, piece);

	if (piece != search->cluster->first_replica[p])
		return -INFINITY;
	return relief_of(search, piece, search->cluster->driver.handover_s);
}

/* Pieces worth a look, the largest relief first; reliefs are kept while
   the platform stays as it is. */
static size_t rank_pieces(struct spp_search *search, struct spp_rank *ranks)
{
	double least = RELIEF_LEAST * search->state->options.min_gain;
	size_t count = 0;

	for (size_t i = 0; i < search->pieces; i++) {
		size_t at = spp_search_place(search, i);
		double most;

		if (!spp_cluster_alive(search->cluster, at) ||
			search->cluster
				->frozen[spp_search_partition(search, i)])
			continue;
		if (search->relief_version[i] != search->version[at]) {
			search->relief[i] = relief_of(
				search, i, spp_search_soonest(search, i));
			search->lead_relief[i] = lead_relief_of(search, i);
			search->relief_version[i] = search->version[at];
		}
		most = fmax(search->relief[i], search->lead_relief[i]);
		if (most >= least)
			ranks[count++] = (struct spp_rank){most, i};
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

/* Other platforms for a piece. */
static void add_places(struct spp_search *search, size_t piece, size_t first)
{
	double least = search->state->options.min_gain;

	set_moved(search, piece);
	for (size_t i = 0; i < search->cluster->platforms; i++) {
		struct spp_candidate candidate = {
			.piece = piece, .target = i, .other = SPP_NOWHERE};

		if (!spp_search_may_go(search, piece, i))
			continue;
		/* What is moved is zero before it is ready. */
		candidate.hope = search->relief[piece] -
		                 spp_search_slope(search, i, search->moved, 0);
		if (candidate.hope < least)
			continue;
		candidate.hope -= spp_search_move_cost(search, piece, i);
		if (candidate.hope >= least)
			keep(search, first, &candidate);
	}
}

/*
 * Other leaders for a leader's piece: its platform saves at most what it
 * saves without the piece; the new leader's carries the difference more.
 */
static void add_leaders(struct spp_search *search, size_t piece, size_t first)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t p = spp_search_partition(search, piece);

	if (piece != cluster->first_replica[p])
		return;
	for (size_t c = 0; c < cluster->cells; c++)
		search->moved[c] = cluster->leader[p].mean[c] -
		                   cluster->follower[p].mean[c];
	for (size_t k = 1; k < spp_cluster_replicas(cluster, p); k++) {
		size_t to = spp_state_replicas(search->state, p)[k];
		struct spp_candidate candidate = {
			search->lead_relief[piece], piece, SPP_NOWHERE, k};

		if (!spp_cluster_open(cluster, to))
			continue;
		candidate.hope -= spp_search_slope(
			search, to, search->moved, cluster->driver.handover_s);
		if (candidate.hope >= search->state->options.min_gain)
			keep(search, first, &candidate);
	}
}

/* Fills the trial with a candidate's change. */
static bool set_trial(
	struct spp_search *search, const struct spp_candidate *candidate)
{
	size_t p = spp_search_partition(search, candidate->piece);

	if (search->cluster->frozen[p])
		return false;
	spp_trial_reset(search->trial);
	if (candidate->target != SPP_NOWHERE)
		spp_search_move(search, candidate->piece, candidate->target);
	else
		spp_part_lead(
			spp_trial_part(search->trial, p), candidate->other);
	spp_trial_apply(search->trial);
	return true;
}

/*
 * The candidates of a batch that gain enough, and at least a part of what
 * the best gains; their hope is then the true gain.
 */
static size_t try_batch(
	struct spp_search *search, const struct spp_rank *ranks, size_t count)
{
	/* Just below: what gains exactly the least is enough. */
	double beat = nextafter(search->state->options.min_gain, -INFINITY);
	size_t tried = 0, found = 0;

	search->candidates = 0;
	for (size_t i = 0; i < count; i++) {
		size_t first = search->candidates;

		add_leaders(search, ranks[i].piece, first);
		add_places(search, ranks[i].piece, first);
	}
	spp_candidates_sort(search->candidate, search->candidates);
	for (size_t i = 0; i < search->candidates && tried < TRIALS_MOST; i++) {
		struct spp_candidate candidate = search->candidate[i];

		if (candidate.hope <= beat)
			break;
		if (!set_trial(search, &candidate))
			continue;
		tried++;
		candidate.hope = spp_search_gain(search, beat);
		if (candidate.hope <= beat)
			continue;
		search->candidate[found++] = candidate;
		beat = fmax(beat, NEXT_BEST * candidate.hope);
	}
	spp_candidates_sort(search->candidate, found);
	return found;
}

/* The platform that a candidate's piece would leave or lead. */
static size_t target_of(
	const struct spp_search *search, const struct spp_candidate *candidate)
{
	size_t p = spp_search_partition(search, candidate->piece);

	if (candidate->target != SPP_NOWHERE)
		return candidate->target;
	return spp_state_replicas(search->state, p)[candidate->other];
}

/* The best, and those that it leaves as they were found. */
static void take(struct spp_search *search, size_t found)
{
	double beat = nextafter(search->state->options.min_gain, -INFINITY);
	size_t since = search->clock;

	beat = fmax(beat, NEXT_BEST * search->candidate[0].hope);
	for (size_t i = 0; i < found; i++) {
		const struct spp_candidate *candidate = &search->candidate[i];
		size_t from = spp_search_place(search, candidate->piece);
		size_t to = target_of(search, candidate);

		if (i > 0 && (search->version[from] > since ||
				     search->version[to] > since))
			continue;
		if (set_trial(search, candidate) &&
			(i == 0 || spp_search_gain(search, beat) > beat))
			spp_search_commit(search);
	}
}

/* Some moves, or where none gains enough an exchange of two. */
static bool improve_once(struct spp_search *search)
{
	struct spp_rank *ranks = search->ranks;
	size_t count = rank_pieces(search, ranks);

	search->spent = false;
	for (size_t i = 0; i < count; i += SPP_BATCH) {
		size_t some = count - i < SPP_BATCH ? count - i : SPP_BATCH;
		size_t found = try_batch(search, ranks + i, some);

		if (found > 0) {
			take(search, found);
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
