/*
 * Coefficients, background and quanta: what turns traffic into load.
 */
#include "lib/verify/demand.h"

#include <math.h>
#include <string.h>

/* Beyond this difference the coefficients are wrong, not the background. */
#define RESCALE_ABOVE .3

static double or_zero(double value)
{
	return spp_present(value) ? value : 0;
}

static struct spp_verify_coefficients default_of(const char *resource)
{
	struct spp_verify_coefficients c = {.leader_base = 0};

	if (strcmp(resource, "cpu") == 0) {
		c.leader_byte = 4e-9;
		c.leader_record = 2e-6;
		c.replicated_byte = 1e-9;
		c.follower_byte = 2e-9;
		c.sub_byte = 1e-9;
		c.sub_record = 5e-7;
		c.sub_connection = 1e-4;
	} else if (strcmp(resource, "network_in") == 0) {
		c.leader_byte = c.follower_byte = 1;
	} else if (strcmp(resource, "network_out") == 0) {
		c.replicated_byte = c.sub_byte = 1;
	}
	return c;
}

static struct spp_verify_coefficients given(
	const struct spp_resource_model *value)
{
	struct spp_verify_coefficients c = {.leader_base = 0};

	if (value->leader) {
		c.leader_base = or_zero(value->leader->base);
		c.leader_byte = or_zero(value->leader->per_byte);
		c.leader_record = or_zero(value->leader->per_record);
		c.replicated_byte = or_zero(value->leader->per_replicated_byte);
	}
	if (value->follower) {
		c.follower_base = or_zero(value->follower->base);
		c.follower_byte = or_zero(value->follower->per_byte);
	}
	if (value->subscription) {
		c.sub_byte = or_zero(value->subscription->per_byte);
		c.sub_record = or_zero(value->subscription->per_record);
		c.sub_connection = or_zero(value->subscription->per_connection);
	}
	return c;
}

static void read_coefficients(struct spp_verify_model *model)
{
	const struct spp_feed *feed = model->feed;

	for (size_t r = 0; r < model->resources; r++)
		model->coefficients[r] =
			default_of(model->resource_names.names[r]);
	for (size_t i = 0; i < spp_feed_count(feed, SPP_RESOURCE_MODEL); i++) {
		const struct spp_resource_model *value =
			spp_feed_at(feed, SPP_RESOURCE_MODEL, i)->value;
		size_t r = spp_map_find(&model->resource_names, value->resource,
			strlen(value->resource));

		if (r != SPP_MAP_NONE)
			model->coefficients[r] = given(value);
	}
}

/* All items of the placement that the records state, and what is measured. */
struct current {
	struct spp_verify_item *items;
	size_t count;
	bool *outdated;   /* platforms whose measurement is older than a move */
	double *measured; /* of one resource by platform, NAN = nothing */
	double *modelled; /* the same of the rates of the last slot */
};

static bool read_current(struct spp_verify_model *model, struct current *now)
{
	struct spp_arena *arena = model->arena;
	size_t most = model->sub_count, platforms = model->platform_count;

	for (size_t p = 0; p < model->partition_count; p++)
		most += model->partitions[p].wanted;
	now->count = 0;
	now->items = spp_arena_alloc(arena, most, sizeof(*now->items));
	now->outdated = spp_arena_alloc(arena, platforms, sizeof(bool));
	now->measured = spp_arena_alloc(arena, platforms, sizeof(double));
	now->modelled = spp_arena_alloc(arena, platforms, sizeof(double));
	if (arena->failed)
		return false;
	for (size_t p = 0; p < model->partition_count; p++) {
		const struct spp_verify_partition *of = &model->partitions[p];
		spp_time moved_at = of->value->moved_at;

		now->count += spp_verify_items(model, p, of->replicas,
			of->wanted, NULL, now->items + now->count);
		for (size_t i = 0; i < of->count; i++) {
			size_t n = of->replicas[i];
			spp_time at = model->platforms[n].value->measured_at;

			if (at != SPP_TIME_NONE && moved_at != SPP_TIME_NONE &&
				moved_at > at)
				now->outdated[n] = true;
		}
	}
	return true;
}

static void read_measured(const struct spp_verify_model *model, size_t resource,
	struct current *now)
{
	const char *name = model->resource_names.names[resource];

	for (size_t n = 0; n < model->platform_count; n++) {
		const struct spp_verify_platform *of = &model->platforms[n];
		const struct spp_amounts *load = &of->value->load;

		now->measured[n] = NAN;
		for (size_t i = 0; i < load->count; i++)
			if (!of->failed && !now->outdated[n] &&
				strcmp(load->names[i], name) == 0)
				now->measured[n] = load->values[i];
	}
}

static void read_modelled(const struct spp_verify_model *model, size_t resource,
	struct current *now)
{
	for (size_t n = 0; n < model->platform_count; n++)
		now->modelled[n] = 0;
	for (size_t i = 0; i < now->count; i++)
		if (now->items[i].platform != SPP_NOWHERE)
			now->modelled[now->items[i].platform] +=
				spp_verify_demand_last(
					model, &now->items[i], resource);
}

