/*
 * Valid answers, broken in many named ways: each must be refused, with its
 * own reason and no other.
 */
#include "tests/unit/test.h"
#include "tests/unit/verify_breaks.h"
#include "tests/unit/verify_edit.h"
#include "tests/unit/verify_feed.h"

enum { EDITS = 2 };

/* What is changed before the figures are worked out, and after. */
struct fault {
	const char *name;
	enum spp_breach reason;
	void (*change)(struct world *world);
	struct edit edits[EDITS];
};

static void print_findings(const struct spp_verify_report *report)
{
	for (size_t i = 0; i < report->count && i < SPP_FINDINGS_KEPT; i++)
		printf("#   feed:%zu: %s\n", report->kept[i].at.line,
			report->kept[i].at.text);
}

static bool check_world(struct world *world, const struct fault *fault,
	struct spp_buf *buf, struct spp_verify_report *report)
{
	if (fault && fault->change)
		fault->change(world);
	world_feed(buf, world);
	for (int i = 0; fault && i < EDITS && fault->edits[i].line; i++)
		if (!edit_apply(buf, &fault->edits[i])) {
			printf("# no place for the edit of \"%s\"\n",
				fault->name);
			return false;
		}
	return feed_check(buf, report);
}

static void check_faults(
	const struct fault *faults, size_t count, bool plan, bool apart)
{
	for (size_t i = 0; i < count; i++) {
		const struct fault *fault = &faults[i];
		struct world world = apart ? world_apart() : world_new();
		struct spp_buf buf = {.length = 0};
		struct spp_verify_report report = {.count = 0};
		bool read, alone;

		world.plan = plan;
		read = check_world(&world, fault, &buf, &report);
		alone = report.count > 0 &&
		        report.found[fault->reason] == report.count;
		if (!CHECK(read && alone)) {
			printf("# \"%s\" should be refused as %s:\n",
				fault->name, spp_breach_word(fault->reason));
			print_findings(&report);
		}
		spp_buf_free(&buf);
	}
}

#define A0 "\"type\":\"assignment\",\"stream\":\"a\""
#define SUM "\"stage\":\"assign\""
#define CONSTRAINT "{\"type\":\"constraint\",\"constraint\":"

