/*
 * Assignments as changes, with the moves that each of them means.
 */
#include "lib/verify/answer.h"

#include <math.h>
#include <string.h>

/* Cost of switching one connection, in platform-hours. */
#define CONNECTION_COST 1e-5

bool spp_verify_holds(const size_t *replicas, size_t count, size_t platform)
{
	for (size_t i = 0; i < count; i++)
		if (replicas[i] == platform)
			return true;
	return false;
}

const size_t *spp_verify_replicas(const struct spp_verify_run *run,
	size_t partition, bool after, size_t *count)
{
	const struct spp_verify_partition *of =
		&run->model.partitions[partition];
	size_t change = run->answer.of_partition[partition];

	if (after && change != SPP_NOWHERE) {
		*count = run->answer.changes[change].to_count;
		return run->answer.changes[change].to;
	}
	*count = of->count;
	return of->replicas;
}

/* 1/capacity of a resource, 0 where it is unlimited. */
static double inverse(
	const struct spp_verify_model *model, size_t platform, size_t resource)
{
	double capacity;

	if (resource == SPP_NOWHERE)
		return 0;
	capacity = model->platforms[platform].capacity[resource];
	return spp_present(capacity) ? 1 / capacity : 0;
}

static double copy_cost(const struct spp_verify_model *model, double bytes,
	size_t source, size_t target)
{
	double replicated = 0, followed = 0;

	if (model->cpu != SPP_NOWHERE) {
		replicated = model->coefficients[model->cpu].replicated_byte;
		followed = model->coefficients[model->cpu].follower_byte;
	}
	return bytes / 3600 *
	       (inverse(model, target, model->network_in) +
		       inverse(model, source, model->network_out) +
		       replicated * inverse(model, source, model->cpu) +
		       followed * inverse(model, target, model->cpu));
}

static double smoothness(const struct spp_verify_model *model, size_t partition)
{
	spp_time moved_at = model->partitions[partition].value->moved_at;

	if (moved_at == SPP_TIME_NONE)
		return 0;
	return pow(2, -fmax(0, spp_time_since(model->now, moved_at)) /
			      model->weights.half_life_s);
}

/*
 * Where a copy is read: at the leader, or where the driver can read any
 * replica at the one that is replaced; a failed platform gives nothing.
 */
static size_t copy_source(const struct spp_verify_model *model,
	const struct spp_verify_partition *of, size_t replaced)
{
	if (model->driver.copy_from == SPP_COPY_NONE)
		return SPP_NOWHERE;
	if (model->driver.copy_from == SPP_COPY_REPLICA &&
		replaced != SPP_NOWHERE && !model->platforms[replaced].failed)
		return replaced;
	for (size_t i = 0; i < of->count; i++)
		if (!model->platforms[of->replicas[i]].failed)
			return of->replicas[i];
	return SPP_NOWHERE;
}

static void add_copy(const struct spp_verify_model *model,
	struct spp_verify_change *change, size_t target, size_t replaced)
{
	const struct spp_verify_partition *of =
		&model->partitions[change->partition];
	size_t source = copy_source(model, of, replaced);

	change->moves++;
	if (source == SPP_NOWHERE)
		return;
	change->target[change->copies] = target;
	change->source[change->copies] = source;
	change->copies++;
	change->bytes += of->size;
	change->migration += copy_cost(model, of->size, source, target);
}

/*
 * The moves of a change of replicas.  A leader that goes is replaced by a
 * leader that comes in one move; the others go and come in their order; what
 * comes without one that goes is added, what goes without one that comes is
 * dropped; a leader that is still another one takes a move of its own.
 */
static void count_moves(
	const struct spp_verify_model *model, struct spp_verify_change *change)
{
	const struct spp_verify_partition *of =
		&model->partitions[change->partition];
	const size_t *from = of->replicas, *to = change->to;
	size_t count = of->count, leaving = 0, coming = 0;
	bool other_leader = count > 0 && from[0] != to[0];

	if (other_leader && !spp_verify_holds(to, change->to_count, from[0]) &&
		!spp_verify_holds(from, count, to[0])) {
		add_copy(model, change, to[0], from[0]);
		leaving = coming = 1;
		other_leader = false;
	}
	for (; coming < change->to_count; coming++) {
		if (spp_verify_holds(from, count, to[coming]))
			continue;
		while (leaving < count &&
			spp_verify_holds(to, change->to_count, from[leaving]))
			leaving++;
		add_copy(model, change, to[coming],
			leaving < count ? from[leaving++] : SPP_NOWHERE);
	}
	for (; leaving < count; leaving++)
		if (!spp_verify_holds(to, change->to_count, from[leaving]))
			change->moves++;
	change->moves += other_leader;
}

