/*
 * A time before which no plan of the same moves can end, whatever their
 * order: what the bound of a plan must not be above.
 *
 * A move takes at least its hand-over and, at the highest rate and the least
 * traffic, its copy.  So no plan ends before
 *
 *	any of its moves can alone;
 *	the moves of one partition can, one after the other;
 *	m moves, of which c may run at once, can: their times over c, and, of
 *	the k c + 1 longest, the k + 1 shortest one after the other;
 *	a platform has sent, or taken in, all bytes that it must;
 *
 * where only the time within windows counts.  The least traffic is that of
 * the slots that a plan of this length would have seen.
 */
#include "lib/verify/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a move takes at least. */
struct least {
	double seconds;
	double bytes; /* sent, what is produced meanwhile among them */
};

struct bound {
	const struct spp_verify_replay *replay;
	double rate;         /* most of one copy */
	struct least *least; /* by move */
	double *row;         /* scratch: seconds of some moves */
};

static double least_produced(
	const struct spp_verify_model *model, size_t partition, size_t last)
{
	double in = INFINITY;

	for (size_t k = 0; k <= last; k++)
		in = fmin(in, spp_verify_produced(model, partition, k));
	return in;
}

/* When a plan ends in one of the slots up to LAST. */
static void find_least(struct bound *bound, size_t last)
{
	const struct spp_verify_replay *replay = bound->replay;
	const struct spp_verify_model *model = &replay->run->model;

	for (size_t i = 0; i < replay->count; i++) {
		const struct spp_verify_move *move = &replay->moves[i];
		struct least *least = &bound->least[i];
		double gain = bound->rate -
		              least_produced(model, move->partition, last);

		*least = (struct least){.seconds = model->driver.handover_s};
		if (!(move->bytes > 0) || !(gain > 0))
			continue;
		least->seconds += move->bytes / gain;
		least->bytes = bound->rate * (move->bytes / gain);
	}
}

static int compare_longest(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left < right) - (left > right);
}

/* The scratch's moves, of which so many may run at once. */
static double at_once(struct bound *bound, size_t count, double places)
{
	double sum = 0, most;

	if (isinf(places) || count == 0)
		return 0;
	places = fmax(1, floor(places));
	qsort(bound->row, count, sizeof(double), compare_longest);
	for (size_t i = 0; i < count; i++)
		sum += bound->row[i];
	most = sum / places;
	for (size_t k = 1; (double)k * places < (double)count; k++) {
		size_t last = (size_t)((double)k * places);

		sum = 0;
		for (size_t i = last - k; i <= last; i++)
			sum += bound->row[i];
		most = fmax(most, sum);
	}
	return most;
}

/* Where any replica may be read, nobody has to send. */
static bool sends(const struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t platform)
{
	return move->copy_from == platform &&
	       replay->run->model.driver.copy_from != SPP_COPY_REPLICA;
}

static bool touches(const struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t platform)
{
	return move->from == platform || move->to == platform ||
	       sends(replay, move, platform);
}

static double of_platform(
	struct bound *bound, size_t platform, double places, double rate)
{
	const struct spp_verify_replay *replay = bound->replay;
	double handover_s = replay->run->model.driver.handover_s;
	double in = 0, out = 0, most;
	size_t count = 0;

	for (size_t i = 0; i < replay->count; i++) {
		const struct spp_verify_move *move = &replay->moves[i];

		if (touches(replay, move, platform))
			bound->row[count++] = bound->least[i].seconds;
		in += move->to == platform ? bound->least[i].bytes : 0;
		out += sends(replay, move, platform) ? bound->least[i].bytes
		                                     : 0;
	}
	most = at_once(bound, count, places);
	/* The last copy is handed over after its last byte. */
	if (isfinite(rate) && fmax(in, out) > 0)
		most = fmax(most, fmax(in, out) / rate + handover_s);
	return most;
}

static bool touches_rack(const struct spp_verify_replay *replay,
	const struct spp_verify_move *move, const char *rack)
{
	const struct spp_verify_model *model = &replay->run->model;
	const size_t at[] = {move->from, move->to, move->copy_from};

	for (size_t i = 0; i < 3; i++) {
		const char *other;

		if (at[i] == SPP_NOWHERE || !touches(replay, move, at[i]))
			continue;
		other = model->platforms[at[i]].value->rack;
		if (other && strcmp(other, rack) == 0)
			return true;
	}
	return false;
}

static double of_rack(struct bound *bound, const char *rack, double places)
{
	const struct spp_verify_replay *replay = bound->replay;
	size_t count = 0;

	for (size_t i = 0; i < replay->count; i++)
		if (touches_rack(replay, &replay->moves[i], rack))
			bound->row[count++] = bound->least[i].seconds;
	return at_once(bound, count, places);
}

/* So many open seconds have passed no earlier than this. */
static double stretch(const struct spp_verify_replay *replay, double seconds)
{
	for (size_t i = 0; i < replay->window_count; i++) {
		const struct spp_verify_window *window = &replay->windows[i];
		double open_s = fmax(0, window->open_s);

		if (seconds <= window->close_s - open_s)
			return open_s + seconds;
		seconds -= window->close_s - open_s;
	}
	return seconds;
}

