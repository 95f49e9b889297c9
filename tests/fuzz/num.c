/* Numbers: as strtod reads them, and printed so that they read back. */
#include "lib/base/num.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_integer(const char *text)
{
	char printed[SPP_NUM_SIZE];
	int64_t value, back;

	if (!spp_num_parse_integer(text, &value))
		return;
	snprintf(printed, sizeof printed, "%" PRId64, value);
	assert(spp_num_parse_integer(printed, &back) && back == value);
}

static void check_printed(double value)
{
	char text[SPP_NUM_SIZE];
	double rounded = spp_num_estimate(value);
	double back;

	assert(spp_num_exact(value, text) == strlen(text));
	assert(spp_num_parse(text, &back) && back == value);
	spp_num_exact(rounded, text);
	assert(spp_num_parse(text, &back) && back == rounded);
	assert(spp_num_estimate(rounded) == rounded);
}

/* The text as a number, and its first bytes as those of a double. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	char *end;
	double value;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (spp_num_parse(text, &value)) {
		assert(strtod(text, &end) == value && *end == '\0');
		check_printed(value);
	}
	check_integer(text);
	if (size >= sizeof value) {
		memcpy(&value, data, sizeof value);
		if (isfinite(value))
			check_printed(value);
	}
	free(text);
	return 0;
}
