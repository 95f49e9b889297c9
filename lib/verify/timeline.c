/*
 * Time is cut, for each platform, at every slot's end and wherever a move of
 * a partition that reaches it starts, has copied or ends.  Between two cuts
 * its load is constant.  A move changes nothing before its start; from then
 * on what its partition puts on the platform is worked out without it and
 * with it, and the difference is added.  Sums of quanta are exact, so this
 * is the load that adding up everything would give.
 */
#include "lib/verify/timeline.h"

#include <math.h>
#include <stdlib.h>

static const struct spp_verify_model *model_of(
	const struct spp_verify_timeline *timeline)
{
	return &timeline->replay->run->model;
}

double spp_verify_load_deviation(
	const struct spp_verify_model *model, const double *load)
{
	double variance = load[1];

	if (model->certain)
		return 0;
	for (size_t f = 0; f < model->factors; f++)
		variance += load[2 + f] * load[2 + f];
	return sqrt(fmax(0, variance));
}

static void add_item(const struct spp_verify_timeline *timeline,
	const struct spp_verify_item *item, size_t slot, double sign,
	double *loads)
{
	const struct spp_verify_model *model = model_of(timeline);

	for (size_t r = 0; r < model->resources; r++) {
		struct spp_verify_value value =
			spp_verify_demand(model, item, r, slot);
		double *load = loads + r * timeline->numbers;

		load[0] += sign * value.level;
		load[1] += sign * value.variance;
		for (size_t f = 0; f < model->factors; f++)
			load[2 + f] += sign * value.loading[f];
	}
}

/* What a partition puts on a platform at an instant, added to loads. */
static void add_instant(struct spp_verify_timeline *timeline, size_t partition,
	size_t platform, size_t slot, const struct spp_verify_cut *cut,
	double time_s, double sign, double *loads)
{
	struct spp_verify_replay *replay = timeline->replay;
	const struct spp_verify_model *model = model_of(timeline);
	struct spp_verify_item *items = replay->run->items;
	struct spp_verify_copy copy;
	size_t made = spp_verify_instant(
		replay, partition, cut, time_s, items, &copy);

	for (size_t i = 0; i < made; i++)
		if (items[i].platform == platform)
			add_item(timeline, &items[i], slot, sign, loads);
	for (size_t r = 0; r < model->resources; r++)
		loads[r * timeline->numbers] +=
			sign *
			spp_verify_copy_level(replay, &copy, platform, r, slot);
}

/* Does overload of a resource count on a platform? */
static bool counts(
	const struct spp_verify_model *model, size_t platform, size_t resource)
{
	const struct spp_verify_platform *of = &model->platforms[platform];

	return !of->failed && !of->hard[resource] &&
	       spp_present(of->capacity[resource]);
}

static double overload_of(const struct spp_verify_timeline *timeline,
	size_t platform, size_t slot, const double *loads)
{
	const struct spp_verify_model *model = model_of(timeline);
	double sum = 0;

	for (size_t r = 0; r < model->resources; r++) {
		const double *load = loads + r * timeline->numbers;
		double capacity = model->platforms[platform].capacity[r];

		if (counts(model, platform, r))
			sum += spp_verify_overload(load[0] / capacity,
				spp_verify_load_deviation(model, load) /
					capacity,
				model->weights.threshold);
	}
	return timeline->weight[slot] * sum;
}

/* An instant within an interval, and its slot. */
static double within(const struct spp_verify_lane *lane, size_t interval)
{
	double begin = lane->begin[interval], end = lane->begin[interval + 1];

	return isinf(end) ? begin + 1 : begin + (end - begin) / 2;
}

static size_t slot_of(const struct spp_verify_timeline *timeline,
	const struct spp_verify_lane *lane, size_t interval)
{
	return spp_verify_slot(model_of(timeline), within(lane, interval));
}

