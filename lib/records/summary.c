/* Figures of a stage. */
#include "lib/records/answer_records.h"

#include "lib/records/record.h"

#define TERMS(member) offsetof(struct spp_cost_terms, member)
#define COST(member) offsetof(struct spp_cost_change, member)
#define USE(member) offsetof(struct spp_utilisation, member)
#define USES(member) offsetof(struct spp_utilisation_change, member)
#define HOT(member) offsetof(struct spp_hottest, member)
#define COUNT(member) offsetof(struct spp_count, member)
#define AT(member) offsetof(struct spp_summary, member)

static const struct spp_field terms[] = {
	{"overload", SPP_NUMBER, TERMS(overload), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "load beyond the threshold"},
	{"latency", SPP_NUMBER, TERMS(latency), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "queueing"},
	{"utilisation", SPP_NUMBER, TERMS(utilisation), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "uneven use"},
	{"migration", SPP_NUMBER, TERMS(migration), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "of the moves"},
	{"smoothness", SPP_NUMBER, TERMS(smoothness), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "of moving again soon"},
	{"total", SPP_NUMBER, TERMS(total), .min = -SPP_MOST, .max = SPP_MOST,
		.text = "weighted sum"},
};
const struct spp_fields spp_cost_terms_fields = {
	SPP_FIELDS(struct spp_cost_terms, terms)};

static const struct spp_field cost[] = {
	{"before", SPP_OBJECT, COST(before), .members = &spp_cost_terms_fields,
		.text = "as it is"},
	{"after", SPP_OBJECT, COST(after), .members = &spp_cost_terms_fields,
		.text = "as answered"},
};
const struct spp_fields spp_cost_change_fields = {
	SPP_FIELDS(struct spp_cost_change, cost)};

static const struct spp_field use[] = {
	{"mean", SPP_NUMBER, USE(mean), .max = SPP_MOST,
		.text = "of load/capacity over all slots"},
	{"highest", SPP_NUMBER, USE(highest), .max = SPP_MOST,
		.text = "of them"},
};
const struct spp_fields spp_utilisation_fields = {
	SPP_FIELDS(struct spp_utilisation, use)};

static const struct spp_field uses[] = {
	{"before", SPP_OBJECT, USES(before), .members = &spp_utilisation_fields,
		.text = "as it is"},
	{"after", SPP_OBJECT, USES(after), .members = &spp_utilisation_fields,
		.text = "as answered"},
};
const struct spp_fields spp_utilisation_change_fields = {
	SPP_FIELDS(struct spp_utilisation_change, uses)};

static const struct spp_field hottest[] = {
	{"platform", SPP_ID, HOT(platform), .text = "the platform"},
	{"resource", SPP_ID, HOT(resource), .text = "its resource"},
	{"slot", SPP_INTEGER, HOT(slot), .max = 1e6, .text = "from 0"},
	{"before", SPP_NUMBER, HOT(before), .max = SPP_MOST,
		.text = "load/capacity as it is"},
	{"after", SPP_NUMBER, HOT(after), .max = SPP_MOST,
		.text = "load/capacity there as answered"},
};
const struct spp_fields spp_hottest_fields = {
	SPP_FIELDS(struct spp_hottest, hottest)};

static const struct spp_field count[] = {
	{"name", SPP_ID, COUNT(name), .required = true, .text = "of what"},
	{"count", SPP_NUMBER, COUNT(count), .required = true, .max = SPP_MOST,
		.text = "how many"},
};
const struct spp_fields spp_count_fields = {
	SPP_FIELDS(struct spp_count, count)};

static const struct spp_field fields[] = {
	{"stage", SPP_ID, AT(stage), .required = true,
		.text = "forecast, assign, plan or migrate"},
	{"partitions", SPP_NUMBER, AT(partitions), .max = SPP_MOST,
		.text = "forecast: that have a line"},
	{"subscriptions", SPP_NUMBER, AT(subscriptions), .max = SPP_MOST,
		.text = "forecast: that have a line"},
	{"slots", SPP_NUMBER, AT(slots), .max = SPP_MOST,
		.text = "forecast: of each line"},
	{"models", SPP_OBJECTS, AT(models), .members = &spp_count_fields,
		.text = "forecast: lines that each model made"},
	{"history", SPP_OBJECTS, AT(history), .members = &spp_count_fields,
		.text = "forecast: late, duplicate, missing samples"},
	{"cost", SPP_OBJECT, AT(cost), .members = &spp_cost_change_fields,
		.text = "in platform-hours of full overload"},
	{"bound", SPP_NUMBER, AT(bound), .min = -SPP_MOST, .max = SPP_MOST,
		.text = "proven: no answer costs less"},
	{"gap", SPP_NUMBER, AT(gap), .min = -SPP_MOST, .max = SPP_MOST,
		.text = "(cost - bound)/(initial - bound)"},
	{"moves", SPP_NUMBER, AT(moves), .max = SPP_MOST,
		.text = "changes of place"},
	{"bytes", SPP_NUMBER, AT(bytes), .max = SPP_MOST, .unit = "bytes",
		.text = "copied by them"},
	{"utilisation", SPP_OBJECT, AT(utilisation),
		.members = &spp_utilisation_change_fields,
		.text = "mean and highest"},
	{"hottest", SPP_OBJECT, AT(hottest), .members = &spp_hottest_fields,
		.text = "platform, resource and slot of the highest"},
	{"warnings", SPP_STRINGS, AT(warnings), .text = "sentences"},
	{"makespan_s", SPP_NUMBER, AT(makespan_s), .max = 1e12, .unit = "s",
		.text = "plan: end of its last move"},
	{"makespan_bound_s", SPP_NUMBER, AT(makespan_bound_s), .max = 1e12,
		.unit = "s", .text = "plan: proven, no order ends earlier"},
	{"makespan_gap", SPP_NUMBER, AT(makespan_gap), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "plan: makespan/bound - 1"},
	{"witness", SPP_STRING, AT(witness),
		.text = "plan: what the bound stands on"},
	{"relief_lost", SPP_NUMBER, AT(relief_lost), .min = -SPP_MOST,
		.max = SPP_MOST,
		.text = "plan: cost of being later than assigned"},
	{"outcomes", SPP_OBJECTS, AT(outcomes), .members = &spp_count_fields,
		.text = "migrate: moves by status"},
};

const struct spp_record_type spp_summary_type = {
	.name = "summary",
	.text = "the figures of a stage",
	.fields = {SPP_FIELDS(struct spp_summary, fields)},
};
