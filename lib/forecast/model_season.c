/*
 * Models with one season: the value a season ago, and Holt-Winters' additive
 * method with damped trend (Hyndman, Athanasopoulos: Forecasting, Principles
 * and Practice, 3rd ed., 5.2 and 8.3, in error-correction form).
 */
#include "lib/forecast/model.h"

#include <assert.h>
#include <math.h>

/* State of both: ticks so far, values seen, level; winters: slope. */
enum { TICKS, SEEN, LEVEL, SLOPE, SEASON };

static size_t season_size(const struct spp_setting *setting)
{
	return SEASON + setting->season;
}

/* The cell of the season in which a tick falls. */
static size_t cell_of(const struct spp_setting *setting, double tick)
{
	assert(setting->season > 0);
	return SEASON + (size_t)tick % setting->season;
}

/*
 * Until a season is full, its cells that are not known yet stand at NAN and
 * the mean so far is forecast for them.
 */
static void begin(const struct spp_setting *setting, double *state)
{
	if (state[TICKS] == 0)
		for (size_t i = 0; i < setting->season; i++)
			state[SEASON + i] = NAN;
}

static void naive_update(
	const struct spp_setting *setting, double *state, double value)
{
	begin(setting, state);
	if (!isnan(value)) {
		state[SEEN]++;
		state[LEVEL] += (value - state[LEVEL]) / state[SEEN];
		state[cell_of(setting, state[TICKS])] = value;
	}
	state[TICKS]++;
}

static size_t naive_forecast(const struct spp_setting *setting,
	const double *state, size_t count, double *means)
{
	size_t cell = cell_of(setting, state[TICKS]);

	for (size_t h = 0; h < count; h++) {
		means[h] = isnan(state[cell]) ? state[LEVEL] : state[cell];
		if (++cell == SEASON + setting->season)
			cell = SEASON;
	}
	return count;
}

/*
 * The first season gives the first seasonal part: what is above the mean of
 * its known values.  Cells without a value are at the mean.
 */
static void winters_begin(const struct spp_setting *setting, double *state)
{
	double *season = state + SEASON;
	double sum = 0, known = 0;

	for (size_t i = 0; i < setting->season; i++) {
		if (isnan(season[i]))
			continue;
		sum += season[i];
		known++;
	}
	for (size_t i = 0; i < setting->season; i++)
		season[i] = isnan(season[i]) ? 0 : season[i] - sum / known;
	if (known > 0)
		state[LEVEL] = sum / known;
}

static void winters_first(
	const struct spp_setting *setting, double *state, double value)
{
	begin(setting, state);
	state[cell_of(setting, state[TICKS])] = value;
	if (!isnan(value)) {
		state[SEEN]++;
		state[LEVEL] +=
			fmax(.2, 1 / state[SEEN]) * (value - state[LEVEL]);
	}
	if (++state[TICKS] == (double)setting->season)
		winters_begin(setting, state);
}

/*
 * From the second season on.  The gain of the seasonal part begins with
 * 1/2, 1/3 ..., the mean of what was seen, and ends as it is set.
 */
static void winters_update(
	const struct spp_setting *setting, double *state, double value)
{
	double seasons = floor(state[TICKS] / (double)setting->season);
	size_t cell;
	double expected, error, gain;

	if (state[TICKS] < (double)setting->season) {
		winters_first(setting, state, value);
		return;
	}
	cell = cell_of(setting, state[TICKS]);
	state[TICKS]++;
	state[SLOPE] *= setting->damping;
	expected = state[LEVEL] + state[SLOPE];
	state[LEVEL] = expected;
	if (isnan(value))
		return;
	state[SEEN]++;
	error = value - expected - state[cell];
	state[LEVEL] += setting->level * error;
	state[SLOPE] += setting->trend * error;
	gain = 1 / (seasons + 1);
	if (gain < setting->seasonal)
		gain = setting->seasonal;
	state[cell] += gain * (1 - setting->level) * error;
}

static size_t winters_forecast(const struct spp_setting *setting,
	const double *state, size_t count, double *means)
{
	size_t cell = cell_of(setting, state[TICKS]);
	double mean = state[LEVEL], slope = state[SLOPE];

	if (state[TICKS] < (double)setting->season) {
		means[0] = state[LEVEL];
		return 1;
	}
	for (size_t h = 0; h < count; h++) {
		slope *= setting->damping;
		mean += slope;
		means[h] = mean + state[cell];
		if (++cell == SEASON + setting->season)
			cell = SEASON;
	}
	return count;
}

static const struct spp_setting naive[] = {{.seasonal = 1}};
static const struct spp_setting winters[] = {
	{.level = .01, .seasonal = .1},
	{.level = .1, .seasonal = .1},
	{.level = .3, .seasonal = .1},
	{.level = .7, .seasonal = .1},
	{.level = .7, .trend = .2, .damping = .8, .seasonal = .1},
};

#define SETTINGS(table) sizeof(table) / sizeof(*(table)), (table)

const struct spp_model spp_model_naive = {"seasonal_naive",
	"the value one season ago", true, SETTINGS(naive), season_size,
	naive_update, naive_forecast};
const struct spp_model spp_model_winters = {"winters",
	"Holt-Winters with season and damped trend", true, SETTINGS(winters),
	season_size, winters_update, winters_forecast};
