/* The candidates of one series. */
#ifndef SPP_FORECAST_CANDIDATES_H
#define SPP_FORECAST_CANDIDATES_H

#include "lib/base/time.h"
#include "lib/forecast/model.h"

struct spp_arena;
struct spp_err;

/*
 * Settings of MODEL (index into spp_models, SIZE_MAX = all), with the
 * seasons that fit into COUNT ticks of a step at least twice: an hour, a
 * day, a week.  Where none of a forced model fits, the last value is the
 * only candidate.  In the arena, *settings of them.
 */
bool spp_candidates_make(const struct spp_setting **settings, size_t *made,
	size_t model, spp_time step, size_t count, struct spp_arena *arena,
	struct spp_err *err);

#endif
