/*
 * A plan against its assignments: the moves one after the other, in the
 * state that those before leave.
 */
#include "lib/verify/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_moves(const void *a, const void *b)
{
	const struct spp_verify_move *left = a, *right = b;

	if (left->start_s != right->start_s)
		return left->start_s < right->start_s ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

/* A platform's index; *known turns false when its name is unknown. */
static size_t platform_of(struct spp_verify_run *run,
	const struct spp_record *at, const char *name, bool *known)
{
	char quoted[SPP_QUOTE_SIZE];
	size_t platform;

	if (!name)
		return SPP_NOWHERE;
	platform = spp_verify_find_platform(&run->model, name);
	if (platform != SPP_NOWHERE)
		return platform;
	*known = false;
	spp_breach_add(run->report, SPP_BREACH_UNKNOWN_PLATFORM, at,
		"unknown platform %s",
		spp_err_quote(quoted, name, strlen(name)));
	return SPP_NOWHERE;
}

static bool read_change_of(
	struct spp_verify_run *run, struct spp_verify_move *move)
{
	size_t change = move->sub == SPP_NOWHERE
	                        ? run->answer.of_partition[move->partition]
	                        : run->answer.of_sub[move->sub];
	const struct spp_why *why;

	if (change == SPP_NOWHERE) {
		spp_breach_add(run->report, SPP_BREACH_MOVE_UNASKED, move->at,
			"no assignment asks for move \"%s\"", move->value->id);
		return false;
	}
	why = run->answer.changes[change].value->why;
	move->repairs = (why && why->repairs) ||
	                run->model.partitions[move->partition].count == 0 ||
	                (move->from != SPP_NOWHERE &&
				run->model.platforms[move->from].closed);
	return true;
}

static bool read_move(struct spp_verify_run *run, const struct spp_record *at,
	struct spp_verify_move *move)
{
	const struct spp_move *value = at->value;
	const struct spp_phases *phases = value->phases;
	bool known = true;

	move->at = at;
	move->value = value;
	move->sub = SPP_NOWHERE;
	move->partition = spp_verify_find_partition(
		&run->model, value->stream, value->partition);
	if (move->partition == SPP_NOWHERE) {
		spp_breach_add(run->report, SPP_BREACH_UNKNOWN_PARTITION, at,
			"the feed holds no such partition");
		return false;
	}
	if (value->kind == SPP_MOVE_SUBSCRIPTION)
		move->sub = value->subscriber ? spp_verify_find_sub(&run->model,
							move->partition,
							value->subscriber)
		                              : SPP_NOWHERE;
	if (value->kind == SPP_MOVE_SUBSCRIPTION && move->sub == SPP_NOWHERE) {
		spp_breach_add(run->report, SPP_BREACH_UNKNOWN_SUBSCRIPTION, at,
			"the feed holds no such subscription");
		return false;
	}
	move->from = platform_of(run, at, value->from, &known);
	move->to = platform_of(run, at, value->to, &known);
	move->copy_from = platform_of(run, at, value->copy_from, &known);
	if (!known || !read_change_of(run, move))
		return false;
	if (!phases || !spp_present(phases->attach_s) ||
		!spp_present(phases->dual_s) ||
		!spp_present(phases->release_s)) {
		spp_breach_add(run->report, SPP_BREACH_DURATION, at,
			"there are no phases");
		return false;
	}
	move->start_s = value->start_s;
	move->attached_s = value->start_s + phases->attach_s;
	move->end_s = value->start_s + value->duration_s;
	move->bytes = spp_present(value->bytes) ? value->bytes : 0;
	move->rate = spp_present(value->rate) ? value->rate : 0;
	return true;
}

static bool link_moves(struct spp_verify_replay *replay)
{
	const struct spp_verify_model *model = &replay->run->model;
	struct spp_arena *arena = model->arena;
	size_t partitions = model->partition_count, most = 0;
	size_t *pool = spp_arena_alloc(arena, replay->count, sizeof(*pool));

	replay->of_partition = spp_arena_alloc(
		arena, partitions, sizeof(*replay->of_partition));
	replay->moves_of =
		spp_arena_alloc(arena, partitions, sizeof(*replay->moves_of));
	if (arena->failed)
		return false;
	for (size_t i = 0; i < replay->count; i++) {
		replay->moves_of[replay->moves[i].partition]++;
		for (size_t j = 0; j < replay->count; j++)
			replay->moves[i].with_repairs |=
				replay->moves[j].repairs &&
				replay->moves[j].partition ==
					replay->moves[i].partition;
	}
	for (size_t p = 0; p < partitions; p++) {
		replay->of_partition[p] = pool;
		pool += replay->moves_of[p];
		replay->moves_of[p] = 0;
		if (model->partitions[p].count > most)
			most = model->partitions[p].count;
	}
	for (size_t i = 0; i < replay->count; i++) {
		size_t p = replay->moves[i].partition;
		size_t at = replay->moves_of[p]++;

		replay->of_partition[p][at] = i;
		replay->moves[i].before =
			at > 0 ? replay->of_partition[p][at - 1] : SPP_NOWHERE;
	}
	replay->replicas = spp_arena_alloc(
		arena, most + replay->count + 1, sizeof(size_t));
	replay->serving =
		spp_arena_alloc(arena, model->sub_count, sizeof(size_t));
	return !arena->failed;
}

bool spp_verify_read_moves(
	struct spp_verify_replay *replay, bool *whole, struct spp_err *err)
{
	struct spp_verify_run *run = replay->run;
	const struct spp_verify_model *model = &run->model;
	size_t count = spp_feed_count(model->feed, SPP_MOVE);

	replay->horizon_s = model->slots ? model->end_s[model->slots - 1] : 0;
	replay->count = count;
	replay->moves =
		spp_arena_alloc(model->arena, count, sizeof(*replay->moves));
	if (!spp_arena_ok(model->arena, err))
		return false;
	*whole = true;
	for (size_t i = 0; i < count; i++) {
		const struct spp_record *at =
			spp_feed_at(model->feed, SPP_MOVE, i);

		replay->moves[i].order = i;
		*whole &= read_move(run, at, &replay->moves[i]);
	}
	if (!spp_arena_ok(model->arena, err) || !*whole)
		return spp_arena_ok(model->arena, err);
	qsort(replay->moves, count, sizeof(*replay->moves), compare_moves);
	return link_moves(replay) || spp_fail_memory(err);
}

/* Does "left" say that this partition is not done? */
static bool excused(const struct spp_verify_run *run, size_t partition)
{
	const struct spp_partition *value =
		run->model.partitions[partition].value;
	const struct spp_undone *left =
		(const void *)run->model.feed->left.data;
	size_t count = run->model.feed->left.length / sizeof(*left);

	for (size_t i = 0; i < count; i++)
		if (left[i].stream && left[i].partition &&
			strcmp(left[i].stream, value->stream) == 0 &&
			strcmp(left[i].partition, value->partition) == 0)
			return true;
	return false;
}

bool spp_verify_is_done(struct spp_verify_replay *replay,
	const struct spp_verify_change *change)
{
	const struct spp_verify_cut all = {replay->count, SPP_VERIFY_ALL};
	const size_t *replicas = replay->replicas;
	size_t count =
		spp_verify_state(replay, change->partition, &all, INFINITY);

	if (change->sub != SPP_NOWHERE)
		return replay->serving[change->sub] == change->to[0];
	if (count != change->to_count || count == 0 ||
		replicas[0] != change->to[0])
		return false;
	for (size_t i = 0; i < count; i++)
		if (!spp_verify_holds(replicas, count, change->to[i]))
			return false;
	return true;
}

/* In the end everything is where it was to be. */
static void check_results(struct spp_verify_replay *replay)
{
	struct spp_verify_run *run = replay->run;

	for (size_t i = 0; i < run->answer.count; i++) {
		const struct spp_verify_change *change =
			&run->answer.changes[i];
		size_t p = change->partition;

		if (spp_verify_is_done(replay, change) || excused(run, p))
			continue;
		if (replay->moves_of[p] == 0)
			spp_breach_add(run->report,
				SPP_BREACH_ASSIGNMENT_UNDONE, change->at,
				"no move carries the assignment out, and "
				"\"left\" does not name it");
		else
			spp_breach_add(run->report, SPP_BREACH_RESULT,
				change->at,
				"the moves do not end where the assignment "
				"says");
	}
}

/* The bound is below what any order of the moves takes, and proven. */
static bool check_bound(struct spp_verify_replay *replay,
	const struct spp_record *at, double last_s, struct spp_err *err)
{
	struct spp_verify_report *report = replay->run->report;
	const struct spp_summary *summary = at->value;
	double bound_s = summary->makespan_bound_s, least_s, gap = 0;

	if (!spp_verify_makespan(replay, &least_s, err))
		return false;
	if (!(bound_s <= last_s * (1 + 1e-9)))
		spp_breach_add(report, SPP_BREACH_MAKESPAN_BOUND, at,
			"the bound %.12g is above the makespan %.12g", bound_s,
			last_s);
	else if (bound_s > least_s * (1 + 1e-9))
		spp_breach_add(report, SPP_BREACH_MAKESPAN_BOUND, at,
			"the bound %.12g is not proven: some order might end "
			"after %.12g s",
			bound_s, least_s);
	if (bound_s > 0)
		gap = last_s / bound_s - 1;
	if (!spp_verify_close(summary->makespan_gap, gap, 1))
		spp_breach_add(report, SPP_BREACH_MAKESPAN_GAP, at,
			"makespan_gap is %.12g, should be %.12g",
			summary->makespan_gap, gap);
	return true;
}

/* To undo a plan nothing was meant to be earlier than it is. */
static bool check_relief(struct spp_verify_replay *replay,
	const struct spp_record *at, struct spp_err *err)
{
	struct spp_verify_run *run = replay->run;
	const struct spp_summary *summary = at->value;
	double lost = 0, overload = 0;

	if (!run->undo && !spp_verify_relief(replay, &lost, &overload, err))
		return false;
	if (!spp_present(summary->relief_lost))
		spp_breach_add(run->report, SPP_BREACH_RELIEF, at,
			"there is no \"relief_lost\"");
	else if (!spp_verify_close(summary->relief_lost, lost, overload))
		spp_breach_add(run->report, SPP_BREACH_RELIEF, at,
			"relief_lost is %.12g, should be %.12g",
			summary->relief_lost, lost);
	return true;
}

static bool check_summary(struct spp_verify_replay *replay, struct spp_err *err)
{
	struct spp_verify_run *run = replay->run;
	struct spp_verify_report *report = run->report;
	const struct spp_record *at =
		spp_verify_summary(run->model.feed, "plan");
	const struct spp_summary *summary = at ? at->value : NULL;
	double last_s = 0, bytes = 0;

	if (!summary) {
		spp_breach_add(report, SPP_BREACH_PLAN_SUMMARY, NULL,
			"there is no summary of the plan");
		return true;
	}
	for (size_t i = 0; i < replay->count; i++) {
		last_s = fmax(last_s, replay->moves[i].end_s);
		bytes += replay->moves[i].bytes;
	}
	report->makespan_s = last_s;
	if (summary->moves != (double)replay->count || summary->bytes != bytes)
		spp_breach_add(report, SPP_BREACH_PLAN_SUMMARY, at,
			"the plan has %zu moves of %.17g bytes in all",
			replay->count, bytes);
	if (!spp_verify_close(summary->makespan_s, last_s, 0))
		spp_breach_add(report, SPP_BREACH_MAKESPAN, at,
			"makespan_s is %.12g, the last move ends at %.12g",
			summary->makespan_s, last_s);
	return check_bound(replay, at, last_s, err) &&
	       check_relief(replay, at, err);
}

bool spp_verify_plan(struct spp_verify_run *run, struct spp_err *err)
{
	struct spp_verify_replay replay = {.run = run};
	bool whole = true;

	if (!run->plan)
		return true;
	if (!spp_verify_read_moves(&replay, &whole, err))
		return false;
	if (!whole)
		return true;
	if (!spp_verify_moves(&replay, &whole, err))
		return false;
	if (!whole)
		return true;
	/* What the seed's cost takes for certain a plan does not. */
	run->model.certain = spp_verify_option_flag(
		run->model.feed, "spp-assign", "certain");
	run->model.seed = false;
	check_results(&replay);
	if (!spp_verify_read_windows(&replay, err) ||
		!check_summary(&replay, err))
		return false;
	spp_verify_limits(&replay);
	return spp_verify_safety(&replay, err);
}
