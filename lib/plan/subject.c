#include "lib/plan/subject.h"

#include "lib/base/arena.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values of the cluster's driver.copy_from. */
enum { COPY_REPLICA = 1, COPY_NONE = 2 };

bool spp_plan_subject_begin(const struct spp_plan_grid *grid, size_t partition,
	struct spp_arena *arena, struct spp_plan_subject *subject)
{
	const struct spp_cluster *cluster = grid->cluster;
	size_t first = cluster->first_replica[partition];
	size_t sub = cluster->first_subscription[partition];
	size_t subs = cluster->first_subscription[partition + 1] - sub;

	*subject = (struct spp_plan_subject){.partition = partition};
	for (size_t i = first; i < cluster->first_replica[partition + 1]; i++)
		if (cluster->replica[i] != SPP_NOWHERE &&
			subject->count < SPP_REPLICAS_MAX)
			subject->replica[subject->count++] =
				cluster->replica[i];
	subject->serving =
		spp_arena_alloc(arena, subs, sizeof(*subject->serving));
	if (subject->serving == NULL)
		return false;
	for (size_t i = 0; i < subs; i++)
		subject->serving[i] = cluster->serving[sub + i];
	return spp_plan_items(grid, partition, arena, &subject->items);
}

size_t spp_plan_holds(const struct spp_plan_subject *subject, size_t platform)
{
	for (size_t i = 0; i < subject->count; i++)
		if (subject->replica[i] == platform)
			return i;
	return SPP_NOWHERE;
}

static size_t *served(const struct spp_cluster *cluster,
	const struct spp_plan_subject *subject,
	const struct spp_plan_step *step)
{
	return &subject->serving[step->subscription -
				 cluster->first_subscription[step->partition]];
}

static const char *impossible_switch(const struct spp_cluster *cluster,
	const struct spp_plan_subject *subject,
	const struct spp_plan_step *step)
{
	if (!cluster->apart)
		return "moves a subscription, but subscriptions follow the "
		       "leader here";
	if (*served(cluster, subject, step) != step->from)
		return "moves a subscription that \"from\" does not serve "
		       "then";
	return NULL;
}

const char *spp_plan_impossible(const struct spp_cluster *cluster,
	const struct spp_plan_subject *subject,
	const struct spp_plan_step *step)
{
	size_t from = step->from == SPP_NOWHERE
	                      ? SPP_NOWHERE
	                      : spp_plan_holds(subject, step->from);
	size_t to = step->to == SPP_NOWHERE ? SPP_NOWHERE
	                                    : spp_plan_holds(subject, step->to);
	bool comes =
		step->kind == SPP_PLAN_REPLICA || step->kind == SPP_PLAN_ADD;

	if (step->to != SPP_NOWHERE && !spp_cluster_alive(cluster, step->to))
		return "has a failed platform as its target";
	if (step->kind == SPP_PLAN_SUBSCRIPTION)
		return impossible_switch(cluster, subject, step);
	if (step->from != SPP_NOWHERE && from == SPP_NOWHERE)
		return "moves a replica that \"from\" does not hold then";
	if (comes && to != SPP_NOWHERE)
		return "has a target that holds a replica then";
	if (step->kind == SPP_PLAN_ADD && subject->count == SPP_REPLICAS_MAX)
		return "adds one replica too many";
	if (step->kind == SPP_PLAN_LEADER && to == SPP_NOWHERE)
		return "has a target that holds no replica then";
	if (step->kind == SPP_PLAN_LEADER && from != 0)
		return "takes the lead from a platform that does not lead then";
	if (step->kind == SPP_PLAN_DROP && from == 0)
		return "drops the replica that leads";
	return NULL;
}

static void move_to_front(struct spp_plan_subject *subject, size_t at)
{
	size_t leads = subject->replica[at];

	memmove(subject->replica + 1, subject->replica,
		at * sizeof(*subject->replica));
	subject->replica[0] = leads;
}

void spp_plan_apply(const struct spp_cluster *cluster,
	struct spp_plan_subject *subject, const struct spp_plan_step *step)
{
	size_t first = cluster->first_subscription[subject->partition];
	size_t subs =
		cluster->first_subscription[subject->partition + 1] - first;
	size_t from = spp_plan_holds(subject, step->from);

