/*
 * What the filters make: forecasts, assignments, moves, events,
 * confirmations, summaries, and the frame of a segment.
 */
#ifndef SPP_RECORDS_ANSWER_RECORDS_H
#define SPP_RECORDS_ANSWER_RECORDS_H

#include "lib/records/types.h"

/* One array over slots for each measure. */
struct spp_measures {
	struct spp_numbers bytes;   /* bytes/s */
	struct spp_numbers records; /* records/s; count 0 = not known */
};

struct spp_rates {
	double bytes, records; /* NAN = not known */
};

struct spp_quantile {
	double q; /* in (0, 1) */
	struct spp_numbers bytes, records;
};

struct spp_loadings {
	struct spp_matrix bytes, records; /* factors x slots, unit of sd */
};

struct spp_forecast {
	const char *stream, *partition;
	const char *subscriber; /* NULL: what is produced */
	spp_time start;         /* begin of slot 0 */
	struct spp_numbers slot_s;
	struct spp_measures *mean;    /* per slot, per second */
	struct spp_measures *sd;      /* of the h-step error */
	struct spp_objects quantiles; /* struct spp_quantile */
	struct spp_loadings *loadings;
	struct spp_rates *last; /* of the last complete slot */
	const char *model, *warning;
};

/* The terms of the cost, in platform-hours of full overload. */
struct spp_cost_terms {
	double overload, latency, utilisation, migration, smoothness, total;
};

struct spp_why {
	double overload, latency, utilisation, migration, smoothness;
	struct spp_numbers slots;        /* where the relief is, ascending */
	const char *platform, *resource; /* relieved most */
	const char *repairs; /* the hard violation it repairs, or NULL */
};

struct spp_assignment {
	const char *stream, *partition;
	const char *subscriber;  /* NULL: the partition's replicas */
	struct spp_strings from; /* replicas, or one serving platform */
	struct spp_strings to;
	double ready_s; /* from now until the new placement carries load */
	double change;  /* of the total cost; negative is saved */
	struct spp_why *why;
};

enum spp_move_kind {
	SPP_MOVE_REPLICA,
	SPP_MOVE_LEADER,
	SPP_MOVE_SUBSCRIPTION,
	SPP_MOVE_ADD,
	SPP_MOVE_DROP,
};

struct spp_phases {
	double attach_s, dual_s, release_s; /* lengths, one after the other */
};

struct spp_requires {
	const char *version;
	struct spp_strings replicas; /* when the move starts */
};

struct spp_inverse {
	int kind; /* enum spp_move_kind */
	const char *from, *to, *copy_from;
};

struct spp_move {
	const char *id; /* unique in a plan */
	int kind;       /* enum spp_move_kind */
	const char *stream, *partition;
	const char *subscriber; /* of a subscription move */
	const char *from;       /* NULL for add */
	const char *to;         /* NULL for drop */
	const char *copy_from;  /* NULL where nothing is copied */
	double bytes;           /* copied, 0 = none */
	double start_s;         /* from the plan's now */
	double duration_s;      /* sum of the phases */
	double rate;            /* bytes/s of the copy, NAN = none */
	struct spp_phases *phases;
	struct spp_requires *requires;
	struct spp_strings after; /* ids that must be done before */
	struct spp_inverse *inverse;
	bool beyond_horizon;
};

struct spp_event {
	const char *plan;
	spp_time time;
	const char *move; /* NULL: of the whole run */
	const char *phase, *what, *subscriber;
	const char *evidence; /* JSON */
	const char *text;
};

enum spp_outcome {
	SPP_OUTCOME_DONE,
	SPP_OUTCOME_ROLLED_BACK,
	SPP_OUTCOME_REFUSED,
	SPP_OUTCOME_FAILED,
	SPP_OUTCOME_SKIPPED,
	SPP_OUTCOME_UNKNOWN,
};

struct spp_confirmation {
	const char *plan, *move;
	int status; /* enum spp_outcome */
	const char *stream, *partition, *subscriber;
	const char *from, *to;
	spp_time started_at, ended_at;
	const char *reason;
	const char *evidence; /* JSON */
};

struct spp_cost_change {
	struct spp_cost_terms *before, *after;
};

struct spp_utilisation {
	double mean;    /* of load/capacity, all slots, platforms, resources */
	double highest; /* of them */
};

struct spp_utilisation_change {
	struct spp_utilisation *before, *after;
};

struct spp_hottest {
	const char *platform, *resource;
	int64_t slot;
	double before, after;
};

/* A named count, for what a stage met on its way. */
struct spp_count {
	const char *name;
	double count;
};

struct spp_summary {
	const char *stage; /* "forecast", "assign", "plan", "migrate" */
	/* forecast */
	double partitions, subscriptions, slots;
	struct spp_objects models;  /* struct spp_count: lines a model made */
	struct spp_objects history; /* struct spp_count: late, duplicate ... */
	/* assign */
	struct spp_cost_change *cost;
	double bound, gap;
	double moves, bytes;
	struct spp_utilisation_change *utilisation;
	struct spp_hottest *hottest;
	struct spp_strings warnings;
	/* plan */
	double makespan_s, makespan_bound_s, makespan_gap;
	const char *witness; /* of the bound on the makespan */
	double relief_lost;  /* against the answer's own lead, in cost */
	/* migrate */
	struct spp_objects outcomes; /* struct spp_count by status */
};

/* Tool, version, options and digest of what went into a segment. */
struct spp_provenance {
	const char *tool, *version;
	const char *options; /* JSON */
	const char *digest;
};

/* Something the answer leaves undone. */
struct spp_undone {
	const char *what; /* "overload", "unplaced", "refused" ... */
	const char *stream, *partition, *platform, *resource;
	double amount;
	const char *text; /* a sentence */
};

struct spp_header {
	int64_t schema;
	const char *cluster, *tool, *version;
	spp_time now;
	double risk;
	int64_t seed;
	const char *options; /* JSON: those that change the answer */
};

enum spp_end_status { SPP_END_OK, SPP_END_INCOMPLETE, SPP_END_FAILED };

struct spp_end {
	struct spp_amounts counts; /* by record type, header and end apart */
	const char *digest;        /* 64 hex digits */
	struct spp_objects from;   /* struct spp_provenance */
	struct spp_objects left;   /* struct spp_undone */
	int status;                /* enum spp_end_status */
};

#endif
