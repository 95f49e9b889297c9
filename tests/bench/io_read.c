/*
 * What our readers cost over the libraries that they call: forecast lines
 * through jansson alone and through lib/io/json, rows through libcsv alone
 * and through lib/io/csv; and estimates through lib/base/num and printf.
 */
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/base/rng.h"
#include "lib/io/csv.h"
#include "lib/io/input.h"
#include "lib/io/json.h"

#include <csv.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES = 20000, ROWS = 500000, SLOTS = 15, NUMBERS = 500000 };

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void report(const char *what, double since, size_t count)
{
	printf("%-36s %10.0f ns\n", what,
		(seconds() - since) / (double)count * 1e9);
}

static double value_of(struct spp_rng *rng)
{
	return spp_rng_uniform(rng) * 1e7;
}

static void put_array(
	struct spp_buf *buf, const char *name, struct spp_rng *rng)
{
	spp_buf_format(buf, "\"%s\":[", name);
	for (int k = 0; k < SLOTS; k++) {
		spp_json_put_comma(buf);
		spp_json_put_exact(buf, spp_num_estimate(value_of(rng)));
	}
	spp_buf_char(buf, ']');
}

static void put_forecast(struct spp_buf *buf, struct spp_rng *rng, int number)
{
	spp_buf_format(buf,
		"{\"type\":\"forecast\",\"stream\":\"orders\","
		"\"partition\":\"%d\",\"start\":\"2026-11-22T10:00:00Z\","
		"\"mean\":{",
		number);
	put_array(buf, "bytes", rng);
	spp_buf_char(buf, ',');
	put_array(buf, "records", rng);
	spp_buf_string(buf, "},\"sd\":{");
	put_array(buf, "bytes", rng);
	spp_buf_char(buf, ',');
	put_array(buf, "records", rng);
	spp_buf_string(buf, "}}\n");
}

static void read_jansson(const struct spp_chunk *chunk)
{
	size_t offset = 0, length;
	const char *line;
	json_error_t error;

	while (spp_chunk_line(chunk, &offset, &line, &length))
		json_decref(json_loadb(
			line, length, JSON_REJECT_DUPLICATES, &error));
}

static double sum_of(const struct spp_json *value)
{
	const struct spp_json *member;
	const char *name;
	void *cursor = NULL;
	double sum = 0;

	while (spp_json_next(value, &cursor, &name, &member)) {
		if (spp_json_kind(member) == SPP_JSON_OBJECT)
			sum += sum_of(member);
		if (spp_json_kind(member) != SPP_JSON_ARRAY)
			continue;
		for (size_t k = 0; k < spp_json_count(member); k++)
			sum += spp_json_number(spp_json_at(member, k));
	}
	return sum;
}

static double read_json(const struct spp_chunk *chunk)
{
	size_t offset = 0, length;
	const char *line;
	double sum = 0;

	while (spp_chunk_line(chunk, &offset, &line, &length)) {
		struct spp_json *root = spp_json_parse(line, length, NULL);

		sum += sum_of(root);
		spp_json_free(root);
	}
	return sum;
}

static void bench_json(struct spp_rng *rng)
{
	struct spp_chunk chunk = {.first_line = 1};
	double since;

	for (int i = 0; i < LINES; i++)
		put_forecast(&chunk.text, rng, i);
	since = seconds();
	read_jansson(&chunk);
	report("forecast line, jansson alone", since, LINES);
	since = seconds();
	read_json(&chunk);
	report("forecast line, lib/io/json", since, LINES);
	spp_buf_free(&chunk.text);
}

static void ignore_cell(void *text, size_t length, void *context)
{
	(void)text;
	*(size_t *)context += length;
}

static void ignore_row(int terminator, void *context)
{
	(void)terminator;
	++*(size_t *)context;
}

static bool handle_row(
	void *context, const struct spp_csv_row *row, struct spp_err *err)
{
	(void)err;
	*(size_t *)context += row->count;
	return true;
}

static void bench_csv(struct spp_rng *rng)
{
	struct spp_buf text = {0};
	struct spp_input input;
	struct csv_parser parser;
	size_t sum = 0;
	double since;

	for (int i = 0; i < ROWS; i++)
		spp_buf_format(&text,
			"2026-11-22T10:00:00Z,orders,%d,billing,%.0f,%d\n",
			i % 1000, value_of(rng), i);
	since = seconds();
	csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
	csv_parse(
		&parser, text.data, text.length, ignore_cell, ignore_row, &sum);
	csv_fini(&parser, ignore_cell, ignore_row, &sum);
	csv_free(&parser);
	report("CSV row, libcsv alone", since, ROWS);
	spp_input_memory(&input, text.data, text.length, "memory", NULL);
	since = seconds();
	spp_csv_read(&input, handle_row, &sum, NULL);
	report("CSV row, lib/io/csv", since, ROWS);
	spp_input_close(&input);
	spp_buf_free(&text);
}

static void bench_numbers(struct spp_rng *rng)
{
	double *values = calloc(NUMBERS, sizeof *values);
	char text[SPP_NUM_SIZE];
	double since, sum = 0;

	for (int i = 0; i < NUMBERS; i++)
		values[i] = value_of(rng);
	since = seconds();
	for (int i = 0; i < NUMBERS; i++)
		snprintf(text, sizeof text, "%.6g", values[i]);
	report("estimate printed by printf", since, NUMBERS);
	since = seconds();
	for (int i = 0; i < NUMBERS; i++)
		spp_num_exact(spp_num_estimate(values[i]), text);
	report("estimate printed by lib/base/num", since, NUMBERS);
	since = seconds();
	for (int i = 0; i < NUMBERS; i++)
		sum += strtod(text, NULL);
	report("estimate read by strtod", since, NUMBERS);
	since = seconds();
	for (int i = 0; i < NUMBERS; i++) {
		spp_num_parse(text, &values[0]);
		sum += values[0];
	}
	report("estimate read by lib/base/num", since, NUMBERS);
	free(values);
	if (sum < 0)
		puts("negative");
}

int main(void)
{
	struct spp_rng rng = spp_rng_for(1, 0);

	bench_json(&rng);
	bench_csv(&rng);
	bench_numbers(&rng);
	return 0;
}
