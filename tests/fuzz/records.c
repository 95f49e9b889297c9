/*
 * Feeds: what is read and printed again reads back as the same records with
 * the same digests, and a segment written of it is whole.
 */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/io/input.h"
#include "lib/records/feed.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

/* A record that was read, printed and read again. */
static void check_record(const struct spp_record *record)
{
	struct spp_arena arena = {0};
	struct spp_buf line = {0};
	struct spp_err err = {0};
	const struct spp_record *again;

	spp_record_print(record->type, record->value, &line);
	assert(!line.failed && line.data[line.length - 1] == '\n');
	assert(memchr(line.data, '\n', line.length - 1) == NULL);
	again = spp_record_parse(
		line.data, line.length - 1, "again", &arena, &err);
	assert(again != NULL && again->type == record->type);
	assert(memcmp(again->digest, record->digest, SPP_DIGEST_SIZE) == 0);
	spp_buf_free(&line);
	spp_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spp_feed_options options = {.partial = true};
	struct spp_input input;
	struct spp_feed feed = {0};
	struct spp_err err = {0};
	bool done;

	for (size_t i = 0; i < SPP_TYPES; i++)
		options.use[i] = SPP_READ | SPP_PASS;
	done = spp_input_memory(
		       &input, (const char *)data, size, "fuzz", &err) &&
	       spp_feed_read(&feed, &input, 1, &options, 1, &err);
	assert(done == (err.status == SPP_DONE));
	assert(done == (feed.errors.count == 0));
	for (size_t type = 0; type < SPP_TYPES; type++)
		for (size_t i = 0; i < spp_feed_count(&feed, type); i++)
			check_record(spp_feed_at(&feed, type, i));
	spp_feed_free(&feed);
	spp_input_close(&input);
	return 0;
}
