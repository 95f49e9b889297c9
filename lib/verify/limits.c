/*
 * How many moves at once, how fast, and when.
 */
#include "lib/verify/replay.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY_S 86400.0

static bool runs_at(const struct spp_verify_move *move, double time_s)
{
	return move->start_s <= time_s &&
	       move->end_s > time_s * (1 + 1e-9) + 1e-9;
}

static bool touches(const struct spp_verify_move *move, size_t platform)
{
	return move->from == platform || move->to == platform ||
	       move->copy_from == platform;
}

static bool touches_rack(const struct spp_verify_model *model,
	const struct spp_verify_move *move, const char *rack)
{
	const size_t at[] = {move->from, move->to, move->copy_from};

	for (size_t i = 0; i < 3; i++) {
		const char *other =
			at[i] == SPP_NOWHERE
				? NULL
				: model->platforms[at[i]].value->rack;

		if (other && strcmp(other, rack) == 0)
			return true;
	}
	return false;
}

/* What runs at the instant at which a move starts. */
struct running {
	double all, platform, rack, out, in;
};

static struct running running(const struct spp_verify_replay *replay,
	double time_s, size_t platform, const char *rack)
{
	struct running sum = {.all = 0};

	for (size_t i = 0; i < replay->count; i++) {
		const struct spp_verify_move *move = &replay->moves[i];

		if (!runs_at(move, time_s))
			continue;
		sum.all++;
		sum.platform += touches(move, platform);
		sum.rack +=
			rack && touches_rack(&replay->run->model, move, rack);
		if (move->attached_s <= time_s * (1 + 1e-9) + 1e-9 ||
			move->copy_from == SPP_NOWHERE)
			continue;
		sum.out += move->copy_from == platform ? move->rate : 0;
		sum.in += move->to == platform ? move->rate : 0;
	}
	return sum;
}

static double limit(const struct spp_verify_replay *replay, const char *name)
{
	return spp_verify_option_number(
		replay->run->model.feed, "spp-plan", name, INFINITY);
}

static void check_concurrency(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	const struct spp_verify_model *model = &replay->run->model;
	const size_t at[] = {move->from, move->to, move->copy_from};
	double most = fmin(
		model->driver.max_inflight, limit(replay, "max_concurrent"));
	double rate = limit(replay, "platform_rate") * (1 + 1e-9);
	struct running sum = running(replay, move->start_s, SPP_NOWHERE, NULL);

	if (sum.all > most)
		spp_breach_add(replay->run->report, SPP_BREACH_INFLIGHT,
			move->at,
			"move \"%s\" is one of %.17g at once, %.17g "
			"may be",
			move->value->id, sum.all, most);
	for (size_t i = 0; i < 3; i++) {
		const struct spp_platform *platform;

		if (at[i] == SPP_NOWHERE)
			continue;
		platform = model->platforms[at[i]].value;
		sum = running(replay, move->start_s, at[i], platform->rack);
		if (sum.platform > limit(replay, "max_per_platform") ||
			sum.rack > limit(replay, "max_per_rack") ||
			sum.out > rate || sum.in > rate) {
			spp_breach_add(replay->run->report,
				SPP_BREACH_PLATFORM_LIMIT, move->at,
				"move \"%s\": more at once on platform \"%s\" "
				"than may be",
				move->value->id, platform->platform);
			break;
		}
	}
}

/* "02:00" in seconds. */
static double clock_s(const char *text)
{
	return ((text[0] - '0') * 10 + (text[1] - '0')) * 3600.0 +
	       ((text[3] - '0') * 10 + (text[4] - '0')) * 60.0;
}

/* Does the move lie inside one day's window? */
static bool inside(const struct spp_verify_model *model,
	const struct spp_verify_move *move, double open_s, double close_s,
	double offset_s)
{
	double start =
		(double)model->now / SPP_SECOND + offset_s + move->start_s;
	double end = start + (move->end_s - move->start_s);
	double day = floor((start - open_s + 1e-6) / DAY_S) * DAY_S;
	double length = close_s - open_s;

	if (length <= 0)
		length += DAY_S;
	return start >= day + open_s - 1e-6 &&
	       end <= day + open_s + length + 1e-6;
}

static bool in_record(const struct spp_verify_model *model,
	const struct spp_verify_move *move, const struct spp_constraint *c)
{
	int32_t offset = 0;

	if (c->utc_offset)
		spp_offset_parse(c->utc_offset, &offset);
	return inside(model, move, clock_s(c->from), clock_s(c->to), offset);
}

/* "02:00-05:00" or "02:00-05:00+01:00", quoted, alone or in an array. */
static bool in_option(const struct spp_verify_model *model,
	const struct spp_verify_move *move, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *quote = memchr(text, '"', (size_t)(end - text));
		const char *close;
		char offset_text[8];
		int32_t offset = 0;

		if (!quote)
			return false;
		text = quote + 1;
		close = memchr(text, '"', (size_t)(end - text));
		if (!close || close - text < 11)
			return false;
		snprintf(offset_text, sizeof(offset_text), "%.*s",
			(int)(close - text) - 11, text + 11);
		if (offset_text[0])
			spp_offset_parse(offset_text, &offset);
		if (inside(model, move, clock_s(text), clock_s(text + 6),
			    offset))
			return true;
		text = close + 1;
	}
	return false;
}

static void check_window(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	const struct spp_verify_model *model = &replay->run->model;
	const struct spp_feed *feed = model->feed;
	bool any = false, in = false;
	const char *text;
	size_t length;

	if (spp_verify_option(feed, "spp-plan", "window", &text, &length)) {
		any = true;
		in = in_option(model, move, text, length);
	} else {
		for (size_t i = 0; i < spp_feed_count(feed, SPP_CONSTRAINT);
			i++) {
			const struct spp_constraint *c =
				spp_feed_at(feed, SPP_CONSTRAINT, i)->value;

			if (c->constraint != SPP_WINDOW)
				continue;
			any = true;
			in |= in_record(model, move, c);
		}
	}
	if (any && !in)
		spp_breach_add(replay->run->report, SPP_BREACH_WINDOW, move->at,
			"move \"%s\" runs outside every window",
			move->value->id);
}

void spp_verify_limits(struct spp_verify_replay *replay)
{
	for (size_t i = 0; i < replay->count; i++) {
		check_concurrency(replay, &replay->moves[i]);
		check_window(replay, &replay->moves[i]);
	}
}
