/*
 * A plan as moves in time, in the order in which they start.
 */
#ifndef SPP_VERIFY_REPLAY_H
#define SPP_VERIFY_REPLAY_H

#include "lib/verify/load.h"

struct spp_verify_move {
	const struct spp_record *at;
	const struct spp_move *value;
	size_t order; /* of its record */
	size_t partition, sub;
	size_t from, to, copy_from; /* SPP_NOWHERE = none */
	double start_s, attached_s, end_s;
	double bytes, rate;
	bool repairs;      /* ends a violation ... */
	bool with_repairs; /* ... or is of a partition that one is of */
	size_t before; /* the move of its partition before, or SPP_NOWHERE */
};

/*
 * Some of the moves: the first ones, all of them or only those that repair,
 * alone or with the others of their partitions.
 */
enum spp_verify_part {
	SPP_VERIFY_ALL,
	SPP_VERIFY_REPAIRS,
	SPP_VERIFY_WITH_REPAIRS,
	SPP_VERIFY_PARTS,
};

struct spp_verify_cut {
	size_t count;
	enum spp_verify_part part;
};

/* Seconds from now. */
struct spp_verify_window {
	double open_s, close_s;
};

struct spp_verify_replay {
	struct spp_verify_run *run;
	size_t count;
	struct spp_verify_move *moves; /* by start, then order of records */
	size_t **of_partition;         /* its moves, by start */
	size_t *moves_of;              /* how many */
	double horizon_s;              /* end of the last slot */
	/* When moves may run, ascending and apart; any time unless windowed. */
	bool windowed;
	size_t window_count;
	struct spp_verify_window *windows;
	/* Scratch: what a partition is at one instant. */
	size_t *replicas;
	size_t *serving;
};

/* What a copy that runs costs on its two sides. */
struct spp_verify_copy {
	size_t source, target; /* SPP_NOWHERE = no copy runs */
	size_t partition;
	double rate;
};

/* Is a move among those of a cut? */
bool spp_verify_in_cut(const struct spp_verify_replay *replay, size_t index,
	const struct spp_verify_cut *cut);

/*
 * Put the moves of one partition up to TIME into replay->replicas and
 * ->serving, and return how many replicas there are.  A move is over when
 * its end is at or before the time.
 */
size_t spp_verify_state(struct spp_verify_replay *replay, size_t partition,
	const struct spp_verify_cut *cut, double time_s);

/*
 * All items of a partition at an instant, both sides of what is handed over
 * just then, and the copy that runs.  Items has the run's room.
 */
size_t spp_verify_instant(struct spp_verify_replay *replay, size_t partition,
	const struct spp_verify_cut *cut, double time_s,
	struct spp_verify_item *items, struct spp_verify_copy *copy);

/* Level that a copy adds on a platform. */
double spp_verify_copy_level(const struct spp_verify_replay *replay,
	const struct spp_verify_copy *copy, size_t platform, size_t resource,
	size_t slot);

/* The slot that holds a time; model->slots after the last. */
size_t spp_verify_slot(const struct spp_verify_model *model, double time_s);

/* A limit that spp-plan was given, else INFINITY; the most of one copy. */
double spp_verify_limit(
	const struct spp_verify_replay *replay, const char *name);
double spp_verify_most_rate(const struct spp_verify_replay *replay);

/* Lies a time within one window? */
bool spp_verify_in_window(
	const struct spp_verify_replay *replay, double start_s, double end_s);

/* Has a change come true when all moves are over? */
bool spp_verify_is_done(struct spp_verify_replay *replay,
	const struct spp_verify_change *change);

/* No plan of these moves ends before least_s. */
bool spp_verify_makespan(const struct spp_verify_replay *replay,
	double *least_s, struct spp_err *err);

/* What being later than ready_s costs, and the overload that it is part of. */
bool spp_verify_relief(struct spp_verify_replay *replay, double *lost,
	double *overload, struct spp_err *err);

/* Steps of the check; false only when memory ran out. */
bool spp_verify_read_windows(
	struct spp_verify_replay *replay, struct spp_err *err);
bool spp_verify_read_moves(
	struct spp_verify_replay *replay, bool *whole, struct spp_err *err);
bool spp_verify_moves(
	struct spp_verify_replay *replay, bool *whole, struct spp_err *err);
void spp_verify_move_figures(
	struct spp_verify_replay *replay, const struct spp_verify_move *move);
void spp_verify_inverse(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count);
void spp_verify_limits(struct spp_verify_replay *replay);
bool spp_verify_safety(struct spp_verify_replay *replay, struct spp_err *err);

#endif
