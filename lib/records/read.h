/*
 * Reading typed values by their tables: what records, from JSON, and the
 * options of a command, from text, have in common.
 */
#ifndef SPP_RECORDS_READ_H
#define SPP_RECORDS_READ_H

#include "lib/records/record.h"

struct spp_json;

enum { SPP_READ_DEPTH = 8, SPP_PLACE_SIZE = 64 };

struct spp_read {
	struct spp_arena *arena; /* where results live; of records, see below */
	struct spp_err *err;
	bool option; /* an option is read, not a field */

	/* of records */
	struct spp_arena *arenas[SPP_TYPES]; /* where they live, by type */
	bool texts[SPP_TYPES];               /* so does their text */
	struct spp_errs *warnings;
	bool strict; /* unknown fields are errors */
	const char *source;
	size_t line;
	const struct spp_record_type *type; /* set by spp_record_read */

	/* Where, from the outermost in: written out only in messages. */
	struct spp_step {
		const char *name;
		size_t element; /* of a list, from 1; 0 = none */
	} path[SPP_READ_DEPTH];
	size_t depth;
};

/*
 * Read one line as read->source, read->line; NULL on failure.  Unknown
 * fields add one warning each with the nearest name (an error when strict;
 * silent from "x_" on).  A line of an unknown type is an error with the
 * nearest type.
 */
struct spp_record *spp_record_read(
	struct spp_read *read, const char *line, size_t length);

/* Enter a member; it is left by taking one from read->depth. */
void spp_read_enter(struct spp_read *read, const char *name);

/* "mean.bytes[3]", cut where it is too long.  Returns PLACE. */
const char *spp_read_place(
	const struct spp_read *read, char place[SPP_PLACE_SIZE]);

/* Fail with: field "PLACE" TEXT, or option --PLACE TEXT.  False. */
bool spp_read_fail(struct spp_read *read, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Fail with: field "PLACE" must be WANTED, got what JSON is.  False. */
bool spp_read_mismatch(
	struct spp_read *read, const char *wanted, const struct spp_json *got);

/* Is a number in the range of its field? */
bool spp_read_range(
	struct spp_read *read, const struct spp_field *field, double number);

/* One value from its text. */
bool spp_read_text(struct spp_read *read, const struct spp_field *field,
	const char *text, void *at);

/* All values of a field from JSON; AT is where it lies in its struct. */
bool spp_read_json(struct spp_read *read, const struct spp_field *field,
	const struct spp_json *json, void *at);

/* The fields of an object; the value is cleared before. */
bool spp_read_members(struct spp_read *read, const struct spp_fields *fields,
	const struct spp_json *object, void *value);

/* Add a warning that can be kept, unless it was given already. */
void spp_errs_add_kind(struct spp_errs *errs, const struct spp_err *err);

#endif
