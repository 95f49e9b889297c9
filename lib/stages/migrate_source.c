#include "lib/stages/migrate_source.h"

#include "lib/base/err.h"
#include "lib/io/input.h"

#include <string.h>

/* All of the one input. */
static bool slurp(
	struct spp_stage *stage, struct spp_source *source, struct spp_err *err)
{
	enum { CHUNK_SIZE = 1 << 20 };
	struct spp_buf all = {0};
	struct spp_chunk chunk = {0};
	bool good;

	do {
		good = spp_input_chunk(
			&stage->inputs[0], CHUNK_SIZE, &chunk, err);
		spp_buf_append(&all, chunk.text.data, chunk.text.length);
		if (good && all.length > SPP_PLAN_MOST)
			good = spp_fail(err, SPP_INPUT,
				"the plan is longer than %d MB",
				SPP_PLAN_MOST >> 20);
	} while (good && chunk.text.length > 0);
	good = good && spp_buf_ok(&all, err);
	if (good) {
		source->length = all.length;
		source->text = spp_arena_text(
			&stage->context->arena, all.data, all.length);
		good = spp_arena_ok(&stage->context->arena, err);
	}
	spp_buf_free(&all);
	spp_buf_free(&chunk.text);
	return good;
}

/* Take a plan's text apart; SOURCE_NAME stands in messages. */
static bool parse(struct spp_context *context, struct spp_source *source,
	const char *source_name, struct spp_err *err)
{
	struct spp_stage *stage = &source->stage;
	spp_time last = SPP_TIME_NONE;
	struct spp_feed_options reads = spp_migration_reads(&last);
	struct spp_input *input =
		spp_arena_alloc(&context->arena, 1, sizeof *input);

	if (input == NULL)
		return spp_fail_memory(err);
	if (!spp_input_memory(
		    input, source->text, source->length, source_name, err))
		return false;
	stage->inputs = input;
	stage->input_count = 1;
	return spp_stage_read(stage, &reads, err) &&
	       spp_migration_make(&source->migration, &stage->feed, last,
		       &context->arena, err);
}

bool spp_source_read(struct spp_source *source, struct spp_context *context,
	struct spp_err *err)
{
	char name[sizeof((struct spp_input *)0)->source];

	if (context->operand_count > 1)
		return spp_fail(err, SPP_USAGE, "one plan at a time");
	if (!spp_stage_open(&source->stage, context, err))
		return false;
	memcpy(name, source->stage.inputs[0].source, sizeof name);
	if (!slurp(&source->stage, source, err))
		return false;
	spp_input_close(&source->stage.inputs[0]);
	source->stage.input_count = 0;
	return parse(context, source, name, err);
}

bool spp_source_stored(struct spp_source *source, struct spp_context *context,
	const struct spp_stored_plan *stored, const char *name,
	struct spp_err *err)
{
	source->text = stored->text;
	source->length = stored->length;
	spp_stage_init(&source->stage, context);
	return parse(context, source, name, err);
}
