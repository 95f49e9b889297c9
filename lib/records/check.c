#include "lib/records/check.h"

#include "lib/base/err.h"

#include <string.h>

bool spp_check_places(const char *field, const struct spp_strings *places,
	size_t least, struct spp_err *err)
{
	char quoted[SPP_QUOTE_SIZE];

	if (places->count < least) {
		spp_err_field(err, field);
		return spp_fail(err, SPP_INPUT,
			"field \"%s\" must name at least %zu platform%s", field,
			least, least == 1 ? "" : "s");
	}
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

bool spp_check_there(
	const char *field, bool there, const char *where, struct spp_err *err)
{
	return there || spp_fail(err, SPP_INPUT, "field \"%s\" is missing %s",
				field, where);
}

bool spp_check_absent(
	const char *field, bool there, const char *where, struct spp_err *err)
{
	return !there || spp_fail(err, SPP_INPUT,
				 "field \"%s\" has no place %s", field, where);
}

bool spp_check_slots(
	const char *field, size_t count, size_t slots, struct spp_err *err)
{
	return count == slots ||
	       spp_fail(err, SPP_INPUT,
		       "field \"%s\" has %zu values for %zu slots", field,
		       count, slots);
}
