/*
 * A CSV history, its grid and its forecast: whatever the file holds, what
 * comes out is finite, not negative and within what was measured, or an
 * error.  The first byte chooses the options.
 */
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/cluster/series.h"
#include "lib/forecast/forecast.h"
#include "lib/io/input.h"
#include "lib/stages/history.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

static struct spp_history_options options_of(unsigned char byte)
{
	struct spp_history_options options = {.start = SPP_TIME_NONE,
		.step_s = NAN,
		.scale = 1,
		.record_bytes = NAN,
		.stream = "s",
		.utc_offset = "Z"};

	options.kind = byte % 3;
	options.measure = byte / 4 % 2;
	options.no_header = byte & 8;
	if (byte & 16) {
		options.start = 0;
		options.step_s = 300;
	}
	if (byte & 32)
		options.time_format = "epoch";
	if (byte & 64)
		options.record_bytes = 100;
	return options;
}

static void check_outlook(
	const struct spp_outlook *outlook, const struct spp_slots *slots)
{
	for (size_t m = 0; m < SPP_MEASURES; m++) {
		const struct spp_expected *expected = &outlook->measures[m];

		for (size_t s = 0; expected->mean && s < slots->count; s++) {
			assert(expected->mean[s] >= 0);
			assert(expected->mean[s] <= 1e18);
			assert(expected->sd[s] >= 0 && expected->sd[s] <= 4e18);
		}
	}
}

static void forecast(const struct spp_grid *grid, struct spp_arena *arena)
{
	struct spp_slots slots;
	struct spp_forecast_options options = {
		.model = SIZE_MAX, .slots = &slots, .now = spp_grid_end(grid)};
	struct spp_outlook *outlooks =
		spp_arena_alloc(arena, grid->count, sizeof(*outlooks));
	bool done;

	done = spp_slots_make(&slots, options.now, 300, 900, 7200, arena, NULL);
	assert(done && outlooks);
	if (!spp_forecast_run(outlooks, grid, &options, 1, arena, NULL))
		return;
	for (size_t i = 0; i < grid->count; i++)
		check_outlook(&outlooks[i], &slots);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spp_grid_options plain = {
		0, 60 * SPP_SECOND, SPP_TIME_NONE, NAN};
	struct spp_context context = {0};
	struct spp_history_options options;
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	struct spp_err err = {0};
	struct spp_input input;
	struct spp_grid grid;
	bool done;

	if (size == 0)
		return 0;
	options = options_of(data[0]);
	done = spp_input_memory(&input, (const char *)data + 1, size - 1,
		       "fuzz", &err) &&
	       spp_history_read_input(
		       &context, &samples, &options, &input, &err);
	assert(done == (err.status == SPP_DONE));
	if (done && spp_grid_build(&grid, &samples, &plain, &arena, &err) &&
		grid.ticks < 4096)
		forecast(&grid, &arena);
	spp_input_close(&input);
	spp_samples_free(&samples);
	spp_arena_free(&arena);
	return 0;
}
