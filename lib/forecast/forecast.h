/*
 * The forecaster: a grid of series in, an outlook for each of them out.
 * Pure: no file, clock or environment; partitions are independent, so the
 * work spreads over threads and gives the same at any number of them.
 */
#ifndef SPP_FORECAST_FORECAST_H
#define SPP_FORECAST_FORECAST_H

#include "lib/cluster/series.h"
#include "lib/forecast/choose.h"
#include "lib/forecast/slots.h"

struct spp_forecast_options {
	size_t model; /* index into spp_models, SIZE_MAX = the best */
	const struct spp_slots *slots;
	spp_time now; /* begin of the first slot; not before the grid's end */
	size_t quantile_count;
	const double *quantiles; /* in (0, 1), ascending */
};

/* What is expected of one measure; all arrays NULL where it is unknown. */
struct spp_expected {
	double *mean;      /* [slot], per second */
	double *sd;        /* [slot] */
	double *quantiles; /* [quantile * slots + slot] */
	double last;       /* of the last complete slot, NAN = unknown */
	const struct spp_model *model[SPP_PARTS]; /* NULL: a fallback */
};

/* Everything in it is rounded as estimates are. */
struct spp_outlook {
	struct spp_expected measures[SPP_MEASURES];
	size_t seen;  /* ticks with a value */
	size_t stale; /* ticks since the last of them */
};

/* Arrays of one measure, all zero, and nothing known. */
bool spp_expected_new(struct spp_expected *expected,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_err *err);

/*
 * Outlooks of all series of the grid, [series].  They live in the arena; a
 * series without any value has no measure.
 */
bool spp_forecast_run(struct spp_outlook *outlooks, const struct spp_grid *grid,
	const struct spp_forecast_options *options, size_t threads,
	struct spp_arena *arena, struct spp_err *err);

/*
 * What is expected of something that has no history, from COUNT others like
 * it: slot by slot the median of their means, with a deviation that also
 * covers how much they differ.  A measure that none of them has stays
 * unknown.
 */
bool spp_outlook_median(struct spp_outlook *outlook,
	const struct spp_outlook *const *others, size_t count,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_err *err);

/* Bytes from records (or the other way), RATIO bytes to a record. */
bool spp_outlook_convert(struct spp_outlook *outlook, enum spp_measure to,
	double ratio, const struct spp_forecast_options *options,
	struct spp_arena *arena, struct spp_err *err);

#endif
