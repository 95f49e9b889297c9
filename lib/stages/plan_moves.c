/* The moves of a plan that comes in: to seal it, or to turn it round. */
#include "lib/stages/plan_parts.h"

#include "lib/base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Moves by start; those of one start in the order of the feed. */
struct ranked {
	double start_s;
	size_t index;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static bool sort_moves(struct spp_plan_job *job, struct spp_err *err)
{
	const struct spp_feed *feed = &job->stage->feed;
	size_t count = spp_feed_count(feed, SPP_MOVE);
	struct ranked *ranked =
		spp_arena_alloc(job->arena, count, sizeof(*ranked));

	job->sources =
		spp_arena_alloc(job->arena, count, sizeof(*job->sources));
	job->ids = spp_arena_alloc(job->arena, count, sizeof(*job->ids));
	if (!spp_arena_ok(job->arena, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct spp_move *move =
			spp_feed_at(feed, SPP_MOVE, i)->value;

		ranked[i] = (struct ranked){move->start_s, i};
	}
	if (count > 0)
		qsort(ranked, count, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < count; i++) {
		const struct spp_move *move;

		job->sources[i] = spp_feed_at(feed, SPP_MOVE, ranked[i].index);
		move = job->sources[i]->value;
		job->ids[i] = move->id;
	}
	return true;
}

/* A platform that may be absent. */
static bool find(struct spp_plan_job *job, const struct spp_record *record,
	const char *field, const char *name, size_t *platform,
	struct spp_err *err)
{
	*platform = SPP_NOWHERE;
	return name == NULL ||
	       spp_plan_find_platform(job, record, field, name, platform, err);
}

static bool read_step(struct spp_plan_job *job, const struct spp_record *record,
	struct spp_plan_move *to, struct spp_err *err)
{
	const struct spp_move *move = record->value;

	to->step.kind = (enum spp_plan_kind)move->kind;
	to->step.change = SPP_NOWHERE;
	return spp_plan_find_subject(job, record, move->stream, move->partition,
		       move->subscriber, &to->step.partition,
		       &to->step.subscription, err) &&
	       find(job, record, "from", move->from, &to->step.from, err) &&
	       find(job, record, "to", move->to, &to->step.to, err) &&
	       find(job, record, "copy_from", move->copy_from, &to->copy_from,
		       err);
}

/* The version of the record must be the one that a move was made for. */
static bool check_version(struct spp_plan_job *job,
	const struct spp_record *record, const struct spp_plan_move *to,
	struct spp_err *err)
{
	const struct spp_move *move = record->value;
	const char *now = job->cluster->version[to->step.partition];

	if (move->requires == NULL || move->requires->version == NULL ||
		now == NULL || strcmp(now, move->requires->version) == 0)
		return true;
	spp_fail(err, SPP_INPUT,
		"field \"requires\" is of another version of the partition");
	spp_err_at(err, record->source, record->line);
	return false;
}

/* Without phases or replicas a plan was written by hand: take it as it is. */
static bool read_rest(struct spp_plan_job *job, const struct spp_record *record,
	struct spp_plan_move *to, struct spp_err *err)
{
	const struct spp_move *move = record->value;
	const struct spp_strings *replicas;
	size_t *list;

	if (move->phases == NULL || move->requires == NULL) {
		spp_fail(err, SPP_INPUT, "field \"%s\" is missing",
			move->phases == NULL ? "phases" : "requires");
		spp_err_at(err, record->source, record->line);
		return false;
	}
	to->start_s = move->start_s;
	to->attach_s = spp_present(move->phases->attach_s)
	                       ? move->phases->attach_s
	                       : 0;
	to->dual_s =
		spp_present(move->phases->dual_s) ? move->phases->dual_s : 0;
	to->release_s = spp_present(move->phases->release_s)
	                        ? move->phases->release_s
	                        : 0;
	if (fabs(to->attach_s + to->dual_s + to->release_s - move->duration_s) >
		1e-6 * fmax(1, move->duration_s)) {
		spp_fail(err, SPP_INPUT,
			"field \"duration_s\" is not the sum of the phases");
		spp_err_at(err, record->source, record->line);
		return false;
	}
	to->bytes = spp_present(move->bytes) ? move->bytes : 0;
	to->rate = spp_present(move->rate) ? move->rate : 0;
	replicas = &move->requires->replicas;
	list = spp_arena_alloc(job->arena, replicas->count, sizeof(*list));
	if (list == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < replicas->count; i++)
		if (!spp_plan_find_platform(job, record, "requires",
			    replicas->items[i], &list[i], err))
			return false;
	to->replica = list;
	to->replicas = replicas->count;
	return check_version(job, record, to, err);
}

/* Names of moves to come after, as indices. */
static bool read_after(struct spp_plan_job *job, size_t index,
	struct spp_plan_move *to, struct spp_err *err)
{
	const struct spp_record *record = job->sources[index];
	const struct spp_move *move = record->value;
	size_t *after =
		spp_arena_alloc(job->arena, move->after.count, sizeof(*after));
	char quoted[SPP_QUOTE_SIZE];

	if (after == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < move->after.count; i++) {
		const char *name = move->after.items[i];
		size_t found = 0;

		while (found < job->plan.count &&
			strcmp(job->ids[found], name) != 0)
			found++;
		if (found == job->plan.count) {
			spp_fail(err, SPP_INPUT,
				"field \"after\" names the move %s, which is "
				"not in the plan",
				spp_err_quote(quoted, name, strlen(name)));
			spp_err_at(err, record->source, record->line);
			return false;
		}
		after[i] = found;
	}
	to->after = after;
	to->afters = move->after.count;
	return true;
}

bool spp_plan_read_moves(struct spp_plan_job *job, struct spp_err *err)
{
	size_t count = spp_feed_count(&job->stage->feed, SPP_MOVE);

	job->plan.count = count;
	job->plan.moves =
		spp_arena_alloc(job->arena, count, sizeof(*job->plan.moves));
	if (job->plan.moves == NULL)
		return spp_fail_memory(err);
	if (!sort_moves(job, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct spp_plan_move *move = &job->plan.moves[i];

		if (!read_step(job, job->sources[i], move, err) ||
			!read_rest(job, job->sources[i], move, err) ||
			!read_after(job, i, move, err))
			return false;
	}
	return true;
}

bool spp_plan_check_sealed(struct spp_plan_job *job, struct spp_err *err)
{
	const struct spp_header *header = job->stage->feed.header;
	char quoted[SPP_QUOTE_SIZE];
	struct spp_plan_fault fault;
	const char *id;

	if (!spp_plan_read_limits(
		    job, header == NULL ? NULL : header->options, err) ||
		!spp_plan_read_moves(job, err) ||
		!spp_plan_check(job->cluster, job->changes, job->change_count,
			&job->limits, job->arena, &job->plan, &fault, err))
		return false;
	if (fault.move == SPP_NOWHERE)
		return true;
	id = job->ids[fault.move];
	spp_fail(err, fault.unsafe ? SPP_LEFT : SPP_INPUT, "move %s %s",
		spp_err_quote(quoted, id, strlen(id)), fault.text);
	spp_err_at(err, job->sources[fault.move]->source,
		job->sources[fault.move]->line);
	return false;
}
