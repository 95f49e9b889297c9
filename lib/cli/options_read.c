/* Reading argv by the tables. */
#include "lib/base/text.h"
#include "lib/cli/options.h"
#include "lib/records/read.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { LONG_FIRST = 256 }; /* what getopt_long returns for item 0 */

struct reader {
	struct spp_options *options;
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

/* getopt_long's tables, from ours; operands come in their places, too. */
static void describe(
	const struct spp_options *options, struct option *longs, char *letters)
{
	letters = stpcpy(letters, "-:");
	for (size_t i = 0; i < options->count; i++) {
		const struct spp_field *field = options->items[i].field;
		int value = field->kind == SPP_FLAG ? no_argument
		                                    : required_argument;

		longs[i] = (struct option){options->items[i].name, value, NULL,
			LONG_FIRST + (int)i};
		if (field->letter == 0)
			continue;
		*letters++ = field->letter;
		letters = stpcpy(letters, value == no_argument ? "" : ":");
	}
}

/* The option of a code; NULL where there is none. */
static struct spp_option *meant(struct spp_options *options, int code)
{
	if (code >= LONG_FIRST)
		return &options->items[code - LONG_FIRST];
	for (size_t i = 0; code != 0 && i < options->count; i++)
		if (options->items[i].field->letter == code)
			return &options->items[i];
	return NULL;
}

/* What getopt_long made of WORD. */
static bool take(struct reader *reader, int code, const char *word)
{
	bool wrong = code == '?' || code == ':';
	struct spp_option *option =
		meant(reader->options, wrong ? optopt : code);
	const char letter[] = {'-', (char)optopt, '\0'};
	size_t length = strcspn(word, "=");

	if (word[1] != '-') {
		if (option == NULL)
			return unknown(reader, letter, 2);
	} else if (option == NULL || strlen(option->name) != length - 2) {
		/* getopt_long takes prefixes, and so would freeze them. */
		return unknown(reader, word, length);
	}
	reader->read.path[0].name = option->name;
	if (wrong)
		return spp_read_fail(&reader->read,
			code == ':' ? "needs a value" : "takes no value");
	/* What is given replaces a default, it does not add to it. */
	if (option->field->shape == SPP_LIST && !option->given)
		memset(option->base + option->field->offset, 0,
			sizeof(struct spp_strings));
	option->given = true;
	return set(reader, option, optarg);
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

bool spp_options_read(struct spp_options *options, int argc, char **argv,
	struct spp_arena *arena, struct spp_err *err)
{
	struct option longs[SPP_OPTIONS_MAX + 1] = {0};
	char letters[2 * SPP_OPTIONS_MAX + 3];
	struct reader reader = {options, .read = {.arena = arena,
						 .err = err,
						 .option = true,
						 .depth = 1}};
	int at = 1, code;

	options->operands = argv + 1;
	for (size_t i = 0; i < options->count; i++) {
		const struct spp_option *option = &options->items[i];

		if (option->field->default_text != NULL &&
			!set(&reader, option, option->field->default_text))
			return false;
	}
	describe(options, longs, letters);
	opterr = 0;
	optind = 0; /* start anew: tests read more than one argv */
	for (; (code = getopt_long(argc, argv, letters, longs, NULL)) != -1;
		at = optind)
		if (code == 1)
			options->operands[options->operand_count++] = optarg;
		else if (!take(&reader, code, argv[at]))
			return false;
	for (; optind < argc; optind++)
		options->operands[options->operand_count++] = argv[optind];
	return check(&reader);
}