size_t spp_verify_changed_from(const struct spp_verify_timeline *timeline,
	size_t platform, const struct spp_verify_move *move)
{
	const struct spp_verify_lane *lane = &timeline->lanes[platform];
	size_t low = 0, high = lane->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lane->begin[middle + 1] <= move->start_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void spp_verify_timeline_add(
	struct spp_verify_timeline *timeline, size_t platform, size_t index)
{
	const struct spp_verify_move *move = &timeline->replay->moves[index];
	struct spp_verify_lane *lane = &timeline->lanes[platform];
	size_t size = model_of(timeline)->resources * timeline->numbers;

	for (enum spp_verify_part part = 0; part < SPP_VERIFY_PARTS; part++) {
		struct spp_verify_cut without = {index, part};
		struct spp_verify_cut with = {index + 1, part};

		if (lane->load[part] == NULL ||
			!spp_verify_in_cut(timeline->replay, index, &with))
			continue;
		for (size_t i = spp_verify_changed_from(
			     timeline, platform, move);
			i < lane->count; i++) {
			double *loads = lane->load[part] + i * size;
			double at_s = within(lane, i);
			size_t k = slot_of(timeline, lane, i);

			add_instant(timeline, move->partition, platform, k,
				&without, at_s, -1, loads);
			add_instant(timeline, move->partition, platform, k,
				&with, at_s, 1, loads);
			lane->overload[part][i] =
				overload_of(timeline, platform, k, loads);
		}
	}
}

double spp_verify_overload_until(const struct spp_verify_timeline *timeline,
	size_t platform, enum spp_verify_part part, double end_s)
{
	const struct spp_verify_lane *lane = &timeline->lanes[platform];
	double sum = 0;

	for (size_t i = 0; i < lane->count && lane->begin[i] < end_s; i++)
		sum += (fmin(lane->begin[i + 1], end_s) - lane->begin[i]) /
		       3600 * lane->overload[part][i];
	return sum;
}

static void reach(
	struct spp_verify_timeline *timeline, size_t *count, size_t platform)
{
	if (platform == SPP_NOWHERE || timeline->marked[platform])
		return;
	timeline->marked[platform] = true;
	timeline->reached[(*count)++] = platform;
}

size_t spp_verify_reached(
	struct spp_verify_timeline *timeline, size_t partition)
{
	const struct spp_verify_replay *replay = timeline->replay;
	const struct spp_verify_model *model = model_of(timeline);
	const struct spp_verify_partition *of = &model->partitions[partition];
	size_t count = 0;

	for (size_t i = 0; i < of->count; i++)
		reach(timeline, &count, of->replicas[i]);
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++)
		reach(timeline, &count, model->subs[i].platform);
	for (size_t i = 0; i < replay->moves_of[partition]; i++) {
		const struct spp_verify_move *move =
			&replay->moves[replay->of_partition[partition][i]];

		reach(timeline, &count, move->from);
		reach(timeline, &count, move->to);
		reach(timeline, &count, move->copy_from);
	}
	for (size_t i = 0; i < count; i++)
		timeline->marked[timeline->reached[i]] = false;
	return count;
}

