/*
 * Moves in time: which change of place runs when, how fast, and what each
 * one does to every platform while it runs.
 *
 * The schedule is a rolling list schedule (Graham 1969, with the critical
 * endpoint first): at every instant at which something ends or changes, the
 * moves that wait are tried in order of priority, and each that fits the
 * limits and is safe starts.  Safe means: no hard resource goes, at the
 * cluster's risk, above the larger of its capacity and its level without any
 * move; and the expected overload of the soft ones, copies and double load
 * included, is after every prefix of the plan no more than doing nothing's.
 * A copy runs as fast as it may, unless a slower one saves overload that is
 * worth the time, or does not make the whole plan longer.
 *
 * All times are seconds from the cluster's now.  Results live in the arena.
 */
#ifndef SPP_PLAN_PLAN_H
#define SPP_PLAN_PLAN_H

#include "lib/cluster/change.h"

struct spp_arena;
struct spp_err;

/* In the order of the kinds that a move record knows. */
enum spp_plan_kind {
	SPP_PLAN_REPLICA,
	SPP_PLAN_LEADER,
	SPP_PLAN_SUBSCRIPTION,
	SPP_PLAN_ADD,
	SPP_PLAN_DROP,
};

/* Moves may run between open_s and close_s. */
struct spp_plan_window {
	double open_s, close_s;
};

/* INFINITY = no limit. */
struct spp_plan_limits {
	double max_concurrent;   /* moves at once */
	double max_per_platform; /* that touch one platform */
	double max_per_rack;     /* that touch one rack */
	double rate;             /* bytes/s of one copy */
	double platform_rate;    /* of all copies out of, or into, a platform */
	size_t windows;          /* 0 = any time */
	const struct spp_plan_window *window; /* ascending, apart */
};

/* What is to be: the new place of a partition's replicas, or of one
   subscription. */
struct spp_plan_change {
	size_t partition;
	size_t subscription; /* SPP_NOWHERE: the replicas */
	size_t count;        /* of to; 1 for a subscription */
	const size_t *to;    /* platforms, the first leads */
	double ready_s;      /* when it was meant to be in effect */
	bool repairs;        /* it ends a violation: see spp_plan */
};

/* One move before it has a time. */
struct spp_plan_step {
	enum spp_plan_kind kind;
	size_t partition;
	size_t subscription; /* SPP_NOWHERE but for its kind */
	size_t from, to;     /* platforms, SPP_NOWHERE = none */
	size_t change;       /* that it belongs to, SPP_NOWHERE = none */
	bool repairs;
};

/* A move with its time. */
struct spp_plan_move {
	struct spp_plan_step step;
	size_t copy_from; /* SPP_NOWHERE: nothing is copied */
	double bytes;
	double rate; /* of the copy, bytes/s */
	double start_s, attach_s, dual_s, release_s;
	bool first;      /* nothing of its partition has changed before */
	bool beyond;     /* it ends after the last slot */
	size_t leads;    /* platform that leads after it */
	size_t replicas; /* at its start, in order */
	const size_t *replica;
	size_t afters;
	const size_t *after; /* moves that must be done before, ascending */
};

static inline double spp_plan_end_s(const struct spp_plan_move *move)
{
	return move->start_s + move->attach_s + move->dual_s + move->release_s;
}

/* Why a step found no place in the plan. */
enum spp_plan_reason {
	SPP_PLAN_NO_RATE,   /* live traffic cannot be caught up with; amount =
			       bytes/s that are missing */
	SPP_PLAN_NO_ROOM,   /* of a hard resource; amount = what is missing */
	SPP_PLAN_UNSAFE,    /* amount = platform-hours above doing nothing */
	SPP_PLAN_NO_WINDOW, /* that is long enough within the horizon */
	SPP_PLAN_WAITS,     /* for a move that is left itself */
	SPP_PLAN_BARRED,    /* the target is failed, or holds a replica */
	SPP_PLAN_MOVING,    /* another plan moves the partition now */
};

struct spp_plan_left {
	struct spp_plan_step step;
	enum spp_plan_reason reason;
	size_t platform, resource; /* SPP_NOWHERE = none */
	double amount;
};

/* What the lower bound on the makespan stands on. */
enum spp_plan_witness {
	SPP_PLAN_NOTHING,
	SPP_PLAN_MOVE,      /* one move alone */
	SPP_PLAN_PARTITION, /* moves of a partition, one after the other */
	SPP_PLAN_READS,     /* bytes out of a platform */
	SPP_PLAN_WRITES,    /* bytes into a platform */
	SPP_PLAN_PLACES,    /* moves at once on a platform */
	SPP_PLAN_RACK,      /* moves at once in a rack */
	SPP_PLAN_CLUSTER,   /* moves at once */
};

struct spp_plan_bound {
	double seconds;
	enum spp_plan_witness witness;
	size_t which;  /* move, partition, platform or rack */
	size_t moves;  /* that it counts */
	double amount; /* bytes, or seconds of moves */
};

struct spp_plan {
	size_t count;
	struct spp_plan_move *moves; /* by start, then order of acceptance */
	size_t lefts;
	struct spp_plan_left *left;
	size_t unmets;
	const size_t *unmet; /* changes that do not come to be */
	double bytes;
	double makespan_s;
	struct spp_plan_bound bound;
	double relief_lost; /* overload's cost of being later than ready_s */
	/* Expected overload of soft resources up to the horizon or the last
	   move's end, platform-hours: doing nothing, and with the plan. */
	double overload_before, overload_after;
	size_t hops; /* moves to a temporary place */
};

/*
 * The plan that makes the changes.  What cannot be done safely is in left.
 * Moves of a change that repairs are held to the hard rule only: a prefix is
 * compared with the larger of doing nothing and doing just its repairs.
 */
bool spp_plan_make(const struct spp_cluster *cluster,
	const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan, struct spp_err *err);

/*
 * The plan of given steps, each partition's in the order given, earlier ones
 * first wherever both could start.  Which change a step is part of is found
 * here.
 */
bool spp_plan_steps(const struct spp_cluster *cluster,
	const struct spp_plan_step *steps, size_t step_count,
	const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan, struct spp_err *err);

/* What is wrong with a plan that somebody edited. */
struct spp_plan_fault {
	size_t move;    /* SPP_NOWHERE = none: the plan is good */
	bool unsafe;    /* by the rules of safety; else it cannot run at all */
	char text[192]; /* without the move's name */
};

/*
 * Check moves made elsewhere, sorted by start: each must be possible in the
 * state that those before leave, within the limits, and safe.  False only
 * when memory ran out; a fault is an answer.  Fills plan's figures; fills in
 * what a move leaves open (first, beyond, leads, replica).  Changes say
 * which repair.
 */
bool spp_plan_check(const struct spp_cluster *cluster,
	const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan, struct spp_plan_fault *fault,
	struct spp_err *err);

/*
 * Where a partition's replicas are (in order, the first leads) and what
 * serves its subscriptions (from the cluster's first of it on) when moves
 * have run in their order.  Returns the number of replicas.
 */
size_t spp_plan_outcome(const struct spp_cluster *cluster,
	const struct spp_plan_move *moves, size_t count, size_t partition,
	size_t replicas[SPP_REPLICAS_MAX], size_t *serving);

/* The step that undoes a move. */
struct spp_plan_step spp_plan_inverse(const struct spp_plan_move *move);

#endif
