/* Assignments and moves of the feed, with names turned into indices. */
#include "lib/stages/plan_parts.h"

#include "lib/base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool spp_plan_find_platform(const struct spp_plan_job *job,
	const struct spp_record *record, const char *field, const char *name,
	size_t *platform, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];

	*platform = spp_cluster_platform(job->cluster, name);
	if (*platform != SPP_NOWHERE)
		return true;
	spp_fail(err, SPP_INPUT,
		"field \"%s\" names the platform %s, of which "
		"there is no record",
		field, spp_err_quote(quoted, name, strlen(name)));
	spp_err_at(err, record->source, record->line);
	return false;
}

bool spp_plan_find_subject(const struct spp_plan_job *job,
	const struct spp_record *record, const char *stream,
	const char *partition, const char *subscriber, size_t *partition_index,
	size_t *subscription, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE], name[SPP_QUOTE_SIZE];

	*subscription = SPP_NOWHERE;
	*partition_index =
		spp_cluster_partition(job->cluster, stream, partition);
	if (*partition_index == SPP_NOWHERE)
		spp_fail(err, SPP_INPUT,
			"partition %s of stream %s has no record",
			spp_err_quote(name, partition, strlen(partition)),
			spp_err_quote(quoted, stream, strlen(stream)));
	else if (subscriber != NULL) {
		*subscription = spp_cluster_subscription(
			job->cluster, *partition_index, subscriber);
		if (*subscription == SPP_NOWHERE)
			spp_fail(err, SPP_INPUT,
				"subscriber %s has no subscription record here",
				spp_err_quote(quoted, subscriber,
					strlen(subscriber)));
		else if (!job->cluster->apart)
			spp_fail(err, SPP_INPUT,
				"a subscription is moved, but the leader "
				"serves all subscriptions here");
	}
	if (*partition_index != SPP_NOWHERE &&
		(subscriber == NULL ||
			(*subscription != SPP_NOWHERE && job->cluster->apart)))
		return true;
	spp_err_at(err, record->source, record->line);
	return false;
}

/* The platform in an assignment that holds nothing may not be repeated, and
   "from" must be what the records say: else it is of another cluster. */
static bool check_from(const struct spp_plan_job *job,
	const struct spp_record *record, size_t partition, size_t subscription,
	struct spp_err *err)
{
	const struct spp_assignment *assignment = record->value;
	const struct spp_cluster *cluster = job->cluster;
	size_t first = cluster->first_replica[partition];
	size_t count = cluster->first_replica[partition + 1] - first;
	const size_t *held = cluster->replica + first;
	bool same;

	if (subscription != SPP_NOWHERE) {
		held = &cluster->serving[subscription];
		count = 1;
	}
	if (count > 0 && held[0] == SPP_NOWHERE)
		count = 0;
	same = assignment->from.count == count;
	for (size_t i = 0; same && i < count; i++)
		same = strcmp(assignment->from.items[i],
			       cluster->platform_names[held[i]]) == 0;
	if (same)
		return true;
	spp_fail(err, SPP_INPUT,
		"field \"from\" is not where the record has it");
	spp_err_hint(err, "The assignment was made for another state of the "
			  "cluster; run spp-assign again.");
	spp_err_at(err, record->source, record->line);
	return false;
}

static bool read_change(struct spp_plan_job *job,
	const struct spp_record *record, struct spp_plan_change *change,
	struct spp_err *err)
{
	const struct spp_assignment *assignment = record->value;
	size_t *to =
		spp_arena_alloc(job->arena, assignment->to.count, sizeof(*to));

	if (to == NULL)
		return spp_fail_memory(err);
	if (!spp_plan_find_subject(job, record, assignment->stream,
		    assignment->partition, assignment->subscriber,
		    &change->partition, &change->subscription, err) ||
		!check_from(job, record, change->partition,
			change->subscription, err))
		return false;
	for (size_t i = 0; i < assignment->to.count; i++)
		if (!spp_plan_find_platform(job, record, "to",
			    assignment->to.items[i], &to[i], err))
			return false;
	change->to = to;
	change->count = assignment->to.count;
	change->ready_s =
		spp_present(assignment->ready_s) ? assignment->ready_s : 0;
	change->repairs =
		assignment->why != NULL && assignment->why->repairs != NULL;
	return true;
}

bool spp_plan_read_changes(struct spp_plan_job *job, struct spp_err *err)
{
	const struct spp_feed *feed = &job->stage->feed;
	size_t count = spp_feed_count(feed, SPP_ASSIGNMENT);

	job->changes =
		spp_arena_alloc(job->arena, count, sizeof(*job->changes));
	if (job->changes == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		if (!read_change(job, spp_feed_at(feed, SPP_ASSIGNMENT, i),
			    &job->changes[i], err))
			return false;
	job->change_count = count;
	return true;
}
