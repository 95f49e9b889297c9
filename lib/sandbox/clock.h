/*
 * The sandbox's own clock.  It runs SPEED times as fast as the machine's,
 * but never makes a step of more than STEP_MAX: where the process did not
 * get the processor, or needed longer for a turn, sandbox time stands still
 * instead of jumping.  So a busy machine slows the sandbox down but does
 * not look like an overloaded platform.  What was left out is kept as slip.
 */
#ifndef SPP_SANDBOX_CLOCK_H
#define SPP_SANDBOX_CLOCK_H

#include "lib/base/time.h"

#include <stdint.h>

struct spp_clock {
	double speed;
	double step_max_s; /* real */
	spp_time start;    /* what the sandbox's calendar says at 0 */
	uint64_t real_ns;  /* monotonic, of the last advance */
	uint64_t first_ns; /* monotonic, of the first */
	double now_s;      /* sandbox seconds since start */
	double slip_s;     /* real seconds left out */
};

void spp_clock_begin(struct spp_clock *clock, double speed, double step_max_s,
	spp_time start);

/* Go on to now; returns the sandbox seconds that went by. */
double spp_clock_advance(struct spp_clock *clock);

/* Nanoseconds since start, as stamps carry them. */
uint64_t spp_clock_stamp(const struct spp_clock *clock);
spp_time spp_clock_calendar(const struct spp_clock *clock, double at_s);
uint64_t spp_clock_real_ns(void);

/* Sleep until the monotonic clock shows real_ns. */
void spp_clock_sleep(uint64_t real_ns);

#endif
