/*
 * Dual delivery: each subscription of the old side is opened on the new
 * one, both deliver, and when the old side has delivered up to the new
 * side's first record its old connection is closed.
 */
#include "lib/migrate/machine.h"

#include <assert.h>
#include <string.h>

struct spp_switch *spp_dual_at(
	struct spp_migrate *machine, size_t move, size_t entry)
{
	struct spp_buf *switches = &machine->moves[move].switches;

	assert(entry < switches->length / sizeof(struct spp_switch));
	return (struct spp_switch *)(void *)switches->data + entry;
}

size_t spp_dual_count(const struct spp_migrate *machine, size_t move)
{
	return machine->moves[move].switches.length / sizeof(struct spp_switch);
}

/*
 * Closing the old connection, or opening it again on the way back, leaves
 * a gap on the old side.
 */
bool spp_dual_crosses(enum spp_migrate_operation operation, bool back)
{
	return operation ==
	       (back ? SPP_MIGRATE_OPEN_SUB : SPP_MIGRATE_CLOSE_SUB);
}

/* Lists come in the same order each time, so the next is the likely one. */
size_t spp_dual_find(struct spp_migrate *machine, size_t move, const char *id,
	const char *subscriber)
{
	struct spp_running *m = &machine->moves[move];
	size_t count = spp_dual_count(machine, move);
	struct spp_switch *added;

	for (size_t i = 0; i < count; i++) {
		size_t entry = (m->hint + i) % count;

		if (strcmp(spp_dual_at(machine, move, entry)->id, id) == 0) {
			m->hint = entry + 1;
			return entry;
		}
	}
	if (count >= SPP_MIGRATE_SUBSCRIPTIONS_MOST)
		return SPP_MIGRATE_NONE;
	added = spp_buf_extend(&m->switches, sizeof *added);
	if (added == NULL)
		return SPP_MIGRATE_NONE;
	added->id = spp_arena_string(&machine->arena, id);
	added->subscriber = spp_arena_string(
		&machine->arena, subscriber != NULL ? subscriber : id);
	if (added->id == NULL || added->subscriber == NULL) {
		m->switches.length -= sizeof *added;
		return SPP_MIGRATE_NONE;
	}
	return count;
}

bool spp_dual_concerns(const struct spp_migrate *machine, size_t move,
	const struct spp_migrate_subscription *subscription)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];

	return planned->kind != SPP_MIGRATE_SUBSCRIPTION ||
	       spp_migrate_same(subscription->subscriber, planned->subscriber);
}

static void note(struct spp_migrate *machine, size_t move,
	const struct spp_switch *one, const char *what)
{
	struct spp_migrate_note *added =
		spp_migrate_note(machine, move, SPP_MIGRATE_PHASE_DUAL, what);

	added->subscriber = one->subscriber;
	if (one->covered) {
		added->old_up_to = one->old_up_to;
		added->new_from = one->new_from;
	}
}

/* A change of this subscription was looked for: there, or not. */
static void settle(struct spp_migrate *machine, size_t move,
	struct spp_switch *one, bool seen)
{
	struct spp_migrate_record *record;

	if (!one->change.sent || (!seen && one->change.looked))
		return;
	one->change.looked = true;
	record = spp_migrate_record(machine, move,
		seen ? SPP_MIGRATE_RECORD_STEP : SPP_MIGRATE_RECORD_READ);
	record->step = one->change.step;
	record->operation = one->change.operation;
	record->subscription = one->id;
	if (!seen)
		return;
	one->change.sent = false;
	machine->moves[move].changed = true;
	spp_move_progress(machine, move);
}

/* One that the old side no longer serves. */
static void gone(
	struct spp_migrate *machine, size_t move, struct spp_switch *one)
{
	struct spp_running *m = &machine->moves[move];
	enum spp_migrate_operation operation = one->change.operation;
	/* Without overlap opening the new side is the whole switch. */
	bool ours = one->change.sent && (operation == SPP_MIGRATE_CLOSE_SUB ||
						!machine->options.overlaps);

	if (ours) {
		settle(machine, move, one, true);
		one->switched = !m->back;
		note(machine, move, one, m->back ? "returned" : "switched");
	} else if (!m->back && !one->switched && !one->left) {
		one->change.sent = false;
		one->left = one->switched = true;
		note(machine, move, one, "left");
		spp_move_progress(machine, move);
	}
}

