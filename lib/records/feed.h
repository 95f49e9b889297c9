/*
 * A whole feed: one or more segments or bare records, read, checked, merged.
 */
#ifndef SPP_RECORDS_FEED_H
#define SPP_RECORDS_FEED_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/records/record.h"

struct spp_input;

/* What a filter does with a type. */
enum spp_use {
	SPP_DROP = 0, /* counted only */
	SPP_READ = 1, /* kept in the feed */
	SPP_PASS = 2, /* kept with its text, to be forwarded as it came */
	SPP_TAKE = 4, /* given to take() in input order, not kept */
};

struct spp_feed_options {
	unsigned use[SPP_TYPES]; /* of enum spp_use; READ | PASS together */
	bool strict;
	bool whole;         /* the feed must be segments only (plans) */
	bool partial;       /* accept a cut segment, openly */
	bool refuse_edited; /* edited = SPP_INPUT, else a warning */
	/* Samples and the like: called in input order on one thread. */
	bool (*take)(void *context, const struct spp_record *record,
		struct spp_err *err);
	void *take_context;
};

struct spp_feed {
	struct spp_arena arena;          /* the records and all they hold */
	struct spp_buf lists[SPP_TYPES]; /* struct spp_record *, input order */
	size_t counts[SPP_TYPES];        /* all that were met */
	size_t segments;
	bool edited;                     /* a digest or count differed */
	const char *cluster;             /* its name wherever given, or NULL */
	const struct spp_header *header; /* of the last segment, or NULL */
	const struct spp_end *end;       /* of the last segment, or NULL */
	/* struct spp_provenance: what the next end record says of its input,
	   all segments and what went into them, each once. */
	struct spp_buf from;
	struct spp_buf left; /* struct spp_undone of all segments */
	struct spp_errs errors;
	struct spp_errs warnings;
};

/*
 * Read inputs[0 .. count-1] one after the other as one feed, on so many
 * threads (0 = one per processor).  False when there were errors: up to 20
 * are in feed->errors, the first also in err.  A feed without any record is
 * cut.  The same key twice, or forecasts of another start or other slots,
 * are errors that name both lines.
 */
bool spp_feed_read(struct spp_feed *feed, struct spp_input *inputs,
	size_t count, const struct spp_feed_options *options, size_t threads,
	struct spp_err *err);
void spp_feed_free(struct spp_feed *feed);

/* Records of a type in input order: count and array. */
size_t spp_feed_count(const struct spp_feed *feed, enum spp_type type);
const struct spp_record *spp_feed_at(
	const struct spp_feed *feed, enum spp_type type, size_t index);

#endif
