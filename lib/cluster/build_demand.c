/* Demand of every replica and subscription, worked out once. */
#include "lib/cluster/build.h"

#include <math.h>
#include <stdint.h>

/* What one item is made from. */
struct source {
	const struct spp_forecast *forecast;
	double base, per_byte, per_record, per_copied_byte, connections;
};

static struct spp_items new_items(struct spp_build *build, size_t count)
{
	const struct spp_cluster *cluster = build->cluster;
	struct spp_items items = {
		.count = count,
		.item = spp_arena_alloc(
			build->arena, count, sizeof(struct spp_item)),
		.size = (2 + cluster->factors) * cluster->cells,
	};

	if (count > SIZE_MAX / sizeof(double) / (items.size + 1))
		build->arena->failed = true;
	else
		items.values = spp_arena_alloc(
			build->arena, count * items.size, sizeof(double));
	if (build->arena->failed)
		return items;
	for (size_t i = 0; i < count; i++) {
		double *at = items.values + i * items.size;

		items.item[i] = (struct spp_item){
			.mean = at,
			.variance = at + cluster->cells,
			.loading = cluster->factors > 0
		                           ? at + 2 * cluster->cells
		                           : NULL,
		};
	}
	return items;
}

static double at_slot(const struct spp_numbers *numbers, size_t slot)
{
	return numbers->items != NULL ? numbers->items[slot] : 0;
}

static double loading_at(
	const struct spp_matrix *matrix, size_t factor, size_t slot)
{
	return factor < matrix->count ? matrix->rows[factor].items[slot] : 0;
}

/* The formula, in the order in which the manual writes it. */
static double demand(
	const struct source *source, double base, double bytes, double records)
{
	return base + source->per_byte * bytes + source->per_record * records +
	       source->per_copied_byte * bytes;
}

/* Loadings are deviations with a sign: linear, without constants. */
static void add_loadings(const struct spp_build *build, double *loading,
	size_t cell, const struct source *source, size_t slot)
{
	const struct spp_loadings *from = source->forecast->loadings;

	for (size_t f = 0; f < build->cluster->factors; f++)
		loading[f * build->cluster->cells + cell] +=
			demand(source, 0, loading_at(&from->bytes, f, slot),
				loading_at(&from->records, f, slot));
}

/*
 * Adds a source to an item.  Deviations add up within an item; until all
 * are there, the place of the variance holds their sum.
 */
static void add_source(const struct spp_build *build,
	const struct spp_items *items, size_t index, size_t resource,
	const struct source *source)
{
	const struct spp_cluster *cluster = build->cluster;
	const struct spp_measures *mean = source->forecast->mean;
	const struct spp_measures *sd = source->forecast->sd;
	double *values = items->values + index * items->size;

	for (size_t k = 0; k < cluster->slots; k++) {
		size_t cell = resource * cluster->slots + k;
		size_t slot = cluster->first_slot + k;

		values[cell] += demand(source, source->base,
					at_slot(&mean->bytes, slot),
					at_slot(&mean->records, slot)) +
		                source->connections;
		values[cluster->cells + cell] += demand(source, 0,
			at_slot(&sd->bytes, slot), at_slot(&sd->records, slot));
		if (source->forecast->loadings != NULL)
			add_loadings(build, values + 2 * cluster->cells, cell,
				source, slot);
	}
}

/* Disk of a replica: what is there and what comes, less what retention
   drops (design: "Demand"). */
static void add_disk(const struct spp_build *build,
	const struct spp_items *items, size_t partition)
{
	const struct spp_cluster *cluster = build->cluster;
	const struct spp_partition *record = build->partition[partition];
	double size = cluster->size_bytes[partition], grown = 0;
	double *disk = items->values + partition * items->size +
	               cluster->disk * cluster->slots;
	const double *in = cluster->in_bytes + partition * cluster->slots;

	for (size_t k = 0; k < cluster->slots; k++) {
		double level;

		if (record == NULL ||
			(!spp_present(record->retention_s) &&
				!spp_present(record->retention_bytes))) {
			disk[k] += size;
			continue;
		}
		grown += in[k] *
		         (cluster->slot_end_s[k] - cluster->slot_start_s[k]);
		level = size + grown;
		if (spp_present(record->retention_s))
			level = fmin(level, in[k] * record->retention_s);
		if (spp_present(record->retention_bytes))
			level = fmin(level, record->retention_bytes);
		disk[k] += level;
	}
}

