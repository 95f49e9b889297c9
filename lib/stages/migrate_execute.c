/* From a plan, or a journal, to an execution and its report. */
#include "lib/stages/migrate.h"

#include "lib/base/err.h"
#include "lib/stages/migrate_admit.h"
#include "lib/stages/migrate_run.h"
#include "lib/stages/migrate_source.h"
#include "lib/stages/table.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct spp_column columns[] = {{"move", false},
	{"partition", false}, {"from", false}, {"to", false}, {"status", false},
	{"took", true}, {"reason", false}};

struct execution {
	struct spp_context *context;
	const struct spp_migrate_stage *options;
	struct spp_journal journal;
	struct spp_driver driver;
	struct spp_migrate_clock clock;
	struct spp_run_counts counts;
	struct spp_buf left;    /* struct spp_undone */
	struct spp_table table; /* for eyes: a row a move */
	struct spp_err output_err;
	int64_t epoch;
	int64_t max_inflight; /* as asked for when the plan began */
	int signals;
	bool begun; /* the header is written */
	bool fenced, driver_lost;
};

static bool open_journal(struct execution *execution, const char *cluster,
	enum spp_database_mode mode, struct spp_err *err)
{
	const char *given = execution->options->journal;
	char path[SPP_JOURNAL_PATH_SIZE];

	if (given == NULL) {
		if (cluster != NULL || mode == SPP_DATABASE_MAKE) {
			if (!spp_journal_path(cluster, true, path, err))
				return false;
		} else if (!spp_journal_only(path, err)) {
			return false;
		}
		given = path;
	}
	return spp_journal_open(&execution->journal, given, mode, err) &&
	       spp_journal_lock(&execution->journal, err);
}

/* From here on a signal asks for an orderly end. */
static void catch_signals(struct execution *execution)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
	execution->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool open_driver(
	struct execution *execution, const char *command, struct spp_err *err)
{
	const struct spp_migrate_stage *options = execution->options;
	double call_ms = fmin(options->deadline_s * 1000 / 4, 10000);
	struct spp_driver_hello *hello = &execution->driver.hello;

	if (!spp_driver_open(
		    &execution->driver, command, (int64_t)call_ms, err))
		return false;
	execution->clock = spp_clock_from(options->common.now != SPP_TIME_NONE
						  ? options->common.now
						  : hello->now,
		hello->speed);
	return true;
}

/* May this plan be carried out here and now?  Sets the epoch. */
static bool admit(struct execution *execution, struct spp_source *source,
	bool fresh, struct spp_err *err)
{
	const struct spp_migration *migration = &source->migration;
	struct spp_errs *warnings = &execution->context->warnings;

	return spp_admit_cluster(migration, &execution->driver.hello, err) &&
	       spp_admit_driver(
		       migration, &execution->driver.hello, warnings, err) &&
	       (!fresh || execution->options->allow_stale ||
		       spp_admit_time(migration, &execution->clock, err)) &&
	       spp_admit_alone(&execution->driver,
		       execution->options->exclusive, warnings,
		       &execution->epoch, err);
}

static bool begin_output(struct execution *execution, struct spp_source *source,
	struct spp_err *err)
{
	struct spp_header header = spp_stage_header(&source->stage);

	if (execution->begun)
		return true;
	execution->begun = true;
	return spp_stage_begin(&source->stage, &header, err);
}

/* What each move that is not done leaves behind. */
static bool take_left(struct execution *execution, const struct spp_run *run,
	struct spp_err *err)
{
	struct spp_arena *arena = &execution->context->arena;

	for (size_t i = 0; i < run->migration->count; i++) {
		const struct spp_move *move = run->migration->moves[i];
		int outcome = run->outcomes[i];
		struct spp_undone *undone;

		if (outcome == SPP_OUTCOME_DONE)
			continue;
		undone = spp_buf_extend(&execution->left, sizeof *undone);
		if (undone == NULL)
			return spp_fail_memory(err);
		undone->what =
			outcome < 0 ? "unfinished" : spp_run_outcomes[outcome];
		undone->stream = spp_arena_string(arena, move->stream);
		undone->partition = spp_arena_string(arena, move->partition);
		undone->amount = NAN;
		undone->text =
			run->reasons[i] != NULL
				? spp_arena_format(arena, "move %s: %s",
					  move->id, run->reasons[i])
				: spp_arena_format(arena, "move %s", move->id);
	}
	return spp_arena_ok(arena, err);
}

