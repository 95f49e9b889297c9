/*
 * Is every prefix of a plan safe to stop at?  Each instant between two
 * events is weighed with all that runs in it: both sides of what is handed
 * over, and every copy on both its ends.
 */
#include "lib/verify/replay.h"

#include <math.h>
#include <stdlib.h>

struct safety {
	struct spp_verify_replay *replay;
	/* What never moves, by platform, resource and slot, with one slot
	   more for the time after the last. */
	double *still_level, *still_variance, *still_loading;
	double *idle;   /* level held when nothing is done, likewise */
	double *weight; /* of an hour, by slot */
	/* The partitions with moves that ever reach a platform. */
	size_t **near;
	size_t *near_count;
	/* Expected overload by platform: of doing nothing up to the horizon,
	   an hour of it after that, of the prefix, of its repairs only, of
	   these with all moves of their partitions. */
	double *nothing, *nothing_after, *prefix, *repairs, *with;
	bool any_repairs;
	bool *touched;  /* by the prefix */
	bool *reported; /* a hard limit was broken there already */
	/* Scratch: events of one platform, its load by resource. */
	double *times;
	struct spp_verify_value *load;
};

static size_t cell_of(
	const struct spp_verify_model *model, size_t n, size_t r, size_t k)
{
	return (n * model->resources + r) * (model->slots + 1) + k;
}

/* Level, variance and loadings of one platform and resource. */
static void add_value(const struct spp_verify_model *model,
	struct spp_verify_value *sum, const struct spp_verify_value *value)
{
	sum->level += value->level;
	sum->variance += value->variance;
	for (size_t f = 0; f < model->factors; f++)
		sum->loading[f] += value->loading[f];
}

static double deviation(const struct spp_verify_model *model,
	const struct spp_verify_value *value)
{
	double variance = value->variance;

	if (model->certain)
		return 0;
	for (size_t f = 0; f < model->factors; f++)
		variance += value->loading[f] * value->loading[f];
	return sqrt(fmax(0, variance));
}

/* Load of a platform's resources at an instant, in safety->load. */
static void load_at(struct safety *safety, size_t n, size_t k,
	const struct spp_verify_cut *cut, double time_s)
{
	struct spp_verify_replay *replay = safety->replay;
	const struct spp_verify_model *model = &replay->run->model;
	struct spp_verify_item *items = replay->run->items;
	struct spp_verify_value *load = safety->load;

	for (size_t r = 0; r < model->resources; r++) {
		size_t cell = cell_of(model, n, r, k);

		load[r].level = safety->still_level[cell];
		load[r].variance = safety->still_variance[cell];
		for (size_t f = 0; f < model->factors; f++)
			load[r].loading[f] =
				safety->still_loading[cell * model->factors +
						      f];
	}
	for (size_t i = 0; i < safety->near_count[n]; i++) {
		struct spp_verify_copy copy;
		size_t made = spp_verify_instant(
			replay, safety->near[n][i], cut, time_s, items, &copy);

		for (size_t j = 0; j < made; j++) {
			if (items[j].platform != n)
				continue;
			for (size_t r = 0; r < model->resources; r++) {
				struct spp_verify_value value =
					spp_verify_demand(
						model, &items[j], r, k);

				add_value(model, &load[r], &value);
			}
		}
		for (size_t r = 0; r < model->resources; r++)
			load[r].level +=
				spp_verify_copy_level(replay, &copy, n, r, k);
	}
}

static bool counts(const struct spp_verify_model *model, size_t n, size_t r)
{
	return !model->platforms[n].failed &&
	       spp_present(model->platforms[n].capacity[r]);
}

/* Expected overload of a platform's soft resources with safety->load. */
static double overload_of(struct safety *safety, size_t n)
{
	const struct spp_verify_model *model = &safety->replay->run->model;
	const struct spp_verify_platform *of = &model->platforms[n];
	double sum = 0;

	for (size_t r = 0; r < model->resources; r++)
		if (counts(model, n, r) && !of->hard[r])
			sum += spp_verify_overload(
				safety->load[r].level / of->capacity[r],
				deviation(model, &safety->load[r]) /
					of->capacity[r],
				model->weights.threshold);
	return sum;
}

