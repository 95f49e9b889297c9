/*
 * A world is the load of all platforms over time, as the moves that were
 * accepted so far make it: what has happened for good is settled into one
 * row a platform, what still begins or ends later is a list of spans.
 */
#ifndef SPP_PLAN_WORLD_H
#define SPP_PLAN_WORLD_H

#include "lib/base/buf.h"
#include "lib/plan/grid.h"

/* Load that a platform carries for a time (to_s INFINITY: from then on). */
struct spp_plan_span {
	size_t platform;
	double from_s, to_s;
	const struct spp_item *item; /* on the grid; NULL = a copy only */
	double times;                /* 1 adds it, -1 takes it away */
	double reads, writes;        /* bytes/s of a copy */
};

/* One platform. */
struct spp_plan_lane {
	double *mean, *variance, *factor; /* settled; [factors * cells] */
	struct spp_buf open;              /* struct spp_plan_span */
	/* Overload above doing nothing: its integral up to until_s (at least
	   the horizon), and what each second after that adds. */
	double area, slope, until_s;
	size_t stamp; /* rises with every change */
};

/* What doing nothing is like: shared by all worlds. */
struct spp_plan_rest {
	double *mean, *variance, *factor; /* [platform * ... cells] */
	double *overload; /* [platform * slots]: of soft resources */
	double *limit;    /* [platform * cells]: hard level, INFINITY = none */
	double total;     /* overload up to the horizon, platform-hours */
};

struct spp_plan_world {
	const struct spp_plan_grid *grid;
	const struct spp_plan_rest *rest;
	struct spp_plan_lane *lanes; /* [platform] */
	double now_s;
	double end_s;         /* of the last move, at least the horizon */
	double area, slope;   /* of all lanes: area + slope * end_s */
	struct spp_buf times; /* scratch: boundaries */
	double *sums;         /* scratch: one load at one instant */
	double *base;         /* scratch: the same before a move */
};

const struct spp_plan_rest *spp_plan_rest_new(
	const struct spp_plan_grid *grid, struct spp_arena *arena);

/* False when memory ran out; free in any case. */
bool spp_plan_world_begin(struct spp_plan_world *world,
	const struct spp_plan_grid *grid, const struct spp_plan_rest *rest,
	struct spp_arena *arena);
void spp_plan_world_free(struct spp_plan_world *world);

/* Time goes on: spans that have ended or will never end are settled. */
void spp_plan_world_settle(struct spp_plan_world *world, double now_s);

/* What some more spans would do, from now on. */
struct spp_plan_probe {
	bool holds;                /* the hard rule */
	size_t platform, resource; /* where it does not, most so */
	double excess;             /* by how much, in the resource's unit */
	double overload; /* all moves', above doing nothing, platform-hours */
	double during;   /* what these spans add before end_s */
	double after;    /* and from then on */
};

/*
 * The spans are those of one move that ends at end_s; sorted by platform.
 * Nothing changes.
 */
bool spp_plan_world_probe(struct spp_plan_world *world,
	const struct spp_plan_span *spans, size_t count, double end_s,
	struct spp_plan_probe *probe);

/* Accept them. */
bool spp_plan_world_commit(struct spp_plan_world *world,
	const struct spp_plan_span *spans, size_t count, double end_s);

/* Overload above doing nothing with all that was accepted, up to a time (or
   to the last move's end, if that is later). */
double spp_plan_world_overload(
	const struct spp_plan_world *world, double end_s);

/*
 * First slot from now on in which a platform's level at the risk is above
 * the threshold of a resource when all that was accepted is done;
 * grid->slots when there is none.
 */
size_t spp_plan_world_hot(struct spp_plan_world *world, size_t platform);

/* Load of a resource, as a share of its capacity, right now. */
double spp_plan_world_share(
	struct spp_plan_world *world, size_t platform, size_t resource);

#endif
