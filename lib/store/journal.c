#include "lib/store/journal.h"

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/io/json.h"
#include "lib/store/failpoint.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct spp_database_kind kind = {
	.name = "journal",
	.application = 0x7370706d, /* "sppm" */
	.version = 1,
	.statement =
		"CREATE TABLE plan (row INTEGER PRIMARY KEY,"
		" digest TEXT NOT NULL, cluster TEXT, driver TEXT NOT NULL,"
		" options TEXT NOT NULL, state INTEGER NOT NULL,"
		" stored_at INTEGER NOT NULL, text BLOB NOT NULL);"
		"CREATE TABLE run (row INTEGER PRIMARY KEY,"
		" plan INTEGER NOT NULL REFERENCES plan(row),"
		" epoch INTEGER NOT NULL, process INTEGER NOT NULL,"
		" at INTEGER NOT NULL);"
		"CREATE TABLE record (row INTEGER PRIMARY KEY,"
		" plan INTEGER NOT NULL REFERENCES plan(row),"
		" move INTEGER NOT NULL, kind TEXT NOT NULL,"
		" step INTEGER NOT NULL, operation TEXT, code TEXT,"
		" outcome INTEGER, subscription TEXT, text TEXT,"
		" replicas TEXT, epoch INTEGER NOT NULL, at INTEGER NOT NULL);"
		"CREATE INDEX record_plan ON record (plan, row);"
		"CREATE TABLE line (row INTEGER PRIMARY KEY,"
		" plan INTEGER NOT NULL REFERENCES plan(row),"
		" move INTEGER, type TEXT NOT NULL, text TEXT NOT NULL);"
		"CREATE INDEX line_plan ON line (plan, row);"
		"CREATE INDEX line_move ON line (type, move, row);"
		"CREATE TABLE moved (stream TEXT NOT NULL,"
		" partition TEXT NOT NULL, at INTEGER NOT NULL,"
		" PRIMARY KEY (stream, partition)) WITHOUT ROWID;",
};

enum statement {
	PUT_PLAN,
	CLEAR_PLANS,
	PUT_RUN,
	PUT_RECORD,
	PUT_LINE,
	PUT_STATE,
	PUT_MOVED,
	BEGIN,
	COMMIT,
};

static const char *const texts[SPP_JOURNAL_STATEMENTS] = {
	[PUT_PLAN] = "INSERT INTO plan (digest, cluster, driver, options,"
		     " state, stored_at, text) VALUES (?,?,?,?,?,?,?)",
	[CLEAR_PLANS] = "UPDATE plan SET text=x'' WHERE state<>0 AND row<?",
	[PUT_RUN] = "INSERT INTO run (plan, epoch, process, at)"
		    " VALUES (?,?,?,?)",
	[PUT_RECORD] = "INSERT INTO record (plan, move, kind, step, operation,"
		       " code, outcome, subscription, text, replicas, epoch,"
		       " at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_LINE] = "INSERT INTO line (plan, move, type, text)"
		     " VALUES (?,?,?,?)",
	[PUT_STATE] = "UPDATE plan SET state=?2 WHERE row=?1",
	[PUT_MOVED] = "INSERT INTO moved (stream, partition, at)"
		      " VALUES (?,?,?) ON CONFLICT DO UPDATE SET"
		      " at=max(at, excluded.at)",
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
};

bool spp_journal_open(struct spp_journal *journal, const char *path,
	enum spp_database_mode mode, struct spp_err *err)
{
	*journal = (struct spp_journal){.lock_fd = -1};
	if (!spp_database_open(&journal->database, path, &kind, mode, err))
		return false;
	for (size_t i = 0; mode != SPP_DATABASE_LOOK &&
			   i < SPP_JOURNAL_STATEMENTS && texts[i] != NULL;
		i++) {
		journal->statements[i] =
			spp_database_prepare(&journal->database, texts[i], err);
		if (journal->statements[i] == NULL) {
			spp_journal_close(journal);
			return false;
		}
	}
	return true;
}

