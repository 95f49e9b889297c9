/*
 * One table describes a struct: the fields of a record or the options of a
 * command.  Parser, checks, writer, JSON Schema, --help, completion and the
 * tables of the manual all come from it.
 *
 * How each kind lies in its struct, and what stands there when it is absent:
 *
 *	SPP_STRING	const char *		NULL
 *	SPP_ID		const char *		NULL	(an integer is its text)
 *	SPP_FLAG	bool			false
 *	SPP_NUMBER	double			NAN	(exact)
 *	SPP_ESTIMATE	double			NAN	(6 digits)
 *	SPP_INTEGER	int64_t			SPP_ABSENT
 *	SPP_TIME	spp_time		SPP_TIME_NONE
 *	SPP_CHOICE	int			-1	(index into choices)
 *	SPP_STRINGS	struct spp_strings	count 0, items NULL
 *	SPP_NUMBERS	struct spp_numbers	count 0, items NULL (exact)
 *	SPP_ESTIMATES	struct spp_numbers	count 0, items NULL (6 digits)
 *	SPP_MATRIX	struct spp_matrix	rows 0, items NULL (6 digits)
 *	SPP_AMOUNTS	struct spp_amounts	count 0, names NULL
 *	SPP_OBJECT	struct X *		NULL	(X is described by members)
 *	SPP_OBJECTS	struct spp_objects	count 0, items NULL
 *	SPP_JSON	const char *		NULL	(compact text, keys sorted)
 *
 * Options use STRING, FLAG, NUMBER, INTEGER, TIME, CHOICE and STRINGS, and
 *	SPP_DURATION	double, seconds		NAN	("15m")
 */
#ifndef SPP_RECORDS_FIELD_H
#define SPP_RECORDS_FIELD_H

#include "lib/base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spp_kind {
	SPP_STRING,
	SPP_ID,
	SPP_FLAG,
	SPP_NUMBER,
	SPP_ESTIMATE,
	SPP_INTEGER,
	SPP_TIME,
	SPP_CHOICE,
	SPP_STRINGS,
	SPP_NUMBERS,
	SPP_ESTIMATES,
	SPP_MATRIX,
	SPP_AMOUNTS,
	SPP_OBJECT,
	SPP_OBJECTS,
	SPP_JSON,
	SPP_DURATION,
};

#define SPP_ABSENT INT64_MIN /* an integer that is not there */

/* The most of anything: sums of it stay finite, and integers readable. */
#define SPP_MOST 1e18

enum {
	SPP_NAME_MAX = 1024,   /* bytes of an id */
	SPP_TEXT_MAX = 65536,  /* bytes of any other string */
	SPP_REPLICAS_MAX = 64, /* platforms of one partition */
	SPP_FIELDS_MAX = 64,   /* fields of one table */
};

struct spp_strings {
	size_t count;
	const char **items;
};

struct spp_numbers {
	size_t count;
	double *items;
};

struct spp_matrix {
	size_t rows;
	size_t columns; /* all rows have as many */
	double *items;  /* row after row */
};

/* Resource name to amount, sorted by name. */
struct spp_amounts {
	size_t count;
	const char **names;
	double *values;
};

struct spp_objects {
	size_t count;
	void *items; /* count structs of the size that members states */
};

struct spp_field;

/* The table of one struct.  New fields come last: digests count places. */
struct spp_fields {
	size_t size; /* of the struct */
	size_t count;
	const struct spp_field *items;
};

struct spp_field {
	const char *name; /* as in JSON; options get "-" for "_" */
	size_t offset;    /* in the struct */
	enum spp_kind kind;
	const char *text; /* what it says, one line, lower case, no stop */
	bool required;
	double min, max;  /* of each number; a max of 0 is SPP_MOST */
	const char *unit; /* "s", "bytes", "bytes/s" ..., NULL = none */
	const char *const *choices; /* of SPP_CHOICE, NULL-terminated */
	struct spp_fields members;  /* of SPP_OBJECT, SPP_OBJECTS */
	bool plain; /* of SPP_ID: may hold no "/" (a partition) */

	/* options only */
	char letter;              /* short option, 0 = none */
	const char *metavar;      /* "FILE", "N"; "NAME,..." = a list */
	const char *default_text; /* default as a user would type it */
	const char *group;        /* a heading of --help that begins here */
};

/* Name and offset of a field that is called as its member is. */
#define SPP_AT(type, member) .name = #member, .offset = offsetof(type, member)

/* The table of a struct: { SPP_FIELDS(struct x, fields) }. */
#define SPP_FIELDS(type, table)                                                \
	sizeof(type), sizeof(table) / sizeof(*(table)), (table)

/* True when a number is there. */
static inline bool spp_present(double value)
{
	return value == value;
}

/* The most that a number may be; the least is field->min. */
static inline double spp_field_max(const struct spp_field *field)
{
	return field->max != 0 ? field->max : SPP_MOST;
}

#endif
