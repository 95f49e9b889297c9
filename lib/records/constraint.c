/* What an answer must keep to: one flat record for all kinds. */
#include "lib/records/cluster_records.h"

#include "lib/base/err.h"
#include "lib/base/time.h"
#include "lib/records/check.h"
#include "lib/records/record.h"

#include <stdio.h>
#include <string.h>

#define MEMBER(member) SPP_AT(struct spp_member, member)
#define AT(member) SPP_AT(struct spp_constraint, member)

static const char *const kinds[] = {"pin", "allow", "forbid", "spread",
	"colocate", "freeze", "weights", "window", "budget", NULL};
static const char *const labels[] = {"rack", "zone", NULL};

static const struct spp_field member[] = {
	{MEMBER(stream), SPP_ID, "the stream", .required = true},
	{MEMBER(partition), SPP_ID, "its partition", .required = true,
		.plain = true},
};

static const struct spp_field fields[] = {
	{AT(constraint), SPP_CHOICE, "its kind", .required = true,
		.choices = kinds},
	{AT(stream), SPP_ID,
		"pin, allow, forbid, freeze; spread, budget: all "
		"streams unless said"},
	{AT(partition), SPP_ID, "one partition; absent: all of the stream",
		.plain = true},
	{AT(platforms), SPP_STRINGS,
		"pin: where its replicas must be; allow, forbid: "
		"where they may or must not be"},
	{AT(label), SPP_CHOICE,
		"spread: over what; colocate: in the same one, absent: "
		"on the same platform",
		.choices = labels},
	{AT(minimum), SPP_NUMBER, "spread: so many different labels at least",
		.min = 1, .max = 1024},
	{AT(members), SPP_OBJECTS, "colocate: the partitions",
		.members = {SPP_FIELDS(struct spp_member, member)}},
	{AT(from), SPP_STRING,
		"window: moves may run from this time of day, 02:00"},
	{AT(to), SPP_STRING, "window: until this one, 05:00"},
	{AT(utc_offset), SPP_STRING,
		"window: of both, +01:00; UTC unless said"},
	{AT(overload), SPP_NUMBER, "weights: of overload", .max = 1e9},
	{AT(latency), SPP_NUMBER, "weights: of latency", .max = 1e9},
	{AT(utilisation), SPP_NUMBER, "weights: of uneven utilisation",
		.max = 1e9},
	{AT(migration), SPP_NUMBER, "weights: of the cost of moves",
		.max = 1e9},
	{AT(smoothness), SPP_NUMBER, "weights: of moving again soon",
		.max = 1e9},
	{AT(half_life_s), SPP_NUMBER,
		"weights: after which the memory of a move halves", .min = 1e-3,
		.max = 1e9, .unit = "s"},
	{AT(threshold), SPP_NUMBER,
		"weights: load/capacity above which overload begins",
		.min = 0.01, .max = 100},
	{AT(moves), SPP_NUMBER, "budget: most moves", .max = 1e9},
	{AT(bytes), SPP_NUMBER, "budget: most bytes copied", .unit = "bytes"},
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
