#include "lib/stages/migrate_clock.h"

#include <time.h>

int64_t spp_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct spp_migrate_clock spp_clock_from(spp_time date, double speed)
{
	struct timespec now;

	if (date == SPP_TIME_NONE) {
		clock_gettime(CLOCK_REALTIME, &now);
		date = (spp_time)now.tv_sec * SPP_SECOND + now.tv_nsec / 1000;
	}
	return (struct spp_migrate_clock){
		.base = date, .base_ms = spp_clock_ms(), .speed = speed};
}

spp_time spp_clock_date(const struct spp_migrate_clock *clock)
{
	double passed_ms = (double)(spp_clock_ms() - clock->base_ms);

	return spp_time_add(clock->base, passed_ms / 1000 * clock->speed);
}
