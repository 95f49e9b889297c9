/*
 * What must be: replicas off failed and draining platforms, unplaced ones
 * placed, constraints and hard capacities kept.  Each step takes the change
 * of one partition that mends most, the cheapest of those; cost is that of
 * the placement itself, as if copies took no time (while a copy runs, what
 * was on a failed platform loads nobody: waiting must not look cheap).
 */
#include "lib/assign/repair.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS_MOST = 256, SHORT_LIST = 32, ROOMS_MOST = 4 };

static bool better(const struct spp_worth *a, const struct spp_worth *b)
{
	if (a->breaches != b->breaches)
		return a->breaches < b->breaches;
	if (a->excess != b->excess)
		return a->excess < b->excess;
	return a->cost < b->cost;
}

/* Applies the newest part, at once or when its copies are ready. */
static void apply(
	struct spp_search *search, struct spp_part *part, bool settled)
{
	struct spp_trial *trial = search->trial;

	if (!settled) {
		spp_trial_apply(trial);
		return;
	}
	part->change = spp_change_of(
		search->cluster, part->partition, part->replica, part->serving);
	spp_trial_apply_at(trial, 0);
}

static bool set_repair(struct spp_search *search,
	const struct spp_repair *repair, bool settled)
{
	const struct spp_cluster *cluster = search->cluster;
	struct spp_part *part;

	spp_trial_reset(search->trial);
	if (repair->guest != SPP_NOWHERE) {
		part = spp_search_move(search, repair->guest, repair->refuge);
		if (part == NULL)
			return false;
		apply(search, part, settled);
	}
	if (repair->target != SPP_NOWHERE) {
		part = spp_search_move(search, repair->piece, repair->target);
	} else {
		size_t p = search->partition_of[repair->piece];

		part = cluster->frozen[p] ? NULL
		                          : spp_trial_part(search->trial, p);
		if (part != NULL)
			spp_part_lead(part,
				repair->piece - cluster->first_replica[p]);
	}
	if (part == NULL)
		return false;
	apply(search, part, settled);
	return true;
}

void spp_repair_try(struct spp_search *search, struct spp_repair repair,
	struct spp_repair *best)
{
	struct spp_trial *trial = search->trial;
	size_t platform, resource;
	enum spp_refusal refusal;

	if (!set_repair(search, &repair, true))
		return;
	refusal = spp_trial_refused(trial);
	if (refusal == SPP_REFUSED_MOVES || refusal == SPP_REFUSED_BYTES ||
		refusal == SPP_REFUSED_STREAM)
		search->spent_repair = true;
	if (refusal != SPP_REFUSED_NOT)
		return;
	repair.worth.breaches = spp_trial_breaches(trial);
	if (repair.worth.breaches > best->worth.breaches ||
		spp_trial_crowded(trial, &platform, &resource) !=
			SPP_REFUSED_NOT)
		return;
	repair.worth.excess = spp_trial_excess(trial);
	if (repair.worth.breaches == best->worth.breaches &&
		repair.worth.excess > best->worth.excess)
		return;
	repair.worth.cost = spp_trial_cost(trial);
	if (better(&repair.worth, &best->worth))
		*best = repair;
}

/* Nothing, as the repair to beat. */
static struct spp_repair no_repair(void)
{
	return (struct spp_repair){{0, 0, -INFINITY}, SPP_NOWHERE, SPP_NOWHERE,
		SPP_NOWHERE, SPP_NOWHERE};
}

static bool take(struct spp_search *search, const struct spp_repair *best)
{
	if (best->piece == SPP_NOWHERE)
		return false;
	set_repair(search, best, false);
	spp_search_commit(search);
	return true;
}

/* Every place for a piece. */
static void try_places(
	struct spp_search *search, size_t piece, struct spp_repair *best)
{
	for (size_t i = 0; i < search->cluster->platforms; i++) {
		if (spp_search_may_go(search, piece, i))
			spp_repair_try(search,
				(struct spp_repair){.piece = piece,
					.target = i,
					.guest = SPP_NOWHERE},
				best);
	}
}

static bool repair_partition(struct spp_search *search, size_t partition)
{
	const struct spp_cluster *cluster = search->cluster;
	struct spp_repair best = no_repair();
	size_t first = cluster->first_replica[partition];
	size_t end = cluster->first_replica[partition + 1];

	/* No followers of nobody: the leader gets its place first. */
	if (search->state->new.replica[first] == SPP_NOWHERE)
		end = first + 1;
	for (size_t i = first; i < end; i++) {
		try_places(search, i, &best);
		if (i > first)
			spp_repair_try(search,
				(struct spp_repair){.piece = i,
					.target = SPP_NOWHERE,
					.guest = SPP_NOWHERE},
				&best);
	}
	for (size_t s = cluster->first_subscription[partition];
		cluster->apart &&
		s < cluster->first_subscription[partition + 1];
		s++)
		try_places(search, cluster->replicas + s, &best);
	for (size_t i = first;
		i < end && best.piece == SPP_NOWHERE && !search->spent_repair;
		i++)
		spp_repair_with_room(search, i, &best);
	return take(search, &best);
}

/* Breaches of a partition, its groups' included. */
static size_t broken_of(const struct spp_search *search, size_t partition)
{
	const struct spp_state *state = search->state;

	return state->broken[partition] +
	       spp_rules_apart(search->cluster, &state->new, partition,
		       spp_state_replicas(state, partition)[0]);
}

