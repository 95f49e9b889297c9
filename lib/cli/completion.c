/* Completion scripts for shells, printed by the program they complete. */
#include "lib/cli/options.h"

#include "lib/base/buf.h"

#include <string.h>

/* The program's name as part of a function's. */
static void put_function(const struct spp_options *options, struct spp_buf *buf)
{
	spp_buf_char(buf, '_');
	for (const char *c = options->command->name; *c != '\0'; c++)
		spp_buf_char(buf, *c == '-' ? '_' : *c);
}

static void put_choices(const struct spp_field *field, struct spp_buf *buf)
{
	for (size_t i = 0; field->choices[i] != NULL; i++)
		spp_buf_format(
			buf, "%s%s", i > 0 ? " " : "", field->choices[i]);
}

/* In bash a "=" is a word of its own: what counts is the word before it. */
static void print_bash(const struct spp_options *options, struct spp_buf *buf)
{
	put_function(options, buf);
	spp_buf_string(buf, "() {\n"
			    "\tlocal word=${COMP_WORDS[COMP_CWORD]}\n"
			    "\tlocal before=${COMP_WORDS[COMP_CWORD - 1]}\n"
			    "\tif [ \"$word\" = = ]; then\n"
			    "\t\tword=\n"
			    "\telif [ \"$before\" = = ]; then\n"
			    "\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n"
			    "\tfi\n"
			    "\tcase $before in\n");
	for (size_t i = 0; i < options->count; i++) {
		const struct spp_option *option = &options->items[i];

		if (option->field->kind != SPP_CHOICE)
			continue;
		spp_buf_format(buf,
			"\t--%s)\n"
			"\t\tmapfile -t COMPREPLY < <(compgen -W '",
			option->name);
		put_choices(option->field, buf);
		spp_buf_string(buf, "' -- \"$word\")\n\t\treturn\n\t\t;;\n");
	}
	spp_buf_string(buf, "\tesac\n"
			    "\tcase $word in\n"
			    "\t-*) mapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; i < options->count; i++)
		if (!options->items[i].hidden)
			spp_buf_format(buf, "%s--%s", i > 0 ? " " : "",
				options->items[i].name);
	spp_buf_string(buf, "' -- \"$word\") ;;\n"
			    "\t*) mapfile -t COMPREPLY < <(compgen -f -- "
			    "\"$word\") ;;\n"
			    "\tesac\n"
			    "}\n"
			    "complete -o filenames -F ");
	put_function(options, buf);
	spp_buf_format(buf, " %s\n", options->command->name);
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

static void print_zsh(const struct spp_options *options, struct spp_buf *buf)
{
	spp_buf_format(
		buf, "#compdef %s\n_arguments -S", options->command->name);
	for (size_t i = 0; i < options->count; i++) {
		const struct spp_option *option = &options->items[i];
		const struct spp_field *field = option->field;
		bool flag = field->kind == SPP_FLAG;

		if (option->hidden)
			continue;
		spp_buf_format(buf, " \\\n\t'%s--%s%s[",
			field->kind == SPP_STRINGS ? "*" : "", option->name,
			flag ? "" : "=");
		put_zsh(field->text, buf);
		spp_buf_char(buf, ']');
		if (!flag) {
			spp_buf_char(buf, ':');
			put_zsh(field->metavar, buf);
			spp_buf_char(buf, ':');
		}
		if (field->kind == SPP_CHOICE) {
			spp_buf_char(buf, '(');
			put_choices(field, buf);
			spp_buf_char(buf, ')');
		} else if (!flag && strstr(field->metavar, "FILE") != NULL) {
			spp_buf_string(buf, "_files");
		}
		spp_buf_char(buf, '\'');
	}
	if (options->command->operands != NULL)
		spp_buf_string(buf, " \\\n\t'*:file:_files'");
	spp_buf_char(buf, '\n');
}

void spp_options_completion(const struct spp_options *options,
	enum spp_shell shell, struct spp_buf *buf)
{
	if (shell == SPP_BASH)
		print_bash(options, buf);
	else
		print_zsh(options, buf);
}
