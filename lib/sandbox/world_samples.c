#include "lib/sandbox/world_samples.h"
#include "lib/base/err.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sample whose partition need not be known yet. */
struct world_kept {
	size_t name;       /* in kept_names: STREAM/PARTITION */
	size_t subscriber; /* the same, or SPP_WORLD_NONE */
	size_t order;
	struct spp_world_sample sample;
};

bool spp_world_take(
	void *context, const struct spp_record *record, struct spp_err *err)
{
	struct spp_world *world = context;
	const struct spp_sample *sample = record->value;
	struct world_kept kept = {0};
	char name[512];
	int length = snprintf(
		name, sizeof(name), "%s/%s", sample->stream, sample->partition);

	if (sample->kind == SPP_SAMPLE_COUNTER) {
		spp_fail(err, SPP_INPUT,
			"a sandbox cannot play samples of kind counter");
		spp_err_at(err, record->source, record->line);
		return false;
	}
	if (!spp_present(sample->bytes))
		return true;
	kept.name = spp_map_add(&world->kept_names, name,
		length < (int)sizeof(name) ? (size_t)length : sizeof(name) - 1);
	kept.subscriber =
		sample->subscriber == NULL
			? SPP_WORLD_NONE
			: spp_map_add(&world->kept_names, sample->subscriber,
				  strlen(sample->subscriber));
	kept.order = world->kept.length / sizeof(kept);
	kept.sample = (struct spp_world_sample){
		.time = sample->time,
		.interval_s = sample->interval_s,
		.bytes = sample->bytes * world->scale,
		.kind = sample->kind < 0 ? SPP_SAMPLE_DELTA : sample->kind,
	};
	spp_buf_append(&world->kept, &kept, sizeof(kept));
	return spp_arena_ok(&world->arena, err) &&
	       spp_buf_ok(&world->kept, err);
}

static int by_time(const void *a, const void *b)
{
	const struct world_kept *x = a, *y = b;

	if (x->sample.time != y->sample.time)
		return x->sample.time < y->sample.time ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Give the kept samples the indices of what they speak of. */
static bool resolve(struct spp_world *world, struct spp_err *err)
{
	struct world_kept *kept = (struct world_kept *)world->kept.data;
	size_t count = world->kept.length / sizeof(*kept);

	for (size_t i = 0; i < count; i++) {
		struct spp_world_sample sample = kept[i].sample;
		const char *name = world->kept_names.names[kept[i].name];

		sample.partition =
			spp_world_partition(world, name, strlen(name));
		sample.subscription = SPP_WORLD_NONE;
		if (sample.partition == SPP_WORLD_NONE)
			continue; /* of something that the world left out */
		if (kept[i].subscriber != SPP_WORLD_NONE) {
			sample.subscription = spp_world_subscription(world,
				sample.partition,
				world->kept_names.names[kept[i].subscriber]);
			if (sample.subscription == SPP_WORLD_NONE)
				continue;
		}
		spp_buf_append(&world->samples, &sample, sizeof(sample));
	}
	spp_buf_free(&world->kept);
	return spp_buf_ok(&world->samples, err);
}

static double per_second(const struct spp_world_sample *sample)
{
	return sample->kind == SPP_SAMPLE_RATE || !(sample->interval_s > 0)
	               ? sample->bytes
	               : sample->bytes / sample->interval_s;
}

/* The rates of each partition, from the samples of what was produced. */
static bool make_steps(struct spp_world *world, struct spp_err *err)
{
	const struct spp_world_sample *samples =
		(const struct spp_world_sample *)world->samples.data;
	size_t count = world->samples.length / sizeof(*samples);
	size_t *counts = spp_arena_alloc(
		&world->arena, world->partition_count, sizeof(*counts));
	struct spp_rate_step **steps = spp_arena_alloc(
		&world->arena, world->partition_count, sizeof(*steps));

	if (counts == NULL || steps == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		counts[samples[i].partition] +=
			samples[i].subscription == SPP_WORLD_NONE;
	for (size_t p = 0; p < world->partition_count; p++) {
		steps[p] = spp_arena_alloc(
			&world->arena, counts[p], sizeof(**steps));
		if (steps[p] == NULL)
			return spp_fail_memory(err);
		world->partitions[p].steps = steps[p];
	}
	for (size_t i = 0; i < count; i++) {
		size_t p = samples[i].partition;

		if (samples[i].subscription != SPP_WORLD_NONE)
			continue;
		steps[p][world->partitions[p].step_count++] =
			(struct spp_rate_step){
				.at_s = spp_time_since(
					samples[i].time, world->start),
				.bytes = per_second(&samples[i]),
			};
	}
	return true;
}

bool spp_world_lay_samples(
	struct spp_world *world, spp_time now, struct spp_err *err)
{
	const struct spp_world_sample *samples;
	size_t count;

	if (world->kept.length > 0)
		qsort(world->kept.data,
			world->kept.length / sizeof(struct world_kept),
			sizeof(struct world_kept), by_time);
	if (!resolve(world, err))
		return false;
	samples = (const struct spp_world_sample *)world->samples.data;
	count = world->samples.length / sizeof(*samples);
	if (world->start == SPP_TIME_NONE)
		world->start = count > 0 ? samples[0].time : now;
	while (world->history < count &&
		samples[world->history].time < world->start)
		world->history++;
	return make_steps(world, err);
}
