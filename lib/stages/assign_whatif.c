/* What-if options, as changes of the records that came in. */
#include "lib/stages/assign_parts.h"

#include "lib/base/arena.h"
#include "lib/base/num.h"
#include "lib/base/text.h"

#include <string.h>

static struct spp_record **records_of(
	struct spp_assign_job *job, enum spp_type type)
{
	return (struct spp_record **)(void *)job->stage->feed.lists[type].data;
}

/* A record made here, at the end of its type's. */
static bool add_record(struct spp_assign_job *job, enum spp_type type,
	void *value, struct spp_err *err)
{
	struct spp_record *record =
		spp_arena_alloc(job->arena, 1, sizeof *record);
	struct spp_buf *list = &job->stage->feed.lists[type];

	if (!spp_arena_ok(job->arena, err))
		return false;
	record->type = type;
	record->source = "";
	record->value = value;
	spp_buf_append(list, &record, sizeof record);
	return spp_buf_ok(list, err);
}

static struct spp_record *find_platform(
	struct spp_assign_job *job, const char *name)
{
	size_t count = spp_feed_count(&job->stage->feed, SPP_PLATFORM);

	for (size_t i = 0; i < count; i++) {
		struct spp_record *record = records_of(job, SPP_PLATFORM)[i];
		const struct spp_platform *platform = record->value;

		if (strcmp(platform->platform, name) == 0)
			return record;
	}
	return NULL;
}

