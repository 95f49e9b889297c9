/*
 * A forecast for every partition and subscription: nothing is taken as
 * zero.  What is missing is filled from its subscribers, or with the median
 * of the stream's partitions, or of all.
 */
#include "lib/cluster/build.h"

#include "lib/records/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct filling {
	struct spp_build *build;
	const struct spp_forecast **found; /* that partitions have */
	double *scratch;
	struct spp_forecast **of_stream; /* medians already worked out */
	struct spp_forecast *of_all;
	struct spp_build_names by_median, by_subscriber;
};

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *values, size_t count)
{
	if (count == 0)
		return 0;
	qsort(values, count, sizeof *values, by_value);
	if (count % 2 == 1)
		return values[count / 2];
	return (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* An empty forecast on the grid of all others. */
static struct spp_forecast *new_forecast(
	struct spp_arena *arena, const struct spp_numbers *slot_s)
{
	struct spp_forecast *made = spp_record_new(SPP_FORECAST, arena);
	struct spp_measures *measures[2];
	double *values =
		spp_arena_alloc(arena, slot_s->count * 4, sizeof *values);

	for (size_t i = 0; i < 2; i++)
		measures[i] = spp_arena_alloc(arena, 1, sizeof *measures[i]);
	if (arena->failed)
		return NULL;
	made->last = spp_arena_alloc(arena, 1, sizeof *made->last);
	if (made->last == NULL)
		return NULL;
	*made->last = (struct spp_rates){NAN, NAN};
	for (size_t i = 0; i < 2; i++) {
		measures[i]->bytes = (struct spp_numbers){
			slot_s->count, values + 2 * i * slot_s->count};
		measures[i]->records = (struct spp_numbers){
			slot_s->count, values + (2 * i + 1) * slot_s->count};
	}
	made->slot_s = *slot_s;
	made->mean = measures[0];
	made->sd = measures[1];
	return made;
}

/* The four arrays of a forecast, and its two last rates. */
static const struct spp_numbers *array_of(
	const struct spp_forecast *forecast, size_t which)
{
	const struct spp_measures *measures =
		which < 2 ? forecast->mean : forecast->sd;

	return which % 2 == 0 ? &measures->bytes : &measures->records;
}

/* Rates of the last slot; where it is not said, those of slot 0.  NAN:
   records that the forecast does not have. */
static double last_of(const struct spp_forecast *forecast, bool records)
{
	const struct spp_numbers *mean =
		records ? &forecast->mean->records : &forecast->mean->bytes;

	if (mean->items == NULL)
		return NAN;
	if (forecast->last == NULL)
		return mean->items[0];
	if (records)
		return spp_present(forecast->last->records)
		               ? forecast->last->records
		               : 0;
	return forecast->last->bytes;
}

/* Median, slot by slot, of forecasts first .. end - 1. */
static struct spp_forecast *median_of(const struct filling *filling,
	const struct spp_forecast *const *first, size_t count)
{
	struct spp_forecast *made =
		new_forecast(filling->build->arena, &first[0]->slot_s);
	double *scratch = filling->scratch;

	for (size_t which = 0; made != NULL && which < 4; which++) {
		double *to = array_of(made, which)->items;

		for (size_t k = 0; k < made->slot_s.count; k++) {
			size_t have = 0;

			for (size_t i = 0; i < count; i++) {
				const struct spp_numbers *from;

				from = array_of(first[i], which);
				if (from->items != NULL)
					scratch[have++] = from->items[k];
			}
			to[k] = median(scratch, have);
		}
	}
	for (size_t records = 0; made != NULL && records < 2; records++) {
		size_t have = 0;

		for (size_t i = 0; i < count; i++) {
			double value = last_of(first[i], records != 0);

			if (spp_present(value))
				scratch[have++] = value;
		}
		*(records != 0 ? &made->last->records : &made->last->bytes) =
			median(scratch, have);
	}
	return made;
}

/* The forecasts that partitions first .. end - 1 have, into found. */
static size_t gather(struct filling *filling, size_t first, size_t end)
{
	size_t count = 0;

	for (size_t p = first; p < end; p++) {
		if (filling->build->produced[p] != NULL)
			filling->found[count++] = filling->build->produced[p];
	}
	return count;
}

size_t spp_build_factors(const struct spp_forecast *forecast)
{
	const struct spp_loadings *loadings = forecast->loadings;

	if (loadings == NULL)
		return 0;
	return loadings->bytes.count > loadings->records.count
	               ? loadings->bytes.count
	               : loadings->records.count;
}

/* The most common factors that a subscriber of the partition has. */
static size_t most_factors(const struct spp_build *build, size_t partition)
{
	const size_t *first = build->cluster->first_subscription + partition;
	size_t most = 0;

	for (size_t s = first[0]; s < first[1]; s++) {
		const struct spp_forecast *from = build->consumed[s];
		size_t rows = from != NULL ? spp_build_factors(from) : 0;

		most = rows > most ? rows : most;
	}
	return most;
}

/* Room for so many common factors. */
static struct spp_matrix new_matrix(
	struct spp_arena *arena, size_t factors, size_t slots)
{
	struct spp_matrix matrix = {
		factors, spp_arena_alloc(arena, factors, sizeof *matrix.rows)};

	for (size_t k = 0; matrix.rows != NULL && k < factors; k++)
		matrix.rows[k] = (struct spp_numbers){
			slots, spp_arena_alloc(arena, slots, sizeof(double))};
	return matrix;
}

static void add_loadings(
	struct spp_arena *arena, struct spp_forecast *to, size_t factors)
{
	if (factors == 0)
		return;
	to->loadings = spp_arena_alloc(arena, 1, sizeof *to->loadings);
	if (to->loadings == NULL)
		return;
	to->loadings->bytes = new_matrix(arena, factors, to->slot_s.count);
	to->loadings->records = new_matrix(arena, factors, to->slot_s.count);
	if (arena->failed)
		to->loadings = NULL;
}

/* One slot's loadings, with zeros where the other has none. */
static void copy_loadings(const struct spp_forecast *to,
	const struct spp_forecast *from, bool records, size_t slot)
{
	const struct spp_matrix *write, *read = NULL;

	if (to->loadings == NULL)
		return;
	write = records ? &to->loadings->records : &to->loadings->bytes;
	if (from->loadings != NULL)
		read = records ? &from->loadings->records
		               : &from->loadings->bytes;
	for (size_t k = 0; k < write->count; k++)
		write->rows[k].items[slot] = read != NULL && k < read->count
		                                     ? read->rows[k].items[slot]
		                                     : 0;
}

/* Takes over the slots in which another forecast is larger. */
static void take_larger(const struct spp_forecast *to,
	const struct spp_forecast *from, bool records)
{
	size_t which = records ? 1 : 0;
	const struct spp_numbers *mean = array_of(from, which);
	const struct spp_numbers *sd = array_of(from, which + 2);
	double last = last_of(from, records);
	double *most = records ? &to->last->records : &to->last->bytes;

	if (spp_present(last) && !(last <= *most))
		*most = last;
	for (size_t k = 0; mean->items != NULL && k < mean->count; k++) {
		double *value = &array_of(to, which)->items[k];

		if (mean->items[k] < *value)
			continue;
		*value = mean->items[k];
		array_of(to, which + 2)->items[k] = sd->items[k];
		copy_loadings(to, from, records, k);
	}
}

/* The largest of the subscribers' forecasts, slot by slot; NULL if none. */
static struct spp_forecast *from_subscribers(
	const struct filling *filling, size_t partition)
{
	const struct spp_build *build = filling->build;
	const struct spp_cluster *cluster = build->cluster;
	struct spp_forecast *made = NULL;
	bool records = false;

	for (size_t s = cluster->first_subscription[partition];
		s < cluster->first_subscription[partition + 1]; s++) {
		const struct spp_forecast *from = build->consumed[s];

		if (from == NULL)
			continue;
		if (made == NULL) {
			made = new_forecast(build->arena, &from->slot_s);
			if (made == NULL)
				return NULL;
			add_loadings(build->arena, made,
				most_factors(build, partition));
			if (build->arena->failed)
				return NULL;
		}
		take_larger(made, from, false);
		take_larger(made, from, true);
		records = records || from->mean->records.items != NULL;
	}
	if (made != NULL && !records) {
		made->mean->records = (struct spp_numbers){0};
		made->sd->records = (struct spp_numbers){0};
	}
	return made;
}

static const struct spp_forecast *by_median(
	struct filling *filling, size_t partition)
{
	const struct spp_cluster *cluster = filling->build->cluster;
	size_t stream = cluster->stream[partition];
	size_t count;

	if (filling->of_stream[stream] != NULL)
		return filling->of_stream[stream];
	count = gather(filling, cluster->first_partition[stream],
		cluster->first_partition[stream + 1]);
	if (count > 0)
		return filling->of_stream[stream] =
		               median_of(filling, filling->found, count);
	if (filling->of_all == NULL) {
		count = gather(filling, 0, cluster->partitions);
		if (count > 0)
			filling->of_all =
				median_of(filling, filling->found, count);
	}
	return filling->of_all;
}

/*
 * Partitions without a forecast.  First those whose subscribers are known:
 * they count among the others of the stream.
 */
static bool fill_partitions(struct filling *filling, struct spp_err *err)
{
	struct spp_build *build = filling->build;
	const struct spp_cluster *cluster = build->cluster;
	size_t count = cluster->partitions;
	const struct spp_forecast **filled;

	filled = spp_arena_alloc(build->arena, count, sizeof *filled);
	if (!spp_arena_ok(build->arena, err))
		return false;
	for (size_t p = 0; p < count; p++) {
		if (build->produced[p] != NULL)
			continue;
		build->produced[p] = from_subscribers(filling, p);
		if (build->produced[p] != NULL)
			spp_build_name(&filling->by_subscriber,
				cluster->stream_names[cluster->stream[p]],
				cluster->partition_names[p]);
	}
	for (size_t p = 0; p < count; p++) {
		filled[p] = build->produced[p];
		if (filled[p] != NULL)
			continue;
		filled[p] = by_median(filling, p);
		spp_build_name(&filling->by_median,
			cluster->stream_names[cluster->stream[p]],
			cluster->partition_names[p]);
		if (!spp_arena_ok(build->arena, err))
			return false;
		if (filled[p] == NULL) {
			spp_fail(err, SPP_INPUT,
				"no forecast of any partition in the input");
			spp_err_hint(err, "The forecasts name other "
					  "partitions; --place places them.");
			return false;
		}
	}
	memcpy(build->produced, filled, count * sizeof *filled);
	return true;
}

/* Who consumes without a forecast is taken to read all that is written. */
static void fill_subscriptions(struct spp_build *build)
{
	const struct spp_cluster *cluster = build->cluster;
	struct spp_build_names names = {0};

	for (size_t s = 0; s < cluster->subscriptions; s++) {
		size_t p = cluster->subscribed[s];

		if (build->consumed[s] != NULL)
			continue;
		build->consumed[s] = build->produced[p];
		spp_build_name(&names,
			cluster->stream_names[cluster->stream[p]],
			cluster->partition_names[p]);
	}
	if (names.count > 0)
		spp_build_warn(build,
			"%zu subscriptions have no forecast and are taken to "
			"read all that is produced: %s",
			names.count, names.text);
}

static void set_in_bytes(struct spp_build *build)
{
	struct spp_cluster *cluster = build->cluster;
	double *in = spp_arena_alloc(
		build->arena, cluster->partitions * cluster->slots, sizeof *in);

	if (build->arena->failed)
		return;
	for (size_t p = 0; p < cluster->partitions; p++) {
		const double *from = build->produced[p]->mean->bytes.items;

		for (size_t k = 0; k < cluster->slots; k++)
			in[p * cluster->slots + k] =
				from[cluster->first_slot + k];
	}
	cluster->in_bytes = in;
}

bool spp_build_rates(struct spp_build *build, struct spp_err *err)
{
	const struct spp_cluster *cluster = build->cluster;
	struct filling filling = {
		.build = build,
		.found = spp_arena_alloc(build->arena, cluster->partitions,
			sizeof *filling.found),
		.scratch = spp_arena_alloc(
			build->arena, cluster->partitions, sizeof(double)),
		.of_stream = spp_arena_alloc(build->arena, cluster->streams,
			sizeof *filling.of_stream),
	};

	if (!spp_arena_ok(build->arena, err) || !fill_partitions(&filling, err))
		return false;
	if (filling.by_subscriber.count > 0)
		spp_build_warn(build,
			"%zu partitions have forecasts of subscribers only; "
			"the largest is taken as what is produced: %s",
			filling.by_subscriber.count,
			filling.by_subscriber.text);
	if (filling.by_median.count > 0)
		spp_build_warn(build,
			"%zu partitions have no forecast and get the median "
			"of their stream, else of all: %s",
			filling.by_median.count, filling.by_median.text);
	fill_subscriptions(build);
	set_in_bytes(build);
	return spp_arena_ok(build->arena, err);
}
