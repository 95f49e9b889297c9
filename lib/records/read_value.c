/* Reading fields that hold one value; places and messages of all. */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/base/utf8.h"
#include "lib/io/json.h"
#include "lib/records/read.h"
#include "lib/records/record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void spp_read_place(
	const struct spp_read_path *path, char place[SPP_PLACE_SIZE])
{
	size_t length = 0;

	if (path->up != NULL) {
		spp_read_place(path->up, place);
		length = strlen(place);
	}
	length += (size_t)snprintf(place + length, SPP_PLACE_SIZE - length,
		"%s%s", path->up != NULL ? "." : "", path->name);
	if (path->element > 0 && length < SPP_PLACE_SIZE)
		snprintf(place + length, SPP_PLACE_SIZE - length, "[%zu]",
			path->element - 1);
}

bool spp_read_fail(struct spp_read *read, const struct spp_read_path *path,
	const char *format, ...)
{
	char place[SPP_PLACE_SIZE], text[256];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	spp_read_place(path, place);
	spp_fail(read->err, SPP_INPUT, "field \"%s\" %s", place, text);
	spp_err_field(read->err, place);
	return false;
}

bool spp_read_kind(struct spp_read *read, const struct spp_read_path *path,
	const char *wanted, const struct spp_json *got)
{
	enum spp_json_kind kind = spp_json_kind(got);

	spp_read_fail(read, path, "must be %s, got %s", wanted,
		spp_json_kind_name(kind));
	if (kind == SPP_JSON_NULL)
		spp_err_hint(read->err, "Leave out a field without a value.");
	return false;
}

bool spp_read_range(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const double *values, size_t count)
{
	char text[SPP_NUM_SIZE];

	for (size_t i = 0; i < count; i++) {
		const struct spp_read_path item = {path->up, path->name, i + 1};

		if (values[i] >= field->min &&
			values[i] <= spp_field_max(field))
			continue;
		spp_num_exact(values[i], text);
		return spp_read_fail(read, count > 1 ? &item : path,
			"must be between %g and %g, got %s", field->min,
			spp_field_max(field), text);
	}
	return true;
}

static bool read_number(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json,
	double *number)
{
	enum spp_json_kind kind = spp_json_kind(json);

	if (kind != SPP_JSON_INTEGER && kind != SPP_JSON_REAL)
		return spp_read_kind(read, path, "a number", json);
	*number = spp_json_number(json);
	if (!spp_read_range(read, path, field, number, 1))
		return false;
	if (field->kind == SPP_ESTIMATE)
		*number = spp_num_estimate(*number);
	return true;
}

/* Other tools may write 1000 as 1e3: what counts is the value. */
static bool read_integer(struct spp_read *read,
	const struct spp_read_path *path, const struct spp_field *field,
	const struct spp_json *json, int64_t *integer)
{
	enum spp_json_kind kind = spp_json_kind(json);
	double number;

	if (kind != SPP_JSON_INTEGER && kind != SPP_JSON_REAL)
		return spp_read_kind(read, path, "a whole number", json);
	number = spp_json_number(json);
	if (!spp_read_range(read, path, field, &number, 1))
		return false;
	if (kind == SPP_JSON_INTEGER) {
		*integer = spp_json_integer(json);
		return true;
	}
	if (number < -9007199254740992.0 || number > 9007199254740992.0 ||
		number != (double)(int64_t)number)
		return spp_read_fail(read, path, "must be a whole number");
	*integer = (int64_t)number;
	return true;
}

/* What a terminal would obey is no part of a name. */
static bool plain_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)text[i];
		size_t size = 1;

		if (c < ' ' || c >= 0x7f)
			size = spp_utf8_plain(text + i, length - i);
		if (size == 0)
			return false;
		i += size;
	}
	return true;
}

