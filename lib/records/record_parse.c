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
#include "lib/records/record.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static bool read_members(struct spp_read *read, const struct spp_read_path *up,
	const struct spp_fields *fields, const struct spp_json *object,
	void *value);

static bool read_object(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json,
	struct spp_objects *objects, size_t index)
{
	char *items = objects->items;
	void *value = items + index * field->members.size;

	if (spp_json_kind(json) != SPP_JSON_OBJECT)
		return spp_read_kind(read, path, "an object", json);
	spp_fields_clear(&field->members, value);
	return read_members(read, path, &field->members, json, value);
}

static bool read_one(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json, void *at)
{
	struct spp_objects objects = {.count = 1};

	objects.items = spp_arena_alloc(read->arena, 1, field->members.size);
	if (objects.items == NULL)
		return spp_fail_memory(read->err);
	*(void **)at = objects.items;
	return read_object(read, path, field, json, &objects, 0);
}

static bool read_objects(struct spp_read *read,
	const struct spp_read_path *path, const struct spp_field *field,
	const struct spp_json *json, struct spp_objects *objects)
{
	size_t count;

	if (spp_json_kind(json) != SPP_JSON_ARRAY)
		return spp_read_kind(read, path, "an array of objects", json);
	count = spp_json_count(json);
	objects->items =
		spp_arena_alloc(read->arena, count, field->members.size);
	if (objects->items == NULL)
		return spp_fail_memory(read->err);
	objects->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct spp_read_path item = {path->up, path->name, i + 1};

		if (!read_object(read, &item, field, spp_json_at(json, i),
			    objects, i))
			return false;
	}
	return true;
}

static bool read_field(struct spp_read *read, const struct spp_read_path *up,
	const struct spp_field *field, const struct spp_json *json, void *value)
{
	const struct spp_read_path path = {up, field->name, 0};
	void *at = (char *)value + field->offset;

	switch (field->kind) {
	case SPP_OBJECT:
		return read_one(read, &path, field, json, at);
	case SPP_OBJECTS:
		return read_objects(read, &path, field, json, at);
	default:
		return spp_read_value(read, &path, field, json, at);
	}
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
static bool unknown_field(struct spp_read *read, const struct spp_read_path *up,
	const struct spp_fields *fields, const char *name)
{
	const struct spp_read_path path = {up, name, 0};
	const char *names[SPP_FIELDS_MAX];
	char place[64], quoted[SPP_QUOTE_SIZE];
	struct spp_err err = {0};
	const char *nearest;

	if (name[0] == 'x' && name[1] == '_')
		return true;
	for (size_t i = 0; i < fields->count; i++)
		names[i] = fields->items[i].name;
	nearest = spp_text_nearest(name, names, fields->count);
	spp_read_place(&path, place);
	spp_fail(&err, SPP_INPUT, "unknown field %s in a %s record",
		spp_err_quote(quoted, place, strlen(place)), read->type->name);
	spp_err_at(&err, read->source, read->line);
	if (nearest != NULL)
		spp_err_hint(&err, "Did you mean \"%s\"?", nearest);
	if (!read->strict) {
		spp_errs_add_kind(read->warnings, &err);
		return true;
	}
	if (nearest == NULL)
		spp_err_hint(&err, "A field of your own begins with x_.");
	if (read->err->status == SPP_DONE)
		*read->err = err;
	return false;
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

static bool read_members(struct spp_read *read, const struct spp_read_path *up,
	const struct spp_fields *fields, const struct spp_json *object,
	void *value)
{
	const struct spp_json *member;
	const char *name;
	void *cursor = NULL;
	uint64_t seen = 0;
	size_t index = 0;

	while (spp_json_next(object, &cursor, &name, &member)) {
		size_t found = find_field(fields, name, index);

		if (found == fields->count) {
			if (up == NULL && strcmp(name, "type") == 0)
				continue;
			if (!unknown_field(read, up, fields, name))
				return false;
			continue;
		}
		if (!read_field(read, up, &fields->items[found], member, value))
			return false;
		seen |= UINT64_C(1) << found;
		index = found + 1;
	}
	for (size_t i = 0; i < fields->count; i++) {
		const struct spp_read_path path = {
			up, fields->items[i].name, 0};

		if (fields->items[i].required && !(seen >> i & 1))
			return spp_read_fail(read, &path, "is missing");
	}
	return true;
}

static bool find_type(
	struct spp_read *read, const struct spp_json *root, enum spp_type *type)
{
	const char *names[SPP_TYPES];
	char quoted[SPP_QUOTE_SIZE];
	const struct spp_read_path path = {NULL, "type", 0};
	const struct spp_json *json;
	const char *name, *nearest;
	size_t length;

	if (spp_json_kind(root) != SPP_JSON_OBJECT)
		return spp_fail(read->err, SPP_INPUT,
			"a record must be an object, got %s",
			spp_json_kind_name(spp_json_kind(root)));
	json = spp_json_get(root, "type");
	if (json == NULL)
		return spp_read_fail(read, &path, "is missing");
	if (spp_json_kind(json) != SPP_JSON_STRING)
		return spp_read_kind(read, &path, "a string", json);
	name = spp_json_string(json, &length);
	for (size_t i = 0; i < SPP_TYPES; i++) {
		names[i] = spp_record_types[i]->name;
		if (strcmp(names[i], name) != 0)
			continue;
		*type = i;
		return true;
	}
	spp_fail(read->err, SPP_INPUT, "unknown record type %s",
		spp_err_quote(quoted, name, length));
	nearest = spp_text_nearest(name, names, SPP_TYPES);
	if (nearest != NULL)
		spp_err_hint(read->err, "Did you mean \"%s\"?", nearest);
	return false;
}

/* The record of a root object, NULL on failure. */
static struct spp_record *read_root(
	struct spp_read *read, const struct spp_json *root)
{
	struct spp_record *record;
	enum spp_type type;

	if (!find_type(read, root, &type))
		return NULL;
	read->type = spp_record_types[type];
	read->arena = read->arenas[type];
	record = spp_arena_alloc(read->arena, 1, sizeof *record);
	if (record == NULL)
		return NULL;
	record->type = type;
	record->line = read->line;
	record->source = read->source;
	record->value = spp_record_new(type, read->arena);
	if (record->value == NULL ||
		!read_members(
			read, NULL, &read->type->fields, root, record->value))
		return NULL;
	if (read->type->check != NULL &&
		!read->type->check(record->value, read->err))
		return NULL;
	spp_read_digest(record);
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

bool spp_record_parse(const char *line, size_t length, const char *source,
	size_t number, const struct spp_record_options *options,
	struct spp_arena *arena, struct spp_record *record,
	struct spp_errs *warnings, struct spp_err *err)
{
	struct spp_err first = {0};
	struct spp_read read = {.warnings = warnings,
		.err = &first,
		.strict = options->strict,
		.source = source,
		.line = number};
	const struct spp_record *result;

	for (size_t i = 0; i < SPP_TYPES; i++) {
		read.arenas[i] = arena;
		read.texts[i] = options->keep_text;
	}
	result = spp_record_read(&read, line, length);
	if (result != NULL)
		*record = *result;
	else if (err != NULL && err->status == SPP_DONE)
		*err = first;
	return result != NULL;
}
