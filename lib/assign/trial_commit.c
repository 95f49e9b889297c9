/* Taking a trial over into the state. */
#include "lib/assign/state.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void take_rows(const struct spp_trial *trial, struct spp_state *state)
{
	const struct spp_cluster *cluster = state->cluster;

	for (size_t i = 0; i < trial->touches; i++) {
		size_t at = trial->touched[i];
		struct spp_row from = spp_load_row(cluster, &trial->load, at);
		struct spp_row to = spp_load_row(cluster, &state->load, at);

		spp_row_copy(cluster, &to, &from);
		state->platform_cost[at] = spp_cost_platform(cluster, &to, at);
		from = spp_load_row(cluster, &trial->final, at);
		to = spp_load_row(cluster, &state->final, at);
		spp_row_copy(cluster, &to, &from);
		state->platform_excess[at] = spp_state_excess(state, &to, at);
	}
}

/* Changed partitions stand in the order in which they were accepted. */
static void reorder(struct spp_state *state, size_t partition, bool changed)
{
	size_t kept = 0;

	for (size_t i = 0; i < state->changed; i++) {
		if (state->order[i] != partition)
			state->order[kept++] = state->order[i];
	}
	if (changed)
		state->order[kept++] = partition;
	state->changed = kept;
}

static void take_part(struct spp_state *state, const struct spp_part *part)
{
	const struct spp_cluster *cluster = state->cluster;
	size_t p = part->partition, stream = cluster->stream[p];
	struct spp_change *change = &state->change[p];
	size_t subscriptions = cluster->first_subscription[p + 1] -
	                       cluster->first_subscription[p];

	state->moves += part->change.moves - change->moves;
	state->bytes += part->change.bytes - change->bytes;
	state->stream_moves[stream] +=
		(double)part->change.moves - (double)change->moves;
	state->stream_bytes[stream] += part->change.bytes - change->bytes;
	*change = part->change;
	state->ready_s[p] = part->ready_s;
	memcpy(spp_state_replicas(state, p), part->replica,
		spp_cluster_replicas(cluster, p) * sizeof(size_t));
	spp_change_keep_order(state->old.replica + cluster->first_replica[p],
		spp_state_replicas(state, p), spp_cluster_replicas(cluster, p));
	memcpy(spp_state_serving(state, p), part->serving,
		subscriptions * sizeof(size_t));
	state->broken[p] =
		spp_rules_breaches(cluster, p, part->replica, part->serving)
			.total;
	reorder(state, p, change->moves > 0);
}

/* The copies of a change as it stands. */
static size_t steps_of(const struct spp_state *state, size_t partition,
	struct spp_step steps[SPP_REPLICAS_MAX + 1])
{
	const struct spp_cluster *cluster = state->cluster;

	return spp_change_steps(cluster, partition,
		state->old.replica + cluster->first_replica[partition],
		spp_state_replicas(state, partition),
		spp_cluster_replicas(cluster, partition), steps);
}

double spp_state_waits(const struct spp_state *state, size_t partition)
{
	struct spp_step steps[SPP_REPLICAS_MAX + 1];
	size_t count = steps_of(state, partition, steps);
	double waiting = 0;

	for (size_t i = 0; i < count; i++) {
		if (!(steps[i].bytes > 0))
			continue;
		waiting = fmax(waiting, state->given[steps[i].to]);
		waiting = fmax(waiting, state->given[steps[i].copy_from]);
	}
	return waiting / state->cluster->driver.rate;
}

void spp_state_give(struct spp_state *state, size_t partition)
{
	struct spp_step steps[SPP_REPLICAS_MAX + 1];
	size_t count = steps_of(state, partition, steps);

	for (size_t i = 0; i < count; i++) {
		if (!(steps[i].bytes > 0))
			continue;
		state->given[steps[i].to] += steps[i].bytes;
		state->given[steps[i].copy_from] += steps[i].bytes;
	}
}

void spp_state_retime(struct spp_state *state, struct spp_trial *trial)
{
	for (size_t i = 0; i < state->cluster->platforms; i++)
		state->given[i] = 0;
	for (size_t i = 0; i < state->changed; i++) {
		size_t p = state->order[i];
		double ready_s =
			spp_state_waits(state, p) + state->change[p].copy_s;
		struct spp_part *part;

		spp_state_give(state, p);
		if (ready_s == state->ready_s[p])
			continue;
		spp_trial_reset(trial);
		part = spp_trial_part(trial, p);
		part->change = state->change[p];
		spp_trial_apply_at(trial, ready_s);
		take_rows(trial, state);
		state->ready_s[p] = ready_s;
	}
	state->cost = spp_state_cost(state);
	spp_trial_reset(trial);
}

void spp_trial_commit(struct spp_trial *trial, struct spp_state *state)
{
	assert(trial->state == state && trial->parts > 0);
	take_rows(trial, state);
	for (size_t i = 0; i < trial->parts; i++)
		take_part(state, &trial->part[i]);
	spp_state_retime(state, trial);
}
