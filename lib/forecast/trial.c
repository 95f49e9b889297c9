#include "lib/forecast/choose.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <assert.h>
#include <math.h>

static const double rate_max = 1e18; /* what a forecast may say at most */

/*
 * What was measured over [from, to) ticks after an origin; NAN where less
 * than half of it is known, or more than was seen is.
 */
static double actual_mean(
	const struct spp_values *values, size_t origin, double from, double to)
{
	double first = (double)origin + from, end = (double)origin + to;
	double sum = 0, known = 0;

	if (end > (double)values->count + 1e-9)
		return NAN;
	for (size_t t = (size_t)first; (double)t < end && t < values->count;
		t++) {
		double share =
			fmin(end, (double)t + 1) - fmax(first, (double)t);

		/* A censored value does not say what the demand was. */
		if (isnan(values->items[t]) || signbit(values->items[t]))
			continue;
		sum += share * values->items[t];
		known += share;
	}
	if (known <= 0 || known < 0.5 * (to - from) - 1e-9)
		return NAN;
	return sum / known;
}

bool spp_past_make(struct spp_past *past, const struct spp_target *target,
	size_t part, const struct spp_values *values, struct spp_arena *arena,
	struct spp_err *err)
{
	const struct spp_part *wanted = &target->part[part];
	size_t reach = wanted->window + wanted->ticks;
	size_t last = values->count - 1; /* the newest needs a successor */

	if (reach > last)
		reach = last;
	past->origins = reach / wanted->stride;
	past->first = values->count - past->origins * wanted->stride;
	past->actual = spp_arena_alloc(
		arena, past->origins * wanted->count, sizeof(double));
	past->weight = spp_arena_alloc(arena, wanted->count, sizeof(double));
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t o = 0; o < past->origins; o++) {
		for (size_t i = 0; i < wanted->count; i++) {
			size_t s = wanted->first + i;
			double actual = actual_mean(values,
				past->first + o * wanted->stride,
				target->from[s], target->to[s]);

			past->actual[o * wanted->count + i] = actual;
			if (!isnan(actual))
				past->weight[i] =
					past->weight[i] * wanted->memory + 1;
		}
	}
	return true;
}

bool spp_trial_new(struct spp_trial *trial, const struct spp_setting *setting,
	const struct spp_target *target, struct spp_arena *arena,
	struct spp_err *err)
{
	*trial = (struct spp_trial){.setting = setting};
	trial->state = spp_arena_alloc(
		arena, setting->model->size(setting), sizeof(double));
	trial->square = spp_arena_alloc(arena, target->slots, sizeof(double));
	trial->mean = spp_arena_alloc(arena, target->slots, sizeof(double));
	return spp_arena_ok(arena, err);
}

/*
 * What a candidate learns from a tick.  A censored value says "at least";
 * where more than that was expected, it says nothing.
 */
static void learn(struct spp_trial *trial, float value, double *means)
{
	const struct spp_setting *setting = trial->setting;
	double known = value;

	if (signbit(value) && !isnan(value)) {
		known = -known;
		setting->model->forecast(setting, trial->state, 1, means);
		if (means[0] > known)
			known = NAN;
	}
	setting->model->update(setting, trial->state, known);
}

static double clamp(double mean)
{
	/* Written so that NAN, which no model should make, is 0. */
	return mean > 0 ? mean < rate_max ? mean : rate_max : 0;
}

/* Forecast a part from one origin and compare with what followed. */
static void try_origin(struct spp_trial *trial, const struct spp_target *target,
	size_t p, const double *actual, double *errors, double *means)
{
	const struct spp_part *part = &target->part[p];
	const struct spp_setting *setting = trial->setting;
	size_t filled = setting->model->forecast(
		setting, trial->state, part->ticks, means);

	for (size_t i = 0; i < part->count; i++) {
		size_t s = part->first + i;
		double error =
			actual[i] - clamp(spp_slot_mean(means, filled,
					    target->from[s], target->to[s]));

		if (errors)
			errors[i] = error;
		if (!isnan(error))
			trial->square[s] =
				trial->square[s] * part->memory + error * error;
	}
}

static void finish(
	struct spp_trial *trial, const struct spp_target *target, double *means)
{
	const struct spp_setting *setting = trial->setting;
	size_t ticks = target->part[target->parts - 1].ticks;
	size_t filled =
		setting->model->forecast(setting, trial->state, ticks, means);

	for (size_t s = 0; s < target->slots; s++)
		trial->mean[s] = clamp(spp_slot_mean(
			means, filled, target->from[s], target->to[s]));
}

void spp_trial_run(struct spp_trial *trial, const struct spp_target *target,
	const struct spp_values *values, const struct spp_past *pasts,
	double *means)
{
	size_t next[SPP_PARTS] = {0};

	for (size_t t = 0; t < values->count; t++) {
		learn(trial, values->items[t], means);
		for (size_t p = 0; p < target->parts; p++) {
			const struct spp_part *part = &target->part[p];
			size_t cell = next[p] * part->count;

			if (t + 1 != pasts[p].first + next[p] * part->stride ||
				next[p] == pasts[p].origins)
				continue;
			try_origin(trial, target, p, pasts[p].actual + cell,
				trial->errors[p] ? trial->errors[p] + cell
						 : NULL,
				means);
			next[p]++;
		}
	}
	for (size_t t = 0; t < values->tail; t++)
		trial->setting->model->update(
			trial->setting, trial->state, NAN);
	finish(trial, target, means);
}
