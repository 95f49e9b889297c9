/* The machine as a whole: events in, all that is due done, actions out. */
#include "lib/migrate/machine.h"

#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <string.h>

static struct spp_migrate *failed(struct spp_migrate *machine)
{
	spp_migrate_free(machine);
	return NULL;
}

struct spp_migrate *spp_migrate_new(const struct spp_migrate_plan *plan,
	const struct spp_migrate_options *options, struct spp_err *err)
{
	struct spp_migrate *machine = spp_memory_new(sizeof *machine);

	if (machine == NULL) {
		spp_fail_memory(err);
		return NULL;
	}
	*machine = (struct spp_migrate){.plan = plan,
		.options = *options,
		.queue_ms = INT64_MIN,
		.next_call = 1};
	machine->moves = spp_arena_alloc(
		&machine->arena, plan->move_count, sizeof *machine->moves);
	machine->running = spp_arena_alloc(
		&machine->arena, plan->move_count, sizeof *machine->running);
	if (!spp_arena_ok(&machine->arena, err) ||
		!spp_queue_make(machine, err))
		return failed(machine);
	for (size_t i = 0; i < plan->move_count; i++) {
		machine->moves[i].wake_ms = INT64_MIN;
		machine->moves[i].rng = spp_rng_for(options->seed, i);
	}
	return machine;
}

void spp_migrate_free(struct spp_migrate *machine)
{
	if (machine == NULL)
		return;
	for (size_t i = 0;
		machine->moves != NULL && i < machine->plan->move_count; i++) {
		spp_buf_free(&machine->moves[i].switches);
		spp_buf_free(&machine->moves[i].version);
		spp_buf_free(&machine->moves[i].reason);
	}
	spp_buf_free(&machine->actions);
	spp_buf_free(&machine->calls);
	spp_arena_free(&machine->arena);
	spp_memory_free(machine);
}

/* Fills *open and forgets the call; false when it is not awaited. */
static bool take_call(
	struct spp_migrate *machine, uint64_t id, struct spp_open_call *open)
{
	struct spp_buf *calls = &machine->calls;
	struct spp_open_call *all = (void *)calls->data;
	size_t count = calls->length / sizeof *all;

	for (size_t i = 0; i < count; i++) {
		if (all[i].id != id)
			continue;
		*open = all[i];
		memmove(all + i, all + i + 1, (count - i - 1) * sizeof *all);
		calls->length -= sizeof *all;
		return true;
	}
	return false;
}

static const char *error_text(const struct spp_migrate_event *event)
{
	if (event->text != NULL && event->text[0] != '\0')
		return event->text;
	return event->code == SPP_MIGRATE_LOST ? "no answer came"
	                                       : spp_migrate_codes[event->code];
}

/* A reply to a change: kept, but only what is read back counts. */
static void changed(struct spp_migrate *machine,
	const struct spp_open_call *open, const struct spp_migrate_event *event)
{
	struct spp_running *m = &machine->moves[open->move];
	struct spp_change *change = &m->change;
	struct spp_migrate_record *record;

	if (open->entry != SPP_MIGRATE_NONE)
		change = &spp_dual_at(machine, open->move, open->entry)->change;
	if (change->step == open->step)
		change->code = event->code;
	record = spp_migrate_record(
		machine, open->move, SPP_MIGRATE_RECORD_REPLY);
	record->step = open->step;
	record->operation = open->operation;
	record->code = event->code;
	if (open->entry != SPP_MIGRATE_NONE) {
		record->subscription =
			spp_dual_at(machine, open->move, open->entry)->id;
	}
	if (event->code != SPP_MIGRATE_OK)
		record->text = error_text(event);
}

/*
 * A subscriber that lags is no stall while its old side delivers, as long
 * as there is a first record of the new side to be reached.
 */
