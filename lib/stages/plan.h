/* spp-plan: assignments in, moves in time out. */
#ifndef SPP_STAGES_PLAN_H
#define SPP_STAGES_PLAN_H

#include "lib/cli/command.h"

struct spp_plan_options {
	struct spp_common common;
	double max_concurrent, max_per_platform, max_per_rack; /* NAN = not */
	double rate, platform_rate;
	struct spp_strings window; /* "02:00-05:00", "02:00-05:00+01:00" */
	bool seal, undo;
};

extern const struct spp_fields spp_plan_options_fields;

bool spp_stage_plan(
	struct spp_context *context, const void *options, struct spp_err *err);

#endif
