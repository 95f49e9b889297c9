/*
 * Carrying out a plan, as a pure machine: events and the time go in,
 * actions come out.  It does no input or output, reads no clock and starts
 * nothing; who runs it journals, calls the driver and reports.
 *
 * The machine steers by what it reads back, never by replies: for each move
 * it reads the state of the partition, takes the first step whose effect is
 * not there yet, and reads again.  So it can be killed between any two
 * actions: built again from the journal, it reads and goes on.  Until the
 * old platform is asked to drop the partition every move can be turned
 * back; the same steps then run with old and new exchanged.
 *
 * A subscription leaves the old platform only when the old side has
 * delivered up to the first record of the new one (evidence), never after
 * a fixed time.
 */
#ifndef SPP_MIGRATE_MIGRATE_H
#define SPP_MIGRATE_MIGRATE_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_err;
struct spp_migrate;

enum {
	SPP_MIGRATE_MOVES_MOST = 100000,
	SPP_MIGRATE_ROUND_MOST = 16, /* calls at once for one move */
	SPP_MIGRATE_SUBSCRIPTIONS_MOST = 1000000, /* of one move */
};

#define SPP_MIGRATE_NONE SIZE_MAX

enum spp_migrate_kind {
	SPP_MIGRATE_REPLICA,
	SPP_MIGRATE_LEADER,
	SPP_MIGRATE_SUBSCRIPTION,
	SPP_MIGRATE_ADD,
	SPP_MIGRATE_DROP,
};

/* What is asked of a driver: three that read, then those that change. */
enum spp_migrate_operation {
	SPP_MIGRATE_GET,
	SPP_MIGRATE_SUBS,
	SPP_MIGRATE_EVIDENCE,
	SPP_MIGRATE_ATTACH,
	SPP_MIGRATE_ROUTE,
	SPP_MIGRATE_OPEN_SUB,
	SPP_MIGRATE_CLOSE_SUB,
	SPP_MIGRATE_DETACH,
	SPP_MIGRATE_CANCEL,
	SPP_MIGRATE_OPERATIONS,
};
extern const char *const spp_migrate_operations[SPP_MIGRATE_OPERATIONS];
bool spp_migrate_changes(enum spp_migrate_operation operation);

/* Answers of a driver; LOST is made here: no answer came. */
enum spp_migrate_code {
	SPP_MIGRATE_OK,
	SPP_MIGRATE_TRANSIENT,
	SPP_MIGRATE_UNKNOWN,
	SPP_MIGRATE_IN_PROGRESS,
	SPP_MIGRATE_CONFLICT,
	SPP_MIGRATE_REFUSED,
	SPP_MIGRATE_NOT_FOUND,
	SPP_MIGRATE_FENCED,
	SPP_MIGRATE_UNSUPPORTED,
	SPP_MIGRATE_FATAL,
	SPP_MIGRATE_LOST,
	SPP_MIGRATE_CODES,
};
extern const char *const spp_migrate_codes[SPP_MIGRATE_CODES];

enum spp_migrate_outcome {
	SPP_MIGRATE_DONE,
	SPP_MIGRATE_ROLLED_BACK,
	SPP_MIGRATE_GAVE_UP, /* refused too often */
	SPP_MIGRATE_FAILED,
	SPP_MIGRATE_SKIPPED,
	SPP_MIGRATE_UNSETTLED, /* could not be found out or put right */
	SPP_MIGRATE_OUTCOMES,
};

/* A move of the plan; all it points to outlives the machine. */
struct spp_migrate_move {
	const char *id;
	enum spp_migrate_kind kind;
	const char *partition;  /* "STREAM/PARTITION" */
	const char *subscriber; /* of a subscription move */
	const char *from;       /* NULL for add */
	const char *to;         /* NULL for drop */
	const char *version;    /* required at the start, NULL = any */
	size_t replica_count;   /* required at the start, 0 = any */
	const char *const *replicas;
	double start_s, duration_s; /* as planned, for order and limits */
	int64_t not_before_ms;      /* on the caller's clock */
	int64_t duration_ms;        /* on the caller's clock */
	size_t after_count;
	const size_t *after; /* moves that must be done before */
	size_t group_count;
	const size_t *groups; /* limits that it counts in */
};

