/*
 * The figures of one move: its times, its rate, and the way back.
 */
#include "lib/verify/replay.h"

#include <math.h>
#include <string.h>

/* What phases may be shorter than they should, by rounding. */
#define SHORTER 1e-6

static void found(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, enum spp_breach breach,
	const char *text, double is, double should)
{
	spp_breach_add(replay->run->report, breach, move->at,
		"move \"%s\": %s: %.17g against %.17g", move->value->id, text,
		is, should);
}

/* Does a move touch a slot with its copy?  The last one is all time after. */
static double copied_in(const struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t slot)
{
	const struct spp_verify_model *model = &replay->run->model;
	double begin = replay->horizon_s, end = INFINITY;

	if (slot < model->slots) {
		begin = model->begin_s[slot];
		end = model->end_s[slot];
	}
	return fmin(end, move->attached_s) - fmax(begin, move->start_s);
}

/* Bytes that are there when attach ends: the copy less what came in. */
static void check_copy_time(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	const struct spp_verify_model *model = &replay->run->model;
	double copied = 0;
	bool slow = false;
	size_t first = spp_verify_slot(model, move->start_s);

	for (size_t k = first; k <= model->slots; k++) {
		double in = spp_verify_produced(model, move->partition, k);
		double seconds = copied_in(replay, move, k);

		if (seconds <= 0 && k != first)
			continue;
		copied += (move->rate - in) * fmax(0, seconds);
		slow |= move->rate < SPP_VERIFY_RATE_LEAST * in * (1 - 1e-9);
	}
	if (slow)
		found(replay, move, SPP_BREACH_RATE_LOW,
			"its rate cannot catch up with live traffic",
			move->rate,
			spp_verify_produced(model, move->partition, first));
	else if (copied < move->bytes * (1 - SHORTER))
		found(replay, move, SPP_BREACH_ATTACH_TIME,
			"attach is too short for its bytes", copied,
			move->bytes);
}

double spp_verify_most_rate(const struct spp_verify_replay *replay)
{
	const struct spp_verify_model *model = &replay->run->model;

	return fmin(model->driver.rate, spp_verify_option_number(model->feed,
						"spp-plan", "rate", INFINITY));
}

void spp_verify_move_figures(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	const struct spp_verify_model *model = &replay->run->model;
	const struct spp_phases *phases = move->value->phases;
	double handover = phases->dual_s + phases->release_s;
	double sum = phases->attach_s + handover;
	bool beyond = move->end_s > replay->horizon_s;

	if (move->bytes > 0) {
		if (move->rate > spp_verify_most_rate(replay) * (1 + 1e-9))
			found(replay, move, SPP_BREACH_RATE_HIGH,
				"its rate is above what is allowed", move->rate,
				spp_verify_most_rate(replay));
		check_copy_time(replay, move);
	}
	if (handover < model->driver.handover_s * (1 - SHORTER))
		found(replay, move, SPP_BREACH_HANDOVER_TIME,
			"the hand-over is too short", handover,
			model->driver.handover_s);
	if (!spp_verify_close(move->value->duration_s, sum, 0))
		found(replay, move, SPP_BREACH_DURATION,
			"its duration is not the sum of its phases",
			move->value->duration_s, sum);
	if (move->value->beyond_horizon != beyond &&
		!spp_verify_close(move->end_s, replay->horizon_s, 0))
		found(replay, move, SPP_BREACH_BEYOND,
			"\"beyond_horizon\" is wrong", move->end_s,
			replay->horizon_s);
}

static bool same_name(const char *a, const char *b)
{
	return a ? b && strcmp(a, b) == 0 : !b;
}

/* Who leads when the move is over, by name. */
static const char *leader_after(const struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count)
{
	const struct spp_verify_model *model = &replay->run->model;
	size_t leader = count > 0 ? replay->replicas[0] : move->to;

	if (move->value->kind == SPP_MOVE_LEADER ||
		(move->value->kind == SPP_MOVE_REPLICA && leader == move->from))
		leader = move->to;
	return model->platforms[leader].value->platform;
}

/* Where can the way back read its data? */
static bool inverse_reads(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count)
{
	const struct spp_verify_model *model = &replay->run->model;
	const struct spp_inverse *inverse = move->value->inverse;
	bool copies = inverse->kind == SPP_MOVE_REPLICA ||
	              inverse->kind == SPP_MOVE_ADD;
	size_t source;

	if (!copies || model->driver.copy_from == SPP_COPY_NONE)
		return !inverse->copy_from;
	if (!inverse->copy_from)
		return false;
	source = spp_verify_find_platform(model, inverse->copy_from);
	if (source == SPP_NOWHERE || model->platforms[source].failed)
		return false;
	if (model->driver.copy_from == SPP_COPY_LEADER) {
		const char *leader = leader_after(replay, move, count);
		size_t leads = spp_verify_find_platform(model, leader);

		if (!model->platforms[leads].failed)
			return source == leads;
	}
	return source == move->to ||
	       (source != move->from &&
		       spp_verify_holds(replay->replicas, count, source));
}

void spp_verify_inverse(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count)
{
	static const int kinds[] = {
		[SPP_MOVE_REPLICA] = SPP_MOVE_REPLICA,
		[SPP_MOVE_LEADER] = SPP_MOVE_LEADER,
		[SPP_MOVE_SUBSCRIPTION] = SPP_MOVE_SUBSCRIPTION,
		[SPP_MOVE_ADD] = SPP_MOVE_DROP,
		[SPP_MOVE_DROP] = SPP_MOVE_ADD,
	};
	const struct spp_inverse *inverse = move->value->inverse;

	if (!inverse) {
		spp_breach_add(replay->run->report, SPP_BREACH_INVERSE_MISSING,
			move->at, "move \"%s\" has no inverse",
			move->value->id);
		return;
	}
	if (inverse->kind != kinds[move->value->kind] ||
		!same_name(inverse->from, move->value->to) ||
		!same_name(inverse->to, move->value->from) ||
		!inverse_reads(replay, move, count))
		spp_breach_add(replay->run->report, SPP_BREACH_INVERSE,
			move->at, "move \"%s\": its inverse does not undo it",
			move->value->id);
}
