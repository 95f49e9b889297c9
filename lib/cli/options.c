/* The option tables of a command, put together. */
#include "lib/cli/options.h"

#include "lib/base/buf.h"
#include "lib/base/threads.h"
#include "lib/records/record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COMMON(member) .offset = offsetof(struct spp_common, member)
#define ASKED(member) .offset = offsetof(struct spp_asked, member)

static const struct spp_field common[] = {
	{"now", COMMON(now), SPP_TIME, "the moment that counts as now",
		.metavar = "TIME", .group = "Common options"},
	{"format", COMMON(format), SPP_CHOICE, "records, or a table for eyes",
		.choices = {"ndjson", "table"}, .metavar = "FORMAT",
		.default_text = "ndjson", .silent = true},
	{"threads", COMMON(threads), SPP_INTEGER,
		"worker threads; 0 is one per processor",
		.max = SPP_THREADS_MAX, .metavar = "N", .default_text = "0",
		.silent = true},
	{"strict", COMMON(strict), SPP_FLAG, "take unknown fields as errors",
		.silent = true},
	{"partial", COMMON(partial), SPP_FLAG, "accept a feed that was cut",
		.silent = true},
	{"verbose", COMMON(verbose), SPP_FLAG, "say on stderr what is done",
		.letter = 'v', .silent = true},
};

static const struct spp_field asked[] = {
	{"help", ASKED(help), SPP_FLAG, "print this", .letter = 'h',
		.group = "Information"},
	{"version", ASKED(version), SPP_FLAG, "print the version"},
	{"completion", ASKED(completion), SPP_CHOICE,
		"print a completion script for bash or zsh",
		.choices = {"bash", "zsh"}, .metavar = "SHELL"},
	/* The last is never shown, this one by filters only. */
	{"schema", ASKED(schema), SPP_FLAG,
		"print the JSON Schema of all records"},
	{"manual", ASKED(manual), SPP_CHOICE, "print a part of the manual",
		.choices = {"options", "records"}, .metavar = "PART"},
};

static void add(struct spp_options *options, const struct spp_fields *fields,
	void *base)
{
	spp_fields_clear(fields, base);
	for (size_t i = 0; i < fields->count; i++) {
		struct spp_option *option = &options->items[options->count];
		const struct spp_field *field = &fields->items[i];

		assert(options->count < SPP_OPTIONS_MAX);
		assert(strlen(field->name) < SPP_OPTION_NAME_SIZE);
		assert(field->kind == SPP_FLAG || field->metavar != NULL);
		options->count++;
		option->field = field;
		option->base = base;
		for (size_t k = 0; field->name[k] != '\0'; k++)
			option->name[k] =
				field->name[k] == '_' ? '-' : field->name[k];
	}
}

void spp_options_init(struct spp_options *options,
	const struct spp_command *command, void *values)
{
	const struct spp_fields shared = {
		SPP_FIELDS(struct spp_common, common)};
	const struct spp_fields own = {SPP_FIELDS(struct spp_asked, asked)};

	*options = (struct spp_options){.command = command};
	add(options, &command->options, values);
	if (command->filter) {
		assert(command->options.size >= shared.size);
		add(options, &shared, values);
	}
	add(options, &own, &options->asked);
	options->shown = options->count - (command->filter ? 1 : 2);
}

static int by_name(const void *a, const void *b)
{
	const struct spp_option *const *one = a, *const *two = b;

	return strcmp((*one)->field->name, (*two)->field->name);
}

const char *spp_options_json(
	const struct spp_options *options, struct spp_arena *arena)
{
	const struct spp_option *sorted[SPP_OPTIONS_MAX] = {NULL};
	struct spp_buf buf = {0};
	const char *json = NULL;
	size_t count = 0;

	for (size_t i = 0; i < options->count; i++)
		if (options->items[i].given && !options->items[i].field->silent)
			sorted[count++] = &options->items[i];
	qsort(sorted, count, sizeof *sorted, by_name);
	spp_buf_char(&buf, '{');
	for (size_t i = 0; i < count; i++)
		spp_field_print(sorted[i]->field,
			sorted[i]->base + sorted[i]->field->offset, &buf);
	spp_buf_char(&buf, '}');
	if (!buf.failed)
		json = spp_arena_text(arena, buf.data, buf.length);
	spp_buf_free(&buf);
	return json;
}
