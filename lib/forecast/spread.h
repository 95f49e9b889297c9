/* How far off a forecast may be: deviations and quantiles. */
#ifndef SPP_FORECAST_SPREAD_H
#define SPP_FORECAST_SPREAD_H

#include "lib/forecast/choose.h"

/*
 * Standard deviation of the error of each slot, from the squared errors of
 * a choice.  Within a part an error does not shrink with the distance, so
 * slots of the same length are pooled where it seems to (isotonic
 * regression: Barlow et al. 1972, pool adjacent violators).  What was never
 * seen is taken from the nearest slot, else from FALLBACK; no deviation is
 * less than LEAST.
 */
bool spp_spread_deviations(double *sd, const struct spp_choice *choice,
	const struct spp_target *target, double fallback, double least,
	struct spp_arena *scratch, struct spp_err *err);

/*
 * Quantile Q of one slot: the mean plus that quantile of past errors, which
 * are sorted here; beyond what COUNT errors can tell, that of the normal
 * law.  Never negative.
 */
double spp_spread_quantile(
	double q, double mean, double sd, double *errors, size_t count);

#endif
