#include "lib/sandbox/clock.h"

#include <assert.h>
#include <time.h>

uint64_t spp_clock_real_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void spp_clock_begin(struct spp_clock *clock, double speed, double step_max_s,
	spp_time start)
{
	assert(speed > 0 && step_max_s > 0);
	*clock = (struct spp_clock){
		.speed = speed,
		.step_max_s = step_max_s,
		.start = start,
		.real_ns = spp_clock_real_ns(),
	};
	clock->first_ns = clock->real_ns;
}

double spp_clock_advance(struct spp_clock *clock)
{
	uint64_t now = spp_clock_real_ns();
	double real_s = (double)(now - clock->real_ns) * 1e-9;

	clock->real_ns = now;
	if (real_s > clock->step_max_s) {
		clock->slip_s += real_s - clock->step_max_s;
		real_s = clock->step_max_s;
	}
	clock->now_s += real_s * clock->speed;
	return real_s * clock->speed;
}

uint64_t spp_clock_stamp(const struct spp_clock *clock)
{
	return (uint64_t)(clock->now_s * 1e9);
}

spp_time spp_clock_calendar(const struct spp_clock *clock, double at_s)
{
	return spp_time_add(clock->start, at_s);
}

void spp_clock_sleep(uint64_t real_ns)
{
	const struct timespec until = {
		.tv_sec = (time_t)(real_ns / 1000000000),
		.tv_nsec = (long)(real_ns % 1000000000),
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}
