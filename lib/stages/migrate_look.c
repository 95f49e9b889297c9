/* What the journal says, and what the driver says of itself. */
#include "lib/stages/migrate.h"

#include "lib/base/err.h"
#include "lib/stages/migrate_driver.h"
#include "lib/stages/migrate_run.h"
#include "lib/stages/migrate_source.h"
#include "lib/stages/table.h"

#include <math.h>
#include <string.h>

/* --capabilities: one record, to be put before a feed. */
bool spp_migrate_capabilities(struct spp_context *context,
	const struct spp_migrate_stage *options, struct spp_err *err)
{
	struct spp_driver driver = {.process = {.to = -1, .from = -1}};
	struct spp_buf line = {0};
	bool done;

	done = spp_driver_open(&driver, options->driver,
		(int64_t)(fmin(options->deadline_s, 10) * 1000), err);
	if (done) {
		spp_record_print(SPP_DRIVER, driver.hello.driver, &line);
		done = spp_buf_ok(&line, err) &&
		       spp_output_write(
			       &context->output, line.data, line.length, err);
	}
	spp_buf_free(&line);
	spp_driver_close(&driver, 1000);
	return done;
}

/* How far a move is. */
struct progress {
	bool started, back, ended, unknown;
	enum spp_migrate_operation newest; /* GET = none yet */
	spp_time at;
	const char *text;
	const char *confirmation; /* as kept */
};

struct look {
	struct spp_context *context;
	struct spp_journal journal;
	struct spp_stored_plan plan;
	struct spp_source source; /* for its segment, and for --status */
	struct progress *moves;
	size_t unfinished, unknown, undone;
};

static bool take_record(void *context, const struct spp_migrate_record *record,
	spp_time at, struct spp_err *err)
{
	struct look *look = context;
	struct progress *move = look->moves + record->move;

	if (record->move >= look->source.migration.count) {
		return spp_fail(err, SPP_INPUT,
			"the journal is of another plan than it holds");
	}
	move->at = at;
	move->ended = move->unknown = false;
	if (record->kind == SPP_MIGRATE_RECORD_START)
		move->started = true;
	else if (record->kind == SPP_MIGRATE_RECORD_WAIT)
		move->started = false;
	else if (record->kind == SPP_MIGRATE_RECORD_BACK)
		move->back = true;
	else if (record->kind == SPP_MIGRATE_RECORD_INTENT)
		move->newest = record->operation;
	else if (record->kind == SPP_MIGRATE_RECORD_END) {
		move->ended = record->outcome != SPP_MIGRATE_UNSETTLED;
		move->unknown = !move->ended;
	}
	return true;
}

static bool take_confirmation(void *context, size_t move, const char *line,
	size_t length, struct spp_err *err)
{
	struct look *look = context;
	struct spp_arena *arena = &look->context->arena;

	if (move < look->source.migration.count)
		look->moves[move].confirmation =
			spp_arena_text(arena, line, length);
	return spp_arena_ok(arena, err);
}

static const char *state_of(const struct progress *move)
{
	if (move->unknown)
		return "unknown";
	if (move->back)
		return "turning_back";
	return move->started ? "running" : "waiting";
}

/* Where a move is that has not ended; the newest record tells when. */
static bool put_progress(struct look *look, size_t index, struct spp_err *err)
{
	const struct spp_move *move = look->source.migration.moves[index];
	const struct progress *progress = &look->moves[index];
	struct spp_event event = {.plan = look->source.migration.id,
		.time = progress->at != SPP_TIME_NONE ? progress->at
	                                              : look->plan.stored_at,
		.move = move->id,
		.what = state_of(progress),
		.subscriber = move->subscriber};

	if (progress->started && progress->newest != SPP_MIGRATE_GET)
		event.phase = spp_migrate_phases[spp_migrate_phase_of(
			progress->newest)];
	return spp_stage_put(&look->source.stage, SPP_EVENT, &event, err);
}

/* Forward a line that was kept; its record, or NULL. */
static const struct spp_record *put_line(
	struct look *look, const char *line, size_t length, struct spp_err *err)
{
	const struct spp_record *record = spp_record_parse(line, length,
		look->journal.database.path, &look->context->arena, err);

	if (record == NULL ||
		!spp_segment_forward(&look->source.stage.segment, record, err))
		return NULL;
	return record;
}

static bool put_move(struct look *look, size_t index, struct spp_table *table,
	struct spp_err *err)
{
	const struct spp_move *move = look->source.migration.moves[index];
	const struct progress *progress = &look->moves[index];
	const char *state = state_of(progress), *reason = NULL;

