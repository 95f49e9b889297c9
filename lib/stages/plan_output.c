/* The plan as records. */
#include "lib/stages/plan_parts.h"

#include "lib/base/arena.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

_Static_assert(
	(int)SPP_PLAN_REPLICA == (int)SPP_MOVE_REPLICA &&
		(int)SPP_PLAN_LEADER == (int)SPP_MOVE_LEADER &&
		(int)SPP_PLAN_SUBSCRIPTION == (int)SPP_MOVE_SUBSCRIPTION &&
		(int)SPP_PLAN_ADD == (int)SPP_MOVE_ADD &&
		(int)SPP_PLAN_DROP == (int)SPP_MOVE_DROP,
	"the kinds of moves have one order");

static const char *platform_name(const struct spp_plan_job *job, size_t index)
{
	return index == SPP_NOWHERE ? NULL
	                            : job->cluster->platform_names[index];
}

static struct spp_strings platform_names(
	const struct spp_plan_job *job, const size_t *platforms, size_t count)
{
	const char **names = spp_arena_alloc(job->arena, count, sizeof(*names));

	for (size_t i = 0; names != NULL && i < count; i++)
		names[i] = platform_name(job, platforms[i]);
	return (struct spp_strings){names == NULL ? 0 : count, names};
}

const char *spp_plan_move_id(struct spp_plan_job *job, size_t index)
{
	const char *id = job->ids != NULL ? job->ids[index]
	                                  : spp_arena_format(job->arena, "m%zu",
						    index + 1);

	return id == NULL ? "" : id;
}

/* Where the undoing of a move reads its data. */
static const char *inverse_source(const struct spp_plan_job *job,
	const struct spp_plan_move *move, enum spp_plan_kind kind)
{
	size_t leads = move->leads;

	if (job->cluster->driver.copy_from == SPP_COPY_NONE ||
		(kind != SPP_PLAN_REPLICA && kind != SPP_PLAN_ADD))
		return NULL;
	if (leads == SPP_NOWHERE || !spp_cluster_alive(job->cluster, leads))
		leads = move->step.to;
	return platform_name(job, leads);
}

/* The parts of a move that are objects of their own. */
static bool fill_parts(struct spp_plan_job *job,
	const struct spp_plan_move *move, struct spp_move *record)
{
	struct spp_plan_step inverse = spp_plan_inverse(move);
	const char **after =
		spp_arena_alloc(job->arena, move->afters, sizeof(*after));

	record->phases = spp_arena_alloc(job->arena, 1, sizeof *record->phases);
	record->requires =
		spp_arena_alloc(job->arena, 1, sizeof *record->requires);
	record->inverse =
		spp_arena_alloc(job->arena, 1, sizeof *record->inverse);
	if (!spp_arena_ok(job->arena, NULL))
		return false;
	*record->phases = (struct spp_phases){
		move->attach_s, move->dual_s, move->release_s};
	if (move->first)
	record->requires->version = job->cluster->version[move->step.partition];
	record->requires->replicas =
		platform_names(job, move->replica, move->replicas);
	*record->inverse = (struct spp_inverse){(int)inverse.kind,
		platform_name(job, inverse.from),
		platform_name(job, inverse.to),
		inverse_source(job, move, inverse.kind)};
	for (size_t i = 0; i < move->afters; i++)
		after[i] = spp_plan_move_id(job, move->after[i]);
	record->after = (struct spp_strings){move->afters, after};
	return true;
}

static bool put_move(
	struct spp_plan_job *job, size_t index, struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_plan_move *move = &job->plan.moves[index];
	size_t partition = move->step.partition;
	struct spp_move *record = spp_record_new(SPP_MOVE, job->arena);

	if (record == NULL)
		return spp_fail_memory(err);
	record->id = spp_plan_move_id(job, index);
	record->kind = (int)move->step.kind;
	record->stream = cluster->stream_names[cluster->stream[partition]];
	record->partition = cluster->partition_names[partition];
	if (move->step.subscription != SPP_NOWHERE)
		record->subscriber =
			cluster->subscriber[move->step.subscription];
	record->from = platform_name(job, move->step.from);
	record->to = platform_name(job, move->step.to);
	record->copy_from = platform_name(job, move->copy_from);
	record->bytes = move->bytes;
	record->start_s = move->start_s;
	record->duration_s = move->attach_s + move->dual_s + move->release_s;
	if (move->copy_from != SPP_NOWHERE)
		record->rate = move->rate;
	record->beyond_horizon = move->beyond;
	return (fill_parts(job, move, record) || spp_fail_memory(err)) &&
	       spp_arena_ok(job->arena, err) &&
	       spp_stage_put(job->stage, SPP_MOVE, record, err);
}

