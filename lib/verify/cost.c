/*
 * The cost table, term by term.
 */
#include "lib/verify/load.h"

#include <math.h>

/* From this utilisation on latency grows along its tangent. */
#define LATENCY_TANGENT .95

double spp_verify_deviation(const struct spp_verify_model *model,
	const struct spp_verify_loads *loads, size_t cell)
{
	double variance = loads->variance[cell];

	if (model->certain)
		return 0;
	for (size_t f = 0; f < model->factors; f++) {
		double loading = loads->loading[cell * model->factors + f];

		variance += loading * loading;
	}
	return sqrt(fmax(0, variance));
}

double spp_verify_held(const struct spp_verify_model *model,
	const struct spp_verify_loads *loads, size_t cell)
{
	return loads->level[cell] +
	       model->risk_z * spp_verify_deviation(model, loads, cell);
}

/* s (phi(z) - z (1 - Phi(z))), z = (threshold - mean)/s. */
double spp_verify_overload(double mean, double deviation, double threshold)
{
	double z, density;

	if (!(deviation > 0))
		return fmax(0, mean - threshold);
	z = (threshold - mean) / deviation;
	density = exp(-z * z / 2) / sqrt(2 * acos(-1));
	return fmax(0, deviation * (density - z * .5 * erfc(z / sqrt(2))));
}

static double latency(double rho)
{
	const double at = LATENCY_TANGENT;

	if (rho <= at)
		return rho / (1 - rho);
	return at / (1 - at) + (rho - at) / ((1 - at) * (1 - at));
}

static bool is_cpu_or_network(
	const struct spp_verify_model *model, size_t resource)
{
	return resource == model->cpu || resource == model->network_in ||
	       resource == model->network_out;
}

/*
 * Load over capacity of the platforms that stay, as if it were one; the
 * load of all items counts, wherever they are.
 */
static double cluster_rho(
	const struct spp_verify_run *run, size_t resource, size_t slot)
{
	const struct spp_verify_model *model = &run->model;
	double load = 0, capacity = 0;

	for (size_t n = 0; n < model->platform_count; n++) {
		const struct spp_verify_platform *of = &model->platforms[n];

		if (of->closed || !spp_present(of->capacity[resource]))
			continue;
		load += of->background[resource];
		capacity += of->capacity[resource];
	}
	for (size_t p = 0; p < model->partition_count; p++) {
		const struct spp_verify_partition *of = &model->partitions[p];
		size_t count = spp_verify_items(model, p, of->replicas,
			of->wanted, run->answer.serving_before, run->items);

		for (size_t i = 0; i < count; i++)
			load += spp_verify_demand(
				model, &run->items[i], resource, slot)
			                .level;
	}
	return capacity > 0 ? load / capacity : 0;
}

/*
 * The seed's cost function: what exceeds the capacity of a platform, with a
 * penalty factor of one over the mean capacity that platforms have.
 */
static double seed_cost(
	const struct spp_verify_model *model, double level, size_t n, size_t r)
{
	double sum = 0, count = 0;

	for (size_t i = 0; i < model->platform_count; i++) {
		double capacity = model->platforms[i].capacity[r];

		if (!spp_present(capacity))
			continue;
		sum += capacity;
		count++;
	}
	return fmax(0, level - model->platforms[n].capacity[r]) / (sum / count);
}

static void add_cell(const struct spp_verify_run *run,
	const struct spp_verify_loads *loads, size_t n, size_t r, size_t k,
	struct spp_cost_terms *terms)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_platform *of = &model->platforms[n];
	size_t cell = spp_verify_cell(model, n, r, k);
	double capacity = of->capacity[r], hours = model->hours[k];
	double rho, uneven;

	if (of->failed || !spp_present(capacity))
		return;
	if (model->seed) {
		terms->overload +=
			hours * seed_cost(model, loads->level[cell], n, r);
		return;
	}
	rho = loads->level[cell] / capacity;
	terms->overload +=
		hours *
		spp_verify_overload(rho,
			spp_verify_deviation(model, loads, cell) / capacity,
			model->weights.threshold);
	if (!is_cpu_or_network(model, r))
		return;
	terms->latency += hours * latency(rho);
	uneven = rho - run->cluster_rho[r * model->slots + k];
	if (!of->closed)
		terms->utilisation += hours * uneven * uneven;
}

double spp_verify_total(const struct spp_cost_terms *terms)
{
	return terms->overload + terms->latency + terms->utilisation +
	       terms->migration + terms->smoothness;
}

struct spp_cost_terms spp_verify_cost_of(const struct spp_verify_run *run,
	const struct spp_verify_loads *loads, size_t platform)
{
	const struct spp_verify_model *model = &run->model;
	struct spp_cost_terms terms = {.total = 0};

	for (size_t r = 0; r < model->resources; r++)
		for (size_t k = 0; k < model->slots; k++)
			add_cell(run, loads, platform, r, k, &terms);
	if (!model->seed)
		terms.overload *= model->weights.overload;
	terms.latency *= model->weights.latency;
	terms.utilisation *= model->weights.utilisation;
	return terms;
}

void spp_verify_cost_add(struct spp_cost_terms *to,
	const struct spp_cost_terms *terms, double sign)
{
	to->overload += sign * terms->overload;
	to->latency += sign * terms->latency;
	to->utilisation += sign * terms->utilisation;
	to->migration += sign * terms->migration;
	to->smoothness += sign * terms->smoothness;
	to->total = spp_verify_total(to);
}

struct spp_cost_terms spp_verify_cost(const struct spp_verify_run *run,
	const struct spp_verify_loads *loads, bool moves)
{
	const struct spp_verify_answer *answer = &run->answer;
	struct spp_cost_terms terms = {.total = 0};

	for (size_t n = 0; n < run->model.platform_count; n++) {
		struct spp_cost_terms of = spp_verify_cost_of(run, loads, n);

		spp_verify_cost_add(&terms, &of, 1);
	}
	for (size_t i = 0; moves && i < answer->count; i++) {
		terms.migration += answer->changes[i].migration;
		terms.smoothness += answer->changes[i].smoothness;
	}
	terms.total = spp_verify_total(&terms);
	return terms;
}

bool spp_verify_cluster_rho(struct spp_verify_run *run, struct spp_err *err)
{
	const struct spp_verify_model *model = &run->model;

	run->cluster_rho = spp_arena_alloc(
		model->arena, model->resources * model->slots, sizeof(double));
	if (!spp_arena_ok(model->arena, err))
		return false;
	for (size_t r = 0; r < model->resources; r++)
		for (size_t k = 0; k < model->slots; k++)
			run->cluster_rho[r * model->slots + k] =
				cluster_rho(run, r, k);
	return true;
}