static int compare_times(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* How many instants each lane is cut at, or (fill) which. */
static void cut_lanes(struct spp_verify_timeline *timeline, bool fill)
{
	const struct spp_verify_replay *replay = timeline->replay;

	for (size_t i = 0; i < replay->count; i++) {
		const struct spp_verify_move *move = &replay->moves[i];
		size_t count = spp_verify_reached(timeline, move->partition);

		for (size_t j = 0; j < count; j++) {
			struct spp_verify_lane *lane =
				&timeline->lanes[timeline->reached[j]];

			if (fill) {
				lane->begin[lane->count] = move->start_s;
				lane->begin[lane->count + 1] = move->attached_s;
				lane->begin[lane->count + 2] = move->end_s;
			}
			lane->count += 3;
		}
	}
}

/* Sorted and each once, with now and the ends of the slots. */
static void tidy_lane(
	const struct spp_verify_model *model, struct spp_verify_lane *lane)
{
	size_t kept = 0;

	lane->begin[lane->count++] = 0;
	for (size_t k = 0; k < model->slots; k++)
		lane->begin[lane->count++] = model->end_s[k];
	qsort(lane->begin, lane->count, sizeof(double), compare_times);
	for (size_t i = 0; i < lane->count; i++)
		if (kept == 0 || lane->begin[i] > lane->begin[kept - 1])
			lane->begin[kept++] = lane->begin[i];
	lane->count = kept;
	lane->begin[kept] = INFINITY;
}

/* Each interval begins as if nothing were done. */
static void fill_lane(struct spp_verify_timeline *timeline, size_t platform,
	enum spp_verify_part part)
{
	struct spp_verify_lane *lane = &timeline->lanes[platform];
	size_t size = model_of(timeline)->resources * timeline->numbers;

	for (size_t i = 0; i < lane->count; i++) {
		size_t k = slot_of(timeline, lane, i);
		const double *nothing =
			spp_verify_nothing_at(timeline, platform, k, 0);

		for (size_t j = 0; j < size; j++)
			lane->load[part][i * size + j] = nothing[j];
		lane->overload[part][i] =
			overload_of(timeline, platform, k, nothing);
	}
}

static bool new_lanes(struct spp_verify_timeline *timeline, struct spp_err *err)
{
	const struct spp_verify_model *model = model_of(timeline);
	struct spp_arena *arena = model->arena;
	size_t size = model->resources * timeline->numbers;

	cut_lanes(timeline, false);
	for (size_t n = 0; n < model->platform_count; n++) {
		struct spp_verify_lane *lane = &timeline->lanes[n];

		lane->begin = spp_arena_alloc(
			arena, lane->count + model->slots + 2, sizeof(double));
		lane->count = 0;
	}
	if (!spp_arena_ok(arena, err))
		return false;
	cut_lanes(timeline, true);
	for (size_t n = 0; n < model->platform_count; n++) {
		struct spp_verify_lane *lane = &timeline->lanes[n];
		size_t parts = timeline->repairs ? SPP_VERIFY_PARTS : 1;

		tidy_lane(model, lane);
		for (size_t part = 0; part < parts; part++) {
			lane->load[part] = spp_arena_alloc(
				arena, lane->count * size, sizeof(double));
			lane->overload[part] = spp_arena_alloc(
				arena, lane->count, sizeof(double));
			if (!spp_arena_ok(arena, err))
				return false;
			fill_lane(timeline, n, (enum spp_verify_part)part);
		}
	}
	return true;
}

/* The placement as it is, on every platform in every slot. */
static void add_nothing(struct spp_verify_timeline *timeline)
{
	struct spp_verify_run *run = timeline->replay->run;
	const struct spp_verify_model *model = &run->model;
	size_t size = model->resources * timeline->numbers;

	for (size_t n = 0; n < model->platform_count; n++)
		for (size_t i = 0; i < (model->slots + 1) * model->resources;
			i++)
			timeline->nothing[(n * (model->slots + 1) *
							  model->resources +
						  i) *
					  timeline->numbers] =
				model->platforms[n]
					.background[i % model->resources];
	for (size_t p = 0; p < model->partition_count; p++) {
		const struct spp_verify_partition *of = &model->partitions[p];
		size_t made = spp_verify_items(model, p, of->replicas,
			of->count, run->answer.serving_before, run->items);

		for (size_t i = 0; i < made; i++)
			for (size_t k = 0;
				run->items[i].platform != SPP_NOWHERE &&
				k <= model->slots;
				k++)
				add_item(timeline, &run->items[i], k, 1,
					timeline->nothing +
						(run->items[i].platform *
								(model->slots +
									1) +
							k) *
							size);
	}
}

bool spp_verify_timeline_new(struct spp_verify_replay *replay,
	struct spp_verify_timeline *timeline, struct spp_err *err)
{
	const struct spp_verify_model *model = &replay->run->model;
	struct spp_arena *arena = model->arena;
	size_t platforms = model->platform_count, slots = model->slots + 1;
	size_t numbers = 2 + model->factors;

	*timeline = (struct spp_verify_timeline){
		.replay = replay,
		.numbers = numbers,
		.weight = spp_arena_alloc(arena, slots, sizeof(double)),
		.nothing = spp_arena_alloc(arena,
			platforms * slots * model->resources * numbers,
			sizeof(double)),
		.lanes = spp_arena_alloc(
			arena, platforms, sizeof(*timeline->lanes)),
		.marked = spp_arena_alloc(arena, platforms, sizeof(bool)),
		.reached = spp_arena_alloc(arena, platforms, sizeof(size_t)),
	};
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t i = 0; i < replay->count; i++)
		timeline->repairs |= replay->moves[i].repairs;
	for (size_t k = 0; k < model->slots; k++)
		timeline->weight[k] = pow(.8, model->begin_s[k] / 3600);
	timeline->weight[model->slots] = pow(.8, replay->horizon_s / 3600);
	add_nothing(timeline);
	return new_lanes(timeline, err);
}
