/*
 * What runs at this moment, held against the limits.
 */
#ifndef SPP_PLAN_USAGE_H
#define SPP_PLAN_USAGE_H

#include "lib/plan/plan.h"

struct spp_arena;

struct spp_plan_usage {
	const struct spp_cluster *cluster;
	const struct spp_plan_limits *limits;
	size_t running;
	size_t *platform, *rack; /* moves that touch each */
	double *reads, *writes;  /* [platform]: bytes/s of copies */
};

bool spp_plan_usage_begin(struct spp_plan_usage *usage,
	const struct spp_cluster *cluster, const struct spp_plan_limits *limits,
	struct spp_arena *arena);

/* The different platforms that a move touches; returns how many. */
size_t spp_plan_touched(const struct spp_plan_step *step, size_t copy_from,
	size_t platforms[3]);

/* Room for one move more?  NULL, or the limit that has none. */
const char *spp_plan_usage_full(const struct spp_plan_usage *usage,
	const struct spp_plan_step *step, size_t copy_from);

/* Bytes/s that one copy more may have, at most. */
double spp_plan_usage_rate(
	const struct spp_plan_usage *usage, size_t copy_from, size_t to);

/* Count a move (by 1), or stop counting it (-1). */
void spp_plan_usage_move(struct spp_plan_usage *usage,
	const struct spp_plan_step *step, size_t copy_from, int by);

/* The same for the rate of its copy. */
void spp_plan_usage_copy(
	struct spp_plan_usage *usage, size_t copy_from, size_t to, double rate);

/*
 * Does a window hold all of [start_s, end_s]?  When does the next one open
 * after a time (INFINITY = none)?
 */
bool spp_plan_window_holds(
	const struct spp_plan_limits *limits, double start_s, double end_s);
double spp_plan_window_next(
	const struct spp_plan_limits *limits, double after_s);

#endif
