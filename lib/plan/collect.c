/* The finished run as an answer. */
#include "lib/base/arena.h"
#include "lib/plan/bound.h"
#include "lib/plan/relief.h"
#include "lib/plan/run.h"

#include <math.h>

/* A makespan may be below its bound by rounding only. */
static const double slack = 1e-9;

static size_t count_waiting(const struct spp_plan_run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->count; i++)
		count += run->tasks[i].state == SPP_PLAN_WAITING;
	return count;
}

/* Moves and what is left, out of the finished run. */
static bool collect(const struct spp_plan_run *run, struct spp_plan *plan)
{
	plan->lefts = 0;
	plan->count = run->accepts;
	plan->moves =
		spp_arena_alloc(run->arena, plan->count, sizeof(*plan->moves));
	plan->left = spp_arena_alloc(
		run->arena, count_waiting(run), sizeof(*plan->left));
	if (!spp_arena_ok(run->arena, NULL))
		return false;
	for (size_t i = 0; i < plan->count; i++) {
		const struct spp_plan_move *move =
			&run->tasks[run->accepted[i]].move;

		plan->moves[i] = *move;
		plan->bytes += move->bytes;
		plan->makespan_s = fmax(plan->makespan_s, spp_plan_end_s(move));
	}
	for (size_t i = 0; i < run->count; i++) {
		const struct spp_plan_task *task = &run->tasks[i];

		if (task->state != SPP_PLAN_WAITING)
			continue;
		plan->left[plan->lefts++] = (struct spp_plan_left){
			.step = task->move.step,
			.reason = task->reason,
			.platform = task->platform,
			.resource = task->resource,
			.amount = task->amount,
		};
	}
	return true;
}

/* Is the partition, or the subscription, where the change wants it? */
static bool fulfilled(const struct spp_cluster *cluster,
	const struct spp_plan *plan, const struct spp_plan_change *change,
	size_t *serving)
{
	size_t first = cluster->first_subscription[change->partition];
	size_t replicas[SPP_REPLICAS_MAX];
	size_t count = spp_plan_outcome(cluster, plan->moves, plan->count,
		change->partition, replicas, serving);
	size_t found = 0;

	if (change->subscription != SPP_NOWHERE)
		return serving[change->subscription - first] == change->to[0];
	for (size_t i = 0; i < change->count; i++)
		for (size_t k = 0; k < count; k++)
			found += replicas[k] == change->to[i];
	return found == count && count == change->count &&
	       (count == 0 || replicas[0] == change->to[0]);
}

/* When each change is in effect; those that never are. */
static bool judge_changes(const struct spp_plan_run *run,
	const struct spp_plan_change *changes, size_t count,
	struct spp_plan *plan)
{
	const struct spp_cluster *cluster = run->grid->cluster;
	struct spp_arena scratch = {0};
	double *done_s = spp_arena_alloc(&scratch, count, sizeof(*done_s));
	size_t *serving = spp_arena_alloc(
		&scratch, cluster->subscriptions, sizeof(*serving));
	size_t *unmet = spp_arena_alloc(run->arena, count, sizeof(*unmet));
	bool ok = done_s != NULL && serving != NULL && unmet != NULL;

	for (size_t i = 0; ok && i < run->count; i++) {
		const struct spp_plan_task *task = &run->tasks[i];
		size_t change = task->move.step.change;

		if (change != SPP_NOWHERE && task->state == SPP_PLAN_DONE)
			done_s[change] = fmax(
				done_s[change], spp_plan_end_s(&task->move));
	}
	plan->unmets = 0;
	plan->unmet = unmet;
	for (size_t i = 0; ok && i < count; i++) {
		if (fulfilled(cluster, plan, &changes[i], serving))
			continue;
		done_s[i] = INFINITY;
		unmet[plan->unmets++] = i;
	}
	ok = ok && spp_plan_relief_lost(
			   cluster, changes, done_s, count, &plan->relief_lost);
	spp_arena_free(&scratch);
	return ok;
}

/* Figures beside the moves. */
static bool measure(const struct spp_plan_run *run,
	const struct spp_plan_change *changes, size_t count,
	struct spp_plan *plan)
{
	const struct spp_plan_grid *grid = run->grid;
	size_t beyond = grid->slots - 1;
	double rest_s = run->world.end_s - grid->horizon_s;

	plan->overload_before = run->rest->total;
	for (size_t v = 0; v < grid->cluster->platforms; v++)
		plan->overload_before +=
			run->rest->overload[v * grid->slots + beyond] *
			grid->density[beyond] * rest_s;
	plan->overload_after =
		fmax(0, plan->overload_before +
				spp_plan_world_overload(&run->world, 0));
	if (!spp_plan_bound(grid, run->limits, plan->moves, plan->count,
		    &plan->bound) ||
		!judge_changes(run, changes, count, plan))
		return false;
	if (plan->bound.seconds > plan->makespan_s &&
		plan->bound.seconds <= plan->makespan_s * (1 + slack))
		plan->bound.seconds = plan->makespan_s;
	return true;
}

bool spp_plan_collect(const struct spp_plan_run *run,
	const struct spp_plan_change *changes, size_t count,
	struct spp_plan *plan)
{
	return collect(run, plan) && measure(run, changes, count, plan);
}
