/* How one move ended. */
#include "lib/records/answer_records.h"

#define AT(member) SPP_AT(struct spp_confirmation, member)

static const struct spp_field fields[] = {
	{AT(plan), SPP_ID, "first 12 digits of the plan's digest",
		.required = true},
	{AT(move), SPP_ID, "its id", .required = true},
	{AT(status), SPP_CHOICE,
		"done only when it was read back; skipped: never "
		"started",
		.required = true,
		.choices = {"done", "rolled_back", "refused", "failed",
			"skipped", "unknown"}},
	{AT(stream), SPP_ID, "the stream"},
	{AT(partition), SPP_ID, "a partition", .plain = true},
	{AT(subscriber), SPP_ID, "of a subscription move"},
	{AT(from), SPP_ID, "source"},
	{AT(to), SPP_ID, "target"},
	{AT(started_at), SPP_TIME, "first call"},
	{AT(ended_at), SPP_TIME, "last read-back"},
	{AT(reason), SPP_STRING, "why it is not done"},
	{AT(evidence), SPP_JSON, "what shows it"},
};
const struct spp_fields spp_confirmation_fields = {
	SPP_FIELDS(struct spp_confirmation, fields)};
