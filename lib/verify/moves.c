/*
 * Each move in the state that those before leave.
 */
#include "lib/verify/replay.h"

#include <math.h>
#include <string.h>

static void found(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, enum spp_breach breach,
	const char *text)
{
	spp_breach_add(replay->run->report, breach, move->at, "move \"%s\": %s",
		move->value->id, text);
}

/* Same first one, same set. */
static bool same_replicas(const struct spp_verify_model *model,
	const struct spp_strings *names, const size_t *replicas, size_t count)
{
	if (names->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t platform =
			spp_verify_find_platform(model, names->items[i]);

		if (!spp_verify_holds(replicas, count, platform) ||
			(i == 0 && platform != replicas[0]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(names->items[i], names->items[j]) == 0)
				return false;
	}
	return true;
}

static bool is_structural(const struct spp_verify_move *move)
{
	return move->value->kind != SPP_MOVE_SUBSCRIPTION;
}

/* Nobody knows the version any more once a move has changed the replicas. */
static void check_requires(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count)
{
	const struct spp_requires *requires = move->value->requires;
	const char *version =
		replay->run->model.partitions[move->partition].value->version;

	for (size_t i = move->before; i != SPP_NOWHERE;
		i = replay->moves[i].before)
		if (is_structural(&replay->moves[i]))
			version = NULL;
	if (!requires ||
		!same_replicas(&replay->run->model, &requires->replicas,
			replay->replicas, count)) {
		found(replay, move, SPP_BREACH_REPLICAS,
			"\"requires\" does not name the replicas at its "
			"start");
		return;
	}
	if (!version != !requires->version ||
		(version && strcmp(version, requires->version) != 0))
		found(replay, move, SPP_BREACH_VERSION,
			"\"requires\" does not name the partition's version");
}

static void check_open(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	const struct spp_verify_platform *to =
		&replay->run->model.platforms[move->to];

	if (to->failed)
		found(replay, move, SPP_BREACH_FAILED_TARGET,
			"its target has failed");
	else if (to->closed && !replay->run->undo)
		found(replay, move, SPP_BREACH_DRAINING_TARGET,
			"its target is draining");
}

static bool check_from(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count)
{
	const size_t *replicas = replay->replicas;
	bool good = false;

	switch ((enum spp_move_kind)move->value->kind) {
	case SPP_MOVE_REPLICA:
		good = spp_verify_holds(replicas, count, move->from);
		break;
	case SPP_MOVE_LEADER:
		good = count > 0 && replicas[0] == move->from;
		break;
	case SPP_MOVE_SUBSCRIPTION:
		good = replay->serving[move->sub] == move->from;
		break;
	case SPP_MOVE_ADD:
		good = move->from == SPP_NOWHERE;
		break;
	case SPP_MOVE_DROP:
		good = count > 1 && replicas[0] != move->from &&
		       spp_verify_holds(replicas, count, move->from);
		break;
	}
	if (!good)
		found(replay, move, SPP_BREACH_MOVE_FROM,
			"\"from\" is not what it can move then");
	return good;
}

static bool check_to(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count)
{
	const struct spp_verify_model *model = &replay->run->model;
	bool held = spp_verify_holds(replay->replicas, count, move->to);
	bool good = false;

	switch ((enum spp_move_kind)move->value->kind) {
	case SPP_MOVE_REPLICA:
	case SPP_MOVE_ADD:
		good = move->to != SPP_NOWHERE && !held;
		break;
	case SPP_MOVE_LEADER:
		good = held && move->to != move->from;
		break;
	case SPP_MOVE_SUBSCRIPTION:
		good = move->to != SPP_NOWHERE && move->to != move->from &&
		       (held || model->driver.serve != SPP_SERVE_REPLICA);
		break;
	case SPP_MOVE_DROP:
		good = move->to == SPP_NOWHERE;
		break;
	}
	if (!good)
		found(replay, move, SPP_BREACH_MOVE_TO,
			"\"to\" is not where it can move to then");
	else if (move->to != SPP_NOWHERE)
		check_open(replay, move);
	return good;
}

/* The first replica that is alive: the leader, if it is. */
static size_t first_alive(const struct spp_verify_model *model,
	const size_t *replicas, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!model->platforms[replicas[i]].failed)
			return replicas[i];
	return SPP_NOWHERE;
}

