/* spp-forecast: history in, what is to be expected out. */
#ifndef SPP_STAGES_FORECAST_H
#define SPP_STAGES_FORECAST_H

#include "lib/cli/command.h"
#include "lib/stages/history.h"

struct spp_forecast_stage {
	struct spp_common common;
	struct spp_strings csv;
	struct spp_history_options history;
	double history_s;
	struct spp_strings horizon; /* one or two durations */
	double slot_s;
	int model; /* 0 = the best, else 1 + index into spp_models */
	struct spp_strings quantiles;
	bool keep_samples;
};

extern const struct spp_fields spp_forecast_options;

bool spp_stage_forecast(
	struct spp_context *context, const void *options, struct spp_err *err);

#endif
