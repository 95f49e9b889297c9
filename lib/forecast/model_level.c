/*
 * Models without season: last value, mean, simple exponential smoothing and
 * Holt's linear trend with damping (Hyndman, Athanasopoulos: Forecasting,
 * Principles and Practice, 3rd ed., 8.1 and 8.2; gains as in their
 * error-correction form).
 */
#include "lib/forecast/model.h"

#include <math.h>

/* State of last, mean and ses: values seen, level. */
enum { SEEN, LEVEL, LEVEL_SIZE };
/* State of holt: the same and the slope. */
enum { SLOPE = LEVEL_SIZE, HOLT_SIZE };

static size_t level_size(const struct spp_setting *setting)
{
	(void)setting;
	return LEVEL_SIZE;
}

/*
 * The first values are averaged: a level that began with one outlier would
 * carry it for long where the gain is small.
 */
static void level_update(
	const struct spp_setting *setting, double *state, double value)
{
	double gain = setting->level;

	if (isnan(value))
		return;
	state[SEEN]++;
	if (gain * state[SEEN] < 1)
		gain = 1 / state[SEEN];
	state[LEVEL] += gain * (value - state[LEVEL]);
}

static size_t level_forecast(const struct spp_setting *setting,
	const double *state, size_t count, double *means)
{
	(void)setting;
	(void)count;
	means[0] = state[LEVEL];
	return 1;
}

static size_t holt_size(const struct spp_setting *setting)
{
	(void)setting;
	return HOLT_SIZE;
}

static void holt_update(
	const struct spp_setting *setting, double *state, double value)
{
	double expected = state[LEVEL] + setting->damping * state[SLOPE];
	double gain;

	state[SLOPE] *= setting->damping;
	if (isnan(value)) {
		state[LEVEL] = expected;
		return;
	}
	state[SEEN]++;
	gain = 1 / state[SEEN];
	state[LEVEL] =
		expected + fmax(setting->level, gain) * (value - expected);
	/* Two values are no trend yet: the slope learns as the level does. */
	if (gain <= setting->level)
		state[SLOPE] += setting->trend * (value - expected);
}

/*
 * However steep, a trend at most doubles the level: behind a burst there is
 * more often nothing than a larger one.
 */
static size_t holt_forecast(const struct spp_setting *setting,
	const double *state, size_t count, double *means)
{
	double most = 2 * fabs(state[LEVEL]);
	double mean = state[LEVEL], slope = state[SLOPE];
	size_t h = 0;

	do {
		slope *= setting->damping;
		mean += slope;
		means[h++] = mean < most ? mean : most;
	} while (h < count && fabs(slope) > 1e-9 * most);
	return h;
}

static const struct spp_setting last[] = {{.level = 1}};
static const struct spp_setting mean[] = {{.level = 0}};
static const struct spp_setting ses[] = {
	{.level = .01},
	{.level = .03},
	{.level = .1},
	{.level = .2},
	{.level = .4},
	{.level = .7},
};
static const struct spp_setting holt[] = {
	{.level = .2, .trend = .02, .damping = .95},
	{.level = .4, .trend = .05, .damping = .98},
	{.level = .5, .trend = .1, .damping = .9},
	{.level = .9, .trend = .2, .damping = .8},
};

#define SETTINGS(table) sizeof(table) / sizeof(*(table)), (table)

const struct spp_model spp_model_last = {"last", "the last value", false,
	SETTINGS(last), level_size, level_update, level_forecast};
const struct spp_model spp_model_mean = {"mean", "the mean of all values",
	false, SETTINGS(mean), level_size, level_update, level_forecast};
const struct spp_model spp_model_ses = {"ses", "simple exponential smoothing",
	false, SETTINGS(ses), level_size, level_update, level_forecast};
const struct spp_model spp_model_holt = {"holt", "damped linear trend", false,
	SETTINGS(holt), holt_size, holt_update, holt_forecast};
