#include "lib/stages/history_time.h"

#include "lib/base/err.h"
#include "lib/base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Times beyond the year 9999 cannot be written. */
static const double epoch_most_s = 253402300800.0;

/* In the order in which RFC 3339 has them. */
static const char letters[] = "YmdHMS";

static bool letters_known(const char *pattern)
{
	for (const char *at = strchr(pattern, '%'); at;
		at = strchr(at + 2, '%'))
		if (at[1] == '\0' || !strchr(letters, at[1]))
			return false;
	return strchr(pattern, '%');
}

bool spp_time_format_make(struct spp_time_format *format, const char *pattern,
	const char *utc_offset, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];

	*format = (struct spp_time_format){
		.pattern = pattern, .utc_offset_s = SPP_OFFSET_NONE};
	if (utc_offset && !spp_offset_parse(utc_offset, &format->utc_offset_s))
		return spp_fail(err, SPP_USAGE,
			"option --utc-offset must be an offset like +01:00, "
			"got %s",
			spp_err_quote(quoted, utc_offset, strlen(utc_offset)));
	if (!pattern)
		return true;
	if (strcmp(pattern, "epoch") == 0)
		format->unit_s = 1;
	else if (strcmp(pattern, "epoch_ms") == 0)
		format->unit_s = 1e-3;
	else if (strcmp(pattern, "epoch_us") == 0)
		format->unit_s = 1e-6;
	else if (!letters_known(pattern))
		return spp_fail(err, SPP_USAGE,
			"option --time-format must be epoch, epoch_ms, "
			"epoch_us or a pattern of %%Y %%m %%d %%H %%M %%S, "
			"got %s",
			spp_err_quote(quoted, pattern, strlen(pattern)));
	return true;
}

static bool read_epoch(
	const struct spp_time_format *format, const char *text, spp_time *time)
{
	double number;

	if (!spp_num_parse(text, &number))
		return false;
	number *= format->unit_s;
	if (!(fabs(number) < epoch_most_s))
		return false;
	*time = spp_time_add(0, number);
	return true;
}

/* Up to WIDTH digits, at least one. */
static bool take_digits(const char **text, int width, int *value)
{
	int digits = 0;

	for (*value = 0; digits < width; digits++) {
		if (**text < '0' || **text > '9')
			break;
		*value = *value * 10 + (*(*text)++ - '0');
	}
	return digits > 0;
}

/* By pattern, then as RFC 3339 would write it, so that dates are checked. */
static bool read_pattern(
	const struct spp_time_format *format, const char *text, spp_time *time)
{
	int parts[6] = {1970, 1, 1, 0, 0, 0};
	char plain[96];

	for (const char *at = format->pattern; *at; at++) {
		size_t part;

		if (*at != '%') {
			if (*text++ != *at)
				return false;
			continue;
		}
		part = (size_t)(strchr(letters, *++at) - letters);
		if (!take_digits(&text, part == 0 ? 4 : 2, &parts[part]))
			return false;
	}
	if (*text != '\0')
		return false;
	snprintf(plain, sizeof(plain), "%04d-%02d-%02dT%02d:%02d:%02d",
		parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
	return spp_time_parse(plain, format->utc_offset_s, time);
}

bool spp_time_format_read(
	const struct spp_time_format *format, const char *text, spp_time *time)
{
	if (format->unit_s > 0)
		return read_epoch(format, text, time);
	if (format->pattern)
		return read_pattern(format, text, time);
	return spp_time_parse(text, format->utc_offset_s, time);
}
