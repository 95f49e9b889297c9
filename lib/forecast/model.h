/*
 * Forecasting models.  A model is the fold of one update over the ticks of
 * a series; its state is an array of doubles.  The same model with other
 * parameters, a setting, is another candidate: all candidates run side by
 * side, and what they would have said decides between them (choose.h), so
 * that nothing is fitted apart.
 */
#ifndef SPP_FORECAST_MODEL_H
#define SPP_FORECAST_MODEL_H

#include <stdbool.h>
#include <stddef.h>

struct spp_model;

/* A model and its parameters. */
struct spp_setting {
	const struct spp_model *model;
	size_t season;   /* ticks of a season, 0 = none */
	double level;    /* gain of the level, 0 = mean of all */
	double trend;    /* gain of the slope */
	double damping;  /* of the slope from tick to tick */
	double seasonal; /* gain of the seasonal part */
};

struct spp_model {
	const char *name;
	const char *text; /* one line for the manual */
	bool seasonal;    /* one candidate for each season */
	size_t count;     /* of its settings; model and season are not set */
	const struct spp_setting *settings;

	/* Doubles of its state, which begins as all zero. */
	size_t (*size)(const struct spp_setting *setting);

	/* One tick more; NAN = nothing is known of it. */
	void (*update)(
		const struct spp_setting *setting, double *state, double value);

	/*
	 * The mean of each of the next COUNT ticks, as far as they differ:
	 * returns how many were written (at least one); the ticks beyond
	 * are like the last of these.  At least one value was known.
	 */
	size_t (*forecast)(const struct spp_setting *setting,
		const double *state, size_t count, double *means);
};

/* Every model; simple ones first, since those win ties. */
extern const struct spp_model *const spp_models[];
extern const size_t spp_model_count;

extern const struct spp_model spp_model_last, spp_model_mean, spp_model_ses,
	spp_model_holt, spp_model_naive, spp_model_winters;

/* Index of a model by name, or SIZE_MAX. */
size_t spp_model_find(const char *name);

#endif
