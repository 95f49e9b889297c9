/* Forecast lines as records or as a table. */
#ifndef SPP_STAGES_FORECAST_PRINT_H
#define SPP_STAGES_FORECAST_PRINT_H

#include "lib/forecast/forecast.h"

struct spp_err;
struct spp_lines;
struct spp_stage;

/* The forecasts and the summary; with --format=table a table of them. */
bool spp_forecast_print(struct spp_stage *stage, const struct spp_lines *lines,
	const struct spp_forecast_options *options, const struct spp_grid *grid,
	struct spp_err *err);

#endif
