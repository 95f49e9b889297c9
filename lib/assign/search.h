/* Inside of spp_assign: what the phases of a search share. */
#ifndef SPP_ASSIGN_SEARCH_H
#define SPP_ASSIGN_SEARCH_H

#include "lib/assign/state.h"

/*
 * A piece is what moves: a replica (its index in the placement) or, where
 * they are apart, a subscription (cluster->replicas + its index).
 */
struct spp_search {
	const struct spp_cluster *cluster;
	struct spp_state *state;
	struct spp_trial *trial;
	struct spp_arena *arena;
	size_t pieces;
	size_t *partition_of; /* [replica] */
	size_t *version;      /* [platform]: clock when its load changed */
	size_t clock;         /* commits so far, and 1 */

	/* What the cost would save without a piece, worked out once for
	   each version of the platform that holds it. */
	double *relief, *lead_relief; /* -INFINITY: does not lead */
	size_t *relief_version;       /* 0 = not yet */
	double *slope; /* [platform * cells + cell]: d cost/d mean */
	double *moved; /* [cells]: mean that a piece takes along */
	struct spp_candidate *candidate; /* room for SPP_CANDIDATES */
	size_t candidates;
	struct spp_rank *guests;  /* room for all replicas */
	struct spp_rank *ranks;   /* room for all pieces */
	struct spp_offer *offers; /* [platform * SPP_OFFERS + i] */
	bool spent;               /* a budget kept the last step from a gain */
	bool spent_repair;        /* ... or some repair from being made */
};

/* A piece and what the platform that holds it would save without it. */
struct spp_rank {
	double relief;
	size_t piece;
};

/* A piece that a platform would give in exchange, and at what price. */
struct spp_offer {
	double price;
	size_t piece;
};
enum { SPP_OFFERS = 4 }; /* of each platform */

/* Pieces that are looked at together, and places kept for each. */
enum { SPP_BATCH = 512, SPP_TARGETS = 8 };
enum { SPP_CANDIDATES = SPP_BATCH * SPP_TARGETS };

/* A piece and where it could go; hope bounds what that gains. */
struct spp_candidate {
	double hope;
	size_t piece, target;
	size_t other; /* a second piece that comes in exchange */
};

bool spp_search_init(struct spp_search *search, struct spp_state *state,
	struct spp_arena *arena, struct spp_err *err);

/* Platform that holds a piece, and its partition. */
size_t spp_search_place(const struct spp_search *search, size_t piece);
size_t spp_search_partition(const struct spp_search *search, size_t piece);

/*
 * Put a piece elsewhere in a new part of the trial, not yet applied.  What
 * a replica serves goes along.  NULL when it cannot be (frozen, no place).
 */
struct spp_part *spp_search_move(
	struct spp_search *search, size_t piece, size_t target);

/* Fills the trial with the records' placement of a partition. */
void spp_search_set_back(struct spp_search *search, size_t partition);

/* May a piece go there, as far as places alone say? */
bool spp_search_may_go(
	const struct spp_search *search, size_t piece, size_t target);

/* What moving a piece there adds to the cost of moves; it may go there. */
double spp_search_move_cost(
	struct spp_search *search, size_t piece, size_t target);

/* Highest hope first, ties by piece, target, other. */
void spp_candidates_sort(struct spp_candidate *candidates, size_t count);
int spp_candidate_compare(const void *a, const void *b);

/* Gain of the trial where it beats BEAT and may be, else -INFINITY. */
double spp_search_gain(struct spp_search *search, double beat);

/* When a copy of a piece could be ready if nothing had to wait. */
double spp_search_soonest(const struct spp_search *search, size_t piece);

/* Make a replica the leader; the others keep their order. */
void spp_part_lead(struct spp_part *part, size_t index);

/* Commit the trial and note which platforms changed. */
void spp_search_commit(struct spp_search *search);

/* Slopes of platforms, for those whose load changed since. */
void spp_search_slopes(struct spp_search *search);

/* Gain of a move to a platform by its slope: means from ready_s on. */
double spp_search_slope(const struct spp_search *search, size_t platform,
	const double *mean, double ready_s);

/* Has the caller's clock run out? */
bool spp_search_expired(const struct spp_search *search);

/*
 * The phases.  spp_assign_exchange is true when it made one, its ranks are
 * those of all pieces; spp_assign_prune when it took something back.
 */
bool spp_assign_hot(const struct spp_state *state);
void spp_assign_repair(struct spp_search *search);
void spp_assign_improve(struct spp_search *search);
bool spp_assign_exchange(
	struct spp_search *search, const struct spp_rank *ranks, size_t count);
bool spp_assign_prune(struct spp_search *search);

#endif
