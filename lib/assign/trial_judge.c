/* What a trial may not do. */
#include "lib/assign/state.h"

#include "lib/cluster/risk.h"

#include <math.h>

static bool listed(const size_t *list, size_t count, size_t value)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == value)
			return true;
	}
	return false;
}

/* A platform that something new is to be given to. */
static enum spp_refusal refused_target(
	const struct spp_cluster *cluster, size_t partition, size_t platform)
{
	if (cluster->state[platform] == SPP_FAILED)
		return SPP_REFUSED_FAILED;
	if (cluster->state[platform] == SPP_DRAINING)
		return SPP_REFUSED_DRAINING;
	if (partition != SPP_NOWHERE &&
		spp_cluster_barred(cluster, partition, platform))
		return SPP_REFUSED_BARRED;
	return SPP_REFUSED_NOT;
}

/* New replicas, a new leader and new serving platforms of a part. */
static enum spp_refusal refused_targets(
	const struct spp_state *state, const struct spp_part *part)
{
	const struct spp_cluster *cluster = state->cluster;
	size_t p = part->partition, first = cluster->first_subscription[p];
	const size_t *now = spp_state_replicas(state, p);
	size_t count = spp_cluster_replicas(cluster, p);
	enum spp_refusal refusal = SPP_REFUSED_NOT;

	for (size_t i = 0; i < count; i++) {
		size_t at = part->replica[i];
		bool leads = i == 0 && at != now[0];

		if (at == SPP_NOWHERE)
			continue;
		if (listed(part->replica, i, at))
			return SPP_REFUSED_HOLDS;
		if (leads || !listed(now, count, at))
			refusal = refused_target(cluster,
				leads && listed(now, count, at) ? SPP_NOWHERE
								: p,
				at);
		if (refusal != SPP_REFUSED_NOT)
			return refusal;
	}
	for (size_t s = first;
		cluster->apart && s < cluster->first_subscription[p + 1]; s++) {
		size_t at = part->serving[s - first];

		if (at == state->new.serving[s] || at == SPP_NOWHERE)
			continue;
		refusal = refused_target(cluster, SPP_NOWHERE, at);
		if (refusal != SPP_REFUSED_NOT)
			return refusal;
	}
	return SPP_REFUSED_NOT;
}

/* More moves or bytes than some budget has, and more than now. */
static enum spp_refusal refused_budget(const struct spp_trial *trial)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	double moves = (double)state->moves, bytes = state->bytes;
	double more_moves, more_bytes;

	for (size_t i = 0; i < trial->parts; i++) {
		const struct spp_part *part = &trial->part[i];
		const struct spp_change *now = &state->change[part->partition];

		moves += (double)part->change.moves - (double)now->moves;
		bytes += part->change.bytes - now->bytes;
	}
	more_moves = moves - (double)state->moves;
	more_bytes = bytes - state->bytes;
	if (more_moves > 0 && moves > state->options.max_moves)
		return SPP_REFUSED_MOVES;
	if (more_bytes > 0 && bytes > state->options.max_bytes)
		return SPP_REFUSED_BYTES;
	for (size_t i = 0; i < cluster->budgets; i++) {
		const struct spp_budget *budget = &cluster->budget[i];

		if (budget->stream != SPP_NOWHERE)
			continue;
		if (more_moves > 0 && moves > budget->moves)
			return SPP_REFUSED_MOVES;
		if (more_bytes > 0 && bytes > budget->bytes)
			return SPP_REFUSED_BYTES;
	}
	return SPP_REFUSED_NOT;
}

static bool over_stream(
	const struct spp_trial *trial, const struct spp_budget *budget)
{
	const struct spp_state *state = trial->state;
	double moves = state->stream_moves[budget->stream];
	double bytes = state->stream_bytes[budget->stream];
	double moves_now = moves, bytes_now = bytes;

	for (size_t i = 0; i < trial->parts; i++) {
		const struct spp_part *part = &trial->part[i];
		const struct spp_change *now = &state->change[part->partition];

		if (state->cluster->stream[part->partition] != budget->stream)
			continue;
		moves += (double)part->change.moves - (double)now->moves;
		bytes += part->change.bytes - now->bytes;
	}
	return (moves > moves_now && moves > budget->moves) ||
	       (bytes > bytes_now && bytes > budget->bytes);
}

