#include "lib/plan/world.h"

#include "lib/base/arena.h"
#include "lib/plan/measure.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A level may be above its limit by rounding only. */
static const double slack = 1e-9;

bool spp_plan_world_begin(struct spp_plan_world *world,
	const struct spp_plan_grid *grid, const struct spp_plan_rest *rest,
	struct spp_arena *arena)
{
	size_t platforms = grid->cluster->platforms, cells = grid->cells;
	size_t factors = grid->cluster->factors, row = (2 + factors) * cells;
	double *all = spp_arena_alloc(arena, platforms * row, sizeof(*all));

	*world = (struct spp_plan_world){
		.grid = grid,
		.rest = rest,
		.lanes = spp_arena_alloc(
			arena, platforms, sizeof(*world->lanes)),
		.end_s = grid->horizon_s,
		.sums = spp_arena_alloc(
			arena, spp_plan_sums(grid), sizeof(double)),
		.base = spp_arena_alloc(
			arena, spp_plan_sums(grid), sizeof(double)),
	};
	if (!spp_arena_ok(arena, NULL)) {
		world->lanes = NULL;
		return false;
	}
	for (size_t v = 0; v < platforms; v++) {
		struct spp_plan_lane *lane = &world->lanes[v];

		lane->mean = all + v * row;
		lane->variance = lane->mean + cells;
		lane->factor = lane->variance + cells;
		lane->until_s = grid->horizon_s;
		memcpy(lane->mean, rest->mean + v * cells,
			cells * sizeof(double));
		memcpy(lane->variance, rest->variance + v * cells,
			cells * sizeof(double));
		memcpy(lane->factor, rest->factor + v * factors * cells,
			factors * cells * sizeof(double));
	}
	return true;
}

void spp_plan_world_free(struct spp_plan_world *world)
{
	if (world->lanes != NULL)
		for (size_t v = 0; v < world->grid->cluster->platforms; v++)
			spp_buf_free(&world->lanes[v].open);
	spp_buf_free(&world->times);
}

static size_t open_spans(
	const struct spp_plan_lane *lane, struct spp_plan_span **spans)
{
	*spans = (struct spp_plan_span *)(void *)lane->open.data;
	return lane->open.length / sizeof(**spans);
}

static void settle_lane(const struct spp_plan_grid *grid,
	struct spp_plan_lane *lane, double now_s)
{
	struct spp_plan_span *spans;
	size_t count = open_spans(lane, &spans), kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (spans[i].to_s <= now_s)
			continue;
		if (spans[i].from_s <= now_s && isinf(spans[i].to_s))
			spp_plan_lane_add(
				grid, lane, spans[i].item, spans[i].times);
		else
			spans[kept++] = spans[i];
	}
	if (kept != count)
		lane->stamp++;
	lane->open.length = kept * sizeof(*spans);
}

void spp_plan_world_settle(struct spp_plan_world *world, double now_s)
{
	assert(now_s >= world->now_s);
	world->now_s = now_s;
	for (size_t v = 0; v < world->grid->cluster->platforms; v++)
		settle_lane(world->grid, &world->lanes[v], now_s);
}

static int compare_times(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void add_times(struct spp_plan_world *world,
	const struct spp_plan_span *spans, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const double ends[2] = {spans[i].from_s, spans[i].to_s};

		for (size_t k = 0; k < 2; k++)
			if (ends[k] > world->now_s && isfinite(ends[k]))
				spp_buf_append(&world->times, &ends[k],
					sizeof(ends[k]));
	}
}

