/* Reading argv by the tables. */
#include "lib/base/num.h"
#include "lib/base/text.h"
#include "lib/cli/options.h"
#include "lib/records/record.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { LONG_FIRST = 256 }; /* what getopt_long returns for item 0 */

static bool fail(const struct spp_option *option, const char *wanted,
	const char *text, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];

	return spp_fail(err, SPP_USAGE, "option --%s must be %s, got %s",
		option->name, wanted,
		spp_err_quote(quoted, text, strlen(text)));
}

static bool in_range(const struct spp_option *option, double value,
	const char *text, struct spp_err *err)
{
	const struct spp_field *field = option->field;
	char wanted[96];

	if (value >= field->min && value <= spp_field_max(field))
		return true;
	snprintf(wanted, sizeof wanted, "between %g and %g", field->min,
		spp_field_max(field));
	return fail(option, wanted, text, err);
}

/* One more item, or the items between commas of a "NAME,..." option. */
static bool add_strings(const struct spp_option *option, const char *text,
	struct spp_strings *strings, struct spp_arena *arena,
	struct spp_err *err)
{
	bool list = strstr(option->field->metavar, ",...") != NULL;
	const char *rest = text;
	const char **items;
	size_t more = 1;

	for (const char *c = text; list && *c != '\0'; c++)
		more += *c == ',';
	items = spp_arena_alloc(arena, strings->count + more, sizeof *items);
	if (items == NULL)
		return spp_fail_memory(err);
	if (strings->count > 0)
		memcpy(items, strings->items, strings->count * sizeof *items);
	strings->items = items;
	for (size_t i = 0; i < more; i++) {
		size_t length = list ? strcspn(rest, ",") : strlen(rest);

		if (length == 0)
			return fail(option, "without empty names", text, err);
		items[strings->count] = spp_arena_text(arena, rest, length);
		if (items[strings->count++] == NULL)
			return spp_fail_memory(err);
		rest += length + 1;
	}
	return true;
}

static bool set(const struct spp_option *option, const char *text,
	struct spp_arena *arena, struct spp_err *err)
{
	void *at = option->base + option->field->offset;
	double *number = at;
	int64_t *integer = at;
	char choices[SPP_CHOICES_SIZE];

	switch (option->field->kind) {
	case SPP_FLAG:
		*(bool *)at = true;
		return true;
	case SPP_STRING:
		if (text[0] == '\0')
			return fail(option, "a text", text, err);
		*(const char **)at = text;
		return true;
	case SPP_NUMBER:
		if (!spp_num_parse(text, number))
			return fail(option, "a number", text, err);
		return in_range(option, *number, text, err);
	case SPP_DURATION:
		if (!spp_duration_parse(text, number))
			return fail(option, "a duration like 15m", text, err);
		return in_range(option, *number, text, err);
	case SPP_INTEGER:
		if (!spp_num_parse_integer(text, integer))
			return fail(option, "a whole number", text, err);
		return in_range(option, (double)*integer, text, err);
	case SPP_TIME:
		return spp_time_parse(text, SPP_OFFSET_NONE, at) ||
		       fail(option, "a time like 2026-11-22T10:00:00Z", text,
			       err);
	case SPP_CHOICE:
		return spp_field_choose(option->field, text, at) ||
		       fail(option, spp_field_choices(option->field, choices),
			       text, err);
	case SPP_STRINGS:
		return add_strings(option, text, at, arena, err);
	default:
		assert(!"a kind of field that no option has");
		return false;
	}
}

/* The option that was typed as WORD ("--name" or "--name=value"). */
static struct spp_option *find(struct spp_options *options, const char *word)
{
	size_t length = strcspn(word + 2, "=");

	for (size_t i = 0; i < options->count; i++)
		if (strncmp(options->items[i].name, word + 2, length) == 0 &&
			options->items[i].name[length] == '\0')
			return &options->items[i];
	return NULL;
}

static bool unknown(const struct spp_options *options, const char *word,
	struct spp_err *err)
{
	const char *names[SPP_OPTIONS_MAX];
	char quoted[SPP_QUOTE_SIZE], name[SPP_OPTION_NAME_SIZE];
	const char *nearest = NULL;
	size_t count = 0;

