#include "lib/io/json.h"
#include "lib/base/buf.h"
#include "lib/base/num.h"
#include "lib/base/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a character that stands for itself in a string, else 0. */
static size_t plain_length(const char *text, size_t length)
{
	unsigned char c = (unsigned char)*text;

	if (c >= 0x80)
		return spp_utf8_length(text, length);
	return c >= 0x20 && c != '"' && c != '\\';
}

/* What is no UTF-8 becomes U+FFFD: the output must be JSON all the same. */
static void put_escape(struct spp_buf *buf, unsigned char c)
{
	static const char bytes[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *known = c != '\0' ? strchr(bytes, c) : NULL;

	if (known != NULL)
		spp_buf_format(buf, "\\%c", letters[known - bytes]);
	else
		spp_buf_format(buf, "\\u%04x", c < 0x80 ? c : 0xfffd);
}

void spp_json_put_string(struct spp_buf *buf, const char *string)
{
	size_t length = strlen(string);

	spp_buf_char(buf, '"');
	for (size_t i = 0; i < length;) {
		size_t first = i, size = 1;

		while (i < length && size > 0) {
			size = plain_length(string + i, length - i);
			i += size;
		}
		spp_buf_append(buf, string + first, i - first);
		if (i < length)
			put_escape(buf, (unsigned char)string[i++]);
	}
	spp_buf_char(buf, '"');
}

void spp_json_put_exact(struct spp_buf *buf, double value)
{
	char *place = spp_buf_reserve(buf, SPP_NUM_SIZE);

	if (place != NULL)
		buf->length += spp_num_exact(value, place);
}

void spp_json_put_comma(struct spp_buf *buf)
{
	if (buf->length > 0 && strchr("[{", buf->data[buf->length - 1]) == NULL)
		spp_buf_char(buf, ',');
}

void spp_json_put_name(struct spp_buf *buf, const char *name)
{
	spp_json_put_comma(buf);
	spp_json_put_string(buf, name);
	spp_buf_char(buf, ':');
}

static void print_array(const struct spp_json *array, struct spp_buf *buf)
{
	size_t count = spp_json_count(array);

	spp_buf_char(buf, '[');
	for (size_t i = 0; i < count; i++) {
		spp_json_put_comma(buf);
		spp_json_print(spp_json_at(array, i), buf);
	}
	spp_buf_char(buf, ']');
}

struct member {
	const char *name;
	const struct spp_json *value;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *first = a;
	const struct member *second = b;

	return strcmp(first->name, second->name);
}

static void print_object(const struct spp_json *object, struct spp_buf *buf)
{
	struct spp_buf list = {0};
	struct member member, *members;
	void *cursor = NULL;
	size_t count;

	while (spp_json_next(object, &cursor, &member.name, &member.value))
		spp_buf_append(&list, &member, sizeof member);
	buf->failed = buf->failed || list.failed;
	members = (void *)list.data;
	count = buf->failed ? 0 : list.length / sizeof member;
	if (count > 0)
		qsort(members, count, sizeof member, compare_members);
	spp_buf_char(buf, '{');
	for (size_t i = 0; i < count; i++) {
		spp_json_put_name(buf, members[i].name);
		spp_json_print(members[i].value, buf);
	}
	spp_buf_char(buf, '}');
	spp_buf_free(&list);
}

/* The reader bounds the depth, and with it this recursion. */
void spp_json_print(const struct spp_json *value, struct spp_buf *buf)
{
	switch (spp_json_kind(value)) {
	case SPP_JSON_NULL:
		spp_buf_string(buf, "null");
		break;
	case SPP_JSON_BOOL:
		spp_buf_string(buf, spp_json_bool(value) ? "true" : "false");
		break;
	case SPP_JSON_INTEGER:
		spp_buf_format(buf, "%" PRId64, spp_json_integer(value));
		break;
	case SPP_JSON_REAL:
		spp_json_put_exact(buf, spp_json_number(value));
		break;
	case SPP_JSON_STRING:
		spp_json_put_string(buf, spp_json_string(value, NULL));
		break;
	case SPP_JSON_ARRAY:
		print_array(value, buf);
		break;
	case SPP_JSON_OBJECT:
		print_object(value, buf);
		break;
	}
}
