#include "lib/base/err.h"
#include "lib/base/utf8.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * Whatever was formatted goes to a terminal, so no control byte and no half
 * character may be left in it, wherever it came from.
 */
static void clean(char *text)
{
	for (size_t i = 0, length = strlen(text); i < length;) {
		size_t size = spp_utf8_plain(text + i, length - i);

		if (size == 0)
			text[i++] = '?';
		else
			i += size;
	}
}

/* Text was cut to fit: end it on a whole character, and say so. */
static void mark_cut(char *text, size_t size)
{
	size_t end = size - 1 - 3;

	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	memcpy(text + end, "...", 4);
}

static void print(char *text, size_t size, const char *format, va_list list)
	__attribute__((format(printf, 3, 0)));

static void print(char *text, size_t size, const char *format, va_list list)
{
	int length = vsnprintf(text, size, format, list);

	if (length < 0)
		text[0] = '\0';
	else if ((size_t)length >= size)
		mark_cut(text, size);
	clean(text);
}

static void copy(char *text, size_t size, const char *from)
{
	size_t length = strlen(from);

	if (length < size) {
		memcpy(text, from, length + 1);
	} else {
		memcpy(text, from, size - 1);
		text[size - 1] = '\0';
		mark_cut(text, size);
	}
	clean(text);
}

bool spp_fail(
	struct spp_err *err, enum spp_status status, const char *format, ...)
{
	va_list list;

	assert(status != SPP_DONE);
	if (err == NULL || err->status != SPP_DONE)
		return false;
	err->status = status;
	va_start(list, format);
	print(err->text, sizeof err->text, format, list);
	va_end(list);
	return false;
}

bool spp_fail_memory(struct spp_err *err)
{
	return spp_fail(err, SPP_SYSTEM, "out of memory");
}

bool spp_fail_errno(struct spp_err *err, const char *format, ...)
{
	enum { REASON_SIZE = 64 };
	int number = errno;
	char text[sizeof err->text - REASON_SIZE];
	char reason[REASON_SIZE];
	va_list list;

	va_start(list, format);
	print(text, sizeof text, format, list);
	va_end(list);
	return spp_fail(err, SPP_SYSTEM, "%s: %s", text,
		strerror_r(number, reason, sizeof reason));
}

void spp_err_at(struct spp_err *err, const char *source, size_t line)
{
	struct spp_err place = {0};

	if (err == NULL || err->status == SPP_DONE)
		return;
	if (source != NULL)
		copy(place.source, sizeof place.source, source);
	if (err->source[0] != '\0' && strcmp(err->source, place.source) != 0)
		return;
	memcpy(err->source, place.source, sizeof place.source);
	if (err->line == 0)
		err->line = line;
}

void spp_err_field(struct spp_err *err, const char *field)
{
	if (err == NULL || err->status == SPP_DONE || err->field[0] != '\0')
		return;
	copy(err->field, sizeof err->field, field);
}

void spp_err_hint(struct spp_err *err, const char *format, ...)
{
	va_list list;

	if (err == NULL || err->status == SPP_DONE || err->hint[0] != '\0')
		return;
	va_start(list, format);
	print(err->hint, sizeof err->hint, format, list);
	va_end(list);
}

const char *spp_err_quote(
	char quoted[SPP_QUOTE_SIZE], const char *text, size_t length)
{
	enum { SHOWN_MAX = 60 };
	char *end = quoted;
	bool cut = false;

	*end++ = '"';
	for (size_t i = 0; i < length;) {
		size_t size = spp_utf8_plain(text + i, length - i);
		size_t shown = size;

		if (size == 0)
			shown = 4;
		else if (text[i] == '"' || text[i] == '\\')
			shown = 2;
		cut = (size_t)(end - quoted) + shown > SHOWN_MAX + 1;
		if (cut)
			break;
		if (size == 0) {
			snprintf(end, 5, "\\x%02X", (unsigned char)text[i]);
			size = 1;
		} else if (shown != size) {
			end[0] = '\\';
			end[1] = text[i];
		} else {
			memcpy(end, text + i, size);
		}
		end += shown;
		i += size;
	}
	memcpy(end, cut ? "...\"" : "\"", cut ? 5 : 2);
	return quoted;
}

void spp_errs_add(struct spp_errs *errs, const struct spp_err *err)
{
	assert(err->status != SPP_DONE);
	if (errs->count < SPP_ERRS_KEPT)
		errs->kept[errs->count] = *err;
	errs->count++;
}

void spp_errs_merge(struct spp_errs *to, const struct spp_errs *from)
{
	for (size_t i = 0; i < from->count && i < SPP_ERRS_KEPT; i++)
		if (to->count + i < SPP_ERRS_KEPT)
			to->kept[to->count + i] = from->kept[i];
	to->count += from->count;
}
