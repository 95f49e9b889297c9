/* What goes to stderr: the only place of the project that writes there. */
#ifndef SPP_CLI_MESSAGE_H
#define SPP_CLI_MESSAGE_H

#include "lib/cli/command.h"

/* "NAME: SOURCE:LINE: [warning: ]TEXT", and its hint on a second line. */
void spp_message_print(
	const char *name, const struct spp_err *err, bool warning);

/* Progress may be told from a second on; its line is taken away. */
void spp_progress_begin(struct spp_context *context);
void spp_progress_end(struct spp_context *context);

/* All that were kept, and how many more there were. */
void spp_message_print_all(
	const char *name, const struct spp_errs *errs, bool warning);

#endif
