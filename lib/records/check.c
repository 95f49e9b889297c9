#include "lib/records/check.h"

#include "lib/base/err.h"

#include <string.h>

bool spp_check_places(const char *field, const struct spp_strings *places,
	size_t least, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];

	if (places->count < least)
		return spp_fail(err, SPP_INPUT,
			"field \"%s\" must name at least %zu platform%s", field,
			least, least == 1 ? "" : "s");
	if (places->count > SPP_REPLICAS_MAX)
		return spp_fail(err, SPP_INPUT,
			"field \"%s\" names %zu platforms, at most %d can be",
			field, places->count, SPP_REPLICAS_MAX);
	for (size_t i = 1; i < places->count; i++) {
		for (size_t j = 0; j < i; j++) {
			const char *name = places->items[i];

			if (strcmp(name, places->items[j]) != 0)
				continue;
			return spp_fail(err, SPP_INPUT,
				"field \"%s\" names platform %s twice", field,
				spp_err_quote(quoted, name, strlen(name)));
		}
	}
	return true;
}

bool spp_check_there(const char *field, bool there, bool wanted,
	const char *where, struct spp_err *err)
{
	return there == wanted ||
	       spp_fail(err, SPP_INPUT, "field \"%s\" %s %s", field,
		       wanted ? "is missing" : "has no place", where);
}
