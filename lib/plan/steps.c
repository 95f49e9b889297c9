#include "lib/plan/steps.h"

#include "lib/base/arena.h"
#include "lib/cluster/rules.h"

#include <stdlib.h>
#include <string.h>

/* Value of the cluster's driver.serve. */
enum { SERVE_ANY = 2 };

/* A subscription that has to go somewhere and is not there yet. */
struct wish {
	size_t subscription, to, change;
	bool repairs, done;
};

/* The steps of one partition in the making. */
struct maker {
	const struct spp_cluster *cluster;
	struct spp_plan_subject now;
	size_t partition, change; /* of its replicas, SPP_NOWHERE = none */
	bool repairs;
	size_t count; /* replicas that are to be */
	const size_t *to;
	struct wish *wishes;
	size_t wish_count;
	struct spp_buf *steps;
};

static bool listed(const size_t *list, size_t count, size_t platform)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == platform)
			return true;
	return false;
}

static bool stays(const struct maker *maker, size_t platform)
{
	return listed(maker->to, maker->count, platform);
}

static void put(
	struct maker *maker, enum spp_plan_kind kind, size_t from, size_t to)
{
	const struct spp_plan_step step = {
		.kind = kind,
		.partition = maker->partition,
		.subscription = SPP_NOWHERE,
		.from = from,
		.to = to,
		.change = maker->change,
		.repairs = maker->repairs ||
	                   (from != SPP_NOWHERE &&
				   !spp_cluster_open(maker->cluster, from)),
	};

	spp_buf_append(maker->steps, &step, sizeof(step));
	spp_plan_apply(maker->cluster, &maker->now, &step);
}

static size_t *served(struct maker *maker, const struct wish *wish)
{
	return &maker->now.serving[wish->subscription -
				   maker->cluster->first_subscription
					   [maker->partition]];
}

static void put_switch(struct maker *maker, struct wish *wish)
{
	const struct spp_plan_step step = {
		.kind = SPP_PLAN_SUBSCRIPTION,
		.partition = maker->partition,
		.subscription = wish->subscription,
		.from = *served(maker, wish),
		.to = wish->to,
		.change = wish->change,
		.repairs = wish->repairs || !spp_cluster_open(maker->cluster,
						    *served(maker, wish)),
	};

	wish->done = true;
	if (step.from == wish->to)
		return;
	spp_buf_append(maker->steps, &step, sizeof(step));
	spp_plan_apply(maker->cluster, &maker->now, &step);
}

/* The platform that is to take the place of one that leaves. */
static size_t successor(const struct maker *maker, size_t at,
	const struct spp_plan_subject *then)
{
	size_t left = 0, come = 0;

	if (at < maker->count &&
		spp_plan_holds(then, maker->to[at]) == SPP_NOWHERE)
		return maker->to[at];
	/* Else the first that comes and has no place of its own. */
	for (size_t i = 0; i < at; i++)
		left += !stays(maker, then->replica[i]) &&
		        (i >= maker->count ||
				spp_plan_holds(then, maker->to[i]) !=
					SPP_NOWHERE);
	for (size_t i = 0; i < maker->count; i++) {
		if (spp_plan_holds(then, maker->to[i]) != SPP_NOWHERE ||
			(i < then->count && !stays(maker, then->replica[i])))
			continue;
		if (come++ == left)
			return maker->to[i];
	}
	return SPP_NOWHERE;
}

/*
 * Subscriptions whose target holds a replica now, or need none; those of a
 * partition without a place open with its first replica.
 */
static void put_switches(struct maker *maker)
{
	bool any = maker->cluster->driver.serve == SERVE_ANY;

	for (size_t i = 0; i < maker->wish_count; i++) {
		struct wish *wish = &maker->wishes[i];
		bool open = *served(maker, wish) != SPP_NOWHERE;
		bool holds =
			spp_plan_holds(&maker->now, wish->to) != SPP_NOWHERE;

		if (!wish->done && open && (any || holds))
			put_switch(maker, wish);
	}
}

/* Rules that the partition breaks while a pair has been put. */
static size_t breaches(const struct maker *maker, size_t from, size_t to)
{
	struct spp_plan_subject next = maker->now;
	size_t at = spp_plan_holds(&next, from);

	if (next.count != spp_cluster_replicas(maker->cluster, next.partition))
		return 0;
	next.replica[at] = to;
	return spp_rules_breaches(
		maker->cluster, next.partition, next.replica, next.serving)
	        .total;
}

