/* What happened while a plan ran. */
#include "lib/records/answer_records.h"

#define AT(member) offsetof(struct spp_event, member)

static const struct spp_field fields[] = {
	{"plan", SPP_ID, AT(plan), .required = true,
		.text = "first 12 digits of the plan's digest"},
	{"time", SPP_TIME, AT(time), .required = true, .text = "when"},
	{"move", SPP_ID, AT(move), .text = "absent: of the whole run"},
	{"phase", SPP_ID, AT(phase), .text = "attach, route, dual, release"},
	{"what", SPP_ID, AT(what), .required = true, .text = "in a word"},
	{"subscriber", SPP_ID, AT(subscriber), .text = "whom it concerns"},
	{"evidence", SPP_JSON, AT(evidence), .text = "what shows it"},
	{"text", SPP_STRING, AT(text), .text = "in a sentence"},
};

const struct spp_record_type spp_event_type = {
	.name = "event",
	.text = "what happened while a plan ran",
	.fields = {SPP_FIELDS(struct spp_event, fields)},
};
