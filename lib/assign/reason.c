/* Why: what the answer would cost without one of its records. */
#include "lib/assign/state.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <string.h>

/* A slot is named where it has at least this part of the best one's relief. */
#define NAMED 0.1

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
	part->change = spp_change_of(
		cluster, partition, part->replica, part->serving);
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
	struct spp_row without = spp_load_row(cluster, &trial->load, platform);
	struct spp_row with = spp_load_row(cluster, &state->load, platform);
	struct spp_cost before =
		spp_cost_cell(cluster, &without, platform, resource, slot);
	struct spp_cost after =
		spp_cost_cell(cluster, &with, platform, resource, slot);

	return load_cost(&before) - load_cost(&after);
}

static void find_platform(
	const struct spp_trial *trial, struct spp_reason *reason)
{
	const struct spp_state *state = trial->state;
	double most = 0;

	for (size_t i = 0; i < trial->touches; i++) {
		size_t at = trial->touched[i];
		double relief = load_cost(&trial->cost[i]) -
			load_cost(&state->platform_cost[at]);

		if (relief > most ||
			(relief == most && relief > 0 &&
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
		double relief = relief_at(
			trial, reason->platform, reason->resource, k);

		most = relief > most ? relief : most;
	}
	for (size_t k = 0; most > 0 && k < cluster->slots; k++) {
		if (relief_at(trial, reason->platform, reason->resource, k) >=
			NAMED * most)
			reason->slot[reason->slots++] = k;
	}
}

/* The first rule that would be broken more often without the record. */
static const char *find_repair(const struct spp_trial *trial, size_t partition)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	const struct spp_part *part = &trial->part[0];
	struct spp_breaches without = spp_rules_breaches(
		cluster, partition, part->replica, part->serving);
	struct spp_breaches with = spp_rules_breaches(cluster, partition,
		spp_state_replicas(state, partition),
		spp_state_serving(state, partition));

	for (size_t i = 0; i < SPP_RULES; i++) {
		if (without.of[i] > with.of[i])
			return spp_rule_text((enum spp_rule)i);
	}
	if (spp_rules_apart(cluster, &state->new, partition,
		    part->replica[0]) >
		spp_rules_apart(cluster, &state->new, partition,
			spp_state_replicas(state, partition)[0]))
		return spp_rule_text(SPP_RULE_COLOCATED);
	if (spp_trial_excess(trial) > 0)
		return "a level above a hard capacity";
	return NULL;
}

bool spp_assign_reason(const struct spp_answer *answer, size_t partition,
	size_t subscription, struct spp_reason *reason,
	struct spp_arena *arena, struct spp_err *err)
{
	const struct spp_state *state = answer->state;
	struct spp_trial *trial = state->asked;

	*reason = (struct spp_reason) {
		.platform = SPP_NOWHERE,
		.resource = SPP_NOWHERE,
		.slot = spp_arena_alloc(
			arena, state->cluster->slots, sizeof(size_t)),
	};
	if (!spp_arena_ok(arena, err))
		return false;
	spp_trial_reset(trial);
	set_back(trial, partition, subscription, state->ready_s[partition]);
	spp_trial_cost(trial);
	spp_cost_add(&reason->change, &trial->delta, -1);
	find_platform(trial, reason);
	if (reason->platform != SPP_NOWHERE)
		find_resource(trial, reason);
	if (reason->resource != SPP_NOWHERE)
		find_slots(trial, reason);
	reason->repairs = find_repair(trial, partition);
	return true;
}