/* How each move ended, and how long it took. */
static void take_rows(struct execution *execution, const struct spp_run *run)
{
	struct spp_table *table = &execution->table;

	for (size_t i = 0; i < run->migration->count; i++) {
		const struct spp_move *move = run->migration->moves[i];
		int outcome = run->outcomes[i];
		double took_s = NAN;

		if (run->started_at[i] != SPP_TIME_NONE &&
			run->ended_at[i] != SPP_TIME_NONE)
			took_s = spp_time_since(
				run->ended_at[i], run->started_at[i]);
		spp_table_text(table, move->id);
		spp_table_format(table, "%s/%s", move->stream, move->partition);
		spp_table_text(table, move->from);
		spp_table_text(table, move->to);
		spp_table_text(table,
			outcome < 0 ? "unfinished" : spp_run_outcomes[outcome]);
		spp_table_human(table, took_s, "s");
		spp_table_text(table, run->reasons[i]);
	}
}

/* One plan from its row to its last word. */
static bool run_plan(struct execution *execution, struct spp_source *source,
	int64_t row, bool turn_back, struct spp_segment *segment,
	struct spp_err *err)
{
	struct spp_run run = {.context = execution->context,
		.options = execution->options,
		.journal = &execution->journal,
		.driver = &execution->driver,
		.segment = segment,
		.migration = &source->migration,
		.clock = &execution->clock,
		.plan_row = row,
		.epoch = execution->epoch,
		.max_inflight = execution->max_inflight,
		.signals = execution->signals,
		.turn_back = turn_back};
	bool done;

	spp_migration_time(&source->migration,
		spp_clock_date(&execution->clock), execution->clock.speed);
	execution->clock = spp_clock_from(
		spp_clock_date(&execution->clock), execution->clock.speed);
	done = spp_journal_put_run(&execution->journal, row, execution->epoch,
		       spp_clock_date(&execution->clock), err) &&
	       spp_journal_commit(&execution->journal, err) &&
	       spp_run_plan(&run, err);
	if (done) {
		spp_run_count(&run, &execution->counts);
		take_rows(execution, &run);
		done = take_left(execution, &run, err);
		execution->fenced |= spp_migrate_fenced(run.machine);
		execution->driver_lost |= run.driver_lost;
	}
	if (run.output_failed && execution->output_err.status == SPP_DONE)
		execution->output_err = run.output_err;
	spp_run_free(&run);
	return done;
}

static bool put_summary(struct execution *execution, struct spp_source *source,
	struct spp_err *err)
{
	const struct spp_run_counts *counts = &execution->counts;
	struct spp_summary *summary =
		spp_record_new(SPP_SUMMARY, &execution->context->arena);
	struct spp_count outcomes[SPP_MIGRATE_OUTCOMES + 1];
	size_t count = 0;

	if (summary == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < SPP_MIGRATE_OUTCOMES; i++) {
		if (counts->outcomes[i] == 0)
			continue;
		outcomes[count].name = spp_run_outcomes[i];
		outcomes[count++].count = (double)counts->outcomes[i];
	}
	if (counts->unfinished > 0) {
		outcomes[count].name = "unfinished";
		outcomes[count++].count = (double)counts->unfinished;
	}
	summary->stage = "migrate";
	summary->moves = (double)counts->outcomes[SPP_OUTCOME_DONE];
	summary->bytes = counts->bytes;
	summary->outcomes.items = outcomes;
	summary->outcomes.count = count;
	return spp_stage_put(&source->stage, SPP_SUMMARY, summary, err);
}

