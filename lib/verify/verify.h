/*
 * Checks an answer against its cluster, straight from the written
 * definitions: demand, expected overload, the cost table, the constraints,
 * and the replay of a plan event by event.  It shares nothing with the
 * programs that made the answer but the records, and prefers the simple way
 * to the fast one.
 */
#ifndef SPP_VERIFY_VERIFY_H
#define SPP_VERIFY_VERIFY_H

#include "lib/base/err.h"
#include "lib/records/feed.h"

/* What can be wrong with an answer; each has a word that never changes. */
enum spp_breach {
	/* assignments */
	SPP_BREACH_UNKNOWN_PARTITION,
	SPP_BREACH_UNKNOWN_SUBSCRIPTION,
	SPP_BREACH_UNKNOWN_PLATFORM,
	SPP_BREACH_WRONG_FROM,
	SPP_BREACH_NO_CHANGE,
	SPP_BREACH_FAILED_TARGET,
	SPP_BREACH_DRAINING_TARGET,
	SPP_BREACH_FROZEN,
	SPP_BREACH_PIN,
	SPP_BREACH_ALLOW,
	SPP_BREACH_FORBID,
	SPP_BREACH_SPREAD,
	SPP_BREACH_COLOCATE,
	SPP_BREACH_BUDGET_MOVES,
	SPP_BREACH_BUDGET_BYTES,
	SPP_BREACH_HARD_CAPACITY,
	SPP_BREACH_SUBSCRIPTION_PLACE,
	SPP_BREACH_SUBSCRIPTION_LEFT,
	SPP_BREACH_TOO_SLOW,
	SPP_BREACH_READY,
	SPP_BREACH_CHANGE,
	SPP_BREACH_WHY,
	SPP_BREACH_WHY_PLACE,
	SPP_BREACH_WHY_REPAIRS,
	SPP_BREACH_LEFT,
	SPP_BREACH_CHURN,
	/* the summary of assignments */
	SPP_BREACH_SUMMARY,
	SPP_BREACH_COST_OVERLOAD,
	SPP_BREACH_COST_LATENCY,
	SPP_BREACH_COST_UTILISATION,
	SPP_BREACH_COST_MIGRATION,
	SPP_BREACH_COST_SMOOTHNESS,
	SPP_BREACH_COST_TOTAL,
	SPP_BREACH_WORSE,
	SPP_BREACH_GAIN,
	SPP_BREACH_BOUND,
	SPP_BREACH_GAP,
	SPP_BREACH_MOVES,
	SPP_BREACH_BYTES,
	SPP_BREACH_HOTTEST,
	SPP_BREACH_UTILISATION,
	/* moves */
	SPP_BREACH_MOVE_UNASKED,
	SPP_BREACH_ASSIGNMENT_UNDONE,
	SPP_BREACH_RESULT,
	SPP_BREACH_VERSION,
	SPP_BREACH_REPLICAS,
	SPP_BREACH_MOVE_FROM,
	SPP_BREACH_MOVE_TO,
	SPP_BREACH_COPY_FROM,
	SPP_BREACH_COPY_BYTES,
	SPP_BREACH_RATE_LOW,
	SPP_BREACH_RATE_HIGH,
	SPP_BREACH_ATTACH_TIME,
	SPP_BREACH_HANDOVER_TIME,
	SPP_BREACH_DURATION,
	SPP_BREACH_AFTER,
	SPP_BREACH_OVERLAP,
	SPP_BREACH_INFLIGHT,
	SPP_BREACH_PLATFORM_LIMIT,
	SPP_BREACH_WINDOW,
	SPP_BREACH_STRANDED,
	SPP_BREACH_INVERSE_MISSING,
	SPP_BREACH_INVERSE,
	SPP_BREACH_BEYOND,
	SPP_BREACH_HARD_DURING,
	SPP_BREACH_PREFIX,
	SPP_BREACH_PLAN_SUMMARY,
	SPP_BREACH_PLAN_COST,
	SPP_BREACH_MAKESPAN,
	SPP_BREACH_MAKESPAN_BOUND,
	SPP_BREACH_MAKESPAN_GAP,
	SPP_BREACH_RELIEF,
	SPP_BREACHES,
};

/* "hard-capacity" ... */
const char *spp_breach_word(enum spp_breach breach);

/* One thing found wrong: where, which reason, and the figures. */
struct spp_finding {
	enum spp_breach breach;
	struct spp_err at; /* source, line and text of the message */
};

enum { SPP_FINDINGS_KEPT = 20 };

struct spp_verify_report {
	size_t count; /* all findings */
	struct spp_finding kept[SPP_FINDINGS_KEPT];
	size_t found[SPP_BREACHES];     /* findings by reason */
	bool plan;                      /* it is one, not only assignments */
	size_t assignments, moves;      /* that were checked */
	double cost_before, cost_after; /* as computed here */
	double overload_before, overload_after; /* of a plan, likewise */
	double makespan_s;
};

/*
 * Check every answer that the feed holds: its assignments, and its moves
 * where there are any.  The feed must keep (SPP_READ) all types but samples,
 * events and confirmations.
 *
 * True when the check was made: the answer holds when report->count is 0.
 * False with SPP_INPUT when there is nothing that could be checked (no
 * answer, no forecast, a cluster that contradicts itself), or SPP_SYSTEM.
 */
bool spp_verify_feed(const struct spp_feed *feed,
	struct spp_verify_report *report, struct spp_err *err);

#endif
