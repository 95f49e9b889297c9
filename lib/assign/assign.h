/*
 * Where each replica and subscription should live: greedy repair of what
 * must be repaired, then local search on the cost.  Pure: a cluster in, an
 * answer out; the same at any number of threads.
 */
#ifndef SPP_ASSIGN_ASSIGN_H
#define SPP_ASSIGN_ASSIGN_H

#include "lib/cluster/change.h"
#include "lib/cluster/rules.h"

struct spp_arena;
struct spp_err;
struct spp_state;

struct spp_assign_options {
	double min_gain;     /* of each accepted move or chain, platform-h */
	double act_within_s; /* slots that begin later are no reason to act */
	double max_moves;    /* beside the budgets of constraints */
	double max_bytes;
	/* Ends the search early when it says so; NULL = never.  An answer
	   that depends on it is not reproducible. */
	bool (*expired)(void *context);
	void *context;
};

/* Defaults: the gain needed depends on how long the horizon is. */
struct spp_assign_options spp_assign_options_default(
	const struct spp_cluster *cluster);

/* Why a change may not be. */
enum spp_refusal {
	SPP_REFUSED_NOT,
	SPP_REFUSED_HOLDS,
	SPP_REFUSED_FAILED,
	SPP_REFUSED_DRAINING,
	SPP_REFUSED_BARRED,
	SPP_REFUSED_FROZEN,
	SPP_REFUSED_RULE,     /* breaks more rules than now */
	SPP_REFUSED_CAPACITY, /* a hard capacity of a touched platform */
	SPP_REFUSED_RATE,     /* the copy would never catch up */
	SPP_REFUSED_MOVES,    /* budgets */
	SPP_REFUSED_BYTES,
	SPP_REFUSED_STREAM,
};

/* Something that the answer leaves undone, with its amount. */
enum spp_lack_kind {
	SPP_LACK_RULE,     /* breaches of a rule; amount = how many */
	SPP_LACK_CAPACITY, /* a hard capacity; amount in the resource's unit */
	SPP_LACK_OVERLOAD, /* mean over threshold when copies are done; amount
			      = share over it */
	SPP_LACK_SPLIT,    /* a partition larger than every platform; amount
			      = its demand over the largest capacity */
	SPP_LACK_BUDGET,   /* moves that would pay, but the budget is spent */
};
struct spp_lack {
	enum spp_lack_kind kind;
	enum spp_rule rule;
	size_t partition; /* or SPP_NOWHERE */
	size_t platform;  /* or SPP_NOWHERE */
	size_t resource;  /* or SPP_NOWHERE */
	size_t slot;
	double amount;
};

/* What happens to load/capacity at one place or over all of them. */
struct spp_heat {
	double mean, highest; /* over platforms, resources and slots */
	size_t platform, resource, slot; /* of the highest */
};

struct spp_answer {
	struct spp_state *state; /* of the search, for what is asked later */
	struct spp_placement placement;
	double *ready_s; /* [partition], 0 where nothing changes */
	struct spp_cost before, after;
	double bound; /* no placement costs less */
	double gap;   /* (after - bound)/(before - bound), 0 if that is 0 */
	struct spp_breaches broken_before, broken_after;
	double excess_before, excess_after; /* of hard capacities, shares */
	struct spp_heat heat_before, heat_after;
	double hottest_after; /* where it was hottest before */
	size_t moves;
	double bytes;
	bool acted; /* there was a reason to look for moves */
	size_t lacks;
	struct spp_lack *lack;
};

/* NULL when memory ran out, with err set.  All lives in the arena. */
struct spp_answer *spp_assign(const struct spp_cluster *cluster,
	const struct spp_assign_options *options, struct spp_arena *arena,
	struct spp_err *err);

/*
 * What one record of the answer changes: the cost of the answer less its
 * cost without this record, all else (ready_s, too) as it is.
 */
struct spp_reason {
	struct spp_cost change;
	size_t platform, resource; /* most relieved, or SPP_NOWHERE */
	size_t slots;              /* where the relief is */
	size_t *slot;
	const char *repairs; /* the hard violation it mends, or NULL */
};

/*
 * The reason of a partition's new replicas (subscription SPP_NOWHERE), or
 * of a subscription's new platform.
 */
bool spp_assign_reason(const struct spp_answer *answer, size_t partition,
	size_t subscription, struct spp_reason *reason, struct spp_arena *arena,
	struct spp_err *err);

/* What a platform would mean for a partition, beside the answer. */
struct spp_verdict {
	bool holds, leads;        /* as answered */
	size_t replaced;          /* platform whose replica would go there */
	double cost;              /* change of the whole cost */
	enum spp_refusal refusal; /* then the cost says nothing */
	enum spp_rule rule;       /* where it is SPP_REFUSED_RULE */
	size_t resource;          /* where it is SPP_REFUSED_CAPACITY */
};

/* One verdict per platform, the best over the partition's replicas. */
struct spp_verdict *spp_assign_explain(const struct spp_answer *answer,
	size_t partition, struct spp_arena *arena, struct spp_err *err);

/*
 * The cost function and the search of the original idea: overload above
 * capacity of the mean alone, all assignments tried, the first strictly
 * cheaper one kept.  Placements that break more rules are not tried.
 * SPP_USAGE with a hint when there are more than a million.
 */
struct spp_answer *spp_assign_exhaustive(const struct spp_cluster *cluster,
	struct spp_arena *arena, struct spp_err *err);

/*
 * The proven lower bound on the cost of any placement (overload and
 * latency summed over the whole cluster; no migration).
 */
double spp_assign_bound(const struct spp_cluster *cluster);

#endif
