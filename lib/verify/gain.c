/*
 * What changes bring.  Each change of a partition that repairs nothing is
 * worth at least the least gain, and so is an answer that repairs nothing.
 */
#include "lib/verify/load.h"

#include <math.h>

enum spp_verify_when spp_verify_weighed(const struct spp_verify_run *run)
{
	return run->model.seed ? SPP_VERIFY_AFTER : SPP_VERIFY_READY;
}

void spp_verify_set_back(struct spp_verify_run *run, size_t index, bool back)
{
	struct spp_verify_answer *answer = &run->answer;
	const struct spp_verify_change *change = &answer->changes[index];
	size_t sub = change->sub;

	if (sub == SPP_NOWHERE) {
		answer->of_partition[change->partition] =
			back ? SPP_NOWHERE : index;
		return;
	}
	answer->of_sub[sub] = back ? SPP_NOWHERE : index;
	answer->serving_after[sub] =
		back ? answer->serving_before[sub] : change->to[0];
}

static void add_platform(struct spp_verify_run *run, size_t *count, size_t n)
{
	for (size_t i = 0; i < *count; i++)
		if (run->reached[i] == n)
			return;
	if (n != SPP_NOWHERE)
		run->reached[(*count)++] = n;
}

/* All platforms that a partition loads, before or after. */
static size_t list_reached(struct spp_verify_run *run, size_t partition)
{
	const struct spp_verify_partition *of =
		&run->model.partitions[partition];
	size_t count = 0;

	for (int after = 0; after < 2; after++) {
		size_t replicas;
		const size_t *at = spp_verify_replicas(
			run, partition, after != 0, &replicas);

		for (size_t i = 0; i < replicas; i++)
			add_platform(run, &count, at[i]);
	}
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++) {
		add_platform(run, &count, run->answer.serving_before[i]);
		add_platform(run, &count, run->answer.serving_after[i]);
	}
	return count;
}

static struct spp_cost_terms cost_of(const struct spp_verify_run *run,
	const struct spp_verify_loads *loads, size_t platforms)
{
	struct spp_cost_terms sum = {.total = 0};

	for (size_t i = 0; i < platforms; i++) {
		struct spp_cost_terms of =
			spp_verify_cost_of(run, loads, run->reached[i]);

		spp_verify_cost_add(&sum, &of, 1);
	}
	return sum;
}

struct spp_cost_terms spp_verify_brought(
	struct spp_verify_run *run, const size_t *changes, size_t count)
{
	const struct spp_verify_answer *answer = &run->answer;
	enum spp_verify_when when = spp_verify_weighed(run);
	struct spp_verify_loads *loads = &run->loads[when];
	size_t p = answer->changes[changes[0]].partition;
	size_t platforms = list_reached(run, p);
	struct spp_cost_terms found = cost_of(run, loads, platforms), without;

	spp_verify_loads_add(run, loads, p, when, -1);
	for (size_t i = 0; i < count; i++)
		spp_verify_set_back(run, changes[i], true);
	spp_verify_loads_add(run, loads, p, when, 1);
	without = cost_of(run, loads, platforms);
	spp_verify_loads_add(run, loads, p, when, -1);
	for (size_t i = 0; i < count; i++)
		spp_verify_set_back(run, changes[i], false);
	spp_verify_loads_add(run, loads, p, when, 1);
	spp_verify_cost_add(&found, &without, -1);
	for (size_t i = 0; i < count; i++) {
		found.migration += answer->changes[changes[i]].migration;
		found.smoothness += answer->changes[changes[i]].smoothness;
	}
	found.total = spp_verify_total(&found);
	return found;
}

/* Would a hard limit be passed with the partition where it was? */
static bool full_without(struct spp_verify_run *run, size_t partition)
{
	const struct spp_verify_model *model = &run->model;
	struct spp_verify_loads *after = &run->loads[SPP_VERIFY_AFTER];
	size_t platforms = list_reached(run, partition);
	bool full = false;

	spp_verify_loads_add(run, after, partition, SPP_VERIFY_AFTER, -1);
	spp_verify_loads_add(run, after, partition, SPP_VERIFY_BEFORE, 1);
	for (size_t i = 0; i < platforms; i++) {
		size_t n = run->reached[i];

		for (size_t r = 0; r < model->resources; r++)
			for (size_t k = 0; k < model->slots; k++)
				full |= model->platforms[n].hard[r] &&
				        spp_verify_held(model, after,
						spp_verify_cell(
							model, n, r, k)) >
				                model->platforms[n].capacity[r];
	}
	spp_verify_loads_add(run, after, partition, SPP_VERIFY_BEFORE, -1);
	spp_verify_loads_add(run, after, partition, SPP_VERIFY_AFTER, 1);
	return full;
}

/* What one partition does to a group depends on the others of it. */
static bool is_grouped(const struct spp_verify_run *run, size_t partition)
{
	const struct spp_feed *feed = run->model.feed;

	for (size_t i = 0; i < spp_feed_count(feed, SPP_CONSTRAINT); i++) {
		const struct spp_constraint *c =
			spp_feed_at(feed, SPP_CONSTRAINT, i)->value;
		const struct spp_member *members = c->members.items;

		for (size_t j = 0;
			c->constraint == SPP_COLOCATE && j < c->members.count;
			j++)
			if (spp_verify_find_partition(&run->model,
				    members[j].stream,
				    members[j].partition) == partition)
				return true;
	}
	return false;
}

/* The changes of a partition and of its subscriptions, into a list. */
static size_t list_changes(
	const struct spp_verify_run *run, size_t partition, size_t *list)
{
	const struct spp_verify_answer *answer = &run->answer;
	const struct spp_verify_partition *of =
		&run->model.partitions[partition];
	size_t count = 0;

	if (answer->of_partition[partition] != SPP_NOWHERE)
		list[count++] = answer->of_partition[partition];
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++)
		if (answer->of_sub[i] != SPP_NOWHERE)
			list[count++] = answer->of_sub[i];
	return count;
}

/* Less than a gain by more than rounding? */
static bool is_less(const struct spp_verify_run *run, double gain)
{
	double least = run->model.min_gain;

	return gain < least && !spp_verify_close(gain, least, 1);
}

bool spp_verify_gains(struct spp_verify_run *run, double gain,
	const struct spp_record *at, struct spp_err *err)
{
	size_t *list = spp_arena_alloc(
		run->model.arena, run->answer.count, sizeof(*list));

	if (list == NULL)
		return spp_fail_memory(err);
	/* Where something else is wrong the gain is not the answer's own. */
	if (run->model.seed || run->report->count > 0)
		return true;
	for (size_t p = 0; p < run->model.partition_count; p++) {
		size_t count = list_changes(run, p, list);
		struct spp_cost_terms brought;

		if (count == 0 || run->broken[p] || is_grouped(run, p) ||
			full_without(run, p))
			continue;
		brought = spp_verify_brought(run, list, count);
		if (is_less(run, -brought.total))
			spp_breach_add(run->report, SPP_BREACH_GAIN,
				run->answer.changes[list[0]].at,
				"the change repairs nothing and gains %.12g, "
				"less than %.12g",
				-brought.total, run->model.min_gain);
	}
	if (run->answer.count > 0 && !run->repaired && is_less(run, gain))
		spp_breach_add(run->report, SPP_BREACH_GAIN, at,
			"the answer repairs nothing and gains %.12g, less "
			"than %.12g",
			gain, run->model.min_gain);
	return true;
}