static bool put_end(struct execution *execution, struct spp_source *source,
	struct spp_err *err)
{
	const struct spp_buf *from = &source->stage.feed.from;
	struct spp_end end = {
		.from = {from->length / sizeof(struct spp_provenance),
			from->data},
		.left = {execution->left.length / sizeof(struct spp_undone),
			execution->left.data},
		.status = execution->counts.unfinished > 0 ? SPP_END_INCOMPLETE
	                                                   : SPP_END_OK,
	};

	return spp_segment_end(&source->stage.segment, &end, err);
}

/* What it all comes to, as an exit status. */
static bool verdict(struct execution *execution, struct spp_err *err)
{
	const struct spp_run_counts *counts = &execution->counts;
	size_t unknown = counts->outcomes[SPP_OUTCOME_UNKNOWN];

	if (execution->output_err.status != SPP_DONE) {
		*err = execution->output_err;
		return false;
	}
	if (unknown > 0 || execution->driver_lost) {
		spp_fail(err, SPP_UNKNOWN,
			"the outcome of %zu moves could not be found out",
			unknown + counts->unfinished);
		spp_err_hint(err,
			"When the system answers again, --resume settles "
			"them.");
		return false;
	}
	if (counts->unfinished > 0) {
		spp_fail(err, SPP_LOCKED, "%zu moves are unfinished%s",
			counts->unfinished,
			execution->fenced ? ": another executor has taken over"
					  : "");
		spp_err_hint(err, "--resume goes on, --rollback turns back.");
		return false;
	}
	if (execution->left.length > 0)
		execution->context->status = SPP_LEFT;
	return true;
}

static bool finish(struct execution *execution, struct spp_source *source,
	struct spp_err *err)
{
	struct spp_err *output_err = &execution->output_err;

	if (source->stage.segment.table)
		spp_table_print(&execution->table, &execution->context->output,
			output_err);
	else if (output_err->status == SPP_DONE &&
		 put_summary(execution, source, output_err))
		put_end(execution, source, output_err);
	return verdict(execution, err);
}

/* --resume and --rollback: the plan is the journal's. */
static bool go_on(struct execution *execution, struct spp_source *source,
	struct spp_err *err)
{
	struct spp_stored_plan stored;
	const char *command = execution->options->driver;
	bool found;

	if (!open_journal(execution, NULL, SPP_DATABASE_WRITE, err) ||
		!spp_journal_find(&execution->journal, NULL, true,
			&execution->context->arena, &stored, &found, err))
		return false;
	if (!found) {
		spp_fail(err, SPP_INPUT, "the journal holds no plan");
		spp_err_at(err, execution->journal.database.path, 0);
		return false;
	}
	if (command == NULL)
		command = stored.driver;
	if (!spp_admit_limit(stored.options, &execution->max_inflight, err))
		return false;
	return spp_source_stored(source, execution->context, &stored,
		       execution->journal.database.path, err) &&
	       open_driver(execution, command, err) &&
	       admit(execution, source, false, err) &&
	       begin_output(execution, source, err) &&
	       run_plan(execution, source, stored.row,
		       execution->options->rollback, &source->stage.segment,
		       err) &&
	       finish(execution, source, err);
}

/* Settle what another plan left, where that was asked for. */
static bool settle_old(struct execution *execution, struct spp_source *source,
	const struct spp_stored_plan *stored, struct spp_err *err)
{
	struct spp_source old = {0};
	bool done;

	done = spp_source_stored(&old, execution->context, stored,
		       execution->journal.database.path, err) &&
	       run_plan(execution, &old, stored->row, true,
		       &source->stage.segment, err);
	spp_stage_close(&old.stage);
	return done;
}

/* What else a run was asked for; a resumed one keeps its limit. */
static const char *options_text(struct execution *execution)
{
	const struct spp_migrate_stage *options = execution->options;
	struct spp_arena *arena = &execution->context->arena;
	const char *limit = "";

	if (options->max_inflight != SPP_ABSENT) {
		limit = spp_arena_format(arena, "\"max_inflight\":%lld,",
			(long long)options->max_inflight);
	}
	return spp_arena_format(arena,
		"{\"deadline_s\":%g,\"hold_s\":%g,%s\"seed\":%lld}",
		options->deadline_s, options->hold_s,
		limit != NULL ? limit : "", (long long)options->seed);
}

