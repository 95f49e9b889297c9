#include "lib/records/feed.h"

#include "lib/base/threads.h"
#include "lib/io/input.h"
#include "lib/records/feed_reader.h"
#include "lib/records/read.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of lines a batch takes: errors and results never depend on it. */
enum { BATCH_BYTES = 256 << 10 };

struct batch {
	struct spp_chunk chunk;
	const char *source;
	bool starts; /* the first batch of its input */
	/* Records that are kept; grows until the feed takes it over. */
	struct spp_arena arena;
	struct spp_arena scratch; /* the others, and values of no use */
	struct spp_buf records;   /* struct spp_record *, in order */
	struct spp_errs errors;
	struct spp_errs warnings;
};

/* What produce, work and consume share. */
struct reading {
	struct spp_feed_reader reader;
	struct spp_input *inputs;
	size_t count;       /* of inputs */
	size_t next;        /* the one being read */
	const char *source; /* its name, NULL: not begun */
	bool lost;          /* an arena could not be handed over */
};

void spp_feed_error(struct spp_feed_reader *reader,
	const struct spp_record *record, const char *hint, const char *format,
	...)
{
	struct spp_err err = {0};
	char text[sizeof err.text];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	spp_fail(&err, SPP_INPUT, "%s", text);
	if (record != NULL)
		spp_err_at(&err, record->source, record->line);
	if (hint != NULL)
		spp_err_hint(&err, "%s", hint);
	spp_errs_add(&reader->feed->errors, &err);
}

static bool produce(void *context, void *data, struct spp_err *err)
{
	struct reading *reading = context;
	struct batch *batch = data;
	struct spp_feed *feed = reading->reader.feed;
	bool more;

	batch->starts = false;
	for (; reading->next < reading->count; reading->next++) {
		struct spp_input *input = &reading->inputs[reading->next];

		if (reading->source == NULL) {
			reading->source =
				spp_arena_string(&feed->arena, input->source);
			if (reading->source == NULL)
				return spp_fail_memory(err);
			batch->starts = true;
		}
		batch->source = reading->source;
		if (!spp_input_chunk(
			    input, BATCH_BYTES, &batch->chunk, &more, err))
			return false;
		if (more)
			return true;
		reading->source = NULL;
	}
	return false;
}