static const struct fault assignment_faults[] = {
	{"an unknown partition", SPP_BREACH_UNKNOWN_PARTITION, NULL,
		{{A0, "\"partition\":", "\"9\""}}},
	{"an unknown platform", SPP_BREACH_UNKNOWN_PLATFORM, NULL,
		{{A0, "\"to\":", "[\"p9\",\"p2\"]"}}},
	{"the wrong from", SPP_BREACH_WRONG_FROM, NULL,
		{{A0, "\"from\":", "[\"p2\",\"p1\"]"}}},
	{"nothing changes", SPP_BREACH_NO_CHANGE, NULL,
		{{A0, "\"to\":", "[\"p1\",\"p2\"]"}}},
	{"a failed target", SPP_BREACH_FAILED_TARGET, to_failed, {{0}}},
	{"a draining target", SPP_BREACH_DRAINING_TARGET, to_draining, {{0}}},
	{"a frozen stream", SPP_BREACH_FROZEN, NULL,
		{{"\"driver\"", NULL,
			CONSTRAINT "\"freeze\",\"stream\":\"a\"}"}}},
	{"a partition that is moving", SPP_BREACH_FROZEN, NULL,
		{{"\"type\":\"partition\"", "\"version\":",
			"\"12\",\"moving\":{\"to\":[\"p3\",\"p2\"]}"}}},
	{"a pinned leader", SPP_BREACH_PIN, NULL,
		{{"\"driver\"", NULL,
			CONSTRAINT "\"pin\",\"stream\":\"a\",\"platforms\":"
				   "[\"p1\"]}"}}},
	{"a platform not allowed", SPP_BREACH_ALLOW, NULL,
		{{"\"driver\"", NULL,
			CONSTRAINT "\"allow\",\"stream\":\"a\",\"platforms\":"
				   "[\"p1\",\"p2\"]}"}}},
	{"a forbidden platform", SPP_BREACH_FORBID, NULL,
		{{"\"driver\"", NULL,
			CONSTRAINT "\"forbid\",\"stream\":\"a\","
				   "\"partition\":\"0\",\"platforms\":"
				   "[\"p3\"]}"}}},
	{"replicas in one rack", SPP_BREACH_SPREAD, same_rack, {{0}}},
	{"leaders that go together", SPP_BREACH_COLOCATE, NULL,
		{{"\"driver\"", NULL,
			CONSTRAINT "\"colocate\",\"members\":[{\"stream\":"
				   "\"a\",\"partition\":\"0\"},{\"stream\":"
				   "\"a\",\"partition\":\"1\"}]}"}}},
	{"more moves than the budget", SPP_BREACH_BUDGET_MOVES, NULL,
		{{"\"driver\"", NULL, CONSTRAINT "\"budget\",\"moves\":1}"}}},
	{"more moves than a stream's budget", SPP_BREACH_BUDGET_MOVES, NULL,
		{{"\"driver\"", NULL,
			CONSTRAINT "\"budget\",\"stream\":\"b\",\"moves\":"
				   "0}"}}},
	{"more moves than --max-moves", SPP_BREACH_BUDGET_MOVES, NULL,
		{{"\"header\"", "\"options\":", "{\"max_moves\":1}"}}},
	{"more bytes than the budget", SPP_BREACH_BUDGET_BYTES, NULL,
		{{"\"driver\"", NULL, CONSTRAINT "\"budget\",\"bytes\":2e8}"}}},
	{"one quantum over a hard limit", SPP_BREACH_HARD_CAPACITY,
		quantum_over, {{0}}},
	{"a hard limit at risk", SPP_BREACH_HARD_CAPACITY, hard_at_risk, {{0}}},
	{"a subscription that follows", SPP_BREACH_SUBSCRIPTION_PLACE, NULL,
		{{A0, NULL,
			"{\"type\":\"assignment\",\"stream\":\"c\","
			"\"partition\":\"0\",\"subscriber\":\"s\",\"from\":"
			"[\"p2\"],\"to\":[\"p3\"],\"ready_s\":4}"}}},
	{"an unknown subscription", SPP_BREACH_UNKNOWN_SUBSCRIPTION, NULL,
		{{A0, NULL,
			"{\"type\":\"assignment\",\"stream\":\"c\","
			"\"partition\":\"0\",\"subscriber\":\"x\",\"from\":"
			"[\"p2\"],\"to\":[\"p3\"],\"ready_s\":4}"}}},
	{"a copy that never catches up", SPP_BREACH_TOO_SLOW, slow_copy, {{0}}},
	{"ready before it can be", SPP_BREACH_READY, ready_early, {{0}}},
	{"ready later than anything explains", SPP_BREACH_READY, ready_late,
		{{0}}},
	{"a queue that is left out", SPP_BREACH_READY, no_queue, {{0}}},
	{"the wrong change", SPP_BREACH_CHANGE, NULL,
		{{A0, "\"change\":", "-0.5"}}},
	{"the wrong relief of overload", SPP_BREACH_WHY, NULL,
		{{A0, "\"why\"|\"overload\":", "-0.5"}}},
	{"the wrong relief of latency", SPP_BREACH_WHY, NULL,
		{{A0, "\"why\"|\"latency\":", "0"}}},
	{"the wrong gain of evenness", SPP_BREACH_WHY, NULL,
		{{A0, "\"why\"|\"utilisation\":", "0"}}},
	{"no cost of migration", SPP_BREACH_WHY, NULL,
		{{A0, "\"why\"|\"migration\":", "0"}}},
	{"no cost of smoothness", SPP_BREACH_WHY, NULL,
		{{A0, "\"why\"|\"smoothness\":", "0"}}},
	{"relief at an unknown platform", SPP_BREACH_WHY_PLACE, NULL,
		{{A0, "\"why\"|\"platform\":", "\"p9\""}}},
	{"relief of an unknown resource", SPP_BREACH_WHY_PLACE, NULL,
		{{A0, "\"why\"|\"resource\":", "\"tape\""}}},
	{"relief in a slot that is not there", SPP_BREACH_WHY_PLACE, NULL,
		{{A0, "\"why\"|\"slots\":", "[0,2]"}}},
	{"a repair of what is not broken", SPP_BREACH_WHY_REPAIRS, false_repair,
		{{0}}},
	{"moves without cause", SPP_BREACH_CHURN, no_cause, {{0}}},
	{"what stays broken is not named", SPP_BREACH_LEFT, still_draining,
		{{0}}},
};

