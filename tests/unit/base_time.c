#include "lib/base/rng.h"
#include "lib/base/time.h"
#include "tests/random.h"
#include "tests/unit/test.h"

#include <string.h>
#include <time.h>

static bool parses(const char *text, spp_time expected)
{
	spp_time time;

	return spp_time_parse(text, SPP_OFFSET_NONE, &time) && time == expected;
}

static bool refused(const char *text)
{
	spp_time time = 7;

	return !spp_time_parse(text, SPP_OFFSET_NONE, &time) && time == 7;
}

static void times_are_read(void)
{
	const spp_time day = 86400 * SPP_SECOND;

	CHECK(parses("1970-01-01T00:00:00Z", 0));
	CHECK(parses("1970-01-02 00:00:00z", day));
	CHECK(parses("1970-01-01t00:00:00.25Z", 250000));
	CHECK(parses("1970-01-01T00:00:00.123456999Z", 123456));
	CHECK(parses("1970-01-01T01:00:00+01:00", 0));
	CHECK(parses("1969-12-31T20:30:00-0330", 0));
	CHECK(parses("1970-01-01 00:00:00+00", 0));
	CHECK(parses("2026-11-22T10:00:00Z", 1795341600 * SPP_SECOND));
	CHECK(parses("2000-02-29T00:00:00Z", 951782400 * SPP_SECOND));
	CHECK(parses("2016-12-31T23:59:60Z", 1483228800 * SPP_SECOND));
	CHECK(parses(
		"0000-01-01T00:00:00Z", INT64_C(-62167219200) * SPP_SECOND));
	CHECK(parses(
		"9999-12-31T23:59:59Z", INT64_C(253402300799) * SPP_SECOND));
}

static void other_texts_are_no_times(void)
{
	static const char *const texts[] = {"", "2026-11-22",
		"2026-11-22T10:00Z", "2026-11-22T10:00:00",
		"2026-11-22T10:00:00.Z", "2026-13-22T10:00:00Z",
		"2026-00-22T10:00:00Z", "2026-11-31T10:00:00Z",
		"2026-11-00T10:00:00Z", "2026-02-29T10:00:00Z",
		"2100-02-29T10:00:00Z", "2026-11-22T24:00:00Z",
		"2026-11-22T10:60:00Z", "2026-11-22T10:00:61Z",
		"2026-11-22T10:00:00+24:00", "2026-11-22T10:00:00+01:60",
		"2026-11-22T10:00:00Zx", " 2026-11-22T10:00:00Z",
		"26-11-22T10:00:00Z", "2026-11-22_10:00:00Z", "1795341600",
		"2026-11-22T10:00:00+1", "-026-11-22T10:00:00Z"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (!CHECK(refused(texts[i])))
			printf("# %s\n", texts[i]);
}

static void local_times_need_an_offset(void)
{
	const char *text = "1970-01-01T01:00:00";
	spp_time time;

	CHECK(spp_time_parse(text, 3600, &time) && time == 0);
	text = "1970-01-01T01:00:00Z"; /* its own offset counts */
	CHECK(spp_time_parse(text, 3600, &time));
	CHECK(time == 3600 * SPP_SECOND);
}

static bool prints(spp_time time, const char *expected)
{
	char text[SPP_TIME_SIZE];

	return spp_time_text(time, text) == strlen(text) &&
	       strcmp(text, expected) == 0;
}

static void times_are_printed(void)
{
	char text[SPP_TIME_SIZE];

	CHECK(prints(0, "1970-01-01T00:00:00Z"));
	CHECK(prints(-1, "1969-12-31T23:59:59.999999Z"));
	CHECK(prints(1795341600 * SPP_SECOND, "2026-11-22T10:00:00Z"));
	CHECK(prints(1500000, "1970-01-01T00:00:01.5Z"));
	CHECK(spp_time_text(INT64_MAX, text) < SPP_TIME_SIZE);
	CHECK(spp_time_text(INT64_MIN, text) < SPP_TIME_SIZE);
}

static void times_agree_with_the_c_library(void)
{
	struct spp_rng rng = spp_rng_for(3, 0);
	char text[SPP_TIME_SIZE], other[SPP_TIME_SIZE];

	for (int i = 0; i < 100000; i++) {
		int64_t seconds =
			(int64_t)random_below(&rng, 315537897600) - 62167219200;
		time_t when = seconds;
		struct tm parts;
		spp_time back;

		gmtime_r(&when, &parts);
		parts.tm_year += 1900;
		snprintf(other, sizeof other, "%04d-%02d-%02dT%02d:%02d:%02dZ",
			parts.tm_year % 10000, (parts.tm_mon + 1) % 100,
			parts.tm_mday % 100, parts.tm_hour % 100,
			parts.tm_min % 100, parts.tm_sec % 100);
		spp_time_text(seconds * SPP_SECOND, text);
		CHECK(strcmp(text, other) == 0);
		CHECK(spp_time_parse(text, SPP_OFFSET_NONE, &back));
		CHECK(back == seconds * SPP_SECOND);
	}
}

static bool lasts(const char *text, double expected)
{
	double seconds;

	return spp_duration_parse(text, &seconds) && seconds == expected;
}

static void durations(void)
{
	static const char *const wrong[] = {"", "s", "-1", "+1", "1x", "1m1h",
		"1h1h", "1h30", "1 h", "1e3", "1e3s", "1.h", "ms", "1sm",
		"1m-1s", "inf", "1..5s", "01s"};
	double seconds;

	CHECK(lasts("90", 90));
	CHECK(lasts("0", 0));
	CHECK(lasts("90s", 90));
	CHECK(lasts("15m", 900));
	CHECK(lasts("1h30m", 5400));
	CHECK(lasts("1d2h3m4s5ms", 93784.005));
	CHECK(lasts("7d", 604800));
	CHECK(lasts("250ms", .25));
	CHECK(lasts("1.5h", 5400));
	CHECK(lasts(".5", .5));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!CHECK(!spp_duration_parse(wrong[i], &seconds)))
			printf("# %s\n", wrong[i]);
}

