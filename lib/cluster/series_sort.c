#include "lib/cluster/series_sort.h"

#include "lib/base/err.h"
#include "lib/base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int compare_orders(const void *a, const void *b)
{
	const struct spp_order *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->reading > y->reading) - (x->reading < y->reading);
}

/* A source while it is sorted by name. */
struct named {
	struct spp_source names;
	uint32_t source;
};

static int compare_sources(const void *a, const void *b)
{
	const struct spp_source *x = &((const struct named *)a)->names;
	const struct spp_source *y = &((const struct named *)b)->names;
	int order = spp_text_compare(x->stream, y->stream);

	if (order == 0)
		order = spp_text_compare(x->partition, y->partition);
	if (order == 0)
		order = (*x->subscriber != '\0') - (*y->subscriber != '\0');
	if (order == 0)
		order = spp_text_compare(x->subscriber, y->subscriber);
	if (order == 0)
		order = spp_text_compare(x->platform, y->platform);
	return order;
}

static bool rank_sources(
	struct spp_build *build, struct spp_arena *arena, struct spp_err *err)
{
	size_t count = build->sources;
	struct named *sources = spp_arena_alloc(arena, count, sizeof(*sources));

	build->ranked = spp_arena_alloc(arena, count, sizeof(uint32_t));
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t s = 0; s < count; s++) {
		sources[s].names = spp_samples_names(build->samples, s);
		sources[s].source = (uint32_t)s;
	}
	qsort(sources, count, sizeof(*sources), compare_sources);
	for (size_t s = 0; s < count; s++)
		build->ranked[s] = sources[s].source;
	return true;
}

/* Where the readings of each source begin, by counting. */
static void count_runs(struct spp_build *build, spp_time now, size_t *begins)
{
	size_t count = spp_samples_count(build->samples);
	size_t begin = 0;

	for (size_t i = 0; i < count; i++) {
		if (now != SPP_TIME_NONE && build->readings[i].time >= now)
			build->grid->counts.future++;
		else
			build->runs[build->readings[i].source].count++;
	}
	for (size_t s = 0; s < build->sources; s++) {
		begins[s] = begin;
		begin += build->runs[s].count;
	}
}

/*
 * Of two readings of the same time the later given counts; what it does not
 * measure still comes from the earlier, so that bytes and records may come
 * in lines of their own.
 */
static void replace(struct spp_build *build, uint32_t by, uint32_t earlier)
{
	struct spp_reading *to = &build->readings[by];
	const struct spp_reading *from = &build->readings[earlier];
	bool replaced = to->shape != from->shape;

	for (size_t m = 0; m < SPP_MEASURES && !replaced; m++)
		replaced = !isnan(to->values[m]) && !isnan(from->values[m]);
	build->grid->counts.duplicates += replaced;
	for (size_t m = 0; m < SPP_MEASURES; m++)
		if (isnan(to->values[m]) && to->shape == from->shape)
			to->values[m] = from->values[m];
}

/* Sort a run by time; of several at the same time keep the last given. */
static size_t settle(
	struct spp_build *build, struct spp_order *items, size_t count)
{
	size_t late = 0, kept = 0;
	spp_time newest = INT64_MIN;

	for (size_t i = 0; i < count; i++) {
		late += items[i].time < newest;
		if (items[i].time > newest)
			newest = items[i].time;
	}
	if (late > 0)
		qsort(items, count, sizeof(*items), compare_orders);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && items[kept - 1].time == items[i].time)
			replace(build, items[i].reading, items[--kept].reading);
		items[kept++] = items[i];
	}
	build->grid->counts.late += late;
	return kept;
}

bool spp_build_sort(struct spp_build *build, spp_time now,
	struct spp_arena *arena, struct spp_err *err)
{
	size_t count = spp_samples_count(build->samples);
	size_t sources = build->samples->sources.count;
	struct spp_order *orders =
		spp_arena_alloc(arena, count, sizeof(*orders));
	size_t *begins = spp_arena_alloc(arena, sources, sizeof(*begins));
	size_t *ends = spp_arena_alloc(arena, sources, sizeof(*ends));

	build->sources = sources;
	build->runs = spp_arena_alloc(arena, sources, sizeof(*build->runs));
	if (!spp_arena_ok(arena, err))
		return false;
	count_runs(build, now, begins);
	memcpy(ends, begins, sources * sizeof(*ends));
	for (size_t i = 0; i < count; i++) {
		const struct spp_reading *reading = &build->readings[i];

		if (now != SPP_TIME_NONE && reading->time >= now)
			continue;
		orders[ends[reading->source]++] =
			(struct spp_order){reading->time, (uint32_t)i};
	}
	for (size_t s = 0; s < sources; s++) {
		struct spp_run *run = &build->runs[s];

		run->items = orders + begins[s];
		run->count = settle(build, orders + begins[s], run->count);
	}
	return rank_sources(build, arena, err);
}
