#include "lib/stages/migrate_plan.h"

#include "lib/base/err.h"
#include "lib/base/map.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool take_forecast(
	void *context, const struct spp_record *record, struct spp_err *err)
{
	const struct spp_forecast *forecast = record->value;
	spp_time *last = context;
	double length_s = 0;

	(void)err;
	/* All have the same slots. */
	if (*last != SPP_TIME_NONE)
		return true;
	for (size_t i = 0; i < forecast->slot_s.count; i++)
		length_s += forecast->slot_s.items[i];
	*last = spp_time_add(forecast->start, length_s);
	return true;
}

struct spp_feed_options spp_migration_reads(spp_time *last)
{
	return (struct spp_feed_options){
		.use =
			{
				[SPP_CLUSTER] = SPP_READ,
				[SPP_DRIVER] = SPP_READ,
				[SPP_PLATFORM] = SPP_READ,
				[SPP_PARTITION] = SPP_READ,
				[SPP_SUBSCRIPTION] = SPP_READ,
				[SPP_FORECAST] = SPP_TAKE,
				[SPP_MOVE] = SPP_READ,
			},
		.whole = true,
		.refuse_edited = true,
		.take = take_forecast,
		.take_context = last,
	};
}

/* Names while a plan is built. */
struct names {
	struct spp_map moves, platforms, racks;
	struct spp_pairs partitions;
	size_t *rack_of; /* by platform */
	bool knows_platforms, knows_partitions;
};

static bool at(const struct spp_record *record, struct spp_err *err)
{
	spp_err_at(err, record->source, record->line);
	return false;
}

static bool take_platforms(struct names *names, const struct spp_feed *feed,
	struct spp_arena *arena, struct spp_err *err)
{
	size_t count = spp_feed_count(feed, SPP_PLATFORM);

	names->knows_platforms = count > 0;
	names->rack_of = spp_arena_alloc(arena, count, sizeof(size_t));
	for (size_t i = 0; i < count; i++) {
		const struct spp_platform *platform =
			spp_feed_at(feed, SPP_PLATFORM, i)->value;
		size_t rack = SPP_MAP_NONE;

		if (spp_map_add(&names->platforms, platform->platform,
			    strlen(platform->platform)) == SPP_MAP_NONE)
			break;
		if (platform->rack != NULL)
			rack = spp_map_add(&names->racks, platform->rack,
				strlen(platform->rack));
		names->rack_of[i] = rack;
	}
	return spp_arena_ok(arena, err);
}

static bool take_partitions(struct names *names, const struct spp_feed *feed,
	struct spp_arena *arena, struct spp_err *err)
{
	size_t count = spp_feed_count(feed, SPP_PARTITION);

	names->knows_partitions = count > 0;
	for (size_t i = 0; i < count; i++) {
		const struct spp_partition *partition =
			spp_feed_at(feed, SPP_PARTITION, i)->value;

		spp_pairs_add(&names->partitions, partition->stream,
			partition->partition);
	}
	return spp_arena_ok(arena, err);
}

/* Index of a platform; one that the plan does not have is an error. */
static bool platform_of(struct names *names, const struct spp_record *record,
	const char *field, const char *name, size_t *index, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];

	*index = names->knows_platforms
	                 ? spp_map_find(&names->platforms, name, strlen(name))
	                 : spp_map_add(&names->platforms, name, strlen(name));
	if (*index != SPP_MAP_NONE || !names->knows_platforms)
		return true;
	spp_fail(err, SPP_INPUT,
		"field \"%s\" names %s, and the plan has no such platform",
		field, spp_err_quote(quoted, name, strlen(name)));
	return at(record, err);
}

static void add_group(size_t *groups, size_t *count, size_t group)
{
	for (size_t i = 0; i < *count; i++) {
		if (groups[i] == group)
			return;
	}
	groups[(*count)++] = group;
}

enum { GROUPS_OF_MOVE = 8 }; /* 3 platforms, 3 racks, partition, cluster */

/*
 * The limits of a move: numbered here by kind, platforms from 0, then
 * racks, partitions and the cluster; made one row by shift_groups.
 */
struct places {
	size_t platforms[3], platform_count;
	size_t racks[3], rack_count;
	size_t partition;
};

