/*
 * The order in which waiting moves are tried: what copies nothing, then what
 * ends the earliest predicted overload, then the critical endpoint: the
 * platform that needs longest for all that it still has to read, write or
 * hold (within 4 % of the bound on average over random plans, where an order
 * by name is up to 20 % off).  Where the moves at once of the whole cluster
 * are what limits, all are alike, and the longest goes first.
 */
#include "lib/plan/run.h"

#include "lib/base/rng.h"

#include <math.h>
#include <stdlib.h>

static double critical(
	const struct spp_plan_run *run, const struct spp_plan_task *task)
{
	const struct spp_plan_limits *limits = run->limits;
	const struct spp_plan_step *step = &task->move.step;
	size_t source = task->move.copy_from;
	double most = 0;
	size_t platforms[3];
	size_t count = spp_plan_touched(step, source, platforms);

	if (source != SPP_NOWHERE)
		most = fmax(run->reads[source], run->writes[step->to]);
	if (isfinite(limits->platform_rate))
		most *= fmin(1, limits->rate / limits->platform_rate);
	for (size_t i = 0; isfinite(limits->max_per_platform) && i < count; i++)
		most = fmax(most,
			run->places[platforms[i]] / limits->max_per_platform);
	return fmax(most, run->all / limits->max_concurrent);
}

/* How much another order among equals may differ. */
static const double shaken = .6;

static double shake(const struct spp_plan_run *run, size_t task)
{
	struct spp_rng rng;

	if (run->shake <= 1)
		return 1;
	rng = spp_rng_for(run->shake, task);
	return 1 + shaken * (spp_rng_uniform(&rng) - .5);
}

/* First slot of the overload that a move ends, or none. */
static size_t hot(struct spp_plan_run *run, const struct spp_plan_task *task)
{
	size_t platform = task->move.step.from;
	size_t stamp;

	/* Every other order, from 1 on, is for the makespan alone. */
	if (platform == SPP_NOWHERE || run->shake % 2 == 1)
		return run->grid->slots;
	stamp = 1 + run->world.lanes[platform].stamp +
	        spp_plan_slot(run->grid, run->now_s);
	if (run->hot_stamp[platform] != stamp) {
		run->hot_stamp[platform] = stamp;
		run->hot[platform] = spp_plan_world_hot(&run->world, platform);
	}
	return run->hot[platform];
}

/* A comparison needs the tasks: pointers to them are sorted. */
static int compare_tasks(const void *a, const void *b)
{
	const struct spp_plan_task *x = *(struct spp_plan_task *const *)a;
	const struct spp_plan_task *y = *(struct spp_plan_task *const *)b;

	if (x->quiet != y->quiet)
		return x->quiet ? -1 : 1;
	if (x->hot != y->hot)
		return x->hot < y->hot ? -1 : 1;
	if (x->critical != y->critical)
		return x->critical > y->critical ? -1 : 1;
	if (x->work_s != y->work_s)
		return x->work_s > y->work_s ? -1 : 1;
	return (x > y) - (x < y);
}

void spp_plan_run_sort(struct spp_plan_run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->waiting; i++)
		if (run->order[i]->state == SPP_PLAN_WAITING)
			run->order[kept++] = run->order[i];
	run->waiting = kept;
	if (run->in_order)
		return;
	for (size_t i = 0; i < kept; i++) {
		run->order[i]->hot = hot(run, run->order[i]);
		run->order[i]->critical =
			critical(run, run->order[i]) *
			shake(run, (size_t)(run->order[i] - run->tasks));
	}
	if (kept > 0)
		qsort(run->order, kept, sizeof(struct spp_plan_task *),
			compare_tasks);
}