/* The order of repair: what is lost, what is nowhere, what must leave. */
static int urgency(const struct spp_search *search, size_t partition)
{
	const struct spp_state *state = search->state;
	struct spp_breaches breaches = spp_rules_breaches(search->cluster,
		partition, spp_state_replicas(state, partition),
		spp_state_serving(state, partition));

	if (breaches.of[SPP_RULE_FAILED] > 0)
		return 0;
	if (breaches.of[SPP_RULE_PLACED] > 0)
		return 1;
	return breaches.of[SPP_RULE_DRAINING] > 0 ? 2 : 3;
}

/* Largest mean of a leader, as a share of what the cluster has: what is
   large is placed first, while there is room. */
static double weight_of(const struct spp_cluster *cluster, size_t partition)
{
	const double *mean = cluster->leader[partition].mean;
	double most = 0;

	for (size_t r = 0; r < cluster->resources; r++) {
		double capacity = 0;

		for (size_t i = 0; i < cluster->platforms; i++)
			if (spp_cluster_open(cluster, i))
				capacity +=
					cluster->capacity
						[i * cluster->resources + r];
		for (size_t k = 0; capacity > 0 && k < cluster->slots; k++)
			most = fmax(
				most, mean[r * cluster->slots + k] / capacity);
	}
	return most;
}

static int by_relief(const void *a, const void *b)
{
	const struct spp_rank *x = a, *y = b;

	if (x->relief != y->relief)
		return x->relief < y->relief ? 1 : -1;
	return (x->piece > y->piece) - (x->piece < y->piece);
}

/* Replicas of a partition that have a platform. */
static size_t placed(const struct spp_search *search, size_t partition)
{
	const size_t *first = search->cluster->first_replica + partition;
	size_t count = 0;

	for (size_t i = first[0]; i < first[1]; i++)
		count += search->state->new.replica[i] != SPP_NOWHERE;
	return count;
}

/*
 * All repairs of one partition; true if one was made.  What is placed anew
 * is placed whole: where a budget ends in the middle, not at all.
 */
static bool mend(struct spp_search *search, size_t partition)
{
	size_t before = placed(search, partition), after;
	bool spent = search->spent_repair, mended = false;

	search->spent_repair = false;
	for (size_t k = 0; k < ROUNDS_MOST && broken_of(search, partition) > 0;
		k++) {
		if (!repair_partition(search, partition))
			break;
		mended = true;
	}
	after = placed(search, partition);
	if (before == 0 && after > 0 && search->spent_repair &&
		after < spp_cluster_replicas(search->cluster, partition)) {
		spp_search_set_back(search, partition);
		spp_search_commit(search);
		mended = false;
	}
	search->spent_repair = search->spent_repair || spent;
	return mended;
}

/* One pass over the partitions that break a rule; true if one was mended. */
static bool repair_rules(struct spp_search *search)
{
	const struct spp_cluster *cluster = search->cluster;
	struct spp_rank *ranks = search->ranks;
	size_t count = 0;
	bool mended = false;

	for (size_t p = 0; p < cluster->partitions; p++) {
		if (cluster->frozen[p] || broken_of(search, p) == 0)
			continue;
		ranks[count++] = (struct spp_rank){
			weight_of(cluster, p) - 2 * urgency(search, p), p};
	}
	qsort(ranks, count, sizeof *ranks, by_relief);
	for (size_t i = 0; i < count; i++) {
		if (spp_search_expired(search))
			return false;
		mended = mend(search, ranks[i].piece) || mended;
	}
	return mended;
}

/*
 * Pieces whose leaving takes most excess away from a platform; among those
 * that take all of it, the smallest first.
 */
static size_t list_heaviest(struct spp_search *search, size_t platform)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t count = 0;

	for (size_t i = 0; i < search->pieces; i++) {
		size_t p = spp_search_partition(search, i);
		struct spp_part *part;

		if (spp_search_place(search, i) != platform)
			continue;
		spp_trial_reset(search->trial);
		part = spp_search_move(search, i, SPP_NOWHERE);
		if (part == NULL)
			continue;
		part->change = search->state->change[p];
		spp_trial_apply_at(search->trial, 0);
		search->ranks[count++] = (struct spp_rank){
			-spp_trial_excess(search->trial) -
				1e-9 * cluster->size_bytes[p] /
					(1 + cluster->size_bytes[p]),
			i};
	}
	qsort(search->ranks, count, sizeof *search->ranks, by_relief);
	return count < SHORT_LIST ? count : SHORT_LIST;
}

static bool repair_capacity(struct spp_search *search, size_t platform)
{
	struct spp_repair best = no_repair();
	size_t count = list_heaviest(search, platform);

	for (size_t i = 0; i < count; i++) {
		size_t piece = search->ranks[i].piece;
		size_t p = spp_search_partition(search, piece);
		size_t first = search->cluster->first_replica[p];

		try_places(search, piece, &best);
		for (size_t k = 1; piece == first &&
				   k < spp_cluster_replicas(search->cluster, p);
			k++)
			spp_repair_try(search,
				(struct spp_repair){.piece = first + k,
					.target = SPP_NOWHERE,
					.guest = SPP_NOWHERE},
				&best);
	}
	for (size_t i = 0; i < count && i < ROOMS_MOST &&
			   best.piece == SPP_NOWHERE && !search->spent_repair;
		i++) {
		if (search->ranks[i].piece < search->cluster->replicas)
			spp_repair_with_room(
				search, search->ranks[i].piece, &best);
	}
	return take(search, &best);
}

void spp_assign_repair(struct spp_search *search)
{
	struct spp_state *state = search->state;

	for (size_t k = 0; k < ROUNDS_MOST && repair_rules(search); k++)
		continue;
	for (size_t i = 0; i < search->cluster->platforms; i++) {
		for (size_t k = 0;
			k < ROUNDS_MOST && state->platform_excess[i] > 0 &&
			!spp_search_expired(search) &&
			repair_capacity(search, i);
			k++)
			continue;
	}
}
