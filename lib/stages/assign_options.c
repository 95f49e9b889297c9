/* The options of spp-assign. */
#include "lib/stages/assign.h"

#define AT(member) .offset = offsetof(struct spp_assign_stage, member)

static const char *const costs[] = {"expected", "seed", NULL};

static const struct spp_field fields[] = {
	{"risk", AT(risk), SPP_NUMBER,
		"a hard capacity may be passed with it; 0.05", .min = 1e-9,
		.max = 0.5, .metavar = "P", .group = "Answer"},
	{"act_within", AT(act_within_s), SPP_DURATION,
		"later overload is no reason to move", .max = 1e9,
		.metavar = "DURATION", .default_text = "1h"},
	{"min_gain", AT(min_gain), SPP_NUMBER,
		"least gain of a move; .00125, .005 from 12 h on", .max = 1e9,
		.metavar = "X"},
	{"max_moves", AT(max_moves), SPP_NUMBER, "most moves", .max = 1e9,
		.metavar = "N", .default_text = "100"},
	{"max_bytes", AT(max_bytes), SPP_NUMBER, "most bytes copied",
		.metavar = "N"},
	{"place", AT(place), SPP_FLAG,
		"place partitions that only forecasts name"},
	{"explain", AT(explain), SPP_STRING,
		"print what each platform would mean for it",
		.metavar = "STREAM/PARTITION"},
	{"time_limit", AT(time_limit_s), SPP_DURATION,
		"stop searching then; not reproducible", .min = 0.001,
		.max = 1e9, .metavar = "DURATION"},
	{"threshold", AT(weights.threshold), SPP_NUMBER,
		"load/capacity where overload begins; 1", .min = 0.01,
		.max = 100, .metavar = "X",
		.group = "Cost (beats the weights constraint)"},
	{"overload", AT(weights.overload), SPP_NUMBER, "weight of overload; 1",
		.max = 1e9, .metavar = "X"},
	{"latency", AT(weights.latency), SPP_NUMBER, "weight of latency; .0005",
		.max = 1e9, .metavar = "X"},
	{"utilisation", AT(weights.utilisation), SPP_NUMBER,
		"weight of uneven use; .01", .max = 1e9, .metavar = "X"},
	{"migration", AT(weights.migration), SPP_NUMBER,
		"weight of the work of moves; 1", .max = 1e9, .metavar = "X"},
	{"smoothness", AT(weights.smoothness), SPP_NUMBER,
		"weight of moving again soon; .001", .max = 1e9,
		.metavar = "X"},
	{"half_life", AT(weights.half_life_s), SPP_DURATION,
		"after it a move is half forgotten; 1h", .min = 0.001,
		.max = 1e9, .metavar = "DURATION"},
	{"certain", AT(certain), SPP_FLAG,
		"overload of the mean, not the expected one"},
	{"cost", AT(cost), SPP_CHOICE,
		"seed: load above capacity, nothing else", .choices = costs,
		.metavar = "NAME", .default_text = "expected"},
	{"exhaustive", AT(exhaustive), SPP_FLAG,
		"try all assignments; with --cost=seed"},
	{"add_platform", AT(add_platform), SPP_STRING,
		"as if there were one more, like the first or LIKE",
		.shape = SPP_LIST, .metavar = "NAME[=LIKE],...",
		.group = "What if"},
	{"drain", AT(drain), SPP_STRING,
		"as if the platform were to be emptied", .shape = SPP_LIST,
		.metavar = "NAME,..."},
	{"fail", AT(fail), SPP_STRING, "as if the platform had failed",
		.shape = SPP_LIST, .metavar = "NAME,..."},
	{"freeze", AT(freeze), SPP_STRING, "as if it must not be moved",
		.shape = SPP_LIST, .metavar = "STREAM[/PARTITION],..."},
	{"scale_demand", AT(scale_demand), SPP_NUMBER,
		"as if forecasts were so many times as much", .min = 1e-6,
		.max = 1e6, .metavar = "X"},
	{"platforms_csv", AT(platforms_csv), SPP_STRING,
		"platforms: platform,rack,zone, a column a capacity",
		.metavar = "FILE", .group = "A cluster as CSV"},
	{"partitions_csv", AT(partitions_csv), SPP_STRING,
		"partitions: stream,partition,replicas (a;b),"
		"size_bytes",
		.metavar = "FILE"},
};

const struct spp_fields spp_assign_options = {
	SPP_FIELDS(struct spp_assign_stage, fields)};

/* What is explained changes no answer; what files hold is in the digest. */
const char *const spp_assign_silent[] = {
	"explain", "platforms_csv", "partitions_csv", NULL};
