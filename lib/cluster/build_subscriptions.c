/* Subscriptions: those of records, and those that only forecasts know. */
#include "lib/cluster/build.h"

#include "lib/base/text.h"
#include "lib/cluster/placement.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	size_t partition;
	const char *subscriber;
	const struct spp_subscription *record;
	const struct spp_forecast *forecast;
};

static int by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order =
		(x->partition > y->partition) - (x->partition < y->partition);

	if (order == 0)
		order = spp_text_compare(x->subscriber, y->subscriber);
	if (order == 0)
		order = (x->record == NULL) - (y->record == NULL);
	return order;
}

static size_t add_records(struct spp_build *build, struct entry *entries)
{
	size_t count = 0;
	struct spp_build_names names = {0};

	for (size_t i = 0; i < spp_feed_count(build->feed, SPP_SUBSCRIPTION);
		i++) {
		const struct spp_subscription *record;
		size_t partition;

		record = spp_build_value(build, SPP_SUBSCRIPTION, i);
		partition = spp_cluster_partition(
			build->cluster, record->stream, record->partition);
		if (partition == SPP_NOWHERE)
			spp_build_name(
				&names, record->stream, record->partition);
		else
			entries[count++] = (struct entry){
				partition, record->subscriber, record, NULL};
	}
	if (names.count > 0)
		spp_build_warn(build,
			"%zu subscriptions are left out, their partitions "
			"have no record: %s",
			names.count, names.text);
	return count;
}

static size_t add_forecasts(
	struct spp_build *build, struct entry *entries, size_t count)
{
	for (size_t i = 0; i < spp_feed_count(build->feed, SPP_FORECAST); i++) {
		const struct spp_forecast *forecast;
		size_t partition;

		forecast = spp_build_value(build, SPP_FORECAST, i);
		if (forecast->subscriber == NULL)
			continue;
		partition = spp_cluster_partition(
			build->cluster, forecast->stream, forecast->partition);
		if (partition != SPP_NOWHERE)
			entries[count++] = (struct entry){partition,
				forecast->subscriber, NULL, forecast};
	}
	return count;
}

static size_t join(struct entry *entries, size_t count)
{
	size_t kept = 0;

	qsort(entries, count, sizeof *entries, by_key);
	for (size_t i = 0; i < count; i++) {
		struct entry *last = kept > 0 ? &entries[kept - 1] : NULL;

		if (last != NULL && last->partition == entries[i].partition &&
			strcmp(last->subscriber, entries[i].subscriber) == 0)
			last->forecast = entries[i].forecast;
		else
			entries[kept++] = entries[i];
	}
	return kept;
}

/* Where a subscription is served: seen there, else by the leader. */
static size_t serving_of(
	struct spp_build *build, const struct entry *entry, size_t *unknown)
{
	const struct spp_cluster *cluster = build->cluster;
	size_t leader =
		cluster->replica[cluster->first_replica[entry->partition]];
	size_t seen;

	if (!cluster->apart || entry->record == NULL ||
		entry->record->platform == NULL)
		return leader;
	seen = spp_cluster_platform(cluster, entry->record->platform);
	if (seen == SPP_NOWHERE) {
		++*unknown;
		return leader;
	}
	return seen;
}

static void set_arrays(
	struct spp_build *build, const struct entry *entries, size_t count)
{
	struct spp_cluster *cluster = build->cluster;
	size_t *first = spp_arena_alloc(
		build->arena, cluster->partitions + 1, sizeof *first);
	const char **names =
		spp_arena_alloc(build->arena, count, sizeof *names);
	size_t *of = spp_arena_alloc(build->arena, count, sizeof *of);
	size_t *serving = spp_arena_alloc(build->arena, count, sizeof *serving);
	double *connections =
		spp_arena_alloc(build->arena, count, sizeof *connections);
	size_t unknown = 0;

	if (build->arena->failed)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct spp_subscription *record = entries[i].record;

		build->subscription[i] = record;
		build->consumed[i] = entries[i].forecast;
		names[i] = entries[i].subscriber;
		of[i] = entries[i].partition;
		first[of[i] + 1] = i + 1;
		serving[i] = serving_of(build, &entries[i], &unknown);
		connections[i] =
			record != NULL && spp_present(record->connections)
				? record->connections
				: 1;
	}
	for (size_t p = 0; p < cluster->partitions; p++) {
		if (first[p + 1] < first[p])
			first[p + 1] = first[p];
	}
	cluster->subscriptions = count;
	cluster->first_subscription = first;
	cluster->subscriber = names;
	cluster->subscribed = of;
	cluster->serving = serving;
	cluster->connections = connections;
	if (unknown > 0)
		spp_build_warn(build,
			"%zu subscriptions are on platforms without a record; "
			"the leader is taken to serve them",
			unknown);
}

bool spp_build_subscriptions(struct spp_build *build, struct spp_err *err)
{
	size_t count = spp_feed_count(build->feed, SPP_SUBSCRIPTION) +
	               spp_feed_count(build->feed, SPP_FORECAST);
	struct entry *entries =
		spp_arena_alloc(build->arena, count, sizeof *entries);

	build->subscription = spp_arena_alloc(
		build->arena, count, sizeof *build->subscription);
	build->consumed =
		spp_arena_alloc(build->arena, count, sizeof *build->consumed);
	if (!spp_arena_ok(build->arena, err))
		return false;
	count = add_records(build, entries);
	count = add_forecasts(build, entries, count);
	count = join(entries, count);
	set_arrays(build, entries, count);
	return spp_arena_ok(build->arena, err);
}
