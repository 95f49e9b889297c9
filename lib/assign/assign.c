#include "lib/assign/search.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <math.h>

#define ACT_WITHIN_S 3600.0
#define MOVES_MOST 100.0

/* What a move must gain, and from which horizon on it is more. */
#define GAIN_SHORT 0.00125
#define GAIN_LONG 0.005
#define LONG_S (12 * 3600.0)

struct spp_assign_options spp_assign_options_default(
	const struct spp_cluster *cluster)
{
	double end_s = cluster->slot_end_s[cluster->slots - 1];

	return (struct spp_assign_options){
		.min_gain = end_s >= LONG_S ? GAIN_LONG : GAIN_SHORT,
		.act_within_s = ACT_WITHIN_S,
		.max_moves = MOVES_MOST,
		.max_bytes = INFINITY,
	};
}

static struct spp_heat heat_of(const struct spp_state *state)
{
	const struct spp_cluster *cluster = state->cluster;
	struct spp_heat heat = {.platform = SPP_NOWHERE,
		.resource = SPP_NOWHERE,
		.slot = SPP_NOWHERE};
	double sum = 0, count = 0;

	for (size_t i = 0; i < cluster->platforms; i++) {
		const double *mean = state->load.mean + i * cluster->cells;

		for (size_t c = 0; c < cluster->cells; c++) {
			size_t r = c / cluster->slots;
			double share =
				cluster->share[i * cluster->resources + r];

			if (!(share > 0) || !spp_cluster_alive(cluster, i))
				continue;
			sum += mean[c] * share;
			count++;
			if (heat.platform != SPP_NOWHERE &&
				!(mean[c] * share > heat.highest))
				continue;
			heat.highest = mean[c] * share;
			heat.platform = i;
			heat.resource = r;
			heat.slot = c % cluster->slots;
		}
	}
	heat.mean = count > 0 ? sum / count : 0;
	return heat;
}

static double at_place(
	const struct spp_state *state, const struct spp_heat *heat)
{
	const struct spp_cluster *cluster = state->cluster;

	if (heat->platform == SPP_NOWHERE)
		return 0;
	return state->load.mean[heat->platform * cluster->cells +
				heat->resource * cluster->slots + heat->slot] *
	       cluster->share[heat->platform * cluster->resources +
			      heat->resource];
}

static double excess_of(const struct spp_state *state)
{
	double sum = 0;

	for (size_t i = 0; i < state->cluster->platforms; i++)
		sum += state->platform_excess[i];
	return sum;
}

/*
 * Repairs need no other reason; improvement needs a platform that is about
 * to get hot, before the repairs or by them.
 */
static void solve(struct spp_search *search, struct spp_answer *answer)
{
	struct spp_state *state = search->state;
	bool broken =
		answer->broken_before.total > 0 || answer->excess_before > 0;
	bool hot = spp_assign_hot(state);

	answer->acted = broken || hot;
	if (!answer->acted)
		return;
	if (broken)
		spp_assign_repair(search);
	if (hot || spp_assign_hot(state))
		spp_assign_improve(search);
	/* What was moved may have made room for what could not be. */
	if (broken)
		spp_assign_repair(search);
	/* What is taken back may end the wait of others, whose gain changes. */
	do
		spp_state_settle(state, search->trial);
	while (spp_assign_prune(search));
}

void spp_answer_after(const struct spp_state *state, struct spp_answer *answer)
{
	answer->after = state->cost;
	answer->broken_after = spp_rules_all(state->cluster, &state->new);
	answer->excess_after = excess_of(state);
	answer->heat_after = heat_of(state);
	answer->hottest_after = at_place(state, &answer->heat_before);
	answer->moves = state->moves;
	/* In the order of a reader, who adds up the records. */
	answer->bytes = 0;
	for (size_t p = 0; p < state->cluster->partitions; p++)
		answer->bytes += state->change[p].bytes;
	answer->placement = state->new;
	answer->ready_s = state->ready_s;
}

void spp_answer_before(const struct spp_state *state, struct spp_answer *answer)
{
	answer->before = state->cost;
	answer->broken_before = spp_rules_all(state->cluster, &state->new);
	answer->excess_before = excess_of(state);
	answer->heat_before = heat_of(state);
}

static void set_bound(
	const struct spp_cluster *cluster, struct spp_answer *answer)
{
	double before = spp_cost_total(&answer->before);
	double after = spp_cost_total(&answer->after);

	answer->bound = spp_assign_bound(cluster);
	if (before > answer->bound)
		answer->gap =
			(after - answer->bound) / (before - answer->bound);
}

/* An answer that mends nothing must gain the least gain in all, too. */
static bool useless(
	const struct spp_state *state, const struct spp_answer *answer)
{
	double gain = spp_cost_total(&answer->before) -
	              spp_cost_total(&answer->after);

	return answer->moves > 0 &&
	       answer->broken_after.total >= answer->broken_before.total &&
	       answer->excess_after >= answer->excess_before &&
	       gain < state->options.min_gain;
}

/* Would a larger budget do more, as the answer stands? */
static bool spent(
	const struct spp_search *search, const struct spp_answer *answer)
{
	return search->spent ||
	       (search->spent_repair && (answer->broken_after.total > 0 ||
						answer->excess_after > 0));
}

struct spp_answer *spp_assign(const struct spp_cluster *cluster,
	const struct spp_assign_options *options, struct spp_arena *arena,
	struct spp_err *err)
{
	struct spp_answer *answer = spp_arena_alloc(arena, 1, sizeof *answer);
	struct spp_state *state;
	struct spp_search search;

	if (!spp_arena_ok(arena, err))
		return NULL;
	state = spp_state_new(cluster, options, arena, err);
	if (state == NULL || !spp_search_init(&search, state, arena, err))
		return NULL;
	spp_answer_before(state, answer);
	solve(&search, answer);
	answer->state = state;
	spp_answer_after(state, answer);
	if (useless(state, answer)) {
		state = spp_state_new(cluster, options, arena, err);
		if (state == NULL)
			return NULL;
		answer->state = state;
		spp_answer_after(state, answer);
	}
	set_bound(cluster, answer);
	return spp_answer_lacks(
		       state, spent(&search, answer), answer, arena, err)
	               ? answer
	               : NULL;
}