bool spp_plan_put_moves(struct spp_plan_job *job, struct spp_err *err)
{
	for (size_t i = 0; i < job->plan.count; i++)
		if (!put_move(job, i, err))
			return false;
	return true;
}

/* What the bound stands on, in words. */
static const char *witness(struct spp_plan_job *job)
{
	const struct spp_plan_bound *bound = &job->plan.bound;
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_plan_step *step;
	size_t p;

	switch (bound->witness) {
	case SPP_PLAN_NOTHING:
		return NULL;
	case SPP_PLAN_MOVE:
		step = &job->plan.moves[bound->which].step;
		return spp_arena_format(job->arena,
			"move %s of %s/%s alone, %.6g bytes",
			spp_plan_move_id(job, bound->which),
			cluster->stream_names[cluster->stream[step->partition]],
			cluster->partition_names[step->partition],
			bound->amount);
	case SPP_PLAN_PARTITION:
		p = bound->which;
		return spp_arena_format(job->arena,
			"%zu moves of %s/%s, one after the other", bound->moves,
			cluster->stream_names[cluster->stream[p]],
			cluster->partition_names[p]);
	case SPP_PLAN_READS:
	case SPP_PLAN_WRITES:
		return spp_arena_format(job->arena,
			"%.6g bytes %s %s at %.6g bytes/s", bound->amount,
			bound->witness == SPP_PLAN_READS ? "out of" : "into",
			cluster->platform_names[bound->which],
			job->limits.platform_rate);
	case SPP_PLAN_PLACES:
		return spp_arena_format(job->arena,
			"%zu moves that touch %s, %.6g at once", bound->moves,
			cluster->platform_names[bound->which],
			floor(job->limits.max_per_platform));
	case SPP_PLAN_RACK:
		return spp_arena_format(job->arena,
			"%zu moves that touch rack %s, %.6g at once",
			bound->moves, cluster->rack_names[bound->which],
			floor(job->limits.max_per_rack));
	case SPP_PLAN_CLUSTER:
		return spp_arena_format(job->arena, "%zu moves, %.6g at once",
			bound->moves, floor(job->limits.max_concurrent));
	}
	return NULL;
}

/* Only the overload term is the plan's: the rest of a cost is NAN. */
static struct spp_cost_terms *overload_term(
	struct spp_plan_job *job, double overload)
{
	struct spp_cost_terms *terms =
		spp_arena_alloc(job->arena, 1, sizeof *terms);

	if (terms != NULL)
		*terms = (struct spp_cost_terms){
			overload, NAN, NAN, NAN, NAN, NAN};
	return terms;
}

bool spp_plan_put_summary(struct spp_plan_job *job, struct spp_err *err)
{
	const struct spp_plan *plan = &job->plan;
	struct spp_summary *summary = spp_record_new(SPP_SUMMARY, job->arena);

	if (summary == NULL)
		return spp_fail_memory(err);
	summary->stage = "plan";
	summary->cost = spp_arena_alloc(job->arena, 1, sizeof *summary->cost);
	if (summary->cost == NULL)
		return spp_fail_memory(err);
	summary->cost->before = overload_term(job, plan->overload_before);
	summary->cost->after = overload_term(job, plan->overload_after);
	summary->moves = (double)plan->count;
	summary->bytes = plan->bytes;
	summary->makespan_s = plan->makespan_s;
	summary->makespan_bound_s = plan->bound.seconds;
	summary->makespan_gap =
		plan->bound.seconds > 0
			? plan->makespan_s / plan->bound.seconds - 1
			: 0;
	summary->witness = witness(job);
	summary->relief_lost = plan->relief_lost;
	return spp_arena_ok(job->arena, err) &&
	       spp_stage_put(job->stage, SPP_SUMMARY, summary, err);
}
