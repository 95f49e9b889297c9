/* The options of spp-forecast. */
#include "lib/stages/forecast.h"

#include "lib/cluster/series_samples.h"

#define AT(member) offsetof(struct spp_forecast_stage, member)
#define OF(member) AT(history.member)

static const char *const measures[] = {"bytes", "records", NULL};
static const char *const kinds[] = {"delta", "rate", "counter", NULL};
/* Beside "best" the names in spp_models, in their order (a test checks). */
static const char *const models[] = {"best", "last", "mean", "ses", "holt",
	"seasonal_naive", "winters", NULL};

static const struct spp_field fields[] = {
	{"horizon", SPP_STRINGS, AT(horizon), .metavar = "DURATION,...",
		.text = "fine slots, then hours, until then; 15m,24h where "
			"two days are known, else 15m",
		.group = "Forecast"},
	{"slot", SPP_DURATION, AT(slot_s), .min = 1, .max = 86400,
		.metavar = "DURATION",
		.text = "length of fine slots; the step, 1m to 5m"},
	{"model", SPP_CHOICE, AT(model), .choices = models, .metavar = "NAME",
		.default_text = "best", .text = "use this model for all"},
	{"quantiles", SPP_STRINGS, AT(quantiles), .metavar = "Q,...",
		.text = "quantiles to add, such as .5,.95"},
	{"history", SPP_DURATION, AT(history_s), .min = 1, .max = 1e9,
		.metavar = "DURATION", .text = "use only the newest"},
	{"keep_samples", SPP_FLAG, AT(keep_samples),
		.text = "pass the samples of the feed on"},
	{"record_bytes", SPP_NUMBER, OF(record_bytes), .min = 1e-9, .max = 1e9,
		.metavar = "N",
		.text = "bytes of a record where only records are known"},
	{"step", SPP_DURATION, OF(step_s), .min = 1e-3, .max = 1e7,
		.metavar = "DURATION",
		.text = "interval of samples; found out unless given"},
	{"csv", SPP_STRINGS, AT(csv), .metavar = "FILE",
		.text = "read samples from it, too; may be repeated",
		.group = "History as CSV, long or wide"},
	{"columns", SPP_STRINGS, OF(columns), .metavar = "bytes=NAME,...",
		.text = "which column is what: time, stream, partition, ..."},
	{"no_header", SPP_FLAG, OF(no_header),
		.text = "the first row is data; columns have numbers"},
	{"start", SPP_TIME, OF(start), .metavar = "TIME",
		.text = "time of the first column of a wide file"},
	{"stream", SPP_STRING, OF(stream), .metavar = "NAME",
		.text = "the stream where no column says it"},
	{"measure", SPP_CHOICE, OF(measure), .choices = measures,
		.metavar = "NAME", .default_text = "bytes",
		.text = "what a wide file holds: bytes or records"},
	{"kind", SPP_CHOICE, OF(kind), .choices = kinds, .metavar = "NAME",
		.default_text = "delta",
		.text = "what numbers are: delta, rate or counter"},
	{"scale", SPP_NUMBER, OF(scale), .min = 1e-12, .max = 1e12,
		.metavar = "X", .default_text = "1",
		.text = "multiply bytes, else records, by it"},
	{"utc_offset", SPP_STRING, OF(utc_offset), .metavar = "OFFSET",
		.text = "of times that state none, such as +01:00"},
	{"time_format", SPP_STRING, OF(time_format), .metavar = "FORMAT",
		.text = "epoch, epoch_ms, epoch_us or like %d.%m.%Y %H:%M"},
	{"missing", SPP_STRING, OF(missing), .metavar = "TEXT",
		.text = "a cell that says nothing, beside empty ones"},
};

const struct spp_fields spp_forecast_options = {
	SPP_FIELDS(struct spp_forecast_stage, fields)};

/* Where the history lies does not change the answer, what it says does. */
const char *const spp_forecast_silent[] = {"csv", NULL};
