/*
 * Reading argv by the tables.  Not with getopt_long: it takes any prefix of
 * a name, and so would freeze them all, and it heeds the environment.
 */
#include "lib/base/text.h"
#include "lib/cli/options.h"
#include "lib/records/read.h"

#include <stdio.h>
#include <string.h>

struct reader {
	struct spp_options *options;
	char **next;          /* the words that follow, NULL-terminated */
	struct spp_read read; /* path[0] names the option */
};

/* Add the items between commas of a "NAME,..." option; else all is one. */
static bool add_items(struct spp_read *read, const struct spp_field *field,
	const char *text, struct spp_strings *strings)
{
	const char *ends = strstr(field->metavar, ",...") != NULL ? "," : "";
	const char **items;
	size_t more = 1, length;

	for (const char *c = text; *c != '\0'; c++)
		more += *c == ends[0];
	items = spp_arena_alloc(
		read->arena, strings->count + more, sizeof *items);
	if (items == NULL)
		return spp_fail_memory(read->err);
	if (strings->count > 0)
		memcpy(items, strings->items, strings->count * sizeof *items);
	strings->items = items;
	for (; more > 0; more--, text += length + 1) {
		length = strcspn(text, ends);
		if (length == 0)
			return spp_read_fail(read, "must not be empty");
		items[strings->count++] =
			spp_arena_text(read->arena, text, length);
	}
	return spp_arena_ok(read->arena, read->err);
}

static bool set(struct reader *reader, const struct spp_option *option,
	const char *text)
{
	const struct spp_field *field = option->field;
	struct spp_read *read = &reader->read;
	void *at = option->base + field->offset;

	read->path[0].name = option->name;
	if (field->kind == SPP_FLAG) {
		*(bool *)at = true;
		return true;
	}
	if (text[0] == '\0')
		return spp_read_fail(read, "must not be empty");
	if (field->shape == SPP_LIST)
		return add_items(read, field, text, at);
	return spp_read_text(read, field, text, at);
}

/* An option was typed; VALUE stood with it, else it is the next word. */
static bool take(
	struct reader *reader, struct spp_option *option, const char *value)
{
	const struct spp_field *field = option->field;
	struct spp_read *read = &reader->read;

	read->path[0].name = option->name;
	if (field->kind == SPP_FLAG && value != NULL)
		return spp_read_fail(read, "takes no value");
	if (field->kind != SPP_FLAG && value == NULL) {
		value = *reader->next;
		if (value == NULL)
			return spp_read_fail(read, "needs a value");
		reader->next++;
	}
	/* What is given replaces a default, it does not add to it. */
	if (field->shape == SPP_LIST && !option->given)
		memset(option->base + field->offset, 0,
			sizeof(struct spp_strings));
	option->given = true;
	return set(reader, option, value);
}

static bool unknown(struct reader *reader, const char *word, size_t length)
{
	const struct spp_options *options = reader->options;
	const char *names[SPP_OPTIONS_MAX], *nearest;
	char quoted[SPP_QUOTE_SIZE], name[SPP_OPTION_NAME_SIZE];
	size_t count = 0;

	for (; count < options->shown; count++)
		names[count] = options->items[count].name;
	spp_fail(reader->read.err, SPP_USAGE, "unknown option %s",
		spp_err_quote(quoted, word, length));
	snprintf(name, sizeof name, "%.*s", (int)length, word);
	nearest = spp_text_nearest(name + strspn(name, "-"), names, count);
	if (nearest != NULL)
		spp_err_hint(reader->read.err,
			"Did you mean --%s? Try %s --help.", nearest,
			options->command->name);
	return false;
}

/* "--name" or "--name=value". */
static bool read_long(struct reader *reader, const char *word)
{
	struct spp_options *options = reader->options;
	size_t length = strcspn(word, "=");
	const char *value = word[length] == '=' ? word + length + 1 : NULL;

	for (size_t i = 0; i < options->count; i++) {
		const char *name = options->items[i].name;

		if (strlen(name) == length - 2 &&
			memcmp(name, word + 2, length - 2) == 0)
			return take(reader, &options->items[i], value);
	}
	return unknown(reader, word, length);
}

static struct spp_option *by_letter(struct spp_options *options, char letter)
{
	for (size_t i = 0; i < options->count; i++)
		if (options->items[i].field->letter == letter)
			return &options->items[i];
	return NULL;
}

/* "-abc": the first that needs a value takes the rest of the word as it. */
static bool read_letters(struct reader *reader, const char *word)
{
	while (*++word != '\0') {
		const char typed[] = {'-', *word, '\0'};
		struct spp_option *option = by_letter(reader->options, *word);

		if (option == NULL)
			return unknown(reader, typed, 2);
		if (option->field->kind != SPP_FLAG)
			return take(reader, option,
				word[1] != '\0' ? word + 1 : NULL);
		if (!take(reader, option, NULL))
			return false;
	}
	return true;
}

/* What may be missing or too much is looked for when all was read. */
static bool check(struct reader *reader)
{
	const struct spp_options *options = reader->options;
	char quoted[SPP_QUOTE_SIZE];

	if (options->asked.help || options->asked.version)
		return true;
	for (size_t i = 0; i < options->count; i++) {
		reader->read.path[0].name = options->items[i].name;
		if (options->items[i].field->required &&
			!options->items[i].given)
			return spp_read_fail(&reader->read, "is missing");
	}
	if (options->command->operands == NULL && options->operand_count > 0)
		return spp_fail(reader->read.err, SPP_USAGE,
			"unexpected operand %s",
			spp_err_quote(quoted, options->operands[0],
				strlen(options->operands[0])));
	return true;
}

bool spp_options_read(struct spp_options *options, char **words,
	struct spp_arena *arena, struct spp_err *err)
{
	struct reader reader = {options, words,
		.read = {.arena = arena,
			.err = err,
			.option = true,
			.depth = 1}};
	bool plain = false;

	options->operands = words;
	for (size_t i = 0; i < options->count; i++) {
		const struct spp_option *option = &options->items[i];

		if (option->field->default_text != NULL &&
			!set(&reader, option, option->field->default_text))
			return false;
	}
	while (*reader.next != NULL) {
		char *word = *reader.next++;

		if (plain || word[0] != '-' || word[1] == '\0')
			options->operands[options->operand_count++] = word;
		else if (strcmp(word, "--") == 0)
			plain = true;
		else if (word[1] == '-' ? !read_long(&reader, word)
					: !read_letters(&reader, word))
			return false;
	}
	return check(&reader);
}
