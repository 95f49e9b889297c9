/* Limits of a plan: options, what the driver can do, windows of time. */
#include "lib/stages/plan_parts.h"

#include "lib/base/arena.h"
#include "lib/io/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_S = 60, DAY_S = 86400 };

/* Seconds into the day of "02:00"; the text has been checked. */
static double clock_s(const char *text)
{
	return ((text[0] - '0') * 10 + text[1] - '0') * 60.0 * MINUTE_S +
	       ((text[3] - '0') * 10 + text[4] - '0') * (double)MINUTE_S;
}

static bool is_clock(const char *text)
{
	return strspn(text, "0123456789") == 2 && text[2] == ':' &&
	       strspn(text + 3, "0123456789") == 2 && clock_s(text) <= DAY_S &&
	       text[3] < '6';
}

bool spp_plan_add_windows(struct spp_plan_job *job, const char *from,
	const char *to, int32_t utc_offset_s, struct spp_buf *windows)
{
	const struct spp_cluster *cluster = job->cluster;
	double horizon_s = cluster->slot_end_s[cluster->slots - 1];
	double length_s = clock_s(to) - clock_s(from);
	double midnight_s, at_s;

	/* Until the same time is a day; until an earlier one, overnight. */
	if (length_s <= 0)
		length_s += DAY_S;
	midnight_s = (double)(cluster->now / SPP_SECOND % DAY_S);
	at_s = clock_s(from) - (double)utc_offset_s - midnight_s -
	       (double)(cluster->now % SPP_SECOND) / (double)SPP_SECOND;
	for (at_s -= 2 * DAY_S; at_s < horizon_s; at_s += DAY_S) {
		const struct spp_plan_window window = {
			fmax(0, at_s), at_s + length_s};

		if (window.close_s > 0)
			spp_buf_append(windows, &window, sizeof(window));
	}
	return !windows->failed;
}

static int compare_windows(const void *a, const void *b)
{
	const struct spp_plan_window *x = a, *y = b;

	if (x->open_s != y->open_s)
		return x->open_s < y->open_s ? -1 : 1;
	return (x->close_s > y->close_s) - (x->close_s < y->close_s);
}

/* "02:00-05:00", "22:00-04:00+01:00". */
static bool add_option(struct spp_plan_job *job, const char *text,
	struct spp_buf *windows, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE], from[6] = {0}, to[6] = {0};
	size_t length = strlen(text);
	int32_t offset_s = 0;

	if (length >= 11) {
		memcpy(from, text, 5);
		memcpy(to, text + 6, 5);
	}
	if (length < 11 || text[5] != '-' || !is_clock(from) || !is_clock(to) ||
		(length > 11 && !spp_offset_parse(text + 11, &offset_s)))
		return spp_fail(err, SPP_USAGE,
			"option --window must be like 02:00-05:00 or "
			"02:00-05:00+01:00, got %s",
			spp_err_quote(quoted, text, length));
	return spp_plan_add_windows(job, from, to, offset_s, windows) ||
	       spp_fail_memory(err);
}

/* An option beats the records: said once. */
static void warn_beaten(struct spp_plan_job *job)
{
	struct spp_err warning = {0};

	spp_fail(&warning, SPP_INPUT,
		"option --window takes the place of the window constraints");
	spp_errs_add(&job->stage->context->warnings, &warning);
}

static bool add_constraints(struct spp_plan_job *job, bool beaten,
	struct spp_buf *windows, struct spp_err *err)
{
	const struct spp_feed *feed = &job->stage->feed;
	size_t count = spp_feed_count(feed, SPP_CONSTRAINT), found = 0;

