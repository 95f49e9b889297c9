/*
 * The only two places that turn a mean and a variance into a number to act
 * on: the expected overload, and the level held at a risk.  Loads are taken
 * as normal (sums of many items).
 */
#ifndef SPP_CLUSTER_RISK_H
#define SPP_CLUSTER_RISK_H

#include "lib/cluster/placement.h"

/*
 * E[max(0, X - threshold)] of X normal with this mean and deviation:
 * s (phi(z) - z (1 - Phi(z))), z = (threshold - mean)/s (the normal loss
 * function: Hadley and Whitin 1963, 4-2); max(0, mean - threshold) without
 * deviation.  All three in the same unit, e.g. shares of a capacity.
 */
double spp_risk_overload(double mean, double deviation, double threshold);

/*
 * The slope of that in the mean: the probability of X above threshold, 1 or
 * 0 without deviation.
 */
double spp_risk_above(double mean, double deviation, double threshold);

/* Level that X stays below with probability 1 - risk; z from below. */
double spp_risk_level(double mean, double deviation, double z);

/* Phi^-1(1 - risk), risk in (0, 1), to about 1e-15. */
double spp_risk_quantile(double risk);

/* Deviation of one cell of a row: own variance and common factors. */
double spp_risk_deviation(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t cell);

#endif
