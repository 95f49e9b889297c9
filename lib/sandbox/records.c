#include "lib/sandbox/records.h"
#include "lib/base/err.h"
#include "lib/sandbox/control.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A record to fill in, or NULL (the arena remembers). */
static void *begin(struct spp_arena *arena, enum spp_type type)
{
	return spp_record_new(type, arena);
}

static void put_cluster(const struct spp_sandbox *sandbox, struct spp_buf *buf,
	struct spp_arena *arena)
{
	struct spp_cluster_record *record = begin(arena, SPP_CLUSTER);

	if (record == NULL)
		return;
	record->cluster = sandbox->world->cluster;
	spp_record_print(SPP_CLUSTER, record, buf);
}

/* A hand-over takes some round trips of the executor, in real time. */
static const double HANDOVER_REAL_S = 0.5;

void spp_records_driver(const struct spp_sandbox *sandbox, struct spp_buf *buf,
	struct spp_arena *arena)
{
	struct spp_driver_record *record = begin(arena, SPP_DRIVER);

	if (record == NULL)
		return;
	record->driver = "sandbox";
	record->serve = sandbox->config.serve;
	record->copy_from = SPP_COPY_REPLICA;
	record->dual = SPP_DUAL_OVERLAP;
	record->resume = SPP_RESUME_POSITION;
	record->fencing = SPP_FENCING_EPOCH;
	record->handover_s = HANDOVER_REAL_S * sandbox->config.speed;
	record->max_inflight = 16;
	record->rate = sandbox->config.copy_rate;
	spp_record_print(SPP_DRIVER, record, buf);
	if (buf->length > 0 && buf->data[buf->length - 1] == '\n')
		buf->length--;
}

/* Every byte costs the same, whatever is done with it. */
static void put_model(const struct spp_sandbox *sandbox, struct spp_buf *buf,
	struct spp_arena *arena)
{
	struct spp_resource_model *record = begin(arena, SPP_RESOURCE_MODEL);
	struct spp_model_part leader = {0}, follower = {0}, subscription = {0};
	double each = 1 / sandbox->config.core_bytes;

	if (record == NULL)
		return;
	leader.per_byte = leader.per_replicated_byte = each;
	follower.per_byte = each;
	subscription.per_byte = each;
	record->resource = "cpu";
	record->leader = &leader;
	record->follower = &follower;
	record->subscription = &subscription;
	spp_record_print(SPP_RESOURCE_MODEL, record, buf);
}

static void put_platforms(const struct spp_sandbox *sandbox,
	struct spp_buf *buf, struct spp_arena *arena)
{
	const struct spp_world *world = sandbox->world;
	double begin_s = 0;
	const struct spp_measured_load *loads =
		spp_measure_last(&sandbox->measure, &begin_s);

	for (size_t i = 0; i < world->platform_count; i++) {
		struct spp_platform *record = begin(arena, SPP_PLATFORM);
		const char *name = "cpu";
		double used;

		if (record == NULL)
			return;
		*record = *world->platforms[i];
		record->load = (struct spp_amounts){0};
		record->measured_at = SPP_TIME_NONE;
		/* What was measured before a move misleads afterwards. */
		if (loads != NULL && spp_control_steady(sandbox, i, begin_s)) {
			used = loads[i].served / sandbox->config.interval_s /
			       sandbox->config.core_bytes;
			record->load = (struct spp_amounts){
				.count = 1,
				.names = &name,
				.values = &used,
			};
			/* It holds from the interval's begin on. */
			record->measured_at =
				spp_clock_calendar(&sandbox->clock, begin_s);
		}
		spp_record_print(SPP_PLATFORM, record, buf);
	}
}

static void put_partition(const struct spp_sandbox *sandbox, size_t p,
	struct spp_buf *buf, struct spp_arena *arena)
{
	const struct spp_place *place = &sandbox->places[p];
	struct spp_partition *record = begin(arena, SPP_PARTITION);
	struct spp_moving moving = {0};
	const char *names[SPP_FOLLOWERS_MAX + 2];

	if (record == NULL)
		return;
	*record = *sandbox->world->partitions[p].record;
	for (size_t i = 0; i < place->count; i++)
		names[i] = sandbox->nodes[place->replicas[i]].name;
	record->replicas = (struct spp_strings){place->count, names};
	record->size_bytes = spp_node_bytes(
		&sandbox->nodes[place->replicas[0]], (uint32_t)p);
	record->retention_bytes = (double)place->keeping.most *
	                          (double)sandbox->config.record_bytes;
	record->version = spp_arena_format(arena, "%" PRIu64, place->version);
	record->moved_at = place->moved_at;
	record->moving = NULL;
	if (place->attaching) {
		names[place->count] = sandbox->nodes[place->to].name;
		moving.to = (struct spp_strings){place->count + 1, names};
		record->moving = &moving;
	}
	spp_record_print(SPP_PARTITION, record, buf);
}

