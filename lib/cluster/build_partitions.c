/* Streams and partitions with their replicas; which forecast is whose. */
#include "lib/cluster/build.h"

#include "lib/base/text.h"

#include <stdlib.h>
#include <string.h>

/* A partition, of a record or (record NULL) of a forecast to be placed. */
struct entry {
	const char *stream;
	const char *partition;
	const struct spp_partition *record;
	const struct spp_forecast *forecast;
};

static int by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = spp_text_compare(x->stream, y->stream);

	if (order == 0)
		order = spp_text_compare(x->partition, y->partition);
	/* The record comes before a forecast of the same key. */
	if (order == 0)
		order = (x->record == NULL) - (y->record == NULL);
	return order;
}

static bool same(const struct entry *a, const struct entry *b)
{
	return strcmp(a->stream, b->stream) == 0 &&
	       strcmp(a->partition, b->partition) == 0;
}

/* All keys: those of records, then those of forecasts of production. */
static size_t fill_entries(const struct spp_build *build, struct entry *entries)
{
	size_t records = spp_feed_count(build->feed, SPP_PARTITION);
	size_t forecasts = spp_feed_count(build->feed, SPP_FORECAST);
	size_t count = 0;

	for (size_t i = 0; i < records; i++) {
		const struct spp_partition *record;

		record = spp_build_value(build, SPP_PARTITION, i);
		entries[count++] = (struct entry){
			record->stream, record->partition, record, NULL};
	}
	for (size_t i = 0; i < forecasts; i++) {
		const struct spp_forecast *forecast;

		forecast = spp_build_value(build, SPP_FORECAST, i);
		if (forecast->subscriber == NULL)
			entries[count++] = (struct entry){forecast->stream,
				forecast->partition, NULL, forecast};
	}
	return count;
}

/*
 * Joins a record with its forecast; forecasts alone stay only to be placed.
 * Returns how many entries are left.
 */
static size_t join(struct spp_build *build, struct entry *entries, size_t count)
{
	struct spp_build_names names = {0};
	size_t kept = 0;

	qsort(entries, count, sizeof *entries, by_key);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && same(&entries[kept - 1], &entries[i])) {
			entries[kept - 1].forecast = entries[i].forecast;
			continue;
		}
		if (entries[i].record == NULL && !build->options->place) {
			spp_build_name(&names, entries[i].stream,
				entries[i].partition);
			continue;
		}
		entries[kept++] = entries[i];
	}
	if (names.count > 0)
		spp_build_warn(build,
			"%zu forecasts have no partition record and are left "
			"out: %s",
			names.count, names.text);
	return kept;
}

static void set_streams(struct spp_build *build, const struct entry *entries)
{
	struct spp_cluster *cluster = build->cluster;
	size_t count = cluster->partitions;
	const char **names =
		spp_arena_alloc(build->arena, count, sizeof *names);
	size_t *first = spp_arena_alloc(build->arena, count + 1, sizeof *first);
	size_t *stream = spp_arena_alloc(build->arena, count, sizeof *stream);
	size_t streams = 0;

	if (build->arena->failed)
		return;
	for (size_t i = 0; i < count; i++) {
		if (i == 0 ||
			strcmp(entries[i].stream, entries[i - 1].stream) != 0) {
			first[streams] = i;
			names[streams++] = entries[i].stream;
		}
		stream[i] = streams - 1;
	}
	first[streams] = count;
	cluster->streams = streams;
	cluster->stream_names = names;
	cluster->first_partition = first;
	cluster->stream = stream;
}

static size_t most_replicas(
	const struct spp_build *build, size_t first, size_t end)
{
	size_t most = 0;

	for (size_t i = first; i < end; i++) {
		if (build->partition[i] != NULL &&
			build->partition[i]->replicas.count > most)
			most = build->partition[i]->replicas.count;
	}
	return most;
}

/* Replicas of a partition that is to be placed: as its stream's have. */
static size_t replicas_to_place(const struct spp_build *build, size_t partition)
{
	const struct spp_cluster *cluster = build->cluster;
	size_t stream = cluster->stream[partition];
	size_t most = most_replicas(build, cluster->first_partition[stream],
		cluster->first_partition[stream + 1]);

	if (most == 0)
		most = most_replicas(build, 0, cluster->partitions);
	return most > 0 ? most : 1;
}

