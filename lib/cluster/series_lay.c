#include "lib/cluster/series_build.h"

#include <assert.h>

/* [from, until) in microseconds, at a rate per second. */
struct piece {
	spp_time from, until;
	double rates[SPP_MEASURES]; /* NAN = not known */
	bool censored;
};

static const struct spp_shape *shape_of(
	const struct spp_build *build, const struct spp_reading *reading)
{
	return &build->shapes[reading->shape];
}

static void put(struct spp_lay *lay, size_t tick, double share,
	const struct piece *piece)
{
	if (tick < lay->first || tick - lay->first >= lay->count)
		return;
	tick -= lay->first;
	for (size_t m = 0; m < SPP_MEASURES; m++) {
		if (isnan(piece->rates[m]))
			continue;
		lay->sum[m][tick] += share * piece->rates[m];
		lay->cover[m][tick] += share;
	}
	if (piece->censored)
		lay->censored[tick] = 1;
}

/* Spread a piece over the ticks that it touches. */
static void spread(const struct spp_grid *grid, struct spp_lay *lay,
	const struct piece *piece)
{
	spp_time first = grid->start + (spp_time)lay->first * grid->step;
	spp_time end = first + (spp_time)lay->count * grid->step;
	spp_time from = piece->from > first ? piece->from : first;
	spp_time until = piece->until < end ? piece->until : end;
	size_t tick;

	if (from >= until)
		return;
	tick = (size_t)((from - grid->start) / grid->step);
	while (from < until) {
		spp_time next = grid->start + (spp_time)(tick + 1) * grid->step;
		spp_time stop = next < until ? next : until;
		double share = (double)(stop - from) / (double)grid->step;

		put(lay, tick++, share, piece);
		from = stop;
	}
}

/* A rate without interval counts for the tick that holds it. */
static void put_point(const struct spp_build *build, struct spp_lay *lay,
	const struct piece *piece)
{
	const struct spp_grid *grid = build->grid;
	double share = 1;

	if (piece->from < grid->start)
		return;
	if (build->spacing < grid->step)
		share = (double)build->spacing / (double)grid->step;
	put(lay, (size_t)((piece->from - grid->start) / grid->step), share,
		piece);
}

/*
 * The difference of two readings of a counter.  Where one of its values
 * fell, the counter began anew, and what the interval brought is unknown.
 */
static bool difference(const struct spp_build *build,
	const struct spp_reading *before, const struct spp_reading *reading,
	struct piece *piece)
{
	struct spp_grid *grid = build->grid;
	spp_time unit =
		build->spacing > grid->step ? build->spacing : grid->step;
	double length_s = spp_time_since(reading->time, before->time);

	for (size_t m = 0; m < SPP_MEASURES; m++) {
		piece->rates[m] =
			(reading->values[m] - before->values[m]) / length_s;
		if (piece->rates[m] < 0) {
			grid->counts.resets++;
			return false;
		}
	}
	piece->from = before->time;
	piece->until = reading->time;
	return piece->until - piece->from <= SPP_GRID_BRIDGE_TICKS * unit;
}

/* A reading of its own, without the one before. */
static void single(const struct spp_build *build,
	const struct spp_reading *reading, struct piece *piece)
{
	const struct spp_shape *shape = shape_of(build, reading);
	double length_s;

	piece->from = reading->time;
	piece->until = spp_build_until(build, reading);
	length_s = isnan(shape->interval_s)
	                   ? (double)build->spacing / SPP_SECOND
	                   : shape->interval_s;
	assert(length_s > 0);
	for (size_t m = 0; m < SPP_MEASURES; m++)
		piece->rates[m] = shape->kind == SPP_READING_DELTA
		                          ? reading->values[m] / length_s
		                          : reading->values[m];
}

void spp_build_lay(const struct spp_build *build, const struct spp_run *run,
	struct spp_lay *lay)
{
	const struct spp_reading *before = NULL;

	for (size_t i = 0; i < run->count; i++) {
		const struct spp_reading *reading =
			spp_build_reading(build, run, i);
		const struct spp_shape *shape = shape_of(build, reading);
		struct piece piece = {.censored = shape->censored};

		if (shape->kind == SPP_READING_COUNTER) {
			if (before &&
				difference(build, before, reading, &piece))
				spread(build->grid, lay, &piece);
			before = reading;
			continue;
		}
		single(build, reading, &piece);
		if (shape->kind == SPP_READING_RATE && isnan(shape->interval_s))
			put_point(build, lay, &piece);
		else
			spread(build->grid, lay, &piece);
	}
}
