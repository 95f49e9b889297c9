/*
 * How many moves at once, how fast, and when.
 */
#include "lib/verify/replay.h"

#include <math.h>
#include <string.h>

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

double spp_verify_limit(
	const struct spp_verify_replay *replay, const char *name)
{
	return spp_verify_option_number(
		replay->run->model.feed, "spp-plan", name, INFINITY);
}

static void check_concurrency(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	const struct spp_verify_model *model = &replay->run->model;
	const size_t at[] = {move->from, move->to, move->copy_from};
	double most = fmin(model->driver.max_inflight,
		spp_verify_limit(replay, "max_concurrent"));
	double rate = spp_verify_limit(replay, "platform_rate") * (1 + 1e-9);
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
		if (sum.platform >
				spp_verify_limit(replay, "max_per_platform") ||
			sum.rack > spp_verify_limit(replay, "max_per_rack") ||
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

static void check_window(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	if (!spp_verify_in_window(replay, move->start_s, move->end_s))
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