static bool blank(const char *line, size_t length)
{
	while (length > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	return length == 0;
}

/* Which records and texts outlive the batch. */
static void choose_arenas(const struct spp_feed_options *options,
	struct batch *batch, struct spp_read_arenas *arenas)
{
	for (size_t i = 0; i < SPP_TYPES; i++) {
		bool frame = i == SPP_HEADER || i == SPP_END;
		unsigned use = options->use[i];

		arenas->value[i] = frame || (use & SPP_READ) != 0
		                           ? &batch->arena
		                           : &batch->scratch;
		arenas->text[i] =
			(use & SPP_PASS) != 0 && !frame ? &batch->arena : NULL;
	}
}

static bool work(void *context, void *data, struct spp_err *err)
{
	struct reading *reading = context;
	struct batch *batch = data;
	struct spp_read_arenas arenas;
	struct spp_err error = {0};
	struct spp_read read = {.warnings = &batch->warnings,
		.err = &error,
		.strict = reading->reader.options->strict,
		.source = batch->source,
		.line = batch->chunk.first_line};
	const char *line;
	size_t offset = 0, length;

	spp_arena_reset(&batch->scratch);
	spp_buf_reset(&batch->records);
	batch->errors.count = batch->warnings.count = 0;
	choose_arenas(reading->reader.options, batch, &arenas);
	for (; spp_chunk_line(&batch->chunk, &offset, &line, &length);
		read.line++) {
		struct spp_record *record;

		if (blank(line, length))
			continue;
		record = spp_record_read(&read, &arenas, line, length);
		if (record != NULL) {
			spp_buf_append(&batch->records, &record, sizeof record);
		} else if (error.status == SPP_SYSTEM) {
			return spp_fail_memory(err);
		} else {
			spp_errs_add(&batch->errors, &error);
			memset(&error, 0, sizeof error);
		}
	}
	return spp_buf_ok(&batch->records, err);
}

/* One record in input order. */
static bool take(
	struct reading *reading, struct spp_record *record, struct spp_err *err)
{
	struct spp_feed_reader *reader = &reading->reader;
	const struct spp_feed_options *options = reader->options;
	unsigned use = options->use[record->type];

	if (record->type == SPP_HEADER)
		return spp_feed_header(reader, record, err);
	if (record->type == SPP_END)
		return spp_feed_end_record(reader, record, err);
	spp_feed_count_line(reader, record);
	if (!spp_feed_compare(reader, record, err))
		return false;
	if ((use & SPP_TAKE) != 0 && reader->feed->errors.count == 0 &&
		!options->take(options->take_context, record, err)) {
		spp_err_at(err, record->source, record->line);
		return false;
	}
	if ((use & (SPP_READ | SPP_PASS)) == 0)
		return true;
	if ((use & SPP_READ) == 0)
		record->value = NULL; /* it ends with the batch */
	spp_buf_append(
		&reader->feed->lists[record->type], &record, sizeof record);
	return spp_buf_ok(&reader->feed->lists[record->type], err);
}

/* Errors of lines before LINE come first: all stand in input order. */
static void add_errors(struct reading *reading, const struct batch *batch,
	size_t *next, size_t line)
{
	const struct spp_errs *errors = &batch->errors;

	for (; *next < errors->count && *next < SPP_ERRS_KEPT &&
		errors->kept[*next].line < line;
		++*next) {
		spp_errs_add(
			&reading->reader.feed->errors, &errors->kept[*next]);
		reading->reader.broken = true;
	}
}

static bool consume(void *context, void *data, struct spp_err *err)
{
	struct reading *reading = context;
	struct batch *batch = data;
	struct spp_feed *feed = reading->reader.feed;
	struct spp_record *const *records = (void *)batch->records.data;
	size_t count = batch->records.length / sizeof *records;
	size_t next = 0;

	if (batch->starts)
		spp_feed_cut(&reading->reader);
	for (size_t i = 0; i < count; i++) {
		add_errors(reading, batch, &next, records[i]->line);
		if (!take(reading, records[i], err))
			return false;
	}
	add_errors(reading, batch, &next, SIZE_MAX);
	feed->errors.count += batch->errors.count - next;
	spp_errs_merge_kinds(&feed->warnings, &batch->warnings);
	return true;
}

static void release(void *context, void *data)
{
	struct reading *reading = context;
	struct batch *batch = data;
	struct spp_buf *arenas = &reading->reader.feed->arenas;

	if (batch->arena.block != NULL) {
		spp_buf_append(arenas, &batch->arena, sizeof batch->arena);
		if (arenas->failed) {
			spp_arena_free(&batch->arena);
			reading->lost = true;
		}
	}
	spp_arena_free(&batch->scratch);
	spp_buf_free(&batch->records);
	spp_buf_free(&batch->chunk.text);
}

/* All was read: is it whole, and is there anything? */
static void finish(struct reading *reading)
{
	struct spp_feed *feed = reading->reader.feed;
	struct spp_err err = {0};
	size_t records = feed->segments;

	spp_feed_cut(&reading->reader);
	for (size_t i = 0; i < SPP_TYPES; i++)
		records += feed->counts[i];
	if (records > 0 || feed->errors.count > 0)
		return;
	spp_fail(&err, SPP_INPUT, "no record: the feed is cut");
	if (reading->count > 0)
		spp_err_at(&err, reading->inputs[0].source, 0);
	spp_err_hint(&err, "What should have written it failed, or wrote "
			   "nothing.");
	spp_errs_add(&feed->errors, &err);
}

bool spp_feed_read(struct spp_feed *feed, struct spp_input *inputs,
	size_t count, const struct spp_feed_options *options, size_t threads,
	struct spp_err *err)
{
	struct reading reading = {.inputs = inputs, .count = count};
	struct spp_feed_reader *reader = &reading.reader;
	const struct spp_line line = {.context = &reading,
		.batch_size = sizeof(struct batch),
		.produce = produce,
		.work = work,
		.consume = consume,
		.release = release};
	struct spp_err failure = {0};
	bool read;

	*feed = (struct spp_feed){0};
	reader->feed = feed;
	reader->options = options;
	reader->keys.arena = &reader->scratch;
	read = spp_threads_line(threads, &line, &failure);
	if (read && reading.lost)
		read = spp_fail_memory(&failure);
	spp_buf_free(&reader->key);
	spp_buf_free(&reader->places);
	if (read)
		finish(&reading);
	else
		spp_errs_add(&feed->errors, &failure);
	spp_arena_free(&reader->scratch);
	if (feed->errors.count > 0 && err != NULL && err->status == SPP_DONE)
		*err = feed->errors.count > 0 && !read &&
		                       failure.status == SPP_SYSTEM
		               ? failure
		               : feed->errors.kept[0];
	return feed->errors.count == 0;
}

void spp_feed_free(struct spp_feed *feed)
{
	struct spp_arena *arenas = (void *)feed->arenas.data;

	for (size_t i = 0; i < feed->arenas.length / sizeof *arenas; i++)
		spp_arena_free(&arenas[i]);
	spp_buf_free(&feed->arenas);
	for (size_t i = 0; i < SPP_TYPES; i++)
		spp_buf_free(&feed->lists[i]);
	spp_buf_free(&feed->from);
	spp_buf_free(&feed->left);
	spp_arena_free(&feed->arena);
	*feed = (struct spp_feed){0};
}

size_t spp_feed_count(const struct spp_feed *feed, enum spp_type type)
{
	return feed->lists[type].length / sizeof(struct spp_record *);
}

const struct spp_record *spp_feed_at(
	const struct spp_feed *feed, enum spp_type type, size_t index)
{
	assert(index < spp_feed_count(feed, type));
	return ((struct spp_record *const *)(void *)feed->lists[type]
			.data)[index];
}
