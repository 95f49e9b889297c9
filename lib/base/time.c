#include "lib/base/time.h"
#include "lib/base/num.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DAY_SECONDS = 86400 };

/* A place in a text that is read from left to right. */
struct cursor {
	const char *at;
	const char *end;
};

/* COUNT digits, no more and no fewer. */
static bool take_number(struct cursor *cursor, int count, int *value)
{
	int number = 0;

	if (cursor->end - cursor->at < count)
		return false;
	for (int i = 0; i < count; i++) {
		char c = *cursor->at++;

		if (c < '0' || c > '9')
			return false;
		number = number * 10 + (c - '0');
	}
	*value = number;
	return true;
}

static bool take_char(struct cursor *cursor, const char *choices)
{
	if (cursor->at == cursor->end || *cursor->at == '\0' ||
		strchr(choices, *cursor->at) == NULL)
		return false;
	cursor->at++;
	return true;
}

/*
 * Days since 1970-01-01 of the proleptic Gregorian calendar.  Years begin in
 * March here, so that the leap day comes last; 400 years have 146097 days.
 */
static int64_t days_from_date(int64_t year, int month, int day)
{
	int64_t shifted = month > 2 ? year : year - 1;
	int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
	int64_t of_era = shifted - era * 400;
	int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static void date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t years =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
		365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int64_t months = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * months + 2) / 5 + 1);
	*month = (int)(months < 10 ? months + 3 : months - 9);
	*year = years + era * 400 + (*month <= 2);
}

