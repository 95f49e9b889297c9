/* Events and confirmations: into the journal, then to the output. */
#include "lib/stages/migrate_run.h"

#include "lib/base/err.h"
#include "lib/io/json.h"
#include "lib/records/record.h"

#include <math.h>
#include <string.h>

const char *const spp_run_outcomes[] = {
	"done", "rolled_back", "refused", "failed", "skipped", "unknown"};

/* The journal keeps the line; it is put out when the commit is through. */
static bool keep(struct spp_run *run, size_t move,
	const struct spp_run_line *line, struct spp_err *err)
{
	const char *type = spp_record_types[line->type].name;

	spp_buf_reset(&run->line);
	spp_record_print(line->type, &line->u, &run->line);
	spp_buf_append(&run->lines, line, sizeof *line);
	return spp_buf_ok(&run->line, err) && spp_buf_ok(&run->lines, err) &&
	       spp_arena_ok(&run->scratch, err) &&
	       spp_journal_put_line(run->journal, run->plan_row, move, type,
		       run->line.data, run->line.length - 1, err);
}

bool spp_run_tell(struct spp_run *run, const char *what, const char *text,
	struct spp_err *err)
{
	struct spp_run_line line = {.type = SPP_EVENT};

	line.u.event = (struct spp_event){.plan = run->migration->id,
		.time = spp_clock_date(run->clock),
		.what = what,
		.text = text};
	return keep(run, SPP_MIGRATE_NONE, &line, err);
}

/* JSON that lives in the scratch arena; takes the buffer. */
static const char *json(struct spp_run *run, struct spp_buf *buf)
{
	const char *text = NULL;

	if (!buf->failed)
		text = spp_arena_text(&run->scratch, buf->data, buf->length);
	else
		run->scratch.failed = true;
	spp_buf_free(buf);
	return text;
}

static const char *positions(
	struct spp_run *run, const char *old_up_to, const char *new_from)
{
	struct spp_buf buf = {0};

	if (old_up_to == NULL && new_from == NULL)
		return NULL;
	spp_buf_char(&buf, '{');
	if (new_from != NULL) {
		spp_buf_string(&buf, "\"new_from\":");
		spp_json_put_string(&buf, new_from);
	}
	if (old_up_to != NULL) {
		spp_buf_string(&buf, new_from != NULL ? ",\"old_up_to\":"
						      : "\"old_up_to\":");
		spp_json_put_string(&buf, old_up_to);
	}
	spp_buf_char(&buf, '}');
	return json(run, &buf);
}

/* What the machine says lives only until its next step. */
static const char *copy(struct spp_run *run, const char *text)
{
	return text != NULL ? spp_arena_string(&run->scratch, text) : NULL;
}

bool spp_run_note(struct spp_run *run, const struct spp_migrate_note *note,
	struct spp_err *err)
{
	struct spp_run_line line = {.type = SPP_EVENT};

	line.u.event = (struct spp_event){.plan = run->migration->id,
		.time = spp_clock_date(run->clock),
		.move = run->migration->moves[note->move]->id,
		.phase = spp_migrate_phases[note->phase],
		.what = note->what,
		.subscriber = copy(run, note->subscriber),
		.evidence = positions(run, note->old_up_to, note->new_from),
		.text = copy(run, note->text)};
	return keep(run, note->move, &line, err);
}

/* What the last look at the partition showed, and how records were kept. */
static const char *evidence(
	struct spp_run *run, const struct spp_migrate_result *result)
{
	const struct spp_migrate_state *state = result->state;
	struct spp_buf buf = {0};
	bool first = true;

	spp_buf_string(&buf, "{\"protected_by\":{");
	for (int i = 0; i < SPP_MIGRATE_PROTECTIONS; i++) {
		if (result->protections[i] == 0)
			continue;
		spp_buf_format(&buf, "%s\"%s\":%zu", first ? "" : ",",
			spp_migrate_protections[i], result->protections[i]);
		first = false;
	}
	spp_buf_char(&buf, '}');
	if (state != NULL) {
		spp_buf_string(&buf, ",\"replicas\":[");
		for (size_t i = 0; i < state->replica_count; i++) {
			if (i > 0)
				spp_buf_char(&buf, ',');
			spp_json_put_string(&buf, state->replicas[i]);
		}
		spp_buf_char(&buf, ']');
	}
	spp_buf_format(&buf, ",\"subscriptions\":%zu", result->switched);
	if (state != NULL && state->version != NULL) {
		spp_buf_string(&buf, ",\"version\":");
		spp_json_put_string(&buf, state->version);
	}
	spp_buf_char(&buf, '}');
	return json(run, &buf);
}