static void check_hard(struct safety *safety, size_t n, size_t k,
	const struct spp_verify_cut *cut, double time_s)
{
	struct spp_verify_run *run = safety->replay->run;
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_move *last =
		&safety->replay->moves[cut->count - 1];
	const struct spp_verify_platform *of = &model->platforms[n];

	for (size_t r = 0; r < model->resources; r++) {
		double held, most, spread;

		if (!counts(model, n, r) || !of->hard[r] || safety->reported[n])
			continue;
		spread = deviation(model, &safety->load[r]);
		held = safety->load[r].level + model->risk_z * spread;
		most = fmax(
			of->capacity[r], safety->idle[cell_of(model, n, r, k)]);
		/* Levels without deviation are exact. */
		if (held <= most * (spread > 0 ? 1 + 1e-9 : 1))
			continue;
		safety->reported[n] = true;
		spp_breach_add(run->report, SPP_BREACH_HARD_DURING, last->at,
			"with the moves up to \"%s\": platform \"%s\": %s is "
			"%.17g after %.17g s, it may be %.17g",
			last->value->id, of->value->platform,
			model->resource_names.names[r], held, time_s, most);
	}
}

static int compare_times(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* All instants up to END at which something begins or ends near it. */
static size_t events(struct safety *safety, size_t n,
	const struct spp_verify_cut *cut, double end_s)
{
	const struct spp_verify_replay *replay = safety->replay;
	const struct spp_verify_model *model = &replay->run->model;
	double *times = safety->times;
	size_t count = 0;

	times[count++] = 0;
	times[count++] = end_s;
	for (size_t k = 0; k < model->slots; k++)
		times[count++] = fmin(end_s, model->end_s[k]);
	for (size_t i = 0; i < safety->near_count[n]; i++) {
		size_t p = safety->near[n][i];

		for (size_t j = 0; j < replay->moves_of[p]; j++) {
			size_t index = replay->of_partition[p][j];
			const struct spp_verify_move *move =
				&replay->moves[index];

			if (index >= cut->count)
				break;
			times[count++] = fmin(end_s, move->start_s);
			times[count++] = fmin(end_s, move->attached_s);
			times[count++] = fmin(end_s, move->end_s);
		}
	}
	qsort(times, count, sizeof(*times), compare_times);
	return count;
}

/* Expected overload of a platform from now to END, hard limits checked. */
static double overload_until(struct safety *safety, size_t n,
	const struct spp_verify_cut *cut, double end_s)
{
	const struct spp_verify_model *model = &safety->replay->run->model;
	size_t count = events(safety, n, cut, end_s);
	double sum = 0;

	for (size_t i = 0; i + 1 < count; i++) {
		double begin = safety->times[i], end = safety->times[i + 1];
		double middle = begin + (end - begin) / 2;
		size_t k = spp_verify_slot(model, middle);

		if (!(end > begin))
			continue;
		load_at(safety, n, k, cut, middle);
		sum += (end - begin) / 3600 * safety->weight[k] *
		       overload_of(safety, n);
		if (cut->count > 0 && cut->part == SPP_VERIFY_ALL)
			check_hard(safety, n, k, cut, middle);
	}
	return sum;
}

static bool safety_new(struct safety *safety, struct spp_err *err)
{
	const struct spp_verify_model *model = &safety->replay->run->model;
	struct spp_arena *arena = model->arena;
	size_t platforms = model->platform_count;
	size_t cells = platforms * model->resources * (model->slots + 1);

	safety->still_level = spp_arena_alloc(arena, cells, sizeof(double));
	safety->still_variance = spp_arena_alloc(arena, cells, sizeof(double));
	safety->still_loading =
		spp_arena_alloc(arena, cells * model->factors, sizeof(double));
	safety->idle = spp_arena_alloc(arena, cells, sizeof(double));
	safety->weight =
		spp_arena_alloc(arena, model->slots + 1, sizeof(double));
	safety->nothing = spp_arena_alloc(arena, platforms, sizeof(double));
	safety->nothing_after =
		spp_arena_alloc(arena, platforms, sizeof(double));
	safety->prefix = spp_arena_alloc(arena, platforms, sizeof(double));
	safety->repairs = spp_arena_alloc(arena, platforms, sizeof(double));
	safety->with = spp_arena_alloc(arena, platforms, sizeof(double));
	safety->touched = spp_arena_alloc(arena, platforms, sizeof(bool));
	safety->reported = spp_arena_alloc(arena, platforms, sizeof(bool));
	safety->near = spp_arena_alloc(arena, platforms, sizeof(*safety->near));
	safety->near_count = spp_arena_alloc(arena, platforms, sizeof(size_t));
	safety->times = spp_arena_alloc(arena,
		model->slots + 2 + 3 * safety->replay->count, sizeof(double));
	safety->load =
		spp_arena_alloc(arena, model->resources, sizeof(*safety->load));
	return spp_arena_ok(arena, err);
}

/* Does a partition with moves ever reach a platform? */
static bool reaches(
	const struct safety *safety, size_t partition, size_t platform)
{
	const struct spp_verify_replay *replay = safety->replay;
	const struct spp_verify_model *model = &replay->run->model;
	const struct spp_verify_partition *of = &model->partitions[partition];

	for (size_t i = 0; i < replay->moves_of[partition]; i++) {
		const struct spp_verify_move *move =
			&replay->moves[replay->of_partition[partition][i]];

		if (move->from == platform || move->to == platform ||
			move->copy_from == platform)
			return true;
	}
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++)
		if (model->subs[i].platform == platform)
			return true;
	return spp_verify_holds(of->replicas, of->count, platform);
}

