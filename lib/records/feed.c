#include "lib/records/feed.h"

#include "lib/base/threads.h"
#include "lib/io/input.h"
#include "lib/records/feed_reader.h"
#include "lib/records/read.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* Bytes of lines a batch takes: errors and results never depend on it. */
enum { BATCH_BYTES = 256 << 10 };

struct batch {
	struct spp_chunk chunk;
	const char *source;
	bool starts;              /* the first batch of its input */
	struct spp_arena kept;    /* records that outlive the batch */
	struct spp_arena passing; /* the others */
	struct spp_buf records;   /* struct spp_record *; NULL = an error */
	struct spp_errs errors;
	struct spp_errs warnings;
};

void spp_feed_complain(struct spp_feed_reader *reader, bool accepted,
	const struct spp_record *record, const char *hint, const char *format,
	...)
{
	struct spp_feed *feed = reader->feed;
	struct spp_err err = {0};
	char text[sizeof err.text];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	spp_fail(&err, SPP_INPUT, "%s", text);
	spp_err_at(&err, record->source, record->line);
	if (hint != NULL && !accepted)
		spp_err_hint(&err, "%s", hint);
	spp_errs_add(accepted ? &feed->warnings : &feed->errors, &err);
}

static bool produce(void *context, void *data, struct spp_err *err)
{
	struct spp_feed_reader *reader = context;
	struct batch *batch = data;

	for (; reader->inputs > 0; reader->input++, reader->inputs--) {
		struct spp_input *input = reader->input;

		batch->starts = input->line == 0;
		if (batch->starts)
			reader->source = spp_arena_string(
				&reader->feed->arena, input->source);
		batch->source = reader->source;
		if (!spp_arena_ok(&reader->feed->arena, err) ||
			!spp_input_chunk(
				input, BATCH_BYTES, &batch->chunk, err))
			return false;
		if (batch->chunk.text.length > 0)
			return true;
	}
	return false;
}

static bool blank(const char *line, size_t length)
{
	size_t i = 0;

	while (i < length && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i == length;
}

static bool is_frame(enum spp_type type)
{
	return type == SPP_HEADER || type == SPP_END;
}

static bool work(void *context, void *data, struct spp_err *err)
{
	const struct spp_feed_reader *reader = context;
	struct batch *batch = data;
	struct spp_err error = {0};
	struct spp_read read = {.warnings = &batch->warnings,
		.err = &error,
		.strict = reader->options->strict,
		.source = batch->source,
		.line = batch->chunk.first_line};
	const char *line;
	size_t offset = 0, length;

	spp_arena_reset(&batch->passing);
	spp_buf_reset(&batch->records);
	batch->errors.count = batch->warnings.count = 0;
	for (enum spp_type type = 0; type < SPP_TYPES; type++) {
		unsigned use = reader->options->use[type];
		bool kept =
			(use & (SPP_READ | SPP_PASS)) != 0 || is_frame(type);

		read.arenas[type] = kept ? &batch->kept : &batch->passing;
		read.texts[type] = (use & SPP_PASS) != 0;
	}
	for (; spp_chunk_line(&batch->chunk, &offset, &line, &length);
		read.line++) {
		struct spp_record *record;

		if (blank(line, length))
			continue;
		record = spp_record_read(&read, line, length);
		spp_buf_append(&batch->records, &record, sizeof record);
		if (record != NULL)
			continue;
		if (error.status == SPP_SYSTEM)
			return spp_fail_memory(err);
		spp_errs_add(&batch->errors, &error);
		error = (struct spp_err){0};
	}
	return spp_buf_ok(&batch->records, err);
}

/* One record in input order. */
static bool take(struct spp_feed_reader *reader, struct spp_record *record,
	struct spp_err *err)
{
	const struct spp_feed_options *options = reader->options;
	struct spp_buf *list = &reader->feed->lists[record->type];
	unsigned use = options->use[record->type];

	if (!spp_feed_account(reader, record, err) ||
		!spp_feed_compare(reader, record, err))
		return false;
	if (is_frame(record->type))
		return true;
	if ((use & SPP_TAKE) != 0 && reader->feed->errors.count == 0 &&
		!options->take(options->take_context, record, err))
		return spp_err_at(err, record->source, record->line);
	if ((use & (SPP_READ | SPP_PASS)) != 0)
		spp_buf_append(list, &record, sizeof record);
	return spp_buf_ok(list, err);
}

static bool consume(void *context, void *data, struct spp_err *err)
{
	struct spp_feed_reader *reader = context;
	struct batch *batch = data;
	struct spp_feed *feed = reader->feed;
	struct spp_record *const *records = (void *)batch->records.data;
	size_t count = batch->records.length / sizeof *records;
	size_t errors = 0;

	reader->found = reader->found || count > 0;
	if (batch->starts)
		spp_feed_cut(reader);
	for (size_t i = 0; i < count; i++) {
		if (records[i] != NULL) {
			if (!take(reader, records[i], err))
				return false;
			continue;
		}
		reader->broken = true;
		if (errors < SPP_ERRS_KEPT)
			spp_errs_add(
				&feed->errors, &batch->errors.kept[errors++]);
		else
			feed->errors.count++;
	}
	for (size_t i = 0; i < batch->warnings.count; i++)
		spp_errs_add_kind(&feed->warnings, &batch->warnings.kept[i]);
	return true;
}

static void release(void *context, void *data)
{
	struct spp_feed_reader *reader = context;
	struct batch *batch = data;

	spp_arena_adopt(&reader->feed->arena, &batch->kept);
	spp_arena_free(&batch->passing);
	spp_buf_free(&batch->records);
	spp_buf_free(&batch->chunk.text);
}

bool spp_feed_read(struct spp_feed *feed, struct spp_input *inputs,
	size_t count, const struct spp_feed_options *options, size_t threads,
	struct spp_err *err)
{
	struct spp_feed_reader reader = {.feed = feed,
		.options = options,
		.input = inputs,
		.inputs = count,
		.keys.arena = &reader.scratch};
	const struct spp_line line = {.context = &reader,
		.batch_size = sizeof(struct batch),
		.produce = produce,
		.work = work,
		.consume = consume,
		.release = release};
	struct spp_err failure = {0};

	assert(count > 0);
	*feed = (struct spp_feed){0};
	if (!spp_threads_line(threads, &line, &failure))
		spp_errs_add(&feed->errors, &failure);
	else
		spp_feed_cut(&reader);
	if (!reader.found && feed->errors.count == 0)
		spp_feed_complain(&reader, false,
			&(struct spp_record){.source = inputs[0].source},
			"What should have written it failed, or wrote nothing.",
			"no record: the feed is cut");
	spp_buf_free(&reader.key);
	spp_buf_free(&reader.places);
	spp_arena_free(&reader.scratch);
	/* That memory ran out says more than what was wrong before. */
	if (feed->errors.count > 0 && err != NULL && err->status == SPP_DONE)
		*err = failure.status == SPP_SYSTEM ? failure
		                                    : feed->errors.kept[0];
	return feed->errors.count == 0;
}

void spp_feed_free(struct spp_feed *feed)
{
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
