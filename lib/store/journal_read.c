/* What stands in a journal. */
#include "lib/store/journal.h"

#include "lib/base/err.h"
#include "lib/io/json.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static const char *column(struct sqlite3_stmt *statement, int place)
{
	return (const char *)sqlite3_column_text(statement, place);
}

static const char *keep(
	struct sqlite3_stmt *statement, int place, struct spp_arena *arena)
{
	const char *text = column(statement, place);

	return text != NULL ? spp_arena_string(arena, text) : NULL;
}

static void take_plan(struct sqlite3_stmt *statement, bool with_text,
	struct spp_arena *arena, struct spp_stored_plan *plan)
{
	const char *digest = column(statement, 1);

	*plan = (struct spp_stored_plan){
		.row = sqlite3_column_int64(statement, 0)};
	snprintf(plan->digest, sizeof plan->digest, "%s",
		digest != NULL ? digest : "");
	plan->cluster = keep(statement, 2, arena);
	plan->driver = keep(statement, 3, arena);
	plan->options = keep(statement, 4, arena);
	plan->state = (enum spp_plan_state)sqlite3_column_int(statement, 5);
	plan->stored_at = sqlite3_column_int64(statement, 6);
	if (with_text) {
		const void *blob = sqlite3_column_blob(statement, 7);

		plan->length = (size_t)sqlite3_column_bytes(statement, 7);
		plan->text = spp_arena_text(arena, blob, plan->length);
	}
}

bool spp_journal_find(struct spp_journal *journal, const char *digest,
	bool with_text, struct spp_arena *arena, struct spp_stored_plan *plan,
	bool *found, struct spp_err *err)
{
	struct spp_database *database = &journal->database;
	struct sqlite3_stmt *statement = spp_database_prepare(database,
		"SELECT row, digest, cluster, driver, options, state,"
		" stored_at, CASE WHEN ?2 THEN text END FROM plan"
		" WHERE ?1 IS NULL OR digest=?1 ORDER BY row DESC LIMIT 1",
		err);
	bool good;

	if (statement == NULL)
		return false;
	if (digest != NULL)
		sqlite3_bind_text(statement, 1, digest, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, with_text);
	good = spp_database_step(database, statement, found, err);
	if (good && *found)
		take_plan(statement, with_text, arena, plan);
	spp_database_finish(statement);
	return good && spp_arena_ok(arena, err);
}

/* Index of a name in a list; COUNT when it is none of them. */
static size_t index_of(const char *name, const char *const *names, size_t count)
{
	size_t i = 0;

	while (i < count && (name == NULL || strcmp(names[i], name) != 0))
		i++;
	return i;
}

static bool damaged(const struct spp_journal *journal, struct spp_err *err)
{
	spp_fail(err, SPP_INPUT, "the journal is damaged");
	spp_err_at(err, journal->database.path, 0);
	return false;
}

/* Replicas are kept as a JSON array of names. */
static bool take_replicas(const struct spp_journal *journal, const char *text,
	struct spp_arena *arena, struct spp_migrate_record *record,
	struct spp_err *err)
{
	struct spp_json *root;
	const char **names;
	size_t count;

	if (text == NULL)
		return true;
	root = spp_json_parse(text, strlen(text), err);
	if (root == NULL)
		return false;
	if (spp_json_kind(root) != SPP_JSON_ARRAY) {
		spp_json_free(root);
		return damaged(journal, err);
	}
	count = spp_json_count(root);
	names = spp_arena_alloc(arena, count, sizeof *names);
	for (size_t i = 0; names != NULL && i < count; i++) {
		const struct spp_json *one = spp_json_at(root, i);
		size_t length;
		const char *name;

		if (spp_json_kind(one) != SPP_JSON_STRING) {
			spp_json_free(root);
			return damaged(journal, err);
		}
		name = spp_json_string(one, &length);
		names[i] = spp_arena_text(arena, name, length);
	}
	spp_json_free(root);
	record->replicas = names;
	record->replica_count = count;
	return spp_arena_ok(arena, err);
}

static bool take_record(struct spp_journal *journal,
	struct sqlite3_stmt *statement, struct spp_arena *arena,
	struct spp_migrate_record *record, struct spp_err *err)
{
	size_t kind = index_of(
		column(statement, 1), spp_migrate_records, SPP_MIGRATE_RECORDS);
	size_t operation = index_of(column(statement, 3),
		spp_migrate_operations, SPP_MIGRATE_OPERATIONS);
	size_t code = index_of(
		column(statement, 4), spp_migrate_codes, SPP_MIGRATE_CODES);
	int outcome = sqlite3_column_int(statement, 5);
	int64_t move = sqlite3_column_int64(statement, 0);
	int64_t step = sqlite3_column_int64(statement, 2);
	bool changes = step > 0;

