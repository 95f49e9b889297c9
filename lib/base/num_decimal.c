#include "lib/base/num_decimal.h"

#include <assert.h>
#include <string.h>

/* Digits of the mantissa into DIGITS; returns how many. */
static int split(uint64_t mantissa, char digits[20])
{
	char reversed[20];
	int count = 0;

	do {
		reversed[count++] = (char)('0' + mantissa % 10);
		mantissa /= 10;
	} while (mantissa > 0);
	for (int i = 0; i < count; i++)
		digits[i] = reversed[count - 1 - i];
	return count;
}

static char *put(char *end, const char *digits, int count)
{
	memcpy(end, digits, (size_t)count);
	return end + count;
}

static char *put_zeros(char *end, int count)
{
	memset(end, '0', (size_t)count);
	return end + count;
}

static char *put_scientific(
	char *end, const char *digits, int count, int exponent)
{
	char text[20];
	int size = exponent < 0 ? -exponent : exponent;
	int length = split((uint64_t)size, text);

	*end++ = digits[0];
	if (count > 1) {
		*end++ = '.';
		end = put(end, digits + 1, count - 1);
	}
	*end++ = 'e';
	*end++ = exponent < 0 ? '-' : '+';
	if (size < 10)
		*end++ = '0';
	return put(end, text, length);
}

size_t spp_num_decimal(
	bool negative, uint64_t mantissa, int exponent, char text[SPP_NUM_SIZE])
{
	char digits[20];
	int count = split(mantissa, digits);
	int point = count + exponent; /* digits before the point */
	char *end = text;

	assert(mantissa < UINT64_C(1000000000000000));
	while (count > 1 && digits[count - 1] == '0')
		count--;
	if (mantissa == 0)
		point = 1;
	else if (negative)
		*end++ = '-';
	if (point > 15 || point < -3) {
		end = put_scientific(end, digits, count, point - 1);
	} else if (point <= 0) {
		end = put(end, "0.", 2);
		end = put_zeros(end, -point);
		end = put(end, digits, count);
	} else if (point >= count) {
		end = put(end, digits, count);
		end = put_zeros(end, point - count);
	} else {
		end = put(end, digits, point);
		*end++ = '.';
		end = put(end, digits + point, count - point);
	}
	*end = '\0';
	return (size_t)(end - text);
}

size_t spp_num_integer(int64_t value, char text[SPP_NUM_SIZE])
{
	char digits[20];
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
	int count = split(size, digits);
	char *end = text;

	if (value < 0)
		*end++ = '-';
	end = put(end, digits, count);
	*end = '\0';
	return (size_t)(end - text);
}
