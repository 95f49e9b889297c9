/*
 * Points in time and durations as text.  A time is a count of microseconds
 * since 1970-01-01T00:00:00Z.
 */
#ifndef SPP_BASE_TIME_H
#define SPP_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t spp_time;

#define SPP_TIME_NONE INT64_MIN /* no time given */
#define SPP_SECOND INT64_C(1000000)

enum { SPP_TIME_SIZE = 40 };

/*
 * RFC 3339 with "Z" or an offset; a blank may stand for the "T".  With
 * utc_offset_s other than SPP_OFFSET_NONE a text without offset is taken
 * as local time of that offset, else it is refused.  Digits beyond the
 * microsecond are dropped; a leap second is the second that follows it.
 */
#define SPP_OFFSET_NONE INT32_MIN
bool spp_time_parse(const char *text, int32_t utc_offset_s, spp_time *time);

/* "2026-11-22T10:00:00Z", with a fraction only where there is one. */
size_t spp_time_text(spp_time time, char text[SPP_TIME_SIZE]);

/*
 * "90", "90s", "15m", "1h30m", "7d", "250ms" to seconds; never negative.
 * Units are d, h, m, s, ms, each at most once and in this order.
 */
bool spp_duration_parse(const char *text, double *seconds);

/* "+01:00", "-0330", "+01", "Z" to seconds east of UTC. */
bool spp_offset_parse(const char *text, int32_t *seconds);

/* time + seconds, rounded to a microsecond; stays in range. */
spp_time spp_time_add(spp_time time, double seconds);
double spp_time_since(spp_time time, spp_time origin); /* in seconds */

#endif
