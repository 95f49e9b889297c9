/*
 * Aligned tables for eyes: --format=table of every filter.
 *
 *	static const struct spp_column columns[] = {
 *		{ "platform", false }, { "load", true } };
 *	spp_table_init(&table, columns, 2);
 *	for each row: spp_table_text(&table, name);
 *		spp_table_human(&table, load, "bytes/s");
 *	spp_table_print(&table, output, err);
 *	spp_table_free(&table);
 */
#ifndef SPP_STAGES_TABLE_H
#define SPP_STAGES_TABLE_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct spp_err;
struct spp_output;

struct spp_column {
	const char *title;
	bool right; /* aligned, as numbers are */
};

struct spp_table {
	const struct spp_column *columns;
	size_t count;         /* of columns */
	struct spp_buf text;  /* all cells, each with a NUL */
	struct spp_buf cells; /* size_t offsets into text, row after row */
};

void spp_table_init(struct spp_table *table, const struct spp_column *columns,
	size_t count);

/* The next cell; NULL is printed as "-", control characters as "?". */
void spp_table_text(struct spp_table *table, const char *text);
void spp_table_format(struct spp_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The next cell: a value as spp_human writes it; NAN is "-". */
void spp_table_human(struct spp_table *table, double value, const char *unit);

/* A line of titles, then the rows; every row must be full. */
bool spp_table_print(const struct spp_table *table, struct spp_output *output,
	struct spp_err *err);
void spp_table_free(struct spp_table *table);

/*
 * A value with its unit, three digits: "bytes" 3.07 MB, "bytes/s" 3.07 MB/s,
 * any other unit the same way; "s" 42 s, 3 min 20 s, 2 h 5 min; "%" takes a
 * ratio: 0.873 is 87.3 %; "" a bare number: 12.3 k.  Returns TEXT.
 */
enum { SPP_HUMAN_SIZE = 48 };
const char *spp_human(
	double value, const char *unit, char text[SPP_HUMAN_SIZE]);

#endif
