#include "lib/base/num.h"
#include "lib/base/num_decimal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Powers of ten that a double holds exactly. */
const double spp_num_powers[SPP_NUM_POWERS] = {
	1e0,
	1e1,
	1e2,
	1e3,
	1e4,
	1e5,
	1e6,
	1e7,
	1e8,
	1e9,
	1e10,
	1e11,
	1e12,
	1e13,
	1e14,
	1e15,
	1e16,
	1e17,
	1e18,
	1e19,
	1e20,
	1e21,
	1e22,
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * A decimal number as it was read: digits (leading zeros skipped) times ten
 * to the power of exponent.  All digits count; 19 of them fit in mantissa.
 */
struct decimal {
	bool negative;
	uint64_t mantissa;
	size_t digits; /* significant digits read */
	int64_t exponent;
	const char *first; /* the first significant digit */
};

static void take_digit(struct decimal *decimal, const char *text)
{
	if (decimal->digits == 0) {
		if (*text == '0')
			return;
		decimal->first = text;
	}
	if (decimal->digits < 19)
		decimal->mantissa =
			decimal->mantissa * 10 + (uint64_t)(*text - '0');
	decimal->digits++;
}

/* The exponent behind an "e"; beyond any double it stays where it is. */
static bool scan_exponent(const char *text, const char *end, int64_t *value)
{
	const int64_t most = INT64_C(1000000000000);
	bool negative = false;
	int64_t exponent = 0;

	if (text < end && (*text == '+' || *text == '-'))
		negative = *text++ == '-';
	if (text == end)
		return false;
	for (; text < end; text++) {
		if (!is_digit(*text))
			return false;
		if (exponent < most)
			exponent = exponent * 10 + (*text - '0');
	}
	*value = negative ? -exponent : exponent;
	return true;
}

static bool scan(const char *text, size_t length, struct decimal *decimal)
{
	const char *end = text + length;
	const char *whole;

	if (text < end && (*text == '+' || *text == '-'))
		decimal->negative = *text++ == '-';
	whole = text;
	while (text < end && is_digit(*text))
		take_digit(decimal, text++);
	if (text - whole > 1 && *whole == '0')
		return false;
	if (text < end && *text == '.') {
		const char *fraction = ++text;

		while (text < end && is_digit(*text))
			take_digit(decimal, text++);
		if (text == fraction)
			return false;
		decimal->exponent = fraction - text;
	} else if (text == whole) {
		return false;
	}
	if (text < end && (*text == 'e' || *text == 'E')) {
		int64_t exponent;

		if (!scan_exponent(text + 1, end, &exponent))
			return false;
		decimal->exponent += exponent;
		text = end;
	}
	return text == end;
}

/*
 * The slow way, through strtod: as digits and exponent without a point, so
 * that no locale matters.  No more than 768 digits decide how a double is
 * rounded; a 1 stands for all that follow.
 */
static double convert(const struct decimal *decimal)
{
	enum { DIGITS_MOST = 770 };
	char text[DIGITS_MOST + 32];
	const char *from = decimal->first;
	size_t length = 0;
	int64_t exponent = decimal->exponent;

	if (exponent + (int64_t)decimal->digits > 400)
		return HUGE_VAL;
	if (exponent + (int64_t)decimal->digits < -400)
		return 0;
	for (; length < decimal->digits && length < DIGITS_MOST; from++)
		if (*from != '.')
			text[length++] = *from;
	if (length < decimal->digits) {
		size_t left = decimal->digits - length;

		for (text[length] = '0'; left > 0; from++) {
			if (*from == '.')
				continue;
			if (*from != '0')
				text[length] = '1';
			left--;
		}
		length++;
		exponent += (int64_t)(decimal->digits - length);
	}
	snprintf(text + length, sizeof text - length, "e%lld",
		(long long)exponent);
	return strtod(text, NULL);
}

bool spp_num_parse(const char *text, size_t length, double *value)
{
	struct decimal decimal = {0};
	const int64_t powers = SPP_NUM_POWERS - 1;
	double result;

	if (!scan(text, length, &decimal))
		return false;
	if (decimal.digits == 0) {
		*value = 0;
		return true;
	}
	if (decimal.digits <= 19 && decimal.mantissa <= UINT64_C(1) << 53 &&
		decimal.exponent >= -powers && decimal.exponent <= powers) {
		result = (double)decimal.mantissa;
		if (decimal.exponent < 0)
			result /= spp_num_powers[-decimal.exponent];
		else
			result *= spp_num_powers[decimal.exponent];
	} else {
		result = convert(&decimal);
	}
	if (isinf(result))
		return false;
	*value = decimal.negative && result != 0 ? -result : result;
	return true;
}

bool spp_num_parse_integer(const char *text, size_t length, int64_t *value)
{
	const char *end = text + length;
	bool negative = false;
	int64_t result = 0;

	if (text < end && (*text == '+' || *text == '-'))
		negative = *text++ == '-';
	if (text == end || (*text == '0' && end - text > 1))
		return false;
	for (; text < end; text++) {
		int digit = *text - '0';

		if (!is_digit(*text) ||
			__builtin_mul_overflow(result, 10, &result) ||
			__builtin_sub_overflow(result, digit, &result))
			return false;
	}
	if (!negative && result == INT64_MIN)
		return false;
	*value = negative ? result : -result;
	return true;
}

/*
 * Most values are short decimals: try 0 to 6 digits behind the point.  A
 * quotient of two exact numbers is rounded once, so when it is the value
 * these digits read back, and up to 15 of them no others do.
 */
static bool print_short(double value, char *text, size_t *length)
{
	double size = fabs(value);

	if (size >= 1e15 || (size < 1e-4 && size != 0))
		return false;
	for (int places = 0; places <= 6; places++) {
		double scaled = nearbyint(size * spp_num_powers[places]);

		if (scaled >= 1e15)
			return false;
		if (scaled / spp_num_powers[places] == size) {
			*length = spp_num_decimal(
				value < 0, (uint64_t)scaled, -places, text);
			return true;
		}
	}
	return false;
}

size_t spp_num_exact(double value, char text[SPP_NUM_SIZE])
{
	/* Below the normal range even one digit can be enough. */
	int digits = fabs(value) < 0x1p-1022 ? 1 : 15;
	size_t length;

	assert(isfinite(value));
	if (print_short(value, text, &length))
		return length;
	for (; digits <= 17; digits++) {
		length = (size_t)snprintf(
			text, SPP_NUM_SIZE, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	return length;
}
