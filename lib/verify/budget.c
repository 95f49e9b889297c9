/*
 * Budgets, and the time until an assignment carries load.
 */
#include "lib/verify/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct budget {
	const struct spp_record *at; /* NULL: of an option, or the default */
	const char *stream;          /* NULL: all */
	double moves, bytes;         /* NAN = no limit */
};

static void check_budget(
	struct spp_verify_run *run, const struct budget *budget)
{
	const struct spp_verify_answer *answer = &run->answer;
	double moves = 0, bytes = 0;

	for (size_t i = 0; i < answer->count; i++) {
		const struct spp_verify_change *change = &answer->changes[i];

		if (budget->stream &&
			strcmp(budget->stream, change->value->stream) != 0)
			continue;
		moves += (double)change->moves;
		bytes += change->bytes;
	}
	if (moves > budget->moves)
		spp_breach_add(run->report, SPP_BREACH_BUDGET_MOVES, budget->at,
			"%.12g moves, the budget has %.12g", moves,
			budget->moves);
	if (bytes > budget->bytes)
		spp_breach_add(run->report, SPP_BREACH_BUDGET_BYTES, budget->at,
			"%.12g bytes copied, the budget has %.12g", bytes,
			budget->bytes);
}

void spp_verify_budgets(struct spp_verify_run *run)
{
	const struct spp_feed *feed = run->model.feed;
	struct budget all = {
		.moves = spp_verify_option_number(
			feed, "spp-assign", "max_moves", NAN),
		.bytes = spp_verify_option_number(
			feed, "spp-assign", "max_bytes", NAN),
	};
	bool optional = spp_present(all.moves);

	for (size_t i = 0; i < spp_feed_count(feed, SPP_CONSTRAINT); i++) {
		const struct spp_record *at =
			spp_feed_at(feed, SPP_CONSTRAINT, i);
		const struct spp_constraint *c = at->value;
		struct budget budget = {at, c->stream, c->moves, c->bytes};

		if (c->constraint != SPP_BUDGET)
			continue;
		if (!c->stream && spp_present(all.bytes))
			budget.bytes = NAN;
		if (!c->stream && optional)
			budget.moves = NAN;
		else if (!c->stream && spp_present(c->moves))
			all.moves = c->moves;
		check_budget(run, &budget);
	}
	if (!spp_present(all.moves))
		all.moves = run->model.budget_moves;
	if (optional || all.moves == run->model.budget_moves)
		check_budget(run, &all);
}

/* One assignment and when it says that it is ready. */
struct turn {
	double ready_s;
	size_t index;
};

static int compare_turns(const void *a, const void *b)
{
	const struct turn *left = a, *right = b;

	if (left->ready_s != right->ready_s)
		return left->ready_s < right->ready_s ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

/* What goes before each: bytes of copies, and moves of the partition. */
struct lead {
	double *gave;  /* by platform */
	double *moves; /* by partition */
};

/*
 * The time that an assignment takes for itself: its copies one after the
 * other, and a hand-over for each move of its partition, those of its
 * subscriptions among them.  A subscription is ready with its replicas.
 */
static double own_s(const struct spp_verify_run *run, const struct lead *lead,
	const struct spp_verify_change *change)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_partition *of =
		&model->partitions[change->partition];
	size_t with = run->answer.of_partition[change->partition];

	if (change->sub != SPP_NOWHERE && with != SPP_NOWHERE)
		return run->answer.changes[with].value->ready_s;
	return (double)change->copies * of->size /
	               (model->driver.rate - of->series->bytes[0]) +
	       lead->moves[change->partition] * model->driver.handover_s;
}

/* Its copies wait for those given before to their sources and targets. */
static double waits_s(const struct spp_verify_run *run, const struct lead *lead,
	const struct spp_verify_change *change)
{
	double most = 0;

	for (size_t i = 0; i < change->copies; i++) {
		most = fmax(most, lead->gave[change->source[i]]);
		most = fmax(most, lead->gave[change->target[i]]);
	}
	return most / run->model.driver.rate;
}

static void give(const struct spp_verify_run *run, struct lead *lead,
	const struct spp_verify_change *change)
{
	double size = run->model.partitions[change->partition].size;

	for (size_t i = 0; i < change->copies; i++) {
		lead->gave[change->source[i]] += size;
		lead->gave[change->target[i]] += size;
	}
}

/* Can it be ready at all? */
static bool check_rate(
	struct spp_verify_run *run, const struct spp_verify_change *change)
{
	const struct spp_verify_model *model = &run->model;
	double rate = model->driver.rate;
	double in = model->partitions[change->partition].series->bytes[0];

	if (!spp_present(change->value->ready_s)) {
		spp_breach_add(run->report, SPP_BREACH_READY, change->at,
			"there is no \"ready_s\"");
		return false;
	}
	if (change->bytes > 0 && rate < SPP_VERIFY_RATE_LEAST * in) {
		spp_breach_add(run->report, SPP_BREACH_TOO_SLOW, change->at,
			"a copy at %.12g bytes/s cannot catch up with %.12g "
			"bytes/s",
			rate, in);
		return false;
	}
	return true;
}

static void check_turn(struct spp_verify_run *run, const struct lead *lead,
	const struct spp_verify_change *change)
{
	double ready_s = change->value->ready_s;
	double own = own_s(run, lead, change);
	double should = own + waits_s(run, lead, change);

	if (spp_verify_close(ready_s, should, 0))
		return;
	if (ready_s < own)
		spp_breach_add(run->report, SPP_BREACH_READY, change->at,
			"ready_s is %.12g, its own copies and hand-overs take "
			"%.12g",
			ready_s, own);
	else
		spp_breach_add(run->report, SPP_BREACH_READY, change->at,
			"ready_s is %.12g, its turn is over at %.12g", ready_s,
			should);
}

/*
 * Copies take their turn in the order in which they are ready: the bytes
 * that earlier ones gave to a source or target come first.
 */
bool spp_verify_ready(struct spp_verify_run *run, struct spp_err *err)
{
	struct spp_arena *arena = run->model.arena;
	const struct spp_verify_answer *answer = &run->answer;
	struct turn *turns =
		spp_arena_alloc(arena, answer->count, sizeof(*turns));
	struct lead lead = {
		.gave = spp_arena_alloc(
			arena, run->model.platform_count, sizeof(double)),
		.moves = spp_arena_alloc(
			arena, run->model.partition_count, sizeof(double)),
	};
	bool whole = true;

	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t i = 0; i < answer->count; i++) {
		const struct spp_verify_change *change = &answer->changes[i];

		whole &= check_rate(run, change);
		lead.moves[change->partition] += (double)change->moves;
		turns[i] = (struct turn){change->value->ready_s, i};
	}
	if (!whole)
		return true;
	qsort(turns, answer->count, sizeof(*turns), compare_turns);
	for (size_t i = 0; i < answer->count; i++) {
		const struct spp_verify_change *change =
			&answer->changes[turns[i].index];

		check_turn(run, &lead, change);
		give(run, &lead, change);
	}
	return true;
}