/* All that follow a leader are switched when it changes. */
static void count_switched(
	const struct spp_verify_model *model, struct spp_verify_change *change)
{
	const struct spp_verify_partition *of =
		&model->partitions[change->partition];

	if (of->count == 0 || change->to[0] == of->replicas[0])
		return;
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++)
		if (model->subs[i].follows)
			change->switched += model->subs[i].connections;
}

static bool read_platforms(struct spp_verify_run *run,
	const struct spp_record *at, const struct spp_strings *names,
	size_t *platforms)
{
	for (size_t i = 0; i < names->count; i++) {
		char quoted[SPP_QUOTE_SIZE];

		platforms[i] =
			spp_verify_find_platform(&run->model, names->items[i]);
		if (platforms[i] != SPP_NOWHERE)
			continue;
		spp_breach_add(run->report, SPP_BREACH_UNKNOWN_PLATFORM, at,
			"unknown platform %s",
			spp_err_quote(quoted, names->items[i],
				strlen(names->items[i])));
		return false;
	}
	return true;
}

static bool check_replicas(struct spp_verify_run *run,
	struct spp_verify_change *change, const size_t *from, size_t from_count)
{
	const struct spp_verify_partition *of =
		&run->model.partitions[change->partition];
	struct spp_verify_report *report = run->report;

	if (from_count != of->count ||
		memcmp(from, of->replicas, from_count * sizeof(*from)) != 0) {
		spp_breach_add(report, SPP_BREACH_WRONG_FROM, change->at,
			"\"from\" is not where the replicas are now");
		return false;
	}
	if (change->to_count == 0) {
		spp_breach_add(report, SPP_BREACH_NO_CHANGE, change->at,
			"\"to\" is empty");
		return false;
	}
	count_moves(&run->model, change);
	count_switched(&run->model, change);
	if (change->moves == 0)
		spp_breach_add(report, SPP_BREACH_NO_CHANGE, change->at,
			"neither the leader nor the set of replicas changes");
	return change->moves > 0;
}

static bool check_sub(struct spp_verify_run *run,
	struct spp_verify_change *change, const size_t *from, size_t from_count)
{
	const struct spp_verify_model *model = &run->model;
	struct spp_verify_report *report = run->report;
	const struct spp_verify_sub *sub = &model->subs[change->sub];

	if (sub->follows) {
		spp_breach_add(report, SPP_BREACH_SUBSCRIPTION_PLACE,
			change->at, "the subscription follows the leader");
		return false;
	}
	if (sub->platform == SPP_NOWHERE
			? from_count != 0
			: from_count != 1 || from[0] != sub->platform) {
		spp_breach_add(report, SPP_BREACH_WRONG_FROM, change->at,
			"\"from\" is not where the subscription is served");
		return false;
	}
	if (change->to_count != 1 || change->to[0] == sub->platform) {
		spp_breach_add(report, SPP_BREACH_NO_CHANGE, change->at,
			"\"to\" must be one other platform");
		return false;
	}
	change->from = sub->platform;
	change->moves = 1;
	change->switched = sub->connections;
	return true;
}

static bool read_change(struct spp_verify_run *run, const struct spp_record *at,
	struct spp_verify_change *change)
{
	const struct spp_assignment *value = at->value;
	struct spp_verify_model *model = &run->model;
	struct spp_arena *arena = model->arena;
	size_t most = value->to.count, *from;
	bool whole;

	*change = (struct spp_verify_change){
		.at = at,
		.value = value,
		.partition = spp_verify_find_partition(
			model, value->stream, value->partition),
		.sub = SPP_NOWHERE,
		.to_count = most,
	};
	if (change->partition == SPP_NOWHERE) {
		spp_breach_add(run->report, SPP_BREACH_UNKNOWN_PARTITION, at,
			"the feed holds no such partition");
		return false;
	}
	if (value->subscriber) {
		change->sub = spp_verify_find_sub(
			model, change->partition, value->subscriber);
		if (change->sub == SPP_NOWHERE) {
			spp_breach_add(run->report,
				SPP_BREACH_UNKNOWN_SUBSCRIPTION, at,
				"the feed holds no such subscription");
			return false;
		}
	}
	from = spp_arena_alloc(arena, value->from.count, sizeof(*from));
	change->to = spp_arena_alloc(arena, most, sizeof(size_t));
	change->target = spp_arena_alloc(arena, most, sizeof(size_t));
	change->source = spp_arena_alloc(arena, most, sizeof(size_t));
	if (arena->failed || !read_platforms(run, at, &value->from, from) ||
		!read_platforms(run, at, &value->to, change->to))
		return false;
	whole = change->sub == SPP_NOWHERE
	                ? check_replicas(run, change, from, value->from.count)
	                : check_sub(run, change, from, value->from.count);
	change->migration += CONNECTION_COST * change->switched;
	change->migration *= model->weights.migration;
	change->smoothness = model->weights.smoothness * (double)change->moves *
	                     smoothness(model, change->partition);
	return whole;
}

