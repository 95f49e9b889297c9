/*
 * The state of reading a feed: what is checked in input order, on one
 * thread, while batches of lines are read on all.
 */
#ifndef SPP_RECORDS_FEED_READER_H
#define SPP_RECORDS_FEED_READER_H

#include "lib/base/map.h"
#include "lib/records/feed.h"
#include "lib/records/segment.h"

/* Where something stood first. */
struct spp_feed_place {
	const char *source;
	size_t line;
};

struct spp_feed_reader {
	struct spp_feed *feed;
	const struct spp_feed_options *options;
	struct spp_input *input; /* the one being read */
	size_t inputs;           /* it and those that follow */
	const char *source;      /* its name */
	bool found;              /* a line that is not blank */

	/* the segment that is open */
	const struct spp_record *header; /* NULL: none is */
	struct spp_tally tally;          /* of its lines */
	bool broken;                     /* a line of it could not be read */

	bool bare_said; /* that records stand outside of segments */
	struct spp_arena scratch;
	struct spp_map keys;   /* of records that must not come twice */
	struct spp_buf places; /* struct spp_feed_place by index of key */
	struct spp_buf key;    /* the one being looked up */

	struct spp_feed_place cluster; /* where the name stood first */
	struct spp_feed_place grid;    /* of the first forecast */
	spp_time start;                /* its start */
	struct spp_numbers slot_s;     /* its slots */
};

/* Header, end, or a line between: keeps the account of segments. */
bool spp_feed_account(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err);

/* The input ends: an open segment is cut. */
void spp_feed_cut(struct spp_feed_reader *reader);

/* The same key twice, another cluster, another grid. */
bool spp_feed_compare(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err);

/*
 * Collect what is wrong with a record: an error with its hint (or NULL), or
 * only a warning where that is accepted.
 */
void spp_feed_complain(struct spp_feed_reader *reader, bool accepted,
	const struct spp_record *record, const char *hint, const char *format,
	...) __attribute__((format(printf, 5, 6)));

#endif
