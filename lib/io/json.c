#include "lib/io/json.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <jansson.h>
#include <pthread.h>
#include <string.h>

/*
 * jansson does not always tell a refused request from wrong text, and 2.14
 * loses a character of a string when its buffer cannot grow.  So refusals
 * are noted here; the flag belongs to the thread that parses.
 */
static _Thread_local bool memory_refused;

static void *request(size_t size)
{
	void *memory = spp_memory_new(size);

	if (memory == NULL)
		memory_refused = true;
	return memory;
}

/* A fixed seed: nothing is asked of the clock or of /dev/urandom. */
static void set_up(void)
{
	json_set_alloc_funcs(request, spp_memory_free);
}

/* Our words where jansson speaks of files and flags, else its own. */
static void fail_parse(const json_error_t *error, struct spp_err *err)
{
	enum json_error_code code = json_error_code(error);
	int column = error->column;

	if (code == json_error_out_of_memory)
		spp_fail_memory(err);
	else if (code == json_error_stack_overflow)
		spp_fail(err, SPP_INPUT,
			"not JSON: nested too deep at column %d", column);
	else if (code == json_error_premature_end_of_input)
		spp_fail(err, SPP_INPUT,
			"not JSON: ends too early, at column %d", column);
	else if (code == json_error_end_of_input_expected)
		spp_fail(err, SPP_INPUT,
			"not JSON: text behind the value at column %d", column);
	else if (code == json_error_null_character ||
		 code == json_error_null_byte_in_key)
		spp_fail(err, SPP_INPUT,
			"not JSON: \\u0000 in a string at column %d", column);
	else
		spp_fail(err, SPP_INPUT, "not JSON: %s at column %d",
			error->text, column);
}

struct spp_json *spp_json_parse(
	const char *text, size_t length, struct spp_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	json_error_t error;
	json_t *root;

	pthread_once(&once, set_up);
	memory_refused = false;
	root = json_loadb(length > 0 ? text : "", length, flags, &error);
	if (memory_refused) {
		json_decref(root);
		root = NULL;
		spp_fail_memory(err);
	} else if (root == NULL) {
		fail_parse(&error, err);
	}
	return (struct spp_json *)root;
}

void spp_json_free(struct spp_json *root)
{
	json_decref((json_t *)root);
}

static const json_t *from(const struct spp_json *value)
{
	return (const json_t *)value;
}

enum spp_json_kind spp_json_kind(const struct spp_json *value)
{
	switch (json_typeof(from(value))) {
	case JSON_OBJECT:
		return SPP_JSON_OBJECT;
	case JSON_ARRAY:
		return SPP_JSON_ARRAY;
	case JSON_STRING:
		return SPP_JSON_STRING;
	case JSON_INTEGER:
		return SPP_JSON_INTEGER;
	case JSON_REAL:
		return SPP_JSON_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return SPP_JSON_BOOL;
	case JSON_NULL:
		break;
	}
	return SPP_JSON_NULL;
}

const char *spp_json_kind_name(enum spp_json_kind kind)
{
	static const char *const names[] = {
		[SPP_JSON_NULL] = "null",
		[SPP_JSON_BOOL] = "a boolean",
		[SPP_JSON_INTEGER] = "a number",
		[SPP_JSON_REAL] = "a number",
		[SPP_JSON_STRING] = "a string",
		[SPP_JSON_ARRAY] = "an array",
		[SPP_JSON_OBJECT] = "an object",
	};

	return names[kind];
}

bool spp_json_bool(const struct spp_json *value)
{
	return json_is_true(from(value));
}

/* Adding 0 makes 0 of -0, which is another text but no other number. */
double spp_json_number(const struct spp_json *value)
{
	return json_number_value(from(value)) + 0.0;
}

int64_t spp_json_integer(const struct spp_json *value)
{
	return json_integer_value(from(value));
}

const char *spp_json_string(const struct spp_json *value, size_t *length)
{
	if (length != NULL)
		*length = json_string_length(from(value));
	return json_string_value(from(value));
}

size_t spp_json_count(const struct spp_json *value)
{
	if (json_is_array(from(value)))
		return json_array_size(from(value));
	return json_object_size(from(value));
}

const struct spp_json *spp_json_at(const struct spp_json *array, size_t i)
{
	return (const struct spp_json *)json_array_get(from(array), i);
}

const struct spp_json *spp_json_get(
	const struct spp_json *object, const char *name)
{
	return (const struct spp_json *)json_object_get(from(object), name);
}

/* jansson's iterators want an object that may change; none does here. */
static json_t *mutable(const struct spp_json *value)
{
	union {
		const struct spp_json *value;
		json_t *json;
	} both = {.value = value};

	return both.json;
}

bool spp_json_next(const struct spp_json *object, void **cursor,
	const char **name, const struct spp_json **value)
{
	json_t *json = mutable(object);

	if (*cursor == NULL)
		*cursor = json_object_iter(json);
	else
		*cursor = json_object_iter_next(json, *cursor);
	if (*cursor == NULL)
		return false;
	*name = json_object_iter_key(*cursor);
	*value = (const struct spp_json *)json_object_iter_value(*cursor);
	return true;
}

size_t spp_json_numbers(const struct spp_json *array, double *values)
{
	size_t count = json_array_size(from(array));

	for (size_t i = 0; i < count; i++) {
		const json_t *element = json_array_get(from(array), i);

		if (!json_is_number(element))
			return i;
		values[i] = json_number_value(element) + 0.0;
	}
	return count;
}
