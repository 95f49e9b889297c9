#include "lib/cluster/series_samples.h"

#include "lib/base/err.h"

#include <assert.h>
#include <string.h>

/* How many of the newest shapes are looked at before one more is added. */
enum { SHAPES_TRIED = 4 };

size_t spp_samples_source(struct spp_samples *samples, const char *stream,
	const char *partition, const char *subscriber, const char *platform)
{
	const char *parts[] = {stream, partition, subscriber ? subscriber : "",
		platform ? platform : ""};
	struct spp_buf *key = &samples->key;

	samples->sources.arena = &samples->arena;
	spp_buf_reset(key);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		spp_buf_append(key, parts[i], strlen(parts[i]) + 1);
	if (!spp_buf_ok(key, NULL))
		return SPP_MAP_NONE;
	return spp_map_add(&samples->sources, key->data, key->length);
}

static bool same_shape(const struct spp_shape *a, const struct spp_shape *b)
{
	bool same = a->interval_s == b->interval_s ||
	            (isnan(a->interval_s) && isnan(b->interval_s));

	return same && a->kind == b->kind && a->censored == b->censored;
}

/* Samples of one history share few shapes, and mostly the newest. */
static uint32_t find_shape(
	struct spp_samples *samples, const struct spp_shape *shape)
{
	const struct spp_shape *shapes = (const void *)samples->shapes.data;
	size_t count = samples->shapes.length / sizeof(*shapes);

	for (size_t i = count; i > 0 && count - i < SHAPES_TRIED; i--)
		if (same_shape(&shapes[i - 1], shape))
			return (uint32_t)(i - 1);
	spp_buf_append(&samples->shapes, shape, sizeof(*shape));
	return (uint32_t)count;
}

bool spp_samples_add(struct spp_samples *samples, size_t source, spp_time time,
	const struct spp_shape *shape, const double values[SPP_MEASURES],
	struct spp_err *err)
{
	struct spp_reading reading;

	assert(source < samples->sources.count);
	if (spp_samples_count(samples) >= UINT32_MAX)
		return spp_fail(err, SPP_INPUT,
			"more than 4294967295 samples in one history");
	reading.time = time;
	/* A negative zero would say that demand was hidden. */
	for (size_t m = 0; m < SPP_MEASURES; m++)
		reading.values[m] = values[m] + 0.0;
	reading.source = (uint32_t)source;
	reading.shape = find_shape(samples, shape);
	spp_buf_append(&samples->readings, &reading, sizeof(reading));
	if (samples->readings.failed || samples->shapes.failed)
		return spp_fail_memory(err);
	return true;
}

struct spp_source spp_samples_names(
	const struct spp_samples *samples, size_t source)
{
	struct spp_source names;

	assert(source < samples->sources.count);
	names.stream = samples->sources.names[source];
	names.partition = names.stream + strlen(names.stream) + 1;
	names.subscriber = names.partition + strlen(names.partition) + 1;
	names.platform = names.subscriber + strlen(names.subscriber) + 1;
	return names;
}

void spp_samples_forget(struct spp_samples *samples)
{
	spp_buf_free(&samples->readings);
	spp_buf_free(&samples->shapes);
	spp_buf_free(&samples->key);
}

void spp_samples_free(struct spp_samples *samples)
{
	spp_samples_forget(samples);
	spp_arena_free(&samples->arena);
	samples->sources = (struct spp_map){0};
}