static bool take_date(struct cursor *cursor, int64_t *days)
{
	static const int lengths[] = {
		31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;

	if (!take_number(cursor, 4, &year) || !take_char(cursor, "-") ||
		!take_number(cursor, 2, &month) || !take_char(cursor, "-") ||
		!take_number(cursor, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
		return false;
	if (month == 2 && day == 29 &&
		(year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)))
		return false;
	*days = days_from_date(year, month, day);
	return true;
}

/* Digits behind the point; those beyond a microsecond are dropped. */
static bool take_fraction(struct cursor *cursor, int *microseconds)
{
	const char *first = cursor->at;
	int unit = 100000;

	for (*microseconds = 0; cursor->at < cursor->end; unit /= 10) {
		if (*cursor->at < '0' || *cursor->at > '9')
			break;
		*microseconds += (*cursor->at++ - '0') * unit;
	}
	return cursor->at > first;
}

static bool take_clock(struct cursor *cursor, int64_t *microseconds)
{
	int hour, minute, second;
	int fraction = 0;

	if (!take_number(cursor, 2, &hour) || !take_char(cursor, ":") ||
		!take_number(cursor, 2, &minute) || !take_char(cursor, ":") ||
		!take_number(cursor, 2, &second))
		return false;
	if (take_char(cursor, ".") && !take_fraction(cursor, &fraction))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	if (second == 60)
		fraction = 0;
	*microseconds =
		(hour * INT64_C(3600) + minute * 60 + second) * SPP_SECOND +
		fraction;
	return true;
}

bool spp_offset_parse(const char *text, size_t length, int32_t *seconds)
{
	struct cursor cursor = {text, text + length};
	int hours, minutes = 0;
	bool west;

	if (take_char(&cursor, "Zz")) {
		if (cursor.at != cursor.end)
			return false;
		*seconds = 0;
		return true;
	}
	west = length > 0 && text[0] == '-';
	if (!take_char(&cursor, "+-") || !take_number(&cursor, 2, &hours))
		return false;
	if (cursor.at != cursor.end) {
		take_char(&cursor, ":");
		if (!take_number(&cursor, 2, &minutes))
			return false;
	}
	if (cursor.at != cursor.end || hours > 23 || minutes > 59)
		return false;
	*seconds = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

bool spp_time_parse(
	const char *text, size_t length, int32_t utc_offset_s, spp_time *time)
{
	struct cursor cursor = {text, text + length};
	int32_t offset = utc_offset_s;
	int64_t days, microseconds;

	if (!take_date(&cursor, &days) || !take_char(&cursor, "Tt ") ||
		!take_clock(&cursor, &microseconds))
		return false;
	if (cursor.at != cursor.end) {
		size_t rest = (size_t)(cursor.end - cursor.at);

		if (!spp_offset_parse(cursor.at, rest, &offset))
			return false;
	} else if (offset == SPP_OFFSET_NONE) {
		return false;
	}
	*time = (days * DAY_SECONDS - offset) * SPP_SECOND + microseconds;
	return true;
}

size_t spp_time_text(spp_time time, char text[SPP_TIME_SIZE])
{
	int64_t seconds = time / SPP_SECOND;
	int fraction = (int)(time % SPP_SECOND);
	int64_t days, year;
	int month, day, length, of_day;

	if (fraction < 0) {
		fraction += (int)SPP_SECOND;
		seconds--;
	}
	days = seconds / DAY_SECONDS;
	of_day = (int)(seconds % DAY_SECONDS);
	if (of_day < 0) {
		of_day += DAY_SECONDS;
		days--;
	}
	date_from_days(days, &year, &month, &day);
	length = snprintf(text, SPP_TIME_SIZE,
		"%04lld-%02d-%02dT%02d:%02d:%02d", (long long)year, month, day,
		of_day / 3600, of_day / 60 % 60, of_day % 60);
	if (fraction > 0) {
		length += snprintf(text + length,
			SPP_TIME_SIZE - (size_t)length, ".%06d", fraction);
		while (text[length - 1] == '0')
			length--;
	}
	assert(length + 2 <= SPP_TIME_SIZE);
	text[length] = 'Z';
	text[length + 1] = '\0';
	return (size_t)length + 1;
}

/* Seconds of the unit that the cursor stands on; *rank grows downwards. */
static double take_unit(struct cursor *cursor, int *rank)
{
	static const struct unit {
		const char *name;
		double seconds;
	} units[] = {
		{"d", 86400},
		{"h", 3600},
		{"ms", .001},
		{"m", 60},
		{"s", 1},
	};
	static const int ranks[] = {1, 2, 5, 3, 4};
	size_t left = (size_t)(cursor->end - cursor->at);

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		size_t length = strlen(units[i].name);

		if (length > left ||
			memcmp(cursor->at, units[i].name, length) != 0)
			continue;
		cursor->at += length;
		if (ranks[i] <= *rank)
			return -1;
		*rank = ranks[i];
		return units[i].seconds;
	}
	return -1;
}

bool spp_duration_parse(const char *text, size_t length, double *seconds)
{
	struct cursor cursor = {text, text + length};
	double total = 0;
	int rank = 0;

	if (length == 0)
		return false;
	while (cursor.at < cursor.end) {
		const char *first = cursor.at;
		double count, unit = 1;

		while (cursor.at < cursor.end &&
			((*cursor.at >= '0' && *cursor.at <= '9') ||
				*cursor.at == '.'))
			cursor.at++;
		if (!spp_num_parse(first, (size_t)(cursor.at - first), &count))
			return false;
		if (first != text || cursor.at < cursor.end)
			unit = take_unit(&cursor, &rank);
		if (unit < 0)
			return false;
		/* Division, because .001 is no double but 1000 is one. */
		total += unit < 1 ? count / 1000 : count * unit;
	}
	if (!isfinite(total))
		return false;
	*seconds = total;
	return true;
}

spp_time spp_time_add(spp_time time, double seconds)
{
	double microseconds = rint(seconds * (double)SPP_SECOND);
	spp_time sum;

	assert(!isnan(seconds));
	if (time == SPP_TIME_NONE)
		return time;
	if (microseconds >= 0x1p63)
		return INT64_MAX;
	if (microseconds <= -0x1p63)
		return INT64_MIN + 1;
	if (__builtin_add_overflow(time, (int64_t)microseconds, &sum))
		return seconds > 0 ? INT64_MAX : INT64_MIN + 1;
	return sum != SPP_TIME_NONE ? sum : sum + 1;
}

double spp_time_since(spp_time time, spp_time origin)
{
	int64_t difference;

	if (__builtin_sub_overflow(time, origin, &difference))
		return (double)time / (double)SPP_SECOND -
		       (double)origin / (double)SPP_SECOND;
	return (double)difference / (double)SPP_SECOND;
}
