/* Segments: whole, cut, edited, from another cluster or a newer version. */
#include "lib/base/arena.h"
#include "lib/records/feed_reader.h"

#include <string.h>

void spp_feed_cut(struct spp_feed_reader *reader)
{
	if (reader->header != NULL)
		spp_feed_complain(reader, reader->options->partial,
			reader->header,
			"The stage before failed; --partial goes on with what "
			"came.",
			"segment is cut: no end record follows its header");
	reader->header = NULL;
}

static void account_header(
	struct spp_feed_reader *reader, const struct spp_record *record)
{
	const struct spp_header *header = record->value;

	spp_feed_cut(reader);
	if (header->schema > SPP_SCHEMA)
		spp_feed_complain(reader, false, record,
			"A newer spp wrote it; read it with that one.",
			"schema %lld is newer than %d, the newest known here",
			(long long)header->schema, SPP_SCHEMA);
	reader->feed->segments++;
	reader->feed->header = header;
	reader->header = record;
	reader->broken = false;
	spp_tally_start(&reader->tally);
	spp_tally_add(&reader->tally, SPP_HEADER, record->digest);
}

static void account_line(
	struct spp_feed_reader *reader, const struct spp_record *record)
{
	reader->feed->counts[record->type]++;
	if (reader->header != NULL) {
		spp_tally_add(&reader->tally, record->type, record->digest);
	} else if (reader->options->whole && !reader->bare_said) {
		reader->bare_said = true;
		spp_feed_complain(reader, false, record,
			"Here only what a stage wrote is read, from its header "
			"to its end.",
			"%s record outside of a segment",
			spp_record_types[record->type].name);
	}
}

/* How many records of a type the end record counts. */
static double counted(const struct spp_end *end, enum spp_type type)
{
	for (size_t i = 0; i < end->counts.count; i++)
		if (strcmp(end->counts.names[i], spp_record_types[type].name) ==
			0)
			return end->counts.values[i];
	return 0;
}

/* Is the segment what it was when its end was written? */
static void check_edited(struct spp_feed_reader *reader,
	const struct spp_record *record, const char *digest)
{
	static const char hint[] =
		"Look at it, then seal it again with spp-plan --seal.";
	const struct spp_end *end = record->value;
	const size_t *counts = reader->tally.counts;
	bool accepted = !reader->options->refuse_edited;
	enum spp_type type = SPP_HEADER + 1;

	while (type < SPP_END && counted(end, type) == (double)counts[type])
		type++;
	if (type == SPP_END && strcmp(end->digest, digest) == 0)
		return;
	reader->feed->edited = true;
	if (type < SPP_END)
		spp_feed_complain(reader, accepted, record, hint,
			"segment was edited: it has %zu %s records, %.0f when "
			"it was written",
			counts[type], spp_record_types[type].name,
			counted(end, type));
	else
		spp_feed_complain(reader, accepted, record, hint,
			"segment was edited: its digest is not what its end "
			"record says");
}

static void check_status(
	struct spp_feed_reader *reader, const struct spp_record *record)
{
	static const char hint[] =
		"Run that stage again; its own messages say more.";
	const struct spp_end *end = record->value;
	bool failed = end->status == SPP_END_FAILED;

	if (end->status != SPP_END_OK)
		spp_feed_complain(reader, reader->options->partial && !failed,
			record, hint,
			failed ? "segment is of no use: %s failed"
			       : "segment is incomplete: %s stopped before its "
				 "answer was whole",
			reader->feed->header->tool);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void add_provenance(
	struct spp_buf *from, const struct spp_provenance *added)
{
	const struct spp_provenance *known = (void *)from->data;

	for (size_t i = 0; i < from->length / sizeof *known; i++)
		if (same(known[i].tool, added->tool) &&
			same(known[i].version, added->version) &&
			same(known[i].options, added->options) &&
			same(known[i].digest, added->digest))
			return;
	spp_buf_append(from, added, sizeof *added);
}

/* What went into this segment, then the segment itself, as it was read. */
static bool add_origins(struct spp_feed_reader *reader,
	const struct spp_end *end, const char *digest, struct spp_err *err)
{
	struct spp_feed *feed = reader->feed;
	const struct spp_provenance *from = end->from.items;
	const struct spp_provenance own = {.tool = feed->header->tool,
		.version = feed->header->version,
		.options = feed->header->options,
		.digest = spp_arena_string(&feed->arena, digest)};

	for (size_t i = 0; i < end->from.count; i++)
		add_provenance(&feed->from, &from[i]);
	add_provenance(&feed->from, &own);
	spp_buf_append(&feed->left, end->left.items,
		end->left.count * sizeof(struct spp_undone));
	return spp_arena_ok(&feed->arena, err) &&
	       spp_buf_ok(&feed->from, err) && spp_buf_ok(&feed->left, err);
}

static bool account_end(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	char digest[SPP_DIGEST_TEXT_SIZE];

	reader->feed->end = record->value;
	if (reader->header == NULL) {
		spp_feed_complain(reader, false, record,
			"Its first part is lost; run the stage again.",
			"end record without a header before it");
		return true;
	}
	reader->header = NULL;
	spp_tally_digest(&reader->tally, digest);
	if (!reader->broken)
		check_edited(reader, record, digest);
	check_status(reader, record);
	return add_origins(reader, record->value, digest, err);
}

bool spp_feed_account(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	if (record->type == SPP_END)
		return account_end(reader, record, err);
	if (record->type == SPP_HEADER)
		account_header(reader, record);
	else
		account_line(reader, record);
	return true;
}
