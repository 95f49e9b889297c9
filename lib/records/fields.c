/* Values with every field absent. */
#include "lib/base/arena.h"
#include "lib/records/record.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void clear(const struct spp_field *field, char *at)
{
	switch (field->kind) {
	case SPP_NUMBER:
	case SPP_ESTIMATE:
	case SPP_DURATION:
		*(double *)(void *)at = NAN;
		break;
	case SPP_INTEGER:
		*(int64_t *)(void *)at = SPP_ABSENT;
		break;
	case SPP_TIME:
		*(spp_time *)(void *)at = SPP_TIME_NONE;
		break;
	case SPP_CHOICE:
		*(int *)(void *)at = -1;
		break;
	default: /* all zero is absent */
		break;
	}
}

bool spp_field_choose(
	const struct spp_field *field, const char *text, int *choice)
{
	for (int i = 0; field->choices[i] != NULL; i++) {
		if (strcmp(field->choices[i], text) == 0) {
			*choice = i;
			return true;
		}
	}
	return false;
}

const char *spp_field_choices(
	const struct spp_field *field, char text[SPP_CHOICES_SIZE])
{
	const char *const *choices = field->choices;
	size_t length = 0;

	for (size_t i = 0; choices[i] != NULL; i++) {
		const char *before = i == 0                   ? ""
		                     : choices[i + 1] == NULL ? " or "
		                                              : ", ";

		length += (size_t)snprintf(text + length,
			SPP_CHOICES_SIZE - length, "%s%s", before, choices[i]);
		assert(length < SPP_CHOICES_SIZE);
	}
	return text;
}

bool spp_field_ranged(const struct spp_field *field)
{
	switch (field->kind) {
	case SPP_NUMBER:
	case SPP_ESTIMATE:
	case SPP_INTEGER:
	case SPP_NUMBERS:
	case SPP_ESTIMATES:
	case SPP_MATRIX:
	case SPP_AMOUNTS:
	case SPP_DURATION:
		return true;
	default:
		return false;
	}
}

bool spp_field_there(const struct spp_field *field, const void *at)
{
	switch (field->kind) {
	case SPP_STRING:
	case SPP_ID:
	case SPP_JSON:
	case SPP_OBJECT:
		return *(const void *const *)at != NULL;
	case SPP_FLAG:
		return *(const bool *)at;
	case SPP_NUMBER:
	case SPP_ESTIMATE:
	case SPP_DURATION:
		return spp_present(*(const double *)at);
	case SPP_INTEGER:
		return *(const int64_t *)at != SPP_ABSENT;
	case SPP_TIME:
		return *(const spp_time *)at != SPP_TIME_NONE;
	case SPP_CHOICE:
		return *(const int *)at >= 0;
	case SPP_STRINGS:
		return ((const struct spp_strings *)at)->items != NULL;
	case SPP_NUMBERS:
	case SPP_ESTIMATES:
		return ((const struct spp_numbers *)at)->items != NULL;
	case SPP_MATRIX:
		return ((const struct spp_matrix *)at)->items != NULL;
	case SPP_AMOUNTS:
		return ((const struct spp_amounts *)at)->names != NULL;
	case SPP_OBJECTS:
		return ((const struct spp_objects *)at)->items != NULL;
	}
	return false;
}

void spp_fields_clear(const struct spp_fields *fields, void *value)
{
	assert(fields->count <= SPP_FIELDS_MAX);
	memset(value, 0, fields->size);
	for (size_t i = 0; i < fields->count; i++)
		clear(&fields->items[i],
			(char *)value + fields->items[i].offset);
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

void *spp_record_new(enum spp_type type, struct spp_arena *arena)
{
	const struct spp_fields *fields = &spp_record_types[type]->fields;
	void *value = spp_arena_alloc(arena, 1, fields->size);

	assert(type < SPP_TYPES);
	if (value != NULL)
		spp_fields_clear(fields, value);
	return value;
}
