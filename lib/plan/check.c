/*
 * A plan made elsewhere, run in thought: every move must be possible in the
 * state that those before leave, within the limits, and safe.
 */
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/plan/run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Times and rates may be off by rounding. */
static const double slack = 1e-6;

static bool fault_at(struct spp_plan_fault *fault, size_t move, bool unsafe,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Always false, so that a check can return it. */
static bool fault_at(struct spp_plan_fault *fault, size_t move, bool unsafe,
	const char *format, ...)
{
	va_list list;

	fault->move = move;
	fault->unsafe = unsafe;
	va_start(list, format);
	vsnprintf(fault->text, sizeof(fault->text), format, list);
	va_end(list);
	return false;
}

/* The state it starts in is the one that it requires. */
static bool check_state(
	struct spp_plan_run *run, size_t at, struct spp_plan_fault *fault)
{
	const struct spp_plan_task *task = &run->tasks[at];
	const struct spp_plan_move *move = &task->move;
	const struct spp_plan_subject *subject = task->subject;
	const char *why;
	bool same = move->replicas == subject->count;

	for (size_t i = 0; i < move->afters; i++)
		if (run->tasks[move->after[i]].state != SPP_PLAN_DONE)
			return fault_at(fault, at, false,
				"starts before a move is done that it comes "
				"after");
	if (subject->structural > 0 ||
		(move->step.kind != SPP_PLAN_SUBSCRIPTION &&
			subject->switching > 0))
		return fault_at(fault, at, false,
			"starts while another move of its partition runs");
	why = spp_plan_impossible(run->grid->cluster, subject, &move->step);
	if (why != NULL)
		return fault_at(fault, at, false, "%s", why);
	for (size_t i = 0; same && i < move->replicas; i++)
		same = spp_plan_holds(subject, move->replica[i]) != SPP_NOWHERE;
	if (!same ||
		(move->replicas > 0 && move->replica[0] != subject->replica[0]))
		return fault_at(fault, at, false,
			"requires other replicas than the partition has then");
	return true;
}

/* It copies what it must, from a place that has it, no faster than it can. */
static bool check_copy(
	struct spp_plan_run *run, size_t at, struct spp_plan_fault *fault)
{
	const struct spp_plan_task *task = &run->tasks[at];
	const struct spp_plan_move *move = &task->move;
	const struct spp_plan_limits *limits = run->limits;
	size_t usual =
		spp_plan_copy_from(&run->world, task->subject, &move->step);
	double copy_s, missing, rest;

	if (usual == SPP_NOWHERE && move->copy_from == SPP_NOWHERE)
		return true;
	if (usual == SPP_NOWHERE || move->copy_from == SPP_NOWHERE)
		return fault_at(fault, at, false,
			usual == SPP_NOWHERE ? "copies, but nothing is copied "
					       "there"
					     : "names no platform to copy "
					       "from");
	if (move->copy_from != usual &&
		(!run->free_source ||
			spp_plan_holds(task->subject, move->copy_from) ==
				SPP_NOWHERE ||
			!spp_cluster_alive(
				run->grid->cluster, move->copy_from)))
		return fault_at(fault, at, false,
			"copies from a platform that is no source then");
	if (move->bytes < task->bytes * (1 - slack))
		return fault_at(fault, at, false,
			"copies %.9g bytes, the partition has %.9g",
			move->bytes, task->bytes);
	if (move->rate > limits->rate * (1 + slack))
		return fault_at(fault, at, false,
			"copies at %.9g bytes/s, at most %.9g are allowed",
			move->rate, limits->rate);
	rest = limits->platform_rate -
	       fmax(run->usage.reads[move->copy_from],
		       run->usage.writes[move->step.to]);
	if (move->rate > rest + slack * limits->platform_rate)
		return fault_at(fault, at, false,
			"copies at %.9g bytes/s where --platform-rate leaves "
			"%.9g",
			move->rate, fmax(0, rest));
	copy_s = spp_plan_copy_s(run->grid, move->step.partition, move->bytes,
		move->rate, move->start_s, &missing);
	if (isinf(copy_s))
		return fault_at(fault, at, true,
			"cannot catch up with live traffic: %.9g bytes/s are "
			"missing",
			missing);
	if (move->attach_s < copy_s * (1 - slack))
		return fault_at(fault, at, true,
			"attaches in %.9g s, its copy needs %.9g s",
			move->attach_s, copy_s);
	return true;
}

static bool check_limits(
	struct spp_plan_run *run, size_t at, struct spp_plan_fault *fault)
{
	const struct spp_plan_move *move = &run->tasks[at].move;
	double handover_s = run->grid->cluster->driver.handover_s;
	const char *full =
		spp_plan_usage_full(&run->usage, &move->step, move->copy_from);

	if (move->dual_s + move->release_s < handover_s * (1 - slack))
		return fault_at(fault, at, true,
			"hands over in %.9g s, the driver needs %.9g s",
			move->dual_s + move->release_s, handover_s);
	if (!spp_plan_window_holds(
		    run->limits, move->start_s, spp_plan_end_s(move)))
		return fault_at(
			fault, at, false, "does not lie within a window");
	if (full != NULL)
		return fault_at(fault, at, false,
			"is one move more than --%s allows", full);
	return true;
}

/* Both rules of safety.  False also when memory ran out: then no fault. */
static bool check_safety(
	struct spp_plan_run *run, size_t at, struct spp_plan_fault *fault)
{
	const struct spp_plan_task *task = &run->tasks[at];
	const struct spp_plan_move *move = &task->move;
	const struct spp_cluster *cluster = run->grid->cluster;
	const struct spp_plan_span *spans;
	struct spp_plan_probe probe;
	size_t count;
	double above;

	if (!spp_plan_effect(run->grid, task->subject, move, &run->spans))
		return false;
	spans = (const struct spp_plan_span *)(const void *)run->spans.data;
	count = run->spans.length / sizeof(*spans);
	if (!spp_plan_world_probe(
		    &run->world, spans, count, spp_plan_end_s(move), &probe))
		return false;
	if (!probe.holds)
		return fault_at(fault, at, true,
			"takes more %s on %.60s than there is: %.6g too much",
			cluster->resource_names[probe.resource],
			cluster->platform_names[probe.platform], probe.excess);
	if (!spp_plan_soft(run, move, spans, count, &probe, &above))
		return false;
	if (above > 0)
		return fault_at(fault, at, true,
			"takes the expected overload %.6g platform-hours "
			"above doing nothing",
			above);
	return true;
}

static bool check_all(struct spp_plan_run *run, struct spp_plan_move *moves,
	struct spp_plan_fault *fault)
{
	double last_s = 0, end_s = 0;

	for (size_t i = 0; i < run->count; i++) {
		struct spp_plan_step step = run->tasks[i].move.step;

		if (moves[i].start_s < last_s)
			return fault_at(fault, i, false, "is out of order");
		last_s = moves[i].start_s;
		end_s = fmax(end_s, spp_plan_end_s(&moves[i]));
		spp_plan_advance(run, last_s);
		run->tasks[i].move = moves[i];
		run->tasks[i].move.step = step;
		if (!check_state(run, i, fault) || !check_copy(run, i, fault) ||
			!check_limits(run, i, fault) ||
			!check_safety(run, i, fault) ||
			!spp_plan_accept(run, i))
			return false;
	}
	spp_plan_advance(run, end_s);
	return true;
}

void spp_plan_belong(const struct spp_plan_change *changes, size_t count,
	struct spp_plan_step *step)
{
	step->change = SPP_NOWHERE;
	for (size_t i = 0; i < count; i++)
		if (changes[i].partition == step->partition &&
			changes[i].subscription == step->subscription) {
			step->change = i;
			step->repairs |= changes[i].repairs;
		}
}

/* The steps of the moves: which change is each part of, which repair? */
static struct spp_plan_step *list_steps(const struct spp_cluster *cluster,
	const struct spp_plan_change *changes, size_t count,
	const struct spp_plan *plan, struct spp_arena *arena)
{
	struct spp_plan_step *steps =
		spp_arena_alloc(arena, plan->count, sizeof(*steps));

	for (size_t i = 0; steps != NULL && i < plan->count; i++) {
		struct spp_plan_step *step = &steps[i];
		size_t first =
			cluster->first_replica[plan->moves[i].step.partition];

		*step = plan->moves[i].step;
		step->repairs =
			(step->from != SPP_NOWHERE &&
				!spp_cluster_open(cluster, step->from)) ||
			cluster->replica[first] == SPP_NOWHERE;
		spp_plan_belong(changes, count, step);
	}
	return steps;
}

bool spp_plan_check(const struct spp_cluster *cluster,
	const struct spp_plan_change *changes, size_t count,
	const struct spp_plan_limits *limits, struct spp_arena *arena,
	struct spp_plan *plan, struct spp_plan_fault *fault,
	struct spp_err *err)
{
	const struct spp_plan_grid *grid = spp_plan_grid_new(cluster, arena);
	const struct spp_plan_rest *rest =
		grid == NULL ? NULL : spp_plan_rest_new(grid, arena);
	struct spp_plan_step *steps =
		list_steps(cluster, changes, count, plan, arena);
	struct spp_plan_run run = {0};
	bool ok = rest != NULL && steps != NULL &&
	          spp_plan_run_begin(
			  &run, grid, rest, steps, plan->count, limits, arena);

	*fault = (struct spp_plan_fault){.move = SPP_NOWHERE};
	ok = ok && check_all(&run, plan->moves, fault) &&
	     spp_plan_collect(&run, changes, count, plan);
	spp_plan_run_free(&run);
	return ok || fault->move != SPP_NOWHERE || spp_fail_memory(err);
}

size_t spp_plan_outcome(const struct spp_cluster *cluster,
	const struct spp_plan_move *moves, size_t count, size_t partition,
	size_t replicas[SPP_REPLICAS_MAX], size_t *serving)
{
	struct spp_plan_subject subject = {
		.partition = partition, .serving = serving};
	size_t first = cluster->first_replica[partition];
	size_t sub = cluster->first_subscription[partition];

	for (size_t i = first; i < cluster->first_replica[partition + 1]; i++)
		if (cluster->replica[i] != SPP_NOWHERE &&
			subject.count < SPP_REPLICAS_MAX)
			subject.replica[subject.count++] = cluster->replica[i];
	for (size_t i = sub; i < cluster->first_subscription[partition + 1];
		i++)
		serving[i - sub] = cluster->serving[i];
	for (size_t i = 0; i < count; i++)
		if (moves[i].step.partition == partition)
			spp_plan_apply(cluster, &subject, &moves[i].step);
	for (size_t i = 0; i < subject.count; i++)
		replicas[i] = subject.replica[i];
	return subject.count;
}
