/* The plan that takes a plan back. */
#include "lib/stages/plan_parts.h"

#include "lib/base/arena.h"

#include <math.h>
#include <string.h>

/* What takes the place of a record; its text is made when it is written. */
static struct spp_record *new_record(struct spp_plan_job *job,
	enum spp_type type, const struct spp_record *like)
{
	struct spp_record *record =
		spp_arena_alloc(job->arena, 1, sizeof(*record));

	if (record == NULL)
		return NULL;
	record->type = type;
	if (like != NULL) {
		record->source = like->source;
		record->line = like->line;
	}
	record->value = spp_record_new(type, job->arena);
	return record->value == NULL ? NULL : record;
}

static struct spp_strings names_of(
	struct spp_plan_job *job, const size_t *platforms, size_t count)
{
	const char **names = spp_arena_alloc(job->arena, count, sizeof(*names));

	for (size_t i = 0; names != NULL && i < count; i++)
		names[i] = job->cluster->platform_names[platforms[i]];
	return (struct spp_strings){names == NULL ? 0 : count, names};
}

static struct spp_record **records_of(
	struct spp_plan_job *job, enum spp_type type, size_t *count)
{
	*count = spp_feed_count(&job->stage->feed, type);
	return (struct spp_record **)(void *)job->stage->feed.lists[type].data;
}

/* The assignment from one place to the other. */
static bool add_assignment(struct spp_plan_job *job, size_t partition,
	const char *subscriber, struct spp_strings from, struct spp_strings to,
	struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	struct spp_buf *list = &job->stage->feed.lists[SPP_ASSIGNMENT];
	struct spp_record *record = new_record(job, SPP_ASSIGNMENT, NULL);
	struct spp_assignment *assignment;

	if (record == NULL)
		return spp_fail_memory(err);
	assignment = record->value;
	assignment->stream = cluster->stream_names[cluster->stream[partition]];
	assignment->partition = cluster->partition_names[partition];
	assignment->subscriber = subscriber;
	assignment->from = from;
	assignment->to = to;
	assignment->why =
		spp_arena_alloc(job->arena, 1, sizeof *assignment->why);
	if (assignment->why != NULL)
		*assignment->why = (struct spp_why){
			NAN, NAN, NAN, NAN, NAN, .repairs = "undo"};
	spp_buf_append(list, &record, sizeof(record));
	return spp_arena_ok(job->arena, err) && spp_buf_ok(list, err);
}

static double ends_s(const struct spp_plan_job *job, size_t partition)
{
	double end_s = 0;

	for (size_t i = 0; i < job->plan.count; i++)
		if (job->plan.moves[i].step.partition == partition)
			end_s = fmax(
				end_s, spp_plan_end_s(&job->plan.moves[i]));
	return end_s;
}

static bool same_names(const struct spp_strings *a, const struct spp_strings *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = strcmp(a->items[i], b->items[i]) == 0;
	return same;
}

/* A partition as it is after the plan: of unknown version, just moved. */
static bool turn_partition(struct spp_plan_job *job, size_t index,
	struct spp_strings after, struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	const char *stream = cluster->stream_names[cluster->stream[index]];
	const char *name = cluster->partition_names[index];
	size_t count;
	struct spp_record **records = records_of(job, SPP_PARTITION, &count);
	char quoted[SPP_QUOTE_SIZE];

	for (size_t i = 0; i < count; i++) {
		const struct spp_partition *old = records[i]->value;
		struct spp_record *record;
		struct spp_partition *new;

		if (strcmp(old->stream, stream) != 0 ||
			strcmp(old->partition, name) != 0)
			continue;
		if (same_names(&old->replicas, &after))
			return true;
		record = new_record(job, SPP_PARTITION, records[i]);
		if (record == NULL)
			return spp_fail_memory(err);
		new = record->value;
		*new = *old;
		new->replicas = after;
		new->version = NULL;
		new->moved_at = spp_time_add(cluster->now, ends_s(job, index));
		records[i] = record;
		return add_assignment(
			job, index, NULL, after, old->replicas, err);
	}
	return spp_fail(err, SPP_INPUT,
		"partition %s was placed by the plan: that cannot be undone",
		spp_err_quote(quoted, name, strlen(name)));
}

