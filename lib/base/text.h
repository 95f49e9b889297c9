/* Comparing names. */
#ifndef SPP_BASE_TEXT_H
#define SPP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Order of names, like strcmp: those that consist of digits only come first,
 * by value (equal values by length), then all others byte by byte.  (Digits
 * among the others would be no order: 9 < 10 < 1a < 9.)
 */
int spp_text_compare(const char *a, const char *b);

/* Is NAME one of NAMES, NULL-terminated?  NULL lists none. */
bool spp_text_listed(const char *name, const char *const *names);

/*
 * The candidate with the least edit distance to NAME, or NULL when none is
 * near enough to be what was meant.  Ties go to the first.
 */
const char *spp_text_nearest(
	const char *name, const char *const *candidates, size_t count);

#endif
