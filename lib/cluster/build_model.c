/* Coefficients from traffic to demand. */
#include "lib/cluster/build.h"

#include <string.h>

/* spp-records(5) lists these. */
static const struct {
	const char *resource;
	struct spp_coefficients model;
} defaults[] = {
	{"cpu", {.per_byte = 4e-9,
			.per_record = 2e-6,
			.per_replicated_byte = 1e-9,
			.follower_per_byte = 2e-9,
			.out_per_byte = 1e-9,
			.out_per_record = 5e-7,
			.out_per_connection = 1e-4}},
	{"network_in", {.per_byte = 1, .follower_per_byte = 1}},
	{"network_out", {.per_replicated_byte = 1, .out_per_byte = 1}},
};

static double given(double value)
{
	return spp_present(value) ? value : 0;
}

/* A record stands for all coefficients of its resource: absent ones are 0. */
static struct spp_coefficients of_record(
	const struct spp_resource_model *record)
{
	struct spp_coefficients model = {0};

	if (record->leader != NULL) {
		model.base = given(record->leader->base);
		model.per_byte = given(record->leader->per_byte);
		model.per_record = given(record->leader->per_record);
		model.per_replicated_byte =
			given(record->leader->per_replicated_byte);
	}
	if (record->follower != NULL) {
		model.follower_base = given(record->follower->base);
		model.follower_per_byte = given(record->follower->per_byte);
	}
	if (record->subscription != NULL) {
		model.out_per_byte = given(record->subscription->per_byte);
		model.out_per_record = given(record->subscription->per_record);
		model.out_per_connection =
			given(record->subscription->per_connection);
	}
	return model;
}

bool spp_build_model(struct spp_build *build, struct spp_err *err)
{
	struct spp_cluster *cluster = build->cluster;

	build->model = spp_arena_alloc(
		build->arena, cluster->resources, sizeof *build->model);
	if (!spp_arena_ok(build->arena, err))
		return false;
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		size_t r = spp_cluster_resource(cluster, defaults[i].resource);

		if (r != SPP_NOWHERE)
			build->model[r] = defaults[i].model;
	}
	for (size_t i = 0; i < spp_feed_count(build->feed, SPP_RESOURCE_MODEL);
		i++) {
		const struct spp_resource_model *record;
		size_t r;

		record = spp_build_value(build, SPP_RESOURCE_MODEL, i);
		r = spp_cluster_resource(cluster, record->resource);
		if (r != SPP_NOWHERE)
			build->model[r] = of_record(record);
	}
	cluster->model = build->model;
	return true;
}
