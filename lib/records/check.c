#include "lib/records/check.h"

#include "lib/base/err.h"

bool spp_check_there(const char *field, bool there, bool wanted,
	const char *where, struct spp_err *err)
{
	return there == wanted ||
	       spp_fail(err, SPP_INPUT, "field \"%s\" %s %s", field,
		       wanted ? "is missing" : "has no place", where);
}
