/*
 * Which move may start: order and limits of the plan, kept when it runs
 * late.
 */
#include "lib/migrate/machine.h"

#include "lib/base/err.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * Moves are half-open intervals on the plan's clock; one without length
 * still takes a moment, so that all orders go forward in time and can have
 * no circles.
 */
#define MOMENT_S 1e-3
#define SLACK_S 1e-6

static double planned_end(const struct spp_migrate_move *move)
{
	double length = move->duration_s;

	return move->start_s + (length > MOMENT_S ? length : MOMENT_S);
}

/* Moves are sorted by one time, then the other, then their index. */
struct key {
	double first, second;
	size_t move;
};

static int compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	return (x->move > y->move) - (x->move < y->move);
}

/* Sort COUNT indices of moves; KEYS has room for as many. */
static void sort(const struct spp_migrate_move *moves, size_t *indices,
	size_t count, bool by_end, struct key *keys)
{
	for (size_t i = 0; i < count; i++) {
		const struct spp_migrate_move *move = &moves[indices[i]];

		keys[i].move = indices[i];
		keys[i].first = by_end ? planned_end(move) : move->start_s;
		keys[i].second = by_end ? 0 : planned_end(move);
	}
	qsort(keys, count, sizeof *keys, compare);
	for (size_t i = 0; i < count; i++)
		indices[i] = keys[i].move;
}

/* The most of its moves that the plan has running at one moment. */
static size_t most_at_once(const struct spp_migrate_move *moves,
	const size_t *starts, const size_t *ends, size_t count)
{
	size_t most = 0, running = 0, ended = 0;

	for (size_t i = 0; i < count; i++) {
		double start = moves[starts[i]].start_s;

		while (planned_end(&moves[ends[ended]]) <= start + SLACK_S) {
			ended++;
			running--;
		}
		running++;
		if (running > most)
			most = running;
	}
	return most;
}

/* Fill the lists of the groups in order of the moves' starts. */
static bool make_groups(struct spp_migrate *machine, size_t *fill)
{
	const struct spp_migrate_plan *plan = machine->plan;

	for (size_t i = 0; i < plan->move_count; i++) {
		for (size_t k = 0; k < plan->moves[i].group_count; k++) {
			assert(plan->moves[i].groups[k] < plan->group_count);
			machine->groups[plan->moves[i].groups[k]].count++;
		}
	}
	for (size_t g = 0; g < plan->group_count; g++) {
		struct spp_group *group = &machine->groups[g];

		group->by_end = spp_arena_alloc(
			&machine->arena, group->count, sizeof(size_t));
		if (group->by_end == NULL)
			return false;
	}
	for (size_t i = 0; i < plan->move_count; i++) {
		const struct spp_migrate_move *move =
			&plan->moves[machine->order[i]];

		for (size_t k = 0; k < move->group_count; k++) {
			size_t g = move->groups[k];

			machine->groups[g].by_end[fill[g]++] =
				machine->order[i];
		}
	}
	return true;
}

bool spp_queue_make(struct spp_migrate *machine, struct spp_err *err)
{
	const struct spp_migrate_plan *plan = machine->plan;
	struct spp_arena *arena = &machine->arena;
	size_t *fill, *starts;
	struct key *keys;

	machine->order =
		spp_arena_alloc(arena, plan->move_count, sizeof(size_t));
	machine->groups = spp_arena_alloc(
		arena, plan->group_count, sizeof *machine->groups);
	fill = spp_arena_alloc(arena, plan->group_count, sizeof *fill);
	starts = spp_arena_alloc(arena, plan->move_count, sizeof *starts);
	keys = spp_arena_alloc(arena, plan->move_count, sizeof *keys);
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t i = 0; i < plan->move_count; i++)
		machine->order[i] = i;
	sort(plan->moves, machine->order, plan->move_count, false, keys);
	if (!make_groups(machine, fill))
		return spp_arena_ok(arena, err);
	for (size_t g = 0; g < plan->group_count; g++) {
		struct spp_group *group = &machine->groups[g];

		memcpy(starts, group->by_end, group->count * sizeof *starts);
		sort(plan->moves, group->by_end, group->count, true, keys);
		group->most = plan->groups[g].partition
		                      ? 1
		                      : most_at_once(plan->moves, starts,
						group->by_end, group->count);
	}
	return true;
}

