/* Constraint records as arrays over partitions. */
#include "lib/cluster/build.h"

#include <math.h>
#include <string.h>

struct rules {
	struct spp_build *build;
	unsigned char **barred;
	const size_t **pinned;
	bool *pinned_alone; /* by a record that names the partition */
	struct spp_spread *spread;
	bool *frozen;
	struct spp_group *group;
	struct spp_budget *budget;
	struct spp_build_names unknown;
};

/* The partitions a record speaks of: all, a stream's, or one. */
struct range {
	size_t first, end;
};

static struct range range_of(
	struct rules *rules, const char *stream, const char *partition)
{
	const struct spp_cluster *cluster = rules->build->cluster;
	struct range range = {0, 0};
	size_t at;

	if (stream == NULL)
		return (struct range){0, cluster->partitions};
	at = spp_cluster_stream(cluster, stream);
	if (at != SPP_NOWHERE && partition == NULL)
		return (struct range){cluster->first_partition[at],
			cluster->first_partition[at + 1]};
	if (at != SPP_NOWHERE) {
		at = spp_cluster_partition(cluster, stream, partition);
		if (at != SPP_NOWHERE)
			return (struct range){at, at + 1};
	}
	spp_build_name(&rules->unknown, stream, partition);
	return range;
}

/* Indices of named platforms, ended by SPP_NOWHERE. */
static size_t *platforms_of(
	struct rules *rules, const struct spp_strings *names)
{
	struct spp_build *build = rules->build;
	size_t *list =
		spp_arena_alloc(build->arena, names->count + 1, sizeof *list);
	size_t count = 0;

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < names->count; i++) {
		size_t at =
			spp_cluster_platform(build->cluster, names->items[i]);

		if (at != SPP_NOWHERE)
			list[count++] = at;
		else
			spp_build_name(&rules->unknown, names->items[i], NULL);
	}
	list[count] = SPP_NOWHERE;
	return list;
}

static bool listed(const size_t *list, size_t platform)
{
	for (; *list != SPP_NOWHERE; list++) {
		if (*list == platform)
			return true;
	}
	return false;
}

/* Bars all platforms that are (forbid) or are not (allow) on the list. */
static void bar(struct rules *rules, const struct spp_constraint *record)
{
	struct spp_build *build = rules->build;
	size_t platforms = build->cluster->platforms;
	bool forbid = record->constraint == SPP_FORBID;
	size_t *list = platforms_of(rules, &record->platforms);
	struct range range = range_of(rules, record->stream, record->partition);

	for (size_t p = range.first; list != NULL && p < range.end; p++) {
		if (rules->barred[p] == NULL)
			rules->barred[p] = spp_arena_alloc(
				build->arena, (platforms + 7) / 8, 1);
		if (rules->barred[p] == NULL)
			return;
		for (size_t i = 0; i < platforms; i++) {
			if (listed(list, i) == forbid)
				rules->barred[p][i / 8] |=
					(unsigned char)(1 << i % 8);
		}
	}
}

/* What names a partition goes before what names its stream. */
static void pin(struct rules *rules, const struct spp_constraint *record)
{
	size_t *list = platforms_of(rules, &record->platforms);
	bool alone = record->partition != NULL;
	struct range range = range_of(rules, record->stream, record->partition);

	if (list == NULL || *list == SPP_NOWHERE)
		return;
	for (size_t p = range.first; p < range.end; p++) {
		if (rules->pinned_alone[p] && !alone)
			continue;
		rules->pinned[p] = list;
		rules->pinned_alone[p] = alone;
	}
}

static void spread(struct rules *rules, const struct spp_constraint *record)
{
	size_t minimum = (size_t)record->minimum;
	struct range range = range_of(rules, record->stream, record->partition);

	for (size_t p = range.first; p < range.end; p++) {
		size_t *to = record->label == SPP_ZONE
		                     ? &rules->spread[p].zones
		                     : &rules->spread[p].racks;

		if (minimum > *to)
			*to = minimum;
	}
}

static void freeze(
	struct rules *rules, const char *stream, const char *partition)
{
	struct range range = range_of(rules, stream, partition);

	for (size_t p = range.first; p < range.end; p++)
		rules->frozen[p] = true;
}

static void colocate(struct rules *rules, const struct spp_constraint *record)
{
	struct spp_build *build = rules->build;
	const struct spp_member *members = record->members.items;
	size_t *list = spp_arena_alloc(
		build->arena, record->members.count, sizeof *list);
	size_t count = 0;

	if (list == NULL)
		return;
	for (size_t i = 0; i < record->members.count; i++) {
		struct range range = range_of(
			rules, members[i].stream, members[i].partition);

		if (range.first < range.end)
			list[count++] = range.first;
	}
	rules->group[build->cluster->groups++] = (struct spp_group){
		.label = record->label,
		.count = count,
		.partitions = list,
	};
}

/* The groups of each partition, from the members of each group. */
static bool set_groups_of(struct rules *rules, struct spp_err *err)
{
	struct spp_cluster *cluster = rules->build->cluster;
	struct spp_arena *arena = rules->build->arena;
	size_t *first, *next, *groups_of;

	first = spp_arena_alloc(arena, cluster->partitions + 1, sizeof *first);
	next = spp_arena_alloc(arena, cluster->partitions, sizeof *next);
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t g = 0; g < cluster->groups; g++) {
		for (size_t i = 0; i < rules->group[g].count; i++)
			first[rules->group[g].partitions[i] + 1]++;
	}
	for (size_t p = 0; p < cluster->partitions; p++) {
		first[p + 1] += first[p];
		next[p] = first[p];
	}
	groups_of = spp_arena_alloc(
		arena, first[cluster->partitions], sizeof *groups_of);
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t g = 0; g < cluster->groups; g++) {
		for (size_t i = 0; i < rules->group[g].count; i++)
			groups_of[next[rules->group[g].partitions[i]]++] = g;
	}
	cluster->group = rules->group;
	cluster->first_group = first;
	cluster->groups_of = groups_of;
	return true;
}

