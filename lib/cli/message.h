/* What goes to stderr: the only place of the project that writes there. */
#ifndef SPP_CLI_MESSAGE_H
#define SPP_CLI_MESSAGE_H

#include "lib/base/err.h"

/* "NAME: SOURCE:LINE: [warning: ]TEXT", and its hint on a second line. */
void spp_message_print(
	const char *name, const struct spp_err *err, bool warning);

/* All that were kept, and how many more there were. */
void spp_message_print_all(
	const char *name, const struct spp_errs *errs, bool warning);

#endif
