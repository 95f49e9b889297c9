/*
 * What one move does next, given the state of its partition as it was just
 * read: the first of attach, route, dual, release whose effect is missing.
 */
#include "lib/migrate/machine.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const struct spp_migrate_move *planned_of(
	const struct spp_migrate *machine, size_t move)
{
	return &machine->plan->moves[move];
}

void spp_move_progress(struct spp_migrate *machine, size_t move)
{
	struct spp_running *m = &machine->moves[move];

	m->progress_ms = machine->now_ms;
	m->tries = 0;
	m->refusals = 0;
	/* What has been overcome is no reason; why it turned back stays. */
	if (!m->back)
		spp_buf_reset(&m->reason);
}

/* Look again soon at what began lately, less often at what takes long. */
void spp_move_wait(struct spp_migrate *machine, size_t move, int64_t since_ms)
{
	const struct spp_migrate_options *options = &machine->options;
	int64_t wait_ms = options->poll_most_ms;

	if (since_ms > machine->now_ms - 8 * options->poll_most_ms)
		wait_ms = (machine->now_ms - since_ms) / 8;
	if (wait_ms < options->poll_least_ms)
		wait_ms = options->poll_least_ms;
	machine->moves[move].wake_ms = machine->now_ms + wait_ms;
}

/* After trouble: longer each time, and never all moves at once. */
void spp_move_back_off(struct spp_migrate *machine, size_t move)
{
	struct spp_running *m = &machine->moves[move];
	double wait_ms = ldexp((double)machine->options.backoff_ms,
		(int)(m->tries < 20 ? m->tries : 20));

	if (wait_ms > (double)machine->options.backoff_most_ms)
		wait_ms = (double)machine->options.backoff_most_ms;
	m->tries++;
	wait_ms *= .5 + .5 * spp_rng_uniform(&m->rng);
	m->wake_ms = machine->now_ms + 1 + (int64_t)wait_ms;
}

void spp_move_end(struct spp_migrate *machine, size_t move,
	enum spp_migrate_outcome outcome, const struct spp_migrate_state *state)
{
	struct spp_running *m = &machine->moves[move];
	struct spp_migrate_result *result;
	struct spp_migrate_record *record;
	const char *reason;

	assert(m->place != SPP_MOVE_ENDED && m->calls == 0);
	if (m->place == SPP_MOVE_RUNS)
		spp_queue_leave(machine, move);
	m->place = SPP_MOVE_ENDED;
	m->outcome = outcome;
	machine->ended_count++;
	machine->queue_ms = INT64_MIN;
	reason = outcome == SPP_MIGRATE_DONE ? NULL
	                                     : spp_migrate_kept(&m->reason);
	/* An action is filled before the next one may move it. */
	record = spp_migrate_record(machine, move, SPP_MIGRATE_RECORD_END);
	record->outcome = outcome;
	record->text = reason;
	result = spp_migrate_result(machine, move);
	result->outcome = outcome;
	result->state = state;
	result->reason = reason;
	for (size_t i = 0; i < spp_dual_count(machine, move); i++) {
		const struct spp_switch *one = spp_dual_at(machine, move, i);
		enum spp_migrate_protection how = SPP_MIGRATE_OVERLAP;

		if (!one->switched)
			continue;
		result->switched++;
		if (one->left || !machine->options.overlaps) {
			how = machine->options.resumes ? SPP_MIGRATE_RESUME
			                               : SPP_MIGRATE_BARE;
		}
		result->protections[how]++;
	}
	spp_buf_free(&m->switches);
}

void spp_move_turn_back(
	struct spp_migrate *machine, size_t move, const char *reason)
{
	struct spp_running *m = &machine->moves[move];
	struct spp_migrate_note *note;

