/* The slots of a forecast: fine ones first, then coarse ones. */
#ifndef SPP_FORECAST_SLOTS_H
#define SPP_FORECAST_SLOTS_H

#include "lib/base/time.h"

#include <stdbool.h>
#include <stddef.h>

struct spp_arena;
struct spp_err;

enum { SPP_SLOTS_MAX = 4096 };

struct spp_slots {
	size_t count;
	size_t fine;      /* that many come first; the rest are hours */
	double *begin_s;  /* [slot], from now */
	double *length_s; /* [slot] */
};

/*
 * Slots of SLOT_S until HORIZON_S, the last cut where it ends; then, where
 * COARSE_S is more, slots that end on the hour (of the clock, so now tells
 * where) until COARSE_S.  All live in the arena.
 */
bool spp_slots_make(struct spp_slots *slots, spp_time now, double slot_s,
	double horizon_s, double coarse_s, struct spp_arena *arena,
	struct spp_err *err);

#endif
