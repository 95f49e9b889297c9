/* Consumption measured over an interval. */
#include "lib/records/cluster_records.h"

#include "lib/base/err.h"

#define AT(member) offsetof(struct spp_sample, member)

static const char *const kinds[] = {"delta", "rate", "counter", NULL};

static const struct spp_field fields[] = {
	{"stream", SPP_ID, AT(stream), .required = true, .text = "the stream"},
	{"partition", SPP_ID, AT(partition), .required = true, .plain = true,
		.text = "its partition"},
	{"subscriber", SPP_ID, AT(subscriber),
		.text = "who consumed; absent: what was produced"},
	{"platform", SPP_ID, AT(platform), .text = "where it was measured"},
	{"time", SPP_TIME, AT(time), .required = true,
		.text = "begin of the interval, of a counter its reading"},
	{"interval_s", SPP_NUMBER, AT(interval_s), .min = 1e-3, .max = 1e9,
		.unit = "s", .text = "length of the interval"},
	{"bytes", SPP_NUMBER, AT(bytes), .max = SPP_MOST, .unit = "bytes",
		.text = "bytes in the interval; per second of a rate"},
	{"records", SPP_NUMBER, AT(records), .max = SPP_MOST, .unit = "records",
		.text = "records, in the same way"},
	{"kind", SPP_CHOICE, AT(kind), .choices = kinds,
		.text = "what the numbers are; delta unless said"},
	{"censored", SPP_FLAG, AT(censored),
		.text = "a saturated platform hid part of the demand"},
};

static bool check(const void *value, struct spp_err *err)
{
	const struct spp_sample *sample = value;

	if (!spp_present(sample->bytes) && !spp_present(sample->records))
		return spp_fail(err, SPP_INPUT,
			"a sample needs field \"bytes\" or \"records\"");
	if (sample->kind == SPP_SAMPLE_COUNTER &&
		spp_present(sample->interval_s))
		return spp_fail(err, SPP_INPUT,
			"field \"interval_s\" has no place in a counter");
	return true;
}

const struct spp_record_type spp_sample_type = {
	.name = "sample",
	.text = "what one partition produced, or one subscriber consumed of "
		"it, in an interval",
	.fields = {SPP_FIELDS(struct spp_sample, fields)},
	.check = check,
};