static const struct fault summary_faults[] = {
	{"no summary", SPP_BREACH_SUMMARY, NULL, {{SUM, NULL, NULL}}},
	{"overload before", SPP_BREACH_COST_OVERLOAD, NULL,
		{{SUM, "\"before\":{\"overload\":", "0.4"}}},
	{"overload after", SPP_BREACH_COST_OVERLOAD, NULL,
		{{SUM, "\"after\":{\"overload\":", "0.001"}}},
	{"latency after", SPP_BREACH_COST_LATENCY, NULL,
		{{SUM, "\"after\"|\"latency\":", "0.0023"}}},
	{"utilisation after", SPP_BREACH_COST_UTILISATION, NULL,
		{{SUM, "\"after\"|\"utilisation\":", "0.003"}}},
	{"migration not counted", SPP_BREACH_COST_MIGRATION, NULL,
		{{SUM, "\"after\"|\"migration\":", "0"}}},
	{"smoothness not counted", SPP_BREACH_COST_SMOOTHNESS, NULL,
		{{SUM, "\"after\"|\"smoothness\":", "0"}}},
	{"the wrong total", SPP_BREACH_COST_TOTAL, NULL,
		{{SUM, "\"after\"|\"total\":", "0.0075"}}},
	{"an answer worse than none", SPP_BREACH_WORSE, worse, {{0}}},
	{"a change that gains nothing", SPP_BREACH_GAIN, unasked, {{0}}},
	{"gains below --min-gain", SPP_BREACH_GAIN, NULL,
		{{"\"header\"", "\"options\":", "{\"min_gain\":0.2}"}}},
	{"a bound above the cost", SPP_BREACH_BOUND, high_bound, {{0}}},
	{"no bound", SPP_BREACH_BOUND, NULL, {{SUM, "\"bound\":", NULL}}},
	{"the wrong gap", SPP_BREACH_GAP, NULL, {{SUM, "\"gap\":", "0.001"}}},
	{"the wrong number of moves", SPP_BREACH_MOVES, NULL,
		{{SUM, "\"moves\":", "1"}}},
	{"the wrong number of bytes", SPP_BREACH_BYTES, NULL,
		{{SUM, "\"bytes\":", "299999999"}}},
	{"the hottest elsewhere", SPP_BREACH_HOTTEST, NULL,
		{{SUM, "\"hottest\"|\"platform\":", "\"p2\""}}},
	{"the hottest in another slot", SPP_BREACH_HOTTEST, NULL,
		{{SUM, "\"hottest\"|\"slot\":", "0"}}},
	{"the hottest cooler than it is", SPP_BREACH_HOTTEST, NULL,
		{{SUM, "\"hottest\"|\"after\":", "0.4"}}},
	{"the wrong mean utilisation", SPP_BREACH_UTILISATION, NULL,
		{{SUM, "\"utilisation\":{\"before\":{\"mean\":", "0.2"}}},
	{"the wrong highest utilisation", SPP_BREACH_UTILISATION, NULL,
		{{SUM, "\"utilisation\":{|\"after\"|\"highest\":", "0.52"}}},
};

