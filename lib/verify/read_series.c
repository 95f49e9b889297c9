/*
 * What every partition and subscription is forecast to consume.  Nothing is
 * taken as zero: what has no forecast gets the median of its stream's, or
 * of all, and a subscription what its partition produces.
 */
#include "lib/verify/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A series while it is made. */
struct draft {
	double *bytes, *records, *sd_bytes, *sd_records;
	double *load_bytes, *load_records;
	double last_bytes, last_records;
	bool has_records;
};

static struct draft *draft_new(struct spp_verify_model *model)
{
	struct spp_arena *arena = model->arena;
	size_t slots = model->slots, loads = model->slots * model->factors;
	struct draft *draft = spp_arena_alloc(arena, 1, sizeof(*draft));

	if (!draft)
		return NULL;
	draft->bytes = spp_arena_alloc(arena, slots, sizeof(double));
	draft->records = spp_arena_alloc(arena, slots, sizeof(double));
	draft->sd_bytes = spp_arena_alloc(arena, slots, sizeof(double));
	draft->sd_records = spp_arena_alloc(arena, slots, sizeof(double));
	draft->load_bytes = spp_arena_alloc(arena, loads, sizeof(double));
	draft->load_records = spp_arena_alloc(arena, loads, sizeof(double));
	return arena->failed ? NULL : draft;
}

static const struct spp_verify_series *finish(
	struct spp_verify_model *model, const struct draft *draft)
{
	struct spp_verify_series *series =
		spp_arena_alloc(model->arena, 1, sizeof(*series));

	if (series)
		*series = (struct spp_verify_series){
			.bytes = draft->bytes,
			.records = draft->records,
			.sd_bytes = draft->sd_bytes,
			.sd_records = draft->sd_records,
			.load_bytes = draft->load_bytes,
			.load_records = draft->load_records,
			.last_bytes = draft->last_bytes,
			.last_records = draft->last_records,
		};
	return series;
}

/* The slots that are not over; none where nothing is given. */
static void copy_numbers(const struct spp_verify_model *model, double *to,
	const struct spp_numbers *from)
{
	for (size_t k = 0; k < model->slots && from->count > 0; k++)
		to[k] = from->items[model->first_slot + k];
}

static void copy_loadings(const struct spp_verify_model *model, double *to,
	const struct spp_matrix *from)
{
	for (size_t f = 0; f < from->count; f++)
		for (size_t k = 0; k < model->slots; k++)
			to[f * model->slots + k] =
				from->rows[f].items[model->first_slot + k];
}

/* The rates of the last complete slot, else those of the first. */
static void copy_last(struct draft *draft, const struct spp_forecast *forecast)
{
	const struct spp_numbers *bytes = &forecast->mean->bytes;
	const struct spp_numbers *records = &forecast->mean->records;

	draft->last_bytes = bytes->count > 0 ? bytes->items[0] : 0;
	draft->last_records = records->count > 0 ? records->items[0] : 0;
	if (!forecast->last)
		return;
	draft->last_bytes = forecast->last->bytes;
	draft->last_records = spp_present(forecast->last->records)
	                              ? forecast->last->records
	                              : 0;
}

static struct draft *of_forecast(
	struct spp_verify_model *model, const struct spp_forecast *forecast)
{
	struct draft *draft = draft_new(model);

	if (!draft)
		return NULL;
	copy_numbers(model, draft->bytes, &forecast->mean->bytes);
	copy_numbers(model, draft->records, &forecast->mean->records);
	copy_numbers(model, draft->sd_bytes, &forecast->sd->bytes);
	copy_numbers(model, draft->sd_records, &forecast->sd->records);
	draft->has_records = forecast->mean->records.count > 0;
	if (forecast->loadings) {
		copy_loadings(
			model, draft->load_bytes, &forecast->loadings->bytes);
		copy_loadings(model, draft->load_records,
			&forecast->loadings->records);
	}
	copy_last(draft, forecast);
	return draft;
}

/* One measure of a draft. */
struct lane {
	double *mean, *sd, *load, *last;
};

static struct lane lane_of(struct draft *draft, bool records)
{
	if (records)
		return (struct lane){draft->records, draft->sd_records,
			draft->load_records, &draft->last_records};
	return (struct lane){draft->bytes, draft->sd_bytes, draft->load_bytes,
		&draft->last_bytes};
}

/* Per slot the larger one, with its deviation and loadings. */
static void take_larger(
	const struct spp_verify_model *model, struct lane to, struct lane of)
{
	size_t slots = model->slots;

	for (size_t k = 0; k < slots; k++) {
		if (of.mean[k] < to.mean[k])
			continue;
		to.mean[k] = of.mean[k];
		to.sd[k] = of.sd[k];
		for (size_t f = 0; f < model->factors; f++)
			to.load[f * slots + k] = of.load[f * slots + k];
	}
	*to.last = fmax(*to.last, *of.last);
}

static struct draft *largest_of_subs(struct spp_verify_model *model,
	struct draft *const *subs, const struct spp_verify_partition *partition)
{
	struct draft *largest = NULL;

