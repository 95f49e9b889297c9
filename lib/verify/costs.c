/*
 * The figures of an answer: the summary's and each assignment's own.
 */
#include "lib/verify/load.h"

#include <math.h>
#include <string.h>

bool spp_verify_close(double a, double b, double scale)
{
	double larger = fmax(fmax(fabs(a), fabs(b)), fabs(scale));

	return fabs(a - b) <= 1e-9 * larger + 1e-12;
}

static const struct {
	const char *name;
	size_t offset, why_offset;
	enum spp_breach breach;
} terms[] = {
	{"overload", offsetof(struct spp_cost_terms, overload),
		offsetof(struct spp_why, overload), SPP_BREACH_COST_OVERLOAD},
	{"latency", offsetof(struct spp_cost_terms, latency),
		offsetof(struct spp_why, latency), SPP_BREACH_COST_LATENCY},
	{"utilisation", offsetof(struct spp_cost_terms, utilisation),
		offsetof(struct spp_why, utilisation),
		SPP_BREACH_COST_UTILISATION},
	{"migration", offsetof(struct spp_cost_terms, migration),
		offsetof(struct spp_why, migration), SPP_BREACH_COST_MIGRATION},
	{"smoothness", offsetof(struct spp_cost_terms, smoothness),
		offsetof(struct spp_why, smoothness),
		SPP_BREACH_COST_SMOOTHNESS},
	{"total", offsetof(struct spp_cost_terms, total), 0,
		SPP_BREACH_COST_TOTAL},
};

enum { TERMS = sizeof(terms) / sizeof(terms[0]) };

static double at_offset(const void *of, size_t offset)
{
	return *(const double *)(const void *)((const char *)of + offset);
}

static void check_terms(struct spp_verify_run *run, const struct spp_record *at,
	const char *when, const struct spp_cost_terms *said,
	const struct spp_cost_terms *found)
{
	for (size_t i = 0; i < TERMS; i++) {
		double a = at_offset(said, terms[i].offset);
		double b = at_offset(found, terms[i].offset);

		if (!spp_verify_close(a, b, 0))
			spp_breach_add(run->report, terms[i].breach, at,
				"cost %s: %s is %.12g, should be %.12g", when,
				terms[i].name, a, b);
	}
}

static void check_bound(struct spp_verify_run *run, const struct spp_record *at,
	const struct spp_cost_terms *before, const struct spp_cost_terms *after)
{
	const struct spp_summary *summary = at->value;
	double bound = summary->bound, gap = 0;

	if (!run->repaired && after->total > before->total &&
		!spp_verify_close(after->total, before->total, 0))
		spp_breach_add(run->report, SPP_BREACH_WORSE, at,
			"the answer costs %.12g, the placement now %.12g",
			after->total, before->total);
	if (!spp_present(bound)) {
		spp_breach_add(run->report, SPP_BREACH_BOUND, at,
			"there is no \"bound\"");
		return;
	}
	if (bound > after->total && !spp_verify_close(bound, after->total, 0))
		spp_breach_add(run->report, SPP_BREACH_BOUND, at,
			"the bound %.12g is above the cost %.12g", bound,
			after->total);
	if (before->total > bound)
		gap = (after->total - bound) / (before->total - bound);
	/* A small difference below the line makes the quotient uncertain. */
	if (!spp_verify_close(summary->gap, gap,
		    before->total / fmax(before->total - bound, 1e-12)))
		spp_breach_add(run->report, SPP_BREACH_GAP, at,
			"the gap is %.12g, should be %.12g", summary->gap, gap);
}

static double rho_at(const struct spp_verify_model *model,
	const struct spp_verify_loads *loads, size_t n, size_t r, size_t k)
{
	return loads->level[spp_verify_cell(model, n, r, k)] /
	       model->platforms[n].capacity[r];
}

/* Mean and highest utilisation; the place of the latter. */
struct spread {
	struct spp_utilisation use;
	double cells;
};

