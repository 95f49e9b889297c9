#include "lib/records/segment.h"

#include "lib/base/err.h"
#include "lib/io/output.h"

#include <assert.h>
#include <stdio.h>

void spp_tally_start(struct spp_tally *tally)
{
	*tally = (struct spp_tally){0};
	SHA256Init(&tally->digests);
}

void spp_tally_add(struct spp_tally *tally, enum spp_type type,
	const unsigned char digest[SPP_DIGEST_SIZE])
{
	tally->counts[type]++;
	SHA256Update(&tally->digests, digest, SPP_DIGEST_SIZE);
}

void spp_tally_digest(struct spp_tally *tally, char text[SPP_DIGEST_TEXT_SIZE])
{
	unsigned char digest[SPP_DIGEST_SIZE];

	SHA256Final(digest, &tally->digests);
	for (size_t i = 0; i < SPP_DIGEST_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
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
	spp_tally_start(&segment->tally);
	return spp_segment_put(segment, SPP_HEADER, header, err);
}

bool spp_segment_forward(struct spp_segment *segment,
	const struct spp_record *record, struct spp_err *err)
{
	assert(record->text != NULL);
	spp_tally_add(&segment->tally, record->type, record->digest);
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
	spp_record_digest(type, value, false, digest);
	spp_tally_add(&segment->tally, type, digest);
	return print(segment, type, value, err);
}

bool spp_segment_end(
	struct spp_segment *segment, struct spp_end *end, struct spp_err *err)
{
	const char *names[SPP_TYPES];
	double values[SPP_TYPES];
	bool done;

	end->counts = (struct spp_amounts){0, names, values};
	for (enum spp_type type = SPP_HEADER + 1; type < SPP_END; type++)
		if (segment->tally.counts[type] > 0)
			spp_amounts_add(&end->counts,
				spp_record_types[type].name,
				(double)segment->tally.counts[type]);
	spp_tally_digest(&segment->tally, segment->digest);
	end->digest = segment->digest;
	done = print(segment, SPP_END, end, err) &&
	       spp_output_flush(segment->output, err);
	/* The lists lived here only. */
	end->counts = (struct spp_amounts){0};
	return done;
}

void spp_segment_free(struct spp_segment *segment)
{
	spp_buf_free(&segment->line);
}
