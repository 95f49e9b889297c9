/*
 * CSV rows (RFC 4180).  csv.c is the only file that knows libcsv.  Rows
 * come with the true number of the line they start on, quoted newlines and
 * blank lines included; an unclosed quote is an error.  Blanks around a cell
 * that is not quoted are dropped, and so is a byte order mark; a carriage
 * return ends a row, too.  Text must be UTF-8 without NUL.
 */
#ifndef SPP_IO_CSV_H
#define SPP_IO_CSV_H

#include <stdbool.h>
#include <stddef.h>

struct spp_err;
struct spp_input;

enum {
	SPP_CSV_CELLS_MAX = 1 << 20, /* of a row */
	SPP_CSV_ROW_MAX = 16 << 20,  /* bytes of a row, and so of a cell */
};

struct spp_cell {
	const char *text; /* length bytes and a NUL; lives until the next row */
	size_t length;
};

struct spp_csv_row {
	size_t line; /* 1-based line of the row's first byte */
	size_t count;
	const struct spp_cell *cells;
};

/* Called for each row in order; false stops the reading (with err set). */
typedef bool spp_csv_handler(
	void *context, const struct spp_csv_row *row, struct spp_err *err);

bool spp_csv_read(struct spp_input *input, spp_csv_handler *handler,
	void *context, struct spp_err *err);

#endif
