#include "lib/cli/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A line of progress is rewritten: all are as wide. */
enum { PROGRESS_WIDTH = 72 };

void spp_message_print(
	const char *name, const struct spp_err *err, bool warning)
{
	char line[24] = "";

	if (err->line > 0)
		snprintf(line, sizeof line, ":%zu", err->line);
	/* One write a message: four commands share the terminal. */
	dprintf(STDERR_FILENO, "%s: %s%s%s%s%s\n", name, err->source, line,
		err->source[0] != '\0' ? ": " : "", warning ? "warning: " : "",
		err->text);
	if (err->hint[0] != '\0')
		dprintf(STDERR_FILENO, "%s: hint: %s\n", name, err->hint);
}

void spp_message_print_all(
	const char *name, const struct spp_errs *errs, bool warning)
{
	for (size_t i = 0; i < errs->count && i < SPP_ERRS_KEPT; i++)
		spp_message_print(name, &errs->kept[i], warning);
	if (errs->count > SPP_ERRS_KEPT)
		dprintf(STDERR_FILENO, "%s: and %zu more\n", name,
			errs->count - SPP_ERRS_KEPT);
}

void spp_note(struct spp_context *context, const char *format, ...)
{
	char text[512];
	va_list list;

	if (context->common == NULL || !context->common->verbose)
		return;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	spp_progress_end(context);
	dprintf(STDERR_FILENO, "%s: %s\n", context->command->name, text);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The cursor stays before the line: whatever follows is written over it. */
static void put_progress(const char *text)
{
	dprintf(STDERR_FILENO, "%-*.*s\r", PROGRESS_WIDTH, PROGRESS_WIDTH,
		text);
}

void spp_progress_begin(struct spp_context *context)
{
	if (isatty(STDERR_FILENO))
		context->progress_s = now_s() + 1;
}

void spp_progress(struct spp_context *context, const char *what, size_t done,
	size_t total)
{
	char text[2 * PROGRESS_WIDTH], of[32] = "";

	if (context->progress_s == 0 || now_s() < context->progress_s)
		return;
	if (total > 0)
		snprintf(of, sizeof of, " of %zu", total);
	snprintf(text, sizeof text, "%s: %s: %zu%s", context->command->name,
		what, done, of);
	put_progress(text);
	context->progress_shown = true;
	context->progress_s = now_s() + 0.2;
}

void spp_progress_end(struct spp_context *context)
{
	if (context->progress_shown)
		put_progress("");
	context->progress_shown = false;
}