	assert(m->place == SPP_MOVE_RUNS && !m->back && !m->released);
	/* The reason may be what is kept already. */
	if (reason != spp_migrate_kept(&m->reason))
		spp_migrate_keep(&m->reason, reason);
	m->back = true;
	m->dual = m->clean = false;
	m->change.sent = false;
	m->wake_ms = machine->now_ms;
	spp_move_progress(machine, move);
	for (size_t i = 0; i < spp_dual_count(machine, move); i++) {
		struct spp_switch *one = spp_dual_at(machine, move, i);

		one->covered = one->switched = one->left = false;
		one->change.sent = false;
	}
	spp_migrate_record(machine, move, SPP_MIGRATE_RECORD_BACK)->text =
		spp_migrate_kept(&m->reason);
	note = spp_migrate_note(
		machine, move, SPP_MIGRATE_PHASE_QUEUE, "turned_back");
	note->text = spp_migrate_kept(&m->reason);
}

/* Nothing went ahead for too long: back, or where that is shut, an end. */
static void stalled(struct spp_migrate *machine, size_t move)
{
	struct spp_running *m = &machine->moves[move];

	if (spp_migrate_kept(&m->reason) == NULL)
		spp_migrate_keep(&m->reason, "nothing went ahead");
	if (!m->started)
		spp_move_end(machine, move, SPP_MIGRATE_SKIPPED, NULL);
	else if (m->back || m->released)
		spp_move_end(machine, move, SPP_MIGRATE_UNSETTLED, NULL);
	else
		spp_move_turn_back(machine, move, spp_migrate_kept(&m->reason));
}

/* The longest time without progress that is not yet a stall. */
static int64_t patience_ms(const struct spp_migrate *machine, size_t move)
{
	const struct spp_running *m = &machine->moves[move];
	int64_t patience = machine->options.stall_ms;

	/* A driver that does not count bytes shows no progress. */
	if (m->change.sent && m->change.operation == SPP_MIGRATE_ATTACH &&
		!(m->copied > 0))
		patience += 2 * planned_of(machine, move)->duration_ms;
	return patience;
}

void spp_move_look(struct spp_migrate *machine, size_t move)
{
	struct spp_running *m = &machine->moves[move];

	assert(m->place == SPP_MOVE_RUNS && m->calls == 0);
	if (machine->now_ms - m->progress_ms > patience_ms(machine, move)) {
		stalled(machine, move);
		if (m->place == SPP_MOVE_ENDED)
			return;
	}
	m->wake_ms = INT64_MAX;
	m->trouble = false;
	spp_migrate_ask(machine, move, SPP_MIGRATE_NONE,
		m->dual ? SPP_MIGRATE_SUBS : SPP_MIGRATE_GET);
}

enum spp_again spp_move_again(struct spp_migrate *machine, size_t move,
	const struct spp_change *change)
{
	struct spp_running *m = &machine->moves[move];
	enum spp_migrate_repeat repeat =
		machine->options.repeat[change->operation];
	/* What was taken but does not show gets this long to do so. */
	int64_t quiet_ms = machine->options.stall_ms / 4;
	bool waited = change->sent_ms == INT64_MIN ||
	              machine->now_ms - change->sent_ms >= quiet_ms;

	switch (change->code) {
	case SPP_MIGRATE_OK:
		return waited && repeat != SPP_MIGRATE_NEVER ? SPP_AGAIN_NEW
		                                             : SPP_AGAIN_WAIT;
	case SPP_MIGRATE_IN_PROGRESS:
		return waited && repeat != SPP_MIGRATE_NEVER ? SPP_AGAIN_SAME
		                                             : SPP_AGAIN_WAIT;
	case SPP_MIGRATE_TRANSIENT:
		return SPP_AGAIN_SAME;
	case SPP_MIGRATE_UNKNOWN:
	case SPP_MIGRATE_LOST:
		return repeat != SPP_MIGRATE_NEVER ? SPP_AGAIN_SAME
		                                   : SPP_AGAIN_WAIT;
	case SPP_MIGRATE_CONFLICT:
	case SPP_MIGRATE_REFUSED:
		return m->tries >= machine->options.attempts ? SPP_AGAIN_GIVE_UP
		                                             : SPP_AGAIN_NEW;
	default:
		return SPP_AGAIN_GIVE_UP;
	}
}

