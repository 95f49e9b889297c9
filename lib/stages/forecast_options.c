/* The options of spp-forecast. */
#include "lib/stages/forecast.h"

#include "lib/cluster/series_samples.h"

#define AT(member) .offset = offsetof(struct spp_forecast_stage, member)
#define OF(member) AT(history.member)

static const struct spp_field fields[] = {
	{"horizon", AT(horizon), SPP_STRING,
		"fine slots, then hours, until then; 15m,24h where "
		"two days are known, else 15m",
		.shape = SPP_LIST, .metavar = "DURATION,...",
		.group = "Forecast"},
	{"slot", AT(slot_s), SPP_NUMBER,
		"length of fine slots; the step, 1m to 5m", .unit = "s",
		.min = 1, .max = 86400, .metavar = "DURATION"},
	/* Beside "best" the names in spp_models, in order (a test checks). */
	{"model", AT(model), SPP_CHOICE, "use this model for all",
		.choices = {"best", "last", "mean", "ses", "holt",
			"seasonal_naive", "winters"},
		.metavar = "NAME", .default_text = "best"},
	{"quantiles", AT(quantiles), SPP_STRING,
		"quantiles to add, such as .5,.95", .shape = SPP_LIST,
		.metavar = "Q,..."},
	{"history", AT(history_s), SPP_NUMBER, "use only the newest",
		.unit = "s", .min = 1, .max = 1e9, .metavar = "DURATION"},
	{"keep_samples", AT(keep_samples), SPP_FLAG,
		"pass the samples of the feed on"},
	{"record_bytes", OF(record_bytes), SPP_NUMBER,
		"bytes of a record where only records are known", .min = 1e-9,
		.max = 1e9, .metavar = "N"},
	{"step", OF(step_s), SPP_NUMBER,
		"interval of samples; found out unless given", .unit = "s",
		.min = 1e-3, .max = 1e7, .metavar = "DURATION"},
	{"csv", AT(csv), SPP_STRING,
		"read samples from it, too; may be repeated", .shape = SPP_LIST,
		.metavar = "FILE", .group = "History as CSV, long or wide",
		.silent = true},
	{"columns", OF(columns), SPP_STRING,
		"which column is what: time, stream, partition, ...",
		.shape = SPP_LIST, .metavar = "bytes=NAME,..."},
	{"no_header", OF(no_header), SPP_FLAG,
		"the first row is data; columns have numbers"},
	{"start", OF(start), SPP_TIME,
		"time of the first column of a wide file", .metavar = "TIME"},
	{"stream", OF(stream), SPP_STRING, "the stream where no column says it",
		.metavar = "NAME"},
	{"measure", OF(measure), SPP_CHOICE,
		"what a wide file holds: bytes or records",
		.choices = {"bytes", "records"}, .metavar = "NAME",
		.default_text = "bytes"},
	{"kind", OF(kind), SPP_CHOICE,
		"what numbers are: delta, rate or counter",
		.choices = {"delta", "rate", "counter"}, .metavar = "NAME",
		.default_text = "delta"},
	{"scale", OF(scale), SPP_NUMBER, "multiply bytes, else records, by it",
		.min = 1e-12, .max = 1e12, .metavar = "X", .default_text = "1"},
	{"utc_offset", OF(utc_offset), SPP_STRING,
		"of times that state none, such as +01:00",
		.metavar = "OFFSET"},
	{"time_format", OF(time_format), SPP_STRING,
		"epoch, epoch_ms, epoch_us or like %d.%m.%Y %H:%M",
		.metavar = "FORMAT"},
	{"missing", OF(missing), SPP_STRING,
		"a cell that says nothing, beside empty ones",
		.metavar = "TEXT"},
};

const struct spp_fields spp_forecast_options = {
	SPP_FIELDS(struct spp_forecast_stage, fields)};
