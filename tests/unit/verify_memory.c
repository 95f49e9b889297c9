/* Any request for memory may be refused: an error, never a verdict. */
#include "tests/unit/test.h"
#include "tests/unit/verify_breaks.h"
#include "tests/unit/verify_feed.h"

#include "tests/unit/refuse.h"

static bool read_world(struct spp_feed *feed, struct world *world)
{
	struct spp_feed_options reads = {.partial = false};
	struct spp_buf text = {.length = 0};
	struct spp_input input;
	struct spp_err err = {.status = SPP_DONE};
	bool done;

	for (int type = 0; type < SPP_TYPES; type++)
		reads.use[type] = SPP_READ;
	world_feed(&text, world);
	done = spp_input_memory(&input, text.data, text.length, "feed", &err) &&
	       spp_feed_read(feed, &input, 1, &reads, 1, &err);
	spp_input_close(&input);
	spp_buf_free(&text);
	return done;
}

static void refused(void)
{
	struct world world = world_apart();
	struct spp_feed feed = {.segments = 0};
	struct spp_verify_report report = {.count = 0};
	unsigned long number = 1;

	world.plan = true;
	refuse_at(0);
	if (!CHECK(read_world(&feed, &world)))
		return;
	for (;; number++) {
		struct spp_err err = {.status = SPP_DONE};
		bool done;

		refuse_at(number);
		done = spp_verify_feed(&feed, &report, &err);
		if (!refuse_came()) {
			CHECK(done && report.count == 0);
			break;
		}
		CHECK(!done);
		CHECK(err.status == SPP_SYSTEM);
	}
	CHECK(number > 1);
	refuse_at(0);
	spp_feed_free(&feed);
}

int main(void)
{
	static const struct test tests[] = {
		{"every request for memory refused once", refused}};

	return test_run(tests, 1);
}
