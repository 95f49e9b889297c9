/* Where replicas or a subscription should live. */
#include "lib/records/answer_records.h"

#define WHY(member) SPP_AT(struct spp_why, member)
#define AT(member) SPP_AT(struct spp_assignment, member)

static const struct spp_field why[] = {
	{WHY(overload), SPP_NUMBER, "change of that term", .min = -SPP_MOST},
	{WHY(latency), SPP_NUMBER, "change of that term", .min = -SPP_MOST},
	{WHY(utilisation), SPP_NUMBER, "change of that term", .min = -SPP_MOST},
	{WHY(migration), SPP_NUMBER, "change of that term", .min = -SPP_MOST},
	{WHY(smoothness), SPP_NUMBER, "change of that term", .min = -SPP_MOST},
	{WHY(slots), SPP_NUMBER, "where the relief is", .shape = SPP_LIST,
		.max = 1e6},
	{WHY(platform), SPP_ID, "most relieved"},
	{WHY(resource), SPP_ID, "of which"},
	{WHY(repairs), SPP_STRING, "the hard violation that it repairs"},
};

static const struct spp_field fields[] = {
	{AT(stream), SPP_ID, "the stream", .required = true},
	{AT(partition), SPP_ID, "a partition", .required = true, .plain = true},
	{AT(subscriber), SPP_ID, "absent: the replicas of the partition"},
	{AT(from), SPP_ID, "platforms now; the first leads", .shape = SPP_LIST,
		.required = true, .most = SPP_REPLICAS_MAX, .distinct = true},
	{AT(to), SPP_ID, "platforms then", .shape = SPP_LIST, .required = true,
		.least = 1, .most = SPP_REPLICAS_MAX, .distinct = true},
	{AT(ready_s), SPP_NUMBER,
		"from now until the new place carries the load", .max = 1e10,
		.unit = "s"},
	{AT(change), SPP_NUMBER, "of the total cost; negative is saved",
		.min = -SPP_MOST},
	{AT(why), SPP_OBJECT, "its parts",
		.members = {SPP_FIELDS(struct spp_why, why)}},
};
const struct spp_fields spp_assignment_fields = {
	SPP_FIELDS(struct spp_assignment, fields)};
