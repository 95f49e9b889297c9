/*
 * History from CSV files, long or wide, into samples.  Long: a row a
 * sample.  Wide: a row a series, a column a time.  Without header and with
 * one cell a row: a row a tick of one series.
 */
#ifndef SPP_STAGES_HISTORY_H
#define SPP_STAGES_HISTORY_H

#include "lib/cli/command.h"
#include "lib/cluster/series_samples.h"

struct spp_input;

/* What real files do not say of themselves; the options of spp-forecast. */
struct spp_history_options {
	struct spp_strings columns; /* "ROLE=NAME", NAME may be a number */
	bool no_header;
	spp_time start;          /* SPP_TIME_NONE: the file has times */
	double step_s;           /* NAN: found out */
	const char *stream;      /* NULL: the file has a column */
	int measure;             /* enum spp_measure, of wide files */
	int kind;                /* enum spp_reading_kind */
	double scale;            /* of bytes, else of records */
	double record_bytes;     /* NAN: bytes are not made from records */
	const char *utc_offset;  /* of times that have none, NULL: refused */
	const char *time_format; /* NULL: RFC 3339 */
	const char *missing; /* a cell that says nothing, NULL: empty ones */
};

/* Bytes as measured, else made from records where it is said how. */
double spp_history_bytes(const struct spp_history_options *options,
	double bytes, double records);

/*
 * Read one file and add its samples.  What is wrong with its rows is
 * collected in the errors of the context; then, or when it cannot be read,
 * false.
 */
bool spp_history_read(struct spp_context *context, struct spp_samples *samples,
	const struct spp_history_options *options, const char *path,
	struct spp_err *err);

/* The same from an input that is open. */
bool spp_history_read_input(struct spp_context *context,
	struct spp_samples *samples, const struct spp_history_options *options,
	struct spp_input *input, struct spp_err *err);

#endif