#define M1 "\"id\":\"m1\""
#define M2 "\"id\":\"m2\""
#define PLAN "\"stage\":\"plan\""

static const struct fault move_faults[] = {
	{"an unknown platform", SPP_BREACH_UNKNOWN_PLATFORM, NULL,
		{{M2, "\"to\":", "\"p9\""}}},
	{"an unknown partition", SPP_BREACH_UNKNOWN_PARTITION, NULL,
		{{M2, "\"partition\":", "\"9\""}}},
	{"a move that nobody asked for", SPP_BREACH_MOVE_UNASKED, NULL,
		{{M2, "\"partition\":", "\"1\""}}},
	{"an assignment without moves", SPP_BREACH_ASSIGNMENT_UNDONE, one_move,
		{{0}}},
	{"another end", SPP_BREACH_RESULT, other_end, {{0}}},
	{"another version", SPP_BREACH_VERSION, NULL,
		{{M2, "\"version\":", "\"13\""}}},
	{"the version lost", SPP_BREACH_VERSION, NULL,
		{{M2, "\"requires\":", "{\"replicas\":[\"p1\",\"p2\"]}"}}},
	{"other replicas", SPP_BREACH_REPLICAS, NULL,
		{{M2, "\"replicas\":", "[\"p2\",\"p1\"]"}}},
	{"the wrong from", SPP_BREACH_MOVE_FROM, NULL,
		{{M2, "\"from\":", "\"p4\""}}},
	{"a leader move of a follower", SPP_BREACH_MOVE_FROM, NULL,
		{{M1, "\"from\":", "\"p2\""}}},
	{"a target that holds a replica", SPP_BREACH_MOVE_TO, NULL,
		{{M2, "\"to\":", "\"p2\""}}},
	{"a leader without a replica", SPP_BREACH_MOVE_TO, NULL,
		{{M1, "\"to\":", "\"p5\""}}},
	{"a hop over a draining platform", SPP_BREACH_DRAINING_TARGET,
		hop_draining, {{0}}},
	{"copied from a follower", SPP_BREACH_COPY_FROM, NULL,
		{{M2, "\"copy_from\":", "\"p2\""}}},
	{"fewer bytes than there are", SPP_BREACH_COPY_BYTES, NULL,
		{{M2, "\"bytes\":", "2e8"}, {PLAN, "\"bytes\":", "2e8"}}},
	{"a rate below 1.05 of what comes in", SPP_BREACH_RATE_LOW, low_rate,
		{{0}}},
	{"a rate above the driver's", SPP_BREACH_RATE_HIGH, high_rate, {{0}}},
	{"a rate above --rate", SPP_BREACH_RATE_HIGH, NULL,
		{{"\"header\"", "\"options\":", "{\"rate\":4e7}"}}},
	{"attach too short", SPP_BREACH_ATTACH_TIME, short_attach, {{0}}},
	{"live traffic not counted", SPP_BREACH_ATTACH_TIME, no_traffic, {{0}}},
	{"hand-over too short", SPP_BREACH_HANDOVER_TIME, short_handover,
		{{0}}},
	{"phases that do not sum", SPP_BREACH_DURATION, NULL,
		{{M1, "\"duration_s\":", "5"}}},
	{"after an unknown move", SPP_BREACH_AFTER, NULL,
		{{M2, "\"after\":", "[\"m9\"]"}}},
	{"after ignored", SPP_BREACH_AFTER, NULL,
		{{M2, "\"after\":", "[\"m1\"]"}}},
	{"two moves of a partition at once", SPP_BREACH_OVERLAP, overlap,
		{{0}}},
	{"more at once than the driver takes", SPP_BREACH_INFLIGHT, NULL,
		{{"\"driver\"", "\"rate\":", "50000000,\"max_inflight\":1"}}},
	{"more at once than --max-concurrent", SPP_BREACH_INFLIGHT, NULL,
		{{"\"header\"", "\"options\":", "{\"max_concurrent\":1}"}}},
	{"more at once on a platform", SPP_BREACH_PLATFORM_LIMIT, NULL,
		{{"\"header\"", "\"options\":", "{\"max_per_platform\":1}"}}},
	{"more at once in a rack", SPP_BREACH_PLATFORM_LIMIT, NULL,
		{{"\"header\"", "\"options\":", "{\"max_per_rack\":1}"}}},
	{"copies too fast for a platform", SPP_BREACH_PLATFORM_LIMIT, NULL,
		{{"\"header\"", "\"options\":", "{\"platform_rate\":4e7}"}}},
	{"outside the window", SPP_BREACH_WINDOW, NULL,
		{{"\"driver\"", NULL,
			CONSTRAINT "\"window\",\"from\":\"02:00\",\"to\":"
				   "\"05:00\"}"}}},
	{"outside --window", SPP_BREACH_WINDOW, NULL,
		{{"\"header\"",
			"\"options\":", "{\"window\":[\"02:00-05:00\"]}"}}},
	{"no inverse", SPP_BREACH_INVERSE_MISSING, NULL,
		{{M2, "\"inverse\":", NULL}}},
	{"an inverse that leads elsewhere", SPP_BREACH_INVERSE, NULL,
		{{M2, "\"inverse\"|\"to\":", "\"p4\""}}},
	{"an inverse that reads where nothing is", SPP_BREACH_INVERSE, NULL,
		{{M2, "\"inverse\"|\"copy_from\":", "\"p1\""}}},
	{"an inverse of another kind", SPP_BREACH_INVERSE, NULL,
		{{M2, "\"inverse\"|\"kind\":", "\"leader\""}}},
	{"beyond the horizon, it says", SPP_BREACH_BEYOND, NULL,
		{{M1, "\"after\":", "[],\"beyond_horizon\":true"}}},
	{"the copy not counted where it arrives", SPP_BREACH_HARD_DURING,
		copy_arrives, {{0}}},
	{"the copy not counted where it is read", SPP_BREACH_HARD_DURING,
		copy_leaves, {{0}}},
	{"the second side not counted", SPP_BREACH_HARD_DURING, second_side,
		{{0}}},
	{"a prefix that is not safe", SPP_BREACH_PREFIX, unsafe_prefix, {{0}}},
	{"no summary of the plan", SPP_BREACH_PLAN_SUMMARY, NULL,
		{{PLAN, NULL, NULL}}},
	{"the wrong number of moves", SPP_BREACH_PLAN_SUMMARY, NULL,
		{{PLAN, "\"moves\":", "3"}}},
	{"the wrong relief of the plan", SPP_BREACH_PLAN_COST, NULL,
		{{PLAN, "\"stage\":",
			"\"plan\",\"cost\":{\"before\":{\"overload\":0.4},"
			"\"after\":{\"overload\":0}}"}}},
	{"the wrong makespan", SPP_BREACH_MAKESPAN, NULL,
		{{PLAN, "\"makespan_s\":", "11.4"}}},
	{"a bound above the makespan", SPP_BREACH_MAKESPAN_BOUND, NULL,
		{{PLAN, "\"makespan_bound_s\":", "23"},
			{PLAN, "\"makespan_gap\":", "-0.5"}}},
	{"a bound that nothing proves", SPP_BREACH_MAKESPAN_BOUND,
		waits_for_nothing,
		{{PLAN, "\"makespan_bound_s\":", "600"},
			{PLAN, "\"makespan_gap\":", "0.0194871794871795"}}},
	{"the wrong gap of the makespan", SPP_BREACH_MAKESPAN_GAP, NULL,
		{{PLAN, "\"makespan_gap\":", "0.9"}}},
	{"no relief lost by being late", SPP_BREACH_RELIEF, waits_for_nothing,
		{{PLAN, "\"relief_lost\":", "0"}}},
	{"the relief that is lost not told", SPP_BREACH_RELIEF, NULL,
		{{PLAN, "\"relief_lost\":", NULL}}},
};