bool spp_read_id(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_json *json, bool plain, const char **id)
{
	char number[SPP_NUM_SIZE];
	const char *text = number;
	size_t length;

	switch (spp_json_kind(json)) {
	case SPP_JSON_INTEGER:
		length = (size_t)snprintf(number, sizeof number, "%" PRId64,
			spp_json_integer(json));
		break;
	case SPP_JSON_STRING:
		text = spp_json_string(json, &length);
		break;
	default:
		return spp_read_kind(read, path, "a string", json);
	}
	if (length == 0)
		return spp_read_fail(read, path, "must not be empty");
	if (length > SPP_NAME_MAX)
		return spp_read_fail(read, path,
			"must have at most %d bytes, got %zu", SPP_NAME_MAX,
			length);
	if (!plain_text(text, length))
		return spp_read_fail(
			read, path, "must not hold control characters");
	if (plain && memchr(text, '/', length) != NULL)
		return spp_read_fail(read, path, "must not hold \"/\"");
	*id = spp_arena_text(read->arena, text, length);
	return *id != NULL || spp_fail_memory(read->err);
}

static bool read_string(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_json *json, const char **string)
{
	const char *text;
	size_t length;

	if (spp_json_kind(json) != SPP_JSON_STRING)
		return spp_read_kind(read, path, "a string", json);
	text = spp_json_string(json, &length);
	if (length > SPP_TEXT_MAX)
		return spp_read_fail(read, path,
			"must have at most %d bytes, got %zu", SPP_TEXT_MAX,
			length);
	*string = spp_arena_text(read->arena, text, length);
	return *string != NULL || spp_fail_memory(read->err);
}

static bool read_choice(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json, int *choice)
{
	char quoted[SPP_QUOTE_SIZE], choices[SPP_CHOICES_SIZE];
	const char *text;
	size_t length;

	if (spp_json_kind(json) != SPP_JSON_STRING)
		return spp_read_kind(read, path, "a string", json);
	text = spp_json_string(json, &length);
	return spp_field_choose(field, text, choice) ||
	       spp_read_fail(read, path, "must be %s, got %s",
		       spp_field_choices(field, choices),
		       spp_err_quote(quoted, text, length));
}

static bool read_time(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_json *json, spp_time *time)
{
	char quoted[SPP_QUOTE_SIZE];
	const char *text;
	size_t length;

	if (spp_json_kind(json) != SPP_JSON_STRING)
		return spp_read_kind(
			read, path, "a time like 2026-11-22T10:00:00Z", json);
	text = spp_json_string(json, &length);
	return spp_time_parse(text, SPP_OFFSET_NONE, time) ||
	       spp_read_fail(read, path,
		       "must be a time like 2026-11-22T10:00:00Z, got %s",
		       spp_err_quote(quoted, text, length));
}

/* Any value, kept as compact text: numbers and order of keys normalised. */
static bool read_json(
	struct spp_read *read, const struct spp_json *json, const char **text)
{
	struct spp_buf buf = {0};

	spp_json_print(json, &buf);
	if (!spp_buf_ok(&buf, read->err)) {
		spp_buf_free(&buf);
		return false;
	}
	*text = spp_arena_text(read->arena, buf.data, buf.length);
	spp_buf_free(&buf);
	return *text != NULL || spp_fail_memory(read->err);
}

bool spp_read_value(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json, void *at)
{
	switch (field->kind) {
	case SPP_STRING:
		return read_string(read, path, json, at);
	case SPP_ID:
		return spp_read_id(read, path, json, field->plain, at);
	case SPP_FLAG:
		if (spp_json_kind(json) != SPP_JSON_BOOL)
			return spp_read_kind(read, path, "true or false", json);
		*(bool *)at = spp_json_bool(json);
		return true;
	case SPP_NUMBER:
	case SPP_ESTIMATE:
		return read_number(read, path, field, json, at);
	case SPP_INTEGER:
		return read_integer(read, path, field, json, at);
	case SPP_TIME:
		return read_time(read, path, json, at);
	case SPP_CHOICE:
		return read_choice(read, path, field, json, at);
	case SPP_JSON:
		return read_json(read, json, at);
	default:
		return spp_read_array(read, path, field, json, at);
	}
}