/* What comes in the place of what leaves, rules kept where they can be. */
static void put_pairs(struct maker *maker)
{
	struct pair {
		size_t from, to;
	} pairs[SPP_REPLICAS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < maker->now.count; i++) {
		size_t from = maker->now.replica[i], to;

		if (stays(maker, from))
			continue;
		to = successor(maker, i, &maker->now);
		if (to != SPP_NOWHERE)
			pairs[count++] = (struct pair){from, to};
	}
	while (count > 0) {
		size_t best = 0, least = SPP_NOWHERE;

		for (size_t i = 0; i < count; i++) {
			size_t broken =
				breaches(maker, pairs[i].from, pairs[i].to);

			if (broken < least) {
				least = broken;
				best = i;
			}
		}
		put(maker, SPP_PLAN_REPLICA, pairs[best].from, pairs[best].to);
		put_switches(maker);
		memmove(&pairs[best], &pairs[best + 1],
			(--count - best) * sizeof(*pairs));
	}
}

static void put_replicas(struct maker *maker)
{
	struct spp_plan_subject *now = &maker->now;
	size_t leads = maker->to[0];

	if (now->count > 0 && now->replica[0] != leads &&
		spp_plan_holds(now, leads) != SPP_NOWHERE)
		put(maker, SPP_PLAN_LEADER, now->replica[0], leads);
	put_pairs(maker);
	for (size_t i = 0; i < maker->count; i++)
		if (spp_plan_holds(now, maker->to[i]) == SPP_NOWHERE) {
			put(maker, SPP_PLAN_ADD, SPP_NOWHERE, maker->to[i]);
			put_switches(maker);
		}
	if (now->replica[0] != leads)
		put(maker, SPP_PLAN_LEADER, now->replica[0], leads);
	for (size_t i = now->count; i-- > 0;)
		if (!stays(maker, now->replica[i]))
			put(maker, SPP_PLAN_DROP, now->replica[i], SPP_NOWHERE);
}

/* Changes in the order of partitions, replicas before subscriptions. */
struct ranked {
	size_t partition, subscription, index;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->partition != y->partition)
		return x->partition < y->partition ? -1 : 1;
	if (x->subscription != y->subscription)
		return x->subscription < y->subscription ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static bool make(const struct spp_plan_grid *grid,
	const struct spp_plan_change *changes, const struct ranked *ranked,
	size_t count, struct spp_arena *arena, struct spp_buf *steps)
{
	struct maker maker = {
		.cluster = grid->cluster,
		.partition = ranked[0].partition,
		.change = SPP_NOWHERE,
		.wishes = spp_arena_alloc(arena, count, sizeof(struct wish)),
		.steps = steps,
	};

	if (maker.wishes == NULL || !spp_plan_subject_begin(grid,
					    maker.partition, arena, &maker.now))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct spp_plan_change *change =
			&changes[ranked[i].index];

		if (change->subscription == SPP_NOWHERE) {
			maker.change = ranked[i].index;
			maker.repairs = change->repairs || maker.now.count == 0;
			maker.count = change->count;
			maker.to = change->to;
		} else
			maker.wishes[maker.wish_count++] = (struct wish){
				.subscription = change->subscription,
				.to = change->to[0],
				.change = ranked[i].index,
				.repairs =
					change->repairs || maker.now.count == 0,
			};
	}
	put_switches(&maker);
	if (maker.change != SPP_NOWHERE && maker.count > 0)
		put_replicas(&maker);
	return !steps->failed;
}

bool spp_plan_decompose(const struct spp_plan_grid *grid,
	const struct spp_plan_change *changes, size_t count,
	struct spp_buf *steps)
{
	struct spp_arena lasting = {0}, scratch = {0};
	struct ranked *ranked =
		spp_arena_alloc(&lasting, count, sizeof(*ranked));
	bool ok = ranked != NULL;

	for (size_t i = 0; ok && i < count; i++)
		ranked[i] = (struct ranked){
			changes[i].partition,
			/* The replicas come first. */
			changes[i].subscription == SPP_NOWHERE
				? 0
				: changes[i].subscription + 1,
			i,
		};
	if (ok && count > 0)
		qsort(ranked, count, sizeof(*ranked), compare_ranked);
	for (size_t i = 0, n; ok && i < count; i += n) {
		for (n = 1; i + n < count &&
			    ranked[i + n].partition == ranked[i].partition;)
			n++;
		ok = make(grid, changes, ranked + i, n, &scratch, steps);
		spp_arena_reset(&scratch);
	}
	spp_arena_free(&scratch);
	spp_arena_free(&lasting);
	return ok;
}
