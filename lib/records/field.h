/*
 * One table describes a struct: the fields of a record or the options of a
 * command.  Parser, checks, writer, JSON Schema, --help, completion and the
 * tables of the manual all come from it.
 *
 * The kind of a field says what one value of it is and how it lies in its
 * struct.  What stands there when it is absent:
 *
 *	SPP_STRING	const char *		NULL
 *	SPP_ID		const char *		NULL	(an integer is its text)
 *	SPP_FLAG	bool			false
 *	SPP_NUMBER	double			NAN
 *	SPP_INTEGER	int64_t			SPP_ABSENT
 *	SPP_TIME	spp_time		SPP_TIME_NONE
 *	SPP_CHOICE	int			-1	(index into choices)
 *	SPP_OBJECT	struct X *		NULL	(X is described by members)
 *	SPP_JSON	const char *		NULL	(compact text, keys sorted)
 *
 * Its shape says how many there are.  More than one begin with a count and
 * a pointer (struct spp_list), which is NULL where they are absent:
 *
 *	SPP_ONE		as above
 *	SPP_LIST	struct spp_strings of STRING and ID, struct spp_numbers
 *			of NUMBER, struct spp_objects of OBJECT
 *	SPP_MATRIX	struct spp_matrix of NUMBER
 *	SPP_BY_NAME	struct spp_amounts of NUMBER
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
	SPP_INTEGER,
	SPP_TIME,
	SPP_CHOICE,
	SPP_OBJECT,
	SPP_JSON,
};

enum spp_field_shape { SPP_ONE, SPP_LIST, SPP_MATRIX, SPP_BY_NAME };

#define SPP_ABSENT INT64_MIN /* an integer that is not there */

/* The most of anything: sums of it stay finite, and integers readable. */
#define SPP_MOST 1e18

enum {
	SPP_NAME_MAX = 1024,   /* bytes of an id */
	SPP_TEXT_MAX = 65536,  /* bytes of any other string */
	SPP_REPLICAS_MAX = 64, /* platforms of one partition */
	SPP_FIELDS_MAX = 64,   /* fields of one table */
	SPP_NAMES_MAX = 256,   /* numbers by name of one field */
	SPP_CHOICES_MAX = 11,  /* choices of one field */
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
	size_t count;
	struct spp_numbers *rows;
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

/* What all of these begin with. */
struct spp_list {
	size_t count;
	void *items;
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
	enum spp_field_shape shape;
	size_t least, most; /* of a list: how many; a most of 0 is no limit */
	bool distinct;      /* of a list of names: none of them twice */
	bool required;
	bool estimate;    /* of SPP_NUMBER: has six digits, else all */
	double min, max;  /* of each number; a max of 0 is SPP_MOST */
	const char *unit; /* "bytes", "bytes/s" ..., NULL = none; as an option
			     what is in "s" is given as "15m" */
	const char *choices[SPP_CHOICES_MAX + 1]; /* of SPP_CHOICE */
	struct spp_fields members;                /* of SPP_OBJECT */
	bool plain; /* of SPP_ID: may hold no "/" (a partition) */

	/* options only */
	char letter;              /* short option, 0 = none */
	const char *metavar;      /* "FILE", "N"; "NAME,..." = a list */
	const char *default_text; /* default as a user would type it */
	const char *group;        /* a heading of --help that begins here */
	bool silent; /* the answer does not depend on it: not the name of a
			file does, but what it holds */
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

/* What kinds and shapes are called; [2] stands around one value of many. */
struct spp_kind_words {
	const char *message, *manual, *schema;
};
struct spp_shape_words {
	const char *manual[2], *schema[2];
};
extern const struct spp_kind_words spp_kind_words[];   /* by spp_kind */
extern const struct spp_shape_words spp_shape_words[]; /* by shape */

/* Are its values numbers, that is, between its min and its max? */
bool spp_field_ranged(const struct spp_field *field);

/* Set every field of a struct absent. */
void spp_fields_clear(const struct spp_fields *fields, void *value);

/*
 * In all that follows AT is where a field lies in its struct.  Is a value of
 * it there?  A list that must be there is, if only as an empty one.
 */
bool spp_field_there(const struct spp_field *field, const void *at);

/* The only value of a field; a struct itself, not the pointer to it. */
const void *spp_field_one(const struct spp_field *field, const void *at);

/* What a row of a matrix is: a list. */
struct spp_field spp_field_row(const struct spp_field *field);

/* The begin of a field of many values, and the bytes from one to the next. */
struct spp_list spp_field_list(const void *at);
size_t spp_field_stride(const struct spp_field *field);

/* Put an amount where its name belongs; the lists have room for it. */
void spp_amounts_add(
	struct spp_amounts *amounts, const char *name, double value);

/* The choice that TEXT is, -1 = none. */
int spp_field_choice(const struct spp_field *field, const char *text);

/* All choices, with text between them and before the last.  Returns TEXT. */
enum { SPP_CHOICES_SIZE = 256 };
const char *spp_field_choices(const struct spp_field *field,
	const char *between, const char *last, char text[SPP_CHOICES_SIZE]);

#endif