/*
 * A group of moves that a limit is for.  In no group do more moves run at
 * once than the plan has running at once at its worst moment; where
 * ordered (platforms, partitions), a move also waits for all that the plan
 * ends before it starts.  Intervals that overlap pairwise have a point in
 * common, so a late plan is shifted but never denser than planned.
 */
struct spp_migrate_group {
	bool ordered;
	bool partition; /* at most one at a time, and they share a version */
};

struct spp_migrate_plan {
	size_t move_count;
	const struct spp_migrate_move *moves;
	size_t group_count;
	const struct spp_migrate_group *groups;
};

/* May an operation be sent again when its outcome is not known? */
enum spp_migrate_repeat {
	SPP_MIGRATE_ALWAYS,
	SPP_MIGRATE_WHEN_IDLE, /* once a read shows nothing in flight */
	SPP_MIGRATE_NEVER,
};

struct spp_migrate_options {
	uint64_t seed;       /* of the jitter of retries */
	size_t running_most; /* moves at once */
	size_t attempts;     /* refusals before a move is given up */
	int64_t backoff_ms;  /* first wait before a retry */
	int64_t backoff_most_ms;
	int64_t poll_least_ms; /* between two looks at what takes time */
	int64_t poll_most_ms;
	int64_t stall_ms;   /* without progress: turn back, or give up */
	int64_t hold_ms;    /* evidence must have stood that long */
	bool leader_serves; /* subscriptions follow the leader */
	bool overlaps;      /* both sides can serve at once */
	bool resumes;       /* subscribers resume by position */
	bool turn_back;     /* start nothing, roll back what runs */
	enum spp_migrate_repeat repeat[SPP_MIGRATE_OPERATIONS];
};

/* What the driver says of one subscription. */
struct spp_migrate_subscription {
	const char *id;
	const char *subscriber;
	size_t on_count;
	const char *const *on; /* platforms that serve it */
};

/* The answer to get (all) and to subs (subscriptions only). */
struct spp_migrate_state {
	const char *version; /* NULL = not said */
	const char *route;   /* NULL = the leader */
	size_t replica_count;
	const char *const *replicas; /* the first leads */
	size_t subscription_count;
	const struct spp_migrate_subscription *subscriptions;
	const char *inflight_to; /* NULL = nothing is being attached */
	double copied;           /* bytes, NAN = not said */
};

enum spp_migrate_event_type {
	SPP_MIGRATE_TICK,  /* time went by */
	SPP_MIGRATE_REPLY, /* a driver answered a call */
	SPP_MIGRATE_STOP,  /* start no further move */
};

/* What a reply points to must live until the actions are done. */
struct spp_migrate_event {
	enum spp_migrate_event_type type;
	uint64_t call;
	enum spp_migrate_code code;
	const char *text;                      /* of an error, or NULL */
	const struct spp_migrate_state *state; /* get, subs */
	bool covered;                          /* evidence */
	const char *old_up_to, *new_from;      /* evidence, may be NULL */
};

/*
 * What the journal must keep.  A machine that is built again gets the same
 * records back, in order, through spp_migrate_restore.
 */
enum spp_migrate_record_kind {
	SPP_MIGRATE_RECORD_START,  /* preconditions held: replicas, version */
	SPP_MIGRATE_RECORD_INTENT, /* a changing call is about to be made */
	SPP_MIGRATE_RECORD_REPLY,
	SPP_MIGRATE_RECORD_READ, /* its effect was looked for in vain */
	SPP_MIGRATE_RECORD_STEP, /* its effect was read back: done */
	SPP_MIGRATE_RECORD_WAIT, /* refused, in the queue again */
	SPP_MIGRATE_RECORD_BACK, /* turned back */
	SPP_MIGRATE_RECORD_END,
	SPP_MIGRATE_RECORDS,
};
extern const char *const spp_migrate_records[SPP_MIGRATE_RECORDS];

struct spp_migrate_record {
	enum spp_migrate_record_kind kind;
	size_t move;
	unsigned step; /* of intent, reply, read, step: the move's n-th */
	enum spp_migrate_operation operation;
	enum spp_migrate_code code;       /* of a reply */
	enum spp_migrate_outcome outcome; /* of an end */
	const char *subscription;         /* of open_sub, close_sub */
	const char *text;     /* version (start), reason (others), or NULL */
	size_t replica_count; /* of a start */
	const char *const *replicas;
};

