#include "lib/plan/plan.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/plan/run.h"
#include "lib/plan/steps.h"

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
	ok = ok && spp_plan_run_all(&run) &&
	     spp_plan_collect(&run, changes, count, plan);
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
	const struct spp_plan_step *steps, size_t step_count,
	const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan, struct spp_err *err)
{
	const struct spp_plan_grid *grid = spp_plan_grid_new(cluster, arena);

	*plan = (struct spp_plan){0};
	return (grid != NULL && make(grid, steps, step_count, true, changes,
					count, limits, arena, plan)) ||
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