static void check_copy(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count)
{
	const struct spp_verify_model *model = &replay->run->model;
	size_t source = first_alive(model, replay->replicas, count);
	bool copies = move->value->kind == SPP_MOVE_REPLICA ||
	              move->value->kind == SPP_MOVE_ADD;
	bool good;

	if (!copies || model->driver.copy_from == SPP_COPY_NONE)
		source = SPP_NOWHERE;
	good = move->copy_from == source;
	if (source != SPP_NOWHERE &&
		model->driver.copy_from == SPP_COPY_REPLICA)
		good = move->copy_from != SPP_NOWHERE &&
		       !model->platforms[move->copy_from].failed &&
		       spp_verify_holds(
			       replay->replicas, count, move->copy_from);
	if (!good)
		found(replay, move, SPP_BREACH_COPY_FROM,
			source == SPP_NOWHERE
				? "there is nothing to copy from"
				: "\"copy_from\" is not where its data can be "
				  "read then");
	if (!spp_verify_close(move->bytes,
		    source == SPP_NOWHERE
			    ? 0
			    : model->partitions[move->partition].size,
		    0))
		found(replay, move, SPP_BREACH_COPY_BYTES,
			"\"bytes\" is not what it copies");
}

/* A subscription served apart must not lose the replica under it. */
static void check_stranded(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	const struct spp_verify_model *model = &replay->run->model;
	const struct spp_verify_partition *of =
		&model->partitions[move->partition];

	if (move->value->kind != SPP_MOVE_DROP ||
		model->driver.serve != SPP_SERVE_REPLICA)
		return;
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++)
		if (!model->subs[i].follows && replay->serving[i] == move->from)
			found(replay, move, SPP_BREACH_STRANDED,
				"a subscription is still served by the "
				"replica that it drops");
}

/* Two moves of a partition never run at once, unless both are of
   subscriptions, and not of the same one. */
static bool check_overlap(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	for (size_t i = move->before; i != SPP_NOWHERE;
		i = replay->moves[i].before) {
		const struct spp_verify_move *other = &replay->moves[i];

		if (!is_structural(move) && !is_structural(other) &&
			move->sub != other->sub)
			continue;
		if (other->end_s > move->start_s * (1 + 1e-9) + 1e-9) {
			found(replay, move, SPP_BREACH_OVERLAP,
				"it starts before another move of the "
				"partition ends");
			return false;
		}
	}
	return true;
}

static void check_after(
	struct spp_verify_replay *replay, const struct spp_verify_move *move)
{
	const struct spp_strings *after = &move->value->after;

	for (size_t i = 0; i < after->count; i++) {
		const struct spp_verify_move *other = NULL;

		for (size_t j = 0; j < replay->count; j++)
			if (strcmp(replay->moves[j].value->id,
				    after->items[i]) == 0)
				other = &replay->moves[j];
		if (!other || other == move ||
			other->end_s > move->start_s * (1 + 1e-9) + 1e-9)
			found(replay, move, SPP_BREACH_AFTER,
				"it does not start after what \"after\" "
				"names");
	}
}

bool spp_verify_moves(
	struct spp_verify_replay *replay, bool *whole, struct spp_err *err)
{
	(void)err;
	*whole = true;
	for (size_t i = 0; i < replay->count; i++) {
		const struct spp_verify_move *move = &replay->moves[i];
		const struct spp_verify_cut earlier = {i, SPP_VERIFY_ALL};
		size_t count;

		/* Times in order, then the state is that of all before. */
		if (!check_overlap(replay, move)) {
			*whole = false;
			continue;
		}
		count = spp_verify_state(
			replay, move->partition, &earlier, INFINITY);
		if (!check_from(replay, move, count) ||
			!check_to(replay, move, count)) {
			*whole = false;
			continue;
		}
		check_requires(replay, move, count);
		check_copy(replay, move, count);
		check_stranded(replay, move);
		check_after(replay, move);
		spp_verify_move_figures(replay, move);
		spp_verify_inverse(replay, move, count);
	}
	return true;
}
