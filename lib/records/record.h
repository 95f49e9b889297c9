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
 * Read one line into the arena; NULL on failure.  Unknown fields are left
 * aside; spp_record_read in lib/records/read.h would warn of them.
 */
struct spp_record *spp_record_parse(const char *line, size_t length,
	const char *source, struct spp_arena *arena, struct spp_err *err);

/*
 * A value with every field absent: what a maker fills in.  NULL on failure
 * (the arena remembers).  spp_fields_clear does the same in place.
 */
void *spp_record_new(enum spp_type type, struct spp_arena *arena);

/* Append "name":value of a field that lies AT, with a comma before it. */
void spp_field_print(
	const struct spp_field *field, const void *at, struct spp_buf *buf);

/* Append the line (with "type" first, fields in table order, newline). */
void spp_record_print(
	enum spp_type type, const void *value, struct spp_buf *buf);

/*
 * SHA-256 of the typed value: type, known fields in table order, numbers as
 * IEEE bits, strings with their length.  Estimates count as rounded, which
 * those that were read are.  record_digest.c says what is hashed, byte by
 * byte.
 */
void spp_record_digest(enum spp_type type, const void *value, bool rounded,
	unsigned char digest[SPP_DIGEST_SIZE]);

/* The JSON Schema (2020-12) of all records, appended to buf. */
void spp_record_schema(struct spp_buf *buf);

/* mdoc: what a field says and its choices; tables of all record types. */
void spp_field_manual(const struct spp_field *field, struct spp_buf *buf);
void spp_record_manual(struct spp_buf *buf);

#endif
