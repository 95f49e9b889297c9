/* One change of place, in time. */
#include "lib/records/answer_records.h"

#include "lib/base/err.h"

#include <stdio.h>
#include <string.h>

#define KINDS "replica", "leader", "subscription", "add", "drop"

#define PHASES(member) SPP_AT(struct spp_phases, member)
#define REQUIRES(member) SPP_AT(struct spp_requires, member)
#define INVERSE(member) SPP_AT(struct spp_inverse, member)
#define AT(member) SPP_AT(struct spp_move, member)

static const struct spp_field phases[] = {
	{PHASES(attach_s), SPP_NUMBER, "the target starts to serve",
		.max = 1e10, .unit = "s"},
	{PHASES(dual_s), SPP_NUMBER, "both sides serve", .max = 1e10,
		.unit = "s"},
	{PHASES(release_s), SPP_NUMBER, "the old side is removed", .max = 1e10,
		.unit = "s"},
};

static const struct spp_field requires[] = {
	{REQUIRES(version), SPP_ID, "of the partition record"},
	{REQUIRES(replicas), SPP_ID, "at the start of the move, in order",
		.shape = SPP_LIST},
};

static const struct spp_field inverse[] = {
	{INVERSE(kind), SPP_CHOICE, "of the move that undoes it",
		.required = true, .choices = {KINDS}},
	{INVERSE(from), SPP_ID, "its source"},
	{INVERSE(to), SPP_ID, "its target"},
	{INVERSE(copy_from), SPP_ID, "where it copies from"},
};

static const struct spp_field fields[] = {
	{AT(id), SPP_ID, "unique in the plan", .required = true},
	{AT(kind), SPP_CHOICE, "what changes its place", .required = true,
		.choices = {KINDS}},
	{AT(stream), SPP_ID, "the stream", .required = true},
	{AT(partition), SPP_ID, "a partition", .required = true, .plain = true},
	{AT(subscriber), SPP_ID, "of a subscription move"},
	{AT(from), SPP_ID, "source; none of an add"},
	{AT(to), SPP_ID, "target; none of a drop"},
	{AT(copy_from), SPP_ID,
		"where data is read; absent: nothing is copied"},
	{AT(bytes), SPP_NUMBER, "copied", .unit = "bytes"},
	{AT(start_s), SPP_NUMBER, "from the header's now; not before",
		.required = true, .max = 1e10, .unit = "s"},
	{AT(duration_s), SPP_NUMBER, "of all phases", .required = true,
		.max = 1e10, .unit = "s"},
	{AT(rate), SPP_NUMBER, "of the copy", .min = 1e-3, .unit = "bytes/s"},
	{AT(phases), SPP_OBJECT, "lengths, one after the other",
		.members = {SPP_FIELDS(struct spp_phases, phases)}},
	{AT(requires), SPP_OBJECT, "what must hold when it starts",
		.members = {SPP_FIELDS(struct spp_requires, requires)}},
	{AT(after), SPP_ID, "moves that must be done before",
		.shape = SPP_LIST},
	{AT(inverse), SPP_OBJECT, "the move that undoes it",
		.members = {SPP_FIELDS(struct spp_inverse, inverse)}},
	{AT(beyond_horizon), SPP_FLAG,
		"it ends after the last slot of the forecast"},
};
const struct spp_fields spp_move_fields = {SPP_FIELDS(struct spp_move, fields)};

bool spp_move_check(const void *value, struct spp_err *err)
{
	const struct spp_move *move = value;
	bool add = move->kind == SPP_MOVE_ADD;
	bool drop = move->kind == SPP_MOVE_DROP;
	bool subscription = move->kind == SPP_MOVE_SUBSCRIPTION;
	char where[64];

	snprintf(where, sizeof where, "in a move of kind %s",
		fields[1].choices[move->kind]);
	if (!spp_record_needs("from", move->from != NULL, !add, where, err) ||
		!spp_record_needs("to", move->to != NULL, !drop, where, err) ||
		!spp_record_needs("subscriber", move->subscriber != NULL,
			subscription, where, err))
		return false;
	if (!add && !drop && strcmp(move->from, move->to) == 0)
		return spp_fail(err, SPP_INPUT,
			"fields \"from\" and \"to\" name the same platform");
	return move->copy_from == NULL ||
	       spp_record_needs("rate", spp_present(move->rate), true,
		       "in a move that copies", err);
}