static bool unknown_platform(struct spp_assign_job *job, const char *option,
	const char *name, struct spp_err *err)
{
	size_t count = spp_feed_count(&job->stage->feed, SPP_PLATFORM);
	const char **names = spp_arena_alloc(job->arena, count, sizeof *names);
	char quoted[SPP_QUOTE_SIZE];
	const char *near;

	if (!spp_arena_ok(job->arena, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct spp_platform *platform =
			records_of(job, SPP_PLATFORM)[i]->value;

		names[i] = platform->platform;
	}
	spp_fail(err, SPP_USAGE, "option %s: there is no platform %s", option,
		spp_err_quote(quoted, name, strlen(name)));
	near = spp_text_nearest(name, names, count);
	if (near != NULL)
		spp_err_hint(err, "Is %s meant?",
			spp_err_quote(quoted, near, strlen(near)));
	return false;
}

static bool set_states(struct spp_assign_job *job, const char *option,
	const struct spp_strings *names, enum spp_platform_state state,
	struct spp_err *err)
{
	for (size_t i = 0; i < names->count; i++) {
		struct spp_record *record = find_platform(job, names->items[i]);
		struct spp_platform *platform;

		if (record == NULL)
			return unknown_platform(
				job, option, names->items[i], err);
		platform = record->value;
		platform->state = (int)state;
		record->text = NULL;
	}
	return true;
}

/* "NAME=LIKE", or "NAME": like the first record. */
static bool add_platform(
	struct spp_assign_job *job, const char *text, struct spp_err *err)
{
	const char *equals = strchr(text, '=');
	size_t length = equals != NULL ? (size_t)(equals - text) : strlen(text);
	struct spp_platform *added =
		spp_arena_alloc(job->arena, 1, sizeof *added);
	char *name = spp_arena_text(job->arena, text, length);
	const struct spp_record *like = NULL;
	char quoted[SPP_QUOTE_SIZE];

	if (!spp_arena_ok(job->arena, err))
		return false;
	if (equals != NULL)
		like = find_platform(job, equals + 1);
	else if (spp_feed_count(&job->stage->feed, SPP_PLATFORM) > 0)
		like = records_of(job, SPP_PLATFORM)[0];
	if (like == NULL)
		return unknown_platform(job, "--add-platform",
			equals != NULL ? equals + 1 : text, err);
	if (length == 0 || find_platform(job, name) != NULL)
		return spp_fail(err, SPP_USAGE,
			"option --add-platform: there is a platform %s already",
			spp_err_quote(quoted, text, length));
	*added = *(const struct spp_platform *)like->value;
	added->platform = name;
	added->load = (struct spp_amounts){0};
	added->measured_at = SPP_TIME_NONE;
	added->state = -1;
	return add_record(job, SPP_PLATFORM, added, err);
}

static bool has_partition(struct spp_assign_job *job, const char *stream,
	size_t length, const char *partition)
{
	size_t count = spp_feed_count(&job->stage->feed, SPP_PARTITION);

	for (size_t i = 0; i < count; i++) {
		const struct spp_partition *record =
			records_of(job, SPP_PARTITION)[i]->value;

		if (strlen(record->stream) == length &&
			memcmp(record->stream, stream, length) == 0 &&
			(partition == NULL ||
				strcmp(record->partition, partition) == 0))
			return true;
	}
	return false;
}

/* STREAM, or STREAM/PARTITION split at the last slash: a constraint. */
static bool freeze(
	struct spp_assign_job *job, const char *text, struct spp_err *err)
{
	const char *slash = strrchr(text, '/');
	struct spp_constraint *constraint =
		spp_record_new(SPP_CONSTRAINT, job->arena);
	char quoted[SPP_QUOTE_SIZE];
	size_t length = strlen(text);

	if (constraint == NULL)
		return spp_fail_memory(err);
	constraint->constraint = SPP_FREEZE;
	if (!has_partition(job, text, length, NULL)) {
		if (slash == NULL || !has_partition(job, text,
					     (size_t)(slash - text), slash + 1))
			return spp_fail(err, SPP_USAGE,
				"option --freeze: there is no stream or "
				"partition %s",
				spp_err_quote(quoted, text, length));
		length = (size_t)(slash - text);
		constraint->partition = slash + 1;
	}
	constraint->stream = spp_arena_text(job->arena, text, length);
	return spp_arena_ok(job->arena, err) &&
	       add_record(job, SPP_CONSTRAINT, constraint, err);
}

/* Scaled estimates are estimates: what is printed is what is used. */
static void scale_numbers(struct spp_numbers *numbers, double by)
{
	for (size_t i = 0; i < numbers->count; i++)
		numbers->items[i] = spp_num_estimate(numbers->items[i] * by);
}

static void scale_matrix(struct spp_matrix *matrix, double by)
{
	for (size_t i = 0; i < matrix->count; i++)
		scale_numbers(&matrix->rows[i], by);
}

/* All but the last rates: those were measured, and explain loads. */
static void scale_forecasts(struct spp_assign_job *job, double by)
{
	size_t count = spp_feed_count(&job->stage->feed, SPP_FORECAST);

	for (size_t i = 0; i < count; i++) {
		struct spp_record *record = records_of(job, SPP_FORECAST)[i];
		struct spp_forecast *forecast = record->value;
		struct spp_quantile *quantiles = forecast->quantiles.items;

		record->text = NULL;
		scale_numbers(&forecast->mean->bytes, by);
		scale_numbers(&forecast->mean->records, by);
		scale_numbers(&forecast->sd->bytes, by);
		scale_numbers(&forecast->sd->records, by);
		for (size_t k = 0; k < forecast->quantiles.count; k++) {
			scale_numbers(&quantiles[k].bytes, by);
			scale_numbers(&quantiles[k].records, by);
		}
		if (forecast->loadings == NULL)
			continue;
		scale_matrix(&forecast->loadings->bytes, by);
		scale_matrix(&forecast->loadings->records, by);
	}
}

bool spp_assign_what_if(struct spp_assign_job *job, struct spp_err *err)
{
	const struct spp_assign_stage *options = job->options;

	for (size_t i = 0; i < options->add_platform.count; i++) {
		if (!add_platform(job, options->add_platform.items[i], err))
			return false;
	}
	if (!set_states(job, "--drain", &options->drain, SPP_DRAINING, err) ||
		!set_states(job, "--fail", &options->fail, SPP_FAILED, err))
		return false;
	for (size_t i = 0; i < options->freeze.count; i++) {
		if (!freeze(job, options->freeze.items[i], err))
			return false;
	}
	if (spp_present(options->scale_demand))
		scale_forecasts(job, options->scale_demand);
	return true;
}