static void scale(struct spp_verify_coefficients *c, double by)
{
	c->leader_base *= by;
	c->leader_byte *= by;
	c->leader_record *= by;
	c->replicated_byte *= by;
	c->follower_base *= by;
	c->follower_byte *= by;
	c->sub_byte *= by;
	c->sub_record *= by;
	c->sub_connection *= by;
}

static void read_background(
	struct spp_verify_model *model, struct current *now, size_t r)
{
	double measured = 0, modelled = 0;

	read_measured(model, r, now);
	read_modelled(model, r, now);
	for (size_t n = 0; n < model->platform_count; n++) {
		if (!spp_present(now->measured[n]))
			continue;
		measured += now->measured[n];
		modelled += now->modelled[n];
	}
	if (r != model->disk && modelled > 0 && measured > 0 &&
		fabs(measured - modelled) > RESCALE_ABOVE * modelled) {
		scale(&model->coefficients[r], measured / modelled);
		read_modelled(model, r, now);
	}
	for (size_t n = 0; n < model->platform_count; n++)
		model->platforms[n].background[r] =
			spp_present(now->measured[n])
				? fmax(0, now->measured[n] - now->modelled[n])
				: 0;
}

/* Sums over all items and platforms of what a slot holds, each number
   rounded: three totals in place of three quanta. */
static struct spp_verify_quanta slot_totals(
	const struct spp_verify_model *model, const struct current *all,
	size_t r, size_t k, const struct spp_verify_quanta *quanta)
{
	struct spp_verify_quanta sum = {0, 0, 0};

	for (size_t i = 0; i < all->count; i++) {
		struct spp_verify_value value =
			spp_verify_demand_raw(model, &all->items[i], r, k);

		sum.level += fabs(spp_verify_round(value.level, quanta->level));
		sum.variance +=
			spp_verify_round(value.variance, quanta->variance);
		for (size_t f = 0; f < model->factors; f++)
			sum.loading += fabs(spp_verify_round(
				value.loading[f], quanta->loading));
	}
	for (size_t n = 0; n < model->platform_count; n++)
		sum.level += spp_verify_round(
			model->platforms[n].background[r], quanta->level);
	return sum;
}

static struct spp_verify_quanta largest_totals(
	const struct spp_verify_model *model, const struct current *all,
	size_t r, const struct spp_verify_quanta *quanta)
{
	struct spp_verify_quanta most = {0, 0, 0};

	for (size_t k = 0; k < model->slots; k++) {
		struct spp_verify_quanta sum =
			slot_totals(model, all, r, k, quanta);

		most.level = fmax(most.level, sum.level);
		most.variance = fmax(most.variance, sum.variance);
		most.loading = fmax(most.loading, sum.loading);
	}
	return most;
}

/* The least power of two that a total may be below 2^53 of. */
static double first_quantum(double total)
{
	return total > 0 && isfinite(total) ? ldexp(1, ilogb(total) - 53) : 0;
}

/* Is a total too many quanta?  Then they are doubled. */
static bool too_small(double *quantum, double total)
{
	if (!(*quantum > 0) || total / *quantum < ldexp(1, 53))
		return false;
	*quantum *= 2;
	return true;
}

/* The least powers of two that keep every total below 2^53 of them. */
static struct spp_verify_quanta read_quanta(
	const struct spp_verify_model *model, const struct current *all,
	size_t r)
{
	struct spp_verify_quanta quanta = {0, 0, 0};
	struct spp_verify_quanta totals =
		largest_totals(model, all, r, &quanta);
	bool again = true;

	quanta.level = first_quantum(totals.level);
	quanta.variance = first_quantum(totals.variance);
	quanta.loading = first_quantum(totals.loading);
	while (again) {
		totals = largest_totals(model, all, r, &quanta);
		again = too_small(&quanta.level, totals.level);
		again |= too_small(&quanta.variance, totals.variance);
		again |= too_small(&quanta.loading, totals.loading);
	}
	return quanta;
}

bool spp_verify_read_demand(struct spp_verify_model *model, struct spp_err *err)
{
	struct current all;

	if (model->factors > SPP_VERIFY_FACTORS_MAX)
		return spp_fail(err, SPP_INPUT,
			"forecasts have %zu common factors, at most %d are "
			"understood",
			model->factors, SPP_VERIFY_FACTORS_MAX);
	model->coefficients = spp_arena_alloc(
		model->arena, model->resources, sizeof(*model->coefficients));
	model->quanta = spp_arena_alloc(
		model->arena, model->resources, sizeof(*model->quanta));
	if (!spp_arena_ok(model->arena, err) || !read_current(model, &all))
		return spp_fail_memory(err);
	read_coefficients(model);
	for (size_t r = 0; r < model->resources; r++) {
		read_background(model, &all, r);
		model->quanta[r] = read_quanta(model, &all, r);
		for (size_t n = 0; n < model->platform_count; n++)
			model->platforms[n].background[r] = spp_verify_round(
				model->platforms[n].background[r],
				model->quanta[r].level);
	}
	return true;
}
