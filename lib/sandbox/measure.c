#include "lib/sandbox/measure.h"
#include "lib/base/err.h"
#include "lib/sandbox/sandbox.h"

#include <assert.h>
#include <string.h>

bool spp_measure_open(struct spp_sandbox *sandbox)
{
	struct spp_measure *measure = &sandbox->measure;
	size_t platforms = sandbox->world->platform_count;

	*measure = (struct spp_measure){
		.platform_count = platforms,
		.window_end_s = sandbox->config.window_s,
		.samples.size = sizeof(struct spp_measured_sample),
		.intervals.size = sizeof(struct spp_interval),
		.loads.size = platforms * sizeof(struct spp_measured_load),
	};
	measure->served_begin =
		spp_arena_alloc(&measure->arena, platforms, sizeof(double));
	measure->overload_begin =
		spp_arena_alloc(&measure->arena, platforms, sizeof(double));
	measure->published_begin = spp_arena_alloc(&measure->arena,
		sandbox->world->partition_count, sizeof(uint64_t));
	return spp_arena_ok(&measure->arena, sandbox->err);
}

void spp_measure_close(struct spp_measure *measure)
{
	spp_fifo_free(&measure->samples);
	spp_fifo_free(&measure->intervals);
	spp_fifo_free(&measure->loads);
	spp_arena_free(&measure->arena);
}

static void put(struct spp_sandbox *sandbox, size_t partition,
	size_t subscription, size_t platform, double bytes)
{
	struct spp_measure *measure = &sandbox->measure;
	const struct spp_measured_load *loads =
		spp_fifo_at(&measure->loads, measure->loads.count - 1);
	const struct spp_measured_sample sample = {
		.begin_s = measure->begin_s,
		.bytes = bytes,
		.partition = (uint32_t)partition,
		.subscription = (uint32_t)subscription,
		.platform = (uint32_t)platform,
		/* What is published does not wait for a platform. */
		.censored = subscription != SPP_WORLD_NONE &&
	                    loads[platform].overload_s > 0,
	};

	if (spp_fifo_push(&measure->samples, &sample) == NULL)
		spp_fail_memory(sandbox->err);
	if (measure->samples.count > SPP_MEASURE_SAMPLES)
		spp_fifo_pop(&measure->samples, 1);
}

/* What earlier connections of a subscriber brought from a platform. */
static double ended_bytes(
	struct spp_sandbox *sandbox, size_t subscription, size_t platform)
{
	struct spp_fifo *ended = &sandbox->subscribers.ended;
	double bytes = 0;

	for (size_t i = 0; i < ended->count; i++) {
		struct spp_ended_delivery *one = spp_fifo_at(ended, i);

		if (one->subscription != subscription ||
			one->platform != platform)
			continue;
		bytes += one->bytes;
		one->bytes = 0;
	}
	return bytes;
}

static void sample_subscribers(struct spp_sandbox *sandbox)
{
	struct spp_subscribers *all = &sandbox->subscribers;

	for (size_t i = 0; i < all->count; i++) {
		struct spp_subscriber *subscriber = &all->items[i];

		for (size_t d = 0; d < SPP_DELIVERIES_MAX; d++) {
			struct spp_delivery *delivery = &subscriber->on[d];

			if (delivery->link == NULL)
				continue;
			put(sandbox, subscriber->subscription->partition, i,
				delivery->platform,
				delivery->bytes + ended_bytes(sandbox, i,
							  delivery->platform));
			delivery->bytes = 0;
		}
	}
	for (size_t i = 0; i < all->ended.count; i++) {
		const struct spp_ended_delivery one =
			*(const struct spp_ended_delivery *)spp_fifo_at(
				&all->ended, i);
		size_t partition =
			all->items[one.subscription].subscription->partition;

		if (one.bytes > 0)
			put(sandbox, partition, one.subscription, one.platform,
				ended_bytes(sandbox, one.subscription,
					one.platform));
	}
	spp_fifo_pop(&all->ended, all->ended.count);
}