	if (kind == SPP_MIGRATE_RECORDS || move < 0 || step < 0 ||
		step > UINT32_MAX || outcome < 0 ||
		outcome >= SPP_MIGRATE_OUTCOMES ||
		(changes && operation == SPP_MIGRATE_OPERATIONS) ||
		(kind == SPP_MIGRATE_RECORD_REPLY && code == SPP_MIGRATE_CODES))
		return damaged(journal, err);
	*record = (struct spp_migrate_record){
		.kind = (enum spp_migrate_record_kind)kind,
		.move = (size_t)move,
		.step = (unsigned)step,
		.operation = changes ? (enum spp_migrate_operation)operation
	                             : SPP_MIGRATE_GET,
		.code = kind == SPP_MIGRATE_RECORD_REPLY
	                        ? (enum spp_migrate_code)code
	                        : SPP_MIGRATE_OK,
		.outcome = (enum spp_migrate_outcome)outcome,
		.subscription = keep(statement, 6, arena),
		.text = keep(statement, 7, arena),
	};
	return take_replicas(journal, column(statement, 8), arena, record, err);
}

bool spp_journal_records(struct spp_journal *journal, int64_t plan,
	bool (*each)(void *context, const struct spp_migrate_record *record,
		spp_time at, struct spp_err *err),
	void *context, struct spp_err *err)
{
	struct spp_database *database = &journal->database;
	struct sqlite3_stmt *statement = spp_database_prepare(database,
		"SELECT move, kind, step, operation, code, outcome,"
		" subscription, text, replicas, at FROM record WHERE plan=?"
		" ORDER BY row",
		err);
	struct spp_arena arena = {0};
	bool row = true;
	bool good = statement != NULL;

	if (good)
		sqlite3_bind_int64(statement, 1, plan);
	while (good &&
		(good = spp_database_step(database, statement, &row, err)) &&
		row) {
		struct spp_migrate_record record;

		spp_arena_reset(&arena);
		good = take_record(journal, statement, &arena, &record, err) &&
		       each(context, &record,
			       sqlite3_column_int64(statement, 9), err);
	}
	spp_arena_free(&arena);
	spp_database_finish(statement);
	return good;
}

bool spp_journal_lines(struct spp_journal *journal, int64_t plan,
	const char *type,
	bool (*each)(void *context, size_t move, const char *line,
		size_t length, struct spp_err *err),
	void *context, struct spp_err *err)
{
	struct spp_database *database = &journal->database;
	struct sqlite3_stmt *statement = spp_database_prepare(database,
		"SELECT l.move, l.text FROM line l JOIN plan p ON p.row=l.plan"
		" WHERE (?1=0 OR l.plan=?1) AND (?2 IS NULL OR l.type=?2)"
		" AND (l.type='event' OR l.row=(SELECT max(m.row) FROM line m"
		" JOIN plan q ON q.row=m.plan WHERE m.type=l.type"
		" AND m.move=l.move AND q.digest=p.digest)) ORDER BY l.row",
		err);
	bool row = true;
	bool good = statement != NULL;

	if (good) {
		sqlite3_bind_int64(statement, 1, plan);
		if (type != NULL)
			sqlite3_bind_text(
				statement, 2, type, -1, SQLITE_STATIC);
	}
	while (good &&
		(good = spp_database_step(database, statement, &row, err)) &&
		row) {
		size_t move = SPP_MIGRATE_NONE;
		const char *text = column(statement, 1);

		if (sqlite3_column_type(statement, 0) == SQLITE_INTEGER)
			move = (size_t)sqlite3_column_int64(statement, 0);
		good = text != NULL ? each(context, move, text,
					      (size_t)sqlite3_column_bytes(
						      statement, 1),
					      err)
		                    : damaged(journal, err);
	}
	spp_database_finish(statement);
	return good;
}

bool spp_journal_moved(struct spp_journal *journal,
	bool (*each)(void *context, const char *stream, const char *partition,
		spp_time at, struct spp_err *err),
	void *context, struct spp_err *err)
{
	struct spp_database *database = &journal->database;
	struct sqlite3_stmt *statement = spp_database_prepare(database,
		"SELECT stream, partition, at FROM moved"
		" ORDER BY stream, partition",
		err);
	bool row = true;
	bool good = statement != NULL;

	while (good &&
		(good = spp_database_step(database, statement, &row, err)) &&
		row) {
		good = each(context, column(statement, 0), column(statement, 1),
			sqlite3_column_int64(statement, 2), err);
	}
	spp_database_finish(statement);
	return good;
}
