/*
 * Room that one move takes may be room that others have freed: then it must
 * come after them, however late they are.
 */
#include "lib/plan/run.h"

#include "lib/base/arena.h"

#include <math.h>
#include <stdlib.h>

/* Has this move taken something off a platform, and is it done? */
static bool frees(const struct spp_plan_task *task, size_t platform)
{
	for (size_t i = 0; task->state == SPP_PLAN_DONE && i < task->spans; i++)
		if (task->span[i].platform == platform &&
			task->span[i].times < 0)
			return true;
	return false;
}

/* The spans that keep there what the move would have taken away. */
static void put_back(const struct spp_plan_run *run,
	const struct spp_plan_task *task, size_t platform,
	struct spp_buf *spans)
{
	double end_s = spp_plan_end_s(&task->move);

	for (size_t i = 0; i < task->spans; i++) {
		struct spp_plan_span span = task->span[i];

		if (span.platform != platform || !isinf(span.to_s) ||
			span.from_s < end_s)
			continue;
		span.from_s = fmax(end_s, run->now_s);
		span.times = -span.times;
		spp_buf_append(spans, &span, sizeof(span));
	}
}

static int compare_indices(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Is there room for the move when the first KEPT of these have not run? */
static bool room_without(struct spp_plan_run *run, size_t at, size_t platform,
	const size_t *others, size_t kept, struct spp_buf *spans, bool *room)
{
	const struct spp_plan_task *task = &run->tasks[at];
	struct spp_plan_probe probe;

	spp_buf_reset(spans);
	for (size_t i = 0; i < task->spans; i++)
		if (task->span[i].platform == platform)
			spp_buf_append(
				spans, &task->span[i], sizeof(task->span[i]));
	for (size_t i = 0; i < kept; i++)
		put_back(run, &run->tasks[others[i]], platform, spans);
	if (spans->failed ||
		!spp_plan_world_probe(&run->world,
			(const struct spp_plan_span *)(const void *)spans->data,
			spans->length / sizeof(struct spp_plan_span),
			spp_plan_end_s(&task->move), &probe))
		return false;
	*room = probe.holds;
	return true;
}

static bool has_hard(const struct spp_cluster *cluster, size_t platform)
{
	for (size_t r = 0; r < cluster->resources; r++)
		if (cluster->hard[platform * cluster->resources + r] &&
			isfinite(cluster->capacity
					 [platform * cluster->resources + r]))
			return true;
	return false;
}

/* Those of the others, latest first, without which there is no room. */
static bool add_needed(struct spp_plan_run *run, size_t at, size_t platform,
	size_t *others, size_t count, struct spp_buf *spans)
{
	struct spp_plan_move *move = &run->tasks[at].move;
	size_t low = 0, high = count, *after;
	bool room;

	if (!room_without(run, at, platform, others, count, spans, &room))
		return false;
	if (room)
		return true;
	/* Room with the last LOW undone, none with HIGH. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (!room_without(run, at, platform, others + count - middle,
			    middle, spans, &room))
			return false;
		if (room)
			low = middle;
		else
			high = middle;
	}
	after = spp_arena_alloc(
		run->arena, move->afters + count - low, sizeof(*after));
	if (after == NULL)
		return false;
	for (size_t i = 0; i < move->afters; i++)
		after[i] = move->after[i];
	for (size_t i = 0; i < count - low; i++)
		after[move->afters + i] = run->tasks[others[i]].index;
	move->after = after;
	move->afters += count - low;
	return true;
}

/* Once each, ascending. */
static void tidy(struct spp_plan_move *move, size_t *after)
{
	size_t kept = 0;

	if (move->afters > 0)
		qsort(after, move->afters, sizeof(*after), compare_indices);
	for (size_t i = 0; i < move->afters; i++)
		if (kept == 0 || after[kept - 1] != after[i])
			after[kept++] = after[i];
	move->afters = kept;
	move->after = after;
}

bool spp_plan_rely(struct spp_plan_run *run, size_t at)
{
	struct spp_plan_move *move = &run->tasks[at].move;
	size_t platform = move->step.to, count = 0, *after;
	size_t *others;
	struct spp_buf spans = {0};
	bool ok = true;

	if (platform != SPP_NOWHERE && has_hard(run->grid->cluster, platform)) {
		others = spp_arena_alloc(
			run->arena, run->accepts, sizeof(*others));
		if (others == NULL)
			return false;
		for (size_t i = 0; i < run->accepts; i++)
			if (frees(&run->tasks[run->accepted[i]], platform))
				others[count++] = run->accepted[i];
		if (count > 0)
			ok = add_needed(
				run, at, platform, others, count, &spans);
		spp_buf_free(&spans);
	}
	if (!ok)
		return false;
	after = spp_arena_alloc(run->arena, move->afters, sizeof(*after));
	if (after == NULL)
		return false;
	for (size_t i = 0; i < move->afters; i++)
		after[i] = move->after[i];
	tidy(move, after);
	return true;
}
