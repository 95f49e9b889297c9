/* What all stages behind spp-forecast take from a feed in the same way. */
#ifndef SPP_STAGES_CLUSTER_H
#define SPP_STAGES_CLUSTER_H

#include "lib/cluster/cluster_build.h"
#include "lib/records/feed.h"

/* The records of a cluster and its forecasts: read, and passed on. */
void spp_stage_use_cluster(struct spp_feed_options *reads);

/*
 * What counts as overload, as the answer of spp-assign in the feed was made:
 * its options --certain and of weights.  Nothing is set where there is none.
 */
bool spp_stage_inherit(const struct spp_feed *feed,
	struct spp_cluster_options *options, struct spp_err *err);

/*
 * Options of an earlier run and, where both give one, of this: JSON objects
 * (else they count as empty).  NULL on failure, with err set.
 */
const char *spp_stage_merge_options(const char *earlier, const char *given,
	struct spp_arena *arena, struct spp_err *err);

#endif
