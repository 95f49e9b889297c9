/*
 * Records in, cluster out: names are interned, missing forecasts filled,
 * demand and background worked out, constraints turned into arrays.
 */
#ifndef SPP_CLUSTER_CLUSTER_BUILD_H
#define SPP_CLUSTER_CLUSTER_BUILD_H

#include "lib/cluster/cluster.h"
#include "lib/records/record.h"

struct spp_err;
struct spp_errs;
struct spp_feed;

/* What the build is told beside the feed; all zero is no change at all. */
struct spp_cluster_options {
	spp_time now; /* SPP_TIME_NONE: of the header, else the grid's start */
	double risk;  /* NAN: of the header, else .05 */
	bool place;   /* forecasts without a partition become partitions */
	bool certain;
	bool inherited; /* of an earlier run, which has said what they beat */
	struct spp_weights weights; /* NAN = of the record, else default */
};

/*
 * Everything lives in the arena and borrows texts of the feed.  Warnings
 * say what was filled in or left out.  NULL on failure: SPP_INPUT with a
 * hint when there is no platform, no partition or no forecast at all.
 */
struct spp_cluster *spp_cluster_build(const struct spp_feed *feed,
	const struct spp_cluster_options *options, struct spp_arena *arena,
	struct spp_errs *warnings, struct spp_err *err);

/* Options with nothing set (weights and risk NAN, now absent). */
struct spp_cluster_options spp_cluster_options_none(void);

#endif