	subject->changed |= step->kind != SPP_PLAN_SUBSCRIPTION;
	switch (step->kind) {
	case SPP_PLAN_REPLICA:
		subject->replica[from] = step->to;
		for (size_t i = 0; i < subs; i++)
			if (subject->serving[i] == step->from)
				subject->serving[i] = step->to;
		break;
	case SPP_PLAN_LEADER:
		move_to_front(subject, spp_plan_holds(subject, step->to));
		break;
	case SPP_PLAN_SUBSCRIPTION:
		*served(cluster, subject, step) = step->to;
		break;
	case SPP_PLAN_ADD:
		assert(subject->count < SPP_REPLICAS_MAX);
		subject->replica[subject->count++] = step->to;
		for (size_t i = 0; i < subs; i++)
			if (subject->serving[i] == SPP_NOWHERE)
				subject->serving[i] = step->to;
		break;
	case SPP_PLAN_DROP:
		subject->count--;
		memmove(subject->replica + from, subject->replica + from + 1,
			(subject->count - from) * sizeof(*subject->replica));
		break;
	}
}

size_t spp_plan_copy_from(struct spp_plan_world *world,
	const struct spp_plan_subject *subject,
	const struct spp_plan_step *step)
{
	const struct spp_cluster *cluster = world->grid->cluster;
	bool any = cluster->driver.copy_from == COPY_REPLICA &&
	           cluster->network_out != SPP_NOWHERE;
	size_t best = SPP_NOWHERE;
	double least = INFINITY;

	if (cluster->driver.copy_from == COPY_NONE ||
		(step->kind != SPP_PLAN_REPLICA && step->kind != SPP_PLAN_ADD))
		return SPP_NOWHERE;
	for (size_t i = 0; i < subject->count; i++) {
		size_t v = subject->replica[i];
		double share;

		if (!spp_cluster_alive(cluster, v))
			continue;
		if (!any)
			return v;
		share = spp_plan_world_share(world, v, cluster->network_out);
		if (share < least || (share == least && v < best)) {
			least = share;
			best = v;
		}
	}
	return best;
}

/* A list of spans in the making. */
struct list {
	const struct spp_cluster *cluster;
	struct spp_buf *spans;
};

static void add(struct list *list, size_t platform, double from_s, double to_s,
	const struct spp_item *item, double times)
{
	const struct spp_plan_span span = {
		.platform = platform,
		.from_s = from_s,
		.to_s = to_s,
		.item = item,
		.times = times,
	};

	if (platform != SPP_NOWHERE && times != 0 && from_s < to_s &&
		spp_cluster_alive(list->cluster, platform))
		spp_buf_append(list->spans, &span, sizeof(span));
}

static void add_copy(struct list *list, size_t platform,
	const struct spp_plan_move *move, double reads, double writes)
{
	const struct spp_plan_span span = {
		.platform = platform,
		.from_s = move->start_s,
		.to_s = move->start_s + move->attach_s,
		.reads = reads,
		.writes = writes,
	};

	if (platform != SPP_NOWHERE && span.from_s < span.to_s &&
		spp_cluster_alive(list->cluster, platform))
		spp_buf_append(list->spans, &span, sizeof(span));
}

/* Replicas beyond those that the leader's item reckons with. */
static double surplus(const struct spp_cluster *cluster,
	const struct spp_plan_subject *subject, size_t count)
{
	size_t reckoned = spp_cluster_replicas(cluster, subject->partition);

	return count > reckoned ? (double)(count - reckoned) : 0;
}

/*
 * The subscriptions that the old side serves go with the replica; what
 * nothing serves yet, since its partition has no place, opens at the first.
 */
static void add_riders(struct list *list,
	const struct spp_plan_subject *subject,
	const struct spp_plan_move *move, double both_s, double end_s)
{
	size_t first = list->cluster->first_subscription[subject->partition];
	size_t count =
		list->cluster->first_subscription[subject->partition + 1] -
		first;

	for (size_t i = 0; list->cluster->apart && i < count; i++) {
		const struct spp_item *item = &subject->items.subscription[i];

		if (subject->serving[i] != move->step.from)
			continue;
		add(list, move->step.to, both_s, INFINITY, item, 1);
		add(list, move->step.from, end_s, INFINITY, item, -1);
	}
}

