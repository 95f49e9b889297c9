/* What each platform would mean for one partition. */
#include "lib/assign/state.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <math.h>

/* The rule that the trial would break more often than now. */
static enum spp_rule broken_rule(const struct spp_trial *trial)
{
	const struct spp_state *state = trial->state;
	const struct spp_part *part = &trial->part[0];
	size_t p = part->partition;
	struct spp_breaches then = spp_rules_breaches(
		state->cluster, p, part->replica, part->serving);
	struct spp_breaches now = spp_rules_breaches(state->cluster, p,
		spp_state_replicas(state, p), spp_state_serving(state, p));

	for (size_t i = 0; i < SPP_RULES; i++) {
		if (then.of[i] > now.of[i])
			return (enum spp_rule)i;
	}
	return SPP_RULE_COLOCATED;
}

/* What the trial changes of the cost that the answer is for. */
static double cost_of(struct spp_trial *trial)
{
	double change = 0;

	if (trial->state->penalty == NULL)
		return spp_trial_cost(trial);
	for (size_t i = 0; i < trial->touches; i++)
		change += spp_seed_change(trial, trial->touched[i]);
	return change;
}

/* One replica in the platform's hands instead of where it is. */
static struct spp_verdict judge(struct spp_trial *trial, size_t partition,
	size_t index, size_t platform)
{
	const struct spp_cluster *cluster = trial->state->cluster;
	size_t first = cluster->first_subscription[partition];
	struct spp_verdict verdict = {
		.cost = INFINITY, .resource = SPP_NOWHERE};
	struct spp_part *part;
	size_t crowded;

	spp_trial_reset(trial);
	part = spp_trial_part(trial, partition);
	verdict.replaced = part->replica[index];
	part->replica[index] = platform;
	for (size_t s = first; cluster->apart &&
			       s < cluster->first_subscription[partition + 1];
		s++) {
		if (part->serving[s - first] == verdict.replaced)
			part->serving[s - first] = platform;
	}
	spp_trial_apply(trial);
	verdict.refusal = spp_trial_refused(trial);
	if (verdict.refusal == SPP_REFUSED_RULE)
		verdict.rule = broken_rule(trial);
	if (verdict.refusal == SPP_REFUSED_NOT)
		verdict.refusal =
			spp_trial_crowded(trial, &crowded, &verdict.resource);
	if (verdict.refusal == SPP_REFUSED_NOT)
		verdict.cost = cost_of(trial);
	return verdict;
}

struct spp_verdict *spp_assign_explain(const struct spp_answer *answer,
	size_t partition, struct spp_arena *arena, struct spp_err *err)
{
	const struct spp_state *state = answer->state;
	const struct spp_cluster *cluster = state->cluster;
	const size_t *replica = spp_state_replicas(state, partition);
	size_t count = spp_cluster_replicas(cluster, partition);
	struct spp_verdict *verdicts =
		spp_arena_alloc(arena, cluster->platforms, sizeof *verdicts);

	if (!spp_arena_ok(arena, err))
		return NULL;
	for (size_t i = 0; i < cluster->platforms; i++) {
		struct spp_verdict *best = &verdicts[i];

		for (size_t k = 0; k < count; k++)
			best->holds = best->holds || replica[k] == i;
		best->leads = replica[0] == i;
		for (size_t k = 0; !best->holds && k < count; k++) {
			struct spp_verdict one =
				judge(state->asked, partition, k, i);

			if (k == 0 || one.cost < best->cost)
				*best = one;
		}
	}
	return verdicts;
}