static void put_subscriptions(const struct spp_sandbox *sandbox,
	struct spp_buf *buf, struct spp_arena *arena)
{
	for (size_t i = 0; i < sandbox->subscribers.count; i++) {
		const struct spp_subscriber *subscriber =
			&sandbox->subscribers.items[i];
		struct spp_subscription *record =
			begin(arena, SPP_SUBSCRIPTION);

		if (record == NULL)
			return;
		*record = *subscriber->subscription->record;
		record->platform = NULL;
		record->connections = 1;
		record->position = NULL;
		/* In dual delivery the newer side is where it is going. */
		for (size_t d = 0; d < SPP_DELIVERIES_MAX; d++)
			if (subscriber->on[d].link != NULL &&
				(record->platform == NULL ||
					subscriber->on[d].newer))
				record->platform =
					sandbox->nodes[subscriber->on[d]
							       .platform]
						.name;
		if (subscriber->placed)
			record->position = spp_arena_format(
				arena, "%" PRIu64, subscriber->next);
		spp_record_print(SPP_SUBSCRIPTION, record, buf);
	}
}

static void put_sample(const struct spp_sandbox *sandbox,
	struct spp_sample *record, size_t partition, size_t subscription,
	struct spp_buf *buf)
{
	const struct spp_world *world = sandbox->world;

	record->stream = world->partitions[partition].record->stream;
	record->partition = world->partitions[partition].record->partition;
	record->subscriber =
		subscription < world->subscription_count
			? world->subscriptions[subscription].record->subscriber
			: NULL;
	record->records = record->bytes / (double)sandbox->config.record_bytes;
	spp_record_print(SPP_SAMPLE, record, buf);
}

/* What the world says of the time before the start. */
static void put_history(const struct spp_sandbox *sandbox, spp_time since,
	struct spp_buf *buf, struct spp_arena *arena)
{
	const struct spp_world_sample *samples =
		(const struct spp_world_sample *)sandbox->world->samples.data;
	struct spp_sample *record = begin(arena, SPP_SAMPLE);

	for (size_t i = 0; record && i < sandbox->world->history; i++) {
		if (since != SPP_TIME_NONE && samples[i].time < since)
			continue;
		record->time = samples[i].time;
		record->interval_s = samples[i].interval_s;
		record->bytes = samples[i].bytes;
		record->kind = samples[i].kind == SPP_SAMPLE_RATE
		                       ? SPP_SAMPLE_RATE
		                       : -1;
		put_sample(sandbox, record, samples[i].partition,
			samples[i].subscription, buf);
	}
}

static void put_samples(const struct spp_sandbox *sandbox, spp_time since,
	struct spp_buf *buf, struct spp_arena *arena)
{
	const struct spp_fifo *samples = &sandbox->measure.samples;
	struct spp_sample *record = begin(arena, SPP_SAMPLE);

	for (size_t i = 0; record && i < samples->count; i++) {
		const struct spp_measured_sample *sample =
			spp_fifo_at(samples, i);
		spp_time time =
			spp_clock_calendar(&sandbox->clock, sample->begin_s);

		if (since != SPP_TIME_NONE && time < since)
			continue;
		record->time = time;
		record->interval_s = sandbox->config.interval_s;
		record->bytes = sample->bytes;
		record->platform = sandbox->nodes[sample->platform].name;
		record->censored = sample->censored;
		put_sample(sandbox, record, sample->partition,
			sample->subscription == SPP_MEASURE_NONE
				? SPP_WORLD_NONE
				: sample->subscription,
			buf);
	}
}

void spp_records_print(const struct spp_sandbox *sandbox, spp_time since,
	struct spp_buf *buf, struct spp_arena *arena)
{
	const struct spp_feed *feed = &sandbox->world->feed;

	put_cluster(sandbox, buf, arena);
	spp_records_driver(sandbox, buf, arena);
	spp_buf_char(buf, '\n');
	put_model(sandbox, buf, arena);
	for (size_t i = 0; i < spp_feed_count(feed, SPP_CONSTRAINT); i++) {
		const struct spp_record *record =
			spp_feed_at(feed, SPP_CONSTRAINT, i);

		spp_buf_append(buf, record->text, record->length);
		spp_buf_char(buf, '\n');
	}
	put_platforms(sandbox, buf, arena);
	for (size_t p = 0; p < sandbox->world->partition_count; p++)
		put_partition(sandbox, p, buf, arena);
	put_subscriptions(sandbox, buf, arena);
	put_history(sandbox, since, buf, arena);
	put_samples(sandbox, since, buf, arena);
}
