/*
 * A history of a million rows (36 MB) read, parsed and put on the grid,
 * beside libcsv alone on the same bytes; rows by time, and rows by series.
 */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "lib/cluster/series.h"
#include "lib/stages/history.h"

#include <csv.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SERIES = 2000, TICKS = 500, ROUNDS = 3, CHUNK = 1 << 16 };

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void put_row(
	struct spp_buf *text, int series, int tick, struct spp_rng *rng)
{
	spp_buf_format(text, "2026-11-%02dT%02d:%02d:00Z,st,%d,,%d,%d\n",
		20 + tick / 288, tick / 12 % 24, tick * 5 % 60, series,
		(int)(spp_rng_uniform(rng) * 1e6), tick % 90 + 10);
}

static void make_text(struct spp_buf *text, bool by_time)
{
	struct spp_rng rng = spp_rng_for(1, 1);

	spp_buf_string(
		text, "time,stream,partition,subscriber,bytes,records\n");
	for (int i = 0; i < SERIES * TICKS; i++)
		if (by_time)
			put_row(text, i % SERIES, i / SERIES, &rng);
		else
			put_row(text, i / TICKS, i % TICKS, &rng);
}

static void count_cell(void *cell, size_t length, void *context)
{
	(void)cell;
	*(size_t *)context += length;
}

static void count_row(int terminator, void *context)
{
	(void)terminator;
	++*(size_t *)context;
}

/* What libcsv takes to read a file and hand out its cells. */
static double run_libcsv(const char *path)
{
	double since = seconds();
	static char chunk[CHUNK];
	struct csv_parser parser;
	FILE *file = fopen(path, "r");
	size_t sum = 0, length;

	csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
	while (file && (length = fread(chunk, 1, CHUNK, file)) > 0)
		csv_parse(&parser, chunk, length, count_cell, count_row, &sum);
	csv_fini(&parser, count_cell, count_row, &sum);
	csv_free(&parser);
	if (file)
		fclose(file);
	return seconds() - since;
}

static double run_ours(const char *path)
{
	struct spp_history_options options = {.start = SPP_TIME_NONE,
		.step_s = NAN,
		.scale = 1,
		.record_bytes = NAN};
	struct spp_grid_options plain = {
		0, 60 * SPP_SECOND, SPP_TIME_NONE, NAN};
	struct spp_context context = {0};
	struct spp_samples samples = {0};
	struct spp_arena arena = {0};
	double since = seconds();
	struct spp_err err = {0};
	struct spp_grid grid;

	if (!spp_history_read(&context, &samples, &options, path, &err) ||
		!spp_grid_build(&grid, &samples, &plain, &arena, &err) ||
		grid.count != SERIES || grid.ticks != TICKS)
		printf("failed: %s\n", err.text);
	since = seconds() - since;
	spp_samples_free(&samples);
	spp_arena_free(&arena);
	return since;
}

static void run(const char *name, bool by_time)
{
	char path[] = "/tmp/spp-bench-XXXXXX";
	double libcsv = INFINITY, ours = INFINITY;
	struct spp_buf text = {0};
	int fd = mkstemp(path);

	make_text(&text, by_time);
	if (fd < 0 || write(fd, text.data, text.length) != (ssize_t)text.length)
		printf("cannot write %s\n", path);
	for (int i = 0; i < ROUNDS; i++) {
		libcsv = fmin(libcsv, run_libcsv(path));
		ours = fmin(ours, run_ours(path));
	}
	printf("%s: %.1f MB, libcsv alone %.3f s, on the grid %.3f s, "
	       "ratio %.2f (at most 5)\n",
		name, (double)text.length / 1e6, libcsv, ours, ours / libcsv);
	close(fd);
	unlink(path);
	spp_buf_free(&text);
}

int main(void)
{
	run("rows by time", true);
	run("rows by series", false);
	return 0;
}
