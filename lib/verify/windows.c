/*
 * When moves may run: windows of a day, every day, as times from now.
 */
#include "lib/verify/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400.0

enum { DAYS_MOST = 4096, OPTION_MOST = 32 };

/* Windows that are still gathered. */
struct gathered {
	struct spp_verify_replay *replay;
	double from_s, until_s; /* now within its day; what must be covered */
	struct spp_buf list;
};

/* "02:00" in seconds. */
static double clock_s(const char *text)
{
	return ((text[0] - '0') * 10 + (text[1] - '0')) * 3600.0 +
	       ((text[3] - '0') * 10 + (text[4] - '0')) * 60.0;
}

/* One time of day, on all days; up to the same time is a whole day. */
static void add_days(struct gathered *gathered, const char *from,
	const char *to, int32_t offset_s)
{
	double open_s = clock_s(from) - offset_s - gathered->from_s;
	double length_s = clock_s(to) - clock_s(from);

	if (length_s <= 0)
		length_s += DAY_S;
	for (int day = -2; day < DAYS_MOST; day++) {
		struct spp_verify_window window = {.open_s = 0};

		window.open_s = open_s + day * DAY_S;
		window.close_s = window.open_s + length_s;
		if (window.open_s > gathered->until_s)
			return;
		if (window.close_s > 0)
			spp_buf_append(
				&gathered->list, &window, sizeof(window));
	}
}

static void add_records(struct gathered *gathered)
{
	struct spp_verify_replay *replay = gathered->replay;
	const struct spp_feed *feed = replay->run->model.feed;

	for (size_t i = 0; i < spp_feed_count(feed, SPP_CONSTRAINT); i++) {
		const struct spp_constraint *c =
			spp_feed_at(feed, SPP_CONSTRAINT, i)->value;
		int32_t offset_s = 0;

		if (c->constraint != SPP_WINDOW)
			continue;
		replay->windowed = true;
		if (c->utc_offset)
			spp_offset_parse(c->utc_offset, &offset_s);
		add_days(gathered, c->from, c->to, offset_s);
	}
}

/* "02:00-05:00" or "02:00-05:00+01:00", quoted, alone or in an array. */
static void add_option(
	struct gathered *gathered, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *quote = memchr(text, '"', (size_t)(end - text));
		const char *close;
		char window[OPTION_MOST] = "";
		int32_t offset_s = 0;

		if (!quote)
			return;
		text = quote + 1;
		close = memchr(text, '"', (size_t)(end - text));
		if (!close || close - text < 11 || close - text >= OPTION_MOST)
			return;
		memcpy(window, text, (size_t)(close - text));
		if (window[11])
			spp_offset_parse(window + 11, &offset_s);
		add_days(gathered, window, window + 6, offset_s);
		text = close + 1;
	}
}

static int compare_windows(const void *a, const void *b)
{
	const struct spp_verify_window *left = a, *right = b;

	if (left->open_s != right->open_s)
		return left->open_s < right->open_s ? -1 : 1;
	return (left->close_s > right->close_s) -
	       (left->close_s < right->close_s);
}

/* Those that touch or overlap are one. */
static void join(struct spp_verify_replay *replay)
{
	struct spp_verify_window *list = replay->windows;
	size_t kept = 0;

	for (size_t i = 0; i < replay->window_count; i++)
		if (kept > 0 && list[i].open_s <= list[kept - 1].close_s + 1e-6)
			list[kept - 1].close_s =
				fmax(list[kept - 1].close_s, list[i].close_s);
		else
			list[kept++] = list[i];
	replay->window_count = kept;
}

bool spp_verify_read_windows(
	struct spp_verify_replay *replay, struct spp_err *err)
{
	const struct spp_verify_model *model = &replay->run->model;
	struct gathered gathered = {
		.replay = replay,
		.from_s = fmod((double)model->now / SPP_SECOND, DAY_S),
		.until_s = replay->horizon_s + DAY_S,
	};
	const char *text;
	size_t length;
	bool done;

	for (size_t i = 0; i < replay->count; i++)
		gathered.until_s =
			fmax(gathered.until_s, replay->moves[i].end_s);
	replay->windowed = spp_verify_option(
		model->feed, "spp-plan", "window", &text, &length);
	if (replay->windowed)
		add_option(&gathered, text, length);
	else
		add_records(&gathered);
	length = gathered.list.length;
	replay->window_count = length / sizeof(*replay->windows);
	replay->windows = spp_arena_alloc(
		model->arena, replay->window_count, sizeof(*replay->windows));
	done = spp_buf_ok(&gathered.list, err) &&
	       spp_arena_ok(model->arena, err);
	if (done && length > 0)
		memcpy(replay->windows, gathered.list.data, length);
	spp_buf_free(&gathered.list);
	if (!done)
		return false;
	if (length > 0)
		qsort(replay->windows, replay->window_count,
			sizeof(*replay->windows), compare_windows);
	join(replay);
	return true;
}

bool spp_verify_in_window(
	const struct spp_verify_replay *replay, double start_s, double end_s)
{
	double slack = 1e-6 + 1e-9 * end_s;

	for (size_t i = 0; i < replay->window_count; i++)
		if (replay->windows[i].open_s <= start_s + slack &&
			end_s <= replay->windows[i].close_s + slack)
			return true;
	return !replay->windowed;
}
