/*
 * What a partition is at one instant of a plan.
 */
#include "lib/verify/replay.h"

#include <string.h>

size_t spp_verify_slot(const struct spp_verify_model *model, double time_s)
{
	for (size_t k = 0; k < model->slots; k++)
		if (time_s < model->end_s[k])
			return k;
	return model->slots;
}

bool spp_verify_in_cut(const struct spp_verify_replay *replay, size_t index,
	const struct spp_verify_cut *cut)
{
	const struct spp_verify_move *move = &replay->moves[index];

	return index < cut->count &&
	       (cut->part == SPP_VERIFY_ALL || move->repairs ||
		       (cut->part == SPP_VERIFY_WITH_REPAIRS &&
			       move->with_repairs));
}

static size_t place_of(const size_t *replicas, size_t count, size_t platform)
{
	size_t i = 0;

	while (i < count && replicas[i] != platform)
		i++;
	return i;
}

/* Does a subscription go along when the replica under it is moved? */
static bool rides(const struct spp_verify_replay *replay, size_t sub,
	const struct spp_verify_move *move)
{
	return !replay->run->model.subs[sub].follows &&
	       replay->serving[sub] == move->from;
}

static void to_front(size_t *replicas, size_t at)
{
	size_t first = replicas[at];

	memmove(replicas + 1, replicas, at * sizeof(*replicas));
	replicas[0] = first;
}

/* Let a move have happened. */
static size_t apply(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, size_t count)
{
	const struct spp_verify_partition *of =
		&replay->run->model.partitions[move->partition];
	size_t *replicas = replay->replicas;
	size_t at;

	switch ((enum spp_move_kind)move->value->kind) {
	case SPP_MOVE_REPLICA:
		at = place_of(replicas, count, move->from);
		if (at < count)
			replicas[at] = move->to;
		for (size_t i = of->first_sub; i < of->first_sub + of->subs;
			i++)
			if (rides(replay, i, move))
				replay->serving[i] = move->to;
		break;
	case SPP_MOVE_LEADER:
		at = place_of(replicas, count, move->to);
		if (at < count)
			to_front(replicas, at);
		break;
	case SPP_MOVE_SUBSCRIPTION:
		replay->serving[move->sub] = move->to;
		break;
	case SPP_MOVE_ADD:
		for (size_t i = of->first_sub; i < of->first_sub + of->subs;
			i++)
			if (replay->serving[i] == SPP_NOWHERE)
				replay->serving[i] = move->to;
		replicas[count++] = move->to;
		break;
	case SPP_MOVE_DROP:
		at = place_of(replicas, count, move->from);
		if (at < count) {
			count--;
			memmove(replicas + at, replicas + at + 1,
				(count - at) * sizeof(*replicas));
		}
		break;
	}
	return count;
}

size_t spp_verify_state(struct spp_verify_replay *replay, size_t partition,
	const struct spp_verify_cut *cut, double time_s)
{
	const struct spp_verify_model *model = &replay->run->model;
	const struct spp_verify_partition *of = &model->partitions[partition];
	size_t count = of->count;

	memcpy(replay->replicas, of->replicas, count * sizeof(size_t));
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++)
		replay->serving[i] = model->subs[i].platform;
	for (size_t i = 0; i < replay->moves_of[partition]; i++) {
		size_t index = replay->of_partition[partition][i];

		if (spp_verify_in_cut(replay, index, cut) &&
			replay->moves[index].end_s <= time_s)
			count = apply(replay, &replay->moves[index], count);
	}
	return count;
}

/* Subscriptions of a partition that is placed just now: they open there. */
static size_t add_served(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, struct spp_verify_item *items,
	size_t made)
{
	const struct spp_verify_run *run = replay->run;
	const struct spp_verify_partition *of =
		&run->model.partitions[move->partition];

	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++)
		if (!run->model.subs[i].follows &&
			replay->serving[i] == SPP_NOWHERE)
			items[made++] = (struct spp_verify_item){
				.role = SPP_VERIFY_SUB,
				.partition = move->partition,
				.sub = i,
				.platform = move->to,
			};
	return made;
}

