/* Figures of a stage. */
#include "lib/records/answer_records.h"

#define TERMS(member) SPP_AT(struct spp_cost_terms, member)
#define COST(member) SPP_AT(struct spp_cost_change, member)
#define USE(member) SPP_AT(struct spp_utilisation, member)
#define USES(member) SPP_AT(struct spp_utilisation_change, member)
#define HOT(member) SPP_AT(struct spp_hottest, member)
#define COUNT(member) SPP_AT(struct spp_count, member)
#define AT(member) SPP_AT(struct spp_summary, member)

static const struct spp_field terms[] = {
	{TERMS(overload), SPP_NUMBER, "load beyond the threshold",
		.min = -SPP_MOST},
	{TERMS(latency), SPP_NUMBER, "queueing", .min = -SPP_MOST},
	{TERMS(utilisation), SPP_NUMBER, "uneven use", .min = -SPP_MOST},
	{TERMS(migration), SPP_NUMBER, "of the moves", .min = -SPP_MOST},
	{TERMS(smoothness), SPP_NUMBER, "of moving again soon",
		.min = -SPP_MOST},
	{TERMS(total), SPP_NUMBER, "weighted sum", .min = -SPP_MOST},
};

static const struct spp_field cost[] = {
	{COST(before), SPP_OBJECT, "as it is",
		.members = {SPP_FIELDS(struct spp_cost_terms, terms)}},
	{COST(after), SPP_OBJECT, "as answered",
		.members = {SPP_FIELDS(struct spp_cost_terms, terms)}},
};

static const struct spp_field use[] = {
	{USE(mean), SPP_NUMBER, "of load/capacity over all slots"},
	{USE(highest), SPP_NUMBER, "of them"},
};

static const struct spp_field uses[] = {
	{USES(before), SPP_OBJECT, "as it is",
		.members = {SPP_FIELDS(struct spp_utilisation, use)}},
	{USES(after), SPP_OBJECT, "as answered",
		.members = {SPP_FIELDS(struct spp_utilisation, use)}},
};

static const struct spp_field hottest[] = {
	{HOT(platform), SPP_ID, "the platform"},
	{HOT(resource), SPP_ID, "its resource"},
	{HOT(slot), SPP_INTEGER, "from 0", .max = 1e6},
	{HOT(before), SPP_NUMBER, "load/capacity as it is"},
	{HOT(after), SPP_NUMBER, "load/capacity there as answered"},
};

static const struct spp_field count[] = {
	{COUNT(name), SPP_ID, "of what", .required = true},
	{COUNT(count), SPP_NUMBER, "how many", .required = true},
};

static const struct spp_field fields[] = {
	{AT(stage), SPP_ID, "forecast, assign, plan or migrate",
		.required = true},
	{AT(partitions), SPP_NUMBER, "forecast: that have a line"},
	{AT(subscriptions), SPP_NUMBER, "forecast: that have a line"},
	{AT(slots), SPP_NUMBER, "forecast: of each line"},
	{AT(models), SPP_OBJECT, "forecast: lines that each model made",
		.shape = SPP_LIST,
		.members = {SPP_FIELDS(struct spp_count, count)}},
	{AT(history), SPP_OBJECT, "forecast: late, duplicate, missing samples",
		.shape = SPP_LIST,
		.members = {SPP_FIELDS(struct spp_count, count)}},
	{AT(cost), SPP_OBJECT, "in platform-hours of full overload",
		.members = {SPP_FIELDS(struct spp_cost_change, cost)}},
	{AT(bound), SPP_NUMBER, "proven: no answer costs less",
		.min = -SPP_MOST},
	{AT(gap), SPP_NUMBER, "(cost - bound)/(initial - bound)",
		.min = -SPP_MOST},
	{AT(moves), SPP_NUMBER, "changes of place"},
	{AT(bytes), SPP_NUMBER, "copied by them", .unit = "bytes"},
	{AT(utilisation), SPP_OBJECT, "mean and highest",
		.members = {SPP_FIELDS(struct spp_utilisation_change, uses)}},
	{AT(hottest), SPP_OBJECT, "platform, resource and slot of the highest",
		.members = {SPP_FIELDS(struct spp_hottest, hottest)}},
	{AT(warnings), SPP_ID, "sentences", .shape = SPP_LIST},
	{AT(makespan_s), SPP_NUMBER, "plan: end of its last move", .max = 1e12,
		.unit = "s"},
	{AT(makespan_bound_s), SPP_NUMBER,
		"plan: proven, no order ends earlier", .max = 1e12,
		.unit = "s"},
	{AT(makespan_gap), SPP_NUMBER, "plan: makespan/bound - 1",
		.min = -SPP_MOST},
	{AT(witness), SPP_STRING, "plan: what the bound stands on"},
	{AT(relief_lost), SPP_NUMBER, "plan: cost of being later than assigned",
		.min = -SPP_MOST},
	{AT(outcomes), SPP_OBJECT, "migrate: moves by status",
		.shape = SPP_LIST,
		.members = {SPP_FIELDS(struct spp_count, count)}},
};
const struct spp_fields spp_summary_fields = {
	SPP_FIELDS(struct spp_summary, fields)};
