/*
 * A command is a description and one call: spp_command_main reads the
 * options, answers --help, --version, --schema and --completion, calls run,
 * prints what went wrong, closes the output and returns the exit status.
 */
#ifndef SPP_CLI_COMMAND_H
#define SPP_CLI_COMMAND_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/io/output.h"
#include "lib/records/field.h"

#define SPP_VERSION "0.1.0"

enum spp_format { SPP_FORMAT_NDJSON, SPP_FORMAT_TABLE };

/*
 * Options that every filter has; the first member of its option struct.
 * Their table is here: a filter's own table does not name them.
 */
struct spp_common {
	int64_t threads; /* 0 = one per processor */
	bool verbose;
	bool strict;
	bool partial;
	int format; /* enum spp_format */
	spp_time now;
};

/* What a command's run gets, beside its options. */
struct spp_context {
	const struct spp_command *command;
	const char *const *operands; /* after the options */
	size_t operand_count;
	struct spp_output output; /* stdout */
	struct spp_errs errors;   /* printed when run returns */
	struct spp_errs warnings; /* printed first */
	const char *options_json; /* given options that change the answer */
	struct spp_arena arena;   /* for whatever lives as long as the run */
	const struct spp_common *common; /* of a filter, else NULL */
	enum spp_status status;          /* SPP_DONE, or SPP_LEFT set by run */
	double progress_s;   /* when it may be told next; 0 = never */
	bool progress_shown; /* there is a line of it */
};

struct spp_command {
	const char *name;     /* "spp-plan" */
	const char *summary;  /* one line for --help and the manual */
	const char *operands; /* "[FILE ...]", NULL = none allowed */
	struct spp_fields options;
	bool filter; /* reads a feed: has the common options, --schema */
	bool keeps_sigpipe_ignored;
	/* options points to the struct that the table describes. */
	bool (*run)(struct spp_context *context, const void *options,
		struct spp_err *err);
};

int spp_command_main(const struct spp_command *command, int argc, char **argv);

/* Report on stderr what goes on, under -v only. */
void spp_note(struct spp_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Tell who waits how far the work is: WHAT, and DONE of TOTAL (0 = not
 * known).  To be called now and then on the main thread: it does something
 * only where stderr is a terminal, once the command runs for a second, and
 * five times a second at most.
 */
void spp_progress(struct spp_context *context, const char *what, size_t done,
	size_t total);

#endif
