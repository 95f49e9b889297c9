/* What exact and estimated numbers share: powers of ten and the form. */
#ifndef SPP_BASE_NUM_DECIMAL_H
#define SPP_BASE_NUM_DECIMAL_H

#include "lib/base/num.h"

enum { SPP_NUM_POWERS = 23 };
extern const double spp_num_powers[SPP_NUM_POWERS];

/*
 * Print mantissa * 10^exponent (mantissa below 1e15) in the form of
 * spp_num_exact.  Returns the length.
 */
size_t spp_num_decimal(bool negative, uint64_t mantissa, int exponent,
	char text[SPP_NUM_SIZE]);

#endif
