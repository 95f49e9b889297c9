#include "lib/cli/command.h"

#include "lib/cli/message.h"
#include "lib/cli/options.h"
#include "lib/records/record.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/*
 * A file must not take the place of a closed standard descriptor.  Opened
 * for reading only, so that writing to it stays an error.
 */
static void hold_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			return;
}

/* --help and the like; nothing where none of it was asked. */
static void answer(const struct spp_options *options, struct spp_buf *buf)
{
	const struct spp_asked *asked = &options->asked;

	if (asked->help)
		spp_options_help(options, buf);
	else if (asked->version)
		spp_buf_format(
			buf, "%s %s\n", options->command->name, SPP_VERSION);
	else if (asked->schema)
		spp_record_schema(buf);
	else if (asked->completion == SPP_BASH)
		spp_options_bash(options, buf);
	else if (asked->completion == SPP_ZSH)
		spp_options_zsh(options, buf);
	else if (asked->manual == SPP_MANUAL_OPTIONS)
		spp_options_manual(options, buf);
	else if (asked->manual == SPP_MANUAL_RECORDS)
		spp_record_manual(buf);
}

static bool run(
	struct spp_context *context, int argc, char **argv, struct spp_err *err)
{
	const struct spp_command *command = context->command;
	struct spp_options options;
	struct spp_buf text = {0};
	void *values;

	values = spp_arena_alloc(&context->arena, 1, command->options.size);
	if (values == NULL)
		return spp_fail_memory(err);
	spp_options_init(&options, command, values);
	if (!spp_options_read(&options, argc, argv, &context->arena, err)) {
		spp_err_hint(err, "Try %s --help.", command->name);
		return false;
	}
	answer(&options, &text);
	if (text.length > 0 || text.failed) {
		bool done = spp_buf_ok(&text, err) &&
		            spp_output_write(&context->output, text.data,
				    text.length, err);

		spp_buf_free(&text);
		return done;
	}
	context->operands = (const char *const *)options.operands;
	context->operand_count = options.operand_count;
	context->options_json = spp_options_json(&options, &context->arena);
	if (context->options_json == NULL)
		return spp_fail_memory(err);
	context->common = command->filter ? values : NULL;
	return command->run(context, values, err);
}

/* What stage and error lists both hold is said once. */
static void report(struct spp_context *context, const struct spp_err *err)
{
	const struct spp_err *first = &context->errors.kept[0];
	const char *name = context->command->name;

	spp_message_print_all(name, &context->warnings, true);
	spp_message_print_all(name, &context->errors, false);
	if (err->status != SPP_DONE &&
		(context->errors.count == 0 || first->line != err->line ||
			strcmp(first->text, err->text) != 0))
		spp_message_print(name, err, false);
}

int spp_command_main(const struct spp_command *command, int argc, char **argv)
{
	struct spp_context context = {.command = command};
	struct spp_err err = {0};
	enum spp_status status;

	hold_descriptors();
	spp_progress_begin(&context);
	if (command->keeps_sigpipe_ignored)
		signal(SIGPIPE, SIG_IGN);
	spp_output_to(&context.output, STDOUT_FILENO, "<stdout>");
	if (run(&context, argc, argv, &err))
		status = context.errors.count > 0
		                 ? context.errors.kept[0].status
		                 : context.status;
	else
		status = err.status;
	spp_progress_end(&context);
	/* What was written stands before what is said about it. */
	if (!spp_output_close(&context.output, &err) &&
		(status == SPP_DONE || status == SPP_LEFT))
		status = SPP_SYSTEM;
	report(&context, &err);
	spp_arena_free(&context.arena);
	return (int)status;
}
