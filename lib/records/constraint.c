/* What an answer must keep to: one flat record for all kinds. */
#include "lib/records/cluster_records.h"

#include "lib/base/err.h"
#include "lib/base/text.h"
#include "lib/base/time.h"

#include <stdio.h>
#include <string.h>

#define MEMBER(member) SPP_AT(struct spp_member, member)
#define AT(member) SPP_AT(struct spp_constraint, member)

static const struct spp_field member[] = {
	{MEMBER(stream), SPP_ID, "the stream", .required = true},
	{MEMBER(partition), SPP_ID, "a partition", .required = true,
		.plain = true},
};

static const struct spp_field fields[] = {
	{AT(constraint), SPP_CHOICE, "its kind", .required = true,
		.choices = {"pin", "allow", "forbid", "spread", "colocate",
			"freeze", "weights", "window", "budget"}},
	{AT(stream), SPP_ID,
		"pin, allow, forbid, freeze; spread, budget: all "
		"streams unless said"},
	{AT(partition), SPP_ID, "one partition; absent: all of the stream",
		.plain = true},
	{AT(platforms), SPP_ID,
		"pin: where its replicas must be; allow, forbid: "
		"where they may or must not be",
		.shape = SPP_LIST, .least = 1},
	{AT(label), SPP_CHOICE,
		"spread: over what; colocate: in the same one, absent: "
		"on the same platform",
		.choices = {"rack", "zone"}},
	{AT(minimum), SPP_NUMBER, "spread: so many different labels at least",
		.min = 1, .max = 1024},
	{AT(members), SPP_OBJECT, "colocate: the partitions", .least = 2,
		.shape = SPP_LIST,
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
const struct spp_fields spp_constraint_fields = {
	SPP_FIELDS(struct spp_constraint, fields)};

/*
 * What each kind says: fields that it needs, fields one of which it needs,
 * fields that it may have.  All others have no place in it.
 */
static const struct {
	const char *needs[3], *one_of[8], *may[3];
} rules[] = {
	[SPP_PIN] = {.needs = {"stream", "platforms"}, .may = {"partition"}},
	[SPP_ALLOW] = {.needs = {"stream", "platforms"}, .may = {"partition"}},
	[SPP_FORBID] = {.needs = {"stream", "platforms"}, .may = {"partition"}},
	[SPP_SPREAD] = {.needs = {"label", "minimum"},
		.may = {"stream", "partition"}},
	[SPP_COLOCATE] = {.needs = {"members"}, .may = {"label"}},
	[SPP_FREEZE] = {.needs = {"stream"}, .may = {"partition"}},
	[SPP_WEIGHTS] = {.one_of = {"overload", "latency", "utilisation",
				 "migration", "smoothness", "half_life_s",
				 "threshold"}},
	[SPP_WINDOW] = {.needs = {"from", "to"}, .may = {"utc_offset"}},
	[SPP_BUDGET] = {.one_of = {"moves", "bytes"},
		.may = {"stream", "partition"}},
};

/* "02:00" .. "24:00". */
static bool check_clock(
	const char *field, const char *text, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE], time[SPP_TIME_SIZE];
	spp_time ignored;

	snprintf(time, sizeof time, "1970-01-01T%.6s:00Z", text);
	return strcmp(text, "24:00") == 0 ||
	       spp_time_parse(time, SPP_OFFSET_NONE, &ignored) ||
	       spp_fail(err, SPP_INPUT,
		       "field \"%s\" must be a time of day like 02:00, got %s",
		       field, spp_err_quote(quoted, text, strlen(text)));
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
	if (offset != NULL && !spp_offset_parse(offset, &seconds))
		return spp_fail(err, SPP_INPUT,
			"field \"utc_offset\" must be like +01:00, got %s",
			spp_err_quote(quoted, offset, strlen(offset)));
	return true;
}

/* Are the fields there that its kind needs, and no others? */
static bool check_fields(
	const struct spp_constraint *constraint, struct spp_err *err)
{
	const char *const *needs = rules[constraint->constraint].needs;
	const char *const *one_of = rules[constraint->constraint].one_of;
	const char *const *may = rules[constraint->constraint].may;
	bool one = one_of[0] == NULL;
	char where[64];

	snprintf(where, sizeof where, "in a %s constraint",
		fields[0].choices[constraint->constraint]);
	for (size_t i = 1; i < sizeof fields / sizeof *fields; i++) {
		const char *name = fields[i].name;
		bool there = spp_field_there(&fields[i],
			(const char *)constraint + fields[i].offset);

		if (spp_text_listed(name, one_of))
			one = one || there;
		else if (!spp_text_listed(name, may) &&
			 !spp_record_needs(name, there,
				 spp_text_listed(name, needs), where, err))
			return false;
	}
	return spp_record_needs(one_of[0], one, true, where, err);
}

bool spp_constraint_check(const void *value, struct spp_err *err)
{
	const struct spp_constraint *constraint = value;

	if (constraint->stream == NULL && constraint->partition != NULL)
		return spp_fail(err, SPP_INPUT,
			"field \"partition\" has no place without a stream");
	return check_fields(constraint, err) &&
	       (constraint->constraint != SPP_WINDOW ||
		       check_window(constraint, err));
}