/* The items that a running move puts beside those of the state. */
static size_t add_second_side(struct spp_verify_replay *replay,
	const struct spp_verify_move *move, struct spp_verify_item *items,
	size_t made, size_t count)
{
	const struct spp_verify_partition *of =
		&replay->run->model.partitions[move->partition];
	bool leads = count == 0 || replay->replicas[0] == move->from;
	size_t reckoned = count + (move->value->kind == SPP_MOVE_ADD);
	struct spp_verify_item side = {
		.role = leads ? SPP_VERIFY_LEADER : SPP_VERIFY_FOLLOWER,
		.partition = move->partition,
		.replicas = reckoned > of->wanted ? reckoned : of->wanted,
		.platform = move->to,
	};

	if (move->value->kind == SPP_MOVE_DROP)
		return made;
	for (size_t i = 0; i < made; i++)
		items[i].replicas = side.replicas;
	if (move->value->kind == SPP_MOVE_LEADER) {
		for (size_t i = 0; i < count; i++)
			if (items[i].platform == move->to)
				items[i].role = SPP_VERIFY_LEADER;
		return made;
	}
	if (move->value->kind == SPP_MOVE_SUBSCRIPTION) {
		side.role = SPP_VERIFY_SUB;
		side.sub = move->sub;
		items[made++] = side;
		return made;
	}
	items[made++] = side;
	if (move->value->kind == SPP_MOVE_ADD)
		return count > 0 ? made : add_served(replay, move, items, made);
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++) {
		if (!rides(replay, i, move))
			continue;
		side.role = SPP_VERIFY_SUB;
		side.sub = i;
		items[made++] = side;
	}
	return made;
}

size_t spp_verify_instant(struct spp_verify_replay *replay, size_t partition,
	const struct spp_verify_cut *cut, double time_s,
	struct spp_verify_item *items, struct spp_verify_copy *copy)
{
	size_t count = spp_verify_state(replay, partition, cut, time_s);
	size_t made = spp_verify_items(&replay->run->model, partition,
		replay->replicas, count, replay->serving, items);

	*copy = (struct spp_verify_copy){.source = SPP_NOWHERE,
		.target = SPP_NOWHERE,
		.partition = partition};
	for (size_t i = 0; i < replay->moves_of[partition]; i++) {
		size_t index = replay->of_partition[partition][i];
		const struct spp_verify_move *move = &replay->moves[index];

		if (!spp_verify_in_cut(replay, index, cut) ||
			move->start_s > time_s || move->end_s <= time_s)
			continue;
		if (move->attached_s <= time_s) {
			made = add_second_side(
				replay, move, items, made, count);
		} else if (move->copy_from != SPP_NOWHERE) {
			copy->source = move->copy_from;
			copy->target = move->to;
			copy->rate = move->rate;
		}
	}
	return made;
}

/*
 * A copy counts like replicating at its rate: the source pays for one
 * replica more, the target is a follower, with room for all of the data from
 * the start.
 */
double spp_verify_copy_level(const struct spp_verify_replay *replay,
	const struct spp_verify_copy *copy, size_t platform, size_t resource,
	size_t slot)
{
	const struct spp_verify_model *model = &replay->run->model;
	const struct spp_verify_coefficients *c =
		&model->coefficients[resource];
	struct spp_verify_item follower = {
		.role = SPP_VERIFY_FOLLOWER,
		.partition = copy->partition,
		.platform = platform,
	};
	double quantum = model->quanta[resource].level, level = 0;

	if (resource == model->disk)
		return platform == copy->target
		               ? spp_verify_demand(
					 model, &follower, resource, slot)
		                         .level
		               : 0;
	if (platform == copy->source)
		level += spp_verify_round(
			c->replicated_byte * copy->rate, quantum);
	if (platform == copy->target)
		level += spp_verify_round(
			c->follower_base + c->follower_byte * copy->rate,
			quantum);
	return level;
}
