#include "lib/forecast/choose.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <assert.h>
#include <math.h>

/* Mean squared error of a candidate over a part, a second for a second. */
static double loss_of(const struct spp_target *target,
	const struct spp_part *part, const struct spp_past *past,
	const struct spp_trial *trial)
{
	double loss = 0;

	for (size_t i = 0; i < part->count; i++) {
		size_t s = part->first + i;

		if (past->weight[i] > 0)
			loss += trial->square[s] / past->weight[i] *
			        (target->to[s] - target->from[s]);
	}
	return loss;
}

/* The candidate with the least loss; of equal ones the first. */
static size_t best_of(const struct spp_target *target,
	const struct spp_part *part, const struct spp_past *past,
	const struct spp_trial *trials, size_t count)
{
	size_t best = 0;
	double least = INFINITY;

	for (size_t c = 0; c < count; c++) {
		double loss = loss_of(target, part, past, &trials[c]);

		if (loss < least) {
			least = loss;
			best = c;
		}
	}
	return best;
}

static void take(struct spp_choice *choice, const struct spp_part *part,
	const struct spp_past *past, const struct spp_trial *trial)
{
	for (size_t i = 0; i < part->count; i++) {
		size_t s = part->first + i;

		choice->mean[s] = trial->mean[s];
		choice->weight[s] = past->weight[i];
		choice->square[s] = past->weight[i] > 0
		                            ? trial->square[s] / past->weight[i]
		                            : NAN;
	}
}

/* Memory for all candidates; *means is the scratch of spp_trial_run. */
static bool trials_new(struct spp_trial *trials, double **means,
	const struct spp_target *target, const struct spp_setting *settings,
	size_t count, struct spp_arena *arena, struct spp_err *err)
{
	for (size_t c = 0; c < count; c++)
		if (!spp_trial_new(
			    &trials[c], &settings[c], target, arena, err))
			return false;
	*means = spp_arena_alloc(arena,
		target->part[target->parts - 1].ticks + 1, sizeof(double));
	return spp_arena_ok(arena, err);
}

bool spp_choose(struct spp_choice *choice, const struct spp_target *target,
	const struct spp_values *values, const struct spp_setting *settings,
	size_t count, struct spp_arena *arena, struct spp_err *err)
{
	struct spp_trial *trials =
		spp_arena_alloc(arena, count, sizeof(*trials));
	struct spp_past *pasts =
		spp_arena_alloc(arena, target->parts, sizeof(*pasts));
	double *means = NULL;

	assert(count > 0 && values->count > 0 && !isnan(values->items[0]));
	choice->mean = spp_arena_alloc(arena, target->slots, sizeof(double));
	choice->square = spp_arena_alloc(arena, target->slots, sizeof(double));
	choice->weight = spp_arena_alloc(arena, target->slots, sizeof(double));
	choice->pasts = pasts;
	if (!spp_arena_ok(arena, err) || !trials_new(trials, &means, target,
						 settings, count, arena, err))
		return false;
	for (size_t p = 0; p < target->parts; p++)
		if (!spp_past_make(&pasts[p], target, p, values, arena, err))
			return false;
	for (size_t c = 0; c < count; c++)
		spp_trial_run(&trials[c], target, values, pasts, means);
	for (size_t p = 0; p < target->parts; p++) {
		const struct spp_part *part = &target->part[p];
		size_t best = best_of(target, part, &pasts[p], trials, count);

		choice->chosen[p] = best;
		take(choice, part, &pasts[p], &trials[best]);
	}
	return true;
}
