/*
 * Structural rules: where replicas and subscriptions may be, capacities
 * apart.  Each breach counts 1.
 */
#ifndef SPP_CLUSTER_RULES_H
#define SPP_CLUSTER_RULES_H

#include "lib/cluster/placement.h"

enum spp_rule {
	SPP_RULE_PLACED,    /* a replica is nowhere */
	SPP_RULE_FAILED,    /* a replica is on a failed platform */
	SPP_RULE_DRAINING,  /* a replica is on a draining platform */
	SPP_RULE_BARRED,    /* a constraint bars it from its platform */
	SPP_RULE_APART,     /* two replicas are on one platform */
	SPP_RULE_RACKS,     /* too few racks */
	SPP_RULE_ZONES,     /* too few zones */
	SPP_RULE_PINNED,    /* a pinned platform lacks it, or does not lead */
	SPP_RULE_SERVED,    /* a subscription is served by the wrong platform */
	SPP_RULE_COLOCATED, /* leaders of a group are not together */
	SPP_RULES,
};

/* Breaches by rule. */
struct spp_breaches {
	size_t of[SPP_RULES];
	size_t total;
};

/* "a replica on a failed platform" ... */
const char *spp_rule_text(enum spp_rule rule);

/*
 * Breaches of one partition with these replicas (as many as the cluster
 * says) and, where subscriptions are apart, these serving platforms
 * (serving[0] is the partition's first subscription's).  Groups apart.
 */
struct spp_breaches spp_rules_breaches(const struct spp_cluster *cluster,
	size_t partition, const size_t *replica, const size_t *serving);

/*
 * Breaches of all groups that hold a partition, as if it were led by
 * LEADER: members whose leader has another label than the first member's.
 */
size_t spp_rules_apart(const struct spp_cluster *cluster,
	const struct spp_placement *placement, size_t partition, size_t leader);

/* Breaches of one group. */
size_t spp_rules_group(const struct spp_cluster *cluster,
	const struct spp_placement *placement, size_t group);

/* All breaches of a placement, each group once. */
struct spp_breaches spp_rules_all(const struct spp_cluster *cluster,
	const struct spp_placement *placement);

#endif
