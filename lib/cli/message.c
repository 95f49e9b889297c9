#include "lib/cli/message.h"

#include "lib/cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* One write a message: four commands share the terminal. */
static void say(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const char *name, const char *format, ...)
{
	char text[1024];
	int length = snprintf(text, sizeof text, "%s: ", name);
	va_list list;

	va_start(list, format);
	length += vsnprintf(
		text + length, sizeof text - (size_t)length - 1, format, list);
	va_end(list);
	if (length > (int)sizeof text - 2)
		length = (int)sizeof text - 2;
	text[length++] = '\n';
	/* Nothing can be done where even stderr is closed. */
	if (write(STDERR_FILENO, text, (size_t)length) < 0)
		return;
}

void spp_message_print(
	const char *name, const struct spp_err *err, bool warning)
{
	const char *kind = warning ? "warning: " : "";

	if (err->source[0] == '\0')
		say(name, "%s%s", kind, err->text);
	else if (err->line == 0)
		say(name, "%s: %s%s", err->source, kind, err->text);
	else
		say(name, "%s:%zu: %s%s", err->source, err->line, kind,
			err->text);
	if (err->hint[0] != '\0')
		say(name, "hint: %s", err->hint);
}

void spp_message_print_all(
	const char *name, const struct spp_errs *errs, bool warning)
{
	for (size_t i = 0; i < errs->count && i < SPP_ERRS_KEPT; i++)
		spp_message_print(name, &errs->kept[i], warning);
	if (errs->count > SPP_ERRS_KEPT)
		say(name, "and %zu more", errs->count - SPP_ERRS_KEPT);
}

void spp_note(const struct spp_context *context, const char *format, ...)
{
	char text[512];
	va_list list;

	if (context->common == NULL || !context->common->verbose)
		return;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	say(context->command->name, "%s", text);
}
