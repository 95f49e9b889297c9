/*
 * One plan under execution: the machine of lib/migrate, fed with what the
 * driver answers, its actions journalled, sent and reported.
 */
#ifndef SPP_STAGES_MIGRATE_RUN_H
#define SPP_STAGES_MIGRATE_RUN_H

#include "lib/stages/common.h"
#include "lib/stages/migrate.h"
#include "lib/stages/migrate_clock.h"
#include "lib/stages/migrate_driver.h"
#include "lib/stages/migrate_plan.h"
#include "lib/store/journal.h"

struct spp_run {
	struct spp_context *context;
	const struct spp_migrate_stage *options;
	struct spp_journal *journal;
	struct spp_driver *driver;
	struct spp_segment *segment; /* where events and the like go */
	const struct spp_migration *migration;
	struct spp_migrate_clock *clock;
	int64_t plan_row;
	int64_t epoch;
	int64_t max_inflight; /* SPP_ABSENT = the driver's limit */
	int signals;    /* signalfd of those that end the run, -1 = none */
	bool turn_back; /* roll back, start nothing */

	/* set by the run */
	struct spp_arena arena;   /* of the whole run */
	struct spp_arena scratch; /* of one event */
	struct spp_migrate *machine;
	int64_t start_ms;     /* the machine's 0 on the monotonic clock */
	spp_time *started_at; /* by move */
	spp_time *ended_at;
	int *outcomes;        /* by move: enum spp_outcome, -1 = unfinished */
	const char **reasons; /* by move, NULL = none */
	struct spp_buf lines; /* struct spp_run_line: to be put out */
	struct spp_buf line;
	struct spp_buf calls; /* struct spp_migrate_call: wait for a commit */
	bool commits;         /* something taken must be on disk first */
	size_t restarts;      /* of the driver, without an answer in between */
	bool driver_lost;     /* it does not come back */
	bool stopping;        /* start nothing new */
	bool hurry;           /* nor wait for what runs */
	int64_t give_up_ms;   /* when stopping: the end of grace */
	bool output_failed;
	struct spp_err output_err;
};

/* An event or a confirmation that waits for its commit. */
struct spp_run_line {
	enum spp_type type;
	union {
		struct spp_event event;
		struct spp_confirmation confirmation;
	} u;
};

/*
 * Carry the plan out, or what the journal leaves of it, until all moves
 * have ended or the run is told to end.  False on a failure of this machine
 * (memory, journal); what a system refuses or hides is a result.
 */
bool spp_run_plan(struct spp_run *run, struct spp_err *err);
void spp_run_free(struct spp_run *run);

/* migrate_report.c: keep and print what happened. */
extern const char *const spp_run_outcomes[]; /* by enum spp_outcome */
bool spp_run_tell(struct spp_run *run, const char *what, const char *text,
	struct spp_err *err);
bool spp_run_note(struct spp_run *run, const struct spp_migrate_note *note,
	struct spp_err *err);
bool spp_run_result(struct spp_run *run,
	const struct spp_migrate_result *result, struct spp_err *err);
void spp_run_flush(struct spp_run *run);

/* Confirmations of moves that ended in earlier runs, as they were. */
bool spp_run_repeat(struct spp_run *run, struct spp_err *err);

/* Take over what the journal says of earlier runs, while it is walked. */
bool spp_run_restore(void *context, const struct spp_migrate_record *record,
	spp_time at, struct spp_err *err);

/* Counts of outcomes, over all runs of this segment so far. */
struct spp_run_counts {
	size_t outcomes[SPP_MIGRATE_OUTCOMES];
	size_t unfinished;
	double bytes; /* copied by moves that are done */
};
void spp_run_count(const struct spp_run *run, struct spp_run_counts *counts);

#endif