	for (size_t i = 0; i < options->count; i++)
		if (!options->items[i].hidden)
			names[count++] = options->items[i].name;
	spp_fail(err, SPP_USAGE, "unknown option %s",
		spp_err_quote(quoted, word, strcspn(word, "=")));
	if (strncmp(word, "--", 2) == 0) {
		snprintf(name, sizeof name, "%s", word + 2);
		name[strcspn(name, "=")] = '\0';
		nearest = spp_text_nearest(name, names, count);
	}
	if (nearest != NULL)
		spp_err_hint(err, "Did you mean --%s? Try %s --help.", nearest,
			options->command->name);
	return false;
}

/* getopt_long's tables, from ours. */
static void fill(
	const struct spp_options *options, struct option *longs, char *shorts)
{
	*shorts++ = ':';
	for (size_t i = 0; i < options->count; i++) {
		const struct spp_option *option = &options->items[i];
		bool flag = option->field->kind == SPP_FLAG;

		longs[i] = (struct option){option->name,
			flag ? no_argument : required_argument, NULL,
			LONG_FIRST + (int)i};
		if (option->field->letter == 0)
			continue;
		*shorts++ = option->field->letter;
		if (!flag)
			*shorts++ = ':';
	}
	longs[options->count] = (struct option){0};
	*shorts = '\0';
}

/* What getopt_long returned, as an option; NULL with err set. */
static struct spp_option *meant(
	struct spp_options *options, int code, char **argv, struct spp_err *err)
{
	const char *word = argv[optind - 1];
	const char letter[] = {'-', (char)optopt, '\0'};
	struct spp_option *option;

	if (code == '?' || code == ':') {
		bool named = strncmp(word, "--", 2) == 0;

		option = named ? find(options, word) : NULL;
		if (code == ':' && (option != NULL || !named))
			spp_fail(err, SPP_USAGE, "option %s needs a value",
				named ? word : letter);
		else if (option != NULL)
			spp_fail(err, SPP_USAGE, "option --%s takes no value",
				option->name);
		else
			unknown(options, named ? word : letter, err);
		return NULL;
	}
	if (code >= LONG_FIRST) {
		option = &options->items[code - LONG_FIRST];
		/* getopt_long takes prefixes, and so would freeze them. */
		if (optarg == word)
			word = argv[optind - 2];
		if (find(options, word) == option)
			return option;
		unknown(options, word, err);
		return NULL;
	}
	for (size_t i = 0; i < options->count; i++)
		if (options->items[i].field->letter == code)
			return &options->items[i];
	assert(!"getopt_long knows no other letters");
	return NULL;
}

static bool set_defaults(struct spp_options *options, struct spp_arena *arena,
	struct spp_err *err)
{
	for (size_t i = 0; i < options->count; i++) {
		const struct spp_option *option = &options->items[i];

		if (option->field->default_text != NULL &&
			!set(option, option->field->default_text, arena, err))
			return false;
	}
	return true;
}

bool spp_options_read(struct spp_options *options, int argc, char **argv,
	struct spp_arena *arena, int *operand, struct spp_err *err)
{
	struct option longs[SPP_OPTIONS_MAX + 1];
	char shorts[2 * SPP_OPTIONS_MAX + 2];
	int code;

	if (!set_defaults(options, arena, err))
		return false;
	fill(options, longs, shorts);
	opterr = 0;
	optind = 0; /* start anew: tests read more than one argv */
	while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		struct spp_option *option = meant(options, code, argv, err);
		struct spp_strings *strings;

		if (option == NULL)
			return false;
		/* What is given replaces a default, it does not add to it. */
		strings = (void *)(option->base + option->field->offset);
		if (option->field->kind == SPP_STRINGS && !option->given)
			*strings = (struct spp_strings){0};
		option->given = true;
		if (!set(option, optarg, arena, err))
			return false;
	}
	*operand = optind;
	if (options->asked.help || options->asked.version)
		return true;
	for (size_t i = 0; i < options->count; i++)
		if (options->items[i].field->required &&
			!options->items[i].given)
			return spp_fail(err, SPP_USAGE,
				"option --%s is missing",
				options->items[i].name);
	if (options->command->operands == NULL && optind < argc) {
		char quoted[SPP_QUOTE_SIZE];

		return spp_fail(err, SPP_USAGE, "unexpected operand %s",
			spp_err_quote(
				quoted, argv[optind], strlen(argv[optind])));
	}
	return true;
}
