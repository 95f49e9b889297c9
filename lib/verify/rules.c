/*
 * What an answer must keep to.  A rule that was broken before may stay
 * broken, where that is named; nothing may break a rule that held.
 */
#include "lib/verify/load.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool matches(const struct spp_constraint *constraint,
	const struct spp_partition *partition)
{
	return (!constraint->stream ||
		       same(constraint->stream, partition->stream)) &&
	       (!constraint->partition ||
		       same(constraint->partition, partition->partition));
}

static bool listed(const struct spp_verify_model *model,
	const struct spp_strings *names, size_t platform)
{
	for (size_t i = 0; i < names->count; i++)
		if (same(names->items[i],
			    model->platforms[platform].value->platform))
			return true;
	return false;
}

/* "" stands for all platforms without a label. */
static const char *label_of(
	const struct spp_verify_model *model, size_t platform, int label)
{
	const struct spp_platform *value = model->platforms[platform].value;
	const char *text = value->platform;

	if (label == SPP_RACK)
		text = value->rack;
	else if (label == SPP_ZONE)
		text = value->zone;
	return text ? text : "";
}

static bool pin_broken(const struct spp_verify_model *model,
	const struct spp_constraint *c, const size_t *replicas, size_t count)
{
	for (size_t i = 0; i < c->platforms.count; i++) {
		size_t platform =
			spp_verify_find_platform(model, c->platforms.items[i]);

		if (!spp_verify_holds(replicas, count, platform))
			return true;
	}
	return count > 0 && c->platforms.count > 0 &&
	       !same(c->platforms.items[0],
		       model->platforms[replicas[0]].value->platform);
}

static bool list_broken(const struct spp_verify_model *model,
	const struct spp_constraint *c, const size_t *replicas, size_t count)
{
	bool may = c->constraint == SPP_ALLOW;

	for (size_t i = 0; i < count; i++)
		if (listed(model, &c->platforms, replicas[i]) != may)
			return true;
	return false;
}

static bool spread_broken(const struct spp_verify_model *model,
	const struct spp_constraint *c, const size_t *replicas, size_t count)
{
	size_t different = 0;
	double minimum = spp_present(c->minimum) ? c->minimum : (double)count;

	for (size_t i = 0; i < count; i++) {
		bool first = !model->platforms[replicas[i]].failed;

		/* A dead replica spreads nothing. */
		for (size_t j = 0; j < i; j++)
			first &=
				model->platforms[replicas[j]].failed ||
				!same(label_of(model, replicas[i], c->label),
					label_of(model, replicas[j], c->label));
		different += first;
	}
	return (double)different < minimum && different < count;
}

/* How many members' leaders stand apart from the first member's? */
static size_t apart_of(const struct spp_verify_run *run,
	const struct spp_constraint *c, bool after)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_member *members = c->members.items;
	const char *first = NULL;
	size_t apart = 0;

	for (size_t i = 0; i < c->members.count; i++) {
		size_t p = spp_verify_find_partition(
			model, members[i].stream, members[i].partition);
		size_t count;
		const size_t *replicas;

		if (p == SPP_NOWHERE)
			continue;
		replicas = spp_verify_replicas(run, p, after, &count);
		if (count == 0)
			continue;
		if (!first)
			first = label_of(model, replicas[0], c->label);
		apart += !same(first, label_of(model, replicas[0], c->label));
	}
	return apart;
}

static bool broken(const struct spp_verify_run *run,
	const struct spp_constraint *c, size_t partition, bool after)
{
	const struct spp_verify_model *model = &run->model;
	size_t count;
	const size_t *replicas =
		spp_verify_replicas(run, partition, after, &count);

	if (!matches(c, model->partitions[partition].value))
		return false;
	switch (c->constraint) {
	case SPP_PIN:
		return pin_broken(model, c, replicas, count);
	case SPP_ALLOW:
	case SPP_FORBID:
		return list_broken(model, c, replicas, count);
	case SPP_SPREAD:
		return spread_broken(model, c, replicas, count);
	default:
		return false;
	}
}

static const struct {
	enum spp_breach breach;
	const char *text;
} kinds[] = {
	[SPP_PIN] = {SPP_BREACH_PIN, "a pinned replica is elsewhere"},
	[SPP_ALLOW] = {SPP_BREACH_ALLOW,
		"a replica is on a platform that is not allowed"},
	[SPP_FORBID] = {SPP_BREACH_FORBID,
		"a replica is on a forbidden platform"},
	[SPP_SPREAD] = {SPP_BREACH_SPREAD,
		"the replicas are spread over too few labels"},
};

/* Is a rule that stays broken named in what the answer leaves undone? */
static bool named(const struct spp_verify_run *run,
	const struct spp_partition *partition, const char *platform)
{
	const struct spp_undone *left =
		(const void *)run->model.feed->left.data;
	size_t count = run->model.feed->left.length / sizeof(*left);

	for (size_t i = 0; i < count; i++) {
		if (partition && same(left[i].stream, partition->stream) &&
			same(left[i].partition, partition->partition))
			return true;
		if (platform && same(left[i].platform, platform))
			return true;
	}
	return false;
}

