/*
 * Reading one value of a record: what the parser of records and the kinds
 * of fields share.
 */
#ifndef SPP_RECORDS_READ_H
#define SPP_RECORDS_READ_H

#include "lib/records/types.h"

struct spp_arena;
struct spp_errs;
struct spp_json;
struct spp_record;

struct spp_read {
	struct spp_arena *arenas[SPP_TYPES]; /* where a record lives, by type */
	bool texts[SPP_TYPES];               /* together with its text */
	struct spp_arena *arena;             /* of the record being read */
	struct spp_errs *warnings;
	struct spp_err *err; /* of this record */
	bool strict;         /* unknown fields are errors */
	const char *source;
	size_t line;
	const struct spp_record_type *type;
};

/* Where in the record: written out only when something is wrong. */
struct spp_read_path {
	const struct spp_read_path *up;
	const char *name;
	size_t element; /* of an array, from 1; 0 = none */
};

/*
 * Read one line as read->source, read->line.  NULL on failure, with
 * read->err set and placed.
 */
struct spp_record *spp_record_read(
	struct spp_read *read, const char *line, size_t length);

enum { SPP_PLACE_SIZE = 64 };

/* "mean.bytes[3]", cut where it is too long. */
void spp_read_place(
	const struct spp_read_path *path, char place[SPP_PLACE_SIZE]);

/* Fail with: field "PLACE" TEXT.  False. */
bool spp_read_fail(struct spp_read *read, const struct spp_read_path *path,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Fail with: field "PLACE" must be WANTED, got ...  False. */
bool spp_read_kind(struct spp_read *read, const struct spp_read_path *path,
	const char *wanted, const struct spp_json *got);

/* Read a field of any kind but OBJECT and OBJECTS to where it lies. */
bool spp_read_value(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json, void *at);

/* The same for kinds that hold many values. */
bool spp_read_array(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json, void *at);

/* One name, an integer taken as its text; PLAIN: without "/". */
bool spp_read_id(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_json *json, bool plain, const char **id);

/* Each of COUNT values in its field's range? */
bool spp_read_range(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const double *values, size_t count);

/* The digest of a record whose estimates were rounded when it was read. */
void spp_read_digest(struct spp_record *record);

/* Add a warning that can be kept, unless it was given already. */
void spp_errs_add_kind(struct spp_errs *errs, const struct spp_err *err);

#endif