	for (size_t i = 0; i < count; i++) {
		const struct spp_constraint *constraint =
			spp_feed_at(feed, SPP_CONSTRAINT, i)->value;
		const char *offset = constraint->utc_offset;
		int32_t offset_s = 0;

		if (constraint->constraint != SPP_WINDOW)
			continue;
		found++;
		if (beaten)
			continue;
		if (offset != NULL)
			spp_offset_parse(offset, &offset_s);
		if (!spp_plan_add_windows(job, constraint->from, constraint->to,
			    offset_s, windows))
			return spp_fail_memory(err);
	}
	if (beaten && found > 0)
		warn_beaten(job);
	/* A window that never opens is not the same as no window. */
	if ((beaten || found > 0) && windows->length == 0) {
		const struct spp_plan_window never = {INFINITY, INFINITY};

		spp_buf_append(windows, &never, sizeof(never));
	}
	return spp_buf_ok(windows, err);
}

/* Sorted, and those that touch made one. */
static bool keep_windows(struct spp_plan_job *job,
	const struct spp_buf *windows, struct spp_err *err)
{
	size_t count = windows->length / sizeof(struct spp_plan_window);
	size_t kept = 0;
	struct spp_plan_window *list =
		spp_arena_alloc(job->arena, count, sizeof(*list));

	if (list == NULL)
		return spp_fail_memory(err);
	if (count > 0) {
		memcpy(list, windows->data, windows->length);
		qsort(list, count, sizeof(*list), compare_windows);
	}
	for (size_t i = 0; i < count; i++)
		if (kept > 0 && list[i].open_s <= list[kept - 1].close_s)
			list[kept - 1].close_s =
				fmax(list[kept - 1].close_s, list[i].close_s);
		else
			list[kept++] = list[i];
	job->limits.windows = kept;
	job->limits.window = list;
	return true;
}

/* An option, else what an earlier run was given, else no limit. */
static double limit(
	double option, const struct spp_json *given, const char *name)
{
	const struct spp_json *value;

	if (spp_present(option))
		return option;
	value = given == NULL ? NULL : spp_json_get(given, name);
	if (value != NULL && (spp_json_kind(value) == SPP_JSON_INTEGER ||
				     spp_json_kind(value) == SPP_JSON_REAL))
		return spp_json_number(value);
	return INFINITY;
}

static bool read_windows(struct spp_plan_job *job, const struct spp_json *given,
	struct spp_err *err)
{
	const struct spp_strings *option = &job->options->window;
	const struct spp_json *before =
		given == NULL ? NULL : spp_json_get(given, "window");
	size_t count =
		before != NULL && spp_json_kind(before) == SPP_JSON_ARRAY &&
				option->count == 0
			? spp_json_count(before)
			: 0;
	struct spp_buf windows = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < option->count; i++)
		ok = add_option(job, option->items[i], &windows, err);
	for (size_t i = 0; ok && i < count; i++) {
		const struct spp_json *value = spp_json_at(before, i);

		if (spp_json_kind(value) == SPP_JSON_STRING)
			ok = add_option(job, spp_json_string(value, NULL),
				&windows, err);
	}
	ok = ok &&
	     add_constraints(job, option->count + count > 0, &windows, err) &&
	     keep_windows(job, &windows, err);
	spp_buf_free(&windows);
	return ok;
}

bool spp_plan_read_limits(
	struct spp_plan_job *job, const char *given, struct spp_err *err)
{
	const struct spp_plan_options *options = job->options;
	const struct spp_abilities *driver = &job->cluster->driver;
	struct spp_json *before = NULL;
	bool ok;

	if (given != NULL) {
		before = spp_json_parse(given, strlen(given), err);
		if (before == NULL)
			return false;
		if (spp_json_kind(before) != SPP_JSON_OBJECT) {
			spp_json_free(before);
			before = NULL;
		}
	}
	job->limits = (struct spp_plan_limits){
		.max_concurrent = fmin(limit(options->max_concurrent, before,
					       "max_concurrent"),
			driver->max_inflight),
		.max_per_platform = limit(
			options->max_per_platform, before, "max_per_platform"),
		.max_per_rack =
			limit(options->max_per_rack, before, "max_per_rack"),
		.rate = fmin(
			limit(options->rate, before, "rate"), driver->rate),
		.platform_rate =
			limit(options->platform_rate, before, "platform_rate"),
	};
	ok = read_windows(job, before, err);
	if (before != NULL)
		spp_json_free(before);
	return ok;
}
