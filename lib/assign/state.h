/*
 * The state of a search: the placement so far, its loads, what it costs,
 * and trials that say what a change would do without doing it.
 */
#ifndef SPP_ASSIGN_STATE_H
#define SPP_ASSIGN_STATE_H

#include "lib/assign/assign.h"

struct spp_trial;

/* When a partition's copies could be ready. */
struct spp_turn {
	double ready_s;
	size_t partition;
};

struct spp_state {
	const struct spp_cluster *cluster;
	struct spp_trial *asked; /* for questions about the answer */
	struct spp_assign_options options;
	struct spp_placement old; /* the records' */
	struct spp_placement new;
	double *ready_s;           /* [partition] */
	struct spp_change *change; /* [partition], of old to new */
	size_t *order;             /* changed partitions, as accepted */
	size_t changed;

	/*
	 * What platforms carry over time: until ready_s the old placement.
	 * And what they carry in the end: hard capacities are held for the
	 * placement itself, however late its copies are.
	 */
	struct spp_load load, final;
	double *allowed; /* [platform * cells + cell]: most that a level of
			    final may be, INFINITY where not hard */
	double *given;   /* [platform]: bytes of copies so far */
	struct spp_turn *turn; /* room for all partitions */

	const double *penalty; /* [cell] of the seed's cost; NULL: not used */
	struct spp_cost *platform_cost; /* [platform] */
	struct spp_cost cost;           /* of all, moves included */
	double *platform_excess;        /* [platform], of hard capacities */
	size_t *broken;                 /* [partition], groups apart */
	size_t moves;
	double bytes;
	double *stream_moves, *stream_bytes; /* [stream] */
};

struct spp_state *spp_state_new(const struct spp_cluster *cluster,
	const struct spp_assign_options *options, struct spp_arena *arena,
	struct spp_err *err);

/* Sum of platform_cost and change in index order: the whole cost, afresh. */
struct spp_cost spp_state_cost(const struct spp_state *state);

/*
 * The seed's cost function.  Once it is used, answers of the state give
 * their reasons by it: of one cell of a platform, of a whole load, and what
 * a trial changes of it on one platform when all copies are done.
 */
bool spp_seed_use(
	struct spp_state *state, struct spp_arena *arena, struct spp_err *err);
double spp_seed_cell(const struct spp_state *state, const struct spp_load *load,
	size_t platform, size_t cell);
double spp_seed_cost(
	const struct spp_state *state, const struct spp_load *load);
double spp_seed_change(const struct spp_trial *trial, size_t platform);

/* Level of hard capacities above them, as shares, summed over one row. */
double spp_state_excess(const struct spp_state *state,
	const struct spp_row *final, size_t platform);

/* Replicas of a partition in the new placement, and what serves it. */
static inline size_t *spp_state_replicas(
	const struct spp_state *state, size_t partition)
{
	return state->new.replica + state->cluster->first_replica[partition];
}
static inline size_t *spp_state_serving(
	const struct spp_state *state, size_t partition)
{
	return state->new.serving +
	       state->cluster->first_subscription[partition];
}

enum { SPP_TRIAL_PARTS = 4 };

/* The new place of one partition in a trial. */
struct spp_part {
	size_t partition;
	size_t *replica; /* room for SPP_REPLICAS_MAX */
	size_t *serving; /* room for the most subscriptions of a partition */
	double ready_s;
	struct spp_change change;
};

/* A change being considered: up to four partitions that move together. */
struct spp_trial {
	const struct spp_state *state;
	size_t parts;
	struct spp_part part[SPP_TRIAL_PARTS];
	struct spp_load load, final; /* rows of touched platforms */
	size_t *touched;             /* platforms */
	size_t touches;
	bool *is_touched;      /* [platform] */
	struct spp_cost *cost; /* [touch], as it would be */
	struct spp_cost delta; /* set by spp_trial_cost */
};

struct spp_trial *spp_trial_new(const struct spp_state *state,
	struct spp_arena *arena, struct spp_err *err);
void spp_trial_reset(struct spp_trial *trial);

/*
 * A part that begins as the partition is now; change its replica and
 * serving, then call spp_trial_apply once.  Partitions must differ.
 */
struct spp_part *spp_trial_part(struct spp_trial *trial, size_t partition);

/* Work out change and ready_s of the newest part, and move its load. */
void spp_trial_apply(struct spp_trial *trial);

/* The same with a given ready_s (for what is evaluated, not accepted). */
void spp_trial_apply_at(struct spp_trial *trial, double ready_s);

/* Change of the whole cost; fills delta. */
double spp_trial_cost(struct spp_trial *trial);

/* Rules, rate and budgets; then hard capacities (the dearer test). */
enum spp_refusal spp_trial_refused(const struct spp_trial *trial);
enum spp_refusal spp_trial_crowded(
	const struct spp_trial *trial, size_t *platform, size_t *resource);

/* Change of breaches, and of the excess of hard capacities. */
long spp_trial_breaches(const struct spp_trial *trial);
double spp_trial_excess(const struct spp_trial *trial);

/* Do it, and work out anew when each change is ready. */
void spp_trial_commit(struct spp_trial *trial, struct spp_state *state);

/*
 * Seconds that the copies of a changed partition wait for those given to
 * their sources and targets so far; and giving them theirs.
 */
double spp_state_waits(const struct spp_state *state, size_t partition);
void spp_state_give(struct spp_state *state, size_t partition);

/*
 * All times afresh in the order of acceptance: what left the queue lets
 * later copies begin earlier.  The trial is used and left empty.
 */
void spp_state_retime(struct spp_state *state, struct spp_trial *trial);

/* The same in the order of settle.c, which then is that of acceptance. */
void spp_state_settle(struct spp_state *state, struct spp_trial *trial);

/* What an answer says of the state before, after, and of what is left;
   SPENT: a budget kept a gain from being taken. */
void spp_answer_before(
	const struct spp_state *state, struct spp_answer *answer);
void spp_answer_after(const struct spp_state *state, struct spp_answer *answer);
bool spp_answer_lacks(const struct spp_state *state, bool spent,
	struct spp_answer *answer, struct spp_arena *arena,
	struct spp_err *err);

#endif
