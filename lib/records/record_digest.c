/*
 * What a record says, as SHA-256: independent of blanks, of the order of
 * keys and of the way numbers are written.
 *
 * Bytes hashed: the name of the type and a NUL; then of each field that is
 * there, in the order of its table, its place in it (from 1) and its value;
 * then 0.  A number is its IEEE bits: 32 where these hold it, always so of
 * estimates (six digits fit), else a NaN and 64, least byte first.  Places
 * and counts are in groups of seven bits, the last without the eighth; times
 * and whole numbers have 64 bits.  Text is its length and its bytes, a list
 * its count and its items, an object its fields; numbers that are all equal
 * are 1 and the number, else 0 and all of them.
 */
#include "lib/base/num.h"
#include "lib/records/record.h"

#include <math.h>
#include <sha2.h>
#include <string.h>

/* Small pieces are collected: a call of libmd for each would be dear. */
struct sink {
	SHA2_CTX context;
	bool rounded; /* the estimates are, as they come from the parser */
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

static void put_bits(struct sink *sink, uint64_t bits, size_t size)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(bits >> (8 * i));
	put(sink, bytes, size);
}

static void put_count(struct sink *sink, size_t count)
{
	uint8_t bytes[10];
	size_t length = 0;

	for (; count > 0x7f; count >>= 7)
		bytes[length++] = (uint8_t)(count | 0x80);
	bytes[length++] = (uint8_t)count;
	put(sink, bytes, length);
}

/* A number as it will be read: JSON's -0 may come back as 0. */
static double as_read(
	const struct sink *sink, const struct spp_field *field, double number)
{
	if (field->estimate && !sink->rounded)
		number = spp_num_estimate(number);
	return number + 0.0;
}

static void put_number(
	struct sink *sink, const struct spp_field *field, double number)
{
	float narrow;
	uint32_t bits;
	uint64_t wide;

	number = as_read(sink, field, number);
	narrow = (float)number;
	/* Below, singles have fewer digits. */
	if ((double)narrow == number ||
		(field->estimate && fabs(number) > 1e-30)) {
		memcpy(&bits, &narrow, sizeof bits);
		put_bits(sink, bits, 4);
		return;
	}
	memcpy(&wide, &number, sizeof wide);
	put_bits(sink, 0x7fc00000, 4);
	put_bits(sink, wide, 8);
}

static void put_text(struct sink *sink, const char *text)
{
	size_t length = strlen(text);

	put_count(sink, length);
	put(sink, text, length);
}

static void put_numbers(struct sink *sink, const struct spp_field *field,
	const double *numbers, size_t count)
{
	double first = count > 0 ? as_read(sink, field, numbers[0]) : 0;
	size_t equal = 1;

	while (equal < count && as_read(sink, field, numbers[equal]) == first)
		equal++;
	put_count(sink, equal >= count);
	if (equal >= count && count > 0)
		count = 1;
	for (size_t i = 0; i < count; i++)
		put_number(sink, field, numbers[i]);
}

static void put_fields(
	struct sink *sink, const struct spp_fields *fields, const void *value);

static void put_one(
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
		put_number(sink, field, *(const double *)at);
		break;
	case SPP_INTEGER:
	case SPP_TIME:
		put_bits(sink, (uint64_t) * (const int64_t *)at, 8);
		break;
	case SPP_CHOICE:
		put_text(sink, field->choices[*(const int *)at]);
		break;
	case SPP_OBJECT:
		put_fields(sink, &field->members, at);
		break;
	}
}

static void put_list(
	struct sink *sink, const struct spp_field *field, struct spp_list list)
{
	size_t stride = spp_field_stride(field);

	const char *at = list.items;
	const struct spp_field row = spp_field_row(field);

	put_count(sink, list.count);
	if (field->shape == SPP_LIST && field->kind == SPP_NUMBER) {
		put_numbers(sink, field, list.items, list.count);
		return;
	}
	for (size_t i = 0; i < list.count; i++, at += stride)
		if (field->shape == SPP_MATRIX)
			put_list(sink, &row, spp_field_list(at));
		else
			put_one(sink, field, at);
}

static void put_value(
	struct sink *sink, const struct spp_field *field, const void *at)
{
	const struct spp_amounts *amounts = at;

	if (field->shape == SPP_ONE) {
		put_one(sink, field, spp_field_one(field, at));
		return;
	}
	if (field->shape != SPP_BY_NAME) {
		put_list(sink, field, spp_field_list(at));
		return;
	}
	put_count(sink, amounts->count);
	for (size_t i = 0; i < amounts->count; i++) {
		put_text(sink, amounts->names[i]);
		put_number(sink, field, amounts->values[i]);
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
		put_count(sink, i + 1);
		put_value(sink, field, at);
	}
	put_count(sink, 0);
}

void spp_record_digest(enum spp_type type, const void *value, bool rounded,
	unsigned char digest[SPP_DIGEST_SIZE])
{
	const struct spp_record_type *known = &spp_record_types[type];
	struct sink sink;

	sink.used = 0;
	sink.rounded = rounded;
	SHA256Init(&sink.context);
	put(&sink, known->name, strlen(known->name) + 1);
	put_fields(&sink, known->fields, value);
	SHA256Update(&sink.context, sink.bytes, sink.used);
	SHA256Final(digest, &sink.context);
}