struct spp_migrate_call {
	uint64_t id;
	size_t move;
	enum spp_migrate_operation operation;
	unsigned step;            /* of those that change: for the key */
	const char *subscription; /* open_sub, evidence, close_sub */
	const char *platform;     /* to, on, or the one to detach */
	const char *from;         /* of evidence: the old side */
	const char *version;      /* of route: if_version, may be NULL */
};

enum spp_migrate_phase {
	SPP_MIGRATE_PHASE_QUEUE,
	SPP_MIGRATE_PHASE_ATTACH,
	SPP_MIGRATE_PHASE_ROUTE,
	SPP_MIGRATE_PHASE_DUAL,
	SPP_MIGRATE_PHASE_RELEASE,
	SPP_MIGRATE_PHASE_CONFIRM,
	SPP_MIGRATE_PHASES,
};
extern const char *const spp_migrate_phases[SPP_MIGRATE_PHASES];
enum spp_migrate_phase spp_migrate_phase_of(
	enum spp_migrate_operation operation);

/* Something that people want to be told. */
struct spp_migrate_note {
	size_t move;
	enum spp_migrate_phase phase;
	const char *what;
	const char *subscriber;
	const char *old_up_to, *new_from; /* evidence, or NULL */
	const char *text;
};

/* How switched subscriptions were kept from losing records. */
enum spp_migrate_protection {
	SPP_MIGRATE_OVERLAP, /* evidence was seen */
	SPP_MIGRATE_RESUME,  /* they resume by position */
	SPP_MIGRATE_BARE,    /* nothing: live tail without evidence */
	SPP_MIGRATE_PROTECTIONS,
};
extern const char *const spp_migrate_protections[SPP_MIGRATE_PROTECTIONS];

/* A move has ended. */
struct spp_migrate_result {
	size_t move;
	enum spp_migrate_outcome outcome;
	const char *reason;                    /* NULL when it is done */
	const struct spp_migrate_state *state; /* as last read, or NULL */
	size_t switched;                       /* subscriptions */
	size_t protections[SPP_MIGRATE_PROTECTIONS];
};

enum spp_migrate_action_type {
	SPP_MIGRATE_DO_RECORD,
	SPP_MIGRATE_DO_CALL,
	SPP_MIGRATE_DO_NOTE,
	SPP_MIGRATE_DO_RESULT,
};

struct spp_migrate_action {
	enum spp_migrate_action_type type;
	union {
		struct spp_migrate_record record;
		struct spp_migrate_call call;
		struct spp_migrate_note note;
		struct spp_migrate_result result;
	} u;
};

/*
 * Is this plan one that can be carried out at all: moves that name what
 * their kind needs, each after others that start no later, no circles?
 */
bool spp_migrate_check(
	const struct spp_migrate_plan *plan, struct spp_err *err);

/* NULL when memory ran out.  The plan is kept by reference. */
struct spp_migrate *spp_migrate_new(const struct spp_migrate_plan *plan,
	const struct spp_migrate_options *options, struct spp_err *err);
void spp_migrate_free(struct spp_migrate *machine);

/* Before the first step: what the journal says happened. */
bool spp_migrate_restore(struct spp_migrate *machine,
	const struct spp_migrate_record *record, struct spp_err *err);

/*
 * Take one event in.  The actions, in the order in which they are to be
 * done, are *count structs at *actions; they and what they point to hold
 * until the next step.  Records that stand before a call must be on disk
 * before the call is made.  Fails only when memory ran out; the machine
 * must then be freed, and the journal has all that is needed to go on.
 */
bool spp_migrate_step(struct spp_migrate *machine,
	const struct spp_migrate_event *event, int64_t now_ms,
	const struct spp_migrate_action **actions, size_t *count,
	struct spp_err *err);

/* When the next tick is due, INT64_MAX when only replies are awaited. */
int64_t spp_migrate_wake(const struct spp_migrate *machine);

size_t spp_migrate_running(const struct spp_migrate *machine);
size_t spp_migrate_ended(const struct spp_migrate *machine);

/* Another executor has taken over: nothing more is called. */
bool spp_migrate_fenced(const struct spp_migrate *machine);

/* Has a move begun that has not ended? */
bool spp_migrate_is_running(const struct spp_migrate *machine, size_t move);

#endif
