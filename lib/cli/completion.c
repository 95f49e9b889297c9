/* Completion scripts for shells, printed by the program they complete. */
#include "lib/cli/options.h"

#include "lib/base/buf.h"

#include <string.h>

/*
 * In bash a "=" is a word of its own: what counts is the word before it.
 * Where no words match, bash goes on with the names of files.
 */
void spp_options_bash(const struct spp_options *options, struct spp_buf *buf)
{
	const char *name = options->command->name;
	char choices[SPP_CHOICES_SIZE];

	spp_buf_format(buf,
		"_%s() {\n"
		"\tlocal words= word=${COMP_WORDS[COMP_CWORD]}\n"
		"\tlocal before=${COMP_WORDS[COMP_CWORD - 1]}\n"
		"\tif [ \"$word\" = = ]; then\n"
		"\t\tword=\n"
		"\telif [ \"$before\" = = ]; then\n"
		"\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n"
		"\tfi\n"
		"\tcase $before:$word in\n",
		name);
	for (size_t i = 0; i < options->shown; i++)
		if (options->items[i].field->kind == SPP_CHOICE)
			spp_buf_format(buf, "\t--%s:*) words='%s' ;;\n",
				options->items[i].name,
				spp_field_choices(options->items[i].field, " ",
					" ", choices));
	spp_buf_string(buf, "\t*:-*) words='");
	for (size_t i = 0; i < options->shown; i++)
		spp_buf_format(buf, "--%s ", options->items[i].name);
	spp_buf_format(buf,
		"' ;;\n"
		"\tesac\n"
		"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
		"\"$word\")\n"
		"}\n"
		"complete -o default -F _%s %s\n",
		name, name);
}

/* TEXT in a single-quoted argument of _arguments. */
static void put_zsh(const char *text, struct spp_buf *buf)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			spp_buf_string(buf, "'\\''");
			continue;
		}
		if (strchr("[]:\\", *text) != NULL)
			spp_buf_char(buf, '\\');
		spp_buf_char(buf, *text);
	}
}

void spp_options_zsh(const struct spp_options *options, struct spp_buf *buf)
{
	char choices[SPP_CHOICES_SIZE];

	spp_buf_format(
		buf, "#compdef %s\n_arguments -S", options->command->name);
	for (size_t i = 0; i < options->shown; i++) {
		const struct spp_field *field = options->items[i].field;

		spp_buf_format(buf, " \\\n\t'%s--%s%s[",
			field->shape == SPP_LIST ? "*" : "",
			options->items[i].name,
			field->kind == SPP_FLAG ? "" : "=");
		put_zsh(field->text, buf);
		spp_buf_char(buf, ']');
		if (field->kind != SPP_FLAG) {
			spp_buf_char(buf, ':');
			put_zsh(field->metavar, buf);
			spp_buf_char(buf, ':');
			if (field->kind == SPP_CHOICE)
				spp_buf_format(buf, "(%s)",
					spp_field_choices(
						field, " ", " ", choices));
			else if (strstr(field->metavar, "FILE") != NULL)
				spp_buf_string(buf, "_files");
		}
		spp_buf_char(buf, '\'');
	}
	if (options->command->operands != NULL)
		spp_buf_string(buf, " \\\n\t'*:file:_files'");
	spp_buf_char(buf, '\n');
}
