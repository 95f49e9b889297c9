/*
 * The list schedule: time goes from event to event, and at each of them the
 * waiting moves are tried in order of priority.
 */
#include "lib/plan/run.h"

#include "lib/base/arena.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Value of the cluster's driver.copy_from. */
enum { COPY_REPLICA = 1 };

/* Bytes that a step may have to copy. */
static double bytes_of(
	const struct spp_cluster *cluster, const struct spp_plan_step *step)
{
	return step->kind == SPP_PLAN_REPLICA || step->kind == SPP_PLAN_ADD
	               ? cluster->size_bytes[step->partition]
	               : 0;
}

/* What a task will need, from what is known before it starts. */
static void foresee(struct spp_plan_run *run, struct spp_plan_task *task)
{
	const struct spp_cluster *cluster = run->grid->cluster;
	struct spp_plan_move *move = &task->move;
	double rate = fmin(run->limits->rate, run->limits->platform_rate);
	double copy_s, missing;

	task->bytes = bytes_of(cluster, &move->step);
	move->copy_from =
		spp_plan_copy_from(&run->world, task->subject, &move->step);
	task->quiet = move->copy_from == SPP_NOWHERE;
	spp_plan_handover(cluster, move);
	task->work_s = cluster->driver.handover_s;
	if (task->quiet)
		return;
	copy_s = spp_plan_copy_s(run->grid, move->step.partition, task->bytes,
		rate, 0, &missing);
	if (isfinite(copy_s))
		task->work_s += copy_s;
}

/* Count what a task still has to do at its platforms, or no more. */
static void count_work(struct spp_plan_run *run,
	const struct spp_plan_task *task, double times)
{
	const struct spp_plan_move *move = &task->move;
	size_t platforms[3];
	size_t count =
		spp_plan_touched(&move->step, move->copy_from, platforms);

	run->all += times * task->work_s;
	for (size_t i = 0; i < count; i++)
		run->places[platforms[i]] += times * task->work_s;
	if (move->copy_from == SPP_NOWHERE)
		return;
	run->reads[move->copy_from] += times * task->work_s;
	run->writes[move->step.to] += times * task->work_s;
}

/* One subject for all steps of a partition. */
static bool add_tasks(
	struct spp_plan_run *run, const struct spp_plan_step *steps)
{
	size_t partitions = run->grid->cluster->partitions;
	struct spp_arena scratch = {0};
	size_t *last = spp_arena_alloc(&scratch, partitions, sizeof(*last));
	bool ok = last != NULL;

	for (size_t i = 0; ok && i < run->count; i++) {
		struct spp_plan_task *task = &run->tasks[i];
		size_t *previous = &last[steps[i].partition];

		task->move.step = steps[i];
		task->previous = *previous - 1; /* 0 = none: SPP_NOWHERE */
		if (*previous != 0)
			task->subject = run->tasks[*previous - 1].subject;
		else {
			task->subject = spp_arena_alloc(
				run->arena, 1, sizeof(*task->subject));
			ok = task->subject != NULL &&
			     spp_plan_subject_begin(run->grid,
				     steps[i].partition, run->arena,
				     task->subject);
		}
		*previous = i + 1;
		run->order[i] = task;
	}
	spp_arena_free(&scratch);
	return ok;
}

/* Which kinds of steps there are decides how the soft rule is kept. */
static bool has_both(const struct spp_plan_step *steps, size_t count)
{
	bool repair = false, other = false;

	for (size_t i = 0; i < count; i++) {
		repair |= steps[i].repairs;
		other |= !steps[i].repairs;
	}
	return repair && other;
}

