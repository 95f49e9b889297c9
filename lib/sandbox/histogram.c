#include "lib/sandbox/histogram.h"

#include <assert.h>
#include <math.h>

enum { STEPS = 32, STEP_BITS = 5 };

/* Small values have a class each; from 64 on the leading six bits count. */
static unsigned class_of(uint64_t value)
{
	unsigned bits, class;

	if (value < 2 * STEPS)
		return (unsigned)value;
	bits = 63 - (unsigned)__builtin_clzll(value);
	class = (bits - STEP_BITS) * STEPS +
	        (unsigned)(value >> (bits - STEP_BITS));
	return class < SPP_HISTOGRAM_CLASSES ? class
	                                     : SPP_HISTOGRAM_CLASSES - 1;
}

static double middle_of(unsigned class)
{
	unsigned shift;

	if (class < 2 * STEPS)
		return class;
	shift = class / STEPS - 1;
	return ldexp(STEPS + class % STEPS + 0.5, (int)shift);
}

void spp_histogram_add(struct spp_histogram *histogram, uint64_t value)
{
	histogram->counts[class_of(value)]++;
	histogram->count++;
	if (value > histogram->highest)
		histogram->highest = value;
}

void spp_histogram_merge(
	struct spp_histogram *to, const struct spp_histogram *from)
{
	for (unsigned i = 0; i < SPP_HISTOGRAM_CLASSES; i++)
		to->counts[i] += from->counts[i];
	to->count += from->count;
	if (from->highest > to->highest)
		to->highest = from->highest;
}

double spp_histogram_quantile(const struct spp_histogram *histogram, double q)
{
	uint64_t wanted = (uint64_t)ceil(q * (double)histogram->count);
	uint64_t seen = 0;

	assert(q >= 0 && q <= 1);
	if (histogram->count == 0)
		return 0;
	for (unsigned i = 0; i < SPP_HISTOGRAM_CLASSES; i++) {
		seen += histogram->counts[i];
		if (seen >= wanted && seen > 0)
			return fmin(middle_of(i), (double)histogram->highest);
	}
	return (double)histogram->highest;
}
