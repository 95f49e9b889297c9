/*
 * The clock of an execution.  Of all filters only spp-migrate reads one,
 * and only here: a monotonic one for deadlines, and the date for records.
 */
#ifndef SPP_STAGES_MIGRATE_CLOCK_H
#define SPP_STAGES_MIGRATE_CLOCK_H

#include "lib/base/time.h"

struct spp_migrate_clock {
	spp_time base;   /* the date when base_ms was read */
	int64_t base_ms; /* monotonic */
	double speed;    /* seconds of the plan in a real second */
};

/* Milliseconds that only go forward. */
int64_t spp_clock_ms(void);

/* From now on: DATE, or SPP_TIME_NONE for the machine's own date. */
struct spp_migrate_clock spp_clock_from(spp_time date, double speed);

spp_time spp_clock_date(const struct spp_migrate_clock *clock);

#endif
