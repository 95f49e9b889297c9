/*
 * One record: its type, its typed value, where it came from.
 */
#ifndef SPP_RECORDS_RECORD_H
#define SPP_RECORDS_RECORD_H

#include "lib/records/answer_records.h"
#include "lib/records/cluster_records.h"
#include "lib/records/types.h"

struct spp_arena;
struct spp_buf;
struct spp_err;
struct spp_errs;

enum { SPP_SCHEMA = 1, SPP_DIGEST_SIZE = 32 };

struct spp_record {
	enum spp_type type;
	size_t line;        /* where it stood, 0 = made here */
	const char *source; /* "<stdin>" ... */
	void *value;        /* struct of its type */
	const char *text;   /* the bytes that came in; NULL = made here */
	size_t length;
	unsigned char digest[SPP_DIGEST_SIZE];
};

/*
 * Read one line.  The record and all it holds live in the arena; its text
 * is copied there only when keep_text.  Unknown fields add one warning each
 * with the nearest name (an error when strict; silent from "x_" on).  A
 * line of an unknown type is an error with the nearest type.
 */
struct spp_record_options {
	bool strict;
	bool keep_text;
};
bool spp_record_parse(const char *line, size_t length, const char *source,
	size_t number, const struct spp_record_options *options,
	struct spp_arena *arena, struct spp_record *record,
	struct spp_errs *warnings, struct spp_err *err);

/*
 * A value with every field absent: what a maker fills in.  NULL on failure
 * (the arena remembers).  spp_fields_clear does the same in place.
 */
void *spp_record_new(enum spp_type type, struct spp_arena *arena);
void spp_fields_clear(const struct spp_fields *fields, void *value);

/* Does it hold numbers, each between its min and its max? */
bool spp_field_ranged(const struct spp_field *field);

/* Is the value of a field there?  AT is where it lies in its struct. */
bool spp_field_there(const struct spp_field *field, const void *at);

/* Put an amount where its name belongs; the lists have room for it. */
void spp_amounts_add(
	struct spp_amounts *amounts, const char *name, double value);

/* The choice that TEXT is; false when it is none. */
bool spp_field_choose(
	const struct spp_field *field, const char *text, int *choice);

/* All choices, for messages: "rack or zone".  Returns TEXT. */
enum { SPP_CHOICES_SIZE = 128 };
const char *spp_field_choices(
	const struct spp_field *field, char text[SPP_CHOICES_SIZE]);

/* Append "name":value. */
void spp_field_print(
	const struct spp_field *field, const void *at, struct spp_buf *buf);

/* Append the line (with "type" first, fields in table order, newline). */
void spp_record_print(
	enum spp_type type, const void *value, struct spp_buf *buf);

/*
 * SHA-256 of the typed value: type, known fields in table order, numbers as
 * IEEE bits, strings with their length.  Estimates count as rounded.
 * record_digest.c says byte by byte what is hashed.
 */
void spp_record_digest(enum spp_type type, const void *value,
	unsigned char digest[SPP_DIGEST_SIZE]);

/* The JSON Schema (2020-12) of all records, appended to buf. */
void spp_record_schema(struct spp_buf *buf);

/* mdoc tables of all record types for spp-records(5). */
void spp_record_manual(struct spp_buf *buf);

/* TEXT of a table as a sentence in mdoc: nothing in it is a request. */
void spp_record_sentence(const char *text, struct spp_buf *buf);

#endif
