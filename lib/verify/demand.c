/*
 * The demand formula:
 *
 *	leader        base + a in_bytes + b in_records + (R-1) repl in_bytes
 *	follower      g + f in_bytes
 *	subscription  c out_bytes + d out_records + e connections
 *
 * Deviations and loadings go through the same formula without the constant
 * parts: within one item they add.
 */
#include "lib/verify/demand.h"

#include <math.h>

/* Which of a series' numbers goes through the formula. */
enum quantity { MEAN, DEVIATION, LOADING, LAST };

struct pick {
	enum quantity quantity;
	size_t slot;
	size_t at; /* of the factor's number in this slot */
	bool constants;
};

/* Numbers of one series. */
struct flow {
	double bytes, records;
};

static inline struct flow flow_of(
	const struct spp_verify_series *series, const struct pick *pick)
{
	switch (pick->quantity) {
	case MEAN:
		return (struct flow){
			series->bytes[pick->slot], series->records[pick->slot]};
	case DEVIATION:
		return (struct flow){series->sd_bytes[pick->slot],
			series->sd_records[pick->slot]};
	case LOADING:
		return (struct flow){series->load_bytes[pick->at],
			series->load_records[pick->at]};
	case LAST:
		break;
	}
	return (struct flow){series->last_bytes, series->last_records};
}

static double sub_part(const struct spp_verify_sub *sub,
	const struct spp_verify_coefficients *c, const struct pick *pick)
{
	struct flow out = flow_of(sub->series, pick);
	double part = c->sub_byte * out.bytes + c->sub_record * out.records;

	return pick->constants ? part + c->sub_connection * sub->connections
	                       : part;
}

static double leader_part(const struct spp_verify_model *model,
	const struct spp_verify_item *item,
	const struct spp_verify_coefficients *c, const struct pick *pick)
{
	const struct spp_verify_partition *partition =
		&model->partitions[item->partition];
	struct flow in = flow_of(partition->series, pick);
	double copies = item->replicas > 0 ? (double)item->replicas - 1 : 0;
	double part = pick->constants ? c->leader_base : 0;

	part += c->leader_byte * in.bytes;
	part += c->leader_record * in.records;
	part += copies * c->replicated_byte * in.bytes;
	for (size_t i = 0; i < partition->subs; i++) {
		const struct spp_verify_sub *sub =
			&model->subs[partition->first_sub + i];

		if (sub->follows)
			part += sub_part(sub, c, pick);
	}
	return part;
}

double spp_verify_disk(
	const struct spp_verify_model *model, size_t partition, size_t slot)
{
	const struct spp_verify_partition *of = &model->partitions[partition];
	const struct spp_partition *value = of->value;
	double grown = of->size, most;

	if (!spp_present(value->retention_s) &&
		!spp_present(value->retention_bytes))
		return of->size;
	for (size_t k = 0; k <= slot; k++)
		grown += of->series->bytes[k] *
		         (model->end_s[k] - model->begin_s[k]);
	most = grown;
	if (spp_present(value->retention_s))
		most = fmin(most, of->series->bytes[slot] * value->retention_s);
	if (spp_present(value->retention_bytes))
		most = fmin(most, value->retention_bytes);
	return most;
}

static double formula(const struct spp_verify_model *model,
	const struct spp_verify_item *item, size_t resource,
	const struct pick *pick)
{
	const struct spp_verify_coefficients *c =
		&model->coefficients[resource];
	const struct spp_verify_partition *partition =
		&model->partitions[item->partition];
	double demand = 0;

	if (item->role == SPP_VERIFY_SUB)
		return sub_part(&model->subs[item->sub], c, pick);
	if (item->role == SPP_VERIFY_LEADER) {
		demand = leader_part(model, item, c, pick);
	} else {
		if (pick->constants)
			demand = c->follower_base;
		demand += c->follower_byte *
		          flow_of(partition->series, pick).bytes;
	}
	if (resource == model->disk && pick->quantity == MEAN)
		demand += spp_verify_disk(model, item->partition, pick->slot);
	else if (resource == model->disk && pick->quantity == LAST)
		demand += partition->size;
	return demand;
}

