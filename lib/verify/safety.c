/*
 * Is every prefix of a plan safe to stop at?  Each interval between two
 * events is weighed with all that runs in it: both sides of what is handed
 * over, and every copy on both its ends.
 */
#include "lib/verify/timeline.h"

#include <math.h>

struct safety {
	struct spp_verify_timeline timeline;
	/* Expected overload by platform: of doing nothing up to the horizon,
	   an hour of it after that, and of the prefix, by part. */
	double *nothing, *nothing_after;
	double *prefix[SPP_VERIFY_PARTS];
	bool *touched;  /* by the prefix */
	bool *reported; /* a hard limit was broken there already */
};

static bool safety_new(struct safety *safety, struct spp_verify_replay *replay,
	struct spp_err *err)
{
	const struct spp_verify_model *model = &replay->run->model;
	struct spp_arena *arena = model->arena;
	size_t platforms = model->platform_count;

	safety->nothing = spp_arena_alloc(arena, platforms, sizeof(double));
	safety->nothing_after =
		spp_arena_alloc(arena, platforms, sizeof(double));
	for (size_t part = 0; part < SPP_VERIFY_PARTS; part++)
		safety->prefix[part] =
			spp_arena_alloc(arena, platforms, sizeof(double));
	safety->touched = spp_arena_alloc(arena, platforms, sizeof(bool));
	safety->reported = spp_arena_alloc(arena, platforms, sizeof(bool));
	return spp_arena_ok(arena, err) &&
	       spp_verify_timeline_new(replay, &safety->timeline, err);
}

/* Before any move: the last interval has the load of all time after. */
static void find_nothing(struct safety *safety, double horizon_s)
{
	const struct spp_verify_timeline *timeline = &safety->timeline;
	const struct spp_verify_model *model = &timeline->replay->run->model;

	for (size_t n = 0; n < model->platform_count; n++) {
		const struct spp_verify_lane *lane = &timeline->lanes[n];

		safety->nothing[n] = spp_verify_overload_until(
			timeline, n, SPP_VERIFY_ALL, horizon_s);
		safety->nothing_after[n] =
			lane->overload[SPP_VERIFY_ALL][lane->count - 1];
	}
}

/* A hard level of one interval against its limit, or what it is anyway. */
static void check_level(struct safety *safety, size_t n, size_t r,
	size_t interval, const struct spp_verify_move *last)
{
	const struct spp_verify_timeline *timeline = &safety->timeline;
	struct spp_verify_run *run = timeline->replay->run;
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_platform *of = &model->platforms[n];
	const double *load =
		spp_verify_load_at(timeline, n, SPP_VERIFY_ALL, interval, r);
	double begin_s = timeline->lanes[n].begin[interval];
	double held = spp_verify_load_held(model, load);
	double spread = spp_verify_load_deviation(model, load);
	double most = fmax(of->capacity[r],
		spp_verify_load_held(
			model, spp_verify_nothing_at(timeline, n,
				       spp_verify_slot(model, begin_s), r)));

	/* Levels without deviation are exact. */
	if (held <= most * (spread > 0 ? 1 + 1e-9 : 1))
		return;
	safety->reported[n] = true;
	spp_breach_add(run->report, SPP_BREACH_HARD_DURING, last->at,
		"with the moves up to \"%s\": platform \"%s\": %s is %.17g "
		"after %.12g s, it may be %.17g",
		last->value->id, of->value->platform,
		model->resource_names.names[r], held, begin_s, most);
}

static void check_hard(
	struct safety *safety, size_t n, const struct spp_verify_move *last)
{
	const struct spp_verify_timeline *timeline = &safety->timeline;
	const struct spp_verify_model *model = &timeline->replay->run->model;
	const struct spp_verify_platform *of = &model->platforms[n];

	for (size_t i = spp_verify_changed_from(timeline, n, last);
		i < timeline->lanes[n].count; i++)
		for (size_t r = 0; r < model->resources; r++)
			if (of->hard[r] && spp_present(of->capacity[r]) &&
				!safety->reported[n])
				check_level(safety, n, r, i, last);
}

/*
 * One move more.  Only the platforms near its partition change, unless the
 * time weighed grows.
 */
