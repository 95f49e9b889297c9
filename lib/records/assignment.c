/* Where replicas or a subscription should live. */
#include "lib/records/answer_records.h"

#include "lib/records/check.h"
#include "lib/records/record.h"

#define WHY(member) offsetof(struct spp_why, member)
#define AT(member) offsetof(struct spp_assignment, member)

static const struct spp_field why[] = {
	{"overload", SPP_NUMBER, WHY(overload), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "change of that term"},
	{"latency", SPP_NUMBER, WHY(latency), .min = -SPP_MOST, .max = SPP_MOST,
		.text = "change of that term"},
	{"utilisation", SPP_NUMBER, WHY(utilisation), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "change of that term"},
	{"migration", SPP_NUMBER, WHY(migration), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "change of that term"},
	{"smoothness", SPP_NUMBER, WHY(smoothness), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "change of that term"},
	{"slots", SPP_NUMBERS, WHY(slots), .max = 1e6,
		.text = "where the relief is"},
	{"platform", SPP_ID, WHY(platform), .text = "most relieved"},
	{"resource", SPP_ID, WHY(resource), .text = "of which"},
	{"repairs", SPP_STRING, WHY(repairs),
		.text = "the hard violation that it repairs"},
};
const struct spp_fields spp_why_fields = {SPP_FIELDS(struct spp_why, why)};

static const struct spp_field fields[] = {
	{"stream", SPP_ID, AT(stream), .required = true, .text = "the stream"},
	{"partition", SPP_ID, AT(partition), .required = true, .plain = true,
		.text = "its partition"},
	{"subscriber", SPP_ID, AT(subscriber),
		.text = "absent: the replicas of the partition"},
	{"from", SPP_STRINGS, AT(from), .required = true,
		.text = "platforms now; the first leads"},
	{"to", SPP_STRINGS, AT(to), .required = true, .text = "platforms then"},
	{"ready_s", SPP_NUMBER, AT(ready_s), .max = 1e10, .unit = "s",
		.text = "from now until the new place carries the load"},
	{"change", SPP_NUMBER, AT(change), .min = -SPP_MOST, .max = SPP_MOST,
		.text = "of the total cost; negative is saved"},
	{"why", SPP_OBJECT, AT(why), .members = &spp_why_fields,
		.text = "its parts"},
};

static bool check(const void *value, struct spp_err *err)
{
	const struct spp_assignment *assignment = value;

	return spp_check_places("from", &assignment->from, 0, err) &&
	       spp_check_places("to", &assignment->to, 1, err);
}

const struct spp_record_type spp_assignment_type = {
	.name = "assignment",
	.text = "where the replicas of a partition, or a subscription, "
		"should live; only what changes is named",
	.fields = {SPP_FIELDS(struct spp_assignment, fields)},
	.key = {"stream", "partition", "subscriber"},
	.check = check,
};