double spp_verify_demand_last(const struct spp_verify_model *model,
	const struct spp_verify_item *item, size_t resource)
{
	struct pick pick = {.quantity = LAST, .constants = true};

	return formula(model, item, resource, &pick);
}

struct spp_verify_value spp_verify_demand_raw(
	const struct spp_verify_model *model,
	const struct spp_verify_item *item, size_t resource, size_t slot)
{
	struct pick pick = {MEAN, slot, 0, true};
	struct spp_verify_value value = {.level = 0};
	double deviation;

	value.level = formula(model, item, resource, &pick);
	pick.quantity = DEVIATION;
	pick.constants = false;
	deviation = formula(model, item, resource, &pick);
	value.variance = deviation * deviation;
	pick.quantity = LOADING;
	for (size_t f = 0; f < model->factors; f++) {
		pick.at = f * model->slots + slot;
		value.loading[f] = formula(model, item, resource, &pick);
		value.variance -= value.loading[f] * value.loading[f];
	}
	value.variance = fmax(0, value.variance);
	return value;
}

double spp_verify_round(double value, double quantum)
{
	return quantum > 0 ? nearbyint(value / quantum) * quantum : value;
}

static struct spp_verify_value in_slot(const struct spp_verify_model *model,
	const struct spp_verify_item *item, size_t resource, size_t slot)
{
	const struct spp_verify_quanta *quanta = &model->quanta[resource];
	struct spp_verify_value value =
		spp_verify_demand_raw(model, item, resource, slot);

	value.level = spp_verify_round(value.level, quanta->level);
	value.variance = spp_verify_round(value.variance, quanta->variance);
	for (size_t f = 0; f < model->factors; f++)
		value.loading[f] =
			spp_verify_round(value.loading[f], quanta->loading);
	return value;
}

struct spp_verify_value spp_verify_demand(const struct spp_verify_model *model,
	const struct spp_verify_item *item, size_t resource, size_t slot)
{
	struct spp_verify_value most;

	if (slot < model->slots)
		return in_slot(model, item, resource, slot);
	most = in_slot(model, item, resource, 0);
	for (size_t k = 1; k < model->slots; k++) {
		struct spp_verify_value value =
			in_slot(model, item, resource, k);

		most.level = fmax(most.level, value.level);
		most.variance = fmax(most.variance, value.variance);
		for (size_t f = 0; f < model->factors; f++)
			most.loading[f] =
				fmax(most.loading[f], value.loading[f]);
	}
	return most;
}

size_t spp_verify_items(const struct spp_verify_model *model, size_t partition,
	const size_t *replicas, size_t count, const size_t *serving,
	struct spp_verify_item *items)
{
	const struct spp_verify_partition *of = &model->partitions[partition];
	/* The leader reckons with all that there are to be. */
	size_t reckoned = count > of->wanted ? count : of->wanted;
	size_t made = 0;

	for (size_t i = 0; i < count; i++)
		items[made++] = (struct spp_verify_item){
			.role = i == 0 ? SPP_VERIFY_LEADER
		                       : SPP_VERIFY_FOLLOWER,
			.partition = partition,
			.replicas = reckoned,
			.platform = replicas[i],
		};
	for (size_t i = of->first_sub; i < of->first_sub + of->subs; i++) {
		if (model->subs[i].follows)
			continue;
		items[made++] = (struct spp_verify_item){
			.role = SPP_VERIFY_SUB,
			.partition = partition,
			.sub = i,
			.replicas = reckoned,
			.platform =
				serving ? serving[i] : model->subs[i].platform,
		};
	}
	return made;
}

double spp_verify_produced(
	const struct spp_verify_model *model, size_t partition, size_t slot)
{
	const double *bytes = model->partitions[partition].series->bytes;
	double most = 0;

	if (slot < model->slots)
		return bytes[slot];
	for (size_t k = 0; k < model->slots; k++)
		most = fmax(most, bytes[k]);
	return most;
}
