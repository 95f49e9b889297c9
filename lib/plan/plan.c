#include "lib/plan/plan.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/plan/hop.h"
#include "lib/plan/run.h"
#include "lib/plan/steps.h"

#include <math.h>

/* Runs with a hop more, and moves that they schedule in all. */
enum { HOPS_TRIED = 48, HOP_MOVES_TRIED = 8192 };

/* Other orders are tried where a plan ends so much after its bound; so many
   moves in all may be scheduled again. */
static const double near = 1.01;
enum { ORDERS_TRIED = 32, MOVES_TRIED = 4096 };

enum { SECONDS_PER_HOUR = 3600 };

/* What is not worth another plan, platform-hours. */
static const double least = 1e-9;

/* What every run of one plan shares. */
struct frame {
	const struct spp_plan_grid *grid;
	const struct spp_plan_rest *rest;
	const struct spp_plan_limits *limits;
	struct spp_arena *arena;
	bool in_order;
	uint64_t shake;
	double free_s;
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
	run->free_s = frame->free_s;
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

/* An hour more of a plan is an hour in which no other can start: worth as
   much as a platform that is 5 % over its capacity for that hour. */
static const double an_hour = .05;

double spp_plan_price(double more_s)
{
	return an_hour * fmax(0, more_s) / SECONDS_PER_HOUR;
}

/* Leaves no more undone, and costs less overload and time. */
static bool better(const struct spp_plan *new, const struct spp_plan *old)
{
	double saved = (old->overload_after - old->overload_before) -
	               (new->overload_after - new->overload_before) +
	               spp_plan_price(old->makespan_s) -
	               spp_plan_price(new->makespan_s);

	if (new->lefts > old->lefts || new->count != old->count)
		return false;
	return saved > least;
}

/* One run more, which takes the plan's place where it is better. */
static bool try_again(const struct frame *frame, const struct spp_buf *steps,
	const struct spp_plan_change *changes, size_t count,
	struct spp_plan *plan, bool *taken)
{
	struct spp_plan_run run = {0};
	struct spp_plan next = {.hops = plan->hops};
	bool ok = run_steps(frame, steps, &run) &&
	          spp_plan_collect(&run, changes, count, &next);

	*taken = ok && better(&next, plan);
	if (*taken)
		*plan = next;
	spp_plan_run_free(&run);
	return ok;
}

/*
 * A list schedule is as good as its order: where it ends well after the
 * bound, other orders may do better.  Then copies that need not be fast for
 * the makespan may be slower, as far as that saves overload.
 */
static bool improve(const struct frame *frame, const struct spp_plan_run *run,
	const struct spp_plan_change *changes, size_t count,
	struct spp_plan *plan)
{
	struct frame other = *frame;
	struct spp_buf steps = {0};
	uint64_t best = 0;
	bool ok, taken;

	for (size_t i = 0; i < run->count; i++)
		spp_buf_append(&steps, &run->tasks[i].move.step,
			sizeof(run->tasks[i].move.step));
	ok = !steps.failed;
	for (other.shake = 1; ok && !frame->in_order &&
			      plan->makespan_s > near * plan->bound.seconds &&
			      other.shake <= ORDERS_TRIED &&
			      other.shake * plan->count <= MOVES_TRIED;
		other.shake++) {
		ok = try_again(&other, &steps, changes, count, plan, &taken);
		if (taken)
			best = other.shake;
	}
	other.shake = best;
	other.free_s = plan->makespan_s;
	if (ok && plan->count <= MOVES_TRIED)
		ok = try_again(&other, &steps, changes, count, plan, &taken);
	spp_buf_free(&steps);
	return ok;
}

static bool make(const struct spp_plan_grid *grid, const struct spp_buf *steps,
	bool in_order, const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan)
{
	const struct frame frame = {grid, spp_plan_rest_new(grid, arena),
		limits, arena, in_order, 0, 0};
	struct spp_plan_run run = {0};
	bool ok = frame.rest != NULL && run_steps(&frame, steps, &run) &&
	          add_hops(&frame, &run, &plan->hops) &&
	          spp_plan_collect(&run, changes, count, plan) &&
	          improve(&frame, &run, changes, count, plan);

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