	look->unknown += progress->unknown;
	look->unfinished += !progress->ended && !progress->unknown;
	if (progress->ended && progress->confirmation != NULL) {
		const struct spp_confirmation *confirmation;
		const struct spp_record *record =
			put_line(look, progress->confirmation,
				strlen(progress->confirmation), err);

		if (record == NULL)
			return false;
		confirmation = record->value;
		look->undone += confirmation->status != SPP_OUTCOME_DONE;
		state = spp_run_outcomes[confirmation->status];
		reason = confirmation->reason;
	} else if (!put_progress(look, index, err)) {
		return false;
	}
	spp_table_text(table, move->id);
	spp_table_format(table, "%s/%s", move->stream, move->partition);
	spp_table_text(table, move->from);
	spp_table_text(table, move->to);
	spp_table_text(table, state);
	spp_table_text(table, reason);
	return true;
}

static bool put_status(struct look *look, struct spp_err *err)
{
	static const struct spp_column columns[] = {{"move", false},
		{"partition", false}, {"from", false}, {"to", false},
		{"state", false}, {"reason", false}};
	size_t count = look->source.migration.count;
	struct spp_table table;
	bool good = true;

	look->moves = spp_arena_alloc(
		&look->context->arena, count, sizeof *look->moves);
	if (look->moves == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		look->moves[i].at = SPP_TIME_NONE;
	if (!spp_journal_records(
		    &look->journal, look->plan.row, take_record, look, err) ||
		!spp_journal_lines(&look->journal, look->plan.row,
			"confirmation", take_confirmation, look, err))
		return false;
	spp_table_init(&table, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; good && i < count; i++)
		good = put_move(look, i, &table, err);
	if (good && look->source.stage.segment.table)
		good = spp_table_print(&table, &look->context->output, err);
	spp_table_free(&table);
	return good;
}

static bool take_line(void *context, size_t move, const char *line,
	size_t length, struct spp_err *err)
{
	(void)move;
	return put_line(context, line, length, err) != NULL;
}

static bool put_all(struct look *look, bool history, struct spp_err *err)
{
	struct spp_stage *stage = &look->source.stage;
	struct spp_header header = spp_stage_header(stage);

	if (!spp_stage_begin(stage, &header, err))
		return false;
	if (history ? !spp_journal_lines(
			      &look->journal, 0, NULL, take_line, look, err)
		    : !put_status(look, err))
		return false;
	return stage->segment.table || spp_stage_end(stage, NULL, 0, err);
}

/* The exit status says what a script wants to know. */
static bool verdict(struct look *look, struct spp_err *err)
{
	if (look->unknown > 0)
		return spp_fail(err, SPP_UNKNOWN,
			"the outcome of %zu moves is not known", look->unknown);
	if (look->unfinished > 0)
		return spp_fail(err, SPP_LOCKED, "%zu moves are unfinished",
			look->unfinished);
	if (look->undone > 0)
		look->context->status = SPP_LEFT;
	return true;
}

static bool open_plan(struct look *look,
	const struct spp_migrate_stage *options, struct spp_err *err)
{
	char path[SPP_JOURNAL_PATH_SIZE];
	const char *journal = options->journal;
	bool found;

	if (journal == NULL) {
		if (!spp_journal_only(path, err))
			return false;
		journal = path;
	}
	if (!spp_journal_open(
		    &look->journal, journal, SPP_DATABASE_LOOK, err) ||
		!spp_journal_find(&look->journal, NULL, true,
			&look->context->arena, &look->plan, &found, err))
		return false;
	if (!found) {
		spp_fail(err, SPP_INPUT, "the journal holds no plan");
		spp_err_at(err, look->journal.database.path, 0);
		return false;
	}
	return spp_source_stored(
		&look->source, look->context, &look->plan, journal, err);
}

bool spp_migrate_look(struct spp_context *context,
	const struct spp_migrate_stage *options, struct spp_err *err)
{
	struct look look = {.context = context, .journal = {.lock_fd = -1}};
	bool done;

	if (context->operand_count > 0)
		return spp_fail(err, SPP_USAGE,
			"--status and --history read the journal only");
	done = open_plan(&look, options, err) &&
	       put_all(&look, options->history, err) && verdict(&look, err);
	spp_journal_close(&look.journal);
	spp_stage_close(&look.source.stage);
	return done;
}
