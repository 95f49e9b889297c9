/* One change of place, in time. */
#include "lib/records/answer_records.h"

#include "lib/base/err.h"
#include "lib/records/check.h"
#include "lib/records/record.h"

#include <stdio.h>
#include <string.h>

#define PHASES(member) offsetof(struct spp_phases, member)
#define REQUIRES(member) offsetof(struct spp_requires, member)
#define INVERSE(member) offsetof(struct spp_inverse, member)
#define AT(member) offsetof(struct spp_move, member)

static const char *const kinds[] = {
	"replica", "leader", "subscription", "add", "drop", NULL};

static const struct spp_field phases[] = {
	{"attach_s", SPP_NUMBER, PHASES(attach_s), .max = 1e10, .unit = "s",
		.text = "the target starts to serve"},
	{"dual_s", SPP_NUMBER, PHASES(dual_s), .max = 1e10, .unit = "s",
		.text = "both sides serve"},
	{"release_s", SPP_NUMBER, PHASES(release_s), .max = 1e10, .unit = "s",
		.text = "the old side is removed"},
};
const struct spp_fields spp_phases_fields = {
	SPP_FIELDS(struct spp_phases, phases)};

static const struct spp_field requires[] = {
	{"version", SPP_ID, REQUIRES(version),
		.text = "of the partition record"},
	{"replicas", SPP_STRINGS, REQUIRES(replicas),
		.text = "at the start of the move, in order"},
};
const struct spp_fields spp_requires_fields = {
	SPP_FIELDS(struct spp_requires, requires)};

static const struct spp_field inverse[] = {
	{"kind", SPP_CHOICE, INVERSE(kind), .required = true, .choices = kinds,
		.text = "of the move that undoes it"},
	{"from", SPP_ID, INVERSE(from), .text = "its source"},
	{"to", SPP_ID, INVERSE(to), .text = "its target"},
	{"copy_from", SPP_ID, INVERSE(copy_from),
		.text = "where it copies from"},
};
const struct spp_fields spp_inverse_fields = {
	SPP_FIELDS(struct spp_inverse, inverse)};

static const struct spp_field fields[] = {
	{"id", SPP_ID, AT(id), .required = true, .text = "unique in the plan"},
	{"kind", SPP_CHOICE, AT(kind), .required = true, .choices = kinds,
		.text = "what changes its place"},
	{"stream", SPP_ID, AT(stream), .required = true, .text = "the stream"},
	{"partition", SPP_ID, AT(partition), .required = true, .plain = true,
		.text = "its partition"},
	{"subscriber", SPP_ID, AT(subscriber),
		.text = "of a subscription move"},
	{"from", SPP_ID, AT(from), .text = "source; none of an add"},
	{"to", SPP_ID, AT(to), .text = "target; none of a drop"},
	{"copy_from", SPP_ID, AT(copy_from),
		.text = "where data is read; absent: nothing is copied"},
	{"bytes", SPP_NUMBER, AT(bytes), .max = SPP_MOST, .unit = "bytes",
		.text = "copied"},
	{"start_s", SPP_NUMBER, AT(start_s), .required = true, .max = 1e10,
		.unit = "s", .text = "from the header's now; not before"},
	{"duration_s", SPP_NUMBER, AT(duration_s), .required = true,
		.max = 1e10, .unit = "s", .text = "of all phases"},
	{"rate", SPP_NUMBER, AT(rate), .min = 1e-3, .max = SPP_MOST,
		.unit = "bytes/s", .text = "of the copy"},
	{"phases", SPP_OBJECT, AT(phases), .members = &spp_phases_fields,
		.text = "lengths, one after the other"},
	{"requires", SPP_OBJECT, AT(requires), .members = &spp_requires_fields,
		.text = "what must hold when it starts"},
	{"after", SPP_STRINGS, AT(after),
		.text = "moves that must be done before"},
	{"inverse", SPP_OBJECT, AT(inverse), .members = &spp_inverse_fields,
		.text = "the move that undoes it"},
	{"beyond_horizon", SPP_FLAG, AT(beyond_horizon),
		.text = "it ends after the last slot of the forecast"},
};

static bool check(const void *value, struct spp_err *err)
{
	const struct spp_move *move = value;
	bool source = move->kind != SPP_MOVE_ADD;
	bool target = move->kind != SPP_MOVE_DROP;
	char where[64];

	snprintf(
		where, sizeof where, "in a move of kind %s", kinds[move->kind]);
	if (!(source ? spp_check_there : spp_check_absent)(
		    "from", move->from != NULL, where, err) ||
		!(target ? spp_check_there : spp_check_absent)(
			"to", move->to != NULL, where, err) ||
		!(move->kind == SPP_MOVE_SUBSCRIPTION ? spp_check_there
						      : spp_check_absent)(
			"subscriber", move->subscriber != NULL, where, err))
		return false;
	if (source && target && strcmp(move->from, move->to) == 0)
		return spp_fail(err, SPP_INPUT,
			"fields \"from\" and \"to\" name the same platform");
	return move->copy_from == NULL ||
	       spp_check_there("rate", spp_present(move->rate),
		       "in a move that copies", err);
}

const struct spp_record_type spp_move_type = {
	.name = "move",
	.text = "one change of place: when, how fast, and how to undo it",
	.fields = {SPP_FIELDS(struct spp_move, fields)},
	.key = {"id"},
	.check = check,
};
