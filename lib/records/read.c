/* One value from its text; places and messages of all reading. */
#include "lib/records/read.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/base/utf8.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void spp_read_enter(struct spp_read *read, const char *name)
{
	assert(read->depth < SPP_READ_DEPTH);
	read->path[read->depth++] = (struct spp_step){name, 0};
}

const char *spp_read_place(
	const struct spp_read *read, char place[SPP_PLACE_SIZE])
{
	size_t length = 0;

	for (size_t i = 0; i < read->depth && length < SPP_PLACE_SIZE; i++) {
		const struct spp_step *step = &read->path[i];

		length += (size_t)snprintf(place + length,
			SPP_PLACE_SIZE - length, "%s%s", i > 0 ? "." : "",
			step->name);
		if (step->element > 0 && length < SPP_PLACE_SIZE)
			length += (size_t)snprintf(place + length,
				SPP_PLACE_SIZE - length, "[%zu]",
				step->element - 1);
	}
	return place;
}

bool spp_read_fail(struct spp_read *read, const char *format, ...)
{
	char place[SPP_PLACE_SIZE], text[256];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	spp_read_place(read, place);
	if (read->err != NULL && read->err->status == SPP_DONE)
		memcpy(read->err->field, place, sizeof place);
	return spp_fail(read->err, read->option ? SPP_USAGE : SPP_INPUT,
		read->option ? "option --%s %s" : "field \"%s\" %s", place,
		text);
}

bool spp_read_range(
	struct spp_read *read, const struct spp_field *field, double number)
{
	double most = spp_field_max(field);
	char text[SPP_NUM_SIZE];

	if (number >= field->min && number <= most)
		return true;
	spp_num_exact(number, text);
	return spp_read_fail(read, "must be between %g and %g, got %s",
		field->min, most, text);
}

static bool check_id(struct spp_read *read, const struct spp_field *field,
	const char *text, size_t length)
{
	if (length == 0)
		return spp_read_fail(read, "must not be empty");
	for (size_t i = 0, size; i < length; i += size) {
		size = spp_utf8_plain(text + i, length - i);
		/* What a terminal would obey is no part of a name. */
		if (size == 0)
			return spp_read_fail(
				read, "must not hold control characters");
	}
	return !field->plain || strchr(text, '/') == NULL ||
	       spp_read_fail(read, "must not hold \"/\"");
}

static bool read_string(struct spp_read *read, const struct spp_field *field,
	const char *text, const char **string)
{
	size_t length = strlen(text);
	size_t most = field->kind == SPP_ID ? SPP_NAME_MAX : SPP_TEXT_MAX;

	if (length > most)
		return spp_read_fail(read,
			"must have at most %zu bytes, got %zu", most, length);
	if (field->kind == SPP_ID && !check_id(read, field, text, length))
		return false;
	*string = spp_arena_text(read->arena, text, length);
	return *string != NULL || spp_fail_memory(read->err);
}

bool spp_read_text(struct spp_read *read, const struct spp_field *field,
	const char *text, void *at)
{
	char quoted[SPP_QUOTE_SIZE], choices[SPP_CHOICES_SIZE];
	const char *wanted = spp_kind_words[field->kind].message;
	double *number = at;
	int64_t *integer = at;
	int *choice = at;

	switch (field->kind) {
	case SPP_STRING:
	case SPP_ID:
		return read_string(read, field, text, at);
	case SPP_NUMBER:
		if (field->unit != NULL && strcmp(field->unit, "s") == 0) {
			if (spp_duration_parse(text, number))
				return spp_read_range(read, field, *number);
			wanted = "a duration like 15m";
		} else if (spp_num_parse(text, number)) {
			return spp_read_range(read, field, *number);
		}
		break;
	case SPP_INTEGER:
		if (spp_num_parse_integer(text, integer))
			return spp_read_range(read, field, (double)*integer);
		break;
	case SPP_TIME:
		if (spp_time_parse(text, SPP_OFFSET_NONE, at))
			return true;
		break;
	case SPP_CHOICE:
		*choice = spp_field_choice(field, text);
		if (*choice >= 0)
			return true;
		wanted = spp_field_choices(field, ", ", " or ", choices);
		break;
	default:
		assert(!"a kind of field that has no text");
	}
	return spp_read_fail(read, "must be %s, got %s", wanted,
		spp_err_quote(quoted, text, strlen(text)));
}
