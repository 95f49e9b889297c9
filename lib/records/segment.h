/*
 * Writing one segment: header, records, end with counts and digest.
 */
#ifndef SPP_RECORDS_SEGMENT_H
#define SPP_RECORDS_SEGMENT_H

#include "lib/base/buf.h"
#include "lib/records/record.h"

#include <sha2.h>

struct spp_output;

enum { SPP_DIGEST_TEXT_SIZE = 2 * SPP_DIGEST_SIZE + 1 };

/*
 * What a segment holds, header included, end not: how many records of each
 * type, and SHA-256 over the digests of its lines in order.
 */
struct spp_tally {
	size_t counts[SPP_TYPES];
	SHA2_CTX digests;
};

void spp_tally_start(struct spp_tally *tally);
void spp_tally_add(struct spp_tally *tally, enum spp_type type,
	const unsigned char digest[SPP_DIGEST_SIZE]);

/* The digest in hexadecimal digits; nothing can be added after it. */
void spp_tally_digest(struct spp_tally *tally, char text[SPP_DIGEST_TEXT_SIZE]);

/* All zero before the first call. */
struct spp_segment {
	struct spp_output *output;
	struct spp_buf line; /* the line being made */
	struct spp_tally tally;
	/* Set before begin: nothing is written, only counted, because the
	   caller prints for eyes. */
	bool table;
	char digest[SPP_DIGEST_TEXT_SIZE]; /* set by end */
};

/* The header is written at once. */
bool spp_segment_begin(struct spp_segment *segment, struct spp_output *output,
	const struct spp_header *header, struct spp_err *err);

/* Forward the bytes that came in. */
bool spp_segment_forward(struct spp_segment *segment,
	const struct spp_record *record, struct spp_err *err);

/* Write a record made here. */
bool spp_segment_put(struct spp_segment *segment, enum spp_type type,
	const void *value, struct spp_err *err);

/*
 * Write the end record and flush.  END gives from, left and status; counts
 * and digest are the segment's, end->digest then points to segment->digest.
 */
bool spp_segment_end(
	struct spp_segment *segment, struct spp_end *end, struct spp_err *err);
void spp_segment_free(struct spp_segment *segment);

#endif
