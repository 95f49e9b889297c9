/* What happened while a plan ran. */
#include "lib/records/answer_records.h"

#define AT(member) SPP_AT(struct spp_event, member)

static const struct spp_field fields[] = {
	{AT(plan), SPP_ID, "first 12 digits of the plan's digest",
		.required = true},
	{AT(time), SPP_TIME, "when", .required = true},
	{AT(move), SPP_ID, "absent: of the whole run"},
	{AT(phase), SPP_ID, "attach, route, dual, release"},
	{AT(what), SPP_ID, "in a word", .required = true},
	{AT(subscriber), SPP_ID, "whom it concerns"},
	{AT(evidence), SPP_JSON, "what shows it"},
	{AT(text), SPP_STRING, "in a sentence"},
};
const struct spp_fields spp_event_fields = {
	SPP_FIELDS(struct spp_event, fields)};
