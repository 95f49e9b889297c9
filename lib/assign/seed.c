/*
 * The original cost function, word by word:
 *
 *	FUNCTION calculate_cost: over all platforms, where the predicted load
 *	is above the capacity, the difference times a penalty factor.
 *
 * A cluster has more than one resource and slot: the function is taken for
 * each of them and summed, with the hours of the slot over the mean capacity
 * of the resource as penalty factor.  It knows neither copies nor time.
 */
#include "lib/assign/state.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

bool spp_seed_use(
	struct spp_state *state, struct spp_arena *arena, struct spp_err *err)
{
	const struct spp_cluster *cluster = state->cluster;
	double *penalty =
		spp_arena_alloc(arena, cluster->cells, sizeof *penalty);

	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t c = 0; c < cluster->cells; c++) {
		size_t r = c / cluster->slots, k = c % cluster->slots;
		double capacity = 0, count = 0;

		for (size_t i = 0; i < cluster->platforms; i++) {
			size_t at = i * cluster->resources + r;

			if (!(cluster->share[at] > 0))
				continue;
			capacity += cluster->capacity[at];
			count++;
		}
		penalty[c] = cluster->slot_weight_h[k] / (capacity / count);
	}
	state->penalty = penalty;
	return true;
}

double spp_seed_cell(const struct spp_state *state, const struct spp_load *load,
	size_t platform, size_t cell)
{
	const struct spp_cluster *cluster = state->cluster;
	double predicted = load->mean[platform * cluster->cells + cell];
	double capacity = cluster->capacity[platform * cluster->resources +
					    cell / cluster->slots];

	return predicted > capacity
	               ? (predicted - capacity) * state->penalty[cell]
	               : 0;
}

double spp_seed_cost(const struct spp_state *state, const struct spp_load *load)
{
	const struct spp_cluster *cluster = state->cluster;
	double total_cost = 0;

	for (size_t c = 0; c < cluster->cells; c++) {
		for (size_t i = 0; i < cluster->platforms; i++)
			total_cost += spp_seed_cell(state, load, i, c);
	}
	return total_cost;
}

double spp_seed_change(const struct spp_trial *trial, size_t platform)
{
	const struct spp_state *state = trial->state;
	double change = 0;

	for (size_t c = 0; c < state->cluster->cells; c++)
		change += spp_seed_cell(state, &trial->final, platform, c) -
		          spp_seed_cell(state, &state->final, platform, c);
	return change;
}
