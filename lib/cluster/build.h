/*
 * Inside of cluster_build: what its parts hand on to each other.  The
 * arrays of a cluster are const to all others; here they are made.
 */
#ifndef SPP_CLUSTER_BUILD_H
#define SPP_CLUSTER_BUILD_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/cluster/cluster.h"
#include "lib/cluster/cluster_build.h"
#include "lib/records/feed.h"

struct spp_build {
	const struct spp_feed *feed;
	const struct spp_cluster_options *options;
	struct spp_arena *arena;
	struct spp_errs *warnings;
	struct spp_cluster *cluster;

	const struct spp_platform **platform;   /* record of each platform */
	const struct spp_partition **partition; /* NULL: of a forecast only */
	const struct spp_forecast **produced;   /* of each partition */
	const struct spp_subscription **subscription; /* NULL: as above */
	const struct spp_forecast **consumed;         /* of each of them */

	struct spp_coefficients *model;
	double *background;
};

/* The demand of all items of a kind, before it is const. */
struct spp_items {
	size_t count;
	struct spp_item *item;
	double *values; /* mean, variance, loadings; one item after another */
	size_t size;    /* doubles of one item */
	bool copies;    /* each stands for all followers of a partition */
};

/* Each part in its own file; called in this order. */
bool spp_build_platforms(struct spp_build *build, struct spp_err *err);
bool spp_build_partitions(struct spp_build *build, struct spp_err *err);
bool spp_build_subscriptions(struct spp_build *build, struct spp_err *err);
bool spp_build_slots(struct spp_build *build, struct spp_err *err);
bool spp_build_rates(struct spp_build *build, struct spp_err *err);
bool spp_build_background(struct spp_build *build, struct spp_err *err);
bool spp_build_demand(struct spp_build *build, struct spp_err *err);
bool spp_build_rules(struct spp_build *build, struct spp_err *err);

/* Common factors that a forecast has loadings of. */
size_t spp_build_factors(const struct spp_forecast *forecast);

/* Coefficients of each resource: those of a record, else the defaults. */
bool spp_build_model(struct spp_build *build, struct spp_err *err);

/*
 * Round all demand and the background to quanta with which sums are exact,
 * and set what follows from them: the load of the cluster as a whole.
 */
bool spp_build_quanta(struct spp_build *build, const struct spp_items *leaders,
	const struct spp_items *followers,
	const struct spp_items *subscriptions, struct spp_err *err);

/* Bytes on disk of a replica from its own size, rates apart. */
double spp_build_size(const struct spp_partition *partition);

/* Records and values of a feed. */
const void *spp_build_value(
	const struct spp_build *build, enum spp_type type, size_t index);

void spp_build_warn(struct spp_build *build, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Names that share a warning: counts them all, shows the first few.  Begin
 * with all zero.
 */
struct spp_build_names {
	size_t count;
	char text[200];
};
void spp_build_name(
	struct spp_build_names *names, const char *stream, const char *rest);

#endif
