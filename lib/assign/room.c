/*
 * Making room: a piece that fits nowhere, by a hard capacity, goes where
 * another piece leaves for a third platform.  The smallest that leave room
 * enough are tried first: they are the cheapest to copy.
 */
#include "lib/assign/repair.h"

#include <stdlib.h>

enum { GUESTS_MOST = 8, TRIALS_MOST = 4096 };

/* Smallest first. */
static int by_size(const void *a, const void *b)
{
	const struct spp_rank *x = a, *y = b;

	if (x->relief != y->relief)
		return x->relief < y->relief ? -1 : 1;
	return (x->piece > y->piece) - (x->piece < y->piece);
}

/* Would the piece fit if the guest were gone? */
static bool leaves_room(
	struct spp_search *search, size_t piece, size_t target, size_t guest)
{
	struct spp_trial *trial = search->trial;
	size_t moved[2] = {guest, piece}, to[2] = {SPP_NOWHERE, target};
	size_t platform = target, resource;

	spp_trial_reset(trial);
	for (size_t i = 0; i < 2; i++) {
		struct spp_part *part =
			spp_search_move(search, moved[i], to[i]);

		if (part == NULL)
			return false;
		part->change = search->state->change[part->partition];
		spp_trial_apply_at(trial, 0);
	}
	return spp_trial_crowded(trial, &platform, &resource) ==
	       SPP_REFUSED_NOT;
}

/* The replicas of a platform but the piece's partition, by size. */
static size_t list_guests(struct spp_search *search, size_t piece,
	size_t target, struct spp_rank *guests)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t own = spp_search_partition(search, piece), count = 0;

	for (size_t i = 0; i < cluster->replicas; i++) {
		size_t p = search->partition_of[i];

		if (search->state->new.replica[i] == target && p != own &&
			!cluster->frozen[p])
			guests[count++] =
				(struct spp_rank){cluster->size_bytes[p], i};
	}
	qsort(guests, count, sizeof *guests, by_size);
	return count;
}

void spp_repair_with_room(
	struct spp_search *search, size_t piece, struct spp_repair *best)
{
	const struct spp_cluster *cluster = search->cluster;
	size_t trials = 0;

	for (size_t i = 0; i < cluster->platforms; i++) {
		size_t count, fit = 0;

		if (!spp_search_may_go(search, piece, i))
			continue;
		count = list_guests(search, piece, i, search->guests);
		for (size_t k = 0; k < count && fit < GUESTS_MOST; k++) {
			size_t guest = search->guests[k].piece;

			if (++trials > TRIALS_MOST)
				return;
			if (!leaves_room(search, piece, i, guest))
				continue;
			fit++;
			for (size_t to = 0; to < cluster->platforms; to++) {
				if (to == i ||
					!spp_search_may_go(search, guest, to))
					continue;
				spp_repair_try(search,
					(struct spp_repair){.piece = piece,
						.target = i,
						.guest = guest,
						.refuge = to},
					best);
				trials++;
			}
		}
	}
}