static void add_replica(struct list *list,
	const struct spp_plan_subject *subject,
	const struct spp_plan_move *move, double both_s, double end_s)
{
	const struct spp_plan_items *items = &subject->items;
	size_t from = move->step.from, to = move->step.to;
	bool leads = subject->replica[0] == from;
	const struct spp_item *item = leads ? &items->leader : &items->follower;
	double more = surplus(list->cluster, subject, subject->count);

	add(list, to, move->start_s, both_s, &items->arriving, 1);
	add(list, to, both_s, INFINITY, item, 1);
	add(list, from, end_s, INFINITY, item, -1);
	if (leads) {
		add(list, to, both_s, INFINITY, &items->feeding, more);
		add(list, from, end_s, INFINITY, &items->feeding, -more);
	}
	add_riders(list, subject, move, both_s, end_s);
}

static void add_leader(struct list *list,
	const struct spp_plan_subject *subject,
	const struct spp_plan_move *move, double both_s, double end_s)
{
	const struct spp_plan_items *items = &subject->items;
	size_t from = move->step.from, to = move->step.to;
	double more = surplus(list->cluster, subject, subject->count);

	add(list, to, both_s, INFINITY, &items->follower, -1);
	add(list, to, both_s, INFINITY, &items->leader, 1);
	add(list, to, both_s, INFINITY, &items->feeding, more);
	add(list, from, end_s, INFINITY, &items->leader, -1);
	add(list, from, end_s, INFINITY, &items->feeding, -more);
	add(list, from, end_s, INFINITY, &items->follower, 1);
}

/* One replica more or less, and what that is to the leader. */
static void add_count(struct list *list, const struct spp_plan_subject *subject,
	const struct spp_plan_move *move, double both_s, double end_s)
{
	const struct spp_plan_items *items = &subject->items;
	bool comes = move->step.kind == SPP_PLAN_ADD;
	size_t leader = subject->count == 0 ? SPP_NOWHERE : subject->replica[0];
	double more = surplus(list->cluster, subject,
			      comes ? subject->count + 1 : subject->count - 1) -
	              surplus(list->cluster, subject, subject->count);

	add(list, leader, comes ? both_s : end_s, INFINITY, &items->feeding,
		more);
	if (!comes) {
		add(list, move->step.from, end_s, INFINITY, &items->follower,
			-1);
		return;
	}
	add(list, move->step.to, move->start_s, both_s, &items->arriving, 1);
	add(list, move->step.to, both_s, INFINITY,
		leader == SPP_NOWHERE ? &items->leader : &items->follower, 1);
	add_riders(list, subject, move, both_s, end_s);
}

static void add_switch(struct list *list,
	const struct spp_plan_subject *subject,
	const struct spp_plan_move *move, double both_s, double end_s)
{
	const struct spp_item *item =
		&subject->items.subscription[move->step.subscription -
					     list->cluster->first_subscription
						     [subject->partition]];

	add(list, move->step.to, both_s, INFINITY, item, 1);
	add(list, move->step.from, end_s, INFINITY, item, -1);
}

static int compare_spans(const void *a, const void *b)
{
	const struct spp_plan_span *x = a, *y = b;

	if (x->platform != y->platform)
		return x->platform < y->platform ? -1 : 1;
	if (x->from_s != y->from_s)
		return x->from_s < y->from_s ? -1 : 1;
	if (x->to_s != y->to_s)
		return x->to_s < y->to_s ? -1 : 1;
	return (x->times > y->times) - (x->times < y->times);
}

bool spp_plan_effect(const struct spp_plan_grid *grid,
	const struct spp_plan_subject *subject,
	const struct spp_plan_move *move, struct spp_buf *spans)
{
	struct list list = {grid->cluster, spans};
	double both_s = move->start_s + move->attach_s;
	double end_s = spp_plan_end_s(move);

	spp_buf_reset(spans);
	add_copy(&list, move->copy_from, move, move->rate, 0);
	if (move->copy_from != SPP_NOWHERE)
		add_copy(&list, move->step.to, move, 0, move->rate);
	switch (move->step.kind) {
	case SPP_PLAN_REPLICA:
		add_replica(&list, subject, move, both_s, end_s);
		break;
	case SPP_PLAN_LEADER:
		add_leader(&list, subject, move, both_s, end_s);
		break;
	case SPP_PLAN_SUBSCRIPTION:
		add_switch(&list, subject, move, both_s, end_s);
		break;
	case SPP_PLAN_ADD:
	case SPP_PLAN_DROP:
		add_count(&list, subject, move, both_s, end_s);
		break;
	}
	if (spans->failed)
		return false;
	if (spans->length > 0)
		qsort(spans->data, spans->length / sizeof(struct spp_plan_span),
			sizeof(struct spp_plan_span), compare_spans);
	return true;
}
