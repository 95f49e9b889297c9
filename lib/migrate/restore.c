/*
 * The machine after a crash: what the journal says was begun, tried and
 * found.  What it does not say is read from the system itself.
 */
#include "lib/migrate/machine.h"

#include "lib/base/err.h"

#include <assert.h>

static void touch(struct spp_migrate *machine, size_t move)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];

	for (size_t k = 0; k < planned->group_count; k++)
		machine->groups[planned->groups[k]].touched = true;
}

static void started(
	struct spp_migrate *machine, const struct spp_migrate_record *record)
{
	const struct spp_migrate_move *planned =
		&machine->plan->moves[record->move];
	struct spp_running *m = &machine->moves[record->move];

	if (m->place == SPP_MOVE_WAITS)
		spp_queue_enter(machine, record->move);
	m->started = true;
	touch(machine, record->move);
	if (planned->kind == SPP_MIGRATE_LEADER)
		m->leads = true;
	if (planned->kind == SPP_MIGRATE_REPLICA && record->replica_count > 0)
		m->leads = spp_migrate_same(record->replicas[0], planned->from);
}

static struct spp_change *change_of(
	struct spp_migrate *machine, const struct spp_migrate_record *record)
{
	size_t entry;

	if (record->subscription == NULL)
		return &machine->moves[record->move].change;
	entry = spp_dual_find(
		machine, record->move, record->subscription, NULL);
	if (entry == SPP_MIGRATE_NONE) {
		machine->failed = true;
		return NULL;
	}
	return &spp_dual_at(machine, record->move, entry)->change;
}

static struct spp_switch *switch_of(
	struct spp_migrate *machine, const struct spp_migrate_record *record)
{
	return spp_dual_at(machine, record->move,
		spp_dual_find(
			machine, record->move, record->subscription, NULL));
}

static void intended(
	struct spp_migrate *machine, const struct spp_migrate_record *record)
{
	struct spp_running *m = &machine->moves[record->move];
	const struct spp_migrate_move *planned =
		&machine->plan->moves[record->move];
	struct spp_change *change = change_of(machine, record);
	const char *platform = spp_migrate_next(machine, record->move);

	if (change == NULL)
		return;
	if (record->operation == SPP_MIGRATE_DETACH)
		platform = spp_migrate_old(machine, record->move);
	if (record->operation == SPP_MIGRATE_CANCEL)
		platform = planned->to;
	*change = (struct spp_change){.sent = true,
		.operation = record->operation,
		.step = record->step,
		.code = SPP_MIGRATE_LOST,
		.sent_ms = INT64_MIN,
		.platform = platform};
	if (record->step > m->step)
		m->step = record->step;
	if (record->operation == SPP_MIGRATE_DETACH && !m->back)
		m->released = true;
	if (spp_dual_crosses(record->operation, m->back))
		switch_of(machine, record)->crossed = true;
}

static void found(
	struct spp_migrate *machine, const struct spp_migrate_record *record)
{
	struct spp_running *m = &machine->moves[record->move];
	struct spp_change *change = change_of(machine, record);

	if (change == NULL)
		return;
	m->changed = true;
	if (change->step == record->step)
		change->sent = false;
	if (record->operation == SPP_MIGRATE_CLOSE_SUB ||
		(record->operation == SPP_MIGRATE_OPEN_SUB &&
			!machine->options.overlaps))
		switch_of(machine, record)->switched = !m->back;
}

static void turned(struct spp_migrate *machine, size_t move)
{
	struct spp_running *m = &machine->moves[move];

	m->back = true;
	m->change.sent = false;
	for (size_t i = 0; i < spp_dual_count(machine, move); i++) {
		struct spp_switch *one = spp_dual_at(machine, move, i);

		one->switched = false;
		one->change.sent = false;
	}
}

static void waits(struct spp_migrate *machine, size_t move)
{
	struct spp_running *m = &machine->moves[move];

	if (m->place == SPP_MOVE_RUNS)
		spp_queue_leave(machine, move);
	m->place = SPP_MOVE_WAITS;
	m->started = false;
	m->change.sent = false;
	m->refusals++;
}

static void ended(
	struct spp_migrate *machine, const struct spp_migrate_record *record)
{
	struct spp_running *m = &machine->moves[record->move];

	/* What could not be settled is tried again. */
	if (record->outcome == SPP_MIGRATE_UNSETTLED)
		return;
	if (m->place == SPP_MOVE_RUNS)
		spp_queue_leave(machine, record->move);
	m->place = SPP_MOVE_ENDED;
	m->outcome = record->outcome;
	machine->ended_count++;
}

bool spp_migrate_restore(struct spp_migrate *machine,
	const struct spp_migrate_record *record, struct spp_err *err)
{
	struct spp_running *m;

	assert(!machine->begun && record->move < machine->plan->move_count);
	m = &machine->moves[record->move];
	if (m->place == SPP_MOVE_ENDED)
		return true;
	/* All but a start and an end belong to a move that runs. */
	if (m->place == SPP_MOVE_WAITS &&
		record->kind != SPP_MIGRATE_RECORD_START &&
		record->kind != SPP_MIGRATE_RECORD_END)
		return true;
	spp_migrate_keep(&m->reason, record->text);
	switch (record->kind) {
	case SPP_MIGRATE_RECORD_START:
		started(machine, record);
		break;
	case SPP_MIGRATE_RECORD_INTENT:
		intended(machine, record);
		break;
	case SPP_MIGRATE_RECORD_REPLY: {
		struct spp_change *change = change_of(machine, record);

		if (change != NULL && change->step == record->step)
			change->code = record->code;
		break;
	}
	case SPP_MIGRATE_RECORD_STEP:
		found(machine, record);
		break;
	case SPP_MIGRATE_RECORD_BACK:
		turned(machine, record->move);
		break;
	case SPP_MIGRATE_RECORD_WAIT:
		waits(machine, record->move);
		break;
	case SPP_MIGRATE_RECORD_END:
		ended(machine, record);
		break;
	default:
		break;
	}
	return machine->failed || machine->arena.failed ? spp_fail_memory(err)
	                                                : true;
}
