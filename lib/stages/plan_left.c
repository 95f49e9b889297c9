/* What the plan leaves undone, in words. */
#include "lib/stages/plan_parts.h"

#include "lib/base/arena.h"
#include "lib/stages/table.h"

#include <math.h>
#include <string.h>

static const char *resource_name(const struct spp_plan_job *job, size_t index)
{
	return index == SPP_NOWHERE ? NULL
	                            : job->cluster->resource_names[index];
}

static const char *platform_name(const struct spp_plan_job *job, size_t index)
{
	return index == SPP_NOWHERE ? NULL
	                            : job->cluster->platform_names[index];
}

static const char *partition_name(
	struct spp_plan_job *job, const struct spp_plan_step *step)
{
	const struct spp_cluster *cluster = job->cluster;

	return spp_arena_format(job->arena, "%s/%s",
		cluster->stream_names[cluster->stream[step->partition]],
		cluster->partition_names[step->partition]);
}

/* An amount of a resource in its unit. */
static const char *human(const struct spp_plan_job *job, double amount,
	size_t resource, char text[SPP_HUMAN_SIZE])
{
	const struct spp_cluster *cluster = job->cluster;
	bool rate = resource == cluster->network_in ||
	            resource == cluster->network_out;
	bool bytes = resource == cluster->disk || resource == cluster->memory;

	return spp_human(amount, rate ? "bytes/s" : bytes ? "bytes" : "", text);
}

/* What is left itself but would make room: the circle, or its next link. */
static const char *blocker(
	struct spp_plan_job *job, const struct spp_plan_left *left)
{
	for (size_t i = 0; i < job->plan.lefts; i++) {
		const struct spp_plan_step *step = &job->plan.left[i].step;

		if (step->from != left->platform || step->to == SPP_NOWHERE ||
			step == &left->step)
			continue;
		return spp_arena_format(job->arena,
			"; %s would leave it for %s, which is left too",
			partition_name(job, step),
			platform_name(job, step->to));
	}
	return "";
}

/* Why, and what can be done about it. */
static const char *reason(
	struct spp_plan_job *job, const struct spp_plan_left *left)
{
	const char *platform = platform_name(job, left->platform);
	const char *resource = resource_name(job, left->resource);
	char text[SPP_HUMAN_SIZE];

	switch (left->reason) {
	case SPP_PLAN_NO_RATE:
		return spp_arena_format(job->arena,
			"its copy cannot catch up with live traffic: it needs "
			"1.05 times the traffic, %s are missing",
			spp_human(left->amount, "bytes/s", text));
	case SPP_PLAN_NO_ROOM:
		return spp_arena_format(job->arena,
			"no room on %s: %s of %s are missing at the risk%s",
			platform,
			human(job, left->amount, left->resource, text),
			resource, blocker(job, left));
	case SPP_PLAN_UNSAFE:
		return spp_arena_format(job->arena,
			"whenever it starts it adds expected overload, %.3g "
			"platform-hours above doing nothing",
			left->amount);
	case SPP_PLAN_NO_WINDOW:
		return "no window that is long enough for it opens before the "
		       "forecast ends; forecast further (spp-forecast "
		       "--horizon) or widen the window";
	case SPP_PLAN_WAITS:
		return "it must wait for another move of its partition that is "
		       "left";
	case SPP_PLAN_MOVING:
		return "another plan moves this partition now";
	case SPP_PLAN_BARRED:
		return platform == NULL ? "it is not possible in the state "
		                          "that others leave"
		                        : spp_arena_format(job->arena,
						  "%s has failed or holds a "
						  "replica already",
						  platform);
	}
	return NULL;
}

static const char *route(
	struct spp_plan_job *job, const struct spp_plan_step *step)
{
	const char *from = platform_name(job, step->from);
	const char *to = platform_name(job, step->to);

	if (from == NULL)
		return spp_arena_format(job->arena, "to %s", to);
	if (to == NULL)
		return spp_arena_format(job->arena, "off %s", from);
	return spp_arena_format(job->arena, "from %s to %s", from, to);
}

static const char *const kinds[] = {
	"replica", "lead", "subscription", "new replica", "surplus replica"};

static void fill_left(struct spp_plan_job *job,
	const struct spp_plan_left *from, struct spp_undone *to)
{
	const struct spp_plan_step *step = &from->step;

	to->platform = platform_name(job, from->platform);
	to->resource = resource_name(job, from->resource);
	if (from->amount > 0)
		to->amount = from->amount;
	to->text = spp_arena_format(job->arena,
		"the %s of %s/%s does not move %s: %s", kinds[step->kind],
		to->stream, to->partition, route(job, step), reason(job, from));
}

static struct spp_undone *begin_left(
	struct spp_plan_job *job, struct spp_undone *to, size_t partition)
{
	const struct spp_cluster *cluster = job->cluster;

	*to = (struct spp_undone){
		.what = "move",
		.stream = cluster->stream_names[cluster->stream[partition]],
		.partition = cluster->partition_names[partition],
		.amount = NAN,
	};
	return to;
}

bool spp_plan_list_left(struct spp_plan_job *job, struct spp_undone **left,
	size_t *count, struct spp_err *err)
{
	const struct spp_plan *plan = &job->plan;
	/* Moves that were taken out by hand leave no step behind. */
	size_t unmets = plan->lefts > 0 ? 0 : plan->unmets;

	*count = plan->lefts + unmets;
	*left = spp_arena_alloc(job->arena, *count, sizeof(**left));
	if (*left == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < plan->lefts; i++)
		fill_left(job, &plan->left[i],
			begin_left(job, &(*left)[i],
				plan->left[i].step.partition));
	for (size_t i = 0; i < unmets; i++) {
		struct spp_undone *to =
			begin_left(job, &(*left)[plan->lefts + i],
				job->changes[plan->unmet[i]].partition);

		to->text = spp_arena_format(job->arena,
			"the moves do not take %s/%s where it is assigned",
			to->stream, to->partition);
	}
	return spp_arena_ok(job->arena, err);
}
