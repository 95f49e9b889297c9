/* May this move start now, and how fast? */
#include "lib/plan/run.h"

#include "lib/base/arena.h"

#include <math.h>
#include <string.h>

/* A slower copy must save this much overload to be preferred, beside the
   price of its time; overload that a repair may add while others touch the
   same platforms.  Platform-hours. */
static const double worth = 1e-4, gentle = 1e-3;

/* Rounding: how far a prefix may be above what is allowed, absolutely and
   of doing nothing's overload.  Checkers take twice as much. */
static const double rounding = 5e-10;

enum { RATES = 7 }; /* the fastest, and six times half of that */

/* What release takes of a hand-over that removes a replica. */
static const double release_share = .1, release_most_s = .3;

void spp_plan_handover(
	const struct spp_cluster *cluster, struct spp_plan_move *move)
{
	double all = cluster->driver.handover_s;

	move->release_s = 0;
	if (move->step.kind == SPP_PLAN_REPLICA ||
		move->step.kind == SPP_PLAN_DROP)
		move->release_s = fmin(release_most_s, all * release_share);
	move->dual_s = all - move->release_s;
}

double spp_plan_allowed(const struct spp_plan_run *run, double end_s)
{
	double most = 0;

	if (run->mixed)
		most = fmax(0, spp_plan_world_overload(&run->repairs, end_s));
	return most + rounding * (1 + run->rest->total);
}

size_t spp_plan_waits_for(const struct spp_plan_run *run, size_t task)
{
	bool structural =
		run->tasks[task].move.step.kind != SPP_PLAN_SUBSCRIPTION;

	for (size_t i = run->tasks[task].previous; i != SPP_NOWHERE;
		i = run->tasks[i].previous)
		if (run->tasks[i].state != SPP_PLAN_DONE &&
			(structural || run->tasks[i].move.step.kind !=
					       SPP_PLAN_SUBSCRIPTION))
			return i;
	return SPP_NOWHERE;
}

static bool refuse(struct spp_plan_task *task, enum spp_plan_reason reason,
	size_t platform, size_t resource, double amount)
{
	task->reason = reason;
	task->platform = platform;
	task->resource = resource;
	task->amount = amount;
	return true;
}

/* All that an answer about safety is made of; it only grows. */
static size_t stamp_of(const struct spp_plan_run *run,
	const struct spp_plan_task *task, size_t copy_from)
{
	const struct spp_plan_step *step = &task->move.step;
	size_t platforms[3];
	size_t count = spp_plan_touched(step, copy_from, platforms);
	size_t stamp = 1 + spp_plan_slot(run->grid, run->now_s) + run->accepts;

	for (size_t i = 0; i < count; i++)
		stamp += run->world.lanes[platforms[i]].stamp;
	return stamp;
}

/* One way to do a move, probed. */
struct trial {
	struct spp_plan_move move;
	struct spp_plan_probe probe;
	enum { FITS, TOO_SLOW, NO_WINDOW } verdict;
	double missing;
};

static const struct spp_plan_span *spans_of(
	const struct spp_buf *buf, size_t *count)
{
	*count = buf->length / sizeof(struct spp_plan_span);
	return (const struct spp_plan_span *)(const void *)buf->data;
}

static bool try_rate(struct spp_plan_run *run, struct spp_plan_task *task,
	struct trial *trial)
{
	struct spp_plan_move *move = &trial->move;
	const struct spp_plan_span *spans;
	size_t count;

	trial->verdict = FITS;
	move->attach_s = 0;
	if (move->copy_from != SPP_NOWHERE)
		move->attach_s = spp_plan_copy_s(run->grid,
			move->step.partition, move->bytes, move->rate,
			move->start_s, &trial->missing);
	if (isinf(move->attach_s)) {
		trial->verdict = TOO_SLOW;
		return true;
	}
	if (!spp_plan_window_holds(
		    run->limits, move->start_s, spp_plan_end_s(move))) {
		trial->verdict = NO_WINDOW;
		return true;
	}
	if (!spp_plan_effect(run->grid, task->subject, move, &run->spans))
		return false;
	spans = spans_of(&run->spans, &count);
	return spp_plan_world_probe(
		&run->world, spans, count, spp_plan_end_s(move), &trial->probe);
}

bool spp_plan_soft(struct spp_plan_run *run, const struct spp_plan_move *move,
	const struct spp_plan_span *spans, size_t count,
	const struct spp_plan_probe *probe, double *above)
{
	double end_s = fmax(run->world.end_s, spp_plan_end_s(move));
	double allowed = spp_plan_allowed(run, end_s);
	struct spp_plan_probe alone;

	*above = -INFINITY;
	if (move->step.repairs && !run->mixed)
		return true;
	if (move->step.repairs) {
		double before =
			fmax(0, spp_plan_world_overload(&run->repairs, end_s));

		if (!spp_plan_world_probe(
			    &run->repairs, spans, count, end_s, &alone))
			return false;
		allowed += fmax(0, alone.overload) - before;
	}
	*above = probe->overload - allowed;
	return true;
}

