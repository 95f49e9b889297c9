/*
 * Which candidate forecasts a series: the one whose forecasts from past
 * origins missed what followed by the least squared error, recent ones
 * counting more (rolling origin; Tashman 2000).  Squared, because the best
 * forecast under squared error is the conditional mean, and means are what
 * platforms sum.
 */
#ifndef SPP_FORECAST_CHOOSE_H
#define SPP_FORECAST_CHOOSE_H

#include "lib/forecast/model.h"

struct spp_arena;
struct spp_err;
struct spp_slots;

enum { SPP_PARTS = 2 }; /* fine slots, coarse slots */

/* A part of the slots that one candidate forecasts. */
struct spp_part {
	size_t first, count; /* slots */
	size_t ticks;        /* from the origin to the end of its last slot */
	size_t stride;       /* ticks from one origin to the next */
	size_t window;       /* ticks in which origins lie */
	double memory;       /* weight of an origin by that of the next */
};

/* What is wanted of every series, in ticks after the last complete one. */
struct spp_target {
	size_t slots;
	const double *from, *to; /* [slot] */
	size_t parts;
	struct spp_part part[SPP_PARTS];
};

/*
 * The slots in ticks of STEP_S, the first beginning OFFSET_S after the end
 * of the grid.  Lives in the arena.
 */
bool spp_target_make(struct spp_target *target, const struct spp_slots *slots,
	double step_s, double offset_s, struct spp_arena *arena,
	struct spp_err *err);

/* Mean over [from, to) of a forecast that FILLED ticks tell. */
double spp_slot_mean(
	const double *means, size_t filled, double from, double to);

/* Known values of one measure; the first is known. */
struct spp_values {
	const float *items; /* as in struct spp_series */
	size_t count;
	size_t tail; /* unknown ticks between them and the end of the grid */
};

/*
 * What followed each origin of one part: the past that candidates are tried
 * on.
 */
struct spp_past {
	size_t origins; /* the newest last */
	size_t first;   /* ticks before the first of them */
	double *actual; /* [origin * slots of the part + slot], NAN = unknown */
	double *weight; /* [slot of the part]: sum of weights */
};

bool spp_past_make(struct spp_past *past, const struct spp_target *target,
	size_t part, const struct spp_values *values, struct spp_arena *arena,
	struct spp_err *err);

/* One candidate, run over the values once. */
struct spp_trial {
	const struct spp_setting *setting;
	double *state;             /* after the last tick */
	double *square;            /* [slot]: weighted sum of squared errors */
	double *mean;              /* [slot]: its forecast, never negative */
	double *errors[SPP_PARTS]; /* like actual: what followed less what
				      was forecast; NULL = not wanted */
};

/* Memory for all that a trial holds. */
bool spp_trial_new(struct spp_trial *trial, const struct spp_setting *setting,
	const struct spp_target *target, struct spp_arena *arena,
	struct spp_err *err);

/* MEANS is scratch of target->part[last].ticks + 1 values. */
void spp_trial_run(struct spp_trial *trial, const struct spp_target *target,
	const struct spp_values *values, const struct spp_past *pasts,
	double *means);

struct spp_choice {
	size_t chosen[SPP_PARTS]; /* index of the setting */
	double *mean;             /* [slot], never negative */
	double *square; /* [slot]: mean squared error, NAN = never seen */
	double *weight; /* [slot]: about how many errors it rests on */
	const struct spp_past *pasts; /* [part] */
};

/*
 * Run all candidates over the values and choose.  Result and scratch live
 * in the arena.
 */
bool spp_choose(struct spp_choice *choice, const struct spp_target *target,
	const struct spp_values *values, const struct spp_setting *settings,
	size_t count, struct spp_arena *arena, struct spp_err *err);

#endif
