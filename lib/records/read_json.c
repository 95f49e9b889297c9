/* All values of a field from JSON. */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/io/json.h"
#include "lib/records/read.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool spp_read_mismatch(
	struct spp_read *read, const char *wanted, const struct spp_json *got)
{
	enum spp_json_kind kind = spp_json_kind(got);

	spp_read_fail(
		read, "must be %s, got %s", wanted, spp_json_kind_name(kind));
	return kind == SPP_JSON_NULL &&
	       spp_err_hint(read->err, "Leave out a field without a value.");
}

/*
 * Other tools may write 1000 as 1e3: what counts is the value.  A double
 * holds it, as no whole number of a record may go beyond 2^53.
 */
static bool read_number(struct spp_read *read, const struct spp_field *field,
	const struct spp_json *json, void *at)
{
	double number = spp_json_number(json);

	if (!spp_read_range(read, field, number))
		return false;
	if (field->kind == SPP_NUMBER) {
		*(double *)at =
			field->estimate ? spp_num_estimate(number) : number;
		return true;
	}
	assert(spp_field_max(field) <= 9007199254740992.0);
	*(int64_t *)at = (int64_t)number;
	return number == floor(number) ||
	       spp_read_fail(read, "must be a whole number");
}

/* Any value, kept as compact text: numbers and order of keys normalised. */
static bool read_any(
	struct spp_read *read, const struct spp_json *json, const char **text)
{
	struct spp_buf buf = {0};

	spp_json_print(json, &buf);
	*text = buf.failed ? NULL
	                   : spp_arena_text(read->arena, buf.data, buf.length);
	spp_buf_free(&buf);
	return *text != NULL || spp_fail_memory(read->err);
}

static bool read_one(struct spp_read *read, const struct spp_field *field,
	const struct spp_json *json, void *at)
{
	enum spp_json_kind kind = spp_json_kind(json);
	char digits[SPP_NUM_SIZE];

	switch (field->kind) {
	case SPP_FLAG:
		if (kind != SPP_JSON_BOOL)
			break;
		*(bool *)at = spp_json_bool(json);
		return true;
	case SPP_NUMBER:
	case SPP_INTEGER:
		if (kind != SPP_JSON_INTEGER && kind != SPP_JSON_REAL)
			break;
		return read_number(read, field, json, at);
	case SPP_OBJECT:
		if (kind != SPP_JSON_OBJECT)
			break;
		spp_fields_clear(&field->members, at);
		return spp_read_members(read, &field->members, json, at);
	case SPP_JSON:
		return read_any(read, json, at);
	default:
		if (kind == SPP_JSON_STRING)
			return spp_read_text(
				read, field, spp_json_string(json, NULL), at);
		if (kind != SPP_JSON_INTEGER || field->kind != SPP_ID)
			break;
		snprintf(digits, sizeof digits, "%" PRId64,
			spp_json_integer(json));
		return spp_read_text(read, field, digits, at);
	}
	return spp_read_mismatch(
		read, spp_kind_words[field->kind].message, json);
}

static bool read_element(struct spp_read *read, const struct spp_field *field,
	const struct spp_json *json, void *at)
{
	struct spp_field row;

	if (field->shape != SPP_MATRIX)
		return read_one(read, field, json, at);
	row = spp_field_row(field);
	return spp_read_json(read, &row, json, at);
}

static const char *noun_of_many(const struct spp_field *field)
{
	if (field->shape == SPP_MATRIX)
		return "an array of arrays of numbers";
	if (field->shape == SPP_BY_NAME)
		return "an object of numbers";
	return field->kind == SPP_NUMBER   ? "an array of numbers"
	       : field->kind == SPP_OBJECT ? "an array of objects"
	                                   : "an array of strings";
}

static bool check_count(
	struct spp_read *read, const struct spp_field *field, size_t count)
{
	if (count < field->least)
		return spp_read_fail(read,
			"must have %zu or more values, got %zu", field->least,
			count);
	return field->most == 0 || count <= field->most ||
	       spp_read_fail(read, "must have at most %zu values, got %zu",
		       field->most, count);
}

/* Lists of names are short: each is compared with each. */
static bool check_distinct(
	struct spp_read *read, const char *const *names, size_t count)
{
	char quoted[SPP_QUOTE_SIZE];

	for (size_t i = 1; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(names[i], names[k]) == 0)
				return spp_read_fail(read, "names %s twice",
					spp_err_quote(quoted, names[i],
						strlen(names[i])));
	return true;
}

/* An empty list is not the same as none. */
static bool read_list(struct spp_read *read, const struct spp_field *field,
	const struct spp_json *json, void *at)
{
	size_t *element = &read->path[read->depth - 1].element;
	size_t stride = spp_field_stride(field);
	struct spp_list list = {.count = spp_json_count(json)};

	list.items = spp_arena_alloc(read->arena, list.count, stride);
	if (list.items == NULL)
		return spp_fail_memory(read->err);
	memcpy(at, &list, sizeof list);
	for (size_t i = 0; i < list.count; i++) {
		*element = i + 1;
		if (!read_element(read, field, spp_json_at(json, i),
			    (char *)list.items + i * stride))
			return false;
	}
	*element = 0;
	return !field->distinct || check_distinct(read, list.items, list.count);
}

static bool read_by_name(struct spp_read *read, const struct spp_field *field,
	const struct spp_json *json, struct spp_amounts *amounts)
{
	static const struct spp_field id = {.kind = SPP_ID};
	const struct spp_json *value;
	const char *name;
	void *cursor = NULL;
	double number;
	size_t count = spp_json_count(json);

	amounts->names =
		spp_arena_alloc(read->arena, count, sizeof *amounts->names);
	amounts->values =
		spp_arena_alloc(read->arena, count, sizeof *amounts->values);
	if (amounts->names == NULL || amounts->values == NULL)
		return spp_fail_memory(read->err);
	while (spp_json_next(json, &cursor, &name, &value)) {
		spp_read_enter(read, name);
		if (!spp_read_text(read, &id, name, &name) ||
			!read_one(read, field, value, &number))
			return false;
		read->depth--;
		spp_amounts_add(amounts, name, number);
	}
	return true;
}

bool spp_read_json(struct spp_read *read, const struct spp_field *field,
	const struct spp_json *json, void *at)
{
	bool by_name = field->shape == SPP_BY_NAME;
	void *object;

	if (field->shape != SPP_ONE) {
		if (spp_json_kind(json) !=
			(by_name ? SPP_JSON_OBJECT : SPP_JSON_ARRAY))
			return spp_read_mismatch(
				read, noun_of_many(field), json);
		if (!check_count(read, field, spp_json_count(json)))
			return false;
	}
	switch (field->shape) {
	case SPP_LIST:
	case SPP_MATRIX:
		return read_list(read, field, json, at);
	case SPP_BY_NAME:
		return read_by_name(read, field, json, at);
	case SPP_ONE:
		break;
	}
	if (field->kind != SPP_OBJECT)
		return read_one(read, field, json, at);
	object = spp_arena_alloc(read->arena, 1, field->members.size);
	if (object == NULL)
		return spp_fail_memory(read->err);
	*(void **)at = object;
	return read_one(read, field, json, object);
}