/*
 * The soft rule; and a repair, which may add much, waits while others touch
 * its platforms.
 */
static bool soft_rule(struct spp_plan_run *run, struct spp_plan_task *task,
	const struct trial *trial, bool *safe)
{
	const struct spp_plan_span *spans;
	size_t count;
	double above;

	spans = spans_of(&run->spans, &count);
	if (!spp_plan_soft(
		    run, &trial->move, spans, count, &trial->probe, &above))
		return false;
	*safe = !(above > 0);
	if (task->move.step.repairs && trial->probe.during > gentle)
		for (size_t i = 0; i < count; i++)
			*safe &= run->world.lanes[spans[i].platform]
			                 .open.length == 0;
	if (!*safe)
		refuse(task, SPP_PLAN_UNSAFE, SPP_NOWHERE, SPP_NOWHERE, above);
	return true;
}

/* Does a slower copy help where this one does not fit? */
static bool copy_matters(
	const struct spp_plan_run *run, const struct spp_plan_probe *probe)
{
	return run->grid->source[probe->resource] > 0 ||
	       run->grid->target[probe->resource] > 0;
}

/* What a way to do a move costs, platform-hours. */
static double cost_of(const struct spp_plan_run *run, const struct trial *trial)
{
	return trial->probe.overload +
	       spp_plan_price(spp_plan_end_s(&trial->move) - run->free_s);
}

/* May a move that fits be done this way?  If not, the task holds why. */
static bool check_way(struct spp_plan_run *run, struct spp_plan_task *task,
	const struct trial *trial, bool *safe)
{
	*safe = false;
	if (!trial->probe.holds)
		return refuse(task, SPP_PLAN_NO_ROOM, trial->probe.platform,
			trial->probe.resource, trial->probe.excess);
	return soft_rule(run, task, trial, safe);
}

/*
 * The best safe way to do a move now: the fastest copy, unless a slower one
 * saves overload that is worth its time.  *found says whether there is one;
 * else the task holds the reason.
 */
static bool choose(struct spp_plan_run *run, struct spp_plan_task *task,
	struct trial *best, bool *found)
{
	bool copies = best->move.copy_from != SPP_NOWHERE, safe;
	double fastest = best->move.rate;
	struct trial trial = *best;

	*found = false;
	for (size_t i = 0; i < (copies ? (size_t)RATES : 1); i++) {
		trial.move.rate = ldexp(fastest, -(int)i);
		if (!try_rate(run, task, &trial))
			return false;
		if (trial.verdict == TOO_SLOW && i == 0)
			refuse(task, SPP_PLAN_NO_RATE, trial.move.copy_from,
				SPP_NOWHERE, trial.missing);
		if (trial.verdict == NO_WINDOW && i == 0)
			refuse(task, SPP_PLAN_NO_WINDOW, SPP_NOWHERE,
				SPP_NOWHERE, 0);
		if (trial.verdict != FITS)
			break;
		if (!check_way(run, task, &trial, &safe))
			return false;
		if (safe && (!*found || cost_of(run, &trial) <
						cost_of(run, best) - worth)) {
			*best = trial;
			*found = true;
		}
		if (safe && i == 0 && trial.probe.during <= worth)
			break;
		if (!trial.probe.holds && !copy_matters(run, &trial.probe))
			break;
	}
	return true;
}

/*
 * Others of its partition that must be done before, beside those that the
 * move names itself.
 */
static bool list_after(struct spp_plan_run *run, size_t at)
{
	struct spp_plan_task *task = &run->tasks[at];
	bool structural = task->move.step.kind != SPP_PLAN_SUBSCRIPTION;
	size_t count = task->move.afters, *after;

	for (size_t i = task->previous; i != SPP_NOWHERE;
		i = run->tasks[i].previous)
		count++;
	after = spp_arena_alloc(run->arena, count, sizeof(*after));
	if (after == NULL)
		return false;
	count = task->move.afters;
	for (size_t i = 0; i < count; i++)
		after[i] = task->move.after[i];
	for (size_t i = task->previous; i != SPP_NOWHERE;
		i = run->tasks[i].previous) {
		bool other =
			run->tasks[i].move.step.kind != SPP_PLAN_SUBSCRIPTION;

		if (structural || other)
			after[count++] = run->tasks[i].index;
		if (other)
			break;
	}
	task->move.after = after;
	task->move.afters = count;
	return spp_plan_rely(run, at);
}

static bool describe(struct spp_plan_run *run, size_t at)
{
	struct spp_plan_task *task = &run->tasks[at];
	const struct spp_plan_subject *subject = task->subject;
	struct spp_plan_move *move = &task->move;
	size_t *replica =
		spp_arena_alloc(run->arena, subject->count, sizeof(*replica));
	bool leads = subject->count == 0 ||
	             (move->step.kind == SPP_PLAN_REPLICA &&
			     subject->replica[0] == move->step.from);

	if (replica == NULL)
		return false;
	memcpy(replica, subject->replica, subject->count * sizeof(*replica));
	move->replica = replica;
	move->replicas = subject->count;
	move->first = !subject->changed;
	move->beyond = spp_plan_end_s(move) > run->grid->horizon_s;
	move->leads = leads || move->step.kind == SPP_PLAN_LEADER
	                      ? move->step.to
	                      : subject->replica[0];
	return list_after(run, at);
}

