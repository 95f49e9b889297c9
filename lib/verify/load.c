#include "lib/verify/load.h"

#include <math.h>

static bool loads_new(const struct spp_verify_model *model,
	struct spp_verify_loads *loads, struct spp_err *err)
{
	struct spp_arena *arena = model->arena;
	size_t cells = model->platform_count * model->resources * model->slots;

	loads->level = spp_arena_alloc(arena, cells, sizeof(double));
	loads->variance = spp_arena_alloc(arena, cells, sizeof(double));
	loads->loading =
		spp_arena_alloc(arena, cells * model->factors, sizeof(double));
	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t n = 0; n < model->platform_count; n++)
		for (size_t r = 0; r < model->resources; r++)
			for (size_t k = 0; k < model->slots; k++)
				loads->level[spp_verify_cell(model, n, r, k)] =
					model->platforms[n].background[r];
	return true;
}

/* Which part of an item in time its platform carries. */
enum part { ALL, UNTIL_READY, FROM_READY };

/*
 * The slot in which an item changes sides counts in proportion: the new side
 * gets its share, to the quantum, and the old one keeps the rest.
 */
static double part_of(
	double value, double share, double quantum, enum part part)
{
	double moved;

	if (part == ALL)
		return value;
	moved = spp_verify_round(value * share, quantum);
	return part == FROM_READY ? moved : value - moved;
}

static void add_item(const struct spp_verify_model *model,
	struct spp_verify_loads *loads, const struct spp_verify_item *item,
	enum part part, double ready_s, double sign)
{
	if (item->platform == SPP_NOWHERE ||
		model->platforms[item->platform].failed)
		return;
	for (size_t r = 0; r < model->resources; r++) {
		const struct spp_verify_quanta *q = &model->quanta[r];

		for (size_t k = 0; k < model->slots; k++) {
			size_t cell =
				spp_verify_cell(model, item->platform, r, k);
			struct spp_verify_value value =
				spp_verify_demand(model, item, r, k);
			double length = model->end_s[k] - model->begin_s[k];
			double share =
				length > 0
					? (model->end_s[k] - ready_s) / length
					: 1;

			share = fmin(1, fmax(0, share));
			loads->level[cell] += sign * part_of(value.level, share,
							     q->level, part);
			loads->variance[cell] +=
				sign * part_of(value.variance, share,
					       q->variance, part);
			for (size_t f = 0; f < model->factors; f++)
				loads->loading[cell * model->factors + f] +=
					sign * part_of(value.loading[f], share,
						       q->loading, part);
		}
	}
}

/* The change that an item is subject to, NULL = none. */
static const struct spp_verify_change *change_of(
	const struct spp_verify_run *run, const struct spp_verify_item *item)
{
	const struct spp_verify_answer *answer = &run->answer;
	size_t change = answer->of_partition[item->partition];

	/* A subscription that is placed with its partition changes with it. */
	if (item->role == SPP_VERIFY_SUB &&
		(answer->of_sub[item->sub] != SPP_NOWHERE ||
			answer->serving_before[item->sub] != SPP_NOWHERE))
		change = answer->of_sub[item->sub];
	return change == SPP_NOWHERE ? NULL : &answer->changes[change];
}

static void add_items(const struct spp_verify_run *run,
	struct spp_verify_loads *loads, size_t partition, bool after,
	bool split, double sign)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_answer *answer = &run->answer;
	struct spp_verify_item *items = run->items;
	size_t count;
	const size_t *replicas =
		spp_verify_replicas(run, partition, after, &count);

	count = spp_verify_items(model, partition, replicas, count,
		after ? answer->serving_after : answer->serving_before, items);
	for (size_t i = 0; i < count; i++) {
		const struct spp_verify_change *change =
			change_of(run, &items[i]);
		enum part part = after ? FROM_READY : UNTIL_READY;

		/* What does not change stands on one of the two sides. */
		if (split && !change && after)
			continue;
		if (!split || !change)
			add_item(model, loads, &items[i], ALL, 0, sign);
		else
			add_item(model, loads, &items[i], part,
				change->value->ready_s, sign);
	}
}

void spp_verify_loads_add(const struct spp_verify_run *run,
	struct spp_verify_loads *loads, size_t partition,
	enum spp_verify_when when, double sign)
{
	if (when == SPP_VERIFY_READY) {
		add_items(run, loads, partition, false, true, sign);
		add_items(run, loads, partition, true, true, sign);
		return;
	}
	add_items(run, loads, partition, when == SPP_VERIFY_AFTER, false, sign);
}

void spp_verify_loads_shift(const struct spp_verify_run *run,
	struct spp_verify_loads *loads, size_t partition, double from_s,
	double sign)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_partition *of = &model->partitions[partition];
	struct spp_verify_item *items = run->items;
	size_t count = spp_verify_items(model, partition, of->replicas,
		of->count, run->answer.serving_before, items);
	const size_t *replicas;

	for (size_t i = 0; i < count; i++)
		add_item(model, loads, &items[i], FROM_READY, from_s, -sign);
	replicas = spp_verify_replicas(run, partition, true, &count);
	if (count != of->wanted) {
		replicas = of->replicas;
		count = of->count;
	}
	count = spp_verify_items(model, partition, replicas, count,
		run->answer.serving_after, items);
	for (size_t i = 0; i < count; i++)
		add_item(model, loads, &items[i], FROM_READY, from_s, sign);
}

bool spp_verify_read_loads(struct spp_verify_run *run, struct spp_err *err)
{
	for (size_t when = 0; when < SPP_VERIFY_WHENS; when++) {
		if (!loads_new(&run->model, &run->loads[when], err))
			return false;
		for (size_t p = 0; p < run->model.partition_count; p++)
			spp_verify_loads_add(run, &run->loads[when], p,
				(enum spp_verify_when)when, 1);
	}
	return true;
}