/* The record of a subscription, SPP_NOWHERE: only a forecast tells of it. */
static size_t find_subscription(struct spp_plan_job *job, size_t index)
{
	const struct spp_cluster *cluster = job->cluster;
	size_t partition = cluster->subscribed[index], count;
	const char *stream = cluster->stream_names[cluster->stream[partition]];
	struct spp_record **records = records_of(job, SPP_SUBSCRIPTION, &count);

	for (size_t i = 0; i < count; i++) {
		const struct spp_subscription *old = records[i]->value;

		if (strcmp(old->stream, stream) == 0 &&
			strcmp(old->partition,
				cluster->partition_names[partition]) == 0 &&
			strcmp(old->subscriber, cluster->subscriber[index]) ==
				0)
			return i;
	}
	return SPP_NOWHERE;
}

/* A subscription that another platform serves after the plan. */
static bool turn_subscription(struct spp_plan_job *job, size_t index,
	size_t after, struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	size_t partition = cluster->subscribed[index], count, at;
	struct spp_buf *list = &job->stage->feed.lists[SPP_SUBSCRIPTION];
	struct spp_record **records = records_of(job, SPP_SUBSCRIPTION, &count);
	struct spp_record *record;
	struct spp_subscription *new;

	if (cluster->serving[index] == after)
		return true;
	at = find_subscription(job, index);
	record = new_record(
		job, SPP_SUBSCRIPTION, at == SPP_NOWHERE ? NULL : records[at]);
	if (record == NULL)
		return spp_fail_memory(err);
	new = record->value;
	if (at != SPP_NOWHERE) {
		*new = *(const struct spp_subscription *)records[at]->value;
		records[at] = record;
	} else {
		new->stream = cluster->stream_names[cluster->stream[partition]];
		new->partition = cluster->partition_names[partition];
		new->subscriber = cluster->subscriber[index];
		spp_buf_append(list, &record, sizeof(record));
	}
	new->platform = cluster->platform_names[after];
	return spp_buf_ok(list, err) &&
	       add_assignment(job, partition, cluster->subscriber[index],
		       names_of(job, &after, 1),
		       names_of(job, &cluster->serving[index], 1), err);
}

static bool turn_records(struct spp_plan_job *job, struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	size_t *serving = spp_arena_alloc(
		job->arena, cluster->subscriptions, sizeof(*serving));
	bool *done =
		spp_arena_alloc(job->arena, cluster->partitions, sizeof(*done));
	bool ok = spp_arena_ok(job->arena, err);

	job->stage->feed.lists[SPP_ASSIGNMENT].length = 0;
	for (size_t i = 0; ok && i < job->plan.count; i++) {
		size_t p = job->plan.moves[i].step.partition;
		size_t first = cluster->first_subscription[p];
		size_t replicas[SPP_REPLICAS_MAX];
		size_t count;

		if (done[p])
			continue;
		done[p] = true;
		count = spp_plan_outcome(cluster, job->plan.moves,
			job->plan.count, p, replicas, serving + first);
		ok = turn_partition(
			job, p, names_of(job, replicas, count), err);
		for (size_t s = first; ok && cluster->apart &&
				       s < cluster->first_subscription[p + 1];
			s++)
			ok = turn_subscription(job, s, serving[s], err);
	}
	return ok;
}

/* Inverses, last first. */
static bool turn_moves(struct spp_plan_job *job, struct spp_plan_step **steps,
	struct spp_err *err)
{
	size_t count = job->plan.count;

	*steps = spp_arena_alloc(job->arena, count, sizeof(**steps));
	if (*steps == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		(*steps)[i] = spp_plan_inverse(&job->plan.moves[count - 1 - i]);
		(*steps)[i].repairs = true;
	}
	return true;
}

/* An assignment back is in effect when the last of its moves is done. */
static void set_ready(struct spp_plan_job *job)
{
	size_t count;
	struct spp_record **records = records_of(job, SPP_ASSIGNMENT, &count);

	for (size_t i = 0; i < count; i++) {
		struct spp_assignment *assignment = records[i]->value;

		assignment->ready_s = ends_s(job, job->changes[i].partition);
	}
}

bool spp_plan_turn(struct spp_plan_job *job,
	bool (*rebuild)(struct spp_plan_job *job, struct spp_err *err),
	struct spp_err *err)
{
	struct spp_plan_step *steps;
	size_t count;

	if (!spp_plan_check_sealed(job, err))
		return false;
	count = job->plan.count;
	if (!turn_moves(job, &steps, err) || !turn_records(job, err) ||
		!rebuild(job, err) ||
		!spp_plan_steps(job->cluster, steps, count, job->changes,
			job->change_count, &job->limits, job->arena, &job->plan,
			err))
		return false;
	job->ids = NULL;
	job->plan.relief_lost = 0;
	set_ready(job);
	return true;
}
