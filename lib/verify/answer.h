/*
 * The assignments of a feed as changes of the placement.
 */
#ifndef SPP_VERIFY_ANSWER_H
#define SPP_VERIFY_ANSWER_H

#include "lib/verify/demand.h"
#include "lib/verify/verify.h"

/* What one assignment changes. */
struct spp_verify_change {
	const struct spp_record *at;
	const struct spp_assignment *value;
	size_t partition;
	size_t sub;  /* SPP_NOWHERE: the partition's replicas */
	size_t from; /* of a subscription */
	size_t *to;
	size_t to_count;

	size_t moves;
	size_t copies;                /* of the data, each to ... */
	size_t *target;               /* ... this platform */
	size_t *source;               /* ... from this one */
	double bytes;                 /* that are copied in all */
	double switched;              /* connections that change sides */
	double migration, smoothness; /* its terms of the cost */
};

struct spp_verify_answer {
	struct spp_verify_change *changes;
	size_t count;
	size_t *of_partition;   /* change of a partition, or SPP_NOWHERE */
	size_t *of_sub;         /* change of a subscription, or SPP_NOWHERE */
	size_t *serving_before; /* platform of each subscription that is ... */
	size_t *serving_after;  /* ... served apart */
	double moves, bytes;
};

/* Sums are exact in any order: each number is a multiple of its quantum. */
struct spp_verify_loads {
	double *level, *variance; /* [cell] */
	double *loading;          /* [cell * factors + factor] */
};

/* Which placement a partition has. */
enum spp_verify_when {
	SPP_VERIFY_BEFORE, /* as recorded */
	SPP_VERIFY_READY,  /* the answer's, each from its ready_s on */
	SPP_VERIFY_AFTER,  /* the answer's, from the start */
	SPP_VERIFY_WHENS,
};

/* All that the checks work on. */
struct spp_verify_run {
	struct spp_verify_model model;
	struct spp_verify_answer answer;
	struct spp_verify_report *report;
	struct spp_verify_loads loads[SPP_VERIFY_WHENS];
	/* Scratch with room for all items of any partition, moving or not. */
	struct spp_verify_item *items;
	size_t *reached;     /* scratch: platforms of one partition */
	double *cluster_rho; /* load/capacity of all; resource x slot */
	bool plan;           /* the feed holds one, not only assignments */
	bool undo;           /* a plan that leads back */
	bool *broken;        /* partitions of which a rule was broken before */
	bool *hot;           /* platforms that were above a hard limit before */
	bool repaired;       /* something that was broken is so no more */
};

/* Add a finding about a record (NULL = about the whole feed). */
void spp_breach_add(struct spp_verify_report *report, enum spp_breach breach,
	const struct spp_record *at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Read the assignments; those that contradict the cluster are found and
 * left out.  False only when memory ran out.
 */
bool spp_verify_read_answer(struct spp_verify_run *run, struct spp_err *err);

/* The last summary of a stage, NULL = none. */
const struct spp_record *spp_verify_summary(
	const struct spp_feed *feed, const char *stage);

/* Replicas of a partition before, or with its assignment. */
const size_t *spp_verify_replicas(const struct spp_verify_run *run,
	size_t partition, bool after, size_t *count);

bool spp_verify_holds(const size_t *replicas, size_t count, size_t platform);

/* |a - b| within 1e-9 of the larger, or of SCALE. */
bool spp_verify_close(double a, double b, double scale);

/* The checks, each of which adds what it finds. */
bool spp_verify_rules(struct spp_verify_run *run, struct spp_err *err);
void spp_verify_budgets(struct spp_verify_run *run);
bool spp_verify_ready(struct spp_verify_run *run, struct spp_err *err);
bool spp_verify_costs(struct spp_verify_run *run, struct spp_err *err);
bool spp_verify_plan(struct spp_verify_run *run, struct spp_err *err);

#endif