static bool take_places(struct names *names, const struct spp_record *record,
	struct places *places, struct spp_err *err)
{
	const struct spp_move *move = record->value;
	const char *const fields[] = {"from", "to", "copy_from"};
	const char *const values[] = {move->from, move->to, move->copy_from};

	*places = (struct places){0};
	for (size_t i = 0; i < 3; i++) {
		size_t platform;

		if (values[i] == NULL)
			continue;
		if (!platform_of(names, record, fields[i], values[i], &platform,
			    err))
			return false;
		add_group(places->platforms, &places->platform_count, platform);
		if (names->knows_platforms &&
			names->rack_of[platform] != SPP_MAP_NONE)
			add_group(places->racks, &places->rack_count,
				names->rack_of[platform]);
	}
	places->partition = names->knows_partitions
	                            ? spp_pairs_find(&names->partitions,
					      move->stream, move->partition)
	                            : spp_pairs_add(&names->partitions,
					      move->stream, move->partition);
	if (places->partition != SPP_MAP_NONE || !names->knows_partitions)
		return true;
	spp_fail(err, SPP_INPUT, "the plan has no partition \"%.60s/%.60s\"",
		move->stream, move->partition);
	return at(record, err);
}

static bool take_after(struct names *names, const struct spp_record *record,
	struct spp_migrate_move *step, struct spp_arena *arena,
	struct spp_err *err)
{
	const struct spp_move *move = record->value;
	size_t *after =
		spp_arena_alloc(arena, move->after.count, sizeof *after);
	char quoted[SPP_QUOTE_SIZE];

	if (after == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < move->after.count; i++) {
		const char *id = move->after.items[i];

		after[i] = spp_map_find(&names->moves, id, strlen(id));
		if (after[i] == SPP_MAP_NONE) {
			spp_fail(err, SPP_INPUT,
				"field \"after\" names %s, and the plan has no "
				"such move",
				spp_err_quote(quoted, id, strlen(id)));
			return at(record, err);
		}
	}
	step->after = after;
	step->after_count = move->after.count;
	return true;
}

static void take_move(const struct spp_move *move, const char *text,
	struct spp_migrate_move *step)
{
	static const enum spp_migrate_kind kinds[] = {
		[SPP_MOVE_REPLICA] = SPP_MIGRATE_REPLICA,
		[SPP_MOVE_LEADER] = SPP_MIGRATE_LEADER,
		[SPP_MOVE_SUBSCRIPTION] = SPP_MIGRATE_SUBSCRIPTION,
		[SPP_MOVE_ADD] = SPP_MIGRATE_ADD,
		[SPP_MOVE_DROP] = SPP_MIGRATE_DROP,
	};

	*step = (struct spp_migrate_move){.id = move->id,
		.kind = kinds[move->kind],
		.partition = text,
		.subscriber = move->subscriber,
		.from = move->from,
		.to = move->to,
		.start_s = move->start_s,
		.duration_s = move->duration_s};
	if (move->requires != NULL) {
		step->version = move->requires->version;
		step->replicas = move->requires->replicas.items;
		step->replica_count = move->requires->replicas.count;
	}
}

/* All moves with their places; groups are still numbered by kind. */
static bool take_moves(struct spp_migration *migration, struct names *names,
	struct places *places, struct spp_arena *arena, struct spp_err *err)
{
	const struct spp_feed *feed = migration->feed;

	for (size_t i = 0; i < migration->count; i++) {
		const struct spp_move *move =
			spp_feed_at(feed, SPP_MOVE, i)->value;

		migration->moves[i] = move;
		spp_map_add(&names->moves, move->id, strlen(move->id));
	}
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t i = 0; i < migration->count; i++) {
		const struct spp_record *record =
			spp_feed_at(feed, SPP_MOVE, i);
		const struct spp_move *move = record->value;

		migration->texts[i] = spp_arena_format(
			arena, "%s/%s", move->stream, move->partition);
		take_move(move, migration->texts[i], &migration->steps[i]);
		if (!take_places(names, record, &places[i], err) ||
			!take_after(names, record, &migration->steps[i], arena,
				err))
			return false;
	}
	return spp_arena_ok(arena, err);
}