static void offsets(void)
{
	static const char *const wrong[] = {"", "+", "+1", "01:00", "+1:00",
		"+01:0", "+24:00", "+01:60", "Zulu", "+01:00:00", "+010"};
	int32_t seconds;

	CHECK(spp_offset_parse("+01:00", &seconds) && seconds == 3600);
	CHECK(spp_offset_parse("-0330", &seconds) && seconds == -12600);
	CHECK(spp_offset_parse("-05", &seconds) && seconds == -18000);
	CHECK(spp_offset_parse("Z", &seconds) && seconds == 0);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!CHECK(!spp_offset_parse(wrong[i], &seconds)))
			printf("# %s\n", wrong[i]);
}

static void sums_stay_in_range(void)
{
	CHECK(spp_time_add(5, 1.5) == 1500005);
	CHECK(spp_time_add(5, -1.5) == -1499995);
	CHECK(spp_time_add(0, 1e300) == INT64_MAX);
	CHECK(spp_time_add(0, -1e300) == INT64_MIN + 1);
	CHECK(spp_time_add(INT64_MAX - 5, 1) == INT64_MAX);
	CHECK(spp_time_add(INT64_MIN + 5, -1) == INT64_MIN + 1);
	CHECK(spp_time_add(-1, (double)INT64_MIN / 1e6) == INT64_MIN + 1);
	CHECK(spp_time_add(SPP_TIME_NONE, 1) == SPP_TIME_NONE);
	CHECK(spp_time_since(1500000, 0) == 1.5);
	CHECK(spp_time_since(INT64_MAX, INT64_MIN + 1) > 1.8e13);
}

int main(void)
{
	static const struct test tests[] = {
		{"times are read", times_are_read},
		{"other texts are no times", other_texts_are_no_times},
		{"local times need an offset", local_times_need_an_offset},
		{"times are printed", times_are_printed},
		{"as the C library", times_agree_with_the_c_library},
		{"durations", durations},
		{"offsets", offsets},
		{"sums stay in range", sums_stay_in_range},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
