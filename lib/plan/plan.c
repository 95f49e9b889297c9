#include "lib/plan/plan.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/plan/bound.h"
#include "lib/plan/relief.h"
#include "lib/plan/run.h"
#include "lib/plan/steps.h"

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

/* When the last step of each change is done. */
static bool lost_relief(const struct spp_plan_run *run,
	const struct spp_plan_change *changes, size_t count, double *lost)
{
	double *done_s = spp_arena_alloc(run->arena, count, sizeof(*done_s));

	if (done_s == NULL)
		return false;
	for (size_t i = 0; i < run->count; i++) {
		const struct spp_plan_task *task = &run->tasks[i];
		size_t change = task->move.step.change;
		double end_s = task->state == SPP_PLAN_WAITING
		                       ? INFINITY
		                       : spp_plan_end_s(&task->move);

		if (change != SPP_NOWHERE)
			done_s[change] = fmax(done_s[change], end_s);
	}
	return spp_plan_relief_lost(
		run->grid->cluster, changes, done_s, count, lost);
}

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
		!lost_relief(run, changes, count, &plan->relief_lost))
		return false;
	if (plan->bound.seconds > plan->makespan_s &&
		plan->bound.seconds <= plan->makespan_s * (1 + slack))
		plan->bound.seconds = plan->makespan_s;
	return true;
}

/* Everything but the list of steps. */
static bool make(const struct spp_plan_grid *grid,
	const struct spp_plan_step *steps, size_t step_count, bool in_order,
	const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan)
{
	const struct spp_plan_rest *rest = spp_plan_rest_new(grid, arena);
	struct spp_plan_run run = {0};
	bool ok = rest != NULL && spp_plan_run_begin(&run, grid, rest, steps,
					  step_count, limits, arena);

	run.in_order = in_order;
	ok = ok && spp_plan_run_all(&run) && collect(&run, plan) &&
	     measure(&run, changes, count, plan);
	spp_plan_run_free(&run);
	return ok;
}

bool spp_plan_make(const struct spp_cluster *cluster,
	const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan, struct spp_err *err)
{
	const struct spp_plan_grid *grid = spp_plan_grid_new(cluster, arena);
	struct spp_buf steps = {0};
	bool ok = grid != NULL &&
	          spp_plan_decompose(grid, changes, count, arena, &steps);

	*plan = (struct spp_plan){0};
	ok = ok &&
	     make(grid, (const struct spp_plan_step *)(const void *)steps.data,
		     steps.length / sizeof(struct spp_plan_step), false,
		     changes, count, limits, arena, plan);
	spp_buf_free(&steps);
	return ok || spp_fail_memory(err);
}

bool spp_plan_steps(const struct spp_cluster *cluster,
	const struct spp_plan_step *steps, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan, struct spp_err *err)
{
	const struct spp_plan_grid *grid = spp_plan_grid_new(cluster, arena);

	*plan = (struct spp_plan){0};
	return (grid != NULL && make(grid, steps, count, true, NULL, 0, limits,
					arena, plan)) ||
	       spp_fail_memory(err);
}

struct spp_plan_step spp_plan_inverse(const struct spp_plan_move *move)
{
	struct spp_plan_step step = move->step;

	step.from = move->step.to;
	step.to = move->step.from;
	if (step.kind == SPP_PLAN_ADD)
		step.kind = SPP_PLAN_DROP;
	else if (step.kind == SPP_PLAN_DROP)
		step.kind = SPP_PLAN_ADD;
	return step;
}