static bool find_near(struct safety *safety, struct spp_err *err)
{
	const struct spp_verify_replay *replay = safety->replay;
	const struct spp_verify_model *model = &replay->run->model;
	struct spp_arena *arena = model->arena;
	size_t moving = 0;

	for (size_t p = 0; p < model->partition_count; p++)
		moving += replay->moves_of[p] > 0;
	for (size_t n = 0; n < model->platform_count; n++) {
		safety->near[n] =
			spp_arena_alloc(arena, moving, sizeof(size_t));
		if (!spp_arena_ok(arena, err))
			return false;
		for (size_t p = 0; p < model->partition_count; p++)
			if (replay->moves_of[p] > 0 && reaches(safety, p, n))
				safety->near[n][safety->near_count[n]++] = p;
	}
	return true;
}

/* What stands still through all of the plan. */
static void add_still(struct safety *safety, size_t partition)
{
	struct spp_verify_run *run = safety->replay->run;
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_partition *of = &model->partitions[partition];
	size_t made = spp_verify_items(model, partition, of->replicas,
		of->count, run->answer.serving_before, run->items);

	for (size_t i = 0; i < made; i++)
		for (size_t r = 0; run->items[i].platform != SPP_NOWHERE &&
				   r < model->resources;
			r++)
			for (size_t k = 0; k <= model->slots; k++) {
				struct spp_verify_value value =
					spp_verify_demand(
						model, &run->items[i], r, k);
				size_t cell = cell_of(
					model, run->items[i].platform, r, k);

				safety->still_level[cell] += value.level;
				safety->still_variance[cell] += value.variance;
				for (size_t f = 0; f < model->factors; f++)
					safety->still_loading
						[cell * model->factors + f] +=
						value.loading[f];
			}
}

static void find_still(struct safety *safety)
{
	const struct spp_verify_replay *replay = safety->replay;
	const struct spp_verify_model *model = &replay->run->model;

	for (size_t k = 0; k < model->slots; k++)
		safety->weight[k] = pow(.8, model->begin_s[k] / 3600);
	safety->weight[model->slots] = pow(.8, replay->horizon_s / 3600);
	for (size_t n = 0; n < model->platform_count; n++)
		for (size_t r = 0; r < model->resources; r++)
			for (size_t k = 0; k <= model->slots; k++)
				safety->still_level[cell_of(model, n, r, k)] =
					model->platforms[n].background[r];
	for (size_t p = 0; p < model->partition_count; p++)
		if (replay->moves_of[p] == 0)
			add_still(safety, p);
}

static void find_nothing(struct safety *safety)
{
	const struct spp_verify_replay *replay = safety->replay;
	const struct spp_verify_model *model = &replay->run->model;
	const struct spp_verify_cut none = {0, SPP_VERIFY_ALL};

	for (size_t n = 0; n < model->platform_count; n++) {
		if (model->platforms[n].failed)
			continue;
		for (size_t k = 0; k <= model->slots; k++) {
			load_at(safety, n, k, &none, 0);
			for (size_t r = 0; r < model->resources; r++)
				safety->idle[cell_of(model, n, r, k)] =
					safety->load[r].level +
					model->risk_z *
						deviation(model,
							&safety->load[r]);
		}
		/* The last load is that of all time after. */
		safety->nothing_after[n] =
			safety->weight[model->slots] * overload_of(safety, n);
		safety->nothing[n] =
			overload_until(safety, n, &none, replay->horizon_s);
	}
}

/*
 * Bring the overload of all platforms up to date with one move more.  Only
 * those near its partition change, unless the time weighed grows.
 */
