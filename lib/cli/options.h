/*
 * Options from tables of fields: reading argv, and all that is printed
 * about them.
 */
#ifndef SPP_CLI_OPTIONS_H
#define SPP_CLI_OPTIONS_H

#include "lib/cli/command.h"

struct spp_buf;

enum { SPP_OPTIONS_MAX = 96, SPP_OPTION_NAME_SIZE = 32 };

/* What every command answers by itself. */
struct spp_asked {
	bool help, version, schema;
	int completion; /* enum spp_shell, -1 = not asked */
	int manual;     /* enum spp_manual, -1 = not asked */
};

enum spp_shell { SPP_BASH, SPP_ZSH };
enum spp_manual { SPP_MANUAL_OPTIONS, SPP_MANUAL_RECORDS };

struct spp_option {
	const struct spp_field *field;
	char name[SPP_OPTION_NAME_SIZE]; /* as typed, without the dashes */
	char *base;                      /* the struct it is stored in */
	bool given;
};

struct spp_options {
	const struct spp_command *command;
	struct spp_option items[SPP_OPTIONS_MAX]; /* in order of --help */
	size_t count;
	size_t shown; /* of them to people, the first */
	struct spp_asked asked;
	char **operands; /* what was no option, in order */
	size_t operand_count;
};

/* The options of a command, their values to be stored in VALUES. */
void spp_options_init(struct spp_options *options,
	const struct spp_command *command, void *values);

/*
 * Set defaults, then read argv.  Operands are moved to its front, behind the
 * name of the program.  Errors are SPP_USAGE.
 */
bool spp_options_read(struct spp_options *options, int argc, char **argv,
	struct spp_arena *arena, struct spp_err *err);

/* The given options that change the answer, as JSON with sorted keys. */
const char *spp_options_json(
	const struct spp_options *options, struct spp_arena *arena);

/* Text for people and shells, appended to a buffer. */
void spp_options_help(const struct spp_options *options, struct spp_buf *buf);
void spp_options_manual(const struct spp_options *options, struct spp_buf *buf);
void spp_options_bash(const struct spp_options *options, struct spp_buf *buf);
void spp_options_zsh(const struct spp_options *options, struct spp_buf *buf);

#endif
