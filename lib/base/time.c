#include "lib/base/time.h"
#include "lib/base/num.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DAY_SECONDS = 86400 };

static int64_t divide_down(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * Days since 1970-01-01 of the proleptic Gregorian calendar; DATE is year,
 * month and day.  Years begin in March here, so that the leap day comes
 * last; 400 years have 146097 days.
 */
static int64_t days_from_date(const int date[3])
{
	int year = date[1] > 2 ? date[0] : date[0] - 1;
	int64_t era = divide_down(year, 400);
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * ((date[1] + 9) % 12) + 2) / 5 + date[2] - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static void date_from_days(int64_t days, int date[3])
{
	int64_t shifted = days + 719468;
	int64_t era = divide_down(shifted, 146097);
	int64_t of_era = shifted - era * 146097;
	int64_t years =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
		365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int64_t months = (5 * of_year + 2) / 153;

	date[2] = (int)(of_year - (153 * months + 2) / 5 + 1);
	date[1] = (int)(months < 10 ? months + 3 : months - 9);
	date[0] = (int)(years + era * 400) + (date[1] <= 2);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Numbers off the text, of as many digits as PATTERN says ("4-2-2"); what is
 * no digit there stands for itself.
 */
static bool take(const char **text, const char *pattern, int *numbers)
{
	for (; *pattern != '\0'; pattern++) {
		if (!is_digit(*pattern)) {
			if (*(*text)++ != *pattern)
				return false;
			continue;
		}
		*numbers = 0;
		for (int left = *pattern - '0'; left > 0; left--) {
			if (!is_digit(**text))
				return false;
			*numbers = *numbers * 10 + (*(*text)++ - '0');
		}
		numbers++;
	}
	return true;
}

/* A point and digits, if there is one; those beyond a microsecond do not count. */
static bool take_fraction(const char **text, int *microseconds)
{
	int unit = 100000;

	*microseconds = 0;
	if (**text != '.')
		return true;
	if (!is_digit(*++*text))
		return false;
	for (; is_digit(**text); unit /= 10)
		*microseconds += (*(*text)++ - '0') * unit;
	return true;
}

bool spp_offset_parse(const char *text, int32_t *seconds)
{
	int sign = *text == '-' ? -1 : 1;
	int hours = 0, minutes = 0;

	if (*text == 'Z' || *text == 'z') {
		text++;
	} else {
		if (*text != '+' && *text != '-')
			return false;
		text++;
		if (!take(&text, "2", &hours))
			return false;
		if (*text != '\0' &&
			!take(&text, *text == ':' ? ":2" : "2", &minutes))
			return false;
	}
	if (*text != '\0' || hours > 23 || minutes > 59)
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool spp_time_parse(const char *text, int32_t utc_offset_s, spp_time *time)
{
	int date[3], back[3], clock[3], fraction;
	int32_t offset = utc_offset_s;
	int64_t days, seconds;

	if (!take(&text, "4-2-2", date) || *text == '\0' ||
		strchr("Tt ", *text++) == NULL ||
		!take(&text, "2:2:2", clock) ||
		!take_fraction(&text, &fraction))
		return false;
	/* What is no date comes back as another one. */
	days = days_from_date(date);
	date_from_days(days, back);
	if (memcmp(back, date, sizeof date) != 0 || clock[0] > 23 ||
		clock[1] > 59 || clock[2] > 60)
		return false;
	if (*text != '\0' ? !spp_offset_parse(text, &offset)
			  : offset == SPP_OFFSET_NONE)
		return false;
	if (clock[2] == 60)
		fraction = 0;
	seconds = days * DAY_SECONDS + clock[0] * 3600 + clock[1] * 60 +
	          clock[2] - offset;
	*time = seconds * SPP_SECOND + fraction;
	return true;
}

size_t spp_time_text(spp_time time, char text[SPP_TIME_SIZE])
{
	int64_t seconds = divide_down(time, SPP_SECOND);
	int64_t days = divide_down(seconds, DAY_SECONDS);
	int fraction = (int)((time % SPP_SECOND + SPP_SECOND) % SPP_SECOND);
	int of_day = (int)(seconds - days * DAY_SECONDS);
	int date[3], length;

	date_from_days(days, date);
	length = snprintf(text, SPP_TIME_SIZE,
		"%04d-%02d-%02dT%02d:%02d:%02d.%06d", date[0], date[1], date[2],
		of_day / 3600, of_day / 60 % 60, of_day % 60, fraction);
	assert(length + 2 <= SPP_TIME_SIZE);
	while (text[length - 1] == '0')
		length--;
	if (text[length - 1] == '.')
		length--;
	text[length] = 'Z';
	text[length + 1] = '\0';
	return (size_t)length + 1;
}

bool spp_duration_parse(const char *text, double *seconds)
{
	static const struct {
		const char *name;
		double count, parts; /* .001 is no double, 1 / 1000 is one */
	} units[] = {
		{"d", 86400, 1},
		{"h", 3600, 1},
		{"m", 60, 1},
		{"s", 1, 1},
		{"ms", 1, 1000},
	};
	const size_t unit_count = sizeof units / sizeof units[0];
	const char *digits = "0123456789.";
	double total = 0;

	if (text[strspn(text, digits)] == '\0')
		return spp_num_parse(text, seconds);
	for (size_t unit = 0; *text != '\0'; unit++) {
		char number[64] = {0}, name[3] = {0};
		double count;
		size_t length = strspn(text, digits);

		if (length >= sizeof number)
			return false;
		memcpy(number, text, length);
		text += length;
		length = strcspn(text, digits);
		if (length >= sizeof name || !spp_num_parse(number, &count))
			return false;
		memcpy(name, text, length);
		text += length;
		while (unit < unit_count && strcmp(units[unit].name, name) != 0)
			unit++;
		if (unit == unit_count)
			return false;
		total += count * units[unit].count / units[unit].parts;
	}
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
