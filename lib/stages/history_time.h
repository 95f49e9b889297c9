/* Times as files write them. */
#ifndef SPP_STAGES_HISTORY_TIME_H
#define SPP_STAGES_HISTORY_TIME_H

#include "lib/base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_err;

/*
 * How the times of a file are read: NULL RFC 3339, "epoch", "epoch_ms" or
 * "epoch_us" numbers since 1970, else a pattern of %Y %m %d %H %M %S and
 * other characters that stand for themselves.
 */
struct spp_time_format {
	const char *pattern;
	double unit_s; /* of numbers since 1970, 0 = a text */
	int32_t utc_offset_s;
};

bool spp_time_format_make(struct spp_time_format *format, const char *pattern,
	const char *utc_offset, struct spp_err *err);

/* False for any other text. */
bool spp_time_format_read(
	const struct spp_time_format *format, const char *text, spp_time *time);

#endif
