#include "lib/stages/migrate_run.h"

#include "lib/base/err.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { RESTARTS_MOST = 5 };

static bool make_machine(struct spp_run *run, struct spp_err *err)
{
	const struct spp_migrate_stage *asked = run->options;
	const struct spp_driver_hello *hello = &run->driver->hello;
	const struct spp_driver_record *says = hello->driver;
	struct spp_migrate_options options = {
		.seed = (uint64_t)asked->seed,
		.running_most = 16,
		.attempts = 5,
		.backoff_ms = 200,
		.backoff_most_ms = 10000,
		.poll_least_ms = 20,
		.poll_most_ms = 1000,
		.stall_ms = (int64_t)(asked->deadline_s * 1000),
		.hold_ms = (int64_t)(asked->hold_s * 1000 / hello->speed),
		.leader_serves = says->serve <= SPP_SERVE_LEADER,
		.overlaps = says->dual <= SPP_DUAL_PRESUBSCRIBE,
		.resumes = says->resume == SPP_RESUME_POSITION,
		.turn_back = run->turn_back,
	};

	/* Waits must not look like a stall. */
	if (options.backoff_most_ms > options.stall_ms / 4)
		options.backoff_most_ms = options.stall_ms / 4;
	if (options.backoff_ms > options.backoff_most_ms)
		options.backoff_ms = options.backoff_most_ms;
	if (spp_present(says->max_inflight))
		options.running_most = (size_t)says->max_inflight;
	if (run->max_inflight != SPP_ABSENT &&
		(size_t)run->max_inflight < options.running_most)
		options.running_most = (size_t)run->max_inflight;
	for (int i = 0; i < SPP_MIGRATE_OPERATIONS; i++)
		options.repeat[i] = hello->repeat[i];
	run->machine = spp_migrate_new(&run->migration->plan, &options, err);
	return run->machine != NULL;
}