/* What the subscription needs next; GET = nothing now. */
static enum spp_migrate_operation wanted(const struct spp_migrate *machine,
	size_t move, const struct spp_switch *one, bool on_new)
{
	const struct spp_running *m = &machine->moves[move];
	/* On the way back only an old connection that may have been closed
	   can have a gap. */
	bool evidence = machine->options.overlaps && (!m->back || one->crossed);
	int64_t hold_ms = m->back ? 0 : machine->options.hold_ms;

	if (!on_new)
		return SPP_MIGRATE_OPEN_SUB;
	if (!evidence)
		return SPP_MIGRATE_CLOSE_SUB;
	if (!one->covered)
		return SPP_MIGRATE_EVIDENCE;
	if (machine->now_ms < one->covered_ms + hold_ms)
		return SPP_MIGRATE_GET;
	return SPP_MIGRATE_CLOSE_SUB;
}

/* Ask for the next step of one subscription; false: no way on. */
static bool advance(struct spp_migrate *machine, size_t move, size_t entry,
	enum spp_migrate_operation operation)
{
	struct spp_running *m = &machine->moves[move];
	struct spp_switch *one = spp_dual_at(machine, move, entry);
	enum spp_again again = SPP_AGAIN_NEW;

	if (operation == SPP_MIGRATE_EVIDENCE) {
		spp_migrate_ask(machine, move, entry, operation);
		return true;
	}
	if (one->change.sent && one->change.operation == operation)
		again = spp_move_again(machine, move, &one->change);
	if (again == SPP_AGAIN_WAIT)
		return true;
	if (again == SPP_AGAIN_GIVE_UP && !m->back && !m->released)
		return false;
	spp_migrate_change(machine, move, entry, operation,
		operation == SPP_MIGRATE_OPEN_SUB
			? spp_migrate_next(machine, move)
			: spp_migrate_old(machine, move),
		again == SPP_AGAIN_SAME);
	return true;
}

/* Take the list in: who is there, on which sides. */
static bool take(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_subscription *one)
{
	const char *old = spp_migrate_old(machine, move);
	struct spp_switch *here;
	size_t entry;

	if (!spp_dual_concerns(machine, move, one) ||
		!spp_migrate_has(one->on, one->on_count, old))
		return true;
	entry = spp_dual_find(machine, move, one->id, one->subscriber);
	if (entry == SPP_MIGRATE_NONE)
		return false;
	here = spp_dual_at(machine, move, entry);
	here->listed = true;
	here->left = here->switched = false;
	/* The journal keeps ids only. */
	if (one->subscriber != NULL &&
		strcmp(here->subscriber, one->subscriber) != 0) {
		here->subscriber =
			spp_arena_string(&machine->arena, one->subscriber);
	}
	return here->subscriber != NULL;
}

static void step(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_subscription *listed)
{
	struct spp_running *m = &machine->moves[move];
	size_t entry =
		spp_dual_find(machine, move, listed->id, listed->subscriber);
	struct spp_switch *one = spp_dual_at(machine, move, entry);
	bool on_new = spp_migrate_has(
		listed->on, listed->on_count, spp_migrate_next(machine, move));
	enum spp_migrate_operation operation;

	if (one->change.sent && one->change.operation == SPP_MIGRATE_OPEN_SUB) {
		settle(machine, move, one, on_new);
		if (!one->change.sent)
			note(machine, move, one, "opened");
	} else {
		settle(machine, move, one, false);
	}
	if (!on_new)
		one->covered = false; /* the new side was lost again */
	operation = wanted(machine, move, one, on_new);
	if (operation == SPP_MIGRATE_GET || m->calls >= SPP_MIGRATE_ROUND_MOST)
		return;
	if (!advance(machine, move, entry, operation))
		m->shut = true;
}

void spp_dual_got(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	const char *old = spp_migrate_old(machine, move);
	struct spp_running *m = &machine->moves[move];
	bool any = false;

	for (size_t i = 0; i < spp_dual_count(machine, move); i++)
		spp_dual_at(machine, move, i)->listed = false;
	for (size_t i = 0; i < state->subscription_count; i++) {
		if (!take(machine, move, &state->subscriptions[i])) {
			machine->failed = true;
			return;
		}
	}
	for (size_t i = 0; i < spp_dual_count(machine, move); i++) {
		if (!spp_dual_at(machine, move, i)->listed)
			gone(machine, move, spp_dual_at(machine, move, i));
	}
	m->shut = false;
	for (size_t i = 0; i < state->subscription_count; i++) {
		const struct spp_migrate_subscription *one =
			&state->subscriptions[i];

		if (!spp_dual_concerns(machine, move, one) ||
			!spp_migrate_has(one->on, one->on_count, old))
			continue;
		any = true;
		step(machine, move, one);
	}
	if (m->shut && !m->back) {
		spp_move_turn_back(machine, move, spp_migrate_kept(&m->reason));
		return;
	}
	if (!any) {
		m->clean = true;
		m->dual = false;
		spp_move_look(machine, move);
	} else if (m->calls == 0) {
		spp_move_wait(machine, move, m->progress_ms);
	}
}