/* Instants from now on at which the load of a platform changes. */
static size_t list_times(struct spp_plan_world *world,
	const struct spp_plan_lane *lane, const struct spp_plan_span *more,
	size_t count)
{
	const struct spp_plan_grid *grid = world->grid;
	struct spp_plan_span *open;
	size_t opens = open_spans(lane, &open), times, kept = 1;
	double *list;

	spp_buf_reset(&world->times);
	spp_buf_append(&world->times, &world->now_s, sizeof(world->now_s));
	for (size_t s = spp_plan_slot(grid, world->now_s) + 1; s < grid->slots;
		s++)
		spp_buf_append(&world->times, &grid->begin_s[s],
			sizeof(grid->begin_s[s]));
	add_times(world, open, opens);
	add_times(world, more, count);
	if (world->times.failed)
		return 0;
	list = (double *)(void *)world->times.data;
	times = world->times.length / sizeof(*list);
	qsort(list, times, sizeof(*list), compare_times);
	for (size_t i = 1; i < times; i++)
		if (list[i] > list[kept - 1])
			list[kept++] = list[i];
	return kept;
}

static bool add_active(const struct spp_plan_grid *grid,
	const struct spp_plan_span *spans, size_t count, double at_s,
	size_t slot, double *sums)
{
	bool any = false;

	for (size_t i = 0; i < count; i++)
		if (spans[i].from_s <= at_s && at_s < spans[i].to_s) {
			spp_plan_span_add(grid, &spans[i], slot, sums);
			any = true;
		}
	return any;
}

/* The hard rule at one instant. */
static void check_hard(const struct spp_plan_world *world, size_t platform,
	size_t slot, struct spp_plan_probe *probe)
{
	const struct spp_plan_grid *grid = world->grid;
	const double *limit = world->rest->limit + platform * grid->cells;

	for (size_t r = 0; r < grid->cluster->resources; r++) {
		double most = limit[r * grid->slots + slot], level;

		if (isinf(most))
			continue;
		level = spp_plan_level(grid, r, world->sums);
		if (level <= most + slack * fabs(most))
			continue;
		if (probe->holds || level - most > probe->excess) {
			probe->platform = platform;
			probe->resource = r;
			probe->excess = level - most;
		}
		probe->holds = false;
	}
}

/* What becomes of a lane's figures. */
struct change {
	double area, slope, until_s;
};

/* One platform with some spans more. */
static bool probe_lane(struct spp_plan_world *world, size_t platform,
	const struct spp_plan_span *spans, size_t count, double end_s,
	struct spp_plan_probe *probe, struct change *change)
{
	const struct spp_plan_grid *grid = world->grid;
	const struct spp_plan_lane *lane = &world->lanes[platform];
	size_t beyond = grid->slots - 1;
	size_t sums = spp_plan_sums(grid) * sizeof(double);
	size_t times = list_times(world, lane, spans, count);
	const double *at = (const double *)(const void *)world->times.data;
	struct spp_plan_span *open;
	size_t opens = open_spans(lane, &open);

	if (times == 0)
		return false;
	change->until_s = fmax(grid->horizon_s, at[times - 1]);
	change->area =
		lane->area + lane->slope * (change->until_s - lane->until_s);
	change->slope = lane->slope;
	for (size_t i = 0; i < times; i++) {
		size_t slot = spp_plan_slot(grid, at[i]);
		double more;

		spp_plan_lane_load(grid, lane, slot, world->base);
		add_active(grid, open, opens, at[i], slot, world->base);
		memcpy(world->sums, world->base, sums);
		if (!add_active(grid, spans, count, at[i], slot, world->sums))
			continue;
		check_hard(world, platform, slot, probe);
		more = spp_plan_overload(grid, platform, world->sums);
		if (i + 1 == times) {
			change->slope =
				grid->density[beyond] *
				(more - world->rest
						->overload[platform *
								   grid->slots +
							   beyond]);
			break;
		}
		more -= spp_plan_overload(grid, platform, world->base);
		more *= grid->density[slot] * (at[i + 1] - at[i]);
		change->area += more;
		if (at[i] < end_s)
			probe->during += more;
		else
			probe->after += more;
	}
	return true;
}

/* Spans of one platform at the head of a list sorted by platform. */
static size_t group(const struct spp_plan_span *spans, size_t count)
{
	size_t n = 1;

	while (n < count && spans[n].platform == spans[0].platform)
		n++;
	return n;
}