static enum spp_outcome outcome_of(enum spp_migrate_outcome outcome)
{
	static const enum spp_outcome outcomes[] = {
		[SPP_MIGRATE_DONE] = SPP_OUTCOME_DONE,
		[SPP_MIGRATE_ROLLED_BACK] = SPP_OUTCOME_ROLLED_BACK,
		[SPP_MIGRATE_GAVE_UP] = SPP_OUTCOME_REFUSED,
		[SPP_MIGRATE_FAILED] = SPP_OUTCOME_FAILED,
		[SPP_MIGRATE_SKIPPED] = SPP_OUTCOME_SKIPPED,
		[SPP_MIGRATE_UNSETTLED] = SPP_OUTCOME_UNKNOWN,
	};

	return outcomes[outcome];
}

bool spp_run_result(struct spp_run *run,
	const struct spp_migrate_result *result, struct spp_err *err)
{
	const struct spp_move *move = run->migration->moves[result->move];
	struct spp_run_line line = {.type = SPP_CONFIRMATION};
	spp_time now = spp_clock_date(run->clock);

	line.u.confirmation =
		(struct spp_confirmation){.plan = run->migration->id,
			.move = move->id,
			.status = (int)outcome_of(result->outcome),
			.stream = move->stream,
			.partition = move->partition,
			.subscriber = move->subscriber,
			.from = move->from,
			.to = move->to,
			.started_at = run->started_at[result->move],
			.ended_at = now,
			.reason = copy(run, result->reason),
			.evidence = evidence(run, result)};
	run->outcomes[result->move] = (int)outcome_of(result->outcome);
	run->ended_at[result->move] = now;
	if (result->reason != NULL) {
		run->reasons[result->move] =
			spp_arena_string(&run->arena, result->reason);
	}
	if (result->outcome == SPP_MIGRATE_DONE &&
		!spp_journal_put_moved(
			run->journal, move->stream, move->partition, now, err))
		return false;
	return keep(run, result->move, &line, err);
}

/* Put out what has been committed; a reader that is gone is noted once. */
void spp_run_flush(struct spp_run *run)
{
	const struct spp_run_line *lines = (const void *)run->lines.data;
	size_t count = run->lines.length / sizeof *lines;

	for (size_t i = 0; i < count && !run->output_failed; i++) {
		if (!spp_segment_put(run->segment, lines[i].type, &lines[i].u,
			    &run->output_err))
			run->output_failed = true;
	}
	if (count > 0 && !run->output_failed &&
		!spp_output_flush(&run->context->output, &run->output_err))
		run->output_failed = true;
	spp_buf_reset(&run->lines);
}

/* The newest confirmation of each move, while lines are walked. */
struct newest {
	struct spp_run *run;
	const char **lines; /* by move */
};

static bool take_line(void *context, size_t move, const char *line,
	size_t length, struct spp_err *err)
{
	struct newest *newest = context;
	struct spp_run *run = newest->run;

	if (move >= run->migration->count || run->outcomes[move] < 0)
		return true;
	newest->lines[move] = spp_arena_text(&run->arena, line, length);
	return spp_arena_ok(&run->arena, err);
}

bool spp_run_repeat(struct spp_run *run, struct spp_err *err)
{
	struct newest newest = {.run = run};

	newest.lines = spp_arena_alloc(
		&run->arena, run->migration->count, sizeof *newest.lines);
	if (newest.lines == NULL)
		return spp_fail_memory(err);
	if (!spp_journal_lines(run->journal, run->plan_row, "confirmation",
		    take_line, &newest, err))
		return false;
	for (size_t i = 0; i < run->migration->count; i++) {
		const char *line = newest.lines[i];
		const struct spp_confirmation *confirmation;
		const struct spp_record *record;

		if (line == NULL)
			continue;
		record = spp_record_parse(
			line, strlen(line), "journal", &run->arena, err);
		if (record == NULL)
			return false;
		confirmation = record->value;
		run->reasons[i] = confirmation->reason;
		if (!run->output_failed && !spp_segment_forward(run->segment,
						   record, &run->output_err))
			run->output_failed = true;
	}
	return true;
}

bool spp_run_restore(void *context, const struct spp_migrate_record *record,
	spp_time at, struct spp_err *err)
{
	struct spp_run *run = context;

	if (record->move >= run->migration->count) {
		return spp_fail(err, SPP_INPUT,
			"the journal is of another plan than it holds");
	}
	if (record->kind == SPP_MIGRATE_RECORD_START)
		run->started_at[record->move] = at;
	run->ended_at[record->move] = at;
	run->outcomes[record->move] = -1;
	if (record->kind == SPP_MIGRATE_RECORD_END &&
		record->outcome != SPP_MIGRATE_UNSETTLED)
		run->outcomes[record->move] = (int)outcome_of(record->outcome);
	return spp_migrate_restore(run->machine, record, err);
}

void spp_run_count(const struct spp_run *run, struct spp_run_counts *counts)
{
	for (size_t i = 0; i < run->migration->count; i++) {
		double bytes = run->migration->moves[i]->bytes;

		if (run->outcomes[i] < 0) {
			counts->unfinished++;
			continue;
		}
		counts->outcomes[run->outcomes[i]]++;
		if (run->outcomes[i] == SPP_OUTCOME_DONE && !isnan(bytes))
			counts->bytes += bytes;
	}
}