static struct spread spread_of(const struct spp_verify_model *model,
	const struct spp_verify_loads *loads)
{
	struct spread spread = {.cells = 0};

	for (size_t n = 0; n < model->platform_count; n++)
		for (size_t r = 0; r < model->resources; r++) {
			const struct spp_verify_platform *of =
				&model->platforms[n];

			if (of->failed || !spp_present(of->capacity[r]))
				continue;
			for (size_t k = 0; k < model->slots; k++) {
				double rho = rho_at(model, loads, n, r, k);

				spread.use.mean += rho;
				spread.use.highest =
					fmax(spread.use.highest, rho);
				spread.cells++;
			}
		}
	if (spread.cells > 0)
		spread.use.mean /= spread.cells;
	return spread;
}

static void check_use(struct spp_verify_run *run, const struct spp_record *at,
	const char *when, const struct spp_utilisation *said,
	const struct spp_utilisation *found)
{
	if (!said || !spp_verify_close(said->mean, found->mean, 0) ||
		!spp_verify_close(said->highest, found->highest, 0))
		spp_breach_add(run->report, SPP_BREACH_UTILISATION, at,
			"utilisation %s should be %.12g on average and %.12g "
			"at most",
			when, found->mean, found->highest);
}

/* Does it number a slot of the forecasts that is not over? */
static bool is_slot(const struct spp_verify_model *model, double slot)
{
	return slot == floor(slot) && slot >= (double)model->first_slot &&
	       slot < (double)(model->first_slot + model->slots);
}

static void check_hottest(struct spp_verify_run *run,
	const struct spp_record *at, const struct spp_verify_loads *before,
	const struct spp_verify_loads *after, double highest)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_summary *summary = at->value;
	const struct spp_hottest *hottest = summary->hottest;
	size_t n = SPP_NOWHERE, r = SPP_NOWHERE;

	if (hottest && hottest->platform && hottest->resource) {
		n = spp_verify_find_platform(model, hottest->platform);
		r = spp_map_find(&model->resource_names, hottest->resource,
			strlen(hottest->resource));
	}
	if (n == SPP_NOWHERE || r == SPP_NOWHERE ||
		!is_slot(model, (double)hottest->slot) ||
		!spp_present(model->platforms[n].capacity[r])) {
		spp_breach_add(run->report, SPP_BREACH_HOTTEST, at,
			"\"hottest\" names no resource of a platform in a "
			"slot");
		return;
	}
	size_t k = (size_t)hottest->slot - model->first_slot;

	if (!spp_verify_close(hottest->before, highest, 0) ||
		!spp_verify_close(
			hottest->before, rho_at(model, before, n, r, k), 0) ||
		!spp_verify_close(
			hottest->after, rho_at(model, after, n, r, k), 0))
		spp_breach_add(run->report, SPP_BREACH_HOTTEST, at,
			"\"hottest\" is %.12g before and %.12g after, the "
			"highest is %.12g and there it is %.12g and %.12g",
			hottest->before, hottest->after, highest,
			rho_at(model, before, n, r, k),
			rho_at(model, after, n, r, k));
}

static void check_why_place(
	struct spp_verify_run *run, const struct spp_verify_change *change)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_why *why = change->value->why;
	bool wrong = false;

	for (size_t i = 0; i < why->slots.count; i++)
		wrong |= !is_slot(model, why->slots.items[i]) ||
		         (i > 0 && why->slots.items[i] <=
					   why->slots.items[i - 1]);
	wrong |= why->platform &&
	         spp_verify_find_platform(model, why->platform) == SPP_NOWHERE;
	wrong |= why->resource &&
	         spp_map_find(&model->resource_names, why->resource,
			 strlen(why->resource)) == SPP_MAP_NONE;
	if (wrong)
		spp_breach_add(run->report, SPP_BREACH_WHY_PLACE, change->at,
			"\"why\" names no such platform, resource or slots");
}

/* It may say that it repairs something only where something was broken. */
static void check_repairs(
	struct spp_verify_run *run, const struct spp_verify_change *change)
{
	const struct spp_verify_partition *of =
		&run->model.partitions[change->partition];
	bool was = run->broken[change->partition] || of->count == 0;