static struct source of_subscription(
	const struct spp_build *build, size_t subscription, size_t resource)
{
	const struct spp_coefficients *model = &build->model[resource];

	return (struct source){
		.forecast = build->consumed[subscription],
		.per_byte = model->out_per_byte,
		.per_record = model->out_per_record,
		.connections = model->out_per_connection *
	                       build->cluster->connections[subscription],
	};
}

static void make_replicas(struct spp_build *build,
	const struct spp_items *leaders, const struct spp_items *followers,
	size_t p)
{
	const struct spp_cluster *cluster = build->cluster;
	double copies = (double)spp_cluster_replicas(cluster, p) - 1;

	for (size_t r = 0; r < cluster->resources; r++) {
		const struct spp_coefficients *model = &build->model[r];
		struct source leader = {
			.forecast = build->produced[p],
			.per_byte = model->per_byte,
			.per_record = model->per_record,
			.per_copied_byte = copies * model->per_replicated_byte,
			.base = model->base,
		};
		struct source follower = {
			.forecast = build->produced[p],
			.per_byte = model->follower_per_byte,
			.base = model->follower_base,
		};

		add_source(build, leaders, p, r, &leader);
		add_source(build, followers, p, r, &follower);
		for (size_t s = cluster->first_subscription[p];
			!cluster->apart &&
			s < cluster->first_subscription[p + 1];
			s++) {
			struct source out = of_subscription(build, s, r);

			add_source(build, leaders, p, r, &out);
		}
	}
	if (cluster->disk != SPP_NOWHERE) {
		add_disk(build, leaders, p);
		add_disk(build, followers, p);
	}
}

/* From deviations to the variance that no common factor explains. */
static void make_variances(
	const struct spp_cluster *cluster, const struct spp_items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		double *values = items->values + i * items->size;

		for (size_t c = 0; c < cluster->cells; c++) {
			double sd = values[cluster->cells + c];
			double variance = sd * sd;

			for (size_t f = 0; f < cluster->factors; f++) {
				double l = values[(2 + f) * cluster->cells + c];

				variance -= l * l;
			}
			values[cluster->cells + c] =
				variance > 0 ? variance : 0;
		}
	}
}

static size_t count_factors(const struct spp_build *build)
{
	size_t most = 0;

	for (size_t i = 0; i < spp_feed_count(build->feed, SPP_FORECAST); i++) {
		size_t rows = spp_build_factors(
			spp_build_value(build, SPP_FORECAST, i));

		most = rows > most ? rows : most;
	}
	return most;
}

bool spp_build_demand(struct spp_build *build, struct spp_err *err)
{
	struct spp_cluster *cluster = build->cluster;
	size_t apart = cluster->apart ? cluster->subscriptions : 0;
	struct spp_items leaders, followers, subscriptions;

	cluster->factors = count_factors(build);
	leaders = new_items(build, cluster->partitions);
	followers = new_items(build, cluster->partitions);
	subscriptions = new_items(build, apart);
	if (!spp_arena_ok(build->arena, err))
		return false;
	followers.copies = true;
	for (size_t p = 0; p < cluster->partitions; p++)
		make_replicas(build, &leaders, &followers, p);
	for (size_t s = 0; s < apart; s++) {
		for (size_t r = 0; r < cluster->resources; r++) {
			struct source out = of_subscription(build, s, r);

			add_source(build, &subscriptions, s, r, &out);
		}
	}
	make_variances(cluster, &leaders);
	make_variances(cluster, &followers);
	make_variances(cluster, &subscriptions);
	cluster->leader = leaders.item;
	cluster->follower = followers.item;
	cluster->subscription = cluster->apart ? subscriptions.item : NULL;
	return spp_build_quanta(
		build, &leaders, &followers, &subscriptions, err);
}
