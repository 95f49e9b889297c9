/* Which column of a CSV history says what. */
#ifndef SPP_STAGES_HISTORY_LAYOUT_H
#define SPP_STAGES_HISTORY_LAYOUT_H

#include "lib/base/time.h"

#include <stdbool.h>
#include <stddef.h>

struct spp_arena;
struct spp_csv_row;
struct spp_err;
struct spp_errs;
struct spp_history_options;
struct spp_time_format;

enum spp_role {
	SPP_ROLE_TIME,
	SPP_ROLE_STREAM,
	SPP_ROLE_PARTITION,
	SPP_ROLE_SUBSCRIBER,
	SPP_ROLE_PLATFORM,
	SPP_ROLE_BYTES,
	SPP_ROLE_RECORDS,
	SPP_ROLE_INTERVAL,
	SPP_ROLE_CENSORED,
	SPP_ROLE_VALUES, /* of wide files: the first column of values */
	SPP_ROLES,
};

#define SPP_COLUMN_NONE ((size_t)-1)

enum spp_form {
	SPP_FORM_LONG,  /* a row a sample */
	SPP_FORM_WIDE,  /* a row a series */
	SPP_FORM_LINES, /* one series, a row a tick */
};

struct spp_layout {
	enum spp_form form;
	size_t column[SPP_ROLES]; /* SPP_COLUMN_NONE = it has none */
	bool header;              /* the first row is one */
	size_t count;             /* columns of the header */
	const char **names;       /* of the header's columns */
	spp_time *times; /* of the header's columns; SPP_TIME_NONE = no value;
			    NULL: values are numbered from --start */
};

/*
 * The layout that the first row shows.  Errors are SPP_INPUT (the file) or
 * SPP_USAGE (--columns and the like).  Lives in the arena.
 */
bool spp_layout_make(struct spp_layout *layout, const struct spp_csv_row *first,
	const struct spp_history_options *options,
	const struct spp_time_format *format, struct spp_arena *arena,
	struct spp_errs *warnings, struct spp_err *err);

/* "column "bytes"", or "column 17" where it has no name. */
enum { SPP_COLUMN_SIZE = 128 };
const char *spp_layout_column(const struct spp_layout *layout, size_t column,
	char text[SPP_COLUMN_SIZE]);

#endif
