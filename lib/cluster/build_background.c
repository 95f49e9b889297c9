/*
 * Background: measured load that no known partition explains.  It is
 * modelled from the rates of the last complete slot and the placement of
 * the records; where coefficients are off by more than 30 % for the sum of
 * all measured platforms, they are corrected first.
 */
#include "lib/cluster/build.h"

#include <math.h>
#include <string.h>

#define OFF_MOST 0.3

/* Demand of one moment: rates of production and of each subscription. */
struct last {
	double bytes, records;
};

static double positive(double value)
{
	return spp_present(value) ? value : 0;
}

static struct last last_of(const struct spp_forecast *forecast)
{
	const struct spp_measures *mean = forecast->mean;

	if (forecast->last != NULL)
		return (struct last){positive(forecast->last->bytes),
			positive(forecast->last->records)};
	return (struct last){mean->bytes.items[0],
		mean->records.items != NULL ? mean->records.items[0] : 0};
}

static double leader_now(
	const struct spp_build *build, size_t resource, size_t partition)
{
	const struct spp_cluster *cluster = build->cluster;
	const struct spp_coefficients *model = &build->model[resource];
	struct last in = last_of(build->produced[partition]);
	double copies = (double)spp_cluster_replicas(cluster, partition) - 1;

	return model->base + model->per_byte * in.bytes +
	       model->per_record * in.records +
	       copies * model->per_replicated_byte * in.bytes;
}

static double subscription_now(
	const struct spp_build *build, size_t resource, size_t subscription)
{
	const struct spp_coefficients *model = &build->model[resource];
	struct last out = last_of(build->consumed[subscription]);

	return model->out_per_byte * out.bytes +
	       model->out_per_record * out.records +
	       model->out_per_connection *
	               build->cluster->connections[subscription];
}

static void add(double *modelled, size_t platform, double value)
{
	if (platform != SPP_NOWHERE)
		modelled[platform] += value;
}

/* Demand of a resource on each platform, from the last rates. */
static void model_now(
	const struct spp_build *build, size_t resource, double *modelled)
{
	const struct spp_cluster *cluster = build->cluster;
	const struct spp_coefficients *model = &build->model[resource];

	for (size_t i = 0; i < cluster->platforms; i++)
		modelled[i] = 0;
	for (size_t p = 0; p < cluster->partitions; p++) {
		const size_t *replica =
			cluster->replica + cluster->first_replica[p];
		double in = last_of(build->produced[p]).bytes;

		for (size_t k = 0; k < spp_cluster_replicas(cluster, p); k++) {
			double value =
				k == 0 ? leader_now(build, resource, p)
				       : model->follower_base +
						 model->follower_per_byte * in;

			add(modelled, replica[k], value);
			if (resource == cluster->disk)
				add(modelled, replica[k],
					cluster->size_bytes[p]);
		}
	}
	for (size_t s = 0; s < cluster->subscriptions; s++) {
		size_t p = cluster->subscribed[s];
		size_t at =
			cluster->apart
				? cluster->serving[s]
				: cluster->replica[cluster->first_replica[p]];

		add(modelled, at, subscription_now(build, resource, s));
	}
}

/* Measured, or NAN where it was not or cannot be used. */
static double measured_of(const struct spp_build *build, const bool *stale,
	size_t platform, const char *resource)
{
	const struct spp_amounts *load = &build->platform[platform]->load;

	if (stale[platform] || !spp_cluster_alive(build->cluster, platform))
		return NAN;
	for (size_t i = 0; i < load->count; i++) {
		if (strcmp(load->names[i], resource) == 0)
			return load->values[i];
	}
	return NAN;
}

/* Platforms whose measurement is older than the last move there. */
static void find_stale(struct spp_build *build, bool *stale)
{
	const struct spp_cluster *cluster = build->cluster;
	struct spp_build_names names = {0};

	for (size_t p = 0; p < cluster->partitions; p++) {
		const struct spp_partition *record = build->partition[p];

		if (record == NULL || record->moved_at == SPP_TIME_NONE)
			continue;
		for (size_t i = cluster->first_replica[p];
			i < cluster->first_replica[p + 1]; i++) {
			size_t at = cluster->replica[i];
			spp_time measured = build->platform[at]->measured_at;

			if (measured != SPP_TIME_NONE &&
				measured < record->moved_at)
				stale[at] = true;
		}
	}
	for (size_t i = 0; i < cluster->platforms; i++) {
		if (stale[i] && build->platform[i]->load.count > 0)
			spp_build_name(
				&names, cluster->platform_names[i], NULL);
	}
	if (names.count > 0)
		spp_build_warn(build,
			"the load of %zu platforms was measured before the "
			"last move there and is not used: %s",
			names.count, names.text);
}

static void scale_model(struct spp_coefficients *model, double by)
{
	model->base *= by;
	model->per_byte *= by;
	model->per_record *= by;
	model->per_replicated_byte *= by;
	model->follower_base *= by;
	model->follower_per_byte *= by;
	model->out_per_byte *= by;
	model->out_per_record *= by;
	model->out_per_connection *= by;
}

/* Corrects a resource's coefficients where the sums are too far apart. */
static void rescale(struct spp_build *build, const bool *stale, size_t resource,
	double *modelled)
{
	const struct spp_cluster *cluster = build->cluster;
	const char *name = cluster->resource_names[resource];
	double sum = 0, sum_modelled = 0;

	for (size_t i = 0; i < cluster->platforms; i++) {
		double measured = measured_of(build, stale, i, name);

		if (!spp_present(measured))
			continue;
		sum += measured;
		sum_modelled += modelled[i];
	}
	if (resource == cluster->disk || !(sum > 0) || !(sum_modelled > 0) ||
		fabs(sum - sum_modelled) <= OFF_MOST * sum_modelled)
		return;
	scale_model(&build->model[resource], sum / sum_modelled);
	model_now(build, resource, modelled);
	spp_build_warn(build,
		"measured %s is %.3g times what the model says; its "
		"coefficients are multiplied by that",
		name, sum / sum_modelled);
}

bool spp_build_background(struct spp_build *build, struct spp_err *err)
{
	const struct spp_cluster *cluster = build->cluster;
	bool *stale = spp_arena_alloc(
		build->arena, cluster->platforms, sizeof *stale);
	double *modelled = spp_arena_alloc(
		build->arena, cluster->platforms, sizeof *modelled);

	build->background = spp_arena_alloc(build->arena,
		cluster->platforms * cluster->resources, sizeof(double));
	if (!spp_arena_ok(build->arena, err))
		return false;
	find_stale(build, stale);
	for (size_t r = 0; r < cluster->resources; r++) {
		model_now(build, r, modelled);
		rescale(build, stale, r, modelled);
		for (size_t i = 0; i < cluster->platforms; i++) {
			double rest = measured_of(build, stale, i,
					      cluster->resource_names[r]) -
			              modelled[i];

			if (rest > 0)
				build->background[i * cluster->resources + r] =
					rest;
		}
	}
	return true;
}
