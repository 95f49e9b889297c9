#include "lib/cluster/cost.h"

#include "lib/cluster/risk.h"

#include <math.h>

/* Where the latency term goes on as its tangent. */
#define LATENCY_KNEE 0.95

#define HOUR_S 3600.0
#define CONNECTION_COST 1e-5

double spp_cost_total(const struct spp_cost *cost)
{
	return cost->overload + cost->latency + cost->utilisation +
	       cost->migration + cost->smoothness;
}

void spp_cost_add(struct spp_cost *to, const struct spp_cost *cost, double by)
{
	to->overload += by * cost->overload;
	to->latency += by * cost->latency;
	to->utilisation += by * cost->utilisation;
	to->migration += by * cost->migration;
	to->smoothness += by * cost->smoothness;
}

double spp_cost_latency(double rho)
{
	const double knee = LATENCY_KNEE, rest = 1 - LATENCY_KNEE;

	if (rho <= knee)
		return rho / (1 - rho);
	return knee / rest + (rho - knee) / (rest * rest);
}

double spp_cost_latency_slope(double rho)
{
	double rest = 1 - (rho <= LATENCY_KNEE ? rho : LATENCY_KNEE);

	return 1 / (rest * rest);
}

/* Expected load over the threshold, as a share of the capacity. */
static double over(const struct spp_cluster *cluster, const struct spp_row *row,
	size_t cell, double share)
{
	const struct spp_weights *weights = &cluster->weights;
	double deviation = 0;

	if (!weights->certain)
		deviation = spp_risk_deviation(cluster, row, cell) * share;
	return spp_risk_overload(
		row->mean[cell] * share, deviation, weights->threshold);
}

/* Adds the terms of one cell, without weights and hours. */
static void add_cell(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t platform, size_t resource,
	size_t slot, struct spp_cost *cost)
{
	size_t cell = resource * cluster->slots + slot;
	double share = cluster->share[platform * cluster->resources + resource];
	double rho, away;

	if (!(share > 0))
		return;
	cost->overload += over(cluster, row, cell, share);
	if (!cluster->queued[resource])
		return;
	rho = row->mean[cell] * share;
	cost->latency += spp_cost_latency(rho);
	if (!spp_cluster_open(cluster, platform))
		return;
	away = rho - cluster->cluster_mean[cell];
	cost->utilisation += away * away;
}

static void weigh(
	const struct spp_cluster *cluster, size_t slot, struct spp_cost *cost)
{
	const struct spp_weights *weights = &cluster->weights;
	double hours = cluster->slot_weight_h[slot];

	cost->overload *= weights->overload * hours;
	cost->latency *= weights->latency * hours;
	cost->utilisation *= weights->utilisation * hours;
}

struct spp_cost spp_cost_cell(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t platform, size_t resource,
	size_t slot)
{
	struct spp_cost cost = {0};

	if (!spp_cluster_alive(cluster, platform))
		return cost;
	add_cell(cluster, row, platform, resource, slot, &cost);
	weigh(cluster, slot, &cost);
	return cost;
}

struct spp_cost spp_cost_slot(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t platform, size_t slot)
{
	struct spp_cost cost = {0};

	if (!spp_cluster_alive(cluster, platform))
		return cost;
	for (size_t r = 0; r < cluster->resources; r++)
		add_cell(cluster, row, platform, r, slot, &cost);
	weigh(cluster, slot, &cost);
	return cost;
}

struct spp_cost spp_cost_platform(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t platform)
{
	struct spp_cost sum = {0};

	if (!spp_cluster_alive(cluster, platform))
		return sum;
	for (size_t slot = 0; slot < cluster->slots; slot++) {
		struct spp_cost cost;

		cost = spp_cost_slot(cluster, row, platform, slot);
		spp_cost_add(&sum, &cost, 1);
	}
	return sum;
}

struct spp_cost spp_cost_load(
	const struct spp_cluster *cluster, const struct spp_load *load)
{
	struct spp_cost sum = {0};

	for (size_t i = 0; i < cluster->platforms; i++) {
		struct spp_row row = spp_load_row(cluster, load, i);
		struct spp_cost cost = spp_cost_platform(cluster, &row, i);

		spp_cost_add(&sum, &cost, 1);
	}
	return sum;
}

/* 1/capacity of a resource there, 0 where it is unlimited. */
static double share_of(
	const struct spp_cluster *cluster, size_t platform, size_t resource)
{
	if (resource == SPP_NOWHERE || platform == SPP_NOWHERE)
		return 0;
	return cluster->share[platform * cluster->resources + resource];
}

double spp_cost_copy(const struct spp_cluster *cluster, double bytes,
	size_t copy_from, size_t target)
{
	size_t cpu = cluster->cpu;
	double hours;

	if (copy_from == SPP_NOWHERE || !(bytes > 0))
		return 0;
	hours = share_of(cluster, target, cluster->network_in) +
	        share_of(cluster, copy_from, cluster->network_out);
	if (cpu != SPP_NOWHERE)
		hours += cluster->model[cpu].per_replicated_byte *
		                 share_of(cluster, copy_from, cpu) +
		         cluster->model[cpu].follower_per_byte *
		                 share_of(cluster, target, cpu);
	return cluster->weights.migration * bytes / HOUR_S * hours;
}

double spp_cost_connections(
	const struct spp_cluster *cluster, double connections)
{
	return cluster->weights.migration * CONNECTION_COST * connections;
}

double spp_cost_smoothness(const struct spp_cluster *cluster, size_t partition)
{
	const struct spp_weights *weights = &cluster->weights;

	return weights->smoothness *
	       exp2(-cluster->age_s[partition] / weights->half_life_s);
}

double spp_cost_copy_source(
	const struct spp_cluster *cluster, size_t resource, double rate)
{
	return cluster->model[resource].per_replicated_byte * rate;
}

double spp_cost_copy_target(
	const struct spp_cluster *cluster, size_t resource, double rate)
{
	return cluster->model[resource].follower_per_byte * rate;
}

size_t spp_cost_copy_from(const struct spp_cluster *cluster,
	const size_t *replicas, size_t count, size_t replaced)
{
	if (cluster->driver.copy_from == SPP_COPY_NONE)
		return SPP_NOWHERE;
	if (cluster->driver.copy_from == SPP_COPY_REPLICA &&
		spp_cluster_alive(cluster, replaced))
		return replaced;
	for (size_t i = 0; i < count; i++) {
		if (spp_cluster_alive(cluster, replicas[i]))
			return replicas[i];
	}
	return SPP_NOWHERE;
}
