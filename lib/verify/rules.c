/*
 * What an answer must keep to.  Violations are counted: the answer may not
 * have more of them than the placement now, and those that are left must be
 * named.
 */
#include "lib/verify/rules.h"

#include <math.h>
#include <string.h>

/*
 * Rules are gone through twice: first only counted, then judged by the sums.
 */
struct tally {
	struct spp_verify_run *run;
	bool judging;
	size_t before, after; /* violations */
};

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
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

/* One rule: how often it is broken before and after. */
static void judge(struct tally *tally, const struct spp_record *at,
	enum spp_breach breach, const char *text, size_t before, size_t after,
	bool told)
{
	struct spp_verify_run *run = tally->run;

	if (!tally->judging) {
		tally->before += before;
		tally->after += after;
		run->repaired |= after < before;
		return;
	}
	if (after > before && tally->after > tally->before)
		spp_breach_add(run->report, breach, at, "%s", text);
	else if (after > 0 && !run->plan && !told)
		spp_breach_add(run->report, SPP_BREACH_LEFT, at,
			"%s, which \"left\" does not name", text);
}

static void judge_partition(struct tally *tally, size_t partition,
	enum spp_breach breach, const char *text, size_t before, size_t after)
{
	struct spp_verify_run *run = tally->run;
	const struct spp_verify_partition *of =
		&run->model.partitions[partition];
	size_t change = run->answer.of_partition[partition];

	run->broken[partition] |= before > 0;
	judge(tally,
		change == SPP_NOWHERE ? of->at : run->answer.changes[change].at,
		breach, text, before, after, named(run, of->value, NULL));
}

/* A group is named by any of its members. */
static void judge_group(struct tally *tally, const struct spp_record *at)
{
	struct spp_verify_run *run = tally->run;
	const struct spp_constraint *c = at->value;
	const struct spp_member *members = c->members.items;
	size_t before = spp_verify_apart(run, c, false);
	bool told = false;

	for (size_t i = 0; i < c->members.count; i++) {
		size_t p = spp_verify_find_partition(
			&run->model, members[i].stream, members[i].partition);

		if (p == SPP_NOWHERE)
			continue;
		run->broken[p] |= before > 0;
		told |= named(run, run->model.partitions[p].value, NULL);
	}
	judge(tally, at, SPP_BREACH_COLOCATE, "leaders of the group are apart",
		before, spp_verify_apart(run, c, true), told);
}

static void judge_constraints(struct tally *tally)
{
	struct spp_verify_run *run = tally->run;
	const struct spp_feed *feed = run->model.feed;

	for (size_t i = 0; i < spp_feed_count(feed, SPP_CONSTRAINT); i++) {
		const struct spp_record *at =
			spp_feed_at(feed, SPP_CONSTRAINT, i);
		const struct spp_constraint *c = at->value;

		if (c->constraint == SPP_COLOCATE)
			judge_group(tally, at);
		if (c->constraint >= SPP_COLOCATE)
			continue;
		for (size_t p = 0; p < run->model.partition_count; p++)
			judge_partition(tally, p, kinds[c->constraint].breach,
				kinds[c->constraint].text,
				spp_verify_broken(run, c, p, false),
				spp_verify_broken(run, c, p, true));
	}
}

/* Replicas on platforms that have failed, or that are draining. */
static size_t closed(const struct spp_verify_run *run, size_t partition,
	bool after, bool failed)
{
	const struct spp_verify_model *model = &run->model;
	size_t count, on = 0;
	const size_t *replicas =
		spp_verify_replicas(run, partition, after, &count);

	for (size_t i = 0; i < count; i++) {
		const struct spp_verify_platform *of =
			&model->platforms[replicas[i]];

		on += failed ? of->failed : of->closed && !of->failed;
	}
	return on;
}

