#include "lib/plan/hop.h"

#include "lib/cluster/rules.h"

#include <math.h>
#include <string.h>

/* Does a move that is left wait for room on a platform? */
static bool wanted(const struct spp_plan_run *run, size_t platform)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->tasks[i].state == SPP_PLAN_WAITING &&
			run->tasks[i].reason == SPP_PLAN_NO_ROOM &&
			run->tasks[i].platform == platform)
			return true;
	return false;
}

/* A replica that could go, and whose going makes room that is wanted. */
static bool may_hop(const struct spp_plan_run *run, size_t at)
{
	const struct spp_plan_task *task = &run->tasks[at];

	return task->state == SPP_PLAN_WAITING &&
	       task->reason == SPP_PLAN_NO_ROOM &&
	       task->move.step.kind == SPP_PLAN_REPLICA &&
	       wanted(run, task->move.step.from);
}

/* Would a replica for a time on this platform break a rule that neither its
   place now nor its place then breaks? */
static bool breaks_rules(const struct spp_plan_run *run, size_t at, size_t by)
{
	const struct spp_cluster *cluster = run->grid->cluster;
	const struct spp_plan_subject *subject = run->tasks[at].subject;
	const struct spp_plan_step *step = &run->tasks[at].move.step;
	size_t where = spp_plan_holds(subject, step->from);
	size_t list[SPP_REPLICAS_MAX], most = 0, here = 0;
	const size_t places[3] = {step->from, step->to, by};

	if (subject->count != spp_cluster_replicas(cluster, subject->partition))
		return false;
	memcpy(list, subject->replica, subject->count * sizeof(*list));
	for (size_t i = 0; i < 3; i++) {
		list[where] = places[i];
		here = spp_rules_breaches(
			cluster, subject->partition, list, subject->serving)
		               .total;
		if (i < 2 && here > most)
			most = here;
	}
	return here > most;
}

/* Is there room for the replica, for good? */
static bool has_room(struct spp_plan_run *run, size_t at, size_t by, bool *room)
{
	const struct spp_plan_subject *subject = run->tasks[at].subject;
	bool leads = subject->replica[0] == run->tasks[at].move.step.from;
	const struct spp_plan_span span = {
		.platform = by,
		.from_s = run->world.now_s,
		.to_s = INFINITY,
		.item = leads ? &subject->items.leader
	                      : &subject->items.follower,
		.times = 1,
	};
	struct spp_plan_probe probe;

	if (!spp_plan_world_probe(
		    &run->world, &span, 1, run->world.now_s, &probe))
		return false;
	*room = probe.holds;
	return true;
}

static bool was_tried(const struct spp_buf *tried,
	const struct spp_plan_step *step, size_t by)
{
	const struct spp_plan_step *list =
		(const struct spp_plan_step *)(const void *)tried->data;
	size_t count = tried->length / sizeof(*list);

	for (size_t i = 0; i < count; i++)
		if (list[i].partition == step->partition &&
			list[i].from == step->from && list[i].to == by)
			return true;
	return false;
}

/* How full a platform is: of disk, or of nothing that is known. */
static double fullness(struct spp_plan_run *run, size_t platform)
{
	size_t disk = run->grid->cluster->disk;

	return disk == SPP_NOWHERE
	               ? 0
	               : spp_plan_world_share(&run->world, platform, disk);
}

/* The emptiest platform that a task may go by; SPP_NOWHERE = none. */
static bool choose_by(struct spp_plan_run *run, size_t at,
	const struct spp_buf *tried, size_t *by)
{
	const struct spp_cluster *cluster = run->grid->cluster;
	const struct spp_plan_task *task = &run->tasks[at];
	const struct spp_plan_step *step = &task->move.step;
	double least = INFINITY;

	*by = SPP_NOWHERE;
	for (size_t v = 0; v < cluster->platforms; v++) {
		double full = fullness(run, v);
		bool room;

		if (full >= least || v == step->to ||
			!spp_cluster_open(cluster, v) ||
			spp_plan_holds(task->subject, v) != SPP_NOWHERE ||
			spp_cluster_barred(cluster, step->partition, v) ||
			was_tried(tried, step, v) || breaks_rules(run, at, v))
			continue;
		if (!has_room(run, at, v, &room))
			return false;
		if (!room)
			continue;
		least = full;
		*by = v;
	}
	return true;
}

bool spp_plan_find_hop(struct spp_plan_run *run, struct spp_buf *tried,
	struct spp_plan_hop *hop, bool *found)
{
	double least = INFINITY;
	struct spp_plan_step step;

	*found = false;
	for (size_t i = 0; i < run->count; i++) {
		size_t by;

		if (run->tasks[i].bytes >= least || !may_hop(run, i))
			continue;
		if (!choose_by(run, i, tried, &by))
			return false;
		if (by == SPP_NOWHERE)
			continue;
		*found = true;
		least = run->tasks[i].bytes;
		*hop = (struct spp_plan_hop){i, by};
	}
	if (!*found)
		return true;
	step = run->tasks[hop->task].move.step;
	step.to = hop->by;
	spp_buf_append(tried, &step, sizeof(step));
	return !tried->failed;
}

bool spp_plan_split(const struct spp_plan_run *run,
	const struct spp_plan_hop *hop, struct spp_buf *steps)
{
	spp_buf_reset(steps);
	for (size_t i = 0; i < run->count; i++) {
		struct spp_plan_step step = run->tasks[i].move.step;

		if (i == hop->task) {
			step.to = hop->by;
			spp_buf_append(steps, &step, sizeof(step));
			step.from = hop->by;
			step.to = run->tasks[i].move.step.to;
		}
		spp_buf_append(steps, &step, sizeof(step));
	}
	return !steps->failed;
}