static void mark(struct spp_migrate *machine, size_t move,
	struct spp_switch *one, const struct spp_migrate_event *event)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	if (event->old_up_to == NULL || event->new_from == NULL)
		return;
	for (const char *c = event->old_up_to; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
	if (hash != one->mark)
		spp_move_progress(machine, move);
	one->mark = hash;
}

static void covered(struct spp_migrate *machine,
	const struct spp_open_call *open, const struct spp_migrate_event *event)
{
	struct spp_running *m = &machine->moves[open->move];
	struct spp_switch *one = spp_dual_at(machine, open->move, open->entry);

	if (one->covered)
		return;
	if (!event->covered) {
		mark(machine, open->move, one, event);
		return;
	}
	one->covered = true;
	one->covered_ms = machine->now_ms;
	one->old_up_to = one->new_from = NULL;
	if (event->old_up_to != NULL) {
		one->old_up_to =
			spp_arena_string(&machine->arena, event->old_up_to);
	}
	if (event->new_from != NULL) {
		one->new_from =
			spp_arena_string(&machine->arena, event->new_from);
	}
	m->news = true;
	spp_move_progress(machine, open->move);
}

/* All calls of a round are answered: when to look next. */
static void round_ends(struct spp_migrate *machine, size_t move, bool asked)
{
	struct spp_running *m = &machine->moves[move];

	if (m->trouble)
		spp_move_back_off(machine, move);
	else if (asked && !m->news)
		spp_move_wait(machine, move, m->progress_ms);
	else
		m->wake_ms = machine->now_ms;
	m->trouble = m->news = false;
}

/* In the end the reason should say what was in the way of the change. */
static void keep_error(struct spp_migrate *machine, size_t move,
	enum spp_migrate_operation operation,
	const struct spp_migrate_event *event)
{
	struct spp_running *m = &machine->moves[move];

	m->trouble = true;
	if (spp_migrate_kept(&m->reason) == NULL ||
		(spp_migrate_changes(operation) && !m->back))
		spp_migrate_keep(&m->reason, error_text(event));
}

/* A look at the state failed: later again, unless it makes no sense. */
static void unreadable(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_event *event)
{
	struct spp_running *m = &machine->moves[move];

	if (event->code == SPP_MIGRATE_NOT_FOUND && !m->started)
		spp_move_end(machine, move, SPP_MIGRATE_SKIPPED, NULL);
	else
		spp_move_back_off(machine, move);
}

static void reply(
	struct spp_migrate *machine, const struct spp_migrate_event *event)
{
	struct spp_open_call open;
	struct spp_running *m;
	bool reads;

	if (!take_call(machine, event->call, &open))
		return; /* late, or twice */
	m = &machine->moves[open.move];
	assert(m->place == SPP_MOVE_RUNS && m->calls > 0);
	m->calls--;
	reads = open.operation == SPP_MIGRATE_GET ||
	        open.operation == SPP_MIGRATE_SUBS;
	if (event->code != SPP_MIGRATE_OK)
		keep_error(machine, open.move, open.operation, event);
	if (event->code == SPP_MIGRATE_FENCED)
		machine->fenced = true;
	if (spp_migrate_changes(open.operation)) {
		changed(machine, &open, event);
		m->news = true;
		/* Its wait is in the queue, where it is in nobody's way. */
		if (open.operation == SPP_MIGRATE_ATTACH &&
			event->code == SPP_MIGRATE_REFUSED && !m->back)
			m->trouble = false;
	} else if (open.operation == SPP_MIGRATE_EVIDENCE &&
		   event->code == SPP_MIGRATE_OK) {
		covered(machine, &open, event);
	}
	if (!reads) {
		if (m->calls == 0)
			round_ends(machine, open.move,
				open.operation == SPP_MIGRATE_EVIDENCE);
		return;
	}
	assert(m->calls == 0);
	m->trouble = false;
	if (machine->fenced)
		return;
	if (event->code != SPP_MIGRATE_OK || event->state == NULL)
		unreadable(machine, open.move, event);
	else if (open.operation == SPP_MIGRATE_GET)
		spp_move_got(machine, open.move, event->state);
	else
		spp_dual_got(machine, open.move, event->state);
}

