/* spp-verify: is an answer what it says, by the written definitions? */
#ifndef SPP_STAGES_VERIFY_H
#define SPP_STAGES_VERIFY_H

#include "lib/cli/command.h"

struct spp_verify_stage {
	struct spp_common common;
};

/*
 * Says nothing when the answer holds; else one located message for each
 * thing found, each beginning with its reason, and SPP_LEFT.
 */
bool spp_stage_verify(
	struct spp_context *context, const void *options, struct spp_err *err);

#endif
