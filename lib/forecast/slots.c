#include "lib/forecast/slots.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <assert.h>
#include <math.h>

static const spp_time hour = 3600 * SPP_SECOND;

/* Seconds from now until the first full hour after BEGIN_S. */
static double next_hour(spp_time now, double begin_s)
{
	spp_time begin = spp_time_add(now, begin_s);
	spp_time rest = begin % hour;

	if (rest < 0)
		rest += hour;
	return spp_time_since(begin + (hour - rest), now);
}

bool spp_slots_make(struct spp_slots *slots, spp_time now, double slot_s,
	double horizon_s, double coarse_s, struct spp_arena *arena,
	struct spp_err *err)
{
	double fine = ceil(horizon_s / slot_s - 1e-9);
	double coarse = coarse_s > horizon_s
	                        ? ceil((coarse_s - horizon_s) / 3600) + 1
	                        : 0;
	double *begin, *length;
	size_t count = 0;

	assert(slot_s > 0 && horizon_s > 0);
	if (fine + coarse > SPP_SLOTS_MAX)
		return spp_fail(err, SPP_USAGE,
			"the horizon has %.0f slots, more than %d",
			fine + coarse, SPP_SLOTS_MAX);
	begin = spp_arena_alloc(arena, (size_t)(fine + coarse), sizeof(*begin));
	length = spp_arena_alloc(
		arena, (size_t)(fine + coarse), sizeof(*length));
	if (!spp_arena_ok(arena, err))
		return false;
	for (; count < (size_t)fine; count++) {
		begin[count] = (double)count * slot_s;
		length[count] = fmin(slot_s, horizon_s - begin[count]);
	}
	slots->fine = count;
	for (double at = horizon_s; at < coarse_s; count++) {
		double next = fmin(next_hour(now, at), coarse_s);

		begin[count] = at;
		length[count] = next - at;
		at = next;
	}
	assert(count <= (size_t)(fine + coarse));
	slots->count = count;
	slots->begin_s = begin;
	slots->length_s = length;
	return true;
}
