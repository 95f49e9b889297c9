/* What an answer must keep to: one flat record for all kinds. */
#include "lib/records/cluster_records.h"

#include "lib/base/err.h"
#include "lib/base/time.h"
#include "lib/records/check.h"
#include "lib/records/record.h"

#include <stdio.h>
#include <string.h>

#define MEMBER(member) offsetof(struct spp_member, member)
#define AT(member) offsetof(struct spp_constraint, member)

static const char *const kinds[] = {"pin", "allow", "forbid", "spread",
	"colocate", "freeze", "weights", "window", "budget", NULL};
static const char *const labels[] = {"rack", "zone", NULL};

static const struct spp_field member[] = {
	{"stream", SPP_ID, MEMBER(stream), .required = true,
		.text = "the stream"},
	{"partition", SPP_ID, MEMBER(partition), .required = true,
		.plain = true, .text = "its partition"},
};
const struct spp_fields spp_member_fields = {
	SPP_FIELDS(struct spp_member, member)};

static const struct spp_field fields[] = {
	{"constraint", SPP_CHOICE, AT(constraint), .required = true,
		.choices = kinds, .text = "its kind"},
	{"stream", SPP_ID, AT(stream),
		.text = "pin, allow, forbid, freeze; spread, budget: all "
			"streams unless said"},
	{"partition", SPP_ID, AT(partition), .plain = true,
		.text = "one partition; absent: all of the stream"},
	{"platforms", SPP_STRINGS, AT(platforms),
		.text = "pin: where its replicas must be; allow, forbid: "
			"where they may or must not be"},
	{"label", SPP_CHOICE, AT(label), .choices = labels,
		.text = "spread: over what; colocate: in the same one, absent: "
			"on the same platform"},
	{"minimum", SPP_NUMBER, AT(minimum), .min = 1, .max = 1024,
		.text = "spread: so many different labels at least"},
	{"members", SPP_OBJECTS, AT(members), .members = &spp_member_fields,
		.text = "colocate: the partitions"},
	{"from", SPP_STRING, AT(from),
		.text = "window: moves may run from this time of day, 02:00"},
	{"to", SPP_STRING, AT(to), .text = "window: until this one, 05:00"},
	{"utc_offset", SPP_STRING, AT(utc_offset),
		.text = "window: of both, +01:00; UTC unless said"},
	{"overload", SPP_NUMBER, AT(overload), .max = 1e9,
		.text = "weights: of overload"},
	{"latency", SPP_NUMBER, AT(latency), .max = 1e9,
		.text = "weights: of latency"},
	{"utilisation", SPP_NUMBER, AT(utilisation), .max = 1e9,
		.text = "weights: of uneven utilisation"},
	{"migration", SPP_NUMBER, AT(migration), .max = 1e9,
		.text = "weights: of the cost of moves"},
	{"smoothness", SPP_NUMBER, AT(smoothness), .max = 1e9,
		.text = "weights: of moving again soon"},
	{"half_life_s", SPP_NUMBER, AT(half_life_s), .min = 1e-3, .max = 1e9,
		.unit = "s",
		.text = "weights: after which the memory of a move halves"},
	{"threshold", SPP_NUMBER, AT(threshold), .min = 0.01, .max = 100,
		.text = "weights: load/capacity above which overload begins"},
	{"moves", SPP_NUMBER, AT(moves), .max = 1e9,
		.text = "budget: most moves"},
	{"bytes", SPP_NUMBER, AT(bytes), .max = SPP_MOST, .unit = "bytes",
		.text = "budget: most bytes copied"},
};

/* Groups of fields that stand or fall together. */
enum {
	STREAM = 1,
	PLATFORMS = 2,
	LABEL = 4,
	MINIMUM = 8,
	MEMBERS = 16,
	TIMES = 32,
	WEIGHTS = 64,
	BUDGET = 128,
};

