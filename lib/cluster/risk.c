#include "lib/cluster/risk.h"

#include <assert.h>
#include <math.h>

#define SQRT_HALF 0.70710678118654752440 /* 1/sqrt(2) */
#define PHI_0 0.39894228040143267794     /* 1/sqrt(2 pi) */

/* Beyond so many deviations the normal loss is under 1e-18 of one. */
#define FAR 8.5

double spp_risk_overload(double mean, double deviation, double threshold)
{
	double over = mean - threshold;
	double base = over > 0 ? over : 0;
	double far = fabs(over);
	double a;

	/*
	 * By symmetry E = max(0, over) + s (phi(a) - a (1 - Phi(a))) with
	 * a = |z|: what is subtracted is then never larger than needed.
	 */
	if (!(deviation > 0) || far >= FAR * deviation)
		return base;
	a = far / deviation;
	return base + deviation * (PHI_0 * exp(-0.5 * a * a) -
					  a * 0.5 * erfc(a * SQRT_HALF));
}

double spp_risk_above(double mean, double deviation, double threshold)
{
	double over = mean - threshold;

	if (!(deviation > 0) || fabs(over) >= FAR * deviation)
		return over > 0 ? 1 : 0;
	return 0.5 * erfc(-over / deviation * SQRT_HALF);
}

double spp_risk_level(double mean, double deviation, double z)
{
	return mean + z * deviation;
}

/*
 * Halley's rule on the upper tail, from the rational estimate of Abramowitz
 * and Stegun 26.2.23 (error 4.5e-4): three rounds reach the last digits.
 */
double spp_risk_quantile(double risk)
{
	double tail = risk < 0.5 ? risk : 1 - risk;
	double t, z;

	assert(risk > 0 && risk < 1);
	t = sqrt(-2 * log(tail));
	z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
	                (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
	for (int i = 0; i < 3; i++) {
		double density = PHI_0 * exp(-0.5 * z * z);
		double step;

		step = (0.5 * erfc(z * SQRT_HALF) - tail) / density;
		z += step / (1 - 0.5 * z * step);
	}
	return risk < 0.5 ? z : -z;
}

double spp_risk_deviation(const struct spp_cluster *cluster,
	const struct spp_row *row, size_t cell)
{
	double variance = row->variance[cell];

	for (size_t k = 0; k < cluster->factors; k++) {
		double loading = row->factor[k * cluster->cells + cell];

		variance += loading * loading;
	}
	return variance > 0 ? sqrt(variance) : 0;
}
