#include "lib/base/num.h"
#include "lib/base/rng.h"
#include "tests/random.h"
#include "tests/unit/test.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool parses(const char *text, double expected)
{
	double value = 77;

	return spp_num_parse(text, &value) && value == expected;
}

static bool refused(const char *text)
{
	double value = 77;

	return !spp_num_parse(text, &value) && value == 77;
}

static void parse_takes_decimal_numbers(void)
{
	CHECK(parses("0", 0));
	CHECK(parses("-0", 0));
	CHECK(parses("-0.0e5", 0));
	CHECK(parses("7", 7));
	CHECK(parses("+7", 7));
	CHECK(parses("-7.25", -7.25));
	CHECK(parses(".5", .5));
	CHECK(parses("-.5", -.5));
	CHECK(parses("0.1", .1));
	CHECK(parses("1e3", 1000));
	CHECK(parses("1E+3", 1000));
	CHECK(parses("25e-1", 2.5));
	CHECK(parses("9007199254740993", 9007199254740992.0));
	CHECK(parses("1.7976931348623157e308", DBL_MAX));
	CHECK(parses("5e-324", 5e-324));
	CHECK(parses("1e-400", 0));
	CHECK(parses("1e-99999999999999999999", 0));
	CHECK(parses("0e99999999999999999999", 0));
}

