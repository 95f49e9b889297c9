/*
 * A plan in the making.
 */
#ifndef SPP_PLAN_RUN_H
#define SPP_PLAN_RUN_H

#include "lib/plan/subject.h"
#include "lib/plan/usage.h"

enum spp_plan_state { SPP_PLAN_WAITING, SPP_PLAN_RUNNING, SPP_PLAN_DONE };

/* One step, and its move once it has started. */
struct spp_plan_task {
	enum spp_plan_state state;
	struct spp_plan_subject *subject;
	size_t previous; /* step of the same partition, SPP_NOWHERE = none */
	size_t index;    /* of its move */
	bool copying;    /* its rate is counted */
	double bytes;    /* that it may have to copy */
	double work_s;   /* seconds that it needs, undisturbed */
	struct spp_plan_move move;
	size_t spans; /* what it did, for those that rely on it */
	const struct spp_plan_span *span;
	/* The last refusal, and what it was made of: not asked again while
	   nothing of that has changed. */
	enum spp_plan_reason reason;
	size_t platform, resource;
	double amount;
	size_t stamp;
	/* For the order in which tasks are tried. */
	bool quiet; /* copies nothing */
	size_t hot; /* first slot of the overload that it ends */
	double critical;
};

struct spp_plan_run {
	const struct spp_plan_grid *grid;
	const struct spp_plan_rest *rest;
	const struct spp_plan_limits *limits;
	struct spp_arena *arena;
	size_t count;
	struct spp_plan_task *tasks; /* in the order of their steps */
	bool in_order;               /* that order is their priority */
	bool free_source;            /* any replica may be copied from */
	uint64_t shake;              /* another order; 0 = none */
	double free_s; /* copies may last until then for nothing */
	struct spp_plan_world world;
	bool mixed;                    /* some moves repair, others do not */
	struct spp_plan_world repairs; /* with those that do only */
	struct spp_plan_usage usage;
	double now_s;
	size_t waiting;
	struct spp_plan_task **order; /* waiting ones by priority */
	size_t *running;              /* tasks */
	size_t runs;
	size_t *accepted; /* tasks in the order of their moves */
	size_t accepts;
	size_t *hot;            /* [platform]: first slot of its overload */
	size_t *hot_stamp;      /* [platform]: what that was made of */
	double *reads, *writes; /* [platform]: seconds of copies to come */
	double *places;         /* [platform]: seconds of moves to come */
	double all;             /* of all platforms */
	struct spp_buf spans;   /* scratch */
};

bool spp_plan_run_begin(struct spp_plan_run *run,
	const struct spp_plan_grid *grid, const struct spp_plan_rest *rest,
	const struct spp_plan_step *steps, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena);
void spp_plan_run_free(struct spp_plan_run *run);

/* Give every step a move, as far as it can be done safely. */
bool spp_plan_run_all(struct spp_plan_run *run);

/* Must other steps of its partition be done before?  The first of them. */
size_t spp_plan_waits_for(const struct spp_plan_run *run, size_t task);

/* Sort the waiting tasks by priority. */
void spp_plan_run_sort(struct spp_plan_run *run);

/*
 * Start a task now if it fits and is safe: *started.  False only when memory
 * ran out.
 */
bool spp_plan_start(struct spp_plan_run *run, size_t task, bool *started);

/* Start a task as its move says, now; nothing is checked. */
bool spp_plan_accept(struct spp_plan_run *run, size_t task);

/* Time goes on to now_s: what has ended by then lets go. */
void spp_plan_advance(struct spp_plan_run *run, double now_s);

/*
 * How far a move with these spans would take its prefix above the overload
 * that is allowed: the soft rule holds where that is not above 0.  A repair
 * is held to it only against what just the repairs do.
 */
bool spp_plan_soft(struct spp_plan_run *run, const struct spp_plan_move *move,
	const struct spp_plan_span *spans, size_t count,
	const struct spp_plan_probe *probe, double *above);

/* Moves, figures and what is left, out of a finished run. */
bool spp_plan_collect(const struct spp_plan_run *run,
	const struct spp_plan_change *changes, size_t count,
	struct spp_plan *plan);

/* Find the change that a step is part of; a repair's steps repair too. */
void spp_plan_belong(const struct spp_plan_change *changes, size_t count,
	struct spp_plan_step *step);

/* The hand-over of a kind of move: both sides serve, the old one goes. */
void spp_plan_handover(
	const struct spp_cluster *cluster, struct spp_plan_move *move);

/*
 * Overload that a prefix may have above doing nothing: none, or what just
 * its repairs have; compared at a time.
 */
double spp_plan_allowed(const struct spp_plan_run *run, double end_s);

/* What so much more time costs, platform-hours; less costs nothing. */
double spp_plan_price(double more_s);

/* Moves that freed what a new one takes: the room that it relies on. */
bool spp_plan_rely(struct spp_plan_run *run, size_t task);

#endif
