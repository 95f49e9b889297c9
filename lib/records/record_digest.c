/*
 * What a record says, as SHA-256: independent of blanks, of the order of
 * keys and of the way numbers are written; names rather than positions of
 * fields, so that a table may grow.
 *
 * Bytes hashed: the name of the type and a NUL; then of each field that is
 * there, in the order of the table, its name, a NUL and its value.  A
 * number is its IEEE bits, a count 64 bits, all least byte first; text is
 * its length and its bytes; a list its count and its items; an object its
 * fields and an empty name.
 */
#include "lib/base/num.h"
#include "lib/records/record.h"

#include <assert.h>
#include <sha2.h>
#include <string.h>

/* Small pieces are collected: a call of libmd for each would be dear. */
struct sink {
	SHA2_CTX context;
	size_t used;
	uint8_t bytes[1024];
};

static void put(struct sink *sink, const void *data, size_t length)
{
	if (length > sizeof sink->bytes - sink->used) {
		SHA256Update(&sink->context, sink->bytes, sink->used);
		sink->used = 0;
	}
	if (length > sizeof sink->bytes) {
		SHA256Update(&sink->context, data, length);
		return;
	}
	memcpy(sink->bytes + sink->used, data, length);
	sink->used += length;
}

static void put_count(struct sink *sink, uint64_t count)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(count >> (8 * i));
	put(sink, bytes, sizeof bytes);
}

static void put_number(struct sink *sink, double number)
{
	uint64_t bits;

	number += 0.0; /* JSON's -0 may come back as 0 */
	memcpy(&bits, &number, sizeof bits);
	put_count(sink, bits);
}

static void put_text(struct sink *sink, const char *text)
{
	size_t length = strlen(text);

	put_count(sink, length);
	put(sink, text, length);
}

static void put_numbers(
	struct sink *sink, const double *numbers, size_t count, bool estimate)
{
	for (size_t i = 0; i < count; i++)
		put_number(sink,
			estimate ? spp_num_estimate(numbers[i]) : numbers[i]);
}

static void put_fields(
	struct sink *sink, const struct spp_fields *fields, const void *value);

static void put_list(
	struct sink *sink, const struct spp_field *field, const void *at)
{
	const struct spp_strings *strings = at;
	const struct spp_numbers *numbers = at;
	const struct spp_matrix *matrix = at;
	const struct spp_amounts *amounts = at;
	const struct spp_objects *objects = at;

	switch (field->kind) {
	case SPP_STRINGS:
		put_count(sink, strings->count);
		for (size_t i = 0; i < strings->count; i++)
			put_text(sink, strings->items[i]);
		break;
	case SPP_NUMBERS:
	case SPP_ESTIMATES:
		put_count(sink, numbers->count);
		put_numbers(sink, numbers->items, numbers->count,
			field->kind == SPP_ESTIMATES);
		break;
	case SPP_MATRIX:
		put_count(sink, matrix->rows);
		put_count(sink, matrix->columns);
		put_numbers(sink, matrix->items,
			matrix->rows * matrix->columns, true);
		break;
	case SPP_AMOUNTS:
		put_count(sink, amounts->count);
		for (size_t i = 0; i < amounts->count; i++) {
			put_text(sink, amounts->names[i]);
			put_number(sink, amounts->values[i]);
		}
		break;
	case SPP_OBJECTS:
		put_count(sink, objects->count);
		for (size_t i = 0; i < objects->count; i++)
			put_fields(sink, field->members,
				(const char *)objects->items +
					i * field->members->size);
		break;
	default:
		assert(!"a kind of field that no record has");
	}
}

static void put_value(
	struct sink *sink, const struct spp_field *field, const void *at)
{
	switch (field->kind) {
	case SPP_STRING:
	case SPP_ID:
	case SPP_JSON:
		put_text(sink, *(const char *const *)at);
		break;
	case SPP_FLAG:
		break; /* that it is there says all */
	case SPP_NUMBER:
	case SPP_ESTIMATE:
		put_numbers(sink, at, 1, field->kind == SPP_ESTIMATE);
		break;
	case SPP_INTEGER:
	case SPP_TIME:
		put_count(sink, (uint64_t) * (const int64_t *)at);
		break;
	case SPP_CHOICE:
		put_text(sink, field->choices[*(const int *)at]);
		break;
	case SPP_OBJECT:
		put_fields(sink, field->members, *(const void *const *)at);
		break;
	default:
		put_list(sink, field, at);
	}
}

static void put_fields(
	struct sink *sink, const struct spp_fields *fields, const void *value)
{
	for (size_t i = 0; i < fields->count; i++) {
		const struct spp_field *field = &fields->items[i];
		const char *at = (const char *)value + field->offset;

		if (!spp_field_there(field, at))
			continue;
		put(sink, field->name, strlen(field->name) + 1);
		put_value(sink, field, at);
	}
	put(sink, "", 1);
}

void spp_record_digest(enum spp_type type, const void *value,
	unsigned char digest[SPP_DIGEST_SIZE])
{
	const struct spp_record_type *known = spp_record_types[type];
	struct sink sink;

	sink.used = 0;
	SHA256Init(&sink.context);
	put(&sink, known->name, strlen(known->name) + 1);
	put_fields(&sink, &known->fields, value);
	SHA256Update(&sink.context, sink.bytes, sink.used);
	SHA256Final(digest, &sink.context);
}
