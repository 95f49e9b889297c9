/* A typed value as one line of JSON, fields in the order of the table. */
#include "lib/base/buf.h"
#include "lib/io/json.h"
#include "lib/records/record.h"

#include <assert.h>
#include <string.h>

static void print_fields(const struct spp_fields *fields, const void *value,
	struct spp_buf *buf, bool first);

static void print_number(double number, bool estimate, struct spp_buf *buf)
{
	/* A number that is none cannot be written: its maker is wrong. */
	assert(spp_present(number - number));
	if (estimate)
		spp_json_put_estimate(buf, number);
	else
		spp_json_put_exact(buf, number);
}

static void print_numbers(
	const double *numbers, size_t count, bool estimate, struct spp_buf *buf)
{
	spp_buf_char(buf, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		print_number(numbers[i], estimate, buf);
	}
	spp_buf_char(buf, ']');
}

static void print_strings(
	const struct spp_strings *strings, struct spp_buf *buf)
{
	spp_buf_char(buf, '[');
	for (size_t i = 0; i < strings->count; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		spp_json_put_string(buf, strings->items[i]);
	}
	spp_buf_char(buf, ']');
}

static void print_matrix(const struct spp_matrix *matrix, struct spp_buf *buf)
{
	spp_buf_char(buf, '[');
	for (size_t i = 0; i < matrix->rows; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		print_numbers(matrix->items + i * matrix->columns,
			matrix->columns, true, buf);
	}
	spp_buf_char(buf, ']');
}

static void print_amounts(
	const struct spp_amounts *amounts, struct spp_buf *buf)
{
	spp_buf_char(buf, '{');
	for (size_t i = 0; i < amounts->count; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		spp_json_put_string(buf, amounts->names[i]);
		spp_buf_char(buf, ':');
		print_number(amounts->values[i], false, buf);
	}
	spp_buf_char(buf, '}');
}

static void print_object(const struct spp_fields *members, const void *value,
	struct spp_buf *buf)
{
	spp_buf_char(buf, '{');
	print_fields(members, value, buf, true);
	spp_buf_char(buf, '}');
}

static void print_objects(const struct spp_fields *members,
	const struct spp_objects *objects, struct spp_buf *buf)
{
	spp_buf_char(buf, '[');
	for (size_t i = 0; i < objects->count; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		print_object(members,
			(const char *)objects->items + i * members->size, buf);
	}
	spp_buf_char(buf, ']');
}

static void print_time(spp_time time, struct spp_buf *buf)
{
	char text[SPP_TIME_SIZE];

	spp_time_text(time, text);
	spp_json_put_string(buf, text);
}

static void print_list(
	const struct spp_field *field, const void *at, struct spp_buf *buf)
{
	const struct spp_numbers *numbers = at;

	switch (field->kind) {
	case SPP_STRINGS:
		print_strings(at, buf);
		break;
	case SPP_NUMBERS:
	case SPP_ESTIMATES:
		print_numbers(numbers->items, numbers->count,
			field->kind == SPP_ESTIMATES, buf);
		break;
	case SPP_MATRIX:
		print_matrix(at, buf);
		break;
	case SPP_AMOUNTS:
		print_amounts(at, buf);
		break;
	case SPP_OBJECTS:
		print_objects(&field->members, at, buf);
		break;
	default:
		assert(!"a kind of field that no record has");
	}
}

static void print_value(
	const struct spp_field *field, const void *at, struct spp_buf *buf)
{
	switch (field->kind) {
	case SPP_STRING:
	case SPP_ID:
		spp_json_put_string(buf, *(const char *const *)at);
		break;
	case SPP_FLAG:
		spp_buf_string(buf, "true");
		break;
	case SPP_NUMBER:
	case SPP_ESTIMATE:
	case SPP_DURATION:
		print_number(
			*(const double *)at, field->kind == SPP_ESTIMATE, buf);
		break;
	case SPP_INTEGER:
		spp_json_put_integer(buf, *(const int64_t *)at);
		break;
	case SPP_TIME:
		print_time(*(const spp_time *)at, buf);
		break;
	case SPP_CHOICE:
		spp_json_put_string(buf, field->choices[*(const int *)at]);
		break;
	case SPP_OBJECT:
		print_object(&field->members, *(const void *const *)at, buf);
		break;
	case SPP_JSON:
		spp_buf_string(buf, *(const char *const *)at);
		break;
	default:
		print_list(field, at, buf);
	}
}

void spp_field_print(
	const struct spp_field *field, const void *at, struct spp_buf *buf)
{
	spp_json_put_string(buf, field->name);
	spp_buf_char(buf, ':');
	print_value(field, at, buf);
}

/* A list that must stand there stands there empty, too. */
static bool is_list(const struct spp_field *field)
{
	return field->kind == SPP_STRINGS || field->kind == SPP_NUMBERS ||
	       field->kind == SPP_ESTIMATES || field->kind == SPP_AMOUNTS ||
	       field->kind == SPP_OBJECTS;
}

static void print_fields(const struct spp_fields *fields, const void *value,
	struct spp_buf *buf, bool first)
{
	for (size_t i = 0; i < fields->count; i++) {
		const struct spp_field *field = &fields->items[i];
		const char *at = (const char *)value + field->offset;

		if (!spp_field_there(field, at) &&
			!(field->required && is_list(field)))
			continue;
		if (!first)
			spp_buf_char(buf, ',');
		spp_field_print(field, at, buf);
		first = false;
	}
}

void spp_record_print(
	enum spp_type type, const void *value, struct spp_buf *buf)
{
	const struct spp_record_type *known = spp_record_types[type];

	spp_buf_string(buf, "{\"type\":");
	spp_json_put_string(buf, known->name);
	print_fields(&known->fields, value, buf, false);
	spp_buf_string(buf, "}\n");
}