static void sample_partitions(struct spp_sandbox *sandbox)
{
	struct spp_measure *measure = &sandbox->measure;

	for (size_t p = 0; p < sandbox->world->partition_count; p++) {
		uint64_t published = sandbox->publishers.items[p].published;

		put(sandbox, p, SPP_WORLD_NONE, sandbox->places[p].replicas[0],
			(double)(published - measure->published_begin[p]) *
				(double)sandbox->config.record_bytes);
		measure->published_begin[p] = published;
	}
}

static void close_interval(struct spp_sandbox *sandbox)
{
	struct spp_measure *measure = &sandbox->measure;
	struct spp_interval *interval =
		spp_fifo_push(&measure->intervals, NULL);
	struct spp_measured_load *loads = spp_fifo_push(&measure->loads, NULL);

	if (interval == NULL || loads == NULL) {
		spp_fail_memory(sandbox->err);
		return;
	}
	interval->begin_s = measure->begin_s;
	interval->latency = *sandbox->subscribers.latency;
	memset(sandbox->subscribers.latency, 0,
		sizeof(*sandbox->subscribers.latency));
	for (size_t i = 0; i < measure->platform_count; i++) {
		const struct spp_service *service = &sandbox->nodes[i].service;

		loads[i].served = service->served - measure->served_begin[i];
		loads[i].overload_s =
			service->overload_s - measure->overload_begin[i];
		measure->served_begin[i] = service->served;
		measure->overload_begin[i] = service->overload_s;
	}
	sample_partitions(sandbox);
	sample_subscribers(sandbox);
	if (measure->intervals.count > SPP_MEASURE_INTERVALS) {
		spp_fifo_pop(&measure->intervals, 1);
		spp_fifo_pop(&measure->loads, 1);
	}
	measure->begin_s += sandbox->config.interval_s;
}

void spp_measure_turn(struct spp_sandbox *sandbox)
{
	struct spp_measure *measure = &sandbox->measure;
	double now_s = sandbox->clock.now_s;

	while (now_s >= measure->window_end_s) {
		for (size_t i = 0; i < measure->platform_count; i++)
			spp_service_window(&sandbox->nodes[i].service,
				sandbox->config.window_s);
		measure->window_end_s += sandbox->config.window_s;
	}
	while (now_s >= measure->begin_s + sandbox->config.interval_s &&
		sandbox->err->status == SPP_DONE)
		close_interval(sandbox);
}

const struct spp_measured_load *spp_measure_last(
	const struct spp_measure *measure, double *begin_s)
{
	const struct spp_interval *interval;

	if (measure->intervals.count == 0)
		return NULL;
	interval =
		spp_fifo_at(&measure->intervals, measure->intervals.count - 1);
	*begin_s = interval->begin_s;
	return spp_fifo_at(&measure->loads, measure->loads.count - 1);
}

void spp_measure_since(const struct spp_sandbox *sandbox, double since_s,
	struct spp_figures *figures, double *overload_s)
{
	const struct spp_measure *measure = &sandbox->measure;

	memset(figures, 0, sizeof(*figures));
	spp_histogram_merge(&figures->latency, sandbox->subscribers.latency);
	for (size_t i = 0; i < measure->platform_count; i++)
		overload_s[i] = sandbox->nodes[i].service.overload_s -
		                measure->overload_begin[i];
	for (size_t n = 0; n < measure->intervals.count; n++) {
		const struct spp_interval *interval =
			spp_fifo_at(&measure->intervals, n);
		const struct spp_measured_load *loads =
			spp_fifo_at(&measure->loads, n);

		if (interval->begin_s < since_s)
			continue;
		spp_histogram_merge(&figures->latency, &interval->latency);
		for (size_t i = 0; i < measure->platform_count; i++)
			overload_s[i] += loads[i].overload_s;
	}
	for (size_t i = 0; i < measure->platform_count; i++)
		figures->overload_s += overload_s[i];
}
