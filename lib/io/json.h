/*
 * JSON values.  json.c is the only file that knows jansson; a value is
 * opaque here.  Reading is strict: one value, no duplicate keys, no NUL in
 * strings, no NaN.
 */
#ifndef SPP_IO_JSON_H
#define SPP_IO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_arena;
struct spp_buf;
struct spp_err;
struct spp_json; /* a value; borrowed from its root unless said otherwise */

enum spp_json_kind {
	SPP_JSON_NULL,
	SPP_JSON_BOOL,
	SPP_JSON_INTEGER,
	SPP_JSON_REAL,
	SPP_JSON_STRING,
	SPP_JSON_ARRAY,
	SPP_JSON_OBJECT,
};

/*
 * Read one value that fills TEXT.  The caller owns the root and frees it
 * with spp_json_free.  NULL on failure: SPP_INPUT with the column in the
 * text, or SPP_SYSTEM when memory ran out.
 */
struct spp_json *spp_json_parse(
	const char *text, size_t length, struct spp_err *err);
void spp_json_free(struct spp_json *root);

enum spp_json_kind spp_json_kind(const struct spp_json *value);
const char *spp_json_kind_name(enum spp_json_kind kind); /* "a number" .. */
bool spp_json_bool(const struct spp_json *value);
double spp_json_number(const struct spp_json *value); /* integer or real */
int64_t spp_json_integer(const struct spp_json *value);
const char *spp_json_string(const struct spp_json *value, size_t *length);

size_t spp_json_count(const struct spp_json *value); /* members, elements */
const struct spp_json *spp_json_at(const struct spp_json *array, size_t i);
const struct spp_json *spp_json_get(
	const struct spp_json *object, const char *name);

/*
 * Walk an object in input order: *cursor starts as NULL; false at the end.
 */
bool spp_json_next(const struct spp_json *object, void **cursor,
	const char **name, const struct spp_json **value);

/* Compact text with sorted keys and our number format, appended to buf. */
void spp_json_print(const struct spp_json *value, struct spp_buf *buf);

/*
 * Writing needs no values: these append JSON text to a buffer.  A comma comes
 * only where something stands before it in its array or object; a name has
 * its comma before and its colon behind it.
 */
void spp_json_put_comma(struct spp_buf *buf);
void spp_json_put_name(struct spp_buf *buf, const char *name);
void spp_json_put_string(struct spp_buf *buf, const char *string);
void spp_json_put_exact(struct spp_buf *buf, double value);

#endif
