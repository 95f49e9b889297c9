#include "lib/cluster/series_build.h"

#include "lib/base/err.h"

#include <assert.h>
#include <stdlib.h>

enum {
	DISTANCES_MAX = 1 << 16,  /* that the median is taken of */
	DISTANCES_OF_SOURCE = 32, /* no source outvotes the others */
};

static int compare_times(const void *a, const void *b)
{
	spp_time x = *(const spp_time *)a, y = *(const spp_time *)b;

	return (x > y) - (x < y);
}

/*
 * Clocks jitter and samples get lost, but people choose round intervals:
 * within a tenth of one of these it is meant.
 */
static spp_time snap(spp_time distance)
{
	static const int round_s[] = {1, 2, 5, 10, 15, 20, 30, 60, 120, 180,
		300, 600, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600,
		28800, 43200, 86400, 604800};

	for (size_t i = 0; i < sizeof(round_s) / sizeof(*round_s); i++) {
		spp_time round = round_s[i] * SPP_SECOND;

		if (llabs(distance - round) <= round / 10)
			return round;
	}
	if (distance > 2 * SPP_SECOND)
		return (distance + SPP_SECOND / 2) / SPP_SECOND * SPP_SECOND;
	return distance;
}

/* Distances that one source tells: said intervals, else from the times. */
static size_t distances_of(const struct spp_build *build,
	const struct spp_run *run, spp_time *distances)
{
	size_t count = 0;

	for (size_t i = 0; i < run->count && count < DISTANCES_OF_SOURCE; i++) {
		const struct spp_reading *reading =
			spp_build_reading(build, run, i);
		double said = build->shapes[reading->shape].interval_s;

		if (!isnan(said))
			distances[count++] = (spp_time)(said * SPP_SECOND);
		else if (i + 1 < run->count)
			distances[count++] =
				run->items[i + 1].time - reading->time;
	}
	return count;
}

bool spp_build_spacing(const struct spp_build *build, spp_time *spacing,
	struct spp_arena *arena, struct spp_err *err)
{
	size_t sources = build->sources;
	size_t stride = 1 + sources / (DISTANCES_MAX / DISTANCES_OF_SOURCE);
	size_t taken = (sources + stride - 1) / stride;
	spp_time *distances = spp_arena_alloc(
		arena, taken * DISTANCES_OF_SOURCE, sizeof(*distances));
	size_t count = 0;

	*spacing = 0;
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t i = 0; i < sources; i += stride)
		count += distances_of(build, &build->runs[build->ranked[i]],
			distances + count);
	assert(count <= taken * DISTANCES_OF_SOURCE);
	if (count == 0)
		return true;
	qsort(distances, count, sizeof(*distances), compare_times);
	*spacing = snap(distances[(count - 1) / 2]);
	if (*spacing < 1)
		*spacing = 1;
	return true;
}

static spp_time remainder_of(spp_time time, spp_time step)
{
	spp_time rest = time % step;

	return rest < 0 ? rest + step : rest;
}

/* Majority vote in two passes (Boyer, Moore 1981): no order matters. */
spp_time spp_build_phase(const struct spp_build *build, spp_time step)
{
	size_t count = spp_samples_count(build->samples);
	size_t votes = 0, held = 0;
	spp_time phase = 0;

	assert(step > 0);
	for (size_t i = 0; i < count; i++) {
		spp_time rest = remainder_of(build->readings[i].time, step);

		if (votes == 0)
			phase = rest;
		votes = rest == phase ? votes + 1 : votes - 1;
	}
	for (size_t i = 0; i < count; i++)
		held += remainder_of(build->readings[i].time, step) == phase;
	return 2 * held > count ? phase : 0;
}
