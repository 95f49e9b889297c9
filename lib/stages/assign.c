#include "lib/stages/assign.h"

#include "lib/base/arena.h"
#include "lib/stages/assign_parts.h"
#include "lib/stages/cluster.h"

#include <math.h>
#include <time.h>

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/*
 * Asked before each step of the search.  Only with --time-limit does an
 * answer depend on a clock.
 */
static bool expired(void *context)
{
	struct spp_assign_job *job = context;

	spp_progress(
		job->stage->context, "steps of the search", ++job->steps, 0);
	return spp_present(job->end_s) && now_s() > job->end_s;
}

static bool build(struct spp_assign_job *job, struct spp_err *err)
{
	const struct spp_assign_stage *given = job->options;
	struct spp_cluster_options options = spp_cluster_options_none();

	options.now = given->common.now;
	options.risk = given->risk;
	options.place = given->place;
	options.certain = given->certain;
	options.weights = given->weights;
	job->cluster = spp_cluster_build(
		&job->stage->feed, &options, job->arena, &job->warnings, err);
	spp_errs_merge(&job->stage->context->warnings, &job->warnings);
	return job->cluster != NULL;
}

static bool solve(struct spp_assign_job *job, struct spp_err *err)
{
	const struct spp_assign_stage *given = job->options;
	struct spp_assign_options options =
		spp_assign_options_default(job->cluster);

	if (given->exhaustive) {
		job->answer =
			spp_assign_exhaustive(job->cluster, job->arena, err);
		return job->answer != NULL;
	}
	if (spp_present(given->min_gain))
		options.min_gain = given->min_gain;
	if (spp_present(given->act_within_s))
		options.act_within_s = given->act_within_s;
	if (spp_present(given->max_moves))
		options.max_moves = given->max_moves;
	if (spp_present(given->max_bytes))
		options.max_bytes = given->max_bytes;
	job->end_s = now_s() + given->time_limit_s; /* NAN: no limit */
	options.expired = expired;
	options.context = job;
	job->answer = spp_assign(job->cluster, &options, job->arena, err);
	return job->answer != NULL;
}

/* The exit status alone does not say what is left. */
static void warn_left(struct spp_assign_job *job)
{
	for (size_t i = 0; i < job->answer->lacks; i++) {
		struct spp_err warning = {0};

		spp_fail(&warning, SPP_LEFT, "%s", job->left[i].text);
		spp_errs_add(&job->stage->context->warnings, &warning);
	}
}

static bool write(struct spp_assign_job *job, struct spp_err *err)
{
	struct spp_stage *stage = job->stage;
	struct spp_header header = spp_stage_header(stage);

	if (!spp_assign_list_left(job, err))
		return false;
	if (job->options->explain != NULL)
		return spp_assign_put_explanation(job, err);
	warn_left(job);
	header.cluster = job->cluster->name;
	header.now = job->cluster->now;
	header.risk = job->cluster->risk;
	return spp_stage_begin(stage, &header, err) &&
	       spp_stage_forward(job->stage, SPP_CLUSTER, SPP_FORECAST, err) &&
	       spp_assign_put_assignments(job, err) &&
	       spp_assign_put_summary(job, err) &&
	       (!stage->segment.table || spp_assign_put_table(job, err)) &&
	       spp_stage_end(stage, job->left, job->answer->lacks, err);
}

/* Options that need each other. */
static bool check(const struct spp_assign_stage *options, struct spp_err *err)
{
	if (options->exhaustive == (options->cost == SPP_COST_SEED))
		return true;
	return spp_fail(err, SPP_USAGE,
		"options --cost=seed and --exhaustive go together");
}

bool spp_stage_assign(
	struct spp_context *context, const void *values, struct spp_err *err)
{
	struct spp_stage stage = {.context = context};
	struct spp_assign_job job = {
		.stage = &stage,
		.arena = &context->arena,
		.options = values,
	};
	struct spp_feed_options reads = {.strict = false};
	bool done;

	spp_stage_use_cluster(&reads);
	done = check(values, err) && spp_stage_open(&stage, context, err) &&
	       spp_assign_add_csv(&job, err) &&
	       spp_stage_read(&stage, &reads, err) &&
	       spp_assign_what_if(&job, err) && build(&job, err) &&
	       solve(&job, err) && write(&job, err);

	spp_stage_close(&stage);
	return done;
}
