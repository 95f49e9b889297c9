#include "lib/plan/usage.h"

#include "lib/base/arena.h"

#include <assert.h>
#include <math.h>

/* An end and a start at the same time do not overlap. */
static const double slack = 1e-9;

bool spp_plan_usage_begin(struct spp_plan_usage *usage,
	const struct spp_cluster *cluster, const struct spp_plan_limits *limits,
	struct spp_arena *arena)
{
	size_t platforms = cluster->platforms;

	*usage = (struct spp_plan_usage){
		.cluster = cluster,
		.limits = limits,
		.platform = spp_arena_alloc(arena, platforms, sizeof(size_t)),
		.rack = spp_arena_alloc(arena, cluster->racks, sizeof(size_t)),
		.reads = spp_arena_alloc(arena, platforms, sizeof(double)),
		.writes = spp_arena_alloc(arena, platforms, sizeof(double)),
	};
	return spp_arena_ok(arena, NULL);
}

size_t spp_plan_touched(
	const struct spp_plan_step *step, size_t copy_from, size_t platforms[3])
{
	const size_t all[3] = {step->from, step->to, copy_from};
	size_t count = 0;

	for (size_t i = 0; i < 3; i++)
		platforms[i] = SPP_NOWHERE;
	for (size_t i = 0; i < 3; i++) {
		bool known = all[i] == SPP_NOWHERE;

		for (size_t k = 0; k < count; k++)
			known |= platforms[k] == all[i];
		if (!known)
			platforms[count++] = all[i];
	}
	return count;
}

/* The different racks of them. */
static size_t touched_racks(const struct spp_cluster *cluster,
	const size_t *platforms, size_t count, size_t racks[3])
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		size_t rack = cluster->rack[platforms[i]];
		bool known = rack == SPP_NOWHERE;

		for (size_t k = 0; k < found; k++)
			known |= racks[k] == rack;
		if (!known)
			racks[found++] = rack;
	}
	return found;
}

const char *spp_plan_usage_full(const struct spp_plan_usage *usage,
	const struct spp_plan_step *step, size_t copy_from)
{
	const struct spp_plan_limits *limits = usage->limits;
	size_t platforms[3], racks[3];
	size_t count = spp_plan_touched(step, copy_from, platforms);
	size_t found = touched_racks(usage->cluster, platforms, count, racks);

	if ((double)usage->running + 1 > limits->max_concurrent)
		return "max-concurrent";
	for (size_t i = 0; i < count; i++)
		if ((double)usage->platform[platforms[i]] + 1 >
			limits->max_per_platform)
			return "max-per-platform";
	for (size_t i = 0; i < found; i++)
		if ((double)usage->rack[racks[i]] + 1 > limits->max_per_rack)
			return "max-per-rack";
	return NULL;
}

double spp_plan_usage_rate(
	const struct spp_plan_usage *usage, size_t copy_from, size_t to)
{
	double all = usage->limits->platform_rate;
	double rest = all - fmax(usage->reads[copy_from], usage->writes[to]);

	if (isinf(all) || rest >= usage->limits->rate - slack * all)
		return fmin(usage->limits->rate, all);
	return rest <= slack * all ? 0 : rest;
}

void spp_plan_usage_move(struct spp_plan_usage *usage,
	const struct spp_plan_step *step, size_t copy_from, int by)
{
	size_t platforms[3], racks[3];
	size_t count = spp_plan_touched(step, copy_from, platforms);
	size_t found = touched_racks(usage->cluster, platforms, count, racks);

	assert(by == 1 || usage->running > 0);
	usage->running += (size_t)by;
	for (size_t i = 0; i < count; i++)
		usage->platform[platforms[i]] += (size_t)by;
	for (size_t i = 0; i < found; i++)
		usage->rack[racks[i]] += (size_t)by;
}

void spp_plan_usage_copy(
	struct spp_plan_usage *usage, size_t copy_from, size_t to, double rate)
{
	usage->reads[copy_from] += rate;
	usage->writes[to] += rate;
}

bool spp_plan_window_holds(
	const struct spp_plan_limits *limits, double start_s, double end_s)
{
	double late = slack * fmax(1, end_s);

	for (size_t i = 0; i < limits->windows; i++)
		if (limits->window[i].open_s <= start_s + late &&
			end_s <= limits->window[i].close_s + late)
			return true;
	return limits->windows == 0;
}

double spp_plan_window_next(
	const struct spp_plan_limits *limits, double after_s)
{
	for (size_t i = 0; i < limits->windows; i++)
		if (limits->window[i].open_s > after_s)
			return limits->window[i].open_s;
	return INFINITY;
}