static void extend(struct safety *safety, size_t index, double end_s, bool all)
{
	struct spp_verify_timeline *timeline = &safety->timeline;
	const struct spp_verify_model *model = &timeline->replay->run->model;
	const struct spp_verify_move *move = &timeline->replay->moves[index];
	size_t near = spp_verify_reached(timeline, move->partition);

	for (size_t i = 0; i < near; i++) {
		size_t n = timeline->reached[i];

		if (model->platforms[n].failed)
			continue;
		safety->touched[n] = true;
		spp_verify_timeline_add(timeline, n, index);
		check_hard(safety, n, move);
	}
	for (size_t i = 0; i < (all ? model->platform_count : near); i++) {
		size_t n = all ? i : timeline->reached[i];

		for (enum spp_verify_part part = 0;
			safety->touched[n] && part < SPP_VERIFY_PARTS; part++)
			if (timeline->lanes[n].load[part])
				safety->prefix[part][n] =
					spp_verify_overload_until(
						timeline, n, part, end_s);
	}
}

/* Expected overload of all platforms up to END, with a part of the moves. */
static double sum_until(const struct safety *safety,
	const enum spp_verify_part *part, double end_s)
{
	const struct spp_verify_replay *replay = safety->timeline.replay;
	double after_h = (end_s - replay->horizon_s) / 3600, sum = 0;

	for (size_t n = 0; n < replay->run->model.platform_count; n++)
		sum += part && safety->touched[n]
		               ? safety->prefix[*part][n]
		               : safety->nothing[n] +
		                         after_h * safety->nothing_after[n];
	return sum;
}

/*
 * Compare a prefix with doing nothing, or, where that is more, with doing
 * only what repairs something.
 */
static void check_prefix(
	struct safety *safety, const struct spp_verify_move *last, double end_s)
{
	static const enum spp_verify_part parts[] = {
		SPP_VERIFY_ALL, SPP_VERIFY_REPAIRS, SPP_VERIFY_WITH_REPAIRS};
	double prefix = sum_until(safety, &parts[0], end_s);
	double most = sum_until(safety, NULL, end_s);

	for (size_t i = 1; safety->timeline.repairs && i < SPP_VERIFY_PARTS;
		i++)
		most = fmax(most, sum_until(safety, &parts[i], end_s));
	if (prefix > most + 1e-9 + 1e-9 * most)
		spp_breach_add(safety->timeline.replay->run->report,
			SPP_BREACH_PREFIX, last->at,
			"stopping after move \"%s\" costs %.12g of expected "
			"overload, doing nothing %.12g",
			last->value->id, prefix, most);
}

/* What the plan's summary says of doing nothing and of doing it all. */
static void check_cost(struct safety *safety, double end_s)
{
	static const enum spp_verify_part all = SPP_VERIFY_ALL;
	struct spp_verify_run *run = safety->timeline.replay->run;
	const struct spp_record *at =
		spp_verify_summary(run->model.feed, "plan");
	const struct spp_summary *summary = at ? at->value : NULL;
	double before = sum_until(safety, NULL, end_s);
	double after = sum_until(safety, &all, end_s);

	run->report->overload_before = before;
	run->report->overload_after = after;
	if (!summary || !summary->cost || !summary->cost->before ||
		!summary->cost->after)
		return;
	if (!spp_verify_close(summary->cost->before->overload, before, 0) ||
		!spp_verify_close(summary->cost->after->overload, after, 0))
		spp_breach_add(run->report, SPP_BREACH_PLAN_COST, at,
			"expected overload is %.12g before and %.12g after, "
			"should be %.12g and %.12g",
			summary->cost->before->overload,
			summary->cost->after->overload, before, after);
}

bool spp_verify_safety(struct spp_verify_replay *replay, struct spp_err *err)
{
	struct safety safety = {.touched = NULL};
	double end_s = replay->horizon_s;

	if (!safety_new(&safety, replay, err))
		return false;
	find_nothing(&safety, replay->horizon_s);
	for (size_t i = 0; i < replay->count; i++) {
		double end = fmax(end_s, replay->moves[i].end_s);

		extend(&safety, i, end, end > end_s);
		end_s = end;
		check_prefix(&safety, &replay->moves[i], end_s);
	}
	check_cost(&safety, end_s);
	return true;
}
