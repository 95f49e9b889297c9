/*
 * Platforms with their resources, partitions with their replicas, and
 * subscriptions.
 */
#include "lib/verify/model.h"

#include "lib/base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Stands for a capacity of 0, by which nothing can be divided. */
#define CAPACITY_LEAST 1e-9

size_t spp_verify_find_platform(
	const struct spp_verify_model *model, const char *name)
{
	return spp_map_find(&model->platform_names, name, strlen(name));
}

size_t spp_verify_find_partition(const struct spp_verify_model *model,
	const char *stream, const char *partition)
{
	return spp_pairs_find(&model->partition_names, stream, partition);
}

size_t spp_verify_find_sub(const struct spp_verify_model *model,
	size_t partition, const char *subscriber)
{
	const struct spp_verify_partition *owner =
		&model->partitions[partition];

	for (size_t i = owner->first_sub; i < owner->first_sub + owner->subs;
		i++)
		if (strcmp(model->subs[i].subscriber, subscriber) == 0)
			return i;
	return SPP_NOWHERE;
}

static size_t resource(struct spp_verify_model *model, const char *name)
{
	return spp_map_find(&model->resource_names, name, strlen(name));
}

static void read_capacity(
	struct spp_verify_model *model, struct spp_verify_platform *platform)
{
	const struct spp_platform *value = platform->value;
	const struct spp_amounts *capacity = &value->capacity;

	for (size_t r = 0; r < model->resources; r++)
		platform->capacity[r] = NAN;
	for (size_t i = 0; i < capacity->count; i++) {
		size_t r = resource(model, capacity->names[i]);

		platform->capacity[r] = capacity->values[i] > 0
		                                ? capacity->values[i]
		                                : CAPACITY_LEAST;
		platform->hard[r] =
			!value->hard.items &&
			(strcmp(capacity->names[i], "memory") == 0 ||
				strcmp(capacity->names[i], "disk") == 0);
		for (size_t j = 0; j < value->hard.count; j++)
			if (strcmp(value->hard.items[j], capacity->names[i]) ==
				0)
				platform->hard[r] = true;
	}
}

bool spp_verify_read_platforms(
	struct spp_verify_model *model, struct spp_err *err)
{
	const struct spp_feed *feed = model->feed;
	struct spp_arena *arena = model->arena;
	size_t count = spp_feed_count(feed, SPP_PLATFORM);

	model->platform_names.arena = model->resource_names.arena = arena;
	model->platform_count = count;
	model->platforms =
		spp_arena_alloc(arena, count, sizeof(*model->platforms));
	for (size_t i = 0; i < count && spp_arena_ok(arena, err); i++) {
		struct spp_verify_platform *platform = &model->platforms[i];
		const struct spp_amounts *capacity;

		platform->at = spp_feed_at(feed, SPP_PLATFORM, i);
		platform->value = platform->at->value;
		spp_map_add(&model->platform_names, platform->value->platform,
			strlen(platform->value->platform));
		capacity = &platform->value->capacity;
		for (size_t j = 0; j < capacity->count; j++)
			spp_map_add(&model->resource_names, capacity->names[j],
				strlen(capacity->names[j]));
	}
	if (!spp_arena_ok(arena, err))
		return false;
	model->resources = model->resource_names.count;
	model->cpu = resource(model, "cpu");
	model->disk = resource(model, "disk");
	model->network_in = resource(model, "network_in");
	model->network_out = resource(model, "network_out");
	for (size_t i = 0; i < count; i++) {
		struct spp_verify_platform *platform = &model->platforms[i];
		size_t resources = model->resources;

		platform->capacity =
			spp_arena_alloc(arena, resources, sizeof(double));
		platform->background =
			spp_arena_alloc(arena, resources, sizeof(double));
		platform->hard =
			spp_arena_alloc(arena, resources, sizeof(bool));
		platform->failed = platform->value->state == SPP_FAILED;
		platform->closed = platform->failed ||
		                   platform->value->state == SPP_DRAINING;
		if (!spp_arena_ok(arena, err))
			return false;
		read_capacity(model, platform);
	}
	return true;
}