static const struct {
	unsigned needs;
	unsigned may;
} rules[] = {
	[SPP_PIN] = {STREAM | PLATFORMS, 0},
	[SPP_ALLOW] = {STREAM | PLATFORMS, 0},
	[SPP_FORBID] = {STREAM | PLATFORMS, 0},
	[SPP_SPREAD] = {LABEL | MINIMUM, STREAM},
	[SPP_COLOCATE] = {MEMBERS, LABEL},
	[SPP_FREEZE] = {STREAM, 0},
	[SPP_WEIGHTS] = {WEIGHTS, 0},
	[SPP_WINDOW] = {TIMES, 0},
	[SPP_BUDGET] = {BUDGET, STREAM},
};

static bool weights_there(const struct spp_constraint *constraint)
{
	return spp_present(constraint->overload) ||
	       spp_present(constraint->latency) ||
	       spp_present(constraint->utilisation) ||
	       spp_present(constraint->migration) ||
	       spp_present(constraint->smoothness) ||
	       spp_present(constraint->half_life_s) ||
	       spp_present(constraint->threshold);
}

/* "02:00" .. "24:00". */
static bool check_clock(
	const char *field, const char *text, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];
	size_t length = strlen(text);
	int hour, minute;

	if (length == 5 && text[2] == ':' && strspn(text, "0123456789") == 2 &&
		strspn(text + 3, "0123456789") == 2) {
		hour = (text[0] - '0') * 10 + text[1] - '0';
		minute = (text[3] - '0') * 10 + text[4] - '0';
		if (hour * 60 + minute <= 24 * 60 && minute < 60)
			return true;
	}
	return spp_fail(err, SPP_INPUT,
		"field \"%s\" must be a time of day like 02:00, got %s", field,
		spp_err_quote(quoted, text, length));
}

static bool check_window(
	const struct spp_constraint *constraint, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];
	const char *offset = constraint->utc_offset;
	int32_t seconds;

	if (!check_clock("from", constraint->from, err) ||
		!check_clock("to", constraint->to, err))
		return false;
	if (offset != NULL &&
		!spp_offset_parse(offset, strlen(offset), &seconds))
		return spp_fail(err, SPP_INPUT,
			"field \"utc_offset\" must be like +01:00, got %s",
			spp_err_quote(quoted, offset, strlen(offset)));
	return true;
}

static bool check(const void *value, struct spp_err *err)
{
	const struct spp_constraint *constraint = value;
	const struct {
		unsigned group;
		const char *field;
		bool there;
	} groups[] = {
		{STREAM, "stream", constraint->stream != NULL},
		{PLATFORMS, "platforms", constraint->platforms.count > 0},
		{LABEL, "label", constraint->label >= 0},
		{MINIMUM, "minimum", spp_present(constraint->minimum)},
		{MEMBERS, "members", constraint->members.count > 1},
		{TIMES, "from", constraint->from != NULL},
		{TIMES, "to", constraint->to != NULL},
		{WEIGHTS, "overload", weights_there(constraint)},
		{BUDGET, "moves",
			spp_present(constraint->moves) ||
				spp_present(constraint->bytes)},
	};
	unsigned needs = rules[constraint->constraint].needs;
	unsigned may = rules[constraint->constraint].may | needs;
	char where[64];

	snprintf(where, sizeof where, "in a %s constraint",
		kinds[constraint->constraint]);
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		if ((needs & groups[i].group) != 0 &&
			!spp_check_there(
				groups[i].field, groups[i].there, where, err))
			return false;
		if ((may & groups[i].group) == 0 &&
			!spp_check_absent(
				groups[i].field, groups[i].there, where, err))
			return false;
	}
	if (constraint->stream == NULL &&
		!spp_check_absent("partition", constraint->partition != NULL,
			"without a stream", err))
		return false;
	return (needs & TIMES) == 0 || check_window(constraint, err);
}

const struct spp_record_type spp_constraint_type = {
	.name = "constraint",
	.text = "what an answer must keep to",
	.fields = {SPP_FIELDS(struct spp_constraint, fields)},
	.check = check,
};