static bool store(struct execution *execution, struct spp_source *source,
	struct spp_stored_plan *stored, struct spp_err *err)
{
	*stored = (struct spp_stored_plan){
		.cluster = source->migration.cluster,
		.driver = execution->options->driver,
		.options = options_text(execution),
		.stored_at = spp_clock_date(&execution->clock),
		.text = source->text,
		.length = source->length,
	};
	if (stored->options == NULL)
		return spp_fail_memory(err);
	memcpy(stored->digest, source->migration.digest,
		sizeof stored->digest - 1);
	return spp_journal_put_plan(&execution->journal, stored, err) &&
	       spp_journal_commit(&execution->journal, err);
}

/* May this plan run, given what the journal has? */
static bool judge(struct execution *execution, struct spp_source *source,
	struct spp_stored_plan *stored, bool *same, bool *unfinished,
	struct spp_err *err)
{
	bool found;

	if (!spp_journal_find(&execution->journal, NULL, true,
		    &execution->context->arena, stored, &found, err))
		return false;
	*same = found &&
	        strcmp(stored->digest, source->migration.digest) == 0 &&
	        stored->state != SPP_PLAN_SUPERSEDED;
	*unfinished = found && !*same && stored->state == SPP_PLAN_UNFINISHED;
	if (!*unfinished || execution->options->supersede)
		return true;
	spp_fail(err, SPP_LOCKED, "plan %.12s has unfinished moves",
		stored->digest);
	spp_err_at(err, execution->journal.database.path, 0);
	spp_err_hint(err,
		"--resume goes on with it, --rollback turns it back, "
		"--supersede turns it back and carries out this one.");
	return false;
}

/* A plan from the input; the same one again is a resume. */
static bool carry_out(struct execution *execution, struct spp_source *source,
	struct spp_err *err)
{
	struct spp_stored_plan stored;
	bool same, unfinished;

	if (!spp_source_read(source, execution->context, err) ||
		!open_journal(execution, source->migration.cluster,
			SPP_DATABASE_MAKE, err) ||
		!judge(execution, source, &stored, &same, &unfinished, err))
		return false;
	/* The usual case of a pipe that runs every few minutes. */
	if (source->migration.count == 0 && !unfinished)
		return begin_output(execution, source, err) &&
		       finish(execution, source, err);
	if (!open_driver(execution, execution->options->driver, err) ||
		!admit(execution, source, !same, err) ||
		!begin_output(execution, source, err))
		return false;
	if (unfinished && !settle_old(execution, source, &stored, err))
		return false;
	if (execution->counts.unfinished > 0 ||
		execution->counts.outcomes[SPP_OUTCOME_UNKNOWN] > 0)
		return finish(execution, source, err);
	if (!same && !store(execution, source, &stored, err))
		return false;
	return run_plan(execution, source, stored.row, false,
		       &source->stage.segment, err) &&
	       finish(execution, source, err);
}

bool spp_migrate_execute(struct spp_context *context,
	const struct spp_migrate_stage *options, struct spp_err *err)
{
	enum { CLOSE_MS = 2000 };
	struct execution execution = {.context = context,
		.options = options,
		.max_inflight = options->max_inflight,
		.journal = {.lock_fd = -1},
		.driver = {.process = {.to = -1, .from = -1}},
		.signals = -1};
	struct spp_source source = {0};
	bool done;

	spp_table_init(
		&execution.table, columns, sizeof columns / sizeof *columns);
	catch_signals(&execution);
	done = options->resume || options->rollback
	               ? go_on(&execution, &source, err)
	               : carry_out(&execution, &source, err);
	spp_driver_close(&execution.driver, CLOSE_MS);
	spp_journal_close(&execution.journal);
	spp_stage_close(&source.stage);
	spp_table_free(&execution.table);
	spp_buf_free(&execution.left);
	if (execution.signals >= 0)
		close(execution.signals);
	return done;
}
