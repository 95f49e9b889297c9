#include "lib/stages/plan.h"

#include "lib/base/arena.h"
#include "lib/stages/cluster.h"
#include "lib/stages/plan_parts.h"

#include <string.h>

#define AT(member) .offset = offsetof(struct spp_plan_options, member)

static const struct spp_field fields[] = {
	{"max_concurrent", AT(max_concurrent), SPP_NUMBER,
		"moves at once; at most what the driver takes", .min = 1,
		.max = 1e6, .metavar = "N", .group = "Limits"},
	{"max_per_platform", AT(max_per_platform), SPP_NUMBER,
		"moves at once that touch one platform", .min = 1, .max = 1e6,
		.metavar = "N"},
	{"max_per_rack", AT(max_per_rack), SPP_NUMBER,
		"moves at once that touch one rack", .min = 1, .max = 1e6,
		.metavar = "N"},
	{"rate", AT(rate), SPP_NUMBER, "of one copy; at most the driver's rate",
		.min = 1, .metavar = "BYTES/S"},
	{"platform_rate", AT(platform_rate), SPP_NUMBER,
		"of all copies out of, or into, one platform", .min = 1,
		.metavar = "BYTES/S"},
	{"window", AT(window), SPP_STRING,
		"times of day at which moves may run, "
		"02:00-05:00+01:00",
		.shape = SPP_LIST, .metavar = "FROM-TO"},
	{"seal", AT(seal), SPP_FLAG,
		"check an edited plan again "
		"and print it with its digest",
		.group = "Other plans", .silent = true},
	{"undo", AT(undo), SPP_FLAG, "print the plan that reverses a plan",
		.silent = true},
};

const struct spp_fields spp_plan_options_fields = {
	SPP_FIELDS(struct spp_plan_options, fields)};

/* What each type of record is for. */
static struct spp_feed_options uses(const struct spp_plan_options *options)
{
	struct spp_feed_options reads = {
		.use = {[SPP_ASSIGNMENT] = SPP_READ | SPP_PASS}};

	spp_stage_use_cluster(&reads);
	if (options->seal || options->undo) {
		reads.use[SPP_MOVE] = SPP_READ;
		reads.whole = true;
	}
	return reads;
}

/* Is there an assignment of a partition that has no place yet? */
static bool places(const struct spp_stage *stage)
{
	size_t count = spp_feed_count(&stage->feed, SPP_ASSIGNMENT);

	for (size_t i = 0; i < count; i++) {
		const struct spp_assignment *assignment =
			spp_feed_at(&stage->feed, SPP_ASSIGNMENT, i)->value;

		if (assignment->from.count == 0)
			return true;
	}
	return false;
}

static bool build(struct spp_plan_job *job, struct spp_err *err)
{
	struct spp_stage *stage = job->stage;
	struct spp_cluster_options options = spp_cluster_options_none();

	options.now = job->options->common.now;
	options.place = places(stage);
	if (!spp_stage_inherit(&stage->feed, &options, err))
		return false;
	job->cluster = spp_cluster_build(&stage->feed, &options, job->arena,
		&stage->context->warnings, err);
	return job->cluster != NULL && spp_plan_read_changes(job, err);
}

static bool make(struct spp_plan_job *job, struct spp_err *err)
{
	if (job->options->seal)
		return spp_plan_check_sealed(job, err);
	if (job->options->undo)
		return spp_plan_turn(job, build, err);
	return spp_plan_read_limits(job, NULL, err) &&
	       spp_plan_make(job->cluster, job->changes, job->change_count,
		       &job->limits, job->arena, &job->plan, err);
}

/* A plan that came in keeps the limits that it was made with, unless others
   are given. */
static bool set_options(const struct spp_plan_job *job,
	struct spp_header *header, struct spp_err *err)
{
	const struct spp_header *before = job->stage->feed.header;

	if ((!job->options->seal && !job->options->undo) || before == NULL ||
		before->options == NULL)
		return true;
	header->options = spp_stage_merge_options(
		before->options, header->options, job->arena, err);
	return header->options != NULL;
}

static bool write(struct spp_plan_job *job, struct spp_err *err)
{
	struct spp_stage *stage = job->stage;
	struct spp_header header = spp_stage_header(stage);
	struct spp_undone *left;
	size_t lefts;

	header.now = job->cluster->now;
	header.risk = job->cluster->risk;
	header.cluster = job->cluster->name;
	return set_options(job, &header, err) &&
	       spp_plan_list_left(job, &left, &lefts, err) &&
	       spp_stage_begin(stage, &header, err) &&
	       spp_stage_forward(stage, SPP_CLUSTER, SPP_ASSIGNMENT, err) &&
	       spp_plan_put_moves(job, err) && spp_plan_put_summary(job, err) &&
	       (!stage->segment.table ||
		       spp_plan_put_table(job, left, lefts, err)) &&
	       spp_stage_end(stage, left, lefts, err);
}

bool spp_stage_plan(
	struct spp_context *context, const void *values, struct spp_err *err)
{
	const struct spp_plan_options *options = values;
	struct spp_feed_options reads = uses(options);
	struct spp_stage stage;
	struct spp_plan_job job = {
		.stage = &stage,
		.arena = &context->arena,
		.options = options,
	};
	bool done;

	if (options->seal && options->undo) {
		memset(&stage, 0, sizeof(stage));
		return spp_fail(err, SPP_USAGE,
			"options --seal and --undo cannot be used together");
	}
	done = spp_stage_open(&stage, context, err) &&
	       spp_stage_read(&stage, &reads, err) && build(&job, err);
	spp_progress(context, "changes to plan", job.change_count, 0);
	done = done && make(&job, err) && write(&job, err);
	spp_stage_close(&stage);
	return done;
}