static void judge(struct spp_verify_run *run, size_t partition,
	enum spp_breach breach, const char *text, bool before, bool after)
{
	const struct spp_verify_partition *of =
		&run->model.partitions[partition];
	size_t change = run->answer.of_partition[partition];
	const struct spp_record *at =
		change == SPP_NOWHERE ? of->at : run->answer.changes[change].at;

	if (after && !before)
		spp_breach_add(run->report, breach, at, "%s", text);
	else if (after && !run->plan && !named(run, of->value, NULL))
		spp_breach_add(run->report, SPP_BREACH_LEFT, at,
			"%s as before, which \"left\" does not name", text);
	if (before) {
		run->broken[partition] = true;
		run->repaired |= !after;
	}
}

/* A group is named by any of its members. */
static void judge_group(struct spp_verify_run *run, const struct spp_record *at)
{
	const struct spp_constraint *c = at->value;
	const struct spp_member *members = c->members.items;
	size_t before = apart_of(run, c, false);
	size_t after = apart_of(run, c, true);
	bool told = false;

	for (size_t i = 0; i < c->members.count; i++) {
		size_t p = spp_verify_find_partition(
			&run->model, members[i].stream, members[i].partition);

		if (p == SPP_NOWHERE)
			continue;
		run->broken[p] |= before > 0;
		told |= named(run, run->model.partitions[p].value, NULL);
	}
	run->repaired |= after < before;
	if (after > before)
		spp_breach_add(run->report, SPP_BREACH_COLOCATE, at,
			"%zu leaders of the group are apart from the first, "
			"%zu were before",
			after, before);
	else if (after > 0 && !run->plan && !told)
		spp_breach_add(run->report, SPP_BREACH_LEFT, at,
			"leaders of the group stay apart, which \"left\" does "
			"not name");
}

static void check_constraints(struct spp_verify_run *run)
{
	const struct spp_feed *feed = run->model.feed;

	for (size_t i = 0; i < spp_feed_count(feed, SPP_CONSTRAINT); i++) {
		const struct spp_record *at =
			spp_feed_at(feed, SPP_CONSTRAINT, i);
		const struct spp_constraint *c = at->value;

		if (c->constraint == SPP_COLOCATE)
			judge_group(run, at);
		if (c->constraint >= SPP_COLOCATE)
			continue;
		for (size_t p = 0; p < run->model.partition_count; p++)
			judge(run, p, kinds[c->constraint].breach,
				kinds[c->constraint].text,
				broken(run, c, p, false),
				broken(run, c, p, true));
	}
}

static bool closed(const struct spp_verify_run *run, size_t partition,
	bool after, bool failed)
{
	const struct spp_verify_model *model = &run->model;
	size_t count;
	const size_t *replicas =
		spp_verify_replicas(run, partition, after, &count);

	for (size_t i = 0; i < count; i++) {
		const struct spp_verify_platform *of =
			&model->platforms[replicas[i]];

		if (failed ? of->failed : of->closed && !of->failed)
			return true;
	}
	return false;
}

static void check_target(struct spp_verify_run *run,
	const struct spp_verify_change *change, size_t platform)
{
	const struct spp_verify_platform *of = &run->model.platforms[platform];

	if (of->failed)
		spp_breach_add(run->report, SPP_BREACH_FAILED_TARGET,
			change->at, "platform \"%s\" has failed",
			of->value->platform);
	else if (of->closed)
		spp_breach_add(run->report, SPP_BREACH_DRAINING_TARGET,
			change->at, "platform \"%s\" is draining",
			of->value->platform);
}

/* What is new goes only where something new may go. */
static void check_targets(struct spp_verify_run *run)
{
	for (size_t i = 0; i < run->answer.count; i++) {
		const struct spp_verify_change *change =
			&run->answer.changes[i];
		const struct spp_verify_partition *of =
			&run->model.partitions[change->partition];

		if (change->sub != SPP_NOWHERE) {
			check_target(run, change, change->to[0]);
			continue;
		}
		for (size_t j = 0; j < change->to_count; j++)
			if (!spp_verify_holds(
				    of->replicas, of->count, change->to[j]) ||
				(j == 0 && change->to[0] != of->replicas[0]))
				check_target(run, change, change->to[j]);
	}
	for (size_t p = 0; p < run->model.partition_count; p++) {
		judge(run, p, SPP_BREACH_LEFT, "the partition has no place",
			run->model.partitions[p].count == 0,
			run->model.partitions[p].count == 0 &&
				run->answer.of_partition[p] == SPP_NOWHERE);
		judge(run, p, SPP_BREACH_FAILED_TARGET,
			"a replica is on a failed platform",
			closed(run, p, false, true),
			closed(run, p, true, true));
		judge(run, p, SPP_BREACH_DRAINING_TARGET,
			"a replica is on a draining platform",
			closed(run, p, false, false),
			closed(run, p, true, false));
	}
}