	for (size_t i = 0; i < partition->subs; i++) {
		struct draft *sub = subs[partition->first_sub + i];

		if (!sub)
			continue;
		if (!largest) {
			largest = draft_new(model);
			if (!largest)
				return NULL;
		}
		take_larger(
			model, lane_of(largest, false), lane_of(sub, false));
		if (sub->has_records)
			take_larger(model, lane_of(largest, true),
				lane_of(sub, true));
		largest->has_records |= sub->has_records;
	}
	return largest;
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
	if (count == 0)
		return 0;
	qsort(values, count, sizeof(*values), compare_doubles);
	return count % 2 ? values[count / 2]
	                 : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* The series a median is taken over; scratch has room for one number each. */
struct sample {
	struct draft **items;
	size_t count;
	double *scratch;
};

static double median_at(
	const struct sample *sample, size_t offset, size_t k, bool of_records)
{
	size_t count = 0;

	for (size_t i = 0; i < sample->count; i++) {
		const struct draft *draft = sample->items[i];
		double *const *array =
			(double *const *)(const void *)((const char *)draft +
							offset);

		if (!of_records || draft->has_records)
			sample->scratch[count++] = (*array)[k];
	}
	return median(sample->scratch, count);
}

static struct draft *median_of(
	struct spp_verify_model *model, const struct sample *sample)
{
	struct draft *draft = draft_new(model);
	size_t with_records = 0;

	if (!draft)
		return NULL;
	for (size_t k = 0; k < model->slots; k++) {
		draft->bytes[k] = median_at(
			sample, offsetof(struct draft, bytes), k, false);
		draft->sd_bytes[k] = median_at(
			sample, offsetof(struct draft, sd_bytes), k, false);
		draft->records[k] = median_at(
			sample, offsetof(struct draft, records), k, true);
		draft->sd_records[k] = median_at(
			sample, offsetof(struct draft, sd_records), k, true);
	}
	for (size_t i = 0; i < sample->count; i++)
		sample->scratch[i] = sample->items[i]->last_bytes;
	draft->last_bytes = median(sample->scratch, sample->count);
	for (size_t i = 0; i < sample->count; i++)
		if (sample->items[i]->has_records)
			sample->scratch[with_records++] =
				sample->items[i]->last_records;
	draft->last_records = median(sample->scratch, with_records);
	return draft;
}

/* Drafts of the stream, or of all where the stream has none. */
static void gather(const struct spp_verify_model *model,
	struct draft *const *own, const char *stream, struct sample *sample)
{
	sample->count = 0;
	for (size_t p = 0; p < model->partition_count; p++)
		if (own[p] &&
			(!stream || strcmp(model->partitions[p].value->stream,
					    stream) == 0))
			sample->items[sample->count++] = own[p];
}

static bool read_forecasts(
	struct spp_verify_model *model, struct draft **own, struct draft **subs)
{
	const struct spp_feed *feed = model->feed;

	for (size_t i = 0; i < spp_feed_count(feed, SPP_FORECAST); i++) {
		const struct spp_forecast *forecast =
			spp_feed_at(feed, SPP_FORECAST, i)->value;
		size_t p = spp_verify_find_partition(
			model, forecast->stream, forecast->partition);
		struct draft *draft;

		if (p == SPP_NOWHERE)
			continue;
		draft = of_forecast(model, forecast);
		if (!draft)
			return false;
		if (forecast->subscriber)
			subs[spp_verify_find_sub(
				model, p, forecast->subscriber)] = draft;
		else
			own[p] = draft;
	}
	for (size_t p = 0; p < model->partition_count; p++)
		if (!own[p])
			own[p] = largest_of_subs(
				model, subs, &model->partitions[p]);
	return true;
}

static void count_factors(struct spp_verify_model *model)
{
	const struct spp_feed *feed = model->feed;

	for (size_t i = 0; i < spp_feed_count(feed, SPP_FORECAST); i++) {
		const struct spp_forecast *forecast =
			spp_feed_at(feed, SPP_FORECAST, i)->value;

		if (!forecast->loadings)
			continue;
		if (forecast->loadings->bytes.count > model->factors)
			model->factors = forecast->loadings->bytes.count;
		if (forecast->loadings->records.count > model->factors)
			model->factors = forecast->loadings->records.count;
	}
}

/* Only now may medians be taken: they must not count each other. */
static bool fill_partitions(
	struct spp_verify_model *model, struct draft *const *own)
{
	size_t count = model->partition_count;
	struct sample sample = {
		.items = spp_arena_alloc(
			model->arena, count, sizeof(*sample.items)),
		.scratch = spp_arena_alloc(model->arena, count, sizeof(double)),
	};

	if (model->arena->failed)
		return false;
	for (size_t p = 0; p < count; p++) {
		struct spp_verify_partition *partition = &model->partitions[p];
		const struct draft *draft = own[p];

		if (!draft) {
			gather(model, own, partition->value->stream, &sample);
			if (sample.count == 0)
				gather(model, own, NULL, &sample);
			draft = median_of(model, &sample);
		}
		if (!draft)
			return false;
		partition->series = finish(model, draft);
	}
	return !model->arena->failed;
}

bool spp_verify_read_series(struct spp_verify_model *model, struct spp_err *err)
{
	struct draft **own, **subs;

	count_factors(model);
	own = spp_arena_alloc(
		model->arena, model->partition_count, sizeof(*own));
	subs = spp_arena_alloc(model->arena, model->sub_count, sizeof(*subs));
	if (!spp_arena_ok(model->arena, err))
		return false;
	if (!read_forecasts(model, own, subs) || !fill_partitions(model, own))
		return spp_fail_memory(err);
	for (size_t i = 0; i < model->sub_count; i++) {
		struct spp_verify_sub *sub = &model->subs[i];

		sub->series =
			subs[i] ? finish(model, subs[i])
				: model->partitions[sub->partition].series;
	}
	return spp_arena_ok(model->arena, err);
}
