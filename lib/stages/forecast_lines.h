/*
 * From outlooks of series to forecast records: one for every partition and
 * subscription that the history or the feed knows, none of them zero for
 * want of a history.
 */
#ifndef SPP_STAGES_FORECAST_LINES_H
#define SPP_STAGES_FORECAST_LINES_H

#include "lib/base/buf.h"
#include "lib/forecast/forecast.h"
#include "lib/records/answer_records.h"

struct spp_feed;

/* A partition or a subscription, and what is expected of it. */
struct spp_line_source {
	struct spp_series key;           /* names only */
	const struct spp_series *series; /* NULL: no history */
	const struct spp_outlook *outlook;
	bool named;          /* a record of the feed names it */
	const char *warning; /* NULL: nothing to say */
	const char *model;
};

struct spp_lines {
	size_t count;
	struct spp_line_source *items; /* by stream, partition, subscriber */
	size_t partitions;             /* of them */
	size_t unknown;       /* partitions that no record of the feed names */
	size_t first_unknown; /* index of the first */
	size_t without;       /* partitions that have no history */
	size_t stale;         /* lines whose history ended early */
};

/*
 * Texts and outlooks live in the arena or in what was given.  SPP_INPUT
 * with a hint when there is no history, or when it has no bytes.
 */
bool spp_lines_make(struct spp_lines *lines, const struct spp_grid *grid,
	const struct spp_outlook *outlooks, const struct spp_feed *feed,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_err *err);

/* The record of one line; its arrays are those of the outlook. */
bool spp_lines_record(const struct spp_line_source *line,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_forecast *record, struct spp_err *err);

#endif
