/*
 * The driver of the sandbox: requests of the driver contract come in on
 * stdin, one a line, and go on as HTTP, many at a time; the replies go to
 * stdout in the order in which they come.
 */
#ifndef SPP_DRIVERS_SANDBOX_H
#define SPP_DRIVERS_SANDBOX_H

#include "lib/cli/command.h"

extern const struct spp_fields spp_driver_sandbox_fields;

/* The one operand is the sandbox's URL. */
bool spp_driver_sandbox_run(
	struct spp_context *context, const void *options, struct spp_err *err);

#endif
