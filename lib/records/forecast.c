/* Predicted consumption of a partition or a subscription. */
#include "lib/records/answer_records.h"

#include "lib/base/err.h"

#define MEASURES(member) SPP_AT(struct spp_measures, member)
#define RATES(member) SPP_AT(struct spp_rates, member)
#define QUANTILE(member) SPP_AT(struct spp_quantile, member)
#define LOADINGS(member) SPP_AT(struct spp_loadings, member)
#define AT(member) SPP_AT(struct spp_forecast, member)

static const struct spp_field measures[] = {
	{MEASURES(bytes), SPP_NUMBER, "one value a slot", .shape = SPP_LIST,
		.estimate = true, .required = true, .unit = "bytes/s"},
	{MEASURES(records), SPP_NUMBER, "where the history has them",
		.shape = SPP_LIST, .estimate = true, .unit = "records/s"},
};

static const struct spp_field rates[] = {
	{RATES(bytes), SPP_NUMBER, "bytes", .estimate = true, .required = true,
		.unit = "bytes/s"},
	{RATES(records), SPP_NUMBER, "where the history has them",
		.estimate = true, .unit = "records/s"},
};

static const struct spp_field quantile[] = {
	{QUANTILE(q), SPP_NUMBER, "probability of being below",
		.required = true, .min = 1e-6, .max = 0.999999},
	{QUANTILE(bytes), SPP_NUMBER, "one value a slot", .shape = SPP_LIST,
		.estimate = true, .required = true, .unit = "bytes/s"},
	{QUANTILE(records), SPP_NUMBER, "where the history has them",
		.shape = SPP_LIST, .estimate = true, .unit = "records/s"},
};

static const struct spp_field loadings[] = {
	{LOADINGS(bytes), SPP_NUMBER, "per factor one array over slots",
		.shape = SPP_MATRIX, .most = 16, .estimate = true,
		.required = true, .min = -SPP_MOST, .unit = "bytes/s"},
	{LOADINGS(records), SPP_NUMBER, "where the history has them",
		.shape = SPP_MATRIX, .most = 16, .estimate = true,
		.min = -SPP_MOST, .unit = "records/s"},
};

static const struct spp_field fields[] = {
	{AT(stream), SPP_ID, "the stream", .required = true},
	{AT(partition), SPP_ID, "a partition", .required = true, .plain = true},
	{AT(subscriber), SPP_ID, "who consumes; absent: what is produced"},
	{AT(start), SPP_TIME, "begin of slot 0", .required = true},
	{AT(slot_s), SPP_NUMBER, "length of each slot", .shape = SPP_LIST,
		.required = true, .min = 1e-3, .max = 1e8, .unit = "s",
		.least = 1, .most = 4096},
	{AT(mean), SPP_OBJECT, "conditional mean over each slot",
		.required = true,
		.members = {SPP_FIELDS(struct spp_measures, measures)}},
	{AT(sd), SPP_OBJECT, "standard deviation of its error",
		.required = true,
		.members = {SPP_FIELDS(struct spp_measures, measures)}},
	{AT(quantiles), SPP_OBJECT, "where asked for, ascending",
		.shape = SPP_LIST,
		.members = {SPP_FIELDS(struct spp_quantile, quantile)}},
	{AT(loadings), SPP_OBJECT, "part of sd that common factors explain",
		.members = {SPP_FIELDS(struct spp_loadings, loadings)}},
	{AT(last), SPP_OBJECT, "rates of the last complete slot",
		.members = {SPP_FIELDS(struct spp_rates, rates)}},
	{AT(model), SPP_ID, "what made the forecast"},
	{AT(warning), SPP_STRING, "why it is to be used with care"},
};
const struct spp_fields spp_forecast_fields = {
	SPP_FIELDS(struct spp_forecast, fields)};

static bool check_slots(const char *object, const char *measure, size_t count,
	size_t slots, struct spp_err *err)
{
	return count == slots ||
	       spp_fail(err, SPP_INPUT,
		       "field \"%s.%s\" has %zu values for %zu slots", object,
		       measure, count, slots);
}

static bool check_measures(const char *object, const struct spp_numbers *bytes,
	const struct spp_numbers *records, size_t slots, struct spp_err *err)
{
	return check_slots(object, "bytes", bytes->count, slots, err) &&
	       (records->items == NULL || check_slots(object, "records",
						  records->count, slots, err));
}

static bool check_quantiles(
	const struct spp_objects *quantiles, size_t slots, struct spp_err *err)
{
	const struct spp_quantile *items = quantiles->items;

	for (size_t i = 0; i < quantiles->count; i++) {
		if (i > 0 && items[i].q <= items[i - 1].q)
			return spp_fail(err, SPP_INPUT,
				"field \"quantiles\" must ascend by \"q\"");
		if (!check_measures("quantiles", &items[i].bytes,
			    &items[i].records, slots, err))
			return false;
	}
	return true;
}

static bool check_factors(const char *measure, const struct spp_matrix *factors,
	size_t slots, struct spp_err *err)
{
	for (size_t k = 0; k < factors->count; k++)
		if (!check_slots("loadings", measure, factors->rows[k].count,
			    slots, err))
			return false;
	return true;
}

bool spp_forecast_check(const void *value, struct spp_err *err)
{
	const struct spp_forecast *forecast = value;
	const struct spp_measures *mean = forecast->mean, *sd = forecast->sd;
	const struct spp_loadings *loads = forecast->loadings;
	size_t slots = forecast->slot_s.count;

	if ((mean->records.items == NULL) != (sd->records.items == NULL))
		return spp_fail(err, SPP_INPUT,
			"field \"records\" must be in both \"mean\" and "
			"\"sd\", or in neither");
	return check_measures(
		       "mean", &mean->bytes, &mean->records, slots, err) &&
	       check_measures("sd", &sd->bytes, &sd->records, slots, err) &&
	       check_quantiles(&forecast->quantiles, slots, err) &&
	       (loads == NULL ||
		       (check_factors("bytes", &loads->bytes, slots, err) &&
			       check_factors("records", &loads->records, slots,
				       err)));
}
