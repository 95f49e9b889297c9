#include "lib/assign/state.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/cluster/risk.h"

#include <math.h>

double spp_state_excess(const struct spp_state *state,
	const struct spp_row *final, size_t platform)
{
	const struct spp_cluster *cluster = state->cluster;
	double excess = 0;

	if (!spp_cluster_alive(cluster, platform))
		return 0;
	for (size_t r = 0; r < cluster->resources; r++) {
		size_t at = platform * cluster->resources + r;

		if (!cluster->hard[at])
			continue;
		for (size_t k = 0; k < cluster->slots; k++) {
			size_t cell = r * cluster->slots + k;
			double level = spp_risk_level(final->mean[cell],
				spp_risk_deviation(cluster, final, cell),
				cluster->risk_z);

			if (level > cluster->capacity[at])
				excess += level * cluster->share[at] - 1;
		}
	}
	return excess;
}

/* A hard level may be as high as the capacity, or as it is now. */
static void set_allowed(struct spp_state *state)
{
	const struct spp_cluster *cluster = state->cluster;

	for (size_t i = 0; i < cluster->platforms; i++) {
		struct spp_row row = spp_load_row(cluster, &state->final, i);

		for (size_t c = 0; c < cluster->cells; c++) {
			size_t at = i * cluster->resources + c / cluster->slots;
			double level = spp_risk_level(row.mean[c],
				spp_risk_deviation(cluster, &row, c),
				cluster->risk_z);

			state->allowed[i * cluster->cells + c] =
				cluster->hard[at]
					? fmax(level, cluster->capacity[at])
					: INFINITY;
		}
	}
}

static void set_costs(struct spp_state *state)
{
	const struct spp_cluster *cluster = state->cluster;

	for (size_t i = 0; i < cluster->platforms; i++) {
		struct spp_row row = spp_load_row(cluster, &state->load, i);
		struct spp_row final = spp_load_row(cluster, &state->final, i);

		state->platform_cost[i] = spp_cost_platform(cluster, &row, i);
		state->platform_excess[i] = spp_state_excess(state, &final, i);
	}
	for (size_t p = 0; p < cluster->partitions; p++)
		state->broken[p] = spp_rules_breaches(cluster, p,
			spp_state_replicas(state, p),
			spp_state_serving(state, p))
		                           .total;
	state->cost = spp_state_cost(state);
}

struct spp_cost spp_state_cost(const struct spp_state *state)
{
	struct spp_cost sum = {0};

	for (size_t i = 0; i < state->cluster->platforms; i++)
		spp_cost_add(&sum, &state->platform_cost[i], 1);
	for (size_t p = 0; p < state->cluster->partitions; p++)
		spp_cost_add(&sum, &state->change[p].cost, 1);
	return sum;
}

struct spp_state *spp_state_new(const struct spp_cluster *cluster,
	const struct spp_assign_options *options, struct spp_arena *arena,
	struct spp_err *err)
{
	struct spp_state *state = spp_arena_alloc(arena, 1, sizeof *state);
	size_t partitions = cluster->partitions;
	size_t platforms = cluster->platforms;

	if (!spp_arena_ok(arena, err))
		return NULL;
	state->cluster = cluster;
	state->options = *options;
	state->old = spp_placement_current(cluster, arena);
	state->new = spp_placement_current(cluster, arena);
	state->ready_s = spp_arena_alloc(arena, partitions, sizeof(double));
	state->change =
		spp_arena_alloc(arena, partitions, sizeof(struct spp_change));
	state->order = spp_arena_alloc(arena, partitions, sizeof(size_t));
	state->broken = spp_arena_alloc(arena, partitions, sizeof(size_t));
	state->load = spp_load_new(cluster, arena);
	state->final = spp_load_new(cluster, arena);
	state->allowed = spp_arena_alloc(
		arena, platforms * cluster->cells, sizeof(double));
	state->given = spp_arena_alloc(arena, platforms, sizeof(double));
	state->turn =
		spp_arena_alloc(arena, partitions, sizeof(struct spp_turn));
	state->platform_cost =
		spp_arena_alloc(arena, platforms, sizeof(struct spp_cost));
	state->platform_excess =
		spp_arena_alloc(arena, platforms, sizeof(double));
	state->stream_moves =
		spp_arena_alloc(arena, cluster->streams, sizeof(double));
	state->stream_bytes =
		spp_arena_alloc(arena, cluster->streams, sizeof(double));
	if (!spp_arena_ok(arena, err))
		return NULL;
	spp_load_place(cluster, &state->load, &state->new, 1);
	spp_load_place(cluster, &state->final, &state->new, 1);
	set_allowed(state);
	set_costs(state);
	state->asked = spp_trial_new(state, arena, err);
	return state->asked != NULL ? state : NULL;
}