static void judge_states(struct tally *tally)
{
	const struct spp_verify_run *run = tally->run;

	for (size_t p = 0; p < run->model.partition_count; p++) {
		size_t placed = run->model.partitions[p].count;
		size_t wanted = run->model.partitions[p].wanted;
		size_t now;

		spp_verify_replicas(run, p, true, &now);
		judge_partition(tally, p, SPP_BREACH_LEFT,
			"a partition has no place", placed ? 0 : wanted,
			now ? 0 : wanted);
		judge_partition(tally, p, SPP_BREACH_FAILED_TARGET,
			"a replica is on a failed platform",
			closed(run, p, false, true),
			closed(run, p, true, true));
		judge_partition(tally, p, SPP_BREACH_DRAINING_TARGET,
			"a replica is on a draining platform",
			closed(run, p, false, false),
			closed(run, p, true, false));
	}
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
			          spp_verify_matches(c, partition);
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

static void judge_subs(struct tally *tally)
{
	const struct spp_verify_run *run = tally->run;

	for (size_t i = 0; i < run->model.sub_count; i++)
		if (!run->model.subs[i].follows)
			judge_partition(tally, run->model.subs[i].partition,
				SPP_BREACH_SUBSCRIPTION_LEFT,
				"a subscription is served where it cannot be",
				served_wrong(run, i, false),
				served_wrong(run, i, true));
}

/* The slot in which a hard resource is highest above what it may be. */
struct excess {
	double amount, held, was;
	size_t slot;
};

static void take_excess(struct excess *most, double amount, double held,
	double was, size_t slot)
{
	if (amount > most->amount)
		*most = (struct excess){amount, held, was, slot};
}

/* A limit that is broken already may be broken as far, where it is named. */
static void check_hard(struct spp_verify_run *run, size_t n, size_t r)
{
	const struct spp_verify_loads *before = &run->loads[SPP_VERIFY_BEFORE];
	const struct spp_verify_loads *after = &run->loads[SPP_VERIFY_AFTER];
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_platform *of = &model->platforms[n];
	struct excess above = {.amount = 0}, left = {.amount = 0};
	double limit = of->capacity[r];

	for (size_t k = 0; k < model->slots; k++) {
		size_t cell = spp_verify_cell(model, n, r, k);
		double held = spp_verify_held(model, after, cell);
		double was = spp_verify_held(model, before, cell);
		/* Levels without deviation are exact. */
		double slack = spp_verify_deviation(model, after, cell) > 0
		                       ? 1e-9 * limit
		                       : 0;

		run->hot[n] |= was > limit;
		run->repaired |= was > limit && held < was;
		take_excess(
			&above, held - fmax(limit, was) - slack, held, was, k);
		take_excess(&left, held - limit - slack, held, was, k);
	}
	if (above.amount > 0)
		spp_breach_add(run->report, SPP_BREACH_HARD_CAPACITY, of->at,
			"platform \"%s\": %s in slot %zu is %.17g, above its "
			"hard limit %.17g (before: %.17g)",
			of->value->platform, model->resource_names.names[r],
			model->first_slot + above.slot, above.held, limit,
			above.was);
	else if (left.amount > 0 && !run->plan &&
		 !named(run, NULL, of->value->platform))
		spp_breach_add(run->report, SPP_BREACH_LEFT, of->at,
			"platform \"%s\": %s in slot %zu stays at %.17g, above "
			"its hard limit %.17g, which \"left\" does not name",
			of->value->platform, model->resource_names.names[r],
			model->first_slot + left.slot, left.held, limit);
}

/* Hard limits hold where everything has arrived. */
static void check_capacities(struct spp_verify_run *run)
{
	const struct spp_verify_model *model = &run->model;

	for (size_t n = 0; n < model->platform_count; n++)
		for (size_t r = 0; r < model->resources; r++)
			if (model->platforms[n].hard[r] &&
				!model->platforms[n].failed)
				check_hard(run, n, r);
}

/* The longest copy of a partition that has a replica there. */
static double lead_of(const struct spp_verify_model *model, size_t platform)
{
	double longest = 0;

	for (size_t p = 0; p < model->partition_count; p++) {
		const struct spp_verify_partition *of = &model->partitions[p];
		double spare = model->driver.rate - of->series->bytes[0];

		if (spare > 0 &&
			spp_verify_holds(of->replicas, of->count, platform))
			longest = fmax(longest,
				of->size / spare + model->driver.handover_s);
	}
	return longest;
}

/* Is a level at risk above the threshold soon enough to act on it? */
static bool is_hot(const struct spp_verify_model *model,
	const struct spp_verify_loads *loads, size_t n)
{
	const struct spp_verify_platform *of = &model->platforms[n];
	double until_s = fmax(model->act_within_s, lead_of(model, n));

	for (size_t r = 0; r < model->resources && !of->failed; r++)
		for (size_t k = 0; k < model->slots; k++) {
			size_t cell = spp_verify_cell(model, n, r, k);

			if (model->begin_s[k] <= until_s &&
				spp_verify_held(model, loads, cell) >
					of->capacity[r] *
						model->weights.threshold)
				return true;
		}
	return false;
}

/* Without cause nothing is moved. */
static void check_churn(struct spp_verify_run *run, bool cause)
{
	const struct spp_verify_model *model = &run->model;

	if (run->answer.count == 0 || cause || model->seed)
		return;
	for (size_t n = 0; n < model->platform_count; n++)
		cause |= is_hot(model, &run->loads[SPP_VERIFY_BEFORE], n);
	if (!cause)
		spp_breach_add(run->report, SPP_BREACH_CHURN,
			run->answer.changes[0].at,
			"nothing is broken, and no level at risk is above the "
			"threshold in the next %.17g s",
			model->act_within_s);
}

bool spp_verify_rules(struct spp_verify_run *run, struct spp_err *err)
{
	const struct spp_verify_model *model = &run->model;
	struct tally tally = {.run = run};

	run->broken = spp_arena_alloc(
		model->arena, model->partition_count, sizeof(bool));
	run->hot = spp_arena_alloc(
		model->arena, model->platform_count, sizeof(bool));
	if (!spp_arena_ok(model->arena, err))
		return false;
	check_targets(run);
	check_frozen(run);
	for (int pass = 0; pass < 2; pass++) {
		tally.judging = pass == 1;
		judge_states(&tally);
		judge_constraints(&tally);
		judge_subs(&tally);
	}
	spp_verify_budgets(run);
	check_capacities(run);
	if (!run->plan)
		check_churn(run, tally.before > 0);
	return true;
}