/* Before the first event: all is on its way back, when so asked. */
static void begin(struct spp_migrate *machine)
{
	for (size_t i = 0; i < machine->running_count; i++) {
		size_t move = machine->running[i];
		struct spp_running *m = &machine->moves[move];

		m->progress_ms = machine->now_ms;
		m->wake_ms = machine->now_ms;
		if (machine->options.turn_back && !m->back && !m->released)
			spp_move_turn_back(machine, move, "asked for");
	}
	for (size_t i = 0;
		machine->options.turn_back && i < machine->plan->move_count;
		i++) {
		if (machine->moves[i].place != SPP_MOVE_WAITS)
			continue;
		spp_migrate_keep(&machine->moves[i].reason,
			"the plan was rolled back before it began");
		spp_move_end(machine, i, SPP_MIGRATE_SKIPPED, NULL);
	}
	machine->begun = true;
}

/* Look at every move whose time has come; looking may end moves. */
static void run(struct spp_migrate *machine)
{
	size_t i = 0;

	while (i < machine->running_count && !machine->fenced) {
		size_t move = machine->running[i];
		struct spp_running *m = &machine->moves[move];

		if (m->calls == 0 && m->wake_ms <= machine->now_ms)
			spp_move_look(machine, move);
		if (i < machine->running_count && machine->running[i] == move)
			i++;
	}
}

/* Did memory run out anywhere? */
static bool whole(const struct spp_migrate *machine, struct spp_err *err)
{
	bool bad = machine->failed || machine->arena.failed ||
	           machine->actions.failed || machine->calls.failed;

	for (size_t i = 0; i < machine->running_count; i++) {
		const struct spp_running *m =
			&machine->moves[machine->running[i]];

		bad |= m->switches.failed || m->version.failed ||
		       m->reason.failed;
	}
	return bad ? spp_fail_memory(err) : true;
}

bool spp_migrate_step(struct spp_migrate *machine,
	const struct spp_migrate_event *event, int64_t now_ms,
	const struct spp_migrate_action **actions, size_t *count,
	struct spp_err *err)
{
	size_t ended = machine->ended_count;

	spp_buf_reset(&machine->actions);
	machine->now_ms = now_ms;
	if (!machine->begun)
		begin(machine);
	if (event->type == SPP_MIGRATE_STOP)
		machine->stopping = true;
	else if (event->type == SPP_MIGRATE_REPLY)
		reply(machine, event);
	if (!machine->failed)
		run(machine);
	if (machine->ended_count != ended)
		spp_queue_skip(machine);
	if (!machine->stopping && !machine->fenced && !machine->failed)
		spp_queue_start(machine);
	*actions = (const void *)machine->actions.data;
	*count = machine->actions.length / sizeof **actions;
	return whole(machine, err);
}

int64_t spp_migrate_wake(const struct spp_migrate *machine)
{
	int64_t wake_ms = INT64_MAX;

	if (machine->fenced)
		return wake_ms;
	if (!machine->stopping &&
		machine->running_count < machine->options.running_most)
		wake_ms = machine->queue_ms;
	for (size_t i = 0; i < machine->running_count; i++) {
		const struct spp_running *m =
			&machine->moves[machine->running[i]];

		if (m->calls == 0 && m->wake_ms < wake_ms)
			wake_ms = m->wake_ms;
	}
	return wake_ms;
}

size_t spp_migrate_running(const struct spp_migrate *machine)
{
	return machine->running_count;
}

size_t spp_migrate_ended(const struct spp_migrate *machine)
{
	return machine->ended_count;
}

bool spp_migrate_fenced(const struct spp_migrate *machine)
{
	return machine->fenced;
}

bool spp_migrate_is_running(const struct spp_migrate *machine, size_t move)
{
	return machine->moves[move].place == SPP_MOVE_RUNS;
}