bool spp_plan_run_begin(struct spp_plan_run *run,
	const struct spp_plan_grid *grid, const struct spp_plan_rest *rest,
	const struct spp_plan_step *steps, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena)
{
	size_t platforms = grid->cluster->platforms;

	*run = (struct spp_plan_run){
		.grid = grid,
		.rest = rest,
		.limits = limits,
		.arena = arena,
		.count = count,
		.waiting = count,
		.tasks = spp_arena_alloc(arena, count, sizeof(*run->tasks)),
		.order = spp_arena_alloc(arena, count, sizeof(*run->order)),
		.running = spp_arena_alloc(arena, count, sizeof(size_t)),
		.accepted = spp_arena_alloc(arena, count, sizeof(size_t)),
		.hot = spp_arena_alloc(arena, platforms, sizeof(size_t)),
		.hot_stamp = spp_arena_alloc(arena, platforms, sizeof(size_t)),
		.reads = spp_arena_alloc(arena, platforms, sizeof(double)),
		.writes = spp_arena_alloc(arena, platforms, sizeof(double)),
		.places = spp_arena_alloc(arena, platforms, sizeof(double)),
		.mixed = has_both(steps, count),
		.free_source = grid->cluster->driver.copy_from == COPY_REPLICA,
	};
	if (!spp_arena_ok(arena, NULL) ||
		!spp_plan_world_begin(&run->world, grid, rest, arena) ||
		(run->mixed && !spp_plan_world_begin(
				       &run->repairs, grid, rest, arena)) ||
		!spp_plan_usage_begin(
			&run->usage, grid->cluster, limits, arena) ||
		!add_tasks(run, steps))
		return false;
	for (size_t i = 0; i < count; i++) {
		foresee(run, &run->tasks[i]);
		count_work(run, &run->tasks[i], 1);
	}
	return true;
}

void spp_plan_run_free(struct spp_plan_run *run)
{
	spp_plan_world_free(&run->world);
	spp_plan_world_free(&run->repairs);
	spp_buf_free(&run->spans);
}

static double copied_s(const struct spp_plan_move *move)
{
	return move->start_s + move->attach_s;
}

/* Let go of what has ended by now. */
static void finish(struct spp_plan_run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->runs; i++) {
		struct spp_plan_task *task = &run->tasks[run->running[i]];
		const struct spp_plan_move *move = &task->move;

		if (task->copying && copied_s(move) <= run->now_s) {
			task->copying = false;
			spp_plan_usage_copy(&run->usage, move->copy_from,
				move->step.to, -move->rate);
		}
		if (spp_plan_end_s(move) > run->now_s) {
			run->running[kept++] = run->running[i];
			continue;
		}
		task->state = SPP_PLAN_DONE;
		spp_plan_usage_move(
			&run->usage, &move->step, move->copy_from, -1);
		if (move->step.kind == SPP_PLAN_SUBSCRIPTION)
			task->subject->switching--;
		else
			task->subject->structural--;
		spp_plan_apply(run->grid->cluster, task->subject, &move->step);
	}
	run->runs = kept;
}

/* When something ends or changes next; INFINITY = never. */
static double next_event(const struct spp_plan_run *run)
{
	const struct spp_plan_grid *grid = run->grid;
	size_t slot = spp_plan_slot(grid, run->now_s);
	double next_s = spp_plan_window_next(run->limits, run->now_s);

	if (run->now_s < grid->begin_s[0])
		next_s = fmin(next_s, grid->begin_s[0]);
	else if (slot + 1 < grid->slots)
		next_s = fmin(next_s, grid->begin_s[slot + 1]);
	for (size_t i = 0; i < run->runs; i++) {
		const struct spp_plan_task *task = &run->tasks[run->running[i]];

		next_s = fmin(next_s, spp_plan_end_s(&task->move));
		if (task->copying)
			next_s = fmin(next_s, copied_s(&task->move));
	}
	return next_s;
}

static bool start_all(struct spp_plan_run *run)
{
	spp_plan_run_sort(run);
	for (size_t i = 0; i < run->waiting; i++) {
		struct spp_plan_task *task = run->order[i];
		struct spp_plan_task before = *task;
		bool started;

		if (!spp_plan_start(run, (size_t)(task - run->tasks), &started))
			return false;
		if (started)
			count_work(run, &before, -1);
	}
	return true;
}

void spp_plan_advance(struct spp_plan_run *run, double now_s)
{
	run->now_s = now_s;
	spp_plan_world_settle(&run->world, now_s);
	if (run->mixed)
		spp_plan_world_settle(&run->repairs, now_s);
	finish(run);
}

bool spp_plan_run_all(struct spp_plan_run *run)
{
	double now_s = 0;

	while (isfinite(now_s)) {
		spp_plan_advance(run, now_s);
		if (!start_all(run))
			return false;
		now_s = next_event(run);
	}
	assert(run->runs == 0);
	return true;
}
