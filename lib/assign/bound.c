/*
 * A lower bound on the cost of every placement.
 *
 * Take one resource and slot.  Platform i carries L_i >= b_i (background);
 * together they carry at least T: what replicas on live platforms demand,
 * for no move makes any of it vanish.  (A replica on a failed platform may
 * stay there, so it is not counted; where the leader's platform failed, a
 * partition with k live replicas demands at least the least that k of them
 * can.)  Whatever time a copy takes, a slot's shares add up to the whole.
 *
 * The expected overload E[max(0, X - t)] of a load X with mean m is at
 * least max(0, m - t), whatever the variance (Jensen), so
 *
 *	sum_i E_i >= sum_i max(0, L_i/c_i - t).
 *
 * That sum is least when the load fills all platforms to t (or to b_i where
 * that is more) and the rest lies on the one with the largest capacity,
 * where it counts least:
 *
 *	sum_i max(0, b_i/c_i - t) + max(0, T - sum_i max(t c_i, b_i))/max c.
 *
 * Latency f(L_i/c_i) is convex, and for any price l >= 0
 *
 *	sum_i f(L_i/c_i) >= l T + sum_i min_{L >= b_i} (f(L/c_i) - l L)
 *
 * (Lagrange); the best l is sought, but every one proves a bound.  Uneven
 * utilisation and moves cost at least nothing.  A resource that is unlimited
 * on some live platform bounds nothing but what backgrounds cost.
 */
#include "lib/assign/assign.h"

#include <math.h>

enum { PRICE_ROUNDS = 60 };

/* Slopes of f end where it goes on as its tangent. */
#define SLOPE_MOST 400.0

struct bound {
	const struct spp_cluster *cluster;
	size_t resource;
	bool unlimited; /* on some live platform */
};

static double background(const struct bound *bound, size_t platform)
{
	return bound->cluster->background[platform * bound->cluster->resources +
					  bound->resource];
}

static double share(const struct bound *bound, size_t platform)
{
	if (!spp_cluster_alive(bound->cluster, platform))
		return 0;
	return bound->cluster
	        ->share[platform * bound->cluster->resources + bound->resource];
}

/* Least that the live replicas of a partition demand of a cell. */
static double demand(
	const struct spp_cluster *cluster, size_t partition, size_t cell)
{
	double leader = cluster->leader[partition].mean[cell];
	double follower = cluster->follower[partition].mean[cell];
	size_t first = cluster->first_replica[partition];
	size_t end = cluster->first_replica[partition + 1], alive = 0;
	bool led = spp_cluster_alive(cluster, cluster->replica[first]);

	for (size_t i = first; i < end; i++)
		alive += spp_cluster_alive(cluster, cluster->replica[i]);
	if (alive == 0)
		return 0;
	if (!led && follower < leader)
		leader = follower;
	return leader + (double)(alive - 1) * follower;
}

/* All that is carried for certain, backgrounds included. */
static double carried(const struct bound *bound, size_t slot)
{
	const struct spp_cluster *cluster = bound->cluster;
	size_t cell = bound->resource * cluster->slots + slot;
	double sum = 0;

	for (size_t p = 0; p < cluster->partitions; p++)
		sum += demand(cluster, p, cell);
	for (size_t s = 0; cluster->apart && s < cluster->subscriptions; s++) {
		if (spp_cluster_alive(cluster, cluster->serving[s]))
			sum += cluster->subscription[s].mean[cell];
	}
	for (size_t i = 0; i < cluster->platforms; i++) {
		if (share(bound, i) > 0)
			sum += background(bound, i);
	}
	return sum;
}

static double overload(const struct bound *bound, double total)
{
	const struct spp_cluster *cluster = bound->cluster;
	double threshold = cluster->weights.threshold;
	double room = 0, largest = 0, sum = 0;

	for (size_t i = 0; i < cluster->platforms; i++) {
		double s = share(bound, i);

		if (!(s > 0))
			continue;
		sum += fmax(0, background(bound, i) * s - threshold);
		room += fmax(threshold / s, background(bound, i));
		largest = fmax(largest, 1 / s);
	}
	if (!bound->unlimited && total > room && largest > 0)
		sum += (total - room) / largest;
	return sum;
}

/* l T + sum of the minima; a bound for every price l. */
static double latency_at(const struct bound *bound, double total, double price)
{
	const struct spp_cluster *cluster = bound->cluster;
	double sum = price * total;

	for (size_t i = 0; i < cluster->platforms; i++) {
		double s = share(bound, i), rho, slope;

		if (!(s > 0))
			continue;
		slope = price / s; /* in loads of rho */
		rho = slope > 1 ? 1 - 1 / sqrt(slope) : 0;
		/* Beyond the knee f is straight, no steeper than the price. */
		if (slope >= SLOPE_MOST)
			rho = 0.95;
		rho = fmax(rho, background(bound, i) * s);
		sum += spp_cost_latency(rho) - slope * rho;
	}
	return sum;
}

/* The price at which the whole load fits, by halving. */
static double latency(const struct bound *bound, double total)
{
	const struct spp_cluster *cluster = bound->cluster;
	double low = 0, high = INFINITY, best;

	for (size_t i = 0; i < cluster->platforms; i++) {
		double s = share(bound, i);

		if (s > 0)
			high = fmin(high, SLOPE_MOST * (1 - 1e-12) * s);
	}
	best = latency_at(bound, total, 0);
	if (bound->unlimited || isinf(high))
		return best;
	best = fmax(best, latency_at(bound, total, high));
	for (int i = 0; i < PRICE_ROUNDS; i++) {
		double third = (high - low) / 3;
		double a = latency_at(bound, total, low + third);
		double b = latency_at(bound, total, high - third);

		best = fmax(best, fmax(a, b));
		if (a < b)
			low += third;
		else
			high -= third;
	}
	return best;
}

double spp_assign_bound(const struct spp_cluster *cluster)
{
	const struct spp_weights *weights = &cluster->weights;
	double sum = 0;

	for (size_t r = 0; r < cluster->resources; r++) {
		struct bound bound = {cluster, r, false};

		for (size_t i = 0; i < cluster->platforms; i++)
			bound.unlimited = bound.unlimited ||
			                  (spp_cluster_alive(cluster, i) &&
						  !(share(&bound, i) > 0));
		for (size_t k = 0; k < cluster->slots; k++) {
			double total = carried(&bound, k);
			double hours = cluster->slot_weight_h[k];

			sum += weights->overload * hours *
			       overload(&bound, total);
			if (cluster->queued[r])
				sum += weights->latency * hours *
				       latency(&bound, total);
		}
	}
	return sum;
}
