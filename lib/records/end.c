/* Last record of a segment. */
#include "lib/records/answer_records.h"

#include "lib/base/err.h"
#include "lib/records/record.h"

#include <string.h>

#define PROVENANCE(member) SPP_AT(struct spp_provenance, member)
#define UNDONE(member) SPP_AT(struct spp_undone, member)
#define AT(member) SPP_AT(struct spp_end, member)

static const struct spp_field provenance[] = {
	{PROVENANCE(tool), SPP_ID, "the program", .required = true},
	{PROVENANCE(version), SPP_ID, "its version", .required = true},
	{PROVENANCE(options), SPP_JSON, "the options that change its answer"},
	{PROVENANCE(digest), SPP_ID, "of what it wrote, as it was read"},
};

static const struct spp_field undone[] = {
	{UNDONE(what), SPP_ID, "in a word", .required = true},
	{UNDONE(stream), SPP_ID, "the stream"},
	{UNDONE(partition), SPP_ID, "a partition", .plain = true},
	{UNDONE(platform), SPP_ID, "the platform"},
	{UNDONE(resource), SPP_ID, "its resource"},
	{UNDONE(amount), SPP_NUMBER, "how much is left", .min = -SPP_MOST},
	{UNDONE(text), SPP_STRING, "in a sentence"},
};

static const struct spp_field fields[] = {
	{AT(counts), SPP_NUMBER, "records by type, without header and end",
		.shape = SPP_BY_NAME, .most = SPP_NAMES_MAX, .required = true},
	{AT(digest), SPP_ID, "SHA-256 over the digests of all lines before",
		.required = true},
	{AT(from), SPP_OBJECT, "what went in, earliest first",
		.shape = SPP_LIST, .required = true,
		.members = {SPP_FIELDS(struct spp_provenance, provenance)}},
	{AT(left), SPP_OBJECT, "what the answer leaves undone",
		.shape = SPP_LIST, .required = true,
		.members = {SPP_FIELDS(struct spp_undone, undone)}},
	{AT(status), SPP_CHOICE,
		"incomplete: stopped before the answer was whole",
		.required = true, .choices = {"ok", "incomplete", "failed"}},
};
const struct spp_fields spp_end_fields = {SPP_FIELDS(struct spp_end, fields)};

bool spp_end_check(const void *value, struct spp_err *err)
{
	const struct spp_end *end = value;

	if (strlen(end->digest) != 2 * SPP_DIGEST_SIZE ||
		strspn(end->digest, "0123456789abcdef") != 2 * SPP_DIGEST_SIZE)
		return spp_fail(err, SPP_INPUT,
			"field \"digest\" must be 64 hexadecimal digits");
	return true;
}
