#include "lib/plan/plan.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/plan/hop.h"
#include "lib/plan/run.h"
#include "lib/plan/steps.h"

/* Runs with a hop more, and moves that they schedule in all. */
enum { HOPS_TRIED = 48, HOP_MOVES_TRIED = 8192 };

/* Other orders are tried where a plan ends so much after its bound, and so
   many moves in all are worth it. */
static const double near = 1.01;
enum { ORDERS_TRIED = 32, MOVES_TRIED = 2048 };

/* What every run of one plan shares. */
struct frame {
	const struct spp_plan_grid *grid;
	const struct spp_plan_rest *rest;
	const struct spp_plan_limits *limits;
	struct spp_arena *arena;
	bool in_order;
	uint64_t shake;
};

static bool run_steps(const struct frame *frame, const struct spp_buf *steps,
	struct spp_plan_run *run)
{
	const struct spp_plan_step *list =
		(const struct spp_plan_step *)(const void *)steps->data;

	if (!spp_plan_run_begin(run, frame->grid, frame->rest, list,
		    steps->length / sizeof(*list), frame->limits, frame->arena))
		return false;
	run->in_order = frame->in_order;
	run->shake = frame->shake;
	return spp_plan_run_all(run);
}

static size_t count_waiting(const struct spp_plan_run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->count; i++)
		count += run->tasks[i].state == SPP_PLAN_WAITING;
	return count;
}

/* Is a hop of use?  Less is left, and what hopped has come home. */
static bool helps(const struct spp_plan_run *old,
	const struct spp_plan_run *new, const struct spp_plan_hop *hop)
{
	return count_waiting(new) < count_waiting(old) &&
	       new->tasks[hop->task + 1].state == SPP_PLAN_DONE;
}

/* Where moves are left for want of room, by way of others. */
static bool add_hops(
	const struct frame *frame, struct spp_plan_run *run, size_t *hops)
{
	struct spp_buf tried = {0}, steps = {0};
	bool ok = true, found = true;

	for (size_t i = 0; ok && i < HOPS_TRIED && !frame->in_order &&
			   i * run->count <= HOP_MOVES_TRIED;
		i++) {
		struct spp_plan_run other = {0};
		struct spp_plan_hop hop;

		ok = spp_plan_find_hop(run, &tried, &hop, &found);
		if (!ok || !found)
			break;
		ok = spp_plan_split(run, &hop, &steps) &&
		     run_steps(frame, &steps, &other);
		if (ok && helps(run, &other, &hop)) {
			struct spp_plan_run old = *run;

			*run = other;
			other = old;
			++*hops;
		}
		spp_plan_run_free(&other);
	}
	spp_buf_free(&tried);
	spp_buf_free(&steps);
	return ok;
}

/* Ends earlier, and is as good in all else. */
static bool better(const struct spp_plan *new, const struct spp_plan *old)
{
	return new->lefts <= old->lefts &&new->count ==
	               old->count &&new->overload_after -
	                               new->overload_before <=
	                       old->overload_after - old->overload_before +
	                               1e-9 &&
	       new->makespan_s < old->makespan_s *(1 - 1e-9);
}

/*
 * A list schedule is as good as its order: where it ends well after the
 * bound, other orders among those of one class may do better.
 */
static bool try_orders(const struct frame *frame,
	const struct spp_plan_run *run, const struct spp_plan_change *changes,
	size_t count, struct spp_plan *plan)
{
	struct frame shaken = *frame;
	struct spp_buf steps = {0};
	size_t hops = plan->hops;
	bool ok = true;

	for (size_t i = 0; i < run->count; i++)
		spp_buf_append(&steps, &run->tasks[i].move.step,
			sizeof(run->tasks[i].move.step));
	ok = !steps.failed;
	for (shaken.shake = 1; ok && !frame->in_order &&
			       plan->makespan_s > near * plan->bound.seconds &&
			       shaken.shake <= ORDERS_TRIED &&
			       shaken.shake * plan->count <= MOVES_TRIED;
		shaken.shake++) {
		struct spp_plan_run other = {0};
		struct spp_plan next = {.hops = hops};

		ok = run_steps(&shaken, &steps, &other) &&
		     spp_plan_collect(&other, changes, count, &next);
		if (ok && better(&next, plan))
			*plan = next;
		spp_plan_run_free(&other);
	}
	spp_buf_free(&steps);
	return ok;
}

static bool make(const struct spp_plan_grid *grid, const struct spp_buf *steps,
	bool in_order, const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan)
{
	const struct frame frame = {grid, spp_plan_rest_new(grid, arena),
		limits, arena, in_order, 0};
	struct spp_plan_run run = {0};
	bool ok = frame.rest != NULL && run_steps(&frame, steps, &run) &&
	          add_hops(&frame, &run, &plan->hops) &&
	          spp_plan_collect(&run, changes, count, plan) &&
	          try_orders(&frame, &run, changes, count, plan);

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
	bool ok;

	*plan = (struct spp_plan){0};
	ok = grid != NULL && spp_plan_decompose(grid, changes, count, &steps) &&
	     make(grid, &steps, false, changes, count, limits, arena, plan);
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
	struct spp_buf list = {0};
	bool ok;

	*plan = (struct spp_plan){0};
	for (size_t i = 0; i < step_count; i++) {
		struct spp_plan_step step = steps[i];

		spp_plan_belong(changes, count, &step);
		spp_buf_append(&list, &step, sizeof(step));
	}
	ok = grid != NULL && !list.failed &&
	     make(grid, &list, true, changes, count, limits, arena, plan);
	spp_buf_free(&list);
	return ok || spp_fail_memory(err);
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
