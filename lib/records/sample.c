/* Consumption measured over an interval. */
#include "lib/records/cluster_records.h"

#include "lib/base/err.h"

#define AT(member) SPP_AT(struct spp_sample, member)

static const struct spp_field fields[] = {
	{AT(stream), SPP_ID, "the stream", .required = true},
	{AT(partition), SPP_ID, "a partition", .required = true, .plain = true},
	{AT(subscriber), SPP_ID, "who consumed; absent: what was produced"},
	{AT(platform), SPP_ID, "where it was measured"},
	{AT(time), SPP_TIME, "begin of the interval, of a counter its reading",
		.required = true},
	{AT(interval_s), SPP_NUMBER, "length of the interval", .min = 1e-3,
		.max = 1e9, .unit = "s"},
	{AT(bytes), SPP_NUMBER, "bytes in the interval; per second of a rate",
		.unit = "bytes"},
	{AT(records), SPP_NUMBER, "records, in the same way",
		.unit = "records"},
	{AT(kind), SPP_CHOICE, "what the numbers are; delta unless said",
		.choices = {"delta", "rate", "counter"}},
	{AT(censored), SPP_FLAG, "a saturated platform hid part of the demand"},
};
const struct spp_fields spp_sample_fields = {
	SPP_FIELDS(struct spp_sample, fields)};

bool spp_sample_check(const void *value, struct spp_err *err)
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
