#include "lib/sandbox/world.h"
#include "lib/base/err.h"
#include "lib/sandbox/world_samples.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

size_t spp_world_platform(const struct spp_world *world, const char *name)
{
	return spp_map_find(&world->platform_names, name, strlen(name));
}

size_t spp_world_partition(
	const struct spp_world *world, const char *name, size_t length)
{
	return spp_map_find(&world->partition_names, name, length);
}

size_t spp_world_subscription(
	const struct spp_world *world, size_t partition, const char *subscriber)
{
	return spp_pairs_find(&world->subscription_names,
		world->partitions[partition].name, subscriber);
}

/* An error that names the record at which it was found. */
static bool fail_at(struct spp_err *err, const struct spp_record *record,
	const char *format, const char *name)
{
	char quoted[SPP_QUOTE_SIZE];

	spp_fail(err, SPP_INPUT, format,
		spp_err_quote(quoted, name, strlen(name)));
	spp_err_at(err, record->source, record->line);
	return false;
}

static bool read_platforms(struct spp_world *world, struct spp_err *err)
{
	size_t count = spp_feed_count(&world->feed, SPP_PLATFORM);

	world->platform_count = count;
	world->platforms = spp_arena_alloc(
		&world->arena, count, sizeof(*world->platforms));
	world->cores =
		spp_arena_alloc(&world->arena, count, sizeof(*world->cores));
	if (!spp_arena_ok(&world->arena, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct spp_record *record =
			spp_feed_at(&world->feed, SPP_PLATFORM, i);
		const struct spp_platform *platform = record->value;
		const struct spp_amounts *capacity = &platform->capacity;

		world->platforms[i] = platform;
		for (size_t r = 0; r < capacity->count; r++)
			if (strcmp(capacity->names[r], "cpu") == 0)
				world->cores[i] = capacity->values[r];
		if (!(world->cores[i] > 0))
			return fail_at(err, record,
				"platform %s has no capacity of cpu",
				platform->platform);
		spp_map_add(&world->platform_names, platform->platform,
			strlen(platform->platform));
	}
	return count > 0 ||
	       spp_fail(err, SPP_INPUT, "the world has no platform");
}

static bool read_partition(struct spp_world *world,
	const struct spp_record *record, struct spp_world_partition *partition,
	struct spp_err *err)
{
	const struct spp_partition *value = record->value;

	partition->record = value;
	partition->name = spp_arena_format(
		&world->arena, "%s/%s", value->stream, value->partition);
	partition->replica_count = value->replicas.count;
	partition->replicas = spp_arena_alloc(
		&world->arena, value->replicas.count, sizeof(size_t));
	if (!spp_arena_ok(&world->arena, err))
		return false;
	if (value->replicas.count == 0)
		return fail_at(err, record, "partition %s has no replica",
			partition->name);
	for (size_t r = 0; r < value->replicas.count; r++) {
		partition->replicas[r] =
			spp_world_platform(world, value->replicas.items[r]);
		if (partition->replicas[r] == SPP_WORLD_NONE)
			return fail_at(err, record,
				"a replica is on the unknown platform %s",
				value->replicas.items[r]);
	}
	spp_map_add(&world->partition_names, partition->name,
		strlen(partition->name));
	return true;
}

static bool read_partitions(struct spp_world *world, struct spp_err *err)
{
	size_t count = spp_feed_count(&world->feed, SPP_PARTITION);

	world->partition_count = count;
	world->partitions = spp_arena_alloc(
		&world->arena, count, sizeof(*world->partitions));
	if (!spp_arena_ok(&world->arena, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!read_partition(world,
			    spp_feed_at(&world->feed, SPP_PARTITION, i),
			    &world->partitions[i], err))
			return false;
	return count > 0 ||
	       spp_fail(err, SPP_INPUT, "the world has no partition");
}

static bool read_subscriptions(struct spp_world *world, struct spp_err *err)
{
	size_t count = spp_feed_count(&world->feed, SPP_SUBSCRIPTION);

	world->subscription_count = count;
	world->subscriptions = spp_arena_alloc(
		&world->arena, count, sizeof(*world->subscriptions));
	if (!spp_arena_ok(&world->arena, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct spp_record *record =
			spp_feed_at(&world->feed, SPP_SUBSCRIPTION, i);
		const struct spp_subscription *value = record->value;
		struct spp_world_subscription *subscription =
			&world->subscriptions[i];
		char name[512];

		snprintf(name, sizeof(name), "%s/%s", value->stream,
			value->partition);
		subscription->record = value;
		subscription->by_position = i % 2 == 1;
		subscription->platform = SPP_WORLD_NONE;
		subscription->partition =
			spp_world_partition(world, name, strlen(name));
		if (subscription->partition == SPP_WORLD_NONE)
			return fail_at(err, record,
				"a subscription of the unknown partition %s",
				name);
		if (value->platform != NULL)
			subscription->platform =
				spp_world_platform(world, value->platform);
		spp_pairs_add(&world->subscription_names,
			world->partitions[subscription->partition].name,
			value->subscriber);
	}
	return true;
}

static bool read_feed(struct spp_world *world, struct spp_input *inputs,
	size_t count, struct spp_err *err)
{
	struct spp_feed_options options = {
		.take = spp_world_take,
		.take_context = world,
	};

	options.use[SPP_CLUSTER] = SPP_READ;
	options.use[SPP_PLATFORM] = SPP_READ;
	options.use[SPP_PARTITION] = SPP_READ;
	options.use[SPP_SUBSCRIPTION] = SPP_READ;
	options.use[SPP_CONSTRAINT] = SPP_PASS;
	options.use[SPP_SAMPLE] = SPP_TAKE;
	return spp_feed_read(&world->feed, inputs, count, &options, 1, err);
}

bool spp_world_read(struct spp_world *world, struct spp_input *inputs,
	size_t count, spp_time start, spp_time now, double scale,
	struct spp_err *err)
{
	assert(scale > 0);
	*world = (struct spp_world){.start = start, .scale = scale};
	world->platform_names.arena = &world->arena;
	world->partition_names.arena = &world->arena;
	world->subscription_names.arena = &world->arena;
	world->kept_names.arena = &world->arena;
	if (!read_feed(world, inputs, count, err))
		return false;
	world->cluster = "sandbox";
	if (spp_feed_count(&world->feed, SPP_CLUSTER) > 0) {
		const struct spp_cluster_record *cluster =
			spp_feed_at(&world->feed, SPP_CLUSTER, 0)->value;

		world->cluster = cluster->cluster;
	}
	return read_platforms(world, err) && read_partitions(world, err) &&
	       read_subscriptions(world, err) &&
	       spp_world_lay_samples(world, now, err) &&
	       spp_arena_ok(&world->arena, err);
}

void spp_world_free(struct spp_world *world)
{
	spp_feed_free(&world->feed);
	spp_buf_free(&world->samples);
	spp_buf_free(&world->kept);
	spp_arena_free(&world->arena);
}

/* The step that holds at a time; the first also holds before it begins. */
static size_t step_at(const struct spp_world_partition *partition, double at_s)
{
	size_t low = 0, high = partition->step_count;

	assert(high > 0);
	while (low + 1 < high) {
		size_t middle = (low + high) / 2;

		if (partition->steps[middle].at_s <= at_s)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double spp_world_rate(const struct spp_world_partition *partition, double at_s)
{
	if (partition->step_count == 0)
		return 0;
	return partition->steps[step_at(partition, at_s)].bytes;
}

double spp_world_volume(
	const struct spp_world_partition *partition, double from_s, double to_s)
{
	double volume = 0;
	size_t step;

	if (partition->step_count == 0)
		return 0;
	for (step = step_at(partition, from_s);
		step + 1 < partition->step_count &&
		partition->steps[step + 1].at_s < to_s;
		step++) {
		double end_s = partition->steps[step + 1].at_s;

		volume += partition->steps[step].bytes * (end_s - from_s);
		from_s = end_s;
	}
	return volume + partition->steps[step].bytes * (to_s - from_s);
}
