#include "lib/cluster/series.h"

#include "lib/base/err.h"
#include "lib/base/text.h"

#include <assert.h>
#include <stdint.h>

spp_time spp_grid_end(const struct spp_grid *grid)
{
	return grid->start + (spp_time)grid->ticks * grid->step;
}

int spp_series_compare(const struct spp_series *a, const struct spp_series *b)
{
	int order = spp_text_compare(a->stream, b->stream);

	if (order == 0)
		order = spp_text_compare(a->partition, b->partition);
	if (order != 0)
		return order;
	if (!a->subscriber || !b->subscriber)
		return (a->subscriber != NULL) - (b->subscriber != NULL);
	return spp_text_compare(a->subscriber, b->subscriber);
}

size_t spp_grid_find(const struct spp_grid *grid, const char *stream,
	const char *partition, const char *subscriber)
{
	struct spp_series wanted = {.stream = stream,
		.partition = partition,
		.subscriber = subscriber};
	size_t low = 0, high = grid->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = spp_series_compare(&grid->series[middle], &wanted);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

/* Without what is not known at its end. */
static void trim(struct spp_series *series)
{
	while (series->count > 0) {
		size_t last = series->count - 1;
		bool known = false;

		for (size_t m = 0; m < SPP_MEASURES; m++)
			known = known ||
			        (series->values[m] &&
					!isnan(series->values[m][last]));
		if (known)
			return;
		series->count--;
	}
}

bool spp_grid_until(const struct spp_grid *grid, size_t ticks,
	struct spp_grid *view, struct spp_arena *arena, struct spp_err *err)
{
	assert(ticks <= grid->ticks);
	*view = *grid;
	view->ticks = ticks;
	view->series =
		spp_arena_alloc(arena, grid->count, sizeof(*view->series));
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t s = 0; s < grid->count; s++) {
		struct spp_series *series = &view->series[s];

		*series = grid->series[s];
		if (series->first >= ticks)
			series->count = 0;
		else if (series->first + series->count > ticks)
			series->count = ticks - series->first;
		trim(series);
	}
	return true;
}
