/* Actions of the machine, and small questions that all its parts ask. */
#include "lib/migrate/machine.h"

#include <assert.h>
#include <string.h>

/* A place for an action; what does not fit lands in a spare one. */
static struct spp_migrate_action *action(
	struct spp_migrate *machine, enum spp_migrate_action_type type)
{
	struct spp_migrate_action *added;

	added = spp_buf_extend(&machine->actions, sizeof *added);
	if (added == NULL) {
		machine->spare = (struct spp_migrate_action){0};
		added = &machine->spare;
	}
	added->type = type;
	return added;
}

struct spp_migrate_record *spp_migrate_record(struct spp_migrate *machine,
	size_t move, enum spp_migrate_record_kind kind)
{
	struct spp_migrate_action *added;

	added = action(machine, SPP_MIGRATE_DO_RECORD);
	added->u.record.kind = kind;
	added->u.record.move = move;
	return &added->u.record;
}

struct spp_migrate_note *spp_migrate_note(struct spp_migrate *machine,
	size_t move, enum spp_migrate_phase phase, const char *what)
{
	struct spp_migrate_action *added;

	added = action(machine, SPP_MIGRATE_DO_NOTE);
	added->u.note.move = move;
	added->u.note.phase = phase;
	added->u.note.what = what;
	return &added->u.note;
}

struct spp_migrate_result *spp_migrate_result(
	struct spp_migrate *machine, size_t move)
{
	struct spp_migrate_action *added;

	added = action(machine, SPP_MIGRATE_DO_RESULT);
	added->u.result.move = move;
	return &added->u.result;
}

static struct spp_migrate_call *call(struct spp_migrate *machine, size_t move,
	size_t entry, enum spp_migrate_operation operation, unsigned step)
{
	struct spp_open_call *open;
	struct spp_migrate_action *added;

	assert(machine->moves[move].place == SPP_MOVE_RUNS);
	open = spp_buf_extend(&machine->calls, sizeof *open);
	if (open != NULL) {
		*open = (struct spp_open_call){.id = machine->next_call,
			.move = move,
			.entry = entry,
			.operation = operation,
			.step = step};
	}
	machine->moves[move].calls++;
	added = action(machine, SPP_MIGRATE_DO_CALL);
	added->u.call.id = machine->next_call++;
	added->u.call.move = move;
	added->u.call.operation = operation;
	added->u.call.step = step;
	if (entry != SPP_MIGRATE_NONE) {
		added->u.call.subscription =
			spp_dual_at(machine, move, entry)->id;
	}
	return &added->u.call;
}

void spp_migrate_ask(struct spp_migrate *machine, size_t move, size_t entry,
	enum spp_migrate_operation operation)
{
	struct spp_migrate_call *asked =
		call(machine, move, entry, operation, 0);

	if (operation == SPP_MIGRATE_SUBS) {
		asked->platform = spp_migrate_old(machine, move);
	} else if (operation == SPP_MIGRATE_EVIDENCE) {
		asked->platform = spp_migrate_next(machine, move);
		asked->from = spp_migrate_old(machine, move);
	}
}

void spp_migrate_change(struct spp_migrate *machine, size_t move, size_t entry,
	enum spp_migrate_operation operation, const char *platform, bool again)
{
	struct spp_running *m = &machine->moves[move];
	struct spp_change *change = &m->change;
	struct spp_migrate_record *intent;
	struct spp_migrate_call *made;

	assert(spp_migrate_changes(operation) && platform != NULL);
	if (entry != SPP_MIGRATE_NONE)
		change = &spp_dual_at(machine, move, entry)->change;
	*change = (struct spp_change){.sent = true,
		.operation = operation,
		.step = again ? change->step : ++m->step,
		.code = SPP_MIGRATE_LOST,
		.sent_ms = machine->now_ms,
		.platform = platform};
	if (operation == SPP_MIGRATE_DETACH && !m->back)
		m->released = true;
	if (spp_dual_crosses(operation, m->back))
		spp_dual_at(machine, move, entry)->crossed = true;
	intent = spp_migrate_record(machine, move, SPP_MIGRATE_RECORD_INTENT);
	intent->step = change->step;
	intent->operation = operation;
	if (entry != SPP_MIGRATE_NONE)
		intent->subscription = spp_dual_at(machine, move, entry)->id;
	made = call(machine, move, entry, operation, change->step);
	made->platform = platform;
	if (operation == SPP_MIGRATE_ROUTE)
		made->version = spp_migrate_kept(&m->version);
}

enum spp_migrate_phase spp_migrate_phase_of(
	enum spp_migrate_operation operation)
{
	switch (operation) {
	case SPP_MIGRATE_ATTACH:
	case SPP_MIGRATE_CANCEL:
		return SPP_MIGRATE_PHASE_ATTACH;
	case SPP_MIGRATE_ROUTE:
		return SPP_MIGRATE_PHASE_ROUTE;
	case SPP_MIGRATE_DETACH:
		return SPP_MIGRATE_PHASE_RELEASE;
	default:
		return SPP_MIGRATE_PHASE_DUAL;
	}
}

/* Texts of drivers are cut, so that a hostile one costs little. */
const char *spp_migrate_keep(struct spp_buf *buf, const char *text)
{
	enum { TEXT_MOST = 256 };

	spp_buf_reset(buf);
	if (text == NULL)
		return NULL;
	spp_buf_append(buf, text, strnlen(text, TEXT_MOST));
	spp_buf_char(buf, '\0');
	return spp_migrate_kept(buf);
}

const char *spp_migrate_kept(const struct spp_buf *buf)
{
	return buf->length > 0 && !buf->failed ? buf->data : NULL;
}

bool spp_migrate_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

bool spp_migrate_has(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (spp_migrate_same(names[i], name))
			return true;
	}
	return false;
}

/* On the way back both sides change their parts. */
const char *spp_migrate_old(const struct spp_migrate *machine, size_t move)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];

	return machine->moves[move].back ? planned->to : planned->from;
}

const char *spp_migrate_next(const struct spp_migrate *machine, size_t move)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];

	return machine->moves[move].back ? planned->from : planned->to;
}
