/* Platforms: names, labels, states and capacities. */
#include "lib/cluster/build.h"

#include "lib/base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const hard_default[] = {"memory", "disk"};

static int by_name(const void *a, const void *b)
{
	const struct spp_platform *const *x = a, *const *y = b;

	return spp_text_compare((*x)->platform, (*y)->platform);
}

static int by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return spp_text_compare(*x, *y);
}

/* Sort names and drop those that stand there already; the new count. */
static size_t sort_names(const char **names, size_t count)
{
	size_t kept = 0;

	qsort(names, count, sizeof *names, by_text);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
			names[kept++] = names[i];
	}
	return kept;
}

static size_t index_of(const char *const *names, size_t count, const char *name)
{
	const char *const *found;

	if (name == NULL)
		return SPP_NOWHERE;
	found = bsearch(&name, names, count, sizeof *names, by_text);
	return found == NULL ? SPP_NOWHERE : (size_t)(found - names);
}

static bool collect(struct spp_build *build, struct spp_err *err)
{
	size_t count = spp_feed_count(build->feed, SPP_PLATFORM);

	if (count == 0) {
		spp_fail(err, SPP_INPUT, "no platform in the input");
		spp_err_hint(err, "Add platform records, or give them with "
				  "--platforms-csv.");
		return false;
	}
	build->platform =
		spp_arena_alloc(build->arena, count, sizeof *build->platform);
	if (!spp_arena_ok(build->arena, err))
		return false;
	for (size_t i = 0; i < count; i++)
		build->platform[i] = spp_build_value(build, SPP_PLATFORM, i);
	qsort(build->platform, count, sizeof *build->platform, by_name);
	build->cluster->platforms = count;
	return true;
}

/* Racks and zones: distinct labels, and the index of each platform's. */
static void set_labels(struct spp_build *build, bool zones)
{
	struct spp_cluster *cluster = build->cluster;
	size_t count = 0;
	const char **names = spp_arena_alloc(
		build->arena, cluster->platforms, sizeof *names);
	size_t *index = spp_arena_alloc(
		build->arena, cluster->platforms, sizeof *index);

	if (build->arena->failed)
		return;
	for (size_t i = 0; i < cluster->platforms; i++) {
		const struct spp_platform *platform = build->platform[i];
		const char *name = zones ? platform->zone : platform->rack;

		if (name != NULL)
			names[count++] = name;
	}
	count = sort_names(names, count);
	for (size_t i = 0; i < cluster->platforms; i++)
		index[i] = index_of(names, count,
			zones ? build->platform[i]->zone
			      : build->platform[i]->rack);
	if (zones) {
		cluster->zones = count;
		cluster->zone_names = names;
		cluster->zone = index;
	} else {
		cluster->racks = count;
		cluster->rack_names = names;
		cluster->rack = index;
	}
}

static void set_resources(struct spp_build *build)
{
	struct spp_cluster *cluster = build->cluster;
	size_t count = 0;
	const char **names;
	bool *queued;

	for (size_t i = 0; i < cluster->platforms; i++)
		count += build->platform[i]->capacity.count;
	names = spp_arena_alloc(build->arena, count, sizeof *names);
	queued = spp_arena_alloc(build->arena, count, sizeof *queued);
	if (build->arena->failed)
		return;
	count = 0;
	for (size_t i = 0; i < cluster->platforms; i++) {
		const struct spp_amounts *amounts;

		amounts = &build->platform[i]->capacity;
		for (size_t k = 0; k < amounts->count; k++)
			names[count++] = amounts->names[k];
	}
	cluster->resources = sort_names(names, count);
	cluster->resource_names = names;
	cluster->cpu = spp_cluster_resource(cluster, "cpu");
	cluster->memory = spp_cluster_resource(cluster, "memory");
	cluster->disk = spp_cluster_resource(cluster, "disk");
	cluster->network_in = spp_cluster_resource(cluster, "network_in");
	cluster->network_out = spp_cluster_resource(cluster, "network_out");
	for (size_t r = 0; r < cluster->resources; r++)
		queued[r] = r == cluster->cpu || r == cluster->network_in ||
		            r == cluster->network_out;
	cluster->queued = queued;
}

static bool is_hard(const struct spp_platform *platform, const char *resource)
{
	const char *const *hard = platform->hard.items;
	size_t count = platform->hard.count;

	if (hard == NULL) {
		hard = hard_default;
		count = sizeof hard_default / sizeof *hard_default;
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(hard[i], resource) == 0)
			return true;
	}
	return false;
}

static void set_capacities(struct spp_build *build)
{
	struct spp_cluster *cluster = build->cluster;
	size_t cells = cluster->platforms * cluster->resources;
	double *capacity = spp_arena_alloc(build->arena, cells, sizeof(double));
	double *share = spp_arena_alloc(build->arena, cells, sizeof(double));
	bool *hard = spp_arena_alloc(build->arena, cells, sizeof(bool));

	if (build->arena->failed)
		return;
	for (size_t i = 0; i < cells; i++)
		capacity[i] = INFINITY;
	for (size_t i = 0; i < cluster->platforms; i++) {
		const struct spp_platform *platform = build->platform[i];
		const struct spp_amounts *amounts = &platform->capacity;

		for (size_t k = 0; k < amounts->count; k++) {
			const char *name = amounts->names[k];
			size_t at = i * cluster->resources +
			            spp_cluster_resource(cluster, name);

			capacity[at] = amounts->values[k];
			share[at] = 1 / amounts->values[k];
			hard[at] = is_hard(platform, name);
		}
	}
	cluster->capacity = capacity;
	cluster->share = share;
	cluster->hard = hard;
}

static void set_states(struct spp_build *build)
{
	struct spp_cluster *cluster = build->cluster;
	int *state = spp_arena_alloc(
		build->arena, cluster->platforms, sizeof *state);

	if (state == NULL)
		return;
	for (size_t i = 0; i < cluster->platforms; i++)
		state[i] = build->platform[i]->state < 0
		                   ? SPP_ACTIVE
		                   : build->platform[i]->state;
	cluster->state = state;
}

bool spp_build_platforms(struct spp_build *build, struct spp_err *err)
{
	struct spp_cluster *cluster = build->cluster;
	const char **names;

	if (!collect(build, err))
		return false;
	names = spp_arena_alloc(
		build->arena, cluster->platforms, sizeof *names);
	if (!spp_arena_ok(build->arena, err))
		return false;
	for (size_t i = 0; i < cluster->platforms; i++)
		names[i] = build->platform[i]->platform;
	cluster->platform_names = names;
	set_labels(build, false);
	set_labels(build, true);
	set_resources(build);
	if (!spp_arena_ok(build->arena, err))
		return false;
	set_capacities(build);
	set_states(build);
	return spp_arena_ok(build->arena, err);
}
