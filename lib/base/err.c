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

__attribute__((format(printf, 3, 0))) static void print(
	char *text, size_t size, const char *format, va_list list)
{
	int length = vsnprintf(text, size, format, list);

	assert(length >= 0);
	if ((size_t)length >= size)
		mark_cut(text, size);
	clean(text);
}

__attribute__((format(printf, 3, 4))) static void put(
	char *text, size_t size, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print(text, size, format, list);
	va_end(list);
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

bool spp_err_at(struct spp_err *err, const char *source, size_t line)
{
	char place[sizeof err->source];

	if (err == NULL || err->status == SPP_DONE)
		return false;
	put(place, sizeof place, "%s", source != NULL ? source : "");
	if (err->source[0] != '\0' && strcmp(err->source, place) != 0)
		return false;
	memcpy(err->source, place, sizeof place);
	if (err->line == 0)
		err->line = line;
	return false;
}

bool spp_err_hint(struct spp_err *err, const char *format, ...)
{
	va_list list;

	if (err == NULL || err->status == SPP_DONE || err->hint[0] != '\0')
		return false;
	va_start(list, format);
	print(err->hint, sizeof err->hint, format, list);
	va_end(list);
	return false;
}

const char *spp_err_quote(
	char quoted[SPP_QUOTE_SIZE], const char *text, size_t length)
{
	enum { SHOWN_MAX = 60 };
	char *end = stpcpy(quoted, "\"");

	for (size_t i = 0, size; i < length; i += size) {
		char shown[16];

		size = spp_utf8_plain(text + i, length - i);
		if (size == 0)
			snprintf(shown, sizeof shown, "\\x%02X",
				(unsigned char)text[i]);
		else
			snprintf(shown, sizeof shown, "%s%.*s",
				strchr("\"\\", text[i]) ? "\\" : "", (int)size,
				text + i);
		if (end + strlen(shown) > quoted + 1 + SHOWN_MAX) {
			end = stpcpy(end, "...");
			break;
		}
		end = stpcpy(end, shown);
		size += size == 0;
	}
	stpcpy(end, "\"");
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
