/*
 * A feed of forecasts read, checked, digested and written on, beside
 * json_loadb alone on the same lines and threads; the limit is 1.4 times.
 */
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/base/rng.h"
#include "lib/base/threads.h"
#include "lib/io/input.h"
#include "lib/io/json.h"
#include "lib/io/output.h"
#include "lib/records/feed.h"
#include "lib/records/segment.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LINES = 100000, SLOTS = 15, RUNS = 5, BATCH = 256 << 10 };

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void put_array(
	struct spp_buf *buf, const char *name, double most, struct spp_rng *rng)
{
	spp_buf_format(buf, "\"%s\":[", name);
	for (int k = 0; k < SLOTS; k++) {
		spp_json_put_comma(buf);
		spp_json_put_exact(
			buf, spp_num_estimate(spp_rng_uniform(rng) * most));
	}
	spp_buf_char(buf, ']');
}

static void put_forecast(struct spp_buf *buf, int number, struct spp_rng *rng)
{
	spp_buf_format(buf,
		"{\"type\":\"forecast\",\"stream\":\"orders\","
		"\"partition\":\"%d\",\"start\":\"2026-11-22T10:00:00Z\","
		"\"slot_s\":[60",
		number);
	for (int k = 1; k < SLOTS; k++)
		spp_buf_string(buf, ",60");
	spp_buf_string(buf, "],\"mean\":{");
	put_array(buf, "bytes", 1e7, rng);
	spp_buf_char(buf, ',');
	put_array(buf, "records", 1e4, rng);
	spp_buf_string(buf, "},\"sd\":{");
	put_array(buf, "bytes", 1e6, rng);
	spp_buf_char(buf, ',');
	put_array(buf, "records", 1e3, rng);
	spp_buf_string(buf, "},\"last\":{\"bytes\":3072000,\"records\":3000},"
			    "\"model\":\"ridge\"}\n");
}

static bool produce(void *context, void *batch, struct spp_err *err)
{
	return spp_input_chunk(context, BATCH, batch, err) &&
	       ((struct spp_chunk *)batch)->text.length > 0;
}

static bool work(void *context, void *batch, struct spp_err *err)
{
	size_t offset = 0, length;
	const char *line;

	(void)context;
	(void)err;
	while (spp_chunk_line(batch, &offset, &line, &length))
		json_decref(
			json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL));
	return true;
}

static void release(void *context, void *batch)
{
	(void)context;
	spp_buf_free(&((struct spp_chunk *)batch)->text);
}

/* All lines through json_loadb, on so many threads. */
static bool load(struct spp_input *input, size_t threads, struct spp_err *err)
{
	const struct spp_line line = {.context = input,
		.batch_size = sizeof(struct spp_chunk),
		.produce = produce,
		.work = work,
		.release = release};

	return spp_threads_line(threads, &line, err);
}

/* All lines through a feed and out again. */
static bool pass(struct spp_input *input, size_t threads, struct spp_err *err)
{
	static const struct spp_feed_options options = {
		.use = {[SPP_FORECAST] = SPP_READ | SPP_PASS}};
	const struct spp_header header = {.schema = SPP_SCHEMA,
		.tool = "bench",
		.version = "0",
		.now = SPP_TIME_NONE};
	struct spp_segment segment = {0};
	struct spp_output output;
	struct spp_end end = {0};
	struct spp_feed feed;
	bool done;

	spp_output_to(&output, open("/dev/null", O_WRONLY), "/dev/null");
	done = spp_feed_read(&feed, input, 1, &options, threads, err) &&
	       spp_segment_begin(&segment, &output, &header, err);
	for (size_t i = 0; done && i < spp_feed_count(&feed, SPP_FORECAST); i++)
		done = spp_segment_forward(
			&segment, spp_feed_at(&feed, SPP_FORECAST, i), err);
	done = done && spp_segment_end(&segment, &end, err);
	spp_segment_free(&segment);
	spp_feed_free(&feed);
	spp_output_close(&output, NULL);
	close(output.fd);
	return done;
}

struct times {
	double wall_s, cpu_s;
};

/* The least that RUN took so far, once more. */
static void measure(const struct spp_buf *text, size_t threads,
	bool (*run)(struct spp_input *, size_t, struct spp_err *),
	struct times *least)
{
	struct spp_input input;
	struct spp_err err = {0};
	double wall_s, cpu_s;

	if (!spp_input_memory(&input, text->data, text->length, "bench", &err))
		exit(4);
	wall_s = seconds(CLOCK_MONOTONIC);
	cpu_s = seconds(CLOCK_PROCESS_CPUTIME_ID);
	if (!run(&input, threads, &err)) {
		fprintf(stderr, "records_read: %zu: %s\n", err.line, err.text);
		exit(1);
	}
	wall_s = seconds(CLOCK_MONOTONIC) - wall_s;
	cpu_s = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_s;
	spp_input_close(&input);
	if (wall_s < least->wall_s)
		least->wall_s = wall_s;
	if (cpu_s < least->cpu_s)
		least->cpu_s = cpu_s;
}

int main(void)
{
	struct spp_rng rng = spp_rng_for(1, 0);
	struct spp_buf text = {0};

	for (int i = 0; i < LINES; i++)
		put_forecast(&text, i, &rng);
	if (text.failed)
		return 4;
	for (size_t threads = 1; threads <= 2; threads++) {
		struct times alone = {1e9, 1e9}, feed = {1e9, 1e9};

		for (int i = 0; i < RUNS; i++) {
			measure(&text, threads, load, &alone);
			measure(&text, threads, pass, &feed);
		}
		printf("%zu threads, %d lines: json_loadb alone %.2f s (CPU "
		       "%.2f s), feed %.2f s (CPU %.2f s)\n",
			threads, LINES, alone.wall_s, alone.cpu_s, feed.wall_s,
			feed.cpu_s);
		printf("ratio %.2f, of CPU time %.2f (at most 1.4)\n",
			feed.wall_s / alone.wall_s, feed.cpu_s / alone.cpu_s);
	}
	spp_buf_free(&text);
	return 0;
}