static enum spp_refusal refused_streams(const struct spp_trial *trial)
{
	const struct spp_cluster *cluster = trial->state->cluster;

	for (size_t i = 0; i < cluster->budgets; i++) {
		if (cluster->budget[i].stream != SPP_NOWHERE &&
			over_stream(trial, &cluster->budget[i]))
			return SPP_REFUSED_STREAM;
	}
	return SPP_REFUSED_NOT;
}

/* Two parts in one group: what they do to it together is not known here. */
static bool share_group(const struct spp_trial *trial)
{
	const struct spp_cluster *cluster = trial->state->cluster;

	for (size_t i = 1; i < trial->parts; i++) {
		size_t p = trial->part[i].partition;

		for (size_t k = 0; k < i; k++) {
			size_t q = trial->part[k].partition;
			const size_t *groups =
				cluster->groups_of + cluster->first_group[q];

			for (size_t g = cluster->first_group[p];
				g < cluster->first_group[p + 1]; g++) {
				if (listed(groups,
					    cluster->first_group[q + 1] -
						    cluster->first_group[q],
					    cluster->groups_of[g]))
					return true;
			}
		}
	}
	return false;
}

long spp_trial_breaches(const struct spp_trial *trial)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	long change = 0;

	for (size_t i = 0; i < trial->parts; i++) {
		const struct spp_part *part = &trial->part[i];
		size_t p = part->partition;
		struct spp_breaches breaches = spp_rules_breaches(
			cluster, p, part->replica, part->serving);

		change += (long)breaches.total - (long)state->broken[p];
		if (cluster->first_group[p] == cluster->first_group[p + 1])
			continue;
		change += (long)spp_rules_apart(
				  cluster, &state->new, p, part->replica[0]) -
		          (long)spp_rules_apart(cluster, &state->new, p,
				  spp_state_replicas(state, p)[0]);
	}
	return change;
}

enum spp_refusal spp_trial_refused(const struct spp_trial *trial)
{
	const struct spp_state *state = trial->state;
	enum spp_refusal refusal;

	for (size_t i = 0; i < trial->parts; i++) {
		const struct spp_part *part = &trial->part[i];

		if (state->cluster->frozen[part->partition])
			return SPP_REFUSED_FROZEN;
		refusal = refused_targets(state, part);
		if (refusal != SPP_REFUSED_NOT)
			return refusal;
		if (isinf(part->change.copy_s))
			return SPP_REFUSED_RATE;
	}
	if (share_group(trial) || spp_trial_breaches(trial) > 0)
		return SPP_REFUSED_RULE;
	refusal = refused_budget(trial);
	if (refusal != SPP_REFUSED_NOT)
		return refusal;
	return refused_streams(trial);
}

enum spp_refusal spp_trial_crowded(
	const struct spp_trial *trial, size_t *platform, size_t *resource)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;

	for (size_t i = 0; i < trial->touches; i++) {
		size_t at = trial->touched[i];
		struct spp_row row = spp_load_row(cluster, &trial->final, at);

		for (size_t c = 0; c < cluster->cells; c++) {
			double most = state->allowed[at * cluster->cells + c];

			if (isinf(most) ||
				spp_risk_level(row.mean[c],
					spp_risk_deviation(cluster, &row, c),
					cluster->risk_z) <= most)
				continue;
			*platform = at;
			*resource = c / cluster->slots;
			return SPP_REFUSED_CAPACITY;
		}
	}
	return SPP_REFUSED_NOT;
}

double spp_trial_excess(const struct spp_trial *trial)
{
	const struct spp_state *state = trial->state;
	double change = 0;

	for (size_t i = 0; i < trial->touches; i++) {
		size_t at = trial->touched[i];
		struct spp_row row =
			spp_load_row(state->cluster, &trial->final, at);

		change += spp_state_excess(state, &row, at) -
		          state->platform_excess[at];
	}
	return change;
}
