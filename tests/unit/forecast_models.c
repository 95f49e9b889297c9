/* The models against their equations, written another way. */
#include "tests/unit/test.h"

#include "lib/base/rng.h"
#include "lib/forecast/model.h"

#include <math.h>
#include <string.h>

enum { TICKS = 200, STATE = 64 };

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * (1 + fabs(a) + fabs(b));
}

static void fill(double *values, size_t count, uint64_t seed)
{
	struct spp_rng rng = spp_rng_for(seed, 0);

	for (size_t i = 0; i < count; i++)
		values[i] = 100 + 30 * sin((double)i / 3) +
		            10 * spp_rng_normal(&rng);
}

static struct spp_setting setting_of(
	const struct spp_model *model, size_t index, size_t season)
{
	struct spp_setting setting = model->settings[index];

	setting.model = model;
	setting.season = season;
	return setting;
}

static double next(const struct spp_setting *setting, const double *state)
{
	double means[1];

	setting->model->forecast(setting, state, 1, means);
	return means[0];
}

/*
 * Exports of Algeria, 1960 to 1965 (Hyndman, Athanasopoulos: Forecasting,
 * Principles and Practice, 3rd ed., table 8.1).
 */
static void ses_is_as_published(void)
{
	static const double values[] = {
		39.04, 46.24, 19.79, 24.68, 25.08, 22.60};
	static const double levels[] = {
		39.12, 45.10, 23.84, 24.55, 24.99, 22.98};
	struct spp_setting setting = {.model = &spp_model_ses, .level = 0.84};
	double state[STATE] = {100, 39.54}; /* seen many, level */

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		setting.model->update(&setting, state, values[i]);
		CHECK(fabs(next(&setting, state) - levels[i]) < 0.006);
	}
}

static void ses_is_a_weighted_mean(void)
{
	double values[TICKS];

	fill(values, TICKS, 1);
	for (size_t k = 0; k < spp_model_ses.count; k++) {
		struct spp_setting setting = setting_of(&spp_model_ses, k, 0);
		double state[STATE] = {0};
		double sum = 0, weight = 0;

		for (size_t i = 0; i < TICKS; i++)
			setting.model->update(&setting, state, values[i]);
		/* Weight of value i: its gain by what later ones left. */
		for (size_t i = 0; i < TICKS; i++) {
			double w = fmax(setting.level, 1 / (double)(i + 1));

			for (size_t j = i + 1; j < TICKS; j++)
				w *= 1 -
				     fmax(setting.level, 1 / (double)(j + 1));
			sum += w * values[i];
			weight += w;
		}
		CHECK(near(weight, 1));
		CHECK(near(next(&setting, state), sum));
	}
}

static void last_and_mean_are_what_they_say(void)
{
	struct spp_setting last = setting_of(&spp_model_last, 0, 0);
	struct spp_setting mean = setting_of(&spp_model_mean, 0, 0);
	double a[STATE] = {0}, b[STATE] = {0}, values[TICKS], sum = 0;

	fill(values, TICKS, 2);
	for (size_t i = 0; i < TICKS; i++) {
		last.model->update(&last, a, values[i]);
		last.model->update(&last, a, NAN);
		mean.model->update(&mean, b, values[i]);
		mean.model->update(&mean, b, NAN);
		sum += values[i];
		CHECK(near(next(&last, a), values[i]));
		CHECK(near(next(&mean, b), sum / (double)(i + 1)));
	}
}

/* In component form: level and slope each as a weighted mean. */
static void holt_is_its_equations(void)
{
	struct spp_setting setting = {.model = &spp_model_holt,
		.level = 0.4,
		.trend = 0.1,
		.damping = 0.9};
	double beta = setting.trend / setting.level;
	double state[STATE] = {1000, 100, 2};
	double level = 100, slope = 2, values[TICKS], means[5];

	fill(values, TICKS, 3);
	for (size_t i = 0; i < TICKS; i++) {
		double before = level, damped = setting.damping * slope;
		double mean, steps = 0;
		size_t filled;

		level = setting.level * values[i] +
		        (1 - setting.level) * (before + damped);
		slope = beta * (level - before) + (1 - beta) * damped;
		setting.model->update(&setting, state, values[i]);
		filled = setting.model->forecast(&setting, state, 5, means);
		for (size_t h = 0; h < filled; h++) {
			steps += pow(setting.damping, (double)h + 1);
			mean = level + steps * slope;
			CHECK(near(means[h], fmin(mean, 2 * fabs(level))));
		}
	}
}