void spp_journal_close(struct spp_journal *journal)
{
	for (size_t i = 0; i < SPP_JOURNAL_STATEMENTS; i++) {
		spp_database_finish(journal->statements[i]);
		journal->statements[i] = NULL;
	}
	/* What was not committed is not wanted: the next run reads again. */
	spp_database_close(&journal->database);
	/* Last, since closing it drops SQLite's own locks on the file. */
	if (journal->lock_fd >= 0)
		close(journal->lock_fd);
	journal->lock_fd = -1;
	journal->open = false;
}

bool spp_journal_lock(struct spp_journal *journal, struct spp_err *err)
{
	enum { TRIES = 40, PAUSE_NS = 25000000 };
	/* Far from the bytes that SQLite locks. */
	struct flock lock = {.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = INT64_C(1) << 40,
		.l_len = 1};
	const char *path =
		sqlite3_db_filename(journal->database.handle, "main");
	int fd;

	/* Without close-on-exec: the driver is to inherit it. */
	fd = open(path, O_RDWR);
	if (fd < 0) {
		spp_fail_errno(err, "cannot open");
		spp_err_at(err, journal->database.path, 0);
		return false;
	}
	journal->lock_fd = fd;
	/* The driver of an executor that was killed ends a moment later. */
	for (int i = 0; i < TRIES; i++) {
		struct timespec pause = {.tv_nsec = PAUSE_NS};

		if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
			return true;
		if (errno != EAGAIN && errno != EACCES)
			break;
		nanosleep(&pause, NULL);
	}
	if (errno == EAGAIN || errno == EACCES) {
		spp_fail(err, SPP_LOCKED,
			"locked: another executor, or its driver, still runs");
		spp_err_hint(err, "--status looks without the lock.");
	} else {
		spp_fail_errno(err, "cannot lock");
	}
	spp_err_at(err, journal->database.path, 0);
	return false;
}

static bool run(
	struct spp_journal *journal, enum statement which, struct spp_err *err)
{
	return spp_database_step(
		&journal->database, journal->statements[which], NULL, err);
}

/* The statement to fill, inside a transaction; NULL on failure. */
static struct sqlite3_stmt *put(
	struct spp_journal *journal, enum statement which, struct spp_err *err)
{
	if (!journal->open && !run(journal, BEGIN, err))
		return NULL;
	journal->open = true;
	return journal->statements[which];
}

static void bind_text(
	struct sqlite3_stmt *statement, int place, const char *text)
{
	if (text == NULL)
		sqlite3_bind_null(statement, place);
	else
		sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

bool spp_journal_put_plan(struct spp_journal *journal,
	struct spp_stored_plan *plan, struct spp_err *err)
{
	struct sqlite3_stmt *statement = put(journal, PUT_PLAN, err);

	if (statement == NULL)
		return false;
	bind_text(statement, 1, plan->digest);
	bind_text(statement, 2, plan->cluster);
	bind_text(statement, 3, plan->driver);
	bind_text(statement, 4, plan->options);
	sqlite3_bind_int(statement, 5, plan->state);
	sqlite3_bind_int64(statement, 6, plan->stored_at);
	sqlite3_bind_blob64(
		statement, 7, plan->text, plan->length, SQLITE_STATIC);
	journal->plan = true;
	if (!run(journal, PUT_PLAN, err))
		return false;
	plan->row = sqlite3_last_insert_rowid(journal->database.handle);
	/* Texts are long; only the newest plan's will be needed again. */
	sqlite3_bind_int64(journal->statements[CLEAR_PLANS], 1, plan->row);
	return run(journal, CLEAR_PLANS, err);
}

bool spp_journal_put_run(struct spp_journal *journal, int64_t plan,
	int64_t epoch, spp_time at, struct spp_err *err)
{
	struct sqlite3_stmt *statement = put(journal, PUT_RUN, err);

	if (statement == NULL)
		return false;
	sqlite3_bind_int64(statement, 1, plan);
	sqlite3_bind_int64(statement, 2, epoch);
	sqlite3_bind_int64(statement, 3, getpid());
	sqlite3_bind_int64(statement, 4, at);
	return run(journal, PUT_RUN, err);
}

static void put_replicas(
	const struct spp_migrate_record *record, struct spp_buf *buf)
{
	spp_buf_char(buf, '[');
	for (size_t i = 0; i < record->replica_count; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		spp_json_put_string(buf, record->replicas[i]);
	}
	spp_buf_string(buf, "]");
	spp_buf_char(buf, '\0');
}

bool spp_journal_put_record(struct spp_journal *journal, int64_t plan,
	const struct spp_migrate_record *record, int64_t epoch, spp_time at,
	struct spp_err *err)
{
	struct sqlite3_stmt *statement = put(journal, PUT_RECORD, err);
	struct spp_buf replicas = {0};
	bool good;

