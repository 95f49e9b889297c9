/*
 * What all stages do around their engine:
 *
 *	static const struct spp_feed_options reads = { .use = {
 *		[SPP_PLATFORM] = SPP_READ | SPP_PASS, ... } };
 *
 *	struct spp_stage stage;
 *	bool done = spp_stage_open(&stage, context, err) &&
 *		spp_stage_read(&stage, &reads, err);
 *	... stage.feed holds the records: build, solve ...
 *	header = spp_stage_header(&stage);	now, cluster, risk, seed
 *	done = done && spp_stage_begin(&stage, &header, err) &&
 *		spp_stage_forward(&stage, SPP_CLUSTER, SPP_FORECAST, err) &&
 *		spp_stage_put(&stage, SPP_MOVE, &move, err) && ... &&
 *		spp_stage_end(&stage, left, left_count, err);
 *	spp_stage_close(&stage);
 *	return done;
 */
#ifndef SPP_STAGES_COMMON_H
#define SPP_STAGES_COMMON_H

#include "lib/cli/command.h"
#include "lib/records/feed.h"
#include "lib/records/segment.h"

struct spp_stage {
	struct spp_context *context;
	size_t threads; /* --threads */
	struct spp_input *inputs;
	size_t input_count;
	struct spp_feed feed;       /* after spp_stage_read */
	bool passes[SPP_TYPES];     /* types that are forwarded */
	struct spp_segment segment; /* between begin and end */
};

/*
 * Begin, and open the operands, or stdin where there are none.
 * SPP_USAGE where stdin is a terminal.  Call spp_stage_close in any case.
 */
bool spp_stage_open(struct spp_stage *stage, struct spp_context *context,
	struct spp_err *err);

/* Only begin: a stage that reads no feed in this run. */
void spp_stage_init(struct spp_stage *stage, struct spp_context *context);

/*
 * Read all inputs as one feed; --strict and --partial are added to OPTIONS.
 * Errors and warnings go to the context; dropped types are noted under -v.
 */
bool spp_stage_read(struct spp_stage *stage,
	const struct spp_feed_options *options, struct spp_err *err);

/*
 * A header as this run would begin with: schema, tool, version and options;
 * cluster from the feed; now = --now, else the feed's header; risk and seed
 * from the feed's header (NAN and SPP_ABSENT where there is none).
 */
struct spp_header spp_stage_header(const struct spp_stage *stage);

/* Write the header, unless --format=table: then nothing is written. */
bool spp_stage_begin(struct spp_stage *stage, const struct spp_header *header,
	struct spp_err *err);

/*
 * Forward the records that pass, type by type in input order: the bytes that
 * came in, or what the stage put in their place (text NULL) written anew.
 */
bool spp_stage_forward(struct spp_stage *stage, enum spp_type first,
	enum spp_type last, struct spp_err *err);

/* Write a record made here. */
bool spp_stage_put(struct spp_stage *stage, enum spp_type type,
	const void *value, struct spp_err *err);

/*
 * Write the end record, status ok, with what went in and what is left
 * undone; where something is, the exit status becomes SPP_LEFT.
 */
bool spp_stage_end(struct spp_stage *stage, struct spp_undone *left,
	size_t left_count, struct spp_err *err);

void spp_stage_close(struct spp_stage *stage);

#endif
