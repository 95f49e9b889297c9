#include "lib/verify/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const words[SPP_BREACHES] = {
	[SPP_BREACH_UNKNOWN_PARTITION] = "unknown-partition",
	[SPP_BREACH_UNKNOWN_SUBSCRIPTION] = "unknown-subscription",
	[SPP_BREACH_UNKNOWN_PLATFORM] = "unknown-platform",
	[SPP_BREACH_WRONG_FROM] = "wrong-from",
	[SPP_BREACH_NO_CHANGE] = "no-change",
	[SPP_BREACH_FAILED_TARGET] = "failed-target",
	[SPP_BREACH_DRAINING_TARGET] = "draining-target",
	[SPP_BREACH_FROZEN] = "frozen",
	[SPP_BREACH_PIN] = "pin",
	[SPP_BREACH_ALLOW] = "allow",
	[SPP_BREACH_FORBID] = "forbid",
	[SPP_BREACH_SPREAD] = "spread",
	[SPP_BREACH_COLOCATE] = "colocate",
	[SPP_BREACH_BUDGET_MOVES] = "budget-moves",
	[SPP_BREACH_BUDGET_BYTES] = "budget-bytes",
	[SPP_BREACH_HARD_CAPACITY] = "hard-capacity",
	[SPP_BREACH_SUBSCRIPTION_PLACE] = "subscription-place",
	[SPP_BREACH_SUBSCRIPTION_LEFT] = "subscription-left",
	[SPP_BREACH_TOO_SLOW] = "too-slow",
	[SPP_BREACH_READY] = "ready",
	[SPP_BREACH_CHANGE] = "change",
	[SPP_BREACH_WHY] = "why",
	[SPP_BREACH_WHY_PLACE] = "why-place",
	[SPP_BREACH_WHY_REPAIRS] = "why-repairs",
	[SPP_BREACH_LEFT] = "left",
	[SPP_BREACH_CHURN] = "churn",
	[SPP_BREACH_SUMMARY] = "summary",
	[SPP_BREACH_COST_OVERLOAD] = "cost-overload",
	[SPP_BREACH_COST_LATENCY] = "cost-latency",
	[SPP_BREACH_COST_UTILISATION] = "cost-utilisation",
	[SPP_BREACH_COST_MIGRATION] = "cost-migration",
	[SPP_BREACH_COST_SMOOTHNESS] = "cost-smoothness",
	[SPP_BREACH_COST_TOTAL] = "cost-total",
	[SPP_BREACH_WORSE] = "worse",
	[SPP_BREACH_GAIN] = "gain",
	[SPP_BREACH_BOUND] = "bound",
	[SPP_BREACH_GAP] = "gap",
	[SPP_BREACH_MOVES] = "moves",
	[SPP_BREACH_BYTES] = "bytes",
	[SPP_BREACH_HOTTEST] = "hottest",
	[SPP_BREACH_UTILISATION] = "utilisation",
	[SPP_BREACH_MOVE_UNASKED] = "move-unasked",
	[SPP_BREACH_ASSIGNMENT_UNDONE] = "assignment-undone",
	[SPP_BREACH_RESULT] = "result",
	[SPP_BREACH_VERSION] = "version",
	[SPP_BREACH_REPLICAS] = "replicas",
	[SPP_BREACH_MOVE_FROM] = "move-from",
	[SPP_BREACH_MOVE_TO] = "move-to",
	[SPP_BREACH_COPY_FROM] = "copy-from",
	[SPP_BREACH_COPY_BYTES] = "copy-bytes",
	[SPP_BREACH_RATE_LOW] = "rate-low",
	[SPP_BREACH_RATE_HIGH] = "rate-high",
	[SPP_BREACH_ATTACH_TIME] = "attach-time",
	[SPP_BREACH_HANDOVER_TIME] = "handover-time",
	[SPP_BREACH_DURATION] = "duration",
	[SPP_BREACH_AFTER] = "after",
	[SPP_BREACH_OVERLAP] = "overlap",
	[SPP_BREACH_INFLIGHT] = "inflight",
	[SPP_BREACH_PLATFORM_LIMIT] = "platform-limit",
	[SPP_BREACH_WINDOW] = "window",
	[SPP_BREACH_STRANDED] = "stranded",
	[SPP_BREACH_INVERSE_MISSING] = "inverse-missing",
	[SPP_BREACH_INVERSE] = "inverse",
	[SPP_BREACH_BEYOND] = "beyond-horizon",
	[SPP_BREACH_HARD_DURING] = "hard-during",
	[SPP_BREACH_PREFIX] = "unsafe-prefix",
	[SPP_BREACH_PLAN_SUMMARY] = "plan-summary",
	[SPP_BREACH_PLAN_COST] = "plan-cost",
	[SPP_BREACH_MAKESPAN] = "makespan",
	[SPP_BREACH_MAKESPAN_BOUND] = "makespan-bound",
	[SPP_BREACH_MAKESPAN_GAP] = "makespan-gap",
	[SPP_BREACH_RELIEF] = "relief-lost",
};