	if (statement == NULL)
		return false;
	sqlite3_bind_int64(statement, 1, plan);
	sqlite3_bind_int64(statement, 2, (int64_t)record->move);
	bind_text(statement, 3, spp_migrate_records[record->kind]);
	sqlite3_bind_int64(statement, 4, record->step);
	if (record->step > 0)
		bind_text(statement, 5,
			spp_migrate_operations[record->operation]);
	if (record->kind == SPP_MIGRATE_RECORD_REPLY)
		bind_text(statement, 6, spp_migrate_codes[record->code]);
	if (record->kind == SPP_MIGRATE_RECORD_END)
		sqlite3_bind_int(statement, 7, record->outcome);
	bind_text(statement, 8, record->subscription);
	bind_text(statement, 9, record->text);
	if (record->replica_count > 0) {
		put_replicas(record, &replicas);
		bind_text(statement, 10, replicas.data);
	}
	sqlite3_bind_int64(statement, 11, epoch);
	sqlite3_bind_int64(statement, 12, at);
	journal->kinds |= 1U << record->kind;
	good = spp_buf_ok(&replicas, err) && run(journal, PUT_RECORD, err);
	spp_buf_free(&replicas);
	return good;
}

bool spp_journal_put_line(struct spp_journal *journal, int64_t plan,
	size_t move, const char *type, const char *line, size_t length,
	struct spp_err *err)
{
	struct sqlite3_stmt *statement = put(journal, PUT_LINE, err);

	if (statement == NULL)
		return false;
	sqlite3_bind_int64(statement, 1, plan);
	if (move != SPP_MIGRATE_NONE)
		sqlite3_bind_int64(statement, 2, (int64_t)move);
	bind_text(statement, 3, type);
	sqlite3_bind_text64(
		statement, 4, line, length, SQLITE_STATIC, SQLITE_UTF8);
	return run(journal, PUT_LINE, err);
}

bool spp_journal_put_state(struct spp_journal *journal, int64_t plan,
	enum spp_plan_state state, struct spp_err *err)
{
	struct sqlite3_stmt *statement = put(journal, PUT_STATE, err);

	if (statement == NULL)
		return false;
	sqlite3_bind_int64(statement, 1, plan);
	sqlite3_bind_int(statement, 2, state);
	journal->finish = true;
	return run(journal, PUT_STATE, err);
}

bool spp_journal_put_moved(struct spp_journal *journal, const char *stream,
	const char *partition, spp_time at, struct spp_err *err)
{
	struct sqlite3_stmt *statement = put(journal, PUT_MOVED, err);

	if (statement == NULL)
		return false;
	bind_text(statement, 1, stream);
	bind_text(statement, 2, partition);
	sqlite3_bind_int64(statement, 3, at);
	return run(journal, PUT_MOVED, err);
}

static void failpoints(
	const struct spp_journal *journal, enum spp_failpoint_side side)
{
	if (journal->plan)
		spp_failpoint("journal", "plan", side);
	for (unsigned i = 0; i < SPP_MIGRATE_RECORDS; i++) {
		if ((journal->kinds & 1U << i) != 0)
			spp_failpoint("journal", spp_migrate_records[i], side);
	}
	if (journal->finish)
		spp_failpoint("journal", "finish", side);
}

bool spp_journal_commit(struct spp_journal *journal, struct spp_err *err)
{
	if (!journal->open)
		return true;
	failpoints(journal, SPP_FAILPOINT_BEFORE);
	if (!run(journal, COMMIT, err))
		return false;
	failpoints(journal, SPP_FAILPOINT_AFTER);
	journal->open = journal->plan = journal->finish = false;
	journal->kinds = 0;
	return true;
}
