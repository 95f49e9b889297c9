#include "lib/forecast/choose.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/cluster/series.h"
#include "lib/forecast/slots.h"

#include <assert.h>
#include <math.h>

/* Origins of a part lie a slot apart. */
enum {
	ORIGINS_FINE = 2016,  /* a week of 5 minutes */
	ORIGINS_COARSE = 168, /* a week of hours */
};

/* Errors of two days ago count half as much as those of now. */
static const double half_life_s = 172800;

static size_t whole_ticks(double ticks)
{
	return ticks > 1 ? (size_t)floor(ticks + 1e-9) : 1;
}

static struct spp_part make_part(const struct spp_target *target, size_t first,
	size_t count, size_t origins, double step_s)
{
	struct spp_part part = {.first = first, .count = count};
	double longest = 0;

	for (size_t s = first; s < first + count; s++)
		longest = fmax(longest, target->to[s] - target->from[s]);
	part.ticks = (size_t)ceil(target->to[first + count - 1] - 1e-9);
	part.stride = whole_ticks(longest);
	part.window = origins * part.stride;
	part.memory = exp2(-(double)part.stride * step_s / half_life_s);
	return part;
}

bool spp_target_make(struct spp_target *target, const struct spp_slots *slots,
	double step_s, double offset_s, struct spp_arena *arena,
	struct spp_err *err)
{
	double *from = spp_arena_alloc(arena, slots->count, sizeof(*from));
	double *to = spp_arena_alloc(arena, slots->count, sizeof(*to));

	assert(slots->count > 0 && slots->fine > 0);
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t s = 0; s < slots->count; s++) {
		from[s] = (offset_s + slots->begin_s[s]) / step_s;
		to[s] = from[s] + slots->length_s[s] / step_s;
	}
	if (to[slots->count - 1] > SPP_GRID_TICKS_MAX) {
		spp_fail(err, SPP_USAGE,
			"the horizon is %.0f steps of the history, more than "
			"%d",
			to[slots->count - 1], SPP_GRID_TICKS_MAX);
		spp_err_hint(err, "Give a longer --step.");
		return false;
	}
	target->slots = slots->count;
	target->from = from;
	target->to = to;
	target->parts = slots->count > slots->fine ? 2 : 1;
	target->part[0] =
		make_part(target, 0, slots->fine, ORIGINS_FINE, step_s);
	if (target->parts > 1)
		target->part[1] = make_part(target, slots->fine,
			slots->count - slots->fine, ORIGINS_COARSE, step_s);
	return true;
}

double spp_slot_mean(const double *means, size_t filled, double from, double to)
{
	size_t first = (size_t)from, last = (size_t)to;
	size_t known = last < filled ? last : filled;
	double sum;

	assert(filled > 0 && from < to);
	if (first + 1 >= filled)
		return means[filled - 1];
	if (to <= (double)first + 1)
		return means[first];
	/* The ticks at both ends count by their share in the slot. */
	sum = ((double)first + 1 - from) * means[first];
	for (size_t t = first + 1; t < known; t++)
		sum += means[t];
	sum += (to - (double)known) *
	       means[known < filled ? known : filled - 1];
	return sum / (to - from);
}