static void check_frozen(struct spp_verify_run *run)
{
	const struct spp_feed *feed = run->model.feed;

	for (size_t i = 0; i < run->answer.count; i++) {
		const struct spp_verify_change *change =
			&run->answer.changes[i];
		const struct spp_partition *partition =
			run->model.partitions[change->partition].value;
		bool frozen = partition->moving != NULL;

		for (size_t j = 0; j < spp_feed_count(feed, SPP_CONSTRAINT);
			j++) {
			const struct spp_constraint *c =
				spp_feed_at(feed, SPP_CONSTRAINT, j)->value;

			frozen |= c->constraint == SPP_FREEZE &&
			          matches(c, partition);
		}
		if (frozen)
			spp_breach_add(run->report, SPP_BREACH_FROZEN,
				change->at, "the partition is frozen");
	}
}

/*
 * Can a subscription be served there?  Where any platform can serve, it is
 * still not left behind by a replica that goes.
 */
static bool served_wrong(
	const struct spp_verify_run *run, size_t index, bool after)
{
	const struct spp_verify_model *model = &run->model;
	size_t partition = model->subs[index].partition, count;
	const size_t *replicas =
		spp_verify_replicas(run, partition, after, &count);
	const struct spp_verify_partition *of = &model->partitions[partition];
	size_t at = after ? run->answer.serving_after[index]
	                  : run->answer.serving_before[index];

	if (at == SPP_NOWHERE)
		return false;
	if (model->platforms[at].closed)
		return true;
	return !spp_verify_holds(replicas, count, at) &&
	       (model->driver.serve == SPP_SERVE_REPLICA ||
		       spp_verify_holds(of->replicas, of->count, at));
}

static void check_subs(struct spp_verify_run *run)
{
	for (size_t i = 0; i < run->model.sub_count; i++)
		if (!run->model.subs[i].follows)
			judge(run, run->model.subs[i].partition,
				SPP_BREACH_SUBSCRIPTION_LEFT,
				"a subscription is served where it cannot be",
				served_wrong(run, i, false),
				served_wrong(run, i, true));
}

static void check_hard(struct spp_verify_run *run, size_t n, size_t r, size_t k,
	const struct spp_verify_loads *before,
	const struct spp_verify_loads *after)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_platform *of = &model->platforms[n];
	size_t cell = spp_verify_cell(model, n, r, k);
	double held = spp_verify_held(model, after, cell);
	double was = spp_verify_held(model, before, cell);
	double limit = of->capacity[r];
	/* Levels without deviation are exact. */
	double slack =
		spp_verify_deviation(model, after, cell) > 0 ? 1e-9 * limit : 0;

	if (was > limit)
		run->hot[n] = true;
	run->repaired |= was > limit && held < was;
	if (!(held > limit + slack))
		return;
	if (held > was + slack)
		spp_breach_add(run->report, SPP_BREACH_HARD_CAPACITY, of->at,
			"platform \"%s\": %s in slot %zu is %.17g, above its "
			"hard limit %.17g (before: %.17g)",
			of->value->platform, model->resource_names.names[r], k,
			held, limit, was);
	else if (!run->plan && !named(run, NULL, of->value->platform))
		spp_breach_add(run->report, SPP_BREACH_LEFT, of->at,
			"platform \"%s\": %s in slot %zu stays above its hard "
			"limit, which \"left\" does not name",
			of->value->platform, model->resource_names.names[r], k);
}

/* Hard limits hold where everything has arrived. */
static bool check_capacities(struct spp_verify_run *run, struct spp_err *err)
{
	const struct spp_verify_model *model = &run->model;
	struct spp_verify_loads before, after;

	if (!spp_verify_loads_of(run, SPP_VERIFY_BEFORE, &before, err) ||
		!spp_verify_loads_of(run, SPP_VERIFY_AFTER, &after, err))
		return false;
	for (size_t n = 0; n < model->platform_count; n++)
		for (size_t r = 0; r < model->resources; r++)
			for (size_t k = 0; k < model->slots; k++)
				if (model->platforms[n].hard[r] &&
					!model->platforms[n].failed &&
					model->hours[k] > 0)
					check_hard(
						run, n, r, k, &before, &after);
	return true;
}

bool spp_verify_rules(struct spp_verify_run *run, struct spp_err *err)
{
	const struct spp_verify_model *model = &run->model;

	run->broken = spp_arena_alloc(
		model->arena, model->partition_count, sizeof(bool));
	run->hot = spp_arena_alloc(
		model->arena, model->platform_count, sizeof(bool));
	if (!spp_arena_ok(model->arena, err))
		return false;
	check_targets(run);
	check_frozen(run);
	check_constraints(run);
	check_subs(run);
	spp_verify_budgets(run);
	return check_capacities(run, err);
}
