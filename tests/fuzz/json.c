/* JSON: what is printed reads back and prints as the same text. */
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/io/json.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

static bool print_again(const char *text, size_t length, struct spp_buf *buf)
{
	struct spp_err err = {0};
	struct spp_json *root = spp_json_parse(text, length, &err);

	assert((root != NULL) == (err.status == SPP_DONE));
	if (root == NULL)
		return false;
	spp_json_print(root, buf);
	spp_json_free(root);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spp_buf first = {0}, second = {0};

	if (print_again((const char *)data, size, &first)) {
		bool done = print_again(first.data, first.length, &second);

		assert(done);
		assert(first.length == second.length);
		assert(memcmp(first.data, second.data, first.length) == 0);
	}
	spp_buf_free(&first);
	spp_buf_free(&second);
	return 0;
}
