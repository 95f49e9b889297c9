/* How one move ended. */
#include "lib/records/answer_records.h"

#define AT(member) offsetof(struct spp_confirmation, member)

static const char *const outcomes[] = {
	"done", "rolled_back", "refused", "failed", "skipped", "unknown", NULL};

static const struct spp_field fields[] = {
	{"plan", SPP_ID, AT(plan), .required = true,
		.text = "first 12 digits of the plan's digest"},
	{"move", SPP_ID, AT(move), .required = true, .text = "its id"},
	{"status", SPP_CHOICE, AT(status), .required = true,
		.choices = outcomes,
		.text = "done only when it was read back; skipped: never "
			"started"},
	{"stream", SPP_ID, AT(stream), .text = "the stream"},
	{"partition", SPP_ID, AT(partition), .plain = true,
		.text = "its partition"},
	{"subscriber", SPP_ID, AT(subscriber),
		.text = "of a subscription move"},
	{"from", SPP_ID, AT(from), .text = "source"},
	{"to", SPP_ID, AT(to), .text = "target"},
	{"started_at", SPP_TIME, AT(started_at), .text = "first call"},
	{"ended_at", SPP_TIME, AT(ended_at), .text = "last read-back"},
	{"reason", SPP_STRING, AT(reason), .text = "why it is not done"},
	{"evidence", SPP_JSON, AT(evidence), .text = "what shows it"},
};

const struct spp_record_type spp_confirmation_type = {
	.name = "confirmation",
	.text = "how one move ended, with its evidence",
	.fields = {SPP_FIELDS(struct spp_confirmation, fields)},
	.key = {"plan", "move"},
};
