/*
 * Constraints on the places of one partition or group: how far each is from
 * being kept.
 */
#include "lib/verify/rules.h"

#include <math.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool spp_verify_matches(const struct spp_constraint *constraint,
	const struct spp_partition *partition)
{
	return (!constraint->stream ||
		       same(constraint->stream, partition->stream)) &&
	       (!constraint->partition ||
		       same(constraint->partition, partition->partition));
}

static bool listed(const struct spp_verify_model *model,
	const struct spp_strings *names, size_t platform)
{
	for (size_t i = 0; i < names->count; i++)
		if (same(names->items[i],
			    model->platforms[platform].value->platform))
			return true;
	return false;
}

/* "" stands for all platforms without a label. */
static const char *label_of(
	const struct spp_verify_model *model, size_t platform, int label)
{
	const struct spp_platform *value = model->platforms[platform].value;
	const char *text = value->platform;

	if (label == SPP_RACK)
		text = value->rack;
	else if (label == SPP_ZONE)
		text = value->zone;
	return text ? text : "";
}

/* Pinned platforms without a replica, and one more where another leads. */
static size_t pin_broken(const struct spp_verify_model *model,
	const struct spp_constraint *c, const size_t *replicas, size_t count)
{
	size_t missing = 0;

	for (size_t i = 0; i < c->platforms.count; i++) {
		size_t platform =
			spp_verify_find_platform(model, c->platforms.items[i]);

		missing += !spp_verify_holds(replicas, count, platform);
	}
	if (count > 0 && c->platforms.count > 0)
		missing += !same(c->platforms.items[0],
			model->platforms[replicas[0]].value->platform);
	return missing;
}

static size_t list_broken(const struct spp_verify_model *model,
	const struct spp_constraint *c, const size_t *replicas, size_t count)
{
	bool may = c->constraint == SPP_ALLOW;
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += listed(model, &c->platforms, replicas[i]) != may;
	return wrong;
}

/* Labels that are missing; a dead replica spreads nothing. */
static size_t spread_broken(const struct spp_verify_model *model,
	const struct spp_constraint *c, const size_t *replicas, size_t count)
{
	size_t different = 0;
	double wanted = spp_present(c->minimum) ? c->minimum : (double)count;

	for (size_t i = 0; i < count; i++) {
		bool first = !model->platforms[replicas[i]].failed;

		for (size_t j = 0; j < i; j++)
			first &=
				model->platforms[replicas[j]].failed ||
				!same(label_of(model, replicas[i], c->label),
					label_of(model, replicas[j], c->label));
		different += first;
	}
	wanted = fmin(wanted, (double)count);
	return wanted > (double)different ? (size_t)wanted - different : 0;
}

size_t spp_verify_apart(const struct spp_verify_run *run,
	const struct spp_constraint *c, bool after)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_member *members = c->members.items;
	const char *first = NULL;
	size_t apart = 0;

	for (size_t i = 0; i < c->members.count; i++) {
		size_t p = spp_verify_find_partition(
			model, members[i].stream, members[i].partition);
		size_t count;
		const size_t *replicas;

		if (p == SPP_NOWHERE)
			continue;
		replicas = spp_verify_replicas(run, p, after, &count);
		if (count == 0)
			continue;
		if (!first)
			first = label_of(model, replicas[0], c->label);
		apart += !same(first, label_of(model, replicas[0], c->label));
	}
	return apart;
}

size_t spp_verify_broken(const struct spp_verify_run *run,
	const struct spp_constraint *c, size_t partition, bool after)
{
	const struct spp_verify_model *model = &run->model;
	size_t count;
	const size_t *replicas =
		spp_verify_replicas(run, partition, after, &count);

	if (!spp_verify_matches(c, model->partitions[partition].value))
		return 0;
	switch (c->constraint) {
	case SPP_PIN:
		return pin_broken(model, c, replicas, count);
	case SPP_ALLOW:
	case SPP_FORBID:
		return list_broken(model, c, replicas, count);
	case SPP_SPREAD:
		return spread_broken(model, c, replicas, count);
	default:
		return 0;
	}
}
