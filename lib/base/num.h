/* Numbers as text, without locale: strict reading, exact printing. */
#ifndef SPP_BASE_NUM_H
#define SPP_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPP_NUM_SIZE = 32 }; /* room for any number and its NUL */

/*
 * Read a decimal number that fills all of TEXT: JSON's grammar plus a
 * leading "+" or "."; no blanks, no hex, no inf or nan.  Correctly rounded;
 * "-0" is 0.  False (and *value untouched) for anything else and for
 * overflow.
 */
bool spp_num_parse(const char *text, double *value);
bool spp_num_parse_integer(const char *text, int64_t *value);

/*
 * The shortest text that reads back as the same double: whole numbers below
 * 1e15 in digits ("73400320", 2e12 as "2000000000000"), all others as the
 * first of printf's %.15g, %.16g and %.17g that reads back ("0.1", "1e-05",
 * "1e+18"); valid JSON.  -0 is "0".  Value must be finite.  Returns the
 * length; TEXT gets a NUL.
 */
size_t spp_num_exact(double value, char text[SPP_NUM_SIZE]);

/* Estimates carry six significant digits: VALUE rounded to them. */
double spp_num_estimate(double value);

#endif
