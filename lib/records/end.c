/* Last record of a segment. */
#include "lib/records/answer_records.h"

#include "lib/base/err.h"
#include "lib/records/record.h"

#include <string.h>

#define PROVENANCE(member) offsetof(struct spp_provenance, member)
#define UNDONE(member) offsetof(struct spp_undone, member)
#define AT(member) offsetof(struct spp_end, member)

static const char *const statuses[] = {"ok", "incomplete", "failed", NULL};

static const struct spp_field provenance[] = {
	{"tool", SPP_ID, PROVENANCE(tool), .required = true,
		.text = "the program"},
	{"version", SPP_ID, PROVENANCE(version), .required = true,
		.text = "its version"},
	{"options", SPP_JSON, PROVENANCE(options),
		.text = "the options that change its answer"},
	{"digest", SPP_ID, PROVENANCE(digest),
		.text = "of what it wrote, as it was read"},
};
const struct spp_fields spp_provenance_fields = {
	SPP_FIELDS(struct spp_provenance, provenance)};

static const struct spp_field undone[] = {
	{"what", SPP_ID, UNDONE(what), .required = true, .text = "in a word"},
	{"stream", SPP_ID, UNDONE(stream), .text = "the stream"},
	{"partition", SPP_ID, UNDONE(partition), .plain = true,
		.text = "its partition"},
	{"platform", SPP_ID, UNDONE(platform), .text = "the platform"},
	{"resource", SPP_ID, UNDONE(resource), .text = "its resource"},
	{"amount", SPP_NUMBER, UNDONE(amount), .min = -SPP_MOST,
		.max = SPP_MOST, .text = "how much is left"},
	{"text", SPP_STRING, UNDONE(text), .text = "in a sentence"},
};
const struct spp_fields spp_undone_fields = {
	SPP_FIELDS(struct spp_undone, undone)};

static const struct spp_field fields[] = {
	{"counts", SPP_AMOUNTS, AT(counts), .required = true, .max = SPP_MOST,
		.text = "records by type, without header and end"},
	{"digest", SPP_ID, AT(digest), .required = true,
		.text = "SHA-256 over the digests of all lines before"},
	{"from", SPP_OBJECTS, AT(from), .required = true,
		.members = &spp_provenance_fields,
		.text = "what went in, earliest first"},
	{"left", SPP_OBJECTS, AT(left), .required = true,
		.members = &spp_undone_fields,
		.text = "what the answer leaves undone"},
	{"status", SPP_CHOICE, AT(status), .required = true,
		.choices = statuses,
		.text = "incomplete: stopped before the answer was whole"},
};

static bool check(const void *value, struct spp_err *err)
{
	const struct spp_end *end = value;

	if (strlen(end->digest) != 2 * SPP_DIGEST_SIZE ||
		strspn(end->digest, "0123456789abcdef") != 2 * SPP_DIGEST_SIZE)
		return spp_fail(err, SPP_INPUT,
			"field \"digest\" must be 64 hexadecimal digits");
	return true;
}

const struct spp_record_type spp_end_type = {
	.name = "end",
	.text = "the last record of a segment: without it the segment is cut",
	.fields = {SPP_FIELDS(struct spp_end, fields)},
	.check = check,
};