static void parse_refuses_all_else(void)
{
	static const char *const texts[] = {"", "-", "+", ".", "5.", "-.", "1e",
		"1e+", "e5", ".e5", "01", "-01", "00", " 1", "1 ", "1,5",
		"0x10", "inf", "nan", "NaN", "Infinity", "1e309", "-1e309",
		"1.8e308", "1e99999999999999999999", "1.2.3", "--1", "+-1",
		"1e5.5", "1_000", "1d5"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (!CHECK(refused(texts[i])))
			printf("# %s\n", texts[i]);
}

/* Digits beyond those that fit decide when the others are a tie. */
static void parse_rounds_long_numbers(void)
{
	static char text[3000];
	const char *tie = "9007199254740993"; /* 2^53 + 1, between two */

	for (size_t zeros = 0; zeros < 2000; zeros += 97) {
		double value;
		size_t length = strlen(tie);

		memcpy(text, tie, length);
		text[length++] = '.';
		memset(text + length, '0', zeros + 1);
		length += zeros + 1;
		text[length] = '\0';
		CHECK(spp_num_parse(text, &value));
		CHECK(value == 9007199254740992.0);
		text[length++] = '1';
		text[length] = '\0';
		CHECK(spp_num_parse(text, &value));
		CHECK(value == 9007199254740994.0);
	}
	memset(text, '0', sizeof text);
	text[1] = '.';
	text[2000] = '1';
	memcpy(text + 2001, "e1999", 6);
	CHECK(parses(text, 1));
}

static void parse_agrees_with_strtod(void)
{
	struct spp_rng rng = spp_rng_for(7, 0);
	char text[80];
	double value;

	for (int i = 0; i < 300000; i++) {
		int digits = 1 + (int)random_below(&rng, 20);
		int exponent = (int)random_below(&rng, 60) - 30;

		snprintf(text, sizeof text, "%.*e", digits,
			spp_rng_uniform(&rng) * pow(10, exponent));
		if (i % 2 == 0)
			snprintf(text, sizeof text, "%.*f", digits,
				spp_rng_uniform(&rng) * 1e6);
		CHECK(spp_num_parse(text, &value));
		if (!CHECK(value == strtod(text, NULL)))
			printf("# %s\n", text);
	}
}

static bool parses_integer(const char *text, int64_t expected)
{
	int64_t value;

	return spp_num_parse_integer(text, &value) && value == expected;
}

static void integers(void)
{
	static const char *const wrong[] = {"", "-", "1.0", "1e3", "01", " 1",
		"9223372036854775808", "-9223372036854775809", "0x1"};
	int64_t value;

	CHECK(parses_integer("0", 0));
	CHECK(parses_integer("-0", 0));
	CHECK(parses_integer("+12", 12));
	CHECK(parses_integer("9223372036854775807", INT64_MAX));
	CHECK(parses_integer("-9223372036854775808", INT64_MIN));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK(!spp_num_parse_integer(wrong[i], &value));
}

static bool prints(double value, const char *expected)
{
	char text[SPP_NUM_SIZE];
	size_t length = spp_num_exact(value, text);

	if (length == strlen(text) && strcmp(text, expected) == 0)
		return true;
	printf("# %.17g: %s\n", value, text);
	return false;
}

static void exact_forms(void)
{
	CHECK(prints(0, "0"));
	CHECK(prints(-0.0, "0"));
	CHECK(prints(7, "7"));
	CHECK(prints(-7, "-7"));
	CHECK(prints(.1, "0.1"));
	CHECK(prints(-2.5, "-2.5"));
	CHECK(prints(100, "100"));
	CHECK(prints(2e12, "2000000000000"));
	CHECK(prints(999999999999999, "999999999999999"));
	CHECK(prints(1e15, "1e+15"));
	CHECK(prints(1e18, "1e+18"));
	CHECK(prints(-1.5e300, "-1.5e+300"));
	CHECK(prints(1e-4, "0.0001"));
	CHECK(prints(1e-5, "1e-05"));
	CHECK(prints(1. / 3, "0.3333333333333333"));
	CHECK(prints(.1 + .2, "0.30000000000000004"));
	CHECK(prints(5e-324, "5e-324"));
	CHECK(prints(DBL_MIN, "2.2250738585072014e-308"));
	CHECK(prints(DBL_MAX, "1.7976931348623157e+308"));
	CHECK(prints(0.000123456, "0.000123456"));
}

/* Any double, or one of the sizes that are met in practice. */
static double any_value(struct spp_rng *rng, int i)
{
	uint64_t bits = spp_rng_next(rng);
	double value = 0;

	switch (i % 4) {
	case 0:
		memcpy(&value, &bits, sizeof value);
		return isfinite(value) ? value : 1;
	case 1:
		return (double)(bits >> (11 + i / 4 % 50));
	case 2:
		return ldexp(spp_rng_uniform(rng) - .5, (int)(bits % 90) - 40);
	default:
		/* Ties: six digits and a half. */
		return ((double)(bits % 900000) + 100000.5) *
		       pow(10, (int)(bits % 8));
	}
}

static void exact_reads_back_and_is_shortest(void)
{
	struct spp_rng rng = spp_rng_for(8, 0);
	char text[SPP_NUM_SIZE], other[SPP_NUM_SIZE];

	for (int i = 0; i < 300000; i++) {
		double value = any_value(&rng, i);
		size_t length = spp_num_exact(value, text);
		double back;

		CHECK(length == strlen(text) && length < SPP_NUM_SIZE);
		CHECK(spp_num_parse(text, &back) && back == value);
		CHECK(strtod(text, NULL) == value);
		if (value == rint(value) && fabs(value) < 1e15)
			continue;
		for (int digits = 1; digits <= 17; digits++) {
			snprintf(other, sizeof other, "%.*g", digits, value);
			if (strtod(other, NULL) == value)
				break;
		}
		if (!CHECK(strlen(text) <= strlen(other)))
			printf("# %s %s\n", text, other);
	}
}

static void estimates_agree_with_printf(void)
{
	struct spp_rng rng = spp_rng_for(9, 0);
	char text[SPP_NUM_SIZE], printed[40];

	for (int i = 0; i < 1000000; i++) {
		double value = any_value(&rng, i);
		double rounded = spp_num_estimate(value);
		double expected, back;

		snprintf(printed, sizeof printed, "%.6g", value);
		expected = strtod(printed, NULL);
		if (!CHECK(rounded == expected || isinf(expected)))
			printf("# %a: %.17g, %s\n", value, rounded, printed);
		spp_num_exact(rounded, text);
		CHECK(spp_num_parse(text, &back) && back == rounded);
		CHECK(spp_num_estimate(rounded) == rounded);
	}
}

static void estimates_at_the_edges(void)
{
	CHECK(spp_num_estimate(0) == 0);
	CHECK(!signbit(spp_num_estimate(-0.0)));
	CHECK(isfinite(spp_num_estimate(DBL_MAX)));
	CHECK(spp_num_estimate(-DBL_MAX) == -1.79769e308);
	CHECK(spp_num_estimate(5e-324) == 5e-324);
	CHECK(spp_num_estimate(999999.5) == 1e6);
	CHECK(spp_num_estimate(999998.5) == 999998);
	CHECK(spp_num_estimate(1234565) == 1234560);
	CHECK(spp_num_estimate(1234575) == 1234580);
	for (int power = -300; power <= 300; power++) {
		double value = pow(10, power);

		CHECK(fabs(spp_num_estimate(value) / value - 1) < 1e-15);
		CHECK(fabs(spp_num_estimate(nextafter(value, 0)) / value - 1) <
			1e-15);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{"parse: decimal numbers", parse_takes_decimal_numbers},
		{"parse: nothing else", parse_refuses_all_else},
		{"parse: long numbers", parse_rounds_long_numbers},
		{"parse: as strtod", parse_agrees_with_strtod},
		{"integers", integers},
		{"exact: forms", exact_forms},
		{"exact: reads back and is shortest",
			exact_reads_back_and_is_shortest},
		{"estimate: as printf", estimates_agree_with_printf},
		{"estimate: edges", estimates_at_the_edges},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
