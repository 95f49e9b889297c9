/* Segments: whole, cut, edited, from another cluster or a newer version. */
#include "lib/base/arena.h"
#include "lib/records/feed_reader.h"
#include "lib/records/segment.h"

#include <assert.h>
#include <string.h>

/* Cut or incomplete input is an error, or a warning where it is accepted. */
static void complain(struct spp_feed_reader *reader, bool accepted,
	const struct spp_record *record, const char *text, const char *hint)
{
	struct spp_err err = {0};

	if (!accepted) {
		spp_feed_error(reader, record, hint, "%s", text);
		return;
	}
	spp_fail(&err, SPP_INPUT, "%s", text);
	spp_err_at(&err, record->source, record->line);
	spp_errs_add(&reader->feed->warnings, &err);
}

void spp_feed_cut(struct spp_feed_reader *reader)
{
	if (reader->header != NULL)
		complain(reader, reader->options->partial, reader->header,
			"segment is cut: no end record follows its header",
			"The stage before failed; --partial goes on with what "
			"came.");
	reader->header = NULL;
}

bool spp_feed_header(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	const struct spp_header *header = record->value;

	(void)err;
	spp_feed_cut(reader);
	if (header->schema > SPP_SCHEMA)
		spp_feed_error(reader, record,
			"A newer spp wrote it; read it with that one.",
			"schema %lld is newer than %d, the newest known here",
			(long long)header->schema, SPP_SCHEMA);
	if (header->cluster != NULL)
		spp_feed_cluster(reader, header->cluster, record);
	reader->feed->segments++;
	reader->feed->header = header;
	reader->header = record;
	reader->broken = false;
	memset(reader->counts, 0, sizeof reader->counts);
	SHA256Init(&reader->digest);
	SHA256Update(&reader->digest, record->digest, sizeof record->digest);
	return true;
}

void spp_feed_count_line(
	struct spp_feed_reader *reader, const struct spp_record *record)
{
	reader->feed->counts[record->type]++;
	if (reader->header != NULL) {
		reader->counts[record->type]++;
		SHA256Update(
			&reader->digest, record->digest, sizeof record->digest);
	} else if (reader->options->whole && !reader->bare_said) {
		reader->bare_said = true;
		spp_feed_error(reader, record,
			"Here only what a stage wrote is read, from its header "
			"to its end.",
			"%s record outside of a segment",
			spp_record_types[record->type]->name);
	}
}

/* How many records of a type the end record counts. */
static double counted(const struct spp_end *end, enum spp_type type)
{
	for (size_t i = 0; i < end->counts.count; i++)
		if (strcmp(end->counts.names[i],
			    spp_record_types[type]->name) == 0)
			return end->counts.values[i];
	return 0;
}

static void edited(struct spp_feed_reader *reader,
	const struct spp_record *record, const char *text)
{
	reader->feed->edited = true;
	complain(reader, !reader->options->refuse_edited, record, text,
		"Look at it, then seal it again with spp-plan --seal.");
}

static void check_counts(struct spp_feed_reader *reader,
	const struct spp_record *record, const char *digest)
{
	const struct spp_end *end = record->value;
	struct spp_err text = {0};

	for (enum spp_type type = 0; type < SPP_TYPES; type++) {
		double count = counted(end, type);

		if (type == SPP_HEADER || type == SPP_END ||
			count == (double)reader->counts[type])
			continue;
		spp_fail(&text, SPP_INPUT,
			"segment was edited: it has %zu %s records, %.0f when "
			"it was written",
			reader->counts[type], spp_record_types[type]->name,
			count);
	}
	if (strcmp(end->digest, digest) != 0)
		spp_fail(&text, SPP_INPUT,
			"segment was edited: its digest is not what its end "
			"record says");
	if (text.status != SPP_DONE)
		edited(reader, record, text.text);
}

static void check_status(struct spp_feed_reader *reader,
	const struct spp_record *record, const char *tool)
{
	const struct spp_end *end = record->value;
	struct spp_err text = {0};
	bool failed = end->status == SPP_END_FAILED;

	if (end->status == SPP_END_OK)
		return;
	spp_fail(&text, SPP_INPUT,
		failed ? "segment is of no use: %s failed"
		       : "segment is incomplete: %s stopped before its answer "
			 "was whole",
		tool);
	complain(reader, reader->options->partial && !failed, record, text.text,
		"Run that stage again; its own messages say more.");
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
static bool account(struct spp_feed_reader *reader, const struct spp_end *end,
	const char *digest, struct spp_err *err)
{
	struct spp_feed *feed = reader->feed;
	const struct spp_header *header = reader->header->value;
	const struct spp_provenance *from = end->from.items;
	const struct spp_provenance own = {.tool = header->tool,
		.version = header->version,
		.options = header->options,
		.digest = spp_arena_string(&feed->arena, digest)};

	for (size_t i = 0; i < end->from.count; i++)
		add_provenance(&feed->from, &from[i]);
	add_provenance(&feed->from, &own);
	spp_buf_append(&feed->left, end->left.items,
		end->left.count * sizeof(struct spp_undone));
	return spp_arena_ok(&feed->arena, err) &&
	       spp_buf_ok(&feed->from, err) && spp_buf_ok(&feed->left, err);
}

bool spp_feed_end_record(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	const struct spp_end *end = record->value;
	unsigned char bytes[SPP_DIGEST_SIZE];
	char digest[SPP_DIGEST_TEXT_SIZE];

	reader->feed->end = end;
	if (reader->header == NULL) {
		spp_feed_error(reader, record,
			"Its first part is lost; run the stage again.",
			"end record without a header before it");
		return true;
	}
	SHA256Final(bytes, &reader->digest);
	spp_digest_text(bytes, digest);
	if (!reader->broken)
		check_counts(reader, record, digest);
	check_status(reader, record,
		((const struct spp_header *)reader->header->value)->tool);
	if (!account(reader, end, digest, err))
		return false;
	reader->header = NULL;
	return true;
}
