/* The sandbox as records. */
#ifndef SPP_SANDBOX_RECORDS_H
#define SPP_SANDBOX_RECORDS_H

#include "lib/sandbox/sandbox.h"

/*
 * State and samples as one bare feed, appended to buf.  Samples before
 * SINCE are left out (SPP_TIME_NONE: none are).
 */
void spp_records_print(const struct spp_sandbox *sandbox, spp_time since,
	struct spp_buf *buf, struct spp_arena *arena);

/* The driver record alone, without a newline. */
void spp_records_driver(const struct spp_sandbox *sandbox, struct spp_buf *buf,
	struct spp_arena *arena);

#endif
