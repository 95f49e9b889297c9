#include "lib/base/num.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Powers of ten that a double holds exactly.  A product or quotient of two
 * exact numbers is rounded once, and so it is what strtod makes of the same
 * digits (Clinger 1990); only what does not fit goes the slow way.
 */
/* clang-format off */
static const double powers[] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};
/* clang-format on */

enum { POWER_MOST = sizeof powers / sizeof powers[0] - 1 };

/* Digits from TEXT on; returns where they end.  NUMBER holds 19 of them. */
static const char *take_digits(const char *text, uint64_t *number)
{
	for (; *text >= '0' && *text <= '9'; text++)
		*number = *number * 10 + (uint64_t)(*text - '0');
	return text;
}

/* Is this the end, or an exponent and then the end? */
static bool ends(const char *text)
{
	uint64_t exponent = 0;

	if (*text != 'e' && *text != 'E')
		return *text == '\0';
	text++;
	text += *text == '+' || *text == '-';
	return *text != '\0' && *take_digits(text, &exponent) == '\0';
}

bool spp_num_parse(const char *text, double *value)
{
	const char *whole = text + (*text == '+' || *text == '-');
	uint64_t mantissa = 0;
	const char *point = take_digits(whole, &mantissa);
	const char *fraction = point + (*point == '.');
	const char *end = take_digits(fraction, &mantissa);
	double size;

	if (end == whole || end == point + 1 || !ends(end) ||
		(*whole == '0' && point - whole > 1))
		return false;
	if (*end == '\0' && end - whole < 20 && mantissa <= UINT64_C(1) << 53)
		size = (double)mantissa / powers[end - fraction];
	else
		size = strtod(whole, NULL);
	if (isinf(size))
		return false;
	*value = *text == '-' && size != 0 ? -size : size;
	return true;
}

bool spp_num_parse_integer(const char *text, int64_t *value)
{
	const char *digits = text + (*text == '+' || *text == '-');
	size_t count = strspn(digits, "0123456789");
	int64_t result;

	if (count == 0 || digits[count] != '\0' ||
		(*digits == '0' && count > 1))
		return false;
	errno = 0;
	result = strtoll(text, NULL, 10);
	if (errno == ERANGE)
		return false;
	*value = result;
	return true;
}

/* MANTISSA / 10^PLACES in digits. */
static size_t print(
	char text[SPP_NUM_SIZE], bool negative, uint64_t mantissa, int places)
{
	char backwards[SPP_NUM_SIZE];
	char *at = backwards + sizeof backwards;
	size_t length;

	*--at = '\0';
	for (int count = 0; mantissa > 0 || count <= places; count++) {
		if (count == places && places > 0)
			*--at = '.';
		*--at = (char)('0' + mantissa % 10);
		mantissa /= 10;
	}
	if (negative)
		*--at = '-';
	length = (size_t)(backwards + sizeof backwards - at);
	memcpy(text, at, length);
	return length - 1;
}

size_t spp_num_exact(double value, char text[SPP_NUM_SIZE])
{
	double size = fabs(value);
	/* Below the normal range even one digit can be enough. */
	int digits = size < 0x1p-1022 ? 1 : 15;
	bool is_plain = size == 0 || (size >= 1e-4 && size < 1e15);
	int length;

	assert(isfinite(value));
	for (int places = 0; is_plain && places <= POWER_MOST; places++) {
		double mantissa = nearbyint(size * powers[places]);

		/* Up to 15 digits no others read back. */
		is_plain = mantissa < 1e15;
		if (is_plain && mantissa / powers[places] == size)
			return print(
				text, value < 0, (uint64_t)mantissa, places);
	}
	do
		length = snprintf(text, SPP_NUM_SIZE, "%.*g", digits, value);
	while (strtod(text, NULL) != value && ++digits <= 17);
	return (size_t)length;
}

static double scale(double size, int shift)
{
	return shift >= 0 ? size * powers[shift] : size / powers[-shift];
}

double spp_num_estimate(double value)
{
	char text[SPP_NUM_SIZE];
	double size = fabs(value);
	double scaled, whole;
	int binary, shift;

	assert(isfinite(value));
	if (size == 0)
		return 0;
	if (size >= 1e-16 && size < 1e26) {
		/* To six digits before the point, or seven as it turns out. */
		frexp(size, &binary);
		shift = 5 - (int)floor((binary - 1) * 0.30102999566398120);
		if (scale(size, shift) >= 1e6)
			shift--;
		scaled = scale(size, shift);
		whole = nearbyint(scaled);
		/* Near a half only all digits of the value can decide. */
		if (fabs(scaled - whole) < .5 - 1e-6)
			return copysign(scale(whole, -shift), value);
	}
	snprintf(text, sizeof text, "%.6g", value);
	value = strtod(text, NULL) + 0.0;
	return isfinite(value) ? value : copysign(1.79769e308, value);
}
