#include "lib/records/segment.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/io/output.h"

#include <assert.h>
#include <sha2.h>
#include <stdio.h>
#include <string.h>

void spp_digest_text(const unsigned char digest[SPP_DIGEST_SIZE],
	char text[SPP_DIGEST_TEXT_SIZE])
{
	for (size_t i = 0; i < SPP_DIGEST_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

/* A line was written: it counts and its digest enters the segment's. */
static bool account(struct spp_segment *segment, enum spp_type type,
	const unsigned char digest[SPP_DIGEST_SIZE], struct spp_err *err)
{
	segment->counts[type]++;
	spp_buf_append(&segment->digests, digest, SPP_DIGEST_SIZE);
	return spp_buf_ok(&segment->digests, err);
}

static bool print(struct spp_segment *segment, enum spp_type type,
	const void *value, struct spp_err *err)
{
	if (segment->table)
		return true;
	spp_buf_reset(&segment->line);
	spp_record_print(type, value, &segment->line);
	return spp_buf_ok(&segment->line, err) &&
	       spp_output_write(segment->output, segment->line.data,
		       segment->line.length, err);
}

bool spp_segment_begin(struct spp_segment *segment, struct spp_output *output,
	const struct spp_header *header, struct spp_err *err)
{
	segment->output = output;
	return spp_segment_put(segment, SPP_HEADER, header, err);
}

bool spp_segment_forward(struct spp_segment *segment,
	const struct spp_record *record, struct spp_err *err)
{
	assert(record->text != NULL);
	if (!account(segment, record->type, record->digest, err))
		return false;
	return segment->table ||
	       (spp_output_write(
			segment->output, record->text, record->length, err) &&
		       spp_output_write(segment->output, "\n", 1, err));
}

bool spp_segment_put(struct spp_segment *segment, enum spp_type type,
	const void *value, struct spp_err *err)
{
	unsigned char digest[SPP_DIGEST_SIZE];

	assert(segment->output != NULL && type != SPP_END);
	spp_record_digest(type, value, digest);
	return account(segment, type, digest, err) &&
	       print(segment, type, value, err);
}

/* Counts by name, as an end record holds them: sorted. */
static void count_types(const struct spp_segment *segment,
	const char *names[SPP_TYPES], double values[SPP_TYPES],
	struct spp_amounts *counts)
{
	size_t count = 0;

	for (size_t type = 0; type < SPP_TYPES; type++) {
		const char *name = spp_record_types[type]->name;
		size_t at = count;

		if (type == SPP_HEADER || segment->counts[type] == 0)
			continue;
		for (; at > 0 && strcmp(names[at - 1], name) > 0; at--) {
			names[at] = names[at - 1];
			values[at] = values[at - 1];
		}
		names[at] = name;
		values[at] = (double)segment->counts[type];
		count++;
	}
	*counts = (struct spp_amounts){count, names, values};
}

bool spp_segment_end(
	struct spp_segment *segment, struct spp_end *end, struct spp_err *err)
{
	const char *names[SPP_TYPES];
	double values[SPP_TYPES];
	unsigned char bytes[SPP_DIGEST_SIZE];
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, (const uint8_t *)segment->digests.data,
		segment->digests.length);
	SHA256Final(bytes, &context);
	spp_digest_text(bytes, segment->digest);
	count_types(segment, names, values, &end->counts);
	end->digest = segment->digest;
	if (!spp_buf_ok(&segment->digests, err) ||
		!print(segment, SPP_END, end, err) ||
		!spp_output_flush(segment->output, err))
		return false;
	/* The lists lived here only. */
	end->counts = (struct spp_amounts){0};
	return true;
}

void spp_segment_free(struct spp_segment *segment)
{
	spp_buf_free(&segment->line);
	spp_buf_free(&segment->digests);
}
