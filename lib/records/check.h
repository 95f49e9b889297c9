/* Rules that the checks of several record types share. */
#ifndef SPP_RECORDS_CHECK_H
#define SPP_RECORDS_CHECK_H

#include <stdbool.h>

struct spp_err;

/* A field must be there, or must not, WHERE ("in a pin constraint"). */
bool spp_check_there(const char *field, bool there, bool wanted,
	const char *where, struct spp_err *err);

#endif
