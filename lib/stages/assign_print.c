/* The answer as records. */
#include "lib/stages/assign_parts.h"

#include "lib/base/arena.h"

#include <string.h>

static struct spp_strings names_of(
	const struct spp_assign_job *job, const size_t *platforms, size_t count)
{
	struct spp_strings names = {
		0, spp_arena_alloc(job->arena, count, sizeof(char *))};

	for (size_t i = 0; names.items != NULL && i < count; i++) {
		if (platforms[i] != SPP_NOWHERE)
			names.items[names.count++] =
				job->cluster->platform_names[platforms[i]];
	}
	return names;
}

static struct spp_why *why_of(
	struct spp_assign_job *job, const struct spp_reason *reason)
{
	const struct spp_cluster *cluster = job->cluster;
	struct spp_why *why = spp_arena_alloc(job->arena, 1, sizeof *why);
	double *slots =
		spp_arena_alloc(job->arena, reason->slots, sizeof *slots);

	if (why == NULL || slots == NULL)
		return NULL;
	why->overload = reason->change.overload;
	why->latency = reason->change.latency;
	why->utilisation = reason->change.utilisation;
	why->migration = reason->change.migration;
	why->smoothness = reason->change.smoothness;
	for (size_t i = 0; i < reason->slots; i++)
		slots[i] = (double)(cluster->first_slot + reason->slot[i]);
	if (reason->slots > 0)
		why->slots = (struct spp_numbers){reason->slots, slots};
	if (reason->platform != SPP_NOWHERE)
		why->platform = cluster->platform_names[reason->platform];
	if (reason->resource != SPP_NOWHERE)
		why->resource = cluster->resource_names[reason->resource];
	why->repairs = reason->repairs;
	return why;
}

/* One record: the replicas of a partition, or one of its subscriptions. */
static bool put(struct spp_assign_job *job, size_t partition,
	size_t subscription, struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_placement *new = &job->answer->placement;
	size_t first = cluster->first_replica[partition];
	size_t count = spp_cluster_replicas(cluster, partition);
	struct spp_assignment *record =
		spp_record_new(SPP_ASSIGNMENT, job->arena);
	struct spp_reason reason;

	if (record == NULL)
		return spp_fail_memory(err);
	if (!spp_assign_reason(job->answer, partition, subscription, &reason,
		    job->arena, err))
		return false;
	record->stream = cluster->stream_names[cluster->stream[partition]];
	record->partition = cluster->partition_names[partition];
	if (subscription != SPP_NOWHERE) {
		record->subscriber = cluster->subscriber[subscription];
		record->from =
			names_of(job, &cluster->serving[subscription], 1);
		record->to = names_of(job, &new->serving[subscription], 1);
	} else {
		record->from = names_of(job, cluster->replica + first, count);
		record->to = names_of(job, new->replica + first, count);
	}
	record->ready_s = job->answer->ready_s[partition];
	record->change = spp_cost_total(&reason.change);
	record->why = why_of(job, &reason);
	return spp_arena_ok(job->arena, err) &&
	       spp_stage_put(job->stage, SPP_ASSIGNMENT, record, err);
}

bool spp_assign_put_assignments(struct spp_assign_job *job, struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_placement *new = &job->answer->placement;

	for (size_t p = 0; p < cluster->partitions; p++) {
		size_t first = cluster->first_replica[p];

		if (memcmp(new->replica + first, cluster->replica + first,
			    spp_cluster_replicas(cluster, p) *
				    sizeof(size_t)) != 0 &&
			!put(job, p, SPP_NOWHERE, err))
			return false;
		for (size_t s = cluster->first_subscription[p];
			cluster->apart &&
			s < cluster->first_subscription[p + 1];
			s++) {
			if (new->serving[s] != cluster->serving[s] &&
				!put(job, p, s, err))
				return false;
		}
	}
	return true;
}

static struct spp_cost_terms *terms_of(
	struct spp_assign_job *job, const struct spp_cost *cost)
{
	struct spp_cost_terms *terms =
		spp_arena_alloc(job->arena, 1, sizeof *terms);

	if (terms != NULL)
		*terms = (struct spp_cost_terms){
			.overload = cost->overload,
			.latency = cost->latency,
			.utilisation = cost->utilisation,
			.migration = cost->migration,
			.smoothness = cost->smoothness,
			.total = spp_cost_total(cost),
		};
	return terms;
}

static struct spp_utilisation *use_of(
	struct spp_assign_job *job, const struct spp_heat *heat)
{
	struct spp_utilisation *use =
		spp_arena_alloc(job->arena, 1, sizeof *use);

	if (use != NULL)
		*use = (struct spp_utilisation){heat->mean, heat->highest};
	return use;
}

static void fill_heat(struct spp_assign_job *job, struct spp_summary *summary)
{
	const struct spp_answer *answer = job->answer;
	const struct spp_heat *heat = &answer->heat_before;

	summary->utilisation =
		spp_arena_alloc(job->arena, 1, sizeof *summary->utilisation);
	if (summary->utilisation == NULL || heat->platform == SPP_NOWHERE)
		return;
	summary->utilisation->before = use_of(job, heat);
	summary->utilisation->after = use_of(job, &answer->heat_after);
	summary->hottest =
		spp_arena_alloc(job->arena, 1, sizeof *summary->hottest);
	if (summary->hottest == NULL)
		return;
	*summary->hottest = (struct spp_hottest){
		.platform = job->cluster->platform_names[heat->platform],
		.resource = job->cluster->resource_names[heat->resource],
		.slot = (int64_t)(job->cluster->first_slot + heat->slot),
		.before = heat->highest,
		.after = answer->hottest_after,
	};
}

static void fill_warnings(
	struct spp_assign_job *job, struct spp_summary *summary)
{
	const struct spp_errs *from = &job->warnings;
	size_t count =
		from->count < SPP_ERRS_KEPT ? from->count : SPP_ERRS_KEPT;
	const char **texts = spp_arena_alloc(job->arena, count, sizeof *texts);

	if (count == 0 || texts == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		texts[i] = from->kept[i].text;
	summary->warnings = (struct spp_strings){count, texts};
}

bool spp_assign_put_summary(struct spp_assign_job *job, struct spp_err *err)
{
	const struct spp_answer *answer = job->answer;
	struct spp_summary *summary = spp_record_new(SPP_SUMMARY, job->arena);

	if (summary == NULL)
		return spp_fail_memory(err);
	summary->stage = "assign";
	summary->cost = spp_arena_alloc(job->arena, 1, sizeof *summary->cost);
	if (summary->cost == NULL)
		return spp_fail_memory(err);
	summary->cost->before = terms_of(job, &answer->before);
	summary->cost->after = terms_of(job, &answer->after);
	summary->bound = answer->bound;
	summary->gap = answer->gap;
	summary->moves = (double)answer->moves;
	summary->bytes = answer->bytes;
	fill_heat(job, summary);
	fill_warnings(job, summary);
	return spp_arena_ok(job->arena, err) &&
	       spp_stage_put(job->stage, SPP_SUMMARY, summary, err);
}
