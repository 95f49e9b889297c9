/* Why: what the answer would cost without one of its records. */
#include "lib/assign/state.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <string.h>

/* A slot is named where it has at least this part of the best one's relief. */
#define NAMED 0.1

static const char too_full[] = "a level above a hard capacity";

static void set_back(struct spp_trial *trial, size_t partition,
	size_t subscription, double ready_s)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	struct spp_part *part = spp_trial_part(trial, partition);

	if (subscription == SPP_NOWHERE)
		memcpy(part->replica,
			state->old.replica + cluster->first_replica[partition],
			spp_cluster_replicas(cluster, partition) *
				sizeof(size_t));
	else
		part->serving[subscription -
			      cluster->first_subscription[partition]] =
			state->old.serving[subscription];
	part->change =
		spp_change_of(cluster, partition, part->replica, part->serving);
	spp_trial_apply_at(trial, ready_s);
}

static double load_cost(const struct spp_cost *cost)
{
	return cost->overload + cost->latency + cost->utilisation;
}

/* Saved on one resource of a platform, in one slot. */
static double relief_at(const struct spp_trial *trial, size_t platform,
	size_t resource, size_t slot)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	size_t cell = resource * cluster->slots + slot;
	struct spp_row without = spp_load_row(cluster, &trial->load, platform);
	struct spp_row with = spp_load_row(cluster, &state->load, platform);
	struct spp_cost before, after;

	if (state->penalty != NULL)
		return spp_seed_cell(state, &trial->final, platform, cell) -
		       spp_seed_cell(state, &state->final, platform, cell);
	before = spp_cost_cell(cluster, &without, platform, resource, slot);
	after = spp_cost_cell(cluster, &with, platform, resource, slot);
	return load_cost(&before) - load_cost(&after);
}

/* Saved on a platform, the trial's touch of this index. */
static double relief_of(const struct spp_trial *trial, size_t index)
{
	const struct spp_state *state = trial->state;
	size_t at = trial->touched[index];

	if (state->penalty != NULL)
		return spp_seed_change(trial, at);
	return load_cost(&trial->cost[index]) -
	       load_cost(&state->platform_cost[at]);
}

/* What the record changes: the trial goes the other way. */
static struct spp_cost change_of(struct spp_trial *trial)
{
	struct spp_cost change = {0};

	spp_trial_cost(trial);
	if (trial->state->penalty == NULL)
		spp_cost_add(&change, &trial->delta, -1);
	else
		for (size_t i = 0; i < trial->touches; i++)
			change.overload -= relief_of(trial, i);
	return change;
}

static void find_platform(
	const struct spp_trial *trial, struct spp_reason *reason)
{
	double most = 0;

	for (size_t i = 0; i < trial->touches; i++) {
		size_t at = trial->touched[i];
		double relief = relief_of(trial, i);

		if (relief > most || (relief == most && relief > 0 &&
					     at < reason->platform)) {
			most = relief;
			reason->platform = at;
		}
	}
}

static void find_resource(
	const struct spp_trial *trial, struct spp_reason *reason)
{
	const struct spp_cluster *cluster = trial->state->cluster;
	double most = 0;

	for (size_t r = 0; r < cluster->resources; r++) {
		double relief = 0;

		for (size_t k = 0; k < cluster->slots; k++)
			relief += relief_at(trial, reason->platform, r, k);
		if (relief > most) {
			most = relief;
			reason->resource = r;
		}
	}
}

static void find_slots(const struct spp_trial *trial, struct spp_reason *reason)
{
	const struct spp_cluster *cluster = trial->state->cluster;
	double most = 0;

	for (size_t k = 0; k < cluster->slots; k++) {
		double relief =
			relief_at(trial, reason->platform, reason->resource, k);

		most = relief > most ? relief : most;
	}
	for (size_t k = 0; most > 0 && k < cluster->slots; k++) {
		if (relief_at(trial, reason->platform, reason->resource, k) >=
			NAMED * most)
			reason->slot[reason->slots++] = k;
	}
}

