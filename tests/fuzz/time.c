/* Times, durations and offsets: what is read prints and reads back. */
#include "lib/base/time.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char printed[SPP_TIME_SIZE];
	char *text = malloc(size + 1);
	spp_time time, back;
	double seconds;
	int32_t offset;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (spp_time_parse(text, 3600, &time)) {
		size_t length = spp_time_text(time, printed);

		assert(length < SPP_TIME_SIZE);
		/* An offset can lead out of the years that can be read. */
		if (length <= 27 && printed[0] != '-')
			assert(spp_time_parse(
				       printed, SPP_OFFSET_NONE, &back) &&
				back == time);
	}
	if (spp_duration_parse(text, &seconds))
		assert(isfinite(seconds) && seconds >= 0);
	if (spp_offset_parse(text, &offset))
		assert(abs(offset) < 86400);
	if (size >= sizeof time) {
		memcpy(&time, data, sizeof time);
		assert(spp_time_text(time, printed) < SPP_TIME_SIZE);
	}
	free(text);
	return 0;
}
