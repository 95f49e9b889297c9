/*
 * Budgets, and the time until an assignment carries load.
 */
#include "lib/verify/answer.h"

#include <math.h>
#include <string.h>

/* A copy must be faster than what is produced meanwhile, by this factor. */
#define RATE_LEAST 1.05

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
			"%.17g moves, the budget has %.17g", moves,
			budget->moves);
	if (bytes > budget->bytes)
		spp_breach_add(run->report, SPP_BREACH_BUDGET_BYTES, budget->at,
			"%.17g bytes copied, the budget has %.17g", bytes,
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

/* What remains to be explained of one assignment's ready_s. */
struct wait {
	double bytes; /* that must have been given before */
	double slack;
	bool placed;
};

/*
 * The time that an assignment takes for itself: its copies one after the
 * other, and a hand-over for each move of its partition, those of its
 * subscriptions among them.
 */
static double own_s(const struct spp_verify_run *run,
	const struct spp_verify_change *change)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_answer *answer = &run->answer;
	const struct spp_verify_partition *of =
		&model->partitions[change->partition];
	double in = of->series->bytes[0], moves = 0;

	for (size_t i = 0; i < answer->count; i++)
		if (answer->changes[i].partition == change->partition)
			moves += (double)answer->changes[i].moves;
	return (double)change->copies * of->size / (model->driver.rate - in) +
	       moves * model->driver.handover_s;
}

static double given(const double *gave, const struct spp_verify_change *change)
{
	double most = 0;

	for (size_t i = 0; i < change->copies; i++) {
		most = fmax(most, gave[change->source[i]]);
		most = fmax(most, gave[change->target[i]]);
	}
	return most;
}

static bool uses(const struct spp_verify_change *change, size_t platform)
{
	for (size_t i = 0; i < change->copies; i++)
		if (change->source[i] == platform ||
			change->target[i] == platform)
			return true;
	return false;
}

static void give(const struct spp_verify_run *run, double *gave,
	const struct spp_verify_change *change)
{
	double size = run->model.partitions[change->partition].size;

	for (size_t i = 0; i < change->copies; i++) {
		gave[change->source[i]] += size;
		gave[change->target[i]] += size;
	}
}

/*
 * Would this assignment, given now, make another one wait longer than it
 * says?  Then the other one came first.
 */
static bool in_the_way(const struct spp_verify_run *run, double *gave,
	const struct wait *waits, size_t index)
{
	const struct spp_verify_answer *answer = &run->answer;
	const struct spp_verify_change *change = &answer->changes[index];
	double size = run->model.partitions[change->partition].size;

	for (size_t i = 0; i < answer->count; i++) {
		const struct spp_verify_change *other = &answer->changes[i];

		if (i == index || waits[i].placed)
			continue;
		for (size_t j = 0; j < change->copies; j++) {
			size_t from = change->source[j];
			size_t to = change->target[j];
			double left = waits[i].bytes + waits[i].slack;

			if ((uses(other, from) && gave[from] + size > left) ||
				(uses(other, to) && gave[to] + size > left))
				return true;
		}
	}
	return false;
}

/*
 * The assignment that may come next: what was given by now explains its
 * wait.  Of several the one that waits least.
 */
static size_t next(const struct spp_verify_run *run, double *gave,
	const struct wait *waits)
{
	size_t best = SPP_NOWHERE;
	bool best_free = false;

	for (size_t i = 0; i < run->answer.count; i++) {
		const struct spp_verify_change *change =
			&run->answer.changes[i];
		bool is_free;

		if (waits[i].placed || fabs(given(gave, change) -
					       waits[i].bytes) > waits[i].slack)
			continue;
		is_free = !in_the_way(run, gave, waits, i);
		if (best == SPP_NOWHERE || (is_free && !best_free) ||
			(is_free == best_free &&
				waits[i].bytes < waits[best].bytes)) {
			best = i;
			best_free = is_free;
		}
	}
	return best;
}

static bool check_own(
	struct spp_verify_run *run, size_t index, struct wait *wait)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_verify_change *change = &run->answer.changes[index];
	const struct spp_verify_partition *of =
		&model->partitions[change->partition];
	double rate = model->driver.rate, ready = change->value->ready_s;
	double own, in = of->series->bytes[0];
	size_t with = run->answer.of_partition[change->partition];

	if (!spp_present(ready)) {
		spp_breach_add(run->report, SPP_BREACH_READY, change->at,
			"there is no \"ready_s\"");
		return false;
	}
	if (change->bytes > 0 && rate < RATE_LEAST * in) {
		spp_breach_add(run->report, SPP_BREACH_TOO_SLOW, change->at,
			"a copy at %.17g bytes/s cannot catch up with %.17g "
			"bytes/s",
			rate, in);
		return false;
	}
	own = own_s(run, change);
	if (change->sub != SPP_NOWHERE && with != SPP_NOWHERE)
		own = run->answer.changes[with].value->ready_s;
	wait->bytes = (ready - own) * rate;
	wait->slack = 1e-9 * fmax(ready, own) * rate + 1e-6;
	if (ready >= own * (1 - 1e-9) &&
		(change->copies > 0 || wait->bytes <= wait->slack))
		return true;
	spp_breach_add(run->report, SPP_BREACH_READY, change->at,
		"ready_s is %.17g, its own copies and hand-overs take %.17g",
		ready, own);
	return false;
}

/*
 * Some order of the assignments must explain every ready_s: the bytes that
 * earlier ones gave to the source or a target come first.
 */
bool spp_verify_ready(struct spp_verify_run *run, struct spp_err *err)
{
	struct spp_arena *arena = run->model.arena;
	const struct spp_verify_answer *answer = &run->answer;
	struct wait *waits =
		spp_arena_alloc(arena, answer->count, sizeof(*waits));
	double *gave = spp_arena_alloc(
		arena, run->model.platform_count, sizeof(*gave));
	bool whole = true;

	if (!spp_arena_ok(arena, err))
		return false;
	for (size_t i = 0; i < answer->count; i++)
		whole &= check_own(run, i, &waits[i]);
	for (size_t i = 0; whole && i < answer->count; i++) {
		size_t index = next(run, gave, waits);

		if (index == SPP_NOWHERE)
			break;
		waits[index].placed = true;
		give(run, gave, &answer->changes[index]);
	}
	for (size_t i = 0; whole && i < answer->count; i++) {
		if (waits[i].placed)
			continue;
		spp_breach_add(run->report, SPP_BREACH_READY,
			answer->changes[i].at,
			"ready_s is %.17g, which no order of the assignments "
			"explains",
			answer->changes[i].value->ready_s);
		break;
	}
	return true;
}