/* Room for the items of the largest partition on its way. */
static size_t items_most(const struct spp_verify_model *model)
{
	const struct spp_feed *feed = model->feed;
	size_t replicas = 0, subs = 0, to = 0;

	for (size_t p = 0; p < model->partition_count; p++) {
		const struct spp_verify_partition *of = &model->partitions[p];

		replicas = of->wanted > replicas ? of->wanted : replicas;
		subs = of->subs > subs ? of->subs : subs;
	}
	for (size_t i = 0; i < spp_feed_count(feed, SPP_ASSIGNMENT); i++) {
		const struct spp_assignment *value =
			spp_feed_at(feed, SPP_ASSIGNMENT, i)->value;

		to = value->to.count > to ? value->to.count : to;
	}
	/* A subscription may be served twice for a while. */
	return replicas + to + 2 * subs + spp_feed_count(feed, SPP_MOVE) + 2;
}

static bool answer_new(struct spp_verify_run *run, size_t count)
{
	struct spp_verify_model *model = &run->model;
	struct spp_verify_answer *answer = &run->answer;
	struct spp_arena *arena = model->arena;
	size_t partitions = model->partition_count, subs = model->sub_count;

	answer->changes =
		spp_arena_alloc(arena, count, sizeof(*answer->changes));
	answer->of_partition =
		spp_arena_alloc(arena, partitions, sizeof(size_t));
	answer->of_sub = spp_arena_alloc(arena, subs, sizeof(size_t));
	answer->serving_before = spp_arena_alloc(arena, subs, sizeof(size_t));
	answer->serving_after = spp_arena_alloc(arena, subs, sizeof(size_t));
	run->items =
		spp_arena_alloc(arena, items_most(model), sizeof(*run->items));
	run->reached =
		spp_arena_alloc(arena, model->platform_count, sizeof(size_t));
	if (arena->failed)
		return false;
	for (size_t p = 0; p < partitions; p++)
		answer->of_partition[p] = SPP_NOWHERE;
	for (size_t i = 0; i < subs; i++) {
		answer->of_sub[i] = SPP_NOWHERE;
		answer->serving_before[i] = model->subs[i].platform;
		answer->serving_after[i] = model->subs[i].platform;
	}
	return true;
}

/* Who has no place yet, and none of its own, goes to the new leader. */
static void place_subs(struct spp_verify_run *run)
{
	struct spp_verify_answer *answer = &run->answer;

	for (size_t i = 0; i < run->model.sub_count; i++) {
		size_t change =
			answer->of_partition[run->model.subs[i].partition];

		if (answer->serving_after[i] == SPP_NOWHERE &&
			change != SPP_NOWHERE)
			answer->serving_after[i] =
				answer->changes[change].to[0];
	}
}

bool spp_verify_read_answer(struct spp_verify_run *run, struct spp_err *err)
{
	const struct spp_feed *feed = run->model.feed;
	struct spp_verify_answer *answer = &run->answer;
	size_t count = spp_feed_count(feed, SPP_ASSIGNMENT);

	if (!answer_new(run, count))
		return spp_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct spp_verify_change *change =
			&answer->changes[answer->count];

		if (!read_change(run, spp_feed_at(feed, SPP_ASSIGNMENT, i),
			    change)) {
			if (!spp_arena_ok(run->model.arena, err))
				return false;
			continue;
		}
		if (change->sub == SPP_NOWHERE) {
			answer->of_partition[change->partition] = answer->count;
		} else {
			answer->of_sub[change->sub] = answer->count;
			answer->serving_after[change->sub] = change->to[0];
		}
		answer->moves += (double)change->moves;
		answer->bytes += change->bytes;
		answer->count++;
	}
	place_subs(run);
	return true;
}
