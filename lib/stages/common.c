#include "lib/stages/common.h"

#include "lib/io/input.h"

#include <assert.h>
#include <math.h>
#include <unistd.h>

void spp_stage_init(struct spp_stage *stage, struct spp_context *context)
{
	assert(context->common != NULL);
	*stage = (struct spp_stage){
		.context = context,
		.threads = (size_t)context->common->threads,
	};
	stage->segment.table = context->common->format == SPP_FORMAT_TABLE;
}

bool spp_stage_open(struct spp_stage *stage, struct spp_context *context,
	struct spp_err *err)
{
	static const char *const standard[] = {"-"};
	const char *const *paths = context->operands;
	size_t count = context->operand_count;

	spp_stage_init(stage, context);
	if (count == 0) {
		paths = standard;
		count = 1;
		if (isatty(STDIN_FILENO)) {
			spp_fail(err, SPP_USAGE,
				"no input: standard input is a terminal");
			spp_err_hint(err,
				"Name files, or pipe a feed into %s; %s --help "
				"says more.",
				context->command->name, context->command->name);
			return false;
		}
	}
	stage->inputs =
		spp_arena_alloc(&context->arena, count, sizeof *stage->inputs);
	if (stage->inputs == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		if (!spp_input_open(&stage->inputs[i], paths[i], err))
			return false;
		stage->input_count++;
	}
	return true;
}

static void note_dropped(
	const struct spp_stage *stage, const struct spp_feed_options *options)
{
	for (size_t type = 0; type < SPP_TYPES; type++)
		if (options->use[type] == SPP_DROP &&
			stage->feed.counts[type] > 0)
			spp_note(stage->context, "dropped %zu %s records",
				stage->feed.counts[type],
				spp_record_types[type].name);
}

bool spp_stage_read(struct spp_stage *stage,
	const struct spp_feed_options *options, struct spp_err *err)
{
	struct spp_feed_options all = *options;
	bool done;

	all.strict = stage->context->common->strict;
	all.partial = stage->context->common->partial;
	for (size_t type = 0; type < SPP_TYPES; type++)
		stage->passes[type] = (options->use[type] & SPP_PASS) != 0;
	done = spp_feed_read(&stage->feed, stage->inputs, stage->input_count,
		&all, stage->threads, err);
	spp_errs_merge(&stage->context->errors, &stage->feed.errors);
	spp_errs_merge(&stage->context->warnings, &stage->feed.warnings);
	if (done)
		note_dropped(stage, options);
	return done;
}

struct spp_header spp_stage_header(const struct spp_stage *stage)
{
	const struct spp_context *context = stage->context;
	const struct spp_header *before = stage->feed.header;
	struct spp_header header = {.schema = SPP_SCHEMA,
		.cluster = stage->feed.cluster,
		.tool = context->command->name,
		.version = SPP_VERSION,
		.now = context->common->now,
		.risk = NAN,
		.seed = SPP_ABSENT,
		.options = context->options_json};

	if (before == NULL)
		return header;
	if (header.now == SPP_TIME_NONE)
		header.now = before->now;
	header.risk = before->risk;
	header.seed = before->seed;
	return header;
}

bool spp_stage_begin(struct spp_stage *stage, const struct spp_header *header,
	struct spp_err *err)
{
	return spp_segment_begin(
		&stage->segment, &stage->context->output, header, err);
}

bool spp_stage_forward(struct spp_stage *stage, enum spp_type first,
	enum spp_type last, struct spp_err *err)
{
	for (enum spp_type type = first; type <= last; type++) {
		size_t count = stage->passes[type]
		                       ? spp_feed_count(&stage->feed, type)
		                       : 0;

		for (size_t i = 0; i < count; i++) {
			const struct spp_record *record =
				spp_feed_at(&stage->feed, type, i);

			if (record->text != NULL
					? !spp_segment_forward(
						  &stage->segment, record, err)
					: !spp_stage_put(stage, type,
						  record->value, err))
				return false;
		}
	}
	return true;
}

bool spp_stage_put(struct spp_stage *stage, enum spp_type type,
	const void *value, struct spp_err *err)
{
	return spp_segment_put(&stage->segment, type, value, err);
}

bool spp_stage_end(struct spp_stage *stage, struct spp_undone *left,
	size_t left_count, struct spp_err *err)
{
	const struct spp_buf *from = &stage->feed.from;
	struct spp_end end = {
		.from = {from->length / sizeof(struct spp_provenance),
			from->data},
		.left = {left_count, left},
		.status = SPP_END_OK,
	};

	if (left_count > 0)
		stage->context->status = SPP_LEFT;
	return spp_segment_end(&stage->segment, &end, err);
}

void spp_stage_close(struct spp_stage *stage)
{
	for (size_t i = 0; i < stage->input_count; i++)
		spp_input_close(&stage->inputs[i]);
	spp_segment_free(&stage->segment);
	spp_feed_free(&stage->feed);
}