static double total(const struct spp_plan_world *world, double end_s)
{
	return world->area + world->slope * end_s;
}

double spp_plan_world_overload(const struct spp_plan_world *world, double end_s)
{
	return total(world, fmax(world->end_s, end_s));
}

/* The sums over all lanes with one lane changed. */
static void replace(struct spp_plan_world *world,
	const struct spp_plan_lane *lane, const struct change *change)
{
	world->area += (change->area - change->slope * change->until_s) -
	               (lane->area - lane->slope * lane->until_s);
	world->slope += change->slope - lane->slope;
}

bool spp_plan_world_probe(struct spp_plan_world *world,
	const struct spp_plan_span *spans, size_t count, double end_s,
	struct spp_plan_probe *probe)
{
	double area = world->area, slope = world->slope;

	*probe = (struct spp_plan_probe){
		.holds = true,
		.platform = SPP_NOWHERE,
		.resource = SPP_NOWHERE,
	};
	for (size_t i = 0, n; i < count; i += n) {
		size_t v = spans[i].platform;
		struct change change;

		n = group(spans + i, count - i);
		if (!probe_lane(world, v, spans + i, n, end_s, probe, &change))
			return false;
		replace(world, &world->lanes[v], &change);
	}
	probe->overload = total(world, fmax(world->end_s, end_s));
	world->area = area;
	world->slope = slope;
	return true;
}

bool spp_plan_world_commit(struct spp_plan_world *world,
	const struct spp_plan_span *spans, size_t count, double end_s)
{
	struct spp_plan_probe probe = {.holds = true};

	for (size_t i = 0, n; i < count; i += n) {
		struct spp_plan_lane *lane = &world->lanes[spans[i].platform];
		struct change change;

		n = group(spans + i, count - i);
		if (!probe_lane(world, spans[i].platform, spans + i, n, end_s,
			    &probe, &change))
			return false;
		replace(world, lane, &change);
		lane->area = change.area;
		lane->slope = change.slope;
		lane->until_s = change.until_s;
		lane->stamp++;
		spp_buf_append(&lane->open, spans + i, n * sizeof(*spans));
		if (lane->open.failed)
			return false;
	}
	world->end_s = fmax(world->end_s, end_s);
	return true;
}

size_t spp_plan_world_hot(struct spp_plan_world *world, size_t platform)
{
	const struct spp_plan_grid *grid = world->grid;
	const struct spp_cluster *cluster = grid->cluster;
	const struct spp_plan_lane *lane = &world->lanes[platform];
	struct spp_plan_span *open;
	size_t opens = open_spans(lane, &open);

	for (size_t s = spp_plan_slot(grid, world->now_s); s < grid->slots;
		s++) {
		spp_plan_lane_load(grid, lane, s, world->sums);
		for (size_t i = 0; i < opens; i++)
			if (isinf(open[i].to_s))
				spp_plan_span_add(
					grid, &open[i], s, world->sums);
		for (size_t r = 0; r < cluster->resources; r++)
			if (spp_plan_level(grid, r, world->sums) *
					cluster->share
						[platform * cluster->resources +
							r] >
				cluster->weights.threshold)
				return s;
	}
	return grid->slots;
}

double spp_plan_world_share(
	struct spp_plan_world *world, size_t platform, size_t resource)
{
	const struct spp_plan_grid *grid = world->grid;
	const struct spp_plan_lane *lane = &world->lanes[platform];
	size_t slot = spp_plan_slot(grid, world->now_s);
	struct spp_plan_span *open;
	size_t opens = open_spans(lane, &open);

	spp_plan_lane_load(grid, lane, slot, world->sums);
	add_active(grid, open, opens, world->now_s, slot, world->sums);
	return world->sums[resource] *
	       grid->cluster
	               ->share[platform * grid->cluster->resources + resource];
}