/* Was some hard level there above its capacity before the answer? */
static bool was_full(const struct spp_state *state, size_t platform)
{
	const struct spp_cluster *cluster = state->cluster;
	const double *allowed = state->allowed + platform * cluster->cells;

	for (size_t c = 0; c < cluster->cells; c++) {
		size_t at = platform * cluster->resources + c / cluster->slots;

		if (cluster->hard[at] && allowed[c] > cluster->capacity[at])
			return true;
	}
	return false;
}

/* Would a platform that was too full be fuller without the record? */
static bool relieves_full(const struct spp_trial *trial)
{
	const struct spp_state *state = trial->state;

	for (size_t i = 0; i < trial->touches; i++) {
		size_t at = trial->touched[i];
		struct spp_row row =
			spp_load_row(state->cluster, &trial->final, at);

		if (spp_state_excess(state, &row, at) >
				state->platform_excess[at] &&
			was_full(state, at))
			return true;
	}
	return false;
}

/* Could the platform of the records not serve a subscription? */
static bool was_unserved(
	const struct spp_state *state, size_t partition, size_t subscription)
{
	const struct spp_cluster *cluster = state->cluster;
	size_t at = state->old.serving[subscription];
	const size_t *old = state->old.replica;

	if (!spp_cluster_open(cluster, at))
		return true;
	if (cluster->driver.serve != SPP_SERVE_REPLICA)
		return false;
	for (size_t i = cluster->first_replica[partition];
		i < cluster->first_replica[partition + 1]; i++) {
		if (old[i] == at)
			return false;
	}
	return true;
}

/*
 * The first rule that the records break and the answer does not, or less:
 * of a partition's replicas, or of one subscription.
 */
static const char *find_repair(
	const struct spp_trial *trial, size_t partition, size_t subscription)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	const size_t *old =
		state->old.replica + cluster->first_replica[partition];
	const size_t *new = spp_state_replicas(state, partition);
	struct spp_breaches before, after;

	if (subscription != SPP_NOWHERE)
		return was_unserved(state, partition, subscription)
		               ? spp_rule_text(SPP_RULE_SERVED)
		       : relieves_full(trial) ? too_full
		                              : NULL;
	before = spp_rules_breaches(cluster, partition, old,
		state->old.serving + cluster->first_subscription[partition]);
	after = spp_rules_breaches(
		cluster, partition, new, spp_state_serving(state, partition));
	for (size_t i = 0; i < SPP_RULES; i++) {
		if (i != SPP_RULE_SERVED && before.of[i] > after.of[i])
			return spp_rule_text((enum spp_rule)i);
	}
	if (spp_rules_apart(cluster, &state->old, partition, old[0]) >
			spp_rules_apart(
				cluster, &state->new, partition, new[0]) &&
		old[0] != new[0])
		return spp_rule_text(SPP_RULE_COLOCATED);
	return relieves_full(trial) ? too_full : NULL;
}

bool spp_assign_reason(const struct spp_answer *answer, size_t partition,
	size_t subscription, struct spp_reason *reason, struct spp_arena *arena,
	struct spp_err *err)
{
	const struct spp_state *state = answer->state;
	struct spp_trial *trial = state->asked;

	*reason = (struct spp_reason){
		.platform = SPP_NOWHERE,
		.resource = SPP_NOWHERE,
		.slot = spp_arena_alloc(
			arena, state->cluster->slots, sizeof(size_t)),
	};
	if (!spp_arena_ok(arena, err))
		return false;
	spp_trial_reset(trial);
	set_back(trial, partition, subscription, state->ready_s[partition]);
	reason->change = change_of(trial);
	find_platform(trial, reason);
	if (reason->platform != SPP_NOWHERE)
		find_resource(trial, reason);
	if (reason->resource != SPP_NOWHERE)
		find_slots(trial, reason);
	reason->repairs = find_repair(trial, partition, subscription);
	return true;
}
