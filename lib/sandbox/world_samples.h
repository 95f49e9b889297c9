/* Between the files of a world: its samples. */
#ifndef SPP_SANDBOX_WORLD_SAMPLES_H
#define SPP_SANDBOX_WORLD_SAMPLES_H

#include "lib/sandbox/world.h"

/* Keep a sample while the feed is read; context is the world. */
bool spp_world_take(
	void *context, const struct spp_record *record, struct spp_err *err);

/* When all is read: sort the samples, find the start, make the rates. */
bool spp_world_lay_samples(
	struct spp_world *world, spp_time now, struct spp_err *err);

#endif