static const struct fault apart_faults[] = {
	{"a subscription left behind", SPP_BREACH_SUBSCRIPTION_LEFT,
		left_behind, {{0}}},
	{"a subscription ready before its replica", SPP_BREACH_READY, sub_early,
		{{0}}},
	{"a subscription from elsewhere", SPP_BREACH_WRONG_FROM, NULL,
		{{"\"subscriber\":\"s\",\"from\":", "\"from\":", "[\"p2\"]"}}},
};

static const struct fault apart_move_faults[] = {
	{"a subscription to where no replica is", SPP_BREACH_MOVE_TO, NULL,
		{{"\"kind\":\"subscription\"", "\"to\":", "\"p5\""}}},
	{"a subscription from elsewhere", SPP_BREACH_MOVE_FROM, NULL,
		{{"\"kind\":\"subscription\"", "\"from\":", "\"p5\""}}},
	{"a subscription that stays", SPP_BREACH_RESULT, no_sub_move, {{0}}},
	{"a subscription stranded", SPP_BREACH_STRANDED, stranded, {{0}}},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void valid(void)
{
	static void (*const changes[])(struct world *) = {NULL, just_fits,
		queued, second_side_later, waits_for_window, waits_for_nothing,
		hop};

	for (size_t i = 0; i < 4 * COUNT(changes); i++) {
		struct world world = i & 2 ? world_apart() : world_new();
		struct fault none = {.change = changes[i / 4]};
		struct spp_buf buf = {.length = 0};
		struct spp_verify_report report = {.count = 0};

		world.plan = i & 1;
		/* These plan for subscriptions that follow. */
		if (world.apart && i / 4 >= 2)
			continue;
		CHECK(check_world(&world, &none, &buf, &report));
		if (!CHECK(report.count == 0)) {
			printf("# world %zu:\n", i);
			print_findings(&report);
		}
		spp_buf_free(&buf);
	}
}

static void broken_assignments(void)
{
	check_faults(assignment_faults, COUNT(assignment_faults), false, false);
	check_faults(apart_faults, COUNT(apart_faults), false, true);
}

static void broken_summaries(void)
{
	check_faults(summary_faults, COUNT(summary_faults), false, false);
}

static void broken_plans(void)
{
	check_faults(move_faults, COUNT(move_faults), true, false);
	check_faults(apart_move_faults, COUNT(apart_move_faults), true, true);
}

/* No reason may stand there that no test ever saw. */
static void all_reasons(void)
{
	bool seen[SPP_BREACHES] = {false};
	const struct {
		const struct fault *faults;
		size_t count;
	} lists[] = {
		{assignment_faults, COUNT(assignment_faults)},
		{summary_faults, COUNT(summary_faults)},
		{move_faults, COUNT(move_faults)},
		{apart_faults, COUNT(apart_faults)},
		{apart_move_faults, COUNT(apart_move_faults)},
	};

	for (size_t i = 0; i < COUNT(lists); i++)
		for (size_t j = 0; j < lists[i].count; j++)
			seen[lists[i].faults[j].reason] = true;
	for (int i = 0; i < SPP_BREACHES; i++)
		if (!CHECK(seen[i]))
			printf("# no test is refused as %s\n",
				spp_breach_word((enum spp_breach)i));
}

int main(void)
{
	static const struct test tests[] = {
		{"valid answers hold", valid},
		{"broken assignments", broken_assignments},
		{"broken summaries", broken_summaries},
		{"broken plans", broken_plans},
		{"every reason has a test", all_reasons},
	};

	return test_run(tests, COUNT(tests));
}