static bool unknown_platform(const struct spp_build *build, size_t partition,
	const char *name, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE], key[SPP_QUOTE_SIZE];
	const struct spp_partition *record = build->partition[partition];

	spp_fail(err, SPP_INPUT,
		"partition %s of stream %s has a replica on platform %s, "
		"which has no record",
		spp_err_quote(
			key, record->partition, strlen(record->partition)),
		spp_err_quote(quoted, record->stream, strlen(record->stream)),
		name);
	spp_err_hint(err, "Add a platform record for it, with \"state\": "
			  "\"failed\" when it is gone.");
	return false;
}

static bool set_replicas(struct spp_build *build, struct spp_err *err)
{
	struct spp_cluster *cluster = build->cluster;
	size_t *first = spp_arena_alloc(
		build->arena, cluster->partitions + 1, sizeof *first);
	size_t *replica;

	if (!spp_arena_ok(build->arena, err))
		return false;
	for (size_t p = 0; p < cluster->partitions; p++) {
		size_t count = build->partition[p] != NULL
		                       ? build->partition[p]->replicas.count
		                       : replicas_to_place(build, p);

		first[p + 1] = first[p] + count;
	}
	cluster->replicas = first[cluster->partitions];
	cluster->first_replica = first;
	replica = spp_arena_alloc(
		build->arena, cluster->replicas, sizeof *replica);
	if (!spp_arena_ok(build->arena, err))
		return false;
	cluster->replica = replica;
	for (size_t p = 0; p < cluster->partitions; p++) {
		for (size_t i = first[p]; i < first[p + 1]; i++) {
			const char *name;

			replica[i] = SPP_NOWHERE;
			if (build->partition[p] == NULL)
				continue;
			name = build->partition[p]
			               ->replicas.items[i - first[p]];
			replica[i] = spp_cluster_platform(cluster, name);
			if (replica[i] == SPP_NOWHERE)
				return unknown_platform(build, p, name, err);
		}
	}
	return true;
}

double spp_build_size(const struct spp_partition *partition)
{
	if (partition == NULL || !spp_present(partition->size_bytes))
		return 0;
	return partition->size_bytes;
}

static void set_facts(struct spp_build *build)
{
	struct spp_cluster *cluster = build->cluster;
	size_t count = cluster->partitions;
	double *size = spp_arena_alloc(build->arena, count, sizeof *size);
	bool *moving = spp_arena_alloc(build->arena, count, sizeof *moving);
	const char **version =
		spp_arena_alloc(build->arena, count, sizeof *version);

	if (build->arena->failed)
		return;
	for (size_t p = 0; p < count; p++) {
		const struct spp_partition *record = build->partition[p];

		size[p] = spp_build_size(record);
		if (record == NULL)
			continue;
		version[p] = record->version;
		moving[p] = record->moving != NULL;
	}
	cluster->size_bytes = size;
	cluster->version = version;
	cluster->moving = moving;
}

bool spp_build_partitions(struct spp_build *build, struct spp_err *err)
{
	struct spp_cluster *cluster = build->cluster;
	size_t count = spp_feed_count(build->feed, SPP_PARTITION) +
	               spp_feed_count(build->feed, SPP_FORECAST);
	struct entry *entries =
		spp_arena_alloc(build->arena, count, sizeof *entries);
	const char **names =
		spp_arena_alloc(build->arena, count, sizeof *names);

	build->partition =
		spp_arena_alloc(build->arena, count, sizeof *build->partition);
	build->produced =
		spp_arena_alloc(build->arena, count, sizeof *build->produced);
	if (!spp_arena_ok(build->arena, err))
		return false;
	count = join(build, entries, fill_entries(build, entries));
	if (count == 0) {
		spp_fail(err, SPP_INPUT, "no partition in the input");
		spp_err_hint(err, "Add partition records, or place those of "
				  "the forecasts with --place.");
		return false;
	}
	cluster->partitions = count;
	cluster->partition_names = names;
	for (size_t p = 0; p < count; p++) {
		names[p] = entries[p].partition;
		build->partition[p] = entries[p].record;
		build->produced[p] = entries[p].forecast;
	}
	set_streams(build, entries);
	set_facts(build);
	return spp_arena_ok(build->arena, err) && set_replicas(build, err);
}