const char *spp_breach_word(enum spp_breach breach)
{
	return words[breach];
}

void spp_breach_add(struct spp_verify_report *report, enum spp_breach breach,
	const struct spp_record *at, const char *format, ...)
{
	struct spp_finding *finding;
	char text[sizeof(report->kept[0].at.text)];
	va_list arguments;

	report->found[breach]++;
	if (report->count++ >= SPP_FINDINGS_KEPT)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	finding = &report->kept[report->count - 1];
	finding->breach = breach;
	spp_fail(&finding->at, SPP_LEFT, "%s: %s", words[breach], text);
	if (at)
		spp_err_at(&finding->at, at->source, at->line);
}

const struct spp_record *spp_verify_summary(
	const struct spp_feed *feed, const char *stage)
{
	for (size_t i = spp_feed_count(feed, SPP_SUMMARY); i-- > 0;) {
		const struct spp_record *at = spp_feed_at(feed, SPP_SUMMARY, i);
		const struct spp_summary *summary = at->value;

		if (strcmp(summary->stage, stage) == 0)
			return at;
	}
	return NULL;
}

static bool has_answer(const struct spp_feed *feed)
{
	return spp_feed_count(feed, SPP_ASSIGNMENT) > 0 ||
	       spp_feed_count(feed, SPP_MOVE) > 0 ||
	       spp_verify_summary(feed, "assign") ||
	       spp_verify_summary(feed, "plan");
}

/* Does a plan lead back to what was before another? */
static bool undoes(const struct spp_feed *feed)
{
	for (size_t i = 0; i < spp_feed_count(feed, SPP_ASSIGNMENT); i++) {
		const struct spp_assignment *value =
			spp_feed_at(feed, SPP_ASSIGNMENT, i)->value;

		if (value->why && value->why->repairs &&
			strcmp(value->why->repairs, "undo") == 0)
			return true;
	}
	return false;
}

static bool check(struct spp_verify_run *run, struct spp_err *err)
{
	struct spp_verify_report *report = run->report;
	const struct spp_feed *feed = run->model.feed;

	if (!spp_verify_model_read(&run->model, err) ||
		!spp_verify_read_answer(run, err))
		return false;
	report->assignments = spp_feed_count(feed, SPP_ASSIGNMENT);
	report->moves = spp_feed_count(feed, SPP_MOVE);
	run->plan = report->plan =
		report->moves > 0 || spp_verify_summary(feed, "plan");
	/* Figures of an answer that contradicts its cluster mean nothing. */
	if (report->count > 0)
		return true;
	/* To undo a plan is to go back to where rules may be broken. */
	run->undo = run->plan && undoes(feed);
	if (run->undo)
		return spp_verify_plan(run, err);
	if (!spp_verify_read_loads(run, err) || !spp_verify_rules(run, err))
		return false;
	/* A plan may stand without the figures of its assignments. */
	if ((!run->plan || spp_verify_summary(feed, "assign")) &&
		(!spp_verify_ready(run, err) || !spp_verify_costs(run, err)))
		return false;
	return spp_verify_plan(run, err);
}

bool spp_verify_feed(const struct spp_feed *feed,
	struct spp_verify_report *report, struct spp_err *err)
{
	struct spp_arena arena = {.block = NULL};
	struct spp_verify_run run = {.report = report};
	bool done;

	*report = (struct spp_verify_report){.count = 0};
	if (!has_answer(feed))
		return spp_fail(
			err, SPP_INPUT, "the feed holds no answer to check");
	run.model.feed = feed;
	run.model.arena = &arena;
	done = check(&run, err);
	spp_arena_free(&arena);
	return done;
}
