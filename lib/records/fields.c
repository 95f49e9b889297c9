/* Values by their tables: absent or there, one or many. */
#include "lib/records/field.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const struct spp_kind_words spp_kind_words[] = {
	[SPP_STRING] = {"a string", "text", "\"type\":\"string\""},
	[SPP_ID] = {"a string", "name", "\"type\":[\"string\",\"integer\"]"},
	[SPP_FLAG] = {"true or false", "true or false", "\"type\":\"boolean\""},
	[SPP_NUMBER] = {"a number", "number", "\"type\":\"number\""},
	[SPP_INTEGER] = {"a whole number", "whole number",
		"\"type\":\"integer\""},
	[SPP_TIME] = {"a time like 2026-11-22T10:00:00Z", "time",
		"\"type\":\"string\",\"format\":\"date-time\""},
	[SPP_CHOICE] = {"a string", "choice", "\"enum\":"},
	[SPP_OBJECT] = {"an object", "object",
		"\"type\":\"object\",\"properties\":{"},
	[SPP_JSON] = {"a value", "any JSON", "\"$comment\":\"any value\""},
};

#define LIST "\"type\":\"array\",\"items\":{"
const struct spp_shape_words spp_shape_words[] = {
	[SPP_ONE] = {{"", ""}, {"", ""}},
	[SPP_LIST] = {{"list of ", "s"}, {LIST, "}"}},
	[SPP_MATRIX] = {{"list of lists of ", "s"}, {LIST LIST, "}}"}},
	[SPP_BY_NAME] = {{"", " by name"},
		{"\"type\":\"object\",\"additionalProperties\":{", "}"}},
};

bool spp_field_ranged(const struct spp_field *field)
{
	return field->kind == SPP_NUMBER || field->kind == SPP_INTEGER;
}

static void clear(const struct spp_field *field, void *at)
{
	switch (field->kind) {
	case SPP_NUMBER:
		*(double *)at = NAN;
		break;
	case SPP_INTEGER:
		*(int64_t *)at = SPP_ABSENT;
		break;
	case SPP_TIME:
		*(spp_time *)at = SPP_TIME_NONE;
		break;
	case SPP_CHOICE:
		*(int *)at = -1;
		break;
	default: /* all zero is absent */
		break;
	}
}

void spp_fields_clear(const struct spp_fields *fields, void *value)
{
	char *bytes = value;

	assert(fields->count <= SPP_FIELDS_MAX);
	memset(value, 0, fields->size);
	for (size_t i = 0; i < fields->count; i++)
		if (fields->items[i].shape == SPP_ONE)
			clear(&fields->items[i],
				bytes + fields->items[i].offset);
}

bool spp_field_there(const struct spp_field *field, const void *at)
{
	if (field->shape != SPP_ONE)
		return field->required || spp_field_list(at).items != NULL;
	switch (field->kind) {
	case SPP_FLAG:
		return *(const bool *)at;
	case SPP_NUMBER:
		return spp_present(*(const double *)at);
	case SPP_INTEGER:
		return *(const int64_t *)at != SPP_ABSENT;
	case SPP_TIME:
		return *(const spp_time *)at != SPP_TIME_NONE;
	case SPP_CHOICE:
		return *(const int *)at >= 0;
	default:
		return *(const void *const *)at != NULL;
	}
}

const void *spp_field_one(const struct spp_field *field, const void *at)
{
	return field->kind == SPP_OBJECT ? *(const void *const *)at : at;
}

/* Copied, as the pointers there are of other types. */
struct spp_list spp_field_list(const void *at)
{
	struct spp_list list;

	memcpy(&list, at, sizeof list);
	return list;
}

struct spp_field spp_field_row(const struct spp_field *field)
{
	struct spp_field row = *field;

	row.shape = SPP_LIST;
	row.least = row.most = 0;
	return row;
}

size_t spp_field_stride(const struct spp_field *field)
{
	if (field->shape == SPP_MATRIX)
		return sizeof(struct spp_numbers);
	if (field->kind == SPP_OBJECT)
		return field->members.size;
	return field->kind == SPP_NUMBER ? sizeof(double)
	                                 : sizeof(const char *);
}

void spp_amounts_add(
	struct spp_amounts *amounts, const char *name, double value)
{
	size_t at = amounts->count++;

	for (; at > 0 && strcmp(amounts->names[at - 1], name) > 0; at--) {
		amounts->names[at] = amounts->names[at - 1];
		amounts->values[at] = amounts->values[at - 1];
	}
	amounts->names[at] = name;
	amounts->values[at] = value;
}

int spp_field_choice(const struct spp_field *field, const char *text)
{
	int i = 0;

	while (field->choices[i] != NULL &&
		strcmp(field->choices[i], text) != 0)
		i++;
	return field->choices[i] != NULL ? i : -1;
}

const char *spp_field_choices(const struct spp_field *field,
	const char *between, const char *last, char text[SPP_CHOICES_SIZE])
{
	const char *const *choices = field->choices;
	size_t length = 0;

	for (size_t i = 0; choices[i] != NULL; i++) {
		const char *before = i == 0                   ? ""
		                     : choices[i + 1] == NULL ? last
		                                              : between;

		length += (size_t)snprintf(text + length,
			SPP_CHOICES_SIZE - length, "%s%s", before, choices[i]);
		assert(length < SPP_CHOICES_SIZE);
	}
	return text;
}
