/* Numbers: as strtod reads them, and printed so that they read back. */
#include "lib/base/num.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void check_integer(const char *text, size_t length)
{
	char printed[SPP_NUM_SIZE];
	int64_t value, back;

	if (!spp_num_parse_integer(text, length, &value))
		return;
	length = spp_num_integer(value, printed);
	assert(spp_num_parse_integer(printed, length, &back) && back == value);
}

static void check_printed(double value)
{
	char text[SPP_NUM_SIZE], estimate[SPP_NUM_SIZE];
	double rounded = spp_num_estimate(value);
	double back;
	size_t length = spp_num_exact(value, text);

	assert(spp_num_parse(text, length, &back) && back == value);
	length = spp_num_estimate_text(value, estimate);
	assert(spp_num_parse(estimate, length, &back) && back == rounded);
	assert(spp_num_exact(rounded, text) == length);
	assert(strcmp(text, estimate) == 0);
	assert(spp_num_estimate(rounded) == rounded);
}

/* The text as a number, and its first bytes as those of a double. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char *copy = malloc(size + 1);
	char *end;
	double value;

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	if (spp_num_parse(text, size, &value)) {
		assert(strtod(copy, &end) == value && *end == '\0');
		check_printed(value);
	}
	check_integer(text, size);
	if (size >= sizeof value) {
		memcpy(&value, data, sizeof value);
		if (isfinite(value))
			check_printed(value);
	}
	free(copy);
	return 0;
}
