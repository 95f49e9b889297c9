/*
 * The cost of a placement (design: "spp-assign"), in platform-hours: 1 is
 * one platform's resource 100 % over its capacity for one hour.
 */
#ifndef SPP_CLUSTER_COST_H
#define SPP_CLUSTER_COST_H

#include "lib/cluster/placement.h"

/* Terms with their weights; the total is their sum in this order. */
struct spp_cost {
	double overload, latency, utilisation, migration, smoothness;
};

double spp_cost_total(const struct spp_cost *cost);
void spp_cost_add(struct spp_cost *to, const struct spp_cost *cost, double by);

/*
 * Overload, latency and utilisation of one platform with the load of ROW;
 * the other terms are 0.  A failed platform costs nothing; one that is
 * draining has no utilisation term (the cluster's mean is that of the
 * platforms that stay).
 */
struct spp_cost spp_cost_platform(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t platform);

/* One slot of it, e.g. for the relief by slots; the same sum in parts. */
struct spp_cost spp_cost_slot(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t platform, size_t slot);

/* One resource of one slot. */
struct spp_cost spp_cost_cell(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t platform, size_t resource,
	size_t slot);

/* rho/(1 - rho), and from rho = .95 on the tangent there. */
double spp_cost_latency(double rho);
double spp_cost_latency_slope(double rho);

/* Sum of spp_cost_platform over all platforms, in index order. */
struct spp_cost spp_cost_load(
	const struct spp_cluster *cluster, const struct spp_load *load);

/* Migration cost of BYTES copied from one platform to another. */
double spp_cost_copy(const struct spp_cluster *cluster, double bytes,
	size_t copy_from, size_t target);

/* Migration cost of switching that many connections. */
double spp_cost_connections(
	const struct spp_cluster *cluster, double connections);

/* Smoothness cost of one move of a partition. */
double spp_cost_smoothness(const struct spp_cluster *cluster, size_t partition);

/*
 * What a running copy at RATE bytes/s demands of a resource on the side
 * that is read and on the side that is written.
 */
double spp_cost_copy_source(
	const struct spp_cluster *cluster, size_t resource, double rate);
double spp_cost_copy_target(
	const struct spp_cluster *cluster, size_t resource, double rate);

/*
 * Where a new replica of a partition is copied from, given the replicas it
 * has now: the leader, or with copy_from = replica the one that it replaces
 * (REPLACED, SPP_NOWHERE = none); a failed platform is no source, then it is
 * the first one alive.  SPP_NOWHERE: nothing is copied.
 */
size_t spp_cost_copy_from(const struct spp_cluster *cluster,
	const size_t *replicas, size_t count, size_t replaced);

#endif
