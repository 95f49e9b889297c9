/* Expected overload, its slope and the normal quantile, against sums. */
#include "tests/unit/test.h"

#include "lib/cluster/cost.h"
#include "lib/cluster/risk.h"

#include <math.h>

/* E[max(0, X - t)] by the midpoint rule over +-12 deviations. */
static double by_sum(double mean, double deviation, double threshold)
{
	const int steps = 200000;
	double sum = 0, width = 24.0 / steps;

	for (int i = 0; i < steps; i++) {
		double z = -12 + (i + 0.5) * width;
		double over = mean + z * deviation - threshold;

		if (over > 0)
			sum += over * exp(-z * z / 2) * width;
	}
	return sum / sqrt(2 * acos(-1.0));
}

static void test_expected(void)
{
	static const double cases[][2] = {{0.5, 0.2}, {0.9, 0.05}, {1, 0.1},
		{1.1, 0.3}, {2, 0.1}, {0.2, 0.4}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double mean = cases[i][0], deviation = cases[i][1];

		CHECK(fabs(spp_risk_overload(mean, deviation, 1) -
			      by_sum(mean, deviation, 1)) < 1e-9);
	}
	CHECK(spp_risk_overload(1.25, 0, 1) == 0.25);
	CHECK(spp_risk_overload(0.75, 0, 1) == 0);
	/* Far from the threshold nothing is left of the deviation. */
	CHECK(spp_risk_overload(0.1, 0.01, 1) == 0);
	CHECK(spp_risk_overload(3, 0.01, 1) == 2);
	/* Continuous where the far part begins. */
	CHECK(spp_risk_overload(1 - 8.4999 * 0.1, 0.1, 1) < 1e-18);
}

static void test_slope(void)
{
	for (double mean = 0.5; mean < 1.6; mean += 0.1) {
		double step = 1e-5;
		double slope = (spp_risk_overload(mean + step, 0.2, 1) -
				       spp_risk_overload(mean - step, 0.2, 1)) /
		               (2 * step);

		CHECK(fabs(slope - spp_risk_above(mean, 0.2, 1)) < 1e-8);
	}
	CHECK(spp_risk_above(1.1, 0, 1) == 1 && spp_risk_above(0.9, 0, 1) == 0);
}

static void test_quantile(void)
{
	static const double risks[] = {
		0.5, 0.05, 0.01, 1e-6, 1e-12, 0.4, 0.9, 0.999};

	for (size_t i = 0; i < sizeof risks / sizeof *risks; i++) {
		double z = spp_risk_quantile(risks[i]);

		CHECK(fabs(0.5 * erfc(z / sqrt(2)) - risks[i]) <=
			1e-14 * fmax(risks[i], 1e-3));
	}
	CHECK(fabs(spp_risk_quantile(0.05) - 1.6448536269514722) < 1e-14);
}

static void test_latency(void)
{
	CHECK(spp_cost_latency(0.5) == 1);
	CHECK(fabs(spp_cost_latency(0.95) - 19) < 1e-12);
	CHECK(fabs(spp_cost_latency(1.05) - 59) < 1e-10);
	for (double rho = 0.1; rho < 1.2; rho += 0.09) {
		double step = 1e-7;
		double slope = (spp_cost_latency(rho + step) -
				       spp_cost_latency(rho - step)) /
		               (2 * step);

		CHECK(fabs(slope - spp_cost_latency_slope(rho)) < 1e-4 * slope);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{"expected overload is the integral", test_expected},
		{"its slope", test_slope},
		{"quantiles", test_quantile},
		{"latency and its slope", test_latency},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
