#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { CAPACITY_LEAST = 256 };

static void *grow(struct spp_buf *buf, size_t count)
{
	size_t capacity = buf->capacity > 0 ? buf->capacity : CAPACITY_LEAST;
	char *data = NULL;

	while (capacity - buf->length < count && capacity < SIZE_MAX / 2)
		capacity *= 2;
	if (!buf->failed && capacity - buf->length >= count)
		data = spp_memory_resize(buf->data, capacity);
	if (data == NULL) {
		buf->failed = true;
		return NULL;
	}
	buf->data = data;
	buf->capacity = capacity;
	return data + buf->length;
}

void *spp_buf_reserve(struct spp_buf *buf, size_t count)
{
	bool fits = buf->data != NULL && buf->capacity - buf->length >= count;

	assert(buf->length <= buf->capacity);
	return fits && !buf->failed ? buf->data + buf->length
	                            : grow(buf, count);
}

void *spp_buf_extend(struct spp_buf *buf, size_t count)
{
	void *start = spp_buf_reserve(buf, count);

	if (start == NULL)
		return NULL;
	buf->length += count;
	return memset(start, 0, count);
}

void spp_buf_append(struct spp_buf *buf, const void *data, size_t length)
{
	void *start = length > 0 ? spp_buf_reserve(buf, length) : NULL;

	if (start == NULL)
		return;
	memcpy(start, data, length);
	buf->length += length;
}

void spp_buf_string(struct spp_buf *buf, const char *string)
{
	spp_buf_append(buf, string, strlen(string));
}

void spp_buf_char(struct spp_buf *buf, char c)
{
	spp_buf_append(buf, &c, 1);
}

void spp_buf_format(struct spp_buf *buf, const char *format, ...)
{
	va_list list;
	int length;
	char *start;

	va_start(list, format);
	length = vsnprintf(NULL, 0, format, list);
	va_end(list);
	start = spp_buf_reserve(
		buf, length >= 0 ? (size_t)length + 1 : SIZE_MAX);
	if (start == NULL)
		return;
	va_start(list, format);
	vsnprintf(start, (size_t)length + 1, format, list);
	va_end(list);
	buf->length += (size_t)length;
}

bool spp_buf_ok(const struct spp_buf *buf, struct spp_err *err)
{
	return buf->failed ? spp_fail_memory(err) : true;
}

void spp_buf_reset(struct spp_buf *buf)
{
	buf->length = 0;
	buf->failed = false;
}

void spp_buf_free(struct spp_buf *buf)
{
	spp_memory_free(buf->data);
	*buf = (struct spp_buf){0};
}