/* Make a change of the move itself, for the first time or once more. */
static void change(struct spp_migrate *machine, size_t move,
	enum spp_migrate_operation operation, const char *platform)
{
	struct spp_running *m = &machine->moves[move];
	enum spp_migrate_kind kind = planned_of(machine, move)->kind;
	enum spp_again again = SPP_AGAIN_NEW;

	if (m->change.sent && m->change.operation == operation)
		again = spp_move_again(machine, move, &m->change);
	if (again == SPP_AGAIN_GIVE_UP) {
		if (!m->back && !m->released) {
			spp_move_turn_back(
				machine, move, spp_migrate_kept(&m->reason));
			return;
		}
		/* Nothing was changed, and nothing will be. */
		if (kind == SPP_MIGRATE_DROP &&
			m->change.code == SPP_MIGRATE_REFUSED) {
			spp_move_end(machine, move, SPP_MIGRATE_GAVE_UP, NULL);
			return;
		}
		/* There is no other way, so time has to tell. */
		again = SPP_AGAIN_NEW;
	}
	if (again == SPP_AGAIN_WAIT) {
		spp_move_wait(machine, move, m->change.sent_ms);
		return;
	}
	spp_migrate_change(machine, move, SPP_MIGRATE_NONE, operation, platform,
		again == SPP_AGAIN_SAME);
}

/* The target would not have it now: others may go first. */
static void requeue(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	struct spp_running *m = &machine->moves[move];
	struct spp_migrate_note *note;
	struct spp_migrate_record *record;
	const char *reason = spp_migrate_kept(&m->reason);

	if (++m->refusals >= machine->options.attempts) {
		spp_move_end(machine, move, SPP_MIGRATE_GAVE_UP, state);
		return;
	}
	spp_queue_leave(machine, move);
	m->place = SPP_MOVE_WAITS;
	m->started = false;
	m->change.sent = false;
	spp_move_back_off(machine, move);
	record = spp_migrate_record(machine, move, SPP_MIGRATE_RECORD_WAIT);
	record->text = reason;
	note = spp_migrate_note(
		machine, move, SPP_MIGRATE_PHASE_QUEUE, "refused");
	note->text = reason;
}

static void attach(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	struct spp_running *m = &machine->moves[move];
	const char *to = planned_of(machine, move)->to;

	if (state->inflight_to != NULL) {
		if (spp_migrate_same(state->inflight_to, to) &&
			state->copied > m->copied) {
			m->copied = state->copied;
			spp_move_progress(machine, move);
		}
		spp_move_wait(machine, move, m->change.sent_ms);
		return;
	}
	if (m->change.sent && m->change.operation == SPP_MIGRATE_ATTACH &&
		m->change.code == SPP_MIGRATE_REFUSED) {
		requeue(machine, move, state);
		return;
	}
	m->copied = 0;
	change(machine, move, SPP_MIGRATE_ATTACH, to);
}

/* Is what was asked for to be seen? */
static bool shows(
	const struct spp_change *change, const struct spp_migrate_state *state)
{
	switch (change->operation) {
	case SPP_MIGRATE_ATTACH:
		return spp_state_holds(state, change->platform);
	case SPP_MIGRATE_ROUTE:
		return spp_state_leads(state, change->platform);
	case SPP_MIGRATE_DETACH:
		return !spp_state_holds(state, change->platform);
	case SPP_MIGRATE_CANCEL:
		return !spp_migrate_same(state->inflight_to, change->platform);
	default:
		return false;
	}
}