/* Of all moves together, for plans that end in a slot up to LAST. */
static double of_all(struct bound *bound, size_t last)
{
	const struct spp_verify_replay *replay = bound->replay;
	const struct spp_verify_model *model = &replay->run->model;
	double places = spp_verify_limit(replay, "max_per_platform");
	double rack_places = spp_verify_limit(replay, "max_per_rack");
	double rate = spp_verify_limit(replay, "platform_rate");
	double most = 0;

	find_least(bound, last);
	for (size_t n = 0; n < model->platform_count; n++) {
		const char *rack = model->platforms[n].value->rack;

		if (isfinite(places) || isfinite(rate))
			most = fmax(most, of_platform(bound, n, places, rate));
		if (isfinite(rack_places) && rack)
			most = fmax(most, of_rack(bound, rack, rack_places));
	}
	for (size_t i = 0; i < replay->count; i++)
		bound->row[i] = bound->least[i].seconds;
	most = fmax(most,
		at_once(bound, replay->count,
			fmin(model->driver.max_inflight,
				spp_verify_limit(replay, "max_concurrent"))));
	return most > 0 ? stretch(replay, most) : 0;
}

/*
 * When a copy that starts then has caught up, at the earliest; never where
 * it runs into a slot that it cannot catch up with.
 */
static double copied_s(const struct bound *bound,
	const struct spp_verify_move *move, double start_s)
{
	const struct spp_verify_model *model = &bound->replay->run->model;
	double at_s = start_s, bytes = move->bytes;

	for (size_t k = spp_verify_slot(model, at_s); bytes > 0; k++) {
		double in = spp_verify_produced(model, move->partition, k);
		double gain = bound->rate - in;

		if (bound->rate < SPP_VERIFY_RATE_LEAST * in * (1 - 1e-9) ||
			!(gain > 0))
			return INFINITY;
		if (k == model->slots || at_s + bytes / gain <= model->end_s[k])
			return at_s + bytes / gain;
		bytes -= gain * (model->end_s[k] - at_s);
		at_s = model->end_s[k];
	}
	return at_s;
}

/* When a window or a slot begins next; INFINITY = never. */
static double next_begin(const struct spp_verify_replay *replay, double after_s)
{
	const struct spp_verify_model *model = &replay->run->model;
	size_t slot = spp_verify_slot(model, after_s);
	double next_s = slot < model->slots ? model->end_s[slot] : INFINITY;

	for (size_t i = 0; i < replay->window_count; i++)
		if (replay->windows[i].open_s > after_s)
			return fmin(next_s, replay->windows[i].open_s);
	return next_s;
}

/*
 * Earliest end of a move that starts no earlier than this.  Where it cannot
 * start, by its window or by a slot that is too busy, it cannot before the
 * next begins; to start later never ends earlier.
 */
static double alone(const struct bound *bound,
	const struct spp_verify_move *move, double start_s)
{
	const struct spp_verify_replay *replay = bound->replay;
	double handover_s = replay->run->model.driver.handover_s;

	for (double at_s = start_s; isfinite(at_s);
		at_s = next_begin(replay, at_s)) {
		double end_s = copied_s(bound, move, at_s) + handover_s;

		if (isfinite(end_s) &&
			spp_verify_in_window(replay, at_s, end_s))
			return end_s;
	}
	return start_s + handover_s;
}

/* The moves of a partition change its replicas in this order only. */
static double of_chains(const struct bound *bound)
{
	const struct spp_verify_replay *replay = bound->replay;
	double most = 0;

	for (size_t p = 0; p < replay->run->model.partition_count; p++) {
		double end_s = 0;

		for (size_t i = 0; i < replay->moves_of[p]; i++) {
			const struct spp_verify_move *move =
				&replay->moves[replay->of_partition[p][i]];

			most = fmax(most, alone(bound, move, 0));
			if (move->sub == SPP_NOWHERE)
				end_s = alone(bound, move, end_s);
		}
		most = fmax(most, end_s);
	}
	return most;
}

bool spp_verify_makespan(const struct spp_verify_replay *replay,
	double *least_s, struct spp_err *err)
{
	const struct spp_verify_model *model = &replay->run->model;
	struct spp_arena *arena = model->arena;
	struct bound bound = {
		.replay = replay,
		.rate = fmin(spp_verify_most_rate(replay),
			spp_verify_limit(replay, "platform_rate")),
		.least = spp_arena_alloc(
			arena, replay->count, sizeof(*bound.least)),
		.row = spp_arena_alloc(arena, replay->count, sizeof(double)),
	};

	*least_s = 0;
	if (!spp_arena_ok(arena, err))
		return false;
	/* No plan ends within a slot when those that do take longer. */
	for (size_t k = 0; replay->count > 0 && k <= model->slots; k++) {
		*least_s = fmax(
			of_all(&bound, k), k > 0 ? model->end_s[k - 1] : 0);
		if (k < model->slots && *least_s <= model->end_s[k])
			break;
	}
	*least_s = fmax(*least_s, of_chains(&bound));
	return true;
}
