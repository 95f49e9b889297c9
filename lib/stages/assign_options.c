/* The options of spp-assign. */
#include "lib/stages/assign.h"

#define AT(member) offsetof(struct spp_assign_stage, member)

static const char *const costs[] = {"expected", "seed", NULL};

static const struct spp_field fields[] = {
	{"risk", SPP_NUMBER, AT(risk), .min = 1e-9, .max = 0.5, .metavar = "P",
		.text = "a hard capacity may be passed with it; 0.05",
		.group = "Answer"},
	{"act_within", SPP_DURATION, AT(act_within_s), .max = 1e9,
		.metavar = "DURATION", .default_text = "1h",
		.text = "later overload is no reason to move"},
	{"min_gain", SPP_NUMBER, AT(min_gain), .max = 1e9, .metavar = "X",
		.text = "least gain of a move; .00125, .005 from 12 h on"},
	{"max_moves", SPP_NUMBER, AT(max_moves), .max = 1e9, .metavar = "N",
		.default_text = "100", .text = "most moves"},
	{"max_bytes", SPP_NUMBER, AT(max_bytes), .max = 1e18, .metavar = "N",
		.text = "most bytes copied"},
	{"place", SPP_FLAG, AT(place),
		.text = "place partitions that only forecasts name"},
	{"explain", SPP_STRING, AT(explain), .metavar = "STREAM/PARTITION",
		.text = "print what each platform would mean for it"},
	{"time_limit", SPP_DURATION, AT(time_limit_s), .min = 0.001, .max = 1e9,
		.metavar = "DURATION",
		.text = "stop searching then; not reproducible"},
	{"threshold", SPP_NUMBER, AT(weights.threshold), .min = 0.01,
		.max = 100, .metavar = "X",
		.text = "load/capacity where overload begins; 1",
		.group = "Cost (beats the weights constraint)"},
	{"overload", SPP_NUMBER, AT(weights.overload), .max = 1e9,
		.metavar = "X", .text = "weight of overload; 1"},
	{"latency", SPP_NUMBER, AT(weights.latency), .max = 1e9, .metavar = "X",
		.text = "weight of latency; .0005"},
	{"utilisation", SPP_NUMBER, AT(weights.utilisation), .max = 1e9,
		.metavar = "X", .text = "weight of uneven use; .01"},
	{"migration", SPP_NUMBER, AT(weights.migration), .max = 1e9,
		.metavar = "X", .text = "weight of the work of moves; 1"},
	{"smoothness", SPP_NUMBER, AT(weights.smoothness), .max = 1e9,
		.metavar = "X", .text = "weight of moving again soon; .001"},
	{"half_life", SPP_DURATION, AT(weights.half_life_s), .min = 0.001,
		.max = 1e9, .metavar = "DURATION",
		.text = "after it a move is half forgotten; 1h"},
	{"certain", SPP_FLAG, AT(certain),
		.text = "overload of the mean, not the expected one"},
	{"cost", SPP_CHOICE, AT(cost), .choices = costs, .metavar = "NAME",
		.default_text = "expected",
		.text = "seed: load above capacity, nothing else"},
	{"exhaustive", SPP_FLAG, AT(exhaustive),
		.text = "try all assignments; with --cost=seed"},
	{"add_platform", SPP_STRINGS, AT(add_platform),
		.metavar = "NAME[=LIKE],...",
		.text = "as if there were one more, like the first or LIKE",
		.group = "What if"},
	{"drain", SPP_STRINGS, AT(drain), .metavar = "NAME,...",
		.text = "as if the platform were to be emptied"},
	{"fail", SPP_STRINGS, AT(fail), .metavar = "NAME,...",
		.text = "as if the platform had failed"},
	{"freeze", SPP_STRINGS, AT(freeze), .metavar = "STREAM[/PARTITION],...",
		.text = "as if it must not be moved"},
	{"scale_demand", SPP_NUMBER, AT(scale_demand), .min = 1e-6, .max = 1e6,
		.metavar = "X",
		.text = "as if forecasts were so many times as much"},
	{"platforms_csv", SPP_STRING, AT(platforms_csv), .metavar = "FILE",
		.text = "platforms: platform,rack,zone, a column a capacity",
		.group = "A cluster as CSV"},
	{"partitions_csv", SPP_STRING, AT(partitions_csv), .metavar = "FILE",
		.text = "partitions: stream,partition,replicas (a;b),"
			"size_bytes"},
};

const struct spp_fields spp_assign_options = {
	SPP_FIELDS(struct spp_assign_stage, fields)};

/* What is explained changes no answer; what files hold is in the digest. */
const char *const spp_assign_silent[] = {
	"explain", "platforms_csv", "partitions_csv", NULL};
