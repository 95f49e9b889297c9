/*
 * The moves that lead from one list of replicas to another.
 */
#ifndef SPP_CLUSTER_CHANGE_H
#define SPP_CLUSTER_CHANGE_H

#include "lib/cluster/cost.h"
#include "lib/records/field.h"

enum spp_step_kind { SPP_STEP_REPLICA, SPP_STEP_ADD, SPP_STEP_LEADER };

/* One move of a change of replicas. */
struct spp_step {
	enum spp_step_kind kind;
	size_t from; /* platform, SPP_NOWHERE for an add */
	size_t to;
	size_t copy_from; /* SPP_NOWHERE where nothing is copied */
	double bytes;     /* copied */
};

/*
 * The change of one partition as moves: what leaves is paired with what
 * comes, the old leader with the new one first, the others in their order;
 * a leader move at the end unless a pair did it.  Lists are COUNT long
 * (SPP_NOWHERE in the old one = to be placed).  Returns the number of
 * steps, at most count + 1.
 */
size_t spp_change_steps(const struct spp_cluster *cluster, size_t partition,
	const size_t *old, const size_t *new, size_t count,
	struct spp_step steps[SPP_REPLICAS_MAX + 1]);

/* The order behind the leader is no change: followers that stay keep their
   place in NEW. */
void spp_change_keep_order(const size_t *old, size_t *new, size_t count);

/* What a change of one partition costs and needs. */
struct spp_change {
	struct spp_cost cost; /* migration and smoothness */
	size_t moves;         /* replica, add, leader, subscription */
	double bytes;         /* copied in all */
	double copy_s;        /* of its copies one after the other, and the
				 hand-over of each move; no waiting */
};

/*
 * From the records' placement of one partition to these replicas and, where
 * subscriptions are apart, these serving platforms (serving[0] is that of
 * its first subscription).
 */
struct spp_change spp_change_of(const struct spp_cluster *cluster,
	size_t partition, const size_t *replica, const size_t *serving);

#endif