static bool number_groups(struct spp_migration *migration,
	const struct names *names, const struct places *places,
	struct spp_arena *arena, struct spp_err *err)
{
	size_t partitions = names->platforms.count;
	size_t racks = partitions + names->partitions.pairs.count;
	size_t cluster = racks + names->racks.count;
	struct spp_migrate_group *groups =
		spp_arena_alloc(arena, cluster + 1, sizeof *groups);
	size_t *lists = spp_arena_alloc(
		arena, migration->count, GROUPS_OF_MOVE * sizeof *lists);

	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t i = 0; i < racks; i++)
		groups[i].ordered = true;
	for (size_t i = partitions; i < racks; i++)
		groups[i].partition = true;
	for (size_t i = 0; i < migration->count; i++) {
		size_t *list = lists + i * GROUPS_OF_MOVE;
		size_t count = 0;

		for (size_t k = 0; k < places[i].platform_count; k++)
			list[count++] = places[i].platforms[k];
		list[count++] = partitions + places[i].partition;
		for (size_t k = 0; k < places[i].rack_count; k++)
			list[count++] = racks + places[i].racks[k];
		list[count++] = cluster;
		assert(count <= GROUPS_OF_MOVE);
		migration->steps[i].groups = list;
		migration->steps[i].group_count = count;
	}
	migration->plan = (struct spp_migrate_plan){
		.move_count = migration->count,
		.moves = migration->steps,
		.group_count = cluster + 1,
		.groups = groups,
	};
	return true;
}

/* The end of the last move, where nothing was forecast. */
static spp_time end_of(const struct spp_migration *migration)
{
	spp_time last = migration->origin;

	for (size_t i = 0; i < migration->count; i++) {
		const struct spp_move *move = migration->moves[i];
		spp_time end = spp_time_add(
			migration->origin, move->start_s + move->duration_s);

		if (end > last)
			last = end;
	}
	return last;
}

static bool take_frame(struct spp_migration *migration, struct spp_err *err)
{
	const struct spp_feed *feed = migration->feed;

	if (feed->segments != 1 || feed->header == NULL || feed->end == NULL) {
		spp_fail(err, SPP_INPUT,
			"%zu segments, a plan is one whole segment",
			feed->segments);
		return false;
	}
	if (feed->header->now == SPP_TIME_NONE) {
		spp_fail(err, SPP_INPUT,
			"the header lacks \"now\", which start_s counts from");
		return false;
	}
	migration->digest = feed->end->digest;
	snprintf(migration->id, sizeof migration->id, "%s", migration->digest);
	migration->cluster = feed->cluster;
	migration->origin = feed->header->now;
	return true;
}

bool spp_migration_make(struct spp_migration *migration,
	const struct spp_feed *feed, spp_time last, struct spp_arena *arena,
	struct spp_err *err)
{
	size_t count = spp_feed_count(feed, SPP_MOVE);
	struct names names = {.moves.arena = arena,
		.platforms.arena = arena,
		.racks.arena = arena,
		.partitions.arena = arena};
	struct places *places;

	*migration = (struct spp_migration){.feed = feed, .count = count};
	if (!take_frame(migration, err))
		return false;
	migration->moves =
		spp_arena_alloc(arena, count, sizeof *migration->moves);
	migration->texts =
		spp_arena_alloc(arena, count, sizeof *migration->texts);
	migration->steps =
		spp_arena_alloc(arena, count, sizeof *migration->steps);
	places = spp_arena_alloc(arena, count, sizeof *places);
	if (!spp_arena_ok(arena, err) ||
		!take_platforms(&names, feed, arena, err) ||
		!take_partitions(&names, feed, arena, err) ||
		!take_moves(migration, &names, places, arena, err) ||
		!number_groups(migration, &names, places, arena, err))
		return false;
	migration->last = last != SPP_TIME_NONE ? last : end_of(migration);
	return spp_migrate_check(&migration->plan, err);
}

void spp_migration_time(
	struct spp_migration *migration, spp_time now, double speed)
{
	for (size_t i = 0; i < migration->count; i++) {
		const struct spp_move *move = migration->moves[i];
		struct spp_migrate_move *step = &migration->steps[i];
		double wait_s =
			move->start_s - spp_time_since(now, migration->origin);

		step->not_before_ms = (int64_t)ceil(wait_s * 1000 / speed);
		step->duration_ms =
			(int64_t)ceil(move->duration_s * 1000 / speed);
	}
}