static void naive_is_a_season_ago(void)
{
	enum { SEASON = 12 };
	struct spp_setting setting = setting_of(&spp_model_naive, 0, SEASON);
	double state[STATE] = {0}, values[TICKS], means[2 * SEASON];

	fill(values, TICKS, 4);
	for (size_t i = 0; i < TICKS; i++) {
		setting.model->update(&setting, state, values[i]);
		if (i + 1 < SEASON)
			continue;
		CHECK(setting.model->forecast(&setting, state, 2 * SEASON,
			      means) == 2 * SEASON);
		for (size_t h = 0; h < 2 * SEASON; h++)
			CHECK(means[h] == values[i + 1 - SEASON + h % SEASON]);
	}
	/* What is missing keeps the value of the season before. */
	setting.model->update(&setting, state, NAN);
	setting.model->forecast(&setting, state, SEASON, means);
	CHECK(means[SEASON - 1] == values[TICKS - SEASON]);
}

/*
 * In component form; the first season is its values above their mean, and
 * the seasonal gain is at least that of a mean over the seasons.
 */
static void winters_is_its_equations(void)
{
	enum { SEASON = 7 };
	struct spp_setting setting = {.model = &spp_model_winters,
		.season = SEASON,
		.level = 0.3,
		.trend = 0.06,
		.damping = 0.9,
		.seasonal = 0.1};
	double beta = setting.trend / setting.level;
	double state[STATE] = {0}, values[TICKS], season[SEASON], means[20];
	double level = 0, slope = 0;

	fill(values, TICKS, 5);
	for (size_t i = 0; i < SEASON; i++)
		level += values[i] / SEASON;
	for (size_t i = 0; i < SEASON; i++)
		season[i] = values[i] - level;
	for (size_t i = 0; i < TICKS; i++) {
		double before = level, damped = setting.damping * slope;
		double steps = 0, *part = &season[i % SEASON];
		double gain = fmax(
			setting.seasonal, 1 / (1 + floor((double)i / SEASON)));

		setting.model->update(&setting, state, values[i]);
		if (i < SEASON)
			continue;
		level = setting.level * (values[i] - *part) +
		        (1 - setting.level) * (before + damped);
		slope = beta * (level - before) + (1 - beta) * damped;
		*part = gain * (values[i] - level) + (1 - gain) * *part;
		setting.model->forecast(&setting, state, 20, means);
		for (size_t h = 0; h < 20; h++) {
			steps += pow(setting.damping, (double)h + 1);
			CHECK(near(means[h],
				level + steps * slope +
					season[(i + 1 + h) % SEASON]));
		}
	}
}

/* A state that has seen nothing forecasts 0, and gaps break nothing. */
static void gaps_are_harmless(void)
{
	for (size_t m = 0; m < spp_model_count; m++) {
		for (size_t k = 0; k < spp_models[m]->count; k++) {
			struct spp_setting setting = setting_of(spp_models[m],
				k, spp_models[m]->seasonal ? 6 : 0);
			double state[STATE] = {0};

			CHECK(setting.model->size(&setting) <= STATE);
			CHECK(next(&setting, state) == 0);
			for (size_t i = 0; i < 100; i++) {
				setting.model->update(&setting, state,
					i % 3 == 1 || i / 20 == 2 ? NAN : 7);
				CHECK(near(next(&setting, state), 7));
			}
		}
	}
}

static void names_are_found(void)
{
	for (size_t m = 0; m < spp_model_count; m++)
		CHECK(spp_model_find(spp_models[m]->name) == m);
	CHECK(spp_model_find("prophet") == SIZE_MAX);
}

static const struct test tests[] = {
	{"ses is as published", ses_is_as_published},
	{"ses is a weighted mean", ses_is_a_weighted_mean},
	{"last and mean are what they say", last_and_mean_are_what_they_say},
	{"holt is its equations", holt_is_its_equations},
	{"seasonal naive is a season ago", naive_is_a_season_ago},
	{"winters is its equations", winters_is_its_equations},
	{"gaps are harmless", gaps_are_harmless},
	{"names are found", names_are_found},
};

int main(void)
{
	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
