/* spp-assign: forecasts in, where each replica should live out. */
#ifndef SPP_STAGES_ASSIGN_H
#define SPP_STAGES_ASSIGN_H

#include "lib/cli/command.h"
#include "lib/cluster/cluster.h"

enum spp_assign_cost { SPP_COST_EXPECTED, SPP_COST_SEED };

struct spp_assign_stage {
	struct spp_common common;
	double risk, min_gain, act_within_s; /* NAN = default */
	double max_moves, max_bytes, time_limit_s;
	struct spp_weights weights; /* NAN = of the record, or default */
	bool certain, place, exhaustive;
	int cost; /* enum spp_assign_cost */
	struct spp_strings add_platform, drain, fail, freeze;
	double scale_demand;
	const char *explain; /* STREAM/PARTITION */
	const char *platforms_csv, *partitions_csv;
};

extern const struct spp_fields spp_assign_options;

bool spp_stage_assign(
	struct spp_context *context, const void *options, struct spp_err *err);

#endif
