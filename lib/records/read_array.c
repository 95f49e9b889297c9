/* Reading fields that hold many values. */
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/io/json.h"
#include "lib/records/read.h"
#include "lib/records/record.h"

#include <assert.h>
#include <string.h>

enum { AMOUNTS_MAX = 256 };

/* A list of names or sentences; an empty one is not the same as none. */
static bool read_strings(struct spp_read *read,
	const struct spp_read_path *path, const struct spp_json *json,
	struct spp_strings *strings)
{
	size_t count;

	if (spp_json_kind(json) != SPP_JSON_ARRAY)
		return spp_read_kind(read, path, "an array of strings", json);
	count = spp_json_count(json);
	strings->items =
		spp_arena_alloc(read->arena, count, sizeof *strings->items);
	if (strings->items == NULL)
		return spp_fail_memory(read->err);
	strings->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct spp_read_path item = {path->up, path->name, i + 1};

		if (!spp_read_id(read, &item, spp_json_at(json, i), false,
			    &strings->items[i]))
			return false;
	}
	return true;
}

/* COUNT numbers of one array to VALUES, checked and rounded. */
static bool read_row(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json,
	double *values, size_t count)
{
	size_t good = spp_json_numbers(json, values);

	if (good < count) {
		const struct spp_read_path item = {
			path->up, path->name, good + 1};

		return spp_read_kind(
			read, &item, "a number", spp_json_at(json, good));
	}
	if (!spp_read_range(read, path, field, values, count))
		return false;
	if (field->kind != SPP_NUMBERS)
		for (size_t i = 0; i < count; i++)
			values[i] = spp_num_estimate(values[i]);
	return true;
}

static bool read_numbers(struct spp_read *read,
	const struct spp_read_path *path, const struct spp_field *field,
	const struct spp_json *json, struct spp_numbers *numbers)
{
	if (spp_json_kind(json) != SPP_JSON_ARRAY)
		return spp_read_kind(read, path, "an array of numbers", json);
	numbers->count = spp_json_count(json);
	numbers->items = spp_arena_alloc(
		read->arena, numbers->count, sizeof *numbers->items);
	if (numbers->items == NULL)
		return spp_fail_memory(read->err);
	return read_row(
		read, path, field, json, numbers->items, numbers->count);
}

static bool read_matrix(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json,
	struct spp_matrix *matrix)
{
	static const char wanted[] = "an array of arrays of numbers";
	const struct spp_json *row;
	size_t rows, columns;

	if (spp_json_kind(json) != SPP_JSON_ARRAY)
		return spp_read_kind(read, path, wanted, json);
	rows = spp_json_count(json);
	row = rows > 0 ? spp_json_at(json, 0) : NULL;
	columns = row != NULL && spp_json_kind(row) == SPP_JSON_ARRAY
	                  ? spp_json_count(row)
	                  : 0;
	/* A first row that is long must not make many short ones dear. */
	for (size_t i = 0; i < rows; i++) {
		row = spp_json_at(json, i);
		if (spp_json_kind(row) != SPP_JSON_ARRAY)
			return spp_read_kind(read, path, wanted, row);
		if (spp_json_count(row) != columns)
			return spp_read_fail(
				read, path, "must have rows of one length");
	}
	matrix->items = spp_arena_alloc(read->arena, columns > 0 ? rows : 0,
		columns * sizeof *matrix->items);
	if (matrix->items == NULL)
		return spp_fail_memory(read->err);
	matrix->rows = rows;
	matrix->columns = columns;
	for (size_t i = 0; i < rows; i++)
		if (!read_row(read, path, field, spp_json_at(json, i),
			    matrix->items + i * columns, columns))
			return false;
	return true;
}

static bool read_amounts(struct spp_read *read,
	const struct spp_read_path *path, const struct spp_field *field,
	const struct spp_json *json, struct spp_amounts *amounts)
{
	const struct spp_json *value;
	const char *name;
	void *cursor = NULL;
	size_t count;

	if (spp_json_kind(json) != SPP_JSON_OBJECT)
		return spp_read_kind(read, path, "an object of numbers", json);
	count = spp_json_count(json);
	if (count > AMOUNTS_MAX)
		return spp_read_fail(read, path,
			"must have at most %d members, got %zu", AMOUNTS_MAX,
			count);
	amounts->names =
		spp_arena_alloc(read->arena, count, sizeof *amounts->names);
	amounts->values =
		spp_arena_alloc(read->arena, count, sizeof *amounts->values);
	if (amounts->names == NULL || amounts->values == NULL)
		return spp_fail_memory(read->err);
	while (spp_json_next(json, &cursor, &name, &value)) {
		const struct spp_read_path member = {path, name, 0};
		enum spp_json_kind kind = spp_json_kind(value);
		double number;

		if (kind != SPP_JSON_INTEGER && kind != SPP_JSON_REAL)
			return spp_read_kind(read, &member, "a number", value);
		number = spp_json_number(value);
		if (!spp_read_range(read, &member, field, &number, 1))
			return false;
		if (name[0] == '\0' || strlen(name) > SPP_NAME_MAX)
			return spp_read_fail(read, path,
				"must have names of 1 to %d bytes",
				SPP_NAME_MAX);
		name = spp_arena_string(read->arena, name);
		if (name == NULL)
			return spp_fail_memory(read->err);
		spp_amounts_add(amounts, name, number);
	}
	return true;
}

bool spp_read_array(struct spp_read *read, const struct spp_read_path *path,
	const struct spp_field *field, const struct spp_json *json, void *at)
{
	switch (field->kind) {
	case SPP_STRINGS:
		return read_strings(read, path, json, at);
	case SPP_NUMBERS:
	case SPP_ESTIMATES:
		return read_numbers(read, path, field, json, at);
	case SPP_MATRIX:
		return read_matrix(read, path, field, json, at);
	case SPP_AMOUNTS:
		return read_amounts(read, path, field, json, at);
	default:
		assert(!"a kind of field that no record has");
		return false;
	}
}
