#include "lib/io/json.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <jansson.h>
#include <pthread.h>
#include <string.h>

/*
 * jansson 2.14 does not look whether the buffer of a token could grow: it
 * goes on without its end and reads and writes beyond it.  So what a text
 * may need of such buffers is set aside before: they begin with 16 bytes and
 * double, so once a request was refused, blocks of such sizes come from the
 * reserve, and all others are refused, which jansson does notice.  No text
 * can ask for RESERVE_FACTOR bytes in such blocks for each of its own.  The
 * reserve belongs to the thread that parses.
 */
enum { RESERVE_FACTOR = 8, RESERVE_SMALL = 16 << 10, BLOCK_LEAST = 32 };

static _Thread_local struct {
	char *data;
	size_t size, used;
	bool refused; /* a request was, since parsing began */
} reserve;

static void *request(size_t size)
{
	void *memory = reserve.refused ? NULL : spp_memory_new(size);

	if (memory != NULL)
		return memory;
	reserve.refused = true;
	if (size < BLOCK_LEAST || (size & (size - 1)) != 0 ||
		size > reserve.size - reserve.used)
		return NULL;
	memory = reserve.data + reserve.used;
	reserve.used += size;
	return memory;
}

static void release(void *memory)
{
	uintptr_t begin = (uintptr_t)reserve.data;

	if ((uintptr_t)memory - begin >= reserve.size)
		spp_memory_free(memory);
}

static void set_up(void)
{
	json_set_alloc_funcs(request, release);
}

/* Our words where jansson speaks of files and flags, else its own. */
static void fail_parse(const json_error_t *error, struct spp_err *err)
{
	static const char *const texts[] = {
		[json_error_stack_overflow] = "nested too deep at",
		[json_error_premature_end_of_input] = "ends too early, at",
		[json_error_end_of_input_expected] = "text behind the value at",
		[json_error_null_character] = "\\u0000 in a string at",
		[json_error_null_byte_in_key] = "\\u0000 in a string at",
	};
	size_t code = json_error_code(error);

	if (code < sizeof texts / sizeof texts[0] && texts[code] != NULL)
		spp_fail(err, SPP_INPUT, "not JSON: %s column %d", texts[code],
			error->column);
	else
		spp_fail(err, SPP_INPUT, "not JSON: %s at column %d",
			error->text, error->column);
}

struct spp_json *spp_json_parse(
	const char *text, size_t length, struct spp_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	_Alignas(max_align_t) char small[RESERVE_SMALL];
	json_error_t error;
	json_t *root = NULL;

	pthread_once(&once, set_up);
	reserve.used = 0;
	reserve.size = length < SIZE_MAX / RESERVE_FACTOR / 2
	                       ? length * RESERVE_FACTOR + RESERVE_SMALL / 2
	                       : SIZE_MAX;
	reserve.data = reserve.size <= RESERVE_SMALL
	                       ? small
	                       : spp_memory_new(reserve.size);
	reserve.refused = reserve.data == NULL;
	if (!reserve.refused)
		root = json_loadb(
			length > 0 ? text : "", length, flags, &error);
	if (reserve.refused) {
		json_decref(root);
		root = NULL;
		spp_fail_memory(err);
	} else if (root == NULL) {
		fail_parse(&error, err);
	}
	if (reserve.data != small)
		spp_memory_free(reserve.data);
	memset(&reserve, 0, sizeof reserve);
	return (struct spp_json *)root;
}

void spp_json_free(struct spp_json *root)
{
	json_decref((json_t *)root);
}

/* Iterators want an object that may change; no value does here. */
static json_t *from(const struct spp_json *value)
{
	return (json_t *)(uintptr_t)value;
}

enum spp_json_kind spp_json_kind(const struct spp_json *value)
{
	static const enum spp_json_kind kinds[] = {
		[JSON_NULL] = SPP_JSON_NULL,
		[JSON_TRUE] = SPP_JSON_BOOL,
		[JSON_FALSE] = SPP_JSON_BOOL,
		[JSON_INTEGER] = SPP_JSON_INTEGER,
		[JSON_REAL] = SPP_JSON_REAL,
		[JSON_STRING] = SPP_JSON_STRING,
		[JSON_ARRAY] = SPP_JSON_ARRAY,
		[JSON_OBJECT] = SPP_JSON_OBJECT,
	};

	return kinds[json_typeof(from(value))];
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

bool spp_json_next(const struct spp_json *object, void **cursor,
	const char **name, const struct spp_json **value)
{
	json_t *json = from(object);

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