/* Is there room, and has all ended that the plan ends before this? */
static bool may_start(struct spp_migrate *machine, size_t move)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];

	for (size_t k = 0; k < planned->after_count; k++) {
		if (machine->moves[planned->after[k]].place != SPP_MOVE_ENDED)
			return false;
	}
	for (size_t k = 0; k < planned->group_count; k++) {
		struct spp_group *group = &machine->groups[planned->groups[k]];
		size_t i;

		if (group->running >= group->most)
			return false;
		if (!machine->plan->groups[planned->groups[k]].ordered)
			continue;
		for (i = group->first; i < group->count; i++) {
			if (machine->moves[group->by_end[i]].place !=
				SPP_MOVE_ENDED)
				break;
		}
		group->first = i;
		assert(i < group->count);
		if (planned_end(&machine->plan->moves[group->by_end[i]]) <=
			planned->start_s + SLACK_S)
			return false;
	}
	return true;
}

void spp_queue_enter(struct spp_migrate *machine, size_t move)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];

	assert(machine->moves[move].place == SPP_MOVE_WAITS);
	machine->moves[move].place = SPP_MOVE_RUNS;
	machine->running[machine->running_count++] = move;
	for (size_t k = 0; k < planned->group_count; k++)
		machine->groups[planned->groups[k]].running++;
}

/* The caller says where the move is now. */
void spp_queue_leave(struct spp_migrate *machine, size_t move)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];
	size_t i = 0;

	while (machine->running[i] != move)
		i++;
	machine->running_count--;
	memmove(machine->running + i, machine->running + i + 1,
		(machine->running_count - i) * sizeof *machine->running);
	for (size_t k = 0; k < planned->group_count; k++)
		machine->groups[planned->groups[k]].running--;
	machine->queue_ms = INT64_MIN;
}

void spp_queue_start(struct spp_migrate *machine)
{
	const struct spp_migrate_plan *plan = machine->plan;
	int64_t next_ms = INT64_MAX;

	if (machine->now_ms < machine->queue_ms)
		return;
	while (machine->first < plan->move_count &&
		machine->moves[machine->order[machine->first]].place ==
			SPP_MOVE_ENDED)
		machine->first++;
	for (size_t i = machine->first; i < plan->move_count; i++) {
		size_t move = machine->order[i];
		struct spp_running *m = &machine->moves[move];
		int64_t due_ms = plan->moves[move].not_before_ms;

		if (machine->running_count >= machine->options.running_most)
			break;
		if (m->place != SPP_MOVE_WAITS)
			continue;
		if (m->wake_ms > due_ms)
			due_ms = m->wake_ms;
		if (due_ms > machine->now_ms) {
			if (due_ms < next_ms)
				next_ms = due_ms;
			continue;
		}
		if (!may_start(machine, move))
			continue;
		spp_queue_enter(machine, move);
		m->progress_ms = machine->now_ms;
		spp_move_look(machine, move);
	}
	machine->queue_ms = next_ms;
}

/* What comes after a move that was not done is not begun. */
void spp_queue_skip(struct spp_migrate *machine)
{
	const struct spp_migrate_plan *plan = machine->plan;
	bool skipped;

	do {
		skipped = false;
		for (size_t i = machine->first; i < plan->move_count; i++) {
			size_t move = machine->order[i];
			const struct spp_migrate_move *planned =
				&plan->moves[move];
			struct spp_running *m = &machine->moves[move];

			for (size_t k = 0; k < planned->after_count &&
					   m->place == SPP_MOVE_WAITS;
				k++) {
				size_t before = planned->after[k];

				if (machine->moves[before].place !=
						SPP_MOVE_ENDED ||
					machine->moves[before].outcome ==
						SPP_MIGRATE_DONE)
					continue;
				spp_migrate_keep(&m->reason,
					"it comes after a move that was "
					"not done");
				spp_move_end(machine, move, SPP_MIGRATE_SKIPPED,
					NULL);
				skipped = true;
			}
		}
	} while (skipped);
}