static void budget(struct rules *rules, const struct spp_constraint *record)
{
	struct spp_cluster *cluster = rules->build->cluster;
	size_t stream = SPP_NOWHERE;

	if (record->stream != NULL) {
		stream = spp_cluster_stream(cluster, record->stream);
		if (stream == SPP_NOWHERE) {
			spp_build_name(&rules->unknown, record->stream, NULL);
			return;
		}
	}
	rules->budget[cluster->budgets++] = (struct spp_budget){
		.stream = stream,
		.moves = spp_present(record->moves) ? record->moves : INFINITY,
		.bytes = spp_present(record->bytes) ? record->bytes : INFINITY,
	};
}

/* One weight: the default, the record's, the option's; true if two differ. */
static bool weigh(double *weight, double record, double option, double usual)
{
	*weight = usual;
	if (spp_present(record))
		*weight = record;
	if (spp_present(option))
		*weight = option;
	return spp_present(record) && spp_present(option) && record != option;
}

static void set_weights(
	struct rules *rules, const struct spp_constraint *record)
{
	struct spp_build *build = rules->build;
	const struct spp_weights *option = &build->options->weights;
	struct spp_weights *weights = &build->cluster->weights;
	struct spp_constraint none = {.overload = NAN,
		.latency = NAN,
		.utilisation = NAN,
		.migration = NAN,
		.smoothness = NAN,
		.half_life_s = NAN,
		.threshold = NAN};
	int beaten = 0;

	if (record == NULL)
		record = &none;
	beaten += weigh(
		&weights->overload, record->overload, option->overload, 1);
	beaten += weigh(
		&weights->latency, record->latency, option->latency, 0.0005);
	beaten += weigh(&weights->utilisation, record->utilisation,
		option->utilisation, 0.01);
	beaten += weigh(
		&weights->migration, record->migration, option->migration, 1);
	beaten += weigh(&weights->smoothness, record->smoothness,
		option->smoothness, 0.001);
	beaten += weigh(&weights->half_life_s, record->half_life_s,
		option->half_life_s, 3600);
	beaten += weigh(
		&weights->threshold, record->threshold, option->threshold, 1);
	weights->certain = build->options->certain;
	if (beaten > 0 && !build->options->inherited)
		spp_build_warn(build,
			"options beat %d values of the weights constraint",
			beaten);
}

static void apply(struct rules *rules, const struct spp_constraint *record)
{
	switch (record->constraint) {
	case SPP_PIN:
		pin(rules, record);
		break;
	case SPP_ALLOW:
	case SPP_FORBID:
		bar(rules, record);
		break;
	case SPP_SPREAD:
		spread(rules, record);
		break;
	case SPP_COLOCATE:
		colocate(rules, record);
		break;
	case SPP_FREEZE:
		freeze(rules, record->stream, record->partition);
		break;
	case SPP_WEIGHTS:
		set_weights(rules, record);
		break;
	case SPP_BUDGET:
		budget(rules, record);
		break;
	default: /* windows are the plan's */
		break;
	}
}

static bool new_rules(struct rules *rules, struct spp_err *err)
{
	struct spp_arena *arena = rules->build->arena;
	size_t partitions = rules->build->cluster->partitions;
	size_t records = spp_feed_count(rules->build->feed, SPP_CONSTRAINT);

	rules->barred =
		spp_arena_alloc(arena, partitions, sizeof *rules->barred);
	rules->pinned =
		spp_arena_alloc(arena, partitions, sizeof *rules->pinned);
	rules->pinned_alone =
		spp_arena_alloc(arena, partitions, sizeof *rules->pinned_alone);
	rules->spread =
		spp_arena_alloc(arena, partitions, sizeof *rules->spread);
	rules->frozen =
		spp_arena_alloc(arena, partitions, sizeof *rules->frozen);
	rules->group = spp_arena_alloc(arena, records, sizeof *rules->group);
	rules->budget = spp_arena_alloc(arena, records, sizeof *rules->budget);
	return spp_arena_ok(arena, err);
}

bool spp_build_rules(struct spp_build *build, struct spp_err *err)
{
	struct spp_cluster *cluster = build->cluster;
	struct rules rules = {.build = build};

	if (!new_rules(&rules, err))
		return false;
	set_weights(&rules, NULL);
	for (size_t i = 0; i < spp_feed_count(build->feed, SPP_CONSTRAINT); i++)
		apply(&rules, spp_build_value(build, SPP_CONSTRAINT, i));
	for (size_t p = 0; p < cluster->partitions; p++)
		rules.frozen[p] = rules.frozen[p] || cluster->moving[p];
	if (rules.unknown.count > 0)
		spp_build_warn(build,
			"%zu names in constraints are unknown: %s",
			rules.unknown.count, rules.unknown.text);
	cluster->barred = (const unsigned char *const *)rules.barred;
	cluster->pinned = rules.pinned;
	cluster->spread = rules.spread;
	cluster->frozen = rules.frozen;
	cluster->budget = rules.budget;
	return spp_arena_ok(build->arena, err) && set_groups_of(&rules, err);
}