bool spp_plan_accept(struct spp_plan_run *run, size_t at)
{
	struct spp_plan_task *task = &run->tasks[at];
	struct spp_plan_move *move = &task->move;
	double end_s = spp_plan_end_s(move);
	struct spp_plan_span *kept;
	const struct spp_plan_span *spans;
	size_t count;

	if (!spp_plan_effect(run->grid, task->subject, move, &run->spans))
		return false;
	spans = spans_of(&run->spans, &count);
	kept = spp_arena_alloc(run->arena, count, sizeof(*kept));
	if (kept == NULL)
		return false;
	if (count > 0)
		memcpy(kept, spans, count * sizeof(*kept));
	task->span = kept;
	task->spans = count;
	if (!describe(run, at) ||
		!spp_plan_world_commit(&run->world, kept, count, end_s))
		return false;
	if (run->mixed && move->step.repairs &&
		!spp_plan_world_commit(&run->repairs, kept, count, end_s))
		return false;
	run->repairs.end_s = run->world.end_s;
	spp_plan_usage_move(&run->usage, &move->step, move->copy_from, 1);
	task->copying = move->copy_from != SPP_NOWHERE;
	if (task->copying)
		spp_plan_usage_copy(&run->usage, move->copy_from, move->step.to,
			move->rate);
	if (move->step.kind == SPP_PLAN_SUBSCRIPTION)
		task->subject->switching++;
	else
		task->subject->structural++;
	task->state = SPP_PLAN_RUNNING;
	task->index = run->accepts;
	run->accepted[run->accepts++] = at;
	run->running[run->runs++] = at;
	return true;
}

/*
 * A copy that would get only part of its rate waits for the rest where that
 * ends earlier.
 */
static bool better_later(
	const struct spp_plan_run *run, const struct spp_plan_move *move)
{
	const struct spp_plan_limits *limits = run->limits;
	double full = fmin(limits->rate, limits->platform_rate);
	double free_s = INFINITY, missing;

	if (move->rate >= full * (1 - 1e-9))
		return false;
	for (size_t i = 0; i < run->runs; i++) {
		const struct spp_plan_task *other =
			&run->tasks[run->running[i]];

		if (other->copying &&
			(other->move.copy_from == move->copy_from ||
				other->move.step.to == move->step.to))
			free_s = fmin(free_s,
				other->move.start_s + other->move.attach_s);
	}
	return free_s + spp_plan_copy_s(run->grid, move->step.partition,
				move->bytes, full, free_s, &missing) <=
	       move->start_s + spp_plan_copy_s(run->grid, move->step.partition,
				       move->bytes, move->rate, move->start_s,
				       &missing);
}

bool spp_plan_start(struct spp_plan_run *run, size_t at, bool *started)
{
	struct spp_plan_task *task = &run->tasks[at];
	const struct spp_plan_step *step = &task->move.step;
	struct spp_plan_subject *subject = task->subject;
	struct trial trial = {.move = task->move};
	size_t stamp;
	bool found;

	*started = false;
	if (run->grid->cluster->moving[step->partition])
		return refuse(
			task, SPP_PLAN_MOVING, SPP_NOWHERE, SPP_NOWHERE, 0);
	if (spp_plan_waits_for(run, at) != SPP_NOWHERE)
		return refuse(
			task, SPP_PLAN_WAITS, SPP_NOWHERE, SPP_NOWHERE, 0);
	if (subject->structural > 0 ||
		(step->kind != SPP_PLAN_SUBSCRIPTION && subject->switching > 0))
		return true;
	if (spp_plan_impossible(run->grid->cluster, subject, step) != NULL)
		return refuse(task, SPP_PLAN_BARRED, step->to, SPP_NOWHERE, 0);
	trial.move.copy_from = spp_plan_copy_from(&run->world, subject, step);
	if (spp_plan_usage_full(&run->usage, step, trial.move.copy_from) !=
		NULL)
		return true;
	stamp = stamp_of(run, task, trial.move.copy_from);
	if (stamp == task->stamp)
		return true;
	trial.move.start_s = run->now_s;
	trial.move.bytes = trial.move.rate = 0;
	spp_plan_handover(run->grid->cluster, &trial.move);
	if (trial.move.copy_from != SPP_NOWHERE) {
		trial.move.bytes = task->bytes;
		trial.move.rate = spp_plan_usage_rate(
			&run->usage, trial.move.copy_from, step->to);
		if (!(trial.move.rate > 0) || better_later(run, &trial.move))
			return true;
	}
	if (!choose(run, task, &trial, &found))
		return false;
	if (!found) {
		if (task->reason == SPP_PLAN_NO_ROOM ||
			task->reason == SPP_PLAN_UNSAFE)
			task->stamp = stamp;
		return true;
	}
	task->move = trial.move;
	*started = true;
	return spp_plan_accept(run, at);
}