static void extend(
	struct safety *safety, size_t count, double end_s, bool longer)
{
	const struct spp_verify_replay *replay = safety->replay;
	const struct spp_verify_model *model = &replay->run->model;
	struct spp_verify_cut all = {count, SPP_VERIFY_ALL};
	struct spp_verify_cut repairs = {count, SPP_VERIFY_REPAIRS};
	struct spp_verify_cut with = {count, SPP_VERIFY_WITH_REPAIRS};
	size_t partition = replay->moves[count - 1].partition;

	for (size_t n = 0; n < model->platform_count; n++) {
		bool here = reaches(safety, partition, n);

		safety->touched[n] |= here;
		if (model->platforms[n].failed ||
			!(here || (longer && safety->touched[n])))
			continue;
		safety->prefix[n] = overload_until(safety, n, &all, end_s);
		if (!safety->any_repairs)
			continue;
		safety->repairs[n] = overload_until(safety, n, &repairs, end_s);
		safety->with[n] = overload_until(safety, n, &with, end_s);
	}
}

/* Expected overload of all platforms up to END. */
struct sums {
	double nothing, prefix, repairs, with;
};

static struct sums sum_until(const struct safety *safety, double end_s)
{
	const struct spp_verify_replay *replay = safety->replay;
	double after_h = (end_s - replay->horizon_s) / 3600;
	struct sums sums = {0, 0, 0, 0};

	for (size_t n = 0; n < replay->run->model.platform_count; n++) {
		double idle =
			safety->nothing[n] + after_h * safety->nothing_after[n];

		sums.nothing += idle;
		sums.prefix += safety->touched[n] ? safety->prefix[n] : idle;
		sums.repairs += safety->touched[n] ? safety->repairs[n] : idle;
		sums.with += safety->touched[n] ? safety->with[n] : idle;
	}
	return sums;
}

/*
 * Compare a prefix with doing nothing, or, where that is more, with doing
 * only what repairs something.
 */
static void check_prefix(struct safety *safety, size_t count, double end_s)
{
	struct spp_verify_replay *replay = safety->replay;
	const struct spp_verify_move *last = &replay->moves[count - 1];
	struct sums sums = sum_until(safety, end_s);
	double most = sums.nothing;

	if (safety->any_repairs)
		most = fmax(most, fmax(sums.repairs, sums.with));

	if (sums.prefix > most + 1e-9 + 1e-9 * most)
		spp_breach_add(replay->run->report, SPP_BREACH_PREFIX, last->at,
			"stopping after move \"%s\" costs %.17g of expected "
			"overload, doing nothing %.17g",
			last->value->id, sums.prefix, most);
}

/* What the plan's summary says of doing nothing and of doing it all. */
static void check_cost(struct safety *safety, double end_s)
{
	struct spp_verify_run *run = safety->replay->run;
	const struct spp_record *at =
		spp_verify_summary(run->model.feed, "plan");
	const struct spp_summary *summary = at ? at->value : NULL;
	struct sums sums = sum_until(safety, end_s);

	run->report->overload_before = sums.nothing;
	run->report->overload_after = sums.prefix;
	if (!summary || !summary->cost || !summary->cost->before ||
		!summary->cost->after)
		return;
	if (!spp_verify_close(
		    summary->cost->before->overload, sums.nothing, 0) ||
		!spp_verify_close(
			summary->cost->after->overload, sums.prefix, 0))
		spp_breach_add(run->report, SPP_BREACH_PLAN_COST, at,
			"expected overload is %.17g before and %.17g after, "
			"should be %.17g and %.17g",
			summary->cost->before->overload,
			summary->cost->after->overload, sums.nothing,
			sums.prefix);
}

bool spp_verify_safety(struct spp_verify_replay *replay, struct spp_err *err)
{
	struct safety safety = {.replay = replay};
	double end_s = replay->horizon_s;

	if (!safety_new(&safety, err) || !find_near(&safety, err))
		return false;
	for (size_t i = 0; i < replay->count; i++)
		safety.any_repairs |= replay->moves[i].repairs;
	find_still(&safety);
	find_nothing(&safety);
	for (size_t i = 0; i < replay->count; i++) {
		double end = fmax(end_s, replay->moves[i].end_s);

		extend(&safety, i + 1, end, end > end_s);
		end_s = end;
		check_prefix(&safety, i + 1, end_s);
	}
	check_cost(&safety, end_s);
	return true;
}
