/* --help: one screen, from the tables. */
#include "lib/cli/options.h"

#include "lib/base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, TEXT_COLUMN = 26, GAP = 2 };

/* Append TEXT from column AT on, broken at blanks, with a newline. */
static void wrap(struct spp_buf *buf, const char *text, size_t at, size_t left)
{
	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		if (at + 1 + word > WIDTH) {
			spp_buf_format(buf, "\n%*s", (int)left, "");
			at = left;
		} else if (at > left) {
			spp_buf_char(buf, ' ');
			at++;
		}
		spp_buf_append(buf, text, word);
		at += word;
		text += word + strspn(text + word, " ");
	}
	spp_buf_char(buf, '\n');
}

/* A long option has its text behind it where that fits, else below. */
static void print_option(const struct spp_option *option, struct spp_buf *buf)
{
	const struct spp_field *field = option->field;
	size_t begin = buf->length, left = TEXT_COLUMN, at;
	char text[512];
	int length = snprintf(text, sizeof text, "%s", field->text);

	if (field->default_text != NULL)
		length += snprintf(text + length, sizeof text - (size_t)length,
			" [%s]", field->default_text);
	assert(length < (int)sizeof text);
	spp_buf_string(buf, "  ");
	if (field->letter != 0)
		spp_buf_format(buf, "-%c, ", field->letter);
	spp_buf_format(buf, "--%s", option->name);
	if (field->kind != SPP_FLAG)
		spp_buf_format(buf, "=%s", field->metavar);
	at = buf->length - begin;
	if (at + GAP > left && at + GAP + (size_t)length <= WIDTH)
		left = at + GAP;
	if (at + GAP > left) {
		spp_buf_char(buf, '\n');
		at = 0;
	}
	spp_buf_format(buf, "%*s", (int)(left - at), "");
	wrap(buf, text, left, left);
}

void spp_options_help(const struct spp_options *options, struct spp_buf *buf)
{
	const struct spp_command *command = options->command;

	spp_buf_format(buf, "usage: %s [OPTION ...]%s%s\n", command->name,
		command->operands != NULL ? " " : "",
		command->operands != NULL ? command->operands : "");
	wrap(buf, command->summary, 0, 0);
	if (command->options.count > 0 &&
		options->items[0].field->group == NULL)
		spp_buf_string(buf, "\nOptions:\n");
	for (size_t i = 0; i < options->shown; i++) {
		const struct spp_option *option = &options->items[i];

		/* In a filter, what all have stands under one heading. */
		bool shared = command->filter &&
		              option->base == (const char *)&options->asked;

		if (option->field->group != NULL && !shared)
			spp_buf_format(buf, "\n%s:\n", option->field->group);
		print_option(option, buf);
	}
	spp_buf_format(buf, "More in %s(1).\n", command->name);
}
