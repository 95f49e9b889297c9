/* May a move begin, given the state of its partition? */
#include "lib/migrate/machine.h"

#include <string.h>

bool spp_state_holds(
	const struct spp_migrate_state *state, const char *platform)
{
	return spp_migrate_has(state->replicas, state->replica_count, platform);
}

/* New subscriptions and the lead are at the platform. */
bool spp_state_leads(
	const struct spp_migrate_state *state, const char *platform)
{
	return state->replica_count > 0 &&
	       spp_migrate_same(state->replicas[0], platform) &&
	       (state->route == NULL ||
		       spp_migrate_same(state->route, platform));
}

bool spp_migrate_copies(const struct spp_migrate_move *planned)
{
	return planned->kind == SPP_MIGRATE_REPLICA ||
	       planned->kind == SPP_MIGRATE_ADD;
}

/* Is a subscription that the move concerns served where it is to leave? */
static bool serves(const struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	for (size_t i = 0; i < state->subscription_count; i++) {
		const struct spp_migrate_subscription *one =
			&state->subscriptions[i];

		if (spp_dual_concerns(machine, move, one) &&
			spp_migrate_has(one->on, one->on_count,
				machine->plan->moves[move].from))
			return true;
	}
	return false;
}

/* Why the move must not begin, or NULL. */
static const char *obstacle(const struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];
	bool version_known = planned->version != NULL && state->version != NULL;

	for (size_t k = 0; k < planned->group_count; k++) {
		/* After a move of this plan it has a version of its own. */
		if (machine->plan->groups[planned->groups[k]].partition &&
			machine->groups[planned->groups[k]].touched)
			version_known = false;
	}
	if (version_known && strcmp(planned->version, state->version) != 0)
		return "the partition has another version than planned for";
	if (state->inflight_to != NULL)
		return "the partition is being moved by somebody else";
	if (planned->replica_count > 0) {
		if (state->replica_count != planned->replica_count)
			return "the partition has other replicas than planned "
			       "for";
		for (size_t k = 0; k < planned->replica_count; k++) {
			if (!spp_state_holds(state, planned->replicas[k]))
				return "the partition has other replicas than "
				       "planned for";
		}
		if (strcmp(state->replicas[0], planned->replicas[0]) != 0)
			return "the partition has another leader than planned "
			       "for";
	}
	if (planned->kind == SPP_MIGRATE_SUBSCRIPTION) {
		return serves(machine, move, state)
		               ? NULL
		               : "the platform to leave does not serve the "
		                 "subscription";
	}
	if (planned->from != NULL && !spp_state_holds(state, planned->from))
		return "the platform to leave holds no replica";
	if (spp_migrate_copies(planned) && spp_state_holds(state, planned->to))
		return "the target holds a replica already";
	if (planned->kind == SPP_MIGRATE_LEADER) {
		if (!spp_state_holds(state, planned->to))
			return "the platform to lead holds no replica";
		if (!spp_state_leads(state, planned->from))
			return "another platform leads than planned for";
	}
	return NULL;
}

bool spp_move_begin(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state)
{
	const struct spp_migrate_move *planned = &machine->plan->moves[move];
	struct spp_running *m = &machine->moves[move];
	const char *why = obstacle(machine, move, state);
	struct spp_migrate_record *start;

	if (why != NULL) {
		spp_migrate_keep(&m->reason, why);
		spp_move_end(machine, move, SPP_MIGRATE_SKIPPED, state);
		return false;
	}
	m->started = true;
	if (planned->kind == SPP_MIGRATE_LEADER)
		m->leads = true;
	for (size_t k = 0; k < planned->group_count; k++)
		machine->groups[planned->groups[k]].touched = true;
	m->progress_ms = machine->now_ms;
	start = spp_migrate_record(machine, move, SPP_MIGRATE_RECORD_START);
	start->text = spp_migrate_kept(&m->version);
	start->replica_count = state->replica_count;
	start->replicas = state->replicas;
	spp_migrate_note(machine, move, SPP_MIGRATE_PHASE_QUEUE, "began");
	return true;
}