	for (size_t i = 0; i < of->count; i++)
		was |= run->hot[of->replicas[i]];
	if (change->sub != SPP_NOWHERE && change->from != SPP_NOWHERE)
		was |= run->hot[change->from];
	if (change->value->why->repairs && !was)
		spp_breach_add(run->report, SPP_BREACH_WHY_REPAIRS, change->at,
			"nothing is broken that \"%s\" could repair",
			change->value->why->repairs);
}

/* Cost of the answer less the cost of the answer without this assignment. */
static void check_change(struct spp_verify_run *run, size_t index,
	const struct spp_cost_terms *with)
{
	const struct spp_verify_change *change = &run->answer.changes[index];
	const struct spp_why *why = change->value->why;
	struct spp_cost_terms found = spp_verify_brought(run, &index, 1);

	if (!spp_verify_close(change->value->change, found.total, with->total))
		spp_breach_add(run->report, SPP_BREACH_CHANGE, change->at,
			"change is %.12g, should be %.12g",
			change->value->change, found.total);
	for (size_t i = 0; why && i + 1 < TERMS; i++) {
		double said = at_offset(why, terms[i].why_offset);
		double is = at_offset(&found, terms[i].offset);

		if (!spp_verify_close(said, is, with->total))
			spp_breach_add(run->report, SPP_BREACH_WHY, change->at,
				"why: %s is %.12g, should be %.12g",
				terms[i].name, said, is);
	}
}

static void check_assignments(
	struct spp_verify_run *run, const struct spp_cost_terms *after)
{
	for (size_t i = 0; i < run->answer.count; i++) {
		const struct spp_verify_change *change =
			&run->answer.changes[i];

		if (!change->value->why) {
			spp_breach_add(run->report, SPP_BREACH_WHY, change->at,
				"there is no \"why\"");
			continue;
		}
		check_why_place(run, change);
		check_repairs(run, change);
		check_change(run, i, after);
	}
}

static void check_counts(
	struct spp_verify_run *run, const struct spp_record *at)
{
	const struct spp_summary *summary = at->value;

	/* Counts are whole numbers: a sum of them is exact. */
	if (summary->moves != run->answer.moves)
		spp_breach_add(run->report, SPP_BREACH_MOVES, at,
			"moves is %.12g, should be %.12g", summary->moves,
			run->answer.moves);
	if (summary->bytes != run->answer.bytes)
		spp_breach_add(run->report, SPP_BREACH_BYTES, at,
			"bytes is %.12g, should be %.12g", summary->bytes,
			run->answer.bytes);
}

bool spp_verify_costs(struct spp_verify_run *run, struct spp_err *err)
{
	const struct spp_verify_model *model = &run->model;
	const struct spp_record *at = spp_verify_summary(model->feed, "assign");
	const struct spp_verify_loads *before = &run->loads[SPP_VERIFY_BEFORE];
	const struct spp_verify_loads *ready = &run->loads[SPP_VERIFY_READY];
	struct spp_cost_terms now, then;
	struct spread use_now, use_then;

	if (!spp_verify_cluster_rho(run, err))
		return false;
	now = spp_verify_cost(run, before, false);
	then = spp_verify_cost(run, &run->loads[spp_verify_weighed(run)], true);
	run->report->cost_before = now.total;
	run->report->cost_after = then.total;
	check_assignments(run, &then);

	const struct spp_summary *summary = at ? at->value : NULL;

	if (!summary || !summary->cost || !summary->cost->before ||
		!summary->cost->after) {
		spp_breach_add(run->report, SPP_BREACH_SUMMARY, at,
			"there is no summary of the cost before and after");
		return true;
	}
	check_terms(run, at, "before", summary->cost->before, &now);
	check_terms(run, at, "after", summary->cost->after, &then);
	check_bound(run, at, &now, &then);
	check_counts(run, at);
	use_now = spread_of(model, before);
	use_then = spread_of(model, ready);
	check_use(run, at, "before",
		summary->utilisation ? summary->utilisation->before : NULL,
		&use_now.use);
	check_use(run, at, "after",
		summary->utilisation ? summary->utilisation->after : NULL,
		&use_then.use);
	check_hottest(run, at, before, ready, use_now.use.highest);
	return spp_verify_gains(run, now.total - then.total, at, err);
}