static bool read_replicas(struct spp_verify_model *model,
	struct spp_verify_partition *partition, struct spp_err *err)
{
	const struct spp_strings *names = &partition->value->replicas;

	partition->count = partition->wanted = names->count;
	partition->replicas =
		spp_arena_alloc(model->arena, names->count, sizeof(size_t));
	if (!spp_arena_ok(model->arena, err))
		return false;
	for (size_t i = 0; i < names->count; i++) {
		size_t platform =
			spp_verify_find_platform(model, names->items[i]);
		char quoted[SPP_QUOTE_SIZE];

		if (platform == SPP_NOWHERE) {
			spp_fail(err, SPP_INPUT, "unknown platform %s",
				spp_err_quote(quoted, names->items[i],
					strlen(names->items[i])));
			spp_err_at(err, partition->at->source,
				partition->at->line);
			return false;
		}
		partition->replicas[i] = platform;
	}
	return true;
}

static int compare_subs(const void *a, const void *b)
{
	const struct spp_verify_sub *left = a, *right = b;
	int order;

	if (left->partition != right->partition)
		return left->partition < right->partition ? -1 : 1;
	order = spp_text_compare(left->subscriber, right->subscriber);
	if (order != 0)
		return order;
	return (int)right->recorded - (int)left->recorded;
}

/* A subscriber that is only forecast counts too, with one connection. */
static size_t gather_subs(
	struct spp_verify_model *model, struct spp_verify_sub *subs)
{
	const struct spp_feed *feed = model->feed;
	size_t count = 0;

	for (size_t i = 0; i < spp_feed_count(feed, SPP_SUBSCRIPTION); i++) {
		const struct spp_subscription *value =
			spp_feed_at(feed, SPP_SUBSCRIPTION, i)->value;
		struct spp_verify_sub *sub = &subs[count];

		sub->partition = spp_verify_find_partition(
			model, value->stream, value->partition);
		sub->subscriber = value->subscriber;
		sub->connections = spp_present(value->connections)
		                           ? value->connections
		                           : 1;
		sub->recorded = true;
		sub->platform = value->platform
		                        ? spp_verify_find_platform(
						  model, value->platform)
		                        : SPP_NOWHERE;
		count += sub->partition != SPP_NOWHERE;
	}
	for (size_t i = 0; i < spp_feed_count(feed, SPP_FORECAST); i++) {
		const struct spp_forecast *value =
			spp_feed_at(feed, SPP_FORECAST, i)->value;
		size_t partition = spp_verify_find_partition(
			model, value->stream, value->partition);

		if (!value->subscriber || partition == SPP_NOWHERE)
			continue;
		subs[count++] = (struct spp_verify_sub){
			.subscriber = value->subscriber,
			.partition = partition,
			.connections = 1,
			.platform = SPP_NOWHERE,
		};
	}
	return count;
}

static bool read_subs(struct spp_verify_model *model, struct spp_err *err)
{
	size_t most = spp_feed_count(model->feed, SPP_SUBSCRIPTION) +
	              spp_feed_count(model->feed, SPP_FORECAST);
	struct spp_verify_sub *subs =
		spp_arena_alloc(model->arena, most + 1, sizeof(*subs));
	size_t count;

	if (!spp_arena_ok(model->arena, err))
		return false;
	count = gather_subs(model, subs);
	qsort(subs, count, sizeof(*subs), compare_subs);
	model->subs = subs;
	for (size_t i = 0; i < count; i++) {
		const struct spp_verify_sub *last =
			model->sub_count ? &subs[model->sub_count - 1] : NULL;
		struct spp_verify_partition *partition =
			&model->partitions[subs[i].partition];

		if (last && last->partition == subs[i].partition &&
			strcmp(last->subscriber, subs[i].subscriber) == 0)
			continue;
		if (partition->subs == 0)
			partition->first_sub = model->sub_count;
		subs[i].follows = model->driver.serve == SPP_SERVE_LEADER;
		if (subs[i].platform == SPP_NOWHERE && partition->count > 0)
			subs[i].platform = partition->replicas[0];
		partition->subs++;
		subs[model->sub_count++] = subs[i];
	}
	return true;
}

