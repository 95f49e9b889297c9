/*
 * One line of JSON to one typed value, by the table of its type.  A record
 * is read member by member: as spp writes in the order of the table, the
 * field sought is nearly always the one after the last.
 */
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/text.h"
#include "lib/io/json.h"
#include "lib/records/read.h"

#include <assert.h>
#include <string.h>

void *spp_record_new(enum spp_type type, struct spp_arena *arena)
{
	const struct spp_fields *fields = spp_record_types[type].fields;
	void *value = spp_arena_alloc(arena, 1, fields->size);

	assert(type < SPP_TYPES);
	if (value != NULL)
		spp_fields_clear(fields, value);
	return value;
}

void spp_errs_add_kind(struct spp_errs *errs, const struct spp_err *err)
{
	for (size_t i = 0; i < errs->count && i < SPP_ERRS_KEPT; i++)
		if (strcmp(errs->kept[i].text, err->text) == 0)
			return;
	if (errs->count < SPP_ERRS_KEPT)
		spp_errs_add(errs, err);
}

/* A member that the table does not know. */
static bool unknown_field(struct spp_read *read,
	const struct spp_fields *fields, const char *name)
{
	const char *names[SPP_FIELDS_MAX];
	char place[SPP_PLACE_SIZE], quoted[SPP_QUOTE_SIZE];
	struct spp_err err = {0};
	const char *nearest;

	if (strncmp(name, "x_", 2) == 0)
		return true;
	for (size_t i = 0; i < fields->count; i++)
		names[i] = fields->items[i].name;
	nearest = spp_text_nearest(name, names, fields->count);
	spp_read_enter(read, name);
	spp_read_place(read, place);
	read->depth--;
	spp_fail(&err, SPP_INPUT, "unknown field %s in a %s record",
		spp_err_quote(quoted, place, strlen(place)), read->type->name);
	spp_err_at(&err, read->source, read->line);
	if (nearest != NULL)
		spp_err_hint(&err, "Did you mean \"%s\"?", nearest);
	else if (read->strict)
		spp_err_hint(&err, "A field of your own begins with x_.");
	if (read->strict)
		*read->err = err;
	else
		spp_errs_add_kind(read->warnings, &err);
	return !read->strict;
}

/* Index of a field, sought from HINT on; the count when there is none. */
static size_t find_field(
	const struct spp_fields *fields, const char *name, size_t hint)
{
	for (size_t i = 0; i < fields->count; i++) {
		size_t index = hint + i;

		if (index >= fields->count)
			index -= fields->count;
		if (strcmp(fields->items[index].name, name) == 0)
			return index;
	}
	return fields->count;
}

bool spp_read_members(struct spp_read *read, const struct spp_fields *fields,
	const struct spp_json *object, void *value)
{
	const struct spp_json *member;
	const char *name;
	void *cursor = NULL;
	uint64_t seen = 0;
	size_t index = 0;

	while (spp_json_next(object, &cursor, &name, &member)) {
		const struct spp_field *field;

		if (read->depth == 0 && strcmp(name, "type") == 0)
			continue;
		index = find_field(fields, name, index);
		if (index == fields->count) {
			if (!unknown_field(read, fields, name))
				return false;
			continue;
		}
		field = &fields->items[index];
		spp_read_enter(read, field->name);
		if (!spp_read_json(
			    read, field, member, (char *)value + field->offset))
			return false;
		read->depth--;
		seen |= UINT64_C(1) << index;
		index++;
	}
	for (size_t i = 0; i < fields->count; i++) {
		if (!fields->items[i].required || (seen >> i & 1))
			continue;
		spp_read_enter(read, fields->items[i].name);
		return spp_read_fail(read, "is missing");
	}
	return true;
}

static bool find_type(
	struct spp_read *read, const struct spp_json *root, enum spp_type *type)
{
	const char *names[SPP_TYPES], *name, *nearest;
	char quoted[SPP_QUOTE_SIZE];
	const struct spp_json *json;

	if (spp_json_kind(root) != SPP_JSON_OBJECT)
		return spp_fail(read->err, SPP_INPUT,
			"a record must be an object, got %s",
			spp_json_kind_name(spp_json_kind(root)));
	json = spp_json_get(root, "type");
	spp_read_enter(read, "type");
	if (json == NULL)
		return spp_read_fail(read, "is missing");
	if (spp_json_kind(json) != SPP_JSON_STRING)
		return spp_read_mismatch(read, "a string", json);
	name = spp_json_string(json, NULL);
	for (*type = 0; *type < SPP_TYPES; ++*type) {
		names[*type] = spp_record_types[*type].name;
		if (strcmp(names[*type], name) == 0)
			return true;
	}
	spp_fail(read->err, SPP_INPUT, "unknown record type %s",
		spp_err_quote(quoted, name, strlen(name)));
	nearest = spp_text_nearest(name, names, SPP_TYPES);
	if (nearest != NULL)
		spp_err_hint(read->err, "Did you mean \"%s\"?", nearest);
	return false;
}

static struct spp_record *read_root(
	struct spp_read *read, const struct spp_json *root)
{
	struct spp_record *record;
	enum spp_type type = 0;

	if (!find_type(read, root, &type))
		return NULL;
	read->depth = 0;
	read->type = &spp_record_types[type];
	read->arena = read->arenas[type];
	record = spp_arena_alloc(read->arena, 1, sizeof *record);
	if (record == NULL)
		return NULL;
	record->type = type;
	record->line = read->line;
	record->source = read->source;
	record->value = spp_record_new(type, read->arena);
	if (record->value == NULL ||
		!spp_read_members(
			read, read->type->fields, root, record->value) ||
		(read->type->check != NULL &&
			!read->type->check(record->value, read->err)))
		return NULL;
	spp_record_digest(type, record->value, true, record->digest);
	return record;
}

struct spp_record *spp_record_read(
	struct spp_read *read, const char *line, size_t length)
{
	struct spp_json *root = spp_json_parse(line, length, read->err);
	struct spp_record *record = NULL;

	if (root != NULL)
		record = read_root(read, root);
	spp_json_free(root);
	if (record != NULL && read->texts[record->type]) {
		record->text = spp_arena_text(read->arena, line, length);
		record->length = length;
		if (record->text == NULL)
			record = NULL;
	}
	if (record == NULL) {
		/* Whatever else fails says why. */
		spp_fail_memory(read->err);
		spp_err_at(read->err, read->source, read->line);
	}
	return record;
}

struct spp_record *spp_record_parse(const char *line, size_t length,
	const char *source, struct spp_arena *arena, struct spp_err *err)
{
	struct spp_errs warnings = {0};
	struct spp_read read = {
		.err = err, .warnings = &warnings, .source = source};

	for (enum spp_type type = 0; type < SPP_TYPES; type++) {
		read.arenas[type] = arena;
		read.texts[type] = true;
	}
	return spp_record_read(&read, line, length);
}
