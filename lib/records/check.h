/* Rules that the checks of several record types share. */
#ifndef SPP_RECORDS_CHECK_H
#define SPP_RECORDS_CHECK_H

#include "lib/records/field.h"

struct spp_err;

/* At least LEAST platforms, none of them twice. */
bool spp_check_places(const char *field, const struct spp_strings *places,
	size_t least, struct spp_err *err);

/* A field must be there, or must not, WHERE ("in a pin constraint"). */
bool spp_check_there(const char *field, bool there, bool wanted,
	const char *where, struct spp_err *err);

#endif
