/*
 * How often values of each size were met: 32 classes for each doubling, so
 * a quantile is known to about 2 percent.
 */
#ifndef SPP_SANDBOX_HISTOGRAM_H
#define SPP_SANDBOX_HISTOGRAM_H

#include <stdint.h>

enum { SPP_HISTOGRAM_CLASSES = 1024 };

struct spp_histogram {
	uint32_t counts[SPP_HISTOGRAM_CLASSES];
	uint64_t count;
	uint64_t highest;
};

/* Values are counts of microseconds. */
void spp_histogram_add(struct spp_histogram *histogram, uint64_t value);
void spp_histogram_merge(
	struct spp_histogram *to, const struct spp_histogram *from);

/* The value that the fraction q of all does not exceed; 0 when empty. */
double spp_histogram_quantile(const struct spp_histogram *histogram, double q);

#endif
