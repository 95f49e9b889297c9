#include "lib/forecast/candidates.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <assert.h>
#include <stdint.h>

enum { SEASONS = 3, SEASON_TICKS_LEAST = 4 };

static const int64_t season_s[SEASONS] = {3600, 86400, 604800};

/* Ticks of a season, 0 where it has too few or too many of them. */
static size_t season_ticks(spp_time length, spp_time step, size_t count)
{
	size_t ticks = (size_t)(length / step);

	if (length % step != 0 || ticks < SEASON_TICKS_LEAST ||
		2 * ticks > count)
		return 0;
	return ticks;
}

static void add(struct spp_setting *settings, size_t *made,
	const struct spp_model *model, size_t season)
{
	for (size_t i = 0; i < model->count; i++) {
		settings[*made] = model->settings[i];
		settings[*made].model = model;
		settings[(*made)++].season = season;
	}
}

bool spp_candidates_make(const struct spp_setting **settings, size_t *made,
	size_t model, spp_time step, size_t count, struct spp_arena *arena,
	struct spp_err *err)
{
	struct spp_setting *all;
	size_t most = 1;

	assert(step > 0);
	for (size_t m = 0; m < spp_model_count; m++)
		most += spp_models[m]->count *
		        (spp_models[m]->seasonal ? SEASONS : 1);
	all = spp_arena_alloc(arena, most, sizeof(*all));
	if (!spp_arena_ok(arena, err))
		return false;
	*made = 0;
	for (size_t m = 0; m < spp_model_count; m++) {
		if (model != SIZE_MAX && model != m)
			continue;
		if (!spp_models[m]->seasonal)
			add(all, made, spp_models[m], 0);
		for (size_t s = 0; s < SEASONS && spp_models[m]->seasonal;
			s++) {
			size_t season = season_ticks(
				season_s[s] * SPP_SECOND, step, count);

			if (season > 0)
				add(all, made, spp_models[m], season);
		}
	}
	if (*made == 0)
		add(all, made, &spp_model_last, 0);
	assert(*made <= most);
	*settings = all;
	return true;
}