/* The most replicas that a partition (of the stream) has, at least one. */
static size_t replicas_of(
	const struct spp_verify_model *model, size_t count, const char *stream)
{
	size_t most = 0;

	for (size_t p = 0; p < count; p++)
		if ((!stream || strcmp(model->partitions[p].value->stream,
					stream) == 0) &&
			model->partitions[p].count > most)
			most = model->partitions[p].count;
	if (most == 0 && stream)
		return replicas_of(model, count, NULL);
	return most > 0 ? most : 1;
}

/* With --place a forecast without a partition is one to be placed. */
static void add_unplaced(struct spp_verify_model *model)
{
	const struct spp_feed *feed = model->feed;
	struct spp_arena *arena = model->arena;
	size_t recorded = model->partition_count;

	for (size_t i = 0; i < spp_feed_count(feed, SPP_FORECAST); i++) {
		const struct spp_record *at =
			spp_feed_at(feed, SPP_FORECAST, i);
		const struct spp_forecast *forecast = at->value;
		struct spp_verify_partition *partition =
			&model->partitions[model->partition_count];
		struct spp_partition *value;

		if (forecast->subscriber ||
			spp_verify_find_partition(model, forecast->stream,
				forecast->partition) != SPP_NOWHERE)
			continue;
		value = spp_record_new(SPP_PARTITION, arena);
		if (!value)
			return;
		value->stream = forecast->stream;
		value->partition = forecast->partition;
		partition->at = at;
		partition->value = value;
		partition->wanted =
			replicas_of(model, recorded, forecast->stream);
		partition->replicas = spp_arena_alloc(
			arena, partition->wanted, sizeof(size_t));
		spp_pairs_add(&model->partition_names, forecast->stream,
			forecast->partition);
		if (arena->failed)
			return;
		for (size_t j = 0; j < partition->wanted; j++)
			partition->replicas[j] = SPP_NOWHERE;
		model->partition_count++;
	}
}

bool spp_verify_read_partitions(
	struct spp_verify_model *model, struct spp_err *err)
{
	const struct spp_feed *feed = model->feed;
	size_t count = spp_feed_count(feed, SPP_PARTITION);

	model->partition_names.arena = model->arena;
	model->partition_count = count;
	model->partitions = spp_arena_alloc(model->arena,
		count + spp_feed_count(feed, SPP_FORECAST),
		sizeof(*model->partitions));
	for (size_t i = 0; i < count && spp_arena_ok(model->arena, err); i++) {
		struct spp_verify_partition *partition = &model->partitions[i];

		partition->at = spp_feed_at(feed, SPP_PARTITION, i);
		partition->value = partition->at->value;
		partition->size = spp_present(partition->value->size_bytes)
		                          ? partition->value->size_bytes
		                          : 0;
		spp_pairs_add(&model->partition_names, partition->value->stream,
			partition->value->partition);
		if (!read_replicas(model, partition, err))
			return false;
	}
	if (!spp_arena_ok(model->arena, err))
		return false;
	if (spp_verify_option_flag(feed, "spp-assign", "place"))
		add_unplaced(model);
	return spp_arena_ok(model->arena, err) && read_subs(model, err);
}

bool spp_verify_model_read(struct spp_verify_model *model, struct spp_err *err)
{
	return spp_verify_read_rules(model, err) &&
	       spp_verify_read_platforms(model, err) &&
	       spp_verify_read_partitions(model, err) &&
	       spp_verify_read_series(model, err) &&
	       spp_verify_read_demand(model, err);
}
