#include "lib/base/num.h"
#include "lib/base/num_decimal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGITS = 6 };

/* An estimate: a whole number of six digits times a power of ten. */
struct estimate {
	uint64_t mantissa; /* 100000 .. 999999 */
	int exponent;
};

/* Is SIZE * 10^SHIFT above FLOOR + 1/2 (1), below (-1) or just that (0)? */
static int against_half(double size, int shift, double floor_of)
{
	double half = floor_of + .5;
	double rest;

	/* Rounded once, and that does not change the sign. */
	if (shift >= 0)
		rest = fma(size, spp_num_powers[shift], -half);
	else
		rest = fma(-half, spp_num_powers[-shift], size);
	return (rest > 0) - (rest < 0);
}

/* SIZE * 10^SHIFT to the nearest whole number, ties to even. */
static uint64_t scale(double size, int shift)
{
	double scaled = shift >= 0 ? size * spp_num_powers[shift]
	                           : size / spp_num_powers[-shift];
	double below = floor(scaled);
	double rest = scaled - below;
	uint64_t whole = (uint64_t)below;

	/* Scaling was rounded: near a half only the exact sign decides. */
	if (fabs(rest - .5) < 1e-6) {
		int side = against_half(size, shift, below);

		return whole + (side > 0 || (side == 0 && whole % 2 == 1));
	}
	return whole + (rest > .5);
}

/*
 * Six digits of a size in [1e-16, 1e27], where every power of ten that is
 * needed is exact.
 */
static struct estimate round_size(double size)
{
	struct estimate result;
	int binary, decimal;

	/* A first guess of the power of ten, at most one too small. */
	frexp(size, &binary);
	decimal = (int)floor((binary - 1) * 0.30102999566398120);
	result.exponent = decimal - (DIGITS - 1);
	result.mantissa = scale(size, -result.exponent);
	if (result.mantissa > 999999) {
		result.exponent++;
		result.mantissa = scale(size, -result.exponent);
	}
	assert(result.mantissa >= 100000 && result.mantissa <= 999999);
	return result;
}

static bool is_common(double size)
{
	return size >= 1e-16 && size < 1e26;
}

static double round_slowly(double value)
{
	char text[SPP_NUM_SIZE];

	snprintf(text, sizeof text, "%.*g", DIGITS, value);
	value = strtod(text, NULL);
	return isfinite(value) ? value : copysign(1.79769e308, value);
}

double spp_num_estimate(double value)
{
	double size = fabs(value);
	struct estimate rounded;

	assert(isfinite(value));
	if (size == 0)
		return 0;
	if (!is_common(size))
		return round_slowly(value);
	rounded = round_size(size);
	if (rounded.exponent < 0)
		size = (double)rounded.mantissa /
		       spp_num_powers[-rounded.exponent];
	else
		size = (double)rounded.mantissa *
		       spp_num_powers[rounded.exponent];
	return value < 0 ? -size : size;
}

size_t spp_num_estimate_text(double value, char text[SPP_NUM_SIZE])
{
	double size = fabs(value);
	struct estimate rounded;

	assert(isfinite(value));
	if (size == 0 || !is_common(size))
		return spp_num_exact(spp_num_estimate(value), text);
	rounded = round_size(size);
	return spp_num_decimal(
		value < 0, rounded.mantissa, rounded.exponent, text);
}