static bool prepare(struct spp_run *run, struct spp_err *err)
{
	size_t count = run->migration->count;

	run->started_at =
		spp_arena_alloc(&run->arena, count, sizeof *run->started_at);
	run->ended_at =
		spp_arena_alloc(&run->arena, count, sizeof *run->ended_at);
	run->outcomes =
		spp_arena_alloc(&run->arena, count, sizeof *run->outcomes);
	run->reasons =
		spp_arena_alloc(&run->arena, count, sizeof *run->reasons);
	if (!spp_arena_ok(&run->arena, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		run->started_at[i] = run->ended_at[i] = SPP_TIME_NONE;
		run->outcomes[i] = -1;
	}
	run->start_ms = run->clock->base_ms;
	return make_machine(run, err) &&
	       spp_journal_records(run->journal, run->plan_row, spp_run_restore,
		       run, err) &&
	       spp_run_repeat(run, err);
}

/* These must be on disk before anything else happens. */
static bool commits(enum spp_migrate_record_kind kind)
{
	return kind == SPP_MIGRATE_RECORD_START ||
	       kind == SPP_MIGRATE_RECORD_INTENT ||
	       kind == SPP_MIGRATE_RECORD_BACK ||
	       kind == SPP_MIGRATE_RECORD_END;
}

/* Keep what the machine says; calls wait for the commit. */
static bool take(struct spp_run *run, const struct spp_migrate_action *actions,
	size_t count, struct spp_err *err)
{
	spp_time now = spp_clock_date(run->clock);
	bool good = true;

	for (size_t i = 0; good && i < count; i++) {
		const struct spp_migrate_action *one = &actions[i];

		if (one->type == SPP_MIGRATE_DO_RECORD) {
			const struct spp_migrate_record *record =
				&one->u.record;

			if (record->kind == SPP_MIGRATE_RECORD_START)
				run->started_at[record->move] = now;
			run->commits |= commits(record->kind);
			good = spp_journal_put_record(run->journal,
				run->plan_row, record, run->epoch, now, err);
		} else if (one->type == SPP_MIGRATE_DO_NOTE) {
			good = spp_run_note(run, &one->u.note, err);
		} else if (one->type == SPP_MIGRATE_DO_RESULT) {
			good = spp_run_result(run, &one->u.result, err);
		} else {
			/* Its texts are the plan's and the move's own. */
			spp_buf_append(
				&run->calls, &one->u.call, sizeof one->u.call);
			good = spp_buf_ok(&run->calls, err);
		}
	}
	return good;
}

/* Journal, then calls, then words: all that was taken since the last time. */
static bool carry_out(struct spp_run *run, struct spp_err *err)
{
	const struct spp_migrate_call *calls = (const void *)run->calls.data;
	size_t count = run->calls.length / sizeof *calls;
	bool good = true;

	if (run->commits)
		good = spp_journal_commit(run->journal, err);
	run->commits = false;
	for (size_t i = 0; good && i < count; i++) {
		size_t move = calls[i].move;
		const struct spp_driver_subject subject = {
			.plan = run->migration->id,
			.row = run->plan_row,
			.move = run->migration->moves[move],
			.partition = run->migration->texts[move],
			.epoch = run->epoch,
		};

		good = spp_driver_call(run->driver, &calls[i], &subject, err);
	}
	spp_buf_reset(&run->calls);
	if (good)
		spp_run_flush(run);
	spp_arena_reset(&run->scratch);
	return good;
}

static bool feed(struct spp_run *run, const struct spp_migrate_event *event,
	struct spp_err *err)
{
	const struct spp_migrate_action *actions;
	size_t count;

	return spp_migrate_step(run->machine, event,
		       spp_clock_ms() - run->start_ms, &actions, &count, err) &&
	       take(run, actions, count, err);
}

static bool stop(struct spp_run *run, const char *why, struct spp_err *err)
{
	const struct spp_migrate_event event = {.type = SPP_MIGRATE_STOP};

	if (run->stopping)
		return true;
	run->stopping = true;
	run->give_up_ms =
		spp_clock_ms() + (int64_t)(run->options->grace_s * 1000);
	return feed(run, &event, err) &&
	       spp_run_tell(run, "stopping", why, err);
}

/* A signal stops the run; a second one ends it at once. */
static bool hear_signals(struct spp_run *run, struct spp_err *err)
{
	struct signalfd_siginfo info;

	while (run->signals >= 0 &&
		read(run->signals, &info, sizeof info) == sizeof info) {
		if (run->stopping)
			run->hurry = true;
		if (!stop(run, "a signal asked to end", err))
			return false;
	}
	return true;
}

/* Sleep until something happens or the machine wants to be asked. */
static bool wait_for(struct spp_run *run, struct spp_err *err)
{
	enum { NAP_MOST_MS = 1000 };
	int64_t now_ms = spp_clock_ms();
	int64_t wake_ms = spp_migrate_wake(run->machine);
	int64_t until_ms = now_ms + NAP_MOST_MS;
	struct pollfd fds[4];

	if (wake_ms != INT64_MAX && wake_ms != INT64_MIN &&
		wake_ms + run->start_ms < until_ms)
		until_ms = wake_ms + run->start_ms;
	if (wake_ms == INT64_MIN)
		until_ms = now_ms;
	if (spp_driver_until(run->driver) < until_ms)
		until_ms = spp_driver_until(run->driver);
	spp_process_poll(&run->driver->process, fds);
	fds[2] = (struct pollfd){.fd = run->signals, .events = POLLIN};
	/* No events are asked for: that the reader went away always shows. */
	fds[3] = (struct pollfd){
		.fd = run->output_failed ? -1 : run->context->output.fd};
	poll(fds, 4, until_ms > now_ms ? (int)(until_ms - now_ms) : 0);
	if ((fds[3].revents & POLLERR) != 0) {
		run->output_failed = true;
		errno = EPIPE;
		spp_fail_errno(&run->output_err, "cannot write");
		spp_err_at(&run->output_err, run->context->output.source, 0);
	}
	return spp_process_turn(&run->driver->process, err);
}

/*
 * All that the driver answered, or will not answer.  Answers that came
 * together share one commit.
 */
static bool hear_driver(struct spp_run *run, struct spp_err *err)
{
	enum { TOGETHER = 64 };

	for (size_t count = 1;; count++) {
		struct spp_migrate_event event;
		bool got;

		if (!spp_driver_event(
			    run->driver, &run->scratch, &event, &got, err))
			return false;
		if (!got)
			return carry_out(run, err);
		if (event.code != SPP_MIGRATE_LOST)
			run->restarts = 0;
		if (!feed(run, &event, err) ||
			(count % TOGETHER == 0 && !carry_out(run, err)))
			return false;
	}
}

/* A driver that ended may have done anything: start it, read back. */
static bool restart(struct spp_run *run, struct spp_err *err)
{
	while (!spp_process_alive(&run->driver->process)) {
		struct spp_err why = {0};

		if (run->restarts++ >= RESTARTS_MOST) {
			run->driver_lost = true;
			return true;
		}
		if (!spp_run_tell(
			    run, "driver_restarted", "the driver ended", err))
			return false;
		if (!spp_driver_restart(run->driver, &why) &&
			why.status != SPP_SYSTEM) {
			*err = why;
			return false;
		}
	}
	return true;
}

static bool goes_on(const struct spp_run *run)
{
	if (spp_migrate_ended(run->machine) == run->migration->count)
		return false;
	if (spp_migrate_fenced(run->machine) || run->driver_lost)
		return false;
	if (!run->stopping)
		return true;
	return spp_migrate_running(run->machine) > 0 && !run->hurry &&
	       spp_clock_ms() < run->give_up_ms;
}

static bool loop(struct spp_run *run, struct spp_err *err)
{
	const struct spp_migrate_event tick = {.type = SPP_MIGRATE_TICK};

	while (goes_on(run)) {
		spp_progress(run->context, "moves ended",
			spp_migrate_ended(run->machine), run->migration->count);
		if (!feed(run, &tick, err) || !hear_driver(run, err) ||
			!restart(run, err))
			return false;
		if (run->output_failed &&
			!stop(run, "nobody reads the output", err))
			return false;
		if (!goes_on(run))
			break;
		if (!wait_for(run, err) || !hear_driver(run, err) ||
			!hear_signals(run, err))
			return false;
	}
	return true;
}

/* Nothing is left to settle when every move has ended in a known way. */
static bool close_plan(struct spp_run *run, struct spp_err *err)
{
	for (size_t i = 0; i < run->migration->count; i++) {
		if (run->outcomes[i] < 0 ||
			run->outcomes[i] == SPP_OUTCOME_UNKNOWN)
			return spp_journal_commit(run->journal, err);
	}
	return spp_journal_put_state(run->journal, run->plan_row,
		       run->turn_back ? SPP_PLAN_SUPERSEDED : SPP_PLAN_FINISHED,
		       err) &&
	       spp_journal_commit(run->journal, err);
}

bool spp_run_plan(struct spp_run *run, struct spp_err *err)
{
	bool done;

	done = prepare(run, err) && loop(run, err) && close_plan(run, err);
	spp_run_flush(run);
	return done;
}

void spp_run_free(struct spp_run *run)
{
	spp_migrate_free(run->machine);
	spp_buf_free(&run->lines);
	spp_buf_free(&run->line);
	spp_buf_free(&run->calls);
	spp_arena_free(&run->arena);
	spp_arena_free(&run->scratch);
}
