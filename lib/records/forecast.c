/* Predicted consumption of a partition or a subscription. */
#include "lib/records/answer_records.h"

#include "lib/base/err.h"
#include "lib/records/check.h"
#include "lib/records/record.h"

#include <stdio.h>

enum { SLOTS_MAX = 4096, FACTORS_MAX = 16 };

#define MEASURES(member) offsetof(struct spp_measures, member)
#define RATES(member) offsetof(struct spp_rates, member)
#define QUANTILE(member) offsetof(struct spp_quantile, member)
#define LOADINGS(member) offsetof(struct spp_loadings, member)
#define AT(member) offsetof(struct spp_forecast, member)

static const struct spp_field measures[] = {
	{"bytes", SPP_ESTIMATES, MEASURES(bytes), .required = true,
		.max = SPP_MOST, .unit = "bytes/s", .text = "one value a slot"},
	{"records", SPP_ESTIMATES, MEASURES(records), .max = SPP_MOST,
		.unit = "records/s", .text = "where the history has them"},
};
const struct spp_fields spp_measures_fields = {
	SPP_FIELDS(struct spp_measures, measures)};

static const struct spp_field rates[] = {
	{"bytes", SPP_ESTIMATE, RATES(bytes), .required = true, .max = SPP_MOST,
		.unit = "bytes/s", .text = "bytes"},
	{"records", SPP_ESTIMATE, RATES(records), .max = SPP_MOST,
		.unit = "records/s", .text = "where the history has them"},
};
const struct spp_fields spp_rates_fields = {
	SPP_FIELDS(struct spp_rates, rates)};

static const struct spp_field quantile[] = {
	{"q", SPP_NUMBER, QUANTILE(q), .required = true, .min = 1e-6,
		.max = 0.999999, .text = "probability of being below"},
	{"bytes", SPP_ESTIMATES, QUANTILE(bytes), .required = true,
		.max = SPP_MOST, .unit = "bytes/s", .text = "one value a slot"},
	{"records", SPP_ESTIMATES, QUANTILE(records), .max = SPP_MOST,
		.unit = "records/s", .text = "where the history has them"},
};
const struct spp_fields spp_quantile_fields = {
	SPP_FIELDS(struct spp_quantile, quantile)};

static const struct spp_field loadings[] = {
	{"bytes", SPP_MATRIX, LOADINGS(bytes), .required = true,
		.min = -SPP_MOST, .max = SPP_MOST, .unit = "bytes/s",
		.text = "per factor one array over slots"},
	{"records", SPP_MATRIX, LOADINGS(records), .min = -SPP_MOST,
		.max = SPP_MOST, .unit = "records/s",
		.text = "where the history has them"},
};
const struct spp_fields spp_loadings_fields = {
	SPP_FIELDS(struct spp_loadings, loadings)};

static const struct spp_field fields[] = {
	{"stream", SPP_ID, AT(stream), .required = true, .text = "the stream"},
	{"partition", SPP_ID, AT(partition), .required = true, .plain = true,
		.text = "its partition"},
	{"subscriber", SPP_ID, AT(subscriber),
		.text = "who consumes; absent: what is produced"},
	{"start", SPP_TIME, AT(start), .required = true,
		.text = "begin of slot 0"},
	{"slot_s", SPP_NUMBERS, AT(slot_s), .required = true, .min = 1e-3,
		.max = 1e8, .unit = "s", .text = "length of each slot"},
	{"mean", SPP_OBJECT, AT(mean), .required = true,
		.members = &spp_measures_fields,
		.text = "conditional mean over each slot"},
	{"sd", SPP_OBJECT, AT(sd), .required = true,
		.members = &spp_measures_fields,
		.text = "standard deviation of its error"},
	{"quantiles", SPP_OBJECTS, AT(quantiles),
		.members = &spp_quantile_fields,
		.text = "where asked for, ascending"},
	{"loadings", SPP_OBJECT, AT(loadings), .members = &spp_loadings_fields,
		.text = "part of sd that common factors explain"},
	{"last", SPP_OBJECT, AT(last), .members = &spp_rates_fields,
		.text = "rates of the last complete slot"},
	{"model", SPP_ID, AT(model), .text = "what made the forecast"},
	{"warning", SPP_STRING, AT(warning),
		.text = "why it is to be used with care"},
};

static bool check_measures(const char *name, const struct spp_numbers *bytes,
	const struct spp_numbers *records, size_t slots, struct spp_err *err)
{
	char field[64];

	snprintf(field, sizeof field, "%s.bytes", name);
	if (!spp_check_slots(field, bytes->count, slots, err))
		return false;
	snprintf(field, sizeof field, "%s.records", name);
	return records->items == NULL ||
	       spp_check_slots(field, records->count, slots, err);
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

static bool check_matrix(const char *field, const struct spp_matrix *matrix,
	size_t slots, struct spp_err *err)
{
	if (matrix->rows > FACTORS_MAX)
		return spp_fail(err, SPP_INPUT,
			"field \"%s\" has %zu factors, at most %d can be",
			field, matrix->rows, FACTORS_MAX);
	return matrix->rows == 0 ||
	       spp_check_slots(field, matrix->columns, slots, err);
}

static bool check(const void *value, struct spp_err *err)
{
	const struct spp_forecast *forecast = value;
	const struct spp_measures *mean = forecast->mean, *sd = forecast->sd;
	const struct spp_loadings *loads = forecast->loadings;
	size_t slots = forecast->slot_s.count;

	if (slots == 0 || slots > SLOTS_MAX)
		return spp_fail(err, SPP_INPUT,
			"field \"slot_s\" must have 1 to %d slots, got %zu",
			SLOTS_MAX, slots);
	if (!check_measures("mean", &mean->bytes, &mean->records, slots, err) ||
		!check_measures("sd", &sd->bytes, &sd->records, slots, err))
		return false;
	if ((mean->records.items == NULL) != (sd->records.items == NULL))
		return spp_fail(err, SPP_INPUT,
			"field \"records\" must be in both \"mean\" and "
			"\"sd\", or in neither");
	if (!check_quantiles(&forecast->quantiles, slots, err))
		return false;
	return loads == NULL ||
	       (check_matrix("loadings.bytes", &loads->bytes, slots, err) &&
		       check_matrix("loadings.records", &loads->records, slots,
			       err));
}

const struct spp_record_type spp_forecast_type = {
	.name = "forecast",
	.text = "predicted consumption of a partition or a subscription, "
		"slot by slot; estimates carry six digits",
	.fields = {SPP_FIELDS(struct spp_forecast, fields)},
	.key = {"stream", "partition", "subscriber"},
	.check = check,
};