static void settle(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	static const char *const done[] = {
		[SPP_MIGRATE_ATTACH] = "attached",
		[SPP_MIGRATE_ROUTE] = "routed",
		[SPP_MIGRATE_DETACH] = "released",
		[SPP_MIGRATE_CANCEL] = "cancelled",
	};
	struct spp_running *m = &machine->moves[move];
	struct spp_migrate_record *record;
	bool seen;

	if (!m->change.sent)
		return;
	seen = shows(&m->change, state);
	if (!seen && m->change.looked)
		return;
	m->change.looked = true;
	record = spp_migrate_record(machine, move,
		seen ? SPP_MIGRATE_RECORD_STEP : SPP_MIGRATE_RECORD_READ);
	record->step = m->change.step;
	record->operation = m->change.operation;
	if (!seen)
		return;
	m->change.sent = false;
	m->changed = true;
	spp_move_progress(machine, move);
	spp_migrate_note(machine, move,
		spp_migrate_phase_of(m->change.operation),
		done[m->change.operation]);
}

/* Does the old side still serve what has to go? */
static bool serves(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	const struct spp_migrate_move *planned = planned_of(machine, move);
	struct spp_running *m = &machine->moves[move];
	const char *old = spp_migrate_old(machine, move);

	if (planned->kind == SPP_MIGRATE_ADD && !m->back)
		return false;
	if (planned->kind == SPP_MIGRATE_DROP)
		return false;
	if (planned->kind == SPP_MIGRATE_LEADER &&
		!machine->options.leader_serves)
		return false;
	if (spp_migrate_copies(planned) && !spp_state_holds(state, old))
		return false;
	/* On the way back from an addition nobody is to go anywhere. */
	if (planned->kind == SPP_MIGRATE_ADD)
		return false;
	for (size_t i = 0; i < state->subscription_count; i++) {
		const struct spp_migrate_subscription *one =
			&state->subscriptions[i];

		if (spp_dual_concerns(machine, move, one) &&
			spp_migrate_has(one->on, one->on_count, old))
			m->clean = false;
	}
	return !m->clean;
}

static void finish(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	struct spp_running *m = &machine->moves[move];

	if (!m->back)
		spp_move_end(machine, move, SPP_MIGRATE_DONE, state);
	else if (m->changed || machine->options.turn_back)
		spp_move_end(machine, move, SPP_MIGRATE_ROLLED_BACK, state);
	else
		spp_move_end(machine, move, SPP_MIGRATE_FAILED, state);
}

void spp_move_got(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	const struct spp_migrate_move *planned = planned_of(machine, move);
	struct spp_running *m = &machine->moves[move];
	const char *next, *gone = NULL;

	spp_migrate_keep(&m->version, state->version);
	if (planned->kind == SPP_MIGRATE_REPLICA && !m->back &&
		(spp_state_leads(state, planned->from) ||
			spp_migrate_same(state->route, planned->from)))
		m->leads = true;
	if (!m->started && !spp_move_begin(machine, move, state))
		return;
	settle(machine, move, state);
	next = spp_migrate_next(machine, move);
	if (spp_migrate_copies(planned) && !m->back &&
		!spp_state_holds(state, planned->to)) {
		attach(machine, move, state);
		return;
	}
	if (spp_migrate_copies(planned) && m->back &&
		spp_migrate_same(state->inflight_to, planned->to)) {
		change(machine, move, SPP_MIGRATE_CANCEL, planned->to);
		return;
	}
	if (m->leads && !spp_state_leads(state, next)) {
		change(machine, move, SPP_MIGRATE_ROUTE, next);
		return;
	}
	if (serves(machine, move, state)) {
		m->dual = true;
		spp_move_look(machine, move);
		return;
	}
	if (planned->kind == SPP_MIGRATE_REPLICA ||
		planned->kind == SPP_MIGRATE_DROP)
		gone = m->back ? NULL : planned->from;
	if (spp_migrate_copies(planned) && m->back)
		gone = planned->to;
	if (gone != NULL && spp_state_holds(state, gone))
		change(machine, move, SPP_MIGRATE_DETACH, gone);
	else
		finish(machine, move, state);
}
