/*
 * The journal of spp-migrate: plans, and step by step what was done with
 * them, in one file that survives whatever kills the executor.  It holds
 * what is needed to go on without the plan's file, and what a person wants
 * to know afterwards.
 */
#ifndef SPP_STORE_JOURNAL_H
#define SPP_STORE_JOURNAL_H

#include "lib/base/arena.h"
#include "lib/base/time.h"
#include "lib/migrate/migrate.h"
#include "lib/store/database.h"

enum {
	SPP_JOURNAL_PATH_SIZE = 4096,
	SPP_JOURNAL_STATEMENTS = 12,
	SPP_PLAN_MOST = 900 << 20, /* bytes of a plan's text */
};

struct spp_journal {
	struct spp_database database;
	struct sqlite3_stmt *statements[SPP_JOURNAL_STATEMENTS];
	int lock_fd;       /* -1 = not locked */
	bool open;         /* a transaction is */
	unsigned kinds;    /* of the records in it, as bits */
	bool plan, finish; /* what else is in it */
};

/*
 * Where the journal of a cluster is by default:
 * $XDG_STATE_HOME/spp/CLUSTER.journal; its directories are made where MAKE.
 */
bool spp_journal_path(const char *cluster, bool make,
	char path[SPP_JOURNAL_PATH_SIZE], struct spp_err *err);

/* The one journal there is in that directory; SPP_USAGE where not one. */
bool spp_journal_only(char path[SPP_JOURNAL_PATH_SIZE], struct spp_err *err);

bool spp_journal_open(struct spp_journal *journal, const char *path,
	enum spp_database_mode mode, struct spp_err *err);
void spp_journal_close(struct spp_journal *journal);

/*
 * Be the only executor on this machine: a lock on the file, which child
 * processes inherit and keep as long as one of them lives.  SPP_LOCKED when
 * somebody else has it for longer than a second.
 */
bool spp_journal_lock(struct spp_journal *journal, struct spp_err *err);

enum spp_plan_state {
	SPP_PLAN_UNFINISHED,
	SPP_PLAN_FINISHED,
	SPP_PLAN_SUPERSEDED,
};

struct spp_stored_plan {
	int64_t row;
	char digest[65];
	const char *cluster; /* may be NULL */
	const char *driver;  /* its command */
	const char *options; /* JSON */
	enum spp_plan_state state;
	spp_time stored_at;
	const char *text; /* length bytes of the segment, and a NUL */
	size_t length;
};

/*
 * The newest plan, or with a digest the newest of that digest; *found says
 * whether there is one.  Texts live in the arena; the plan's own only where
 * wanted.
 */
bool spp_journal_find(struct spp_journal *journal, const char *digest,
	bool with_text, struct spp_arena *arena, struct spp_stored_plan *plan,
	bool *found, struct spp_err *err);

/* Each of these joins the open transaction, or begins one. */
bool spp_journal_put_plan(struct spp_journal *journal,
	struct spp_stored_plan *plan, struct spp_err *err);
bool spp_journal_put_run(struct spp_journal *journal, int64_t plan,
	int64_t epoch, spp_time at, struct spp_err *err);
bool spp_journal_put_record(struct spp_journal *journal, int64_t plan,
	const struct spp_migrate_record *record, int64_t epoch, spp_time at,
	struct spp_err *err);
bool spp_journal_put_line(struct spp_journal *journal, int64_t plan,
	size_t move, const char *type, const char *line, size_t length,
	struct spp_err *err);
bool spp_journal_put_state(struct spp_journal *journal, int64_t plan,
	enum spp_plan_state state, struct spp_err *err);
bool spp_journal_put_moved(struct spp_journal *journal, const char *stream,
	const char *partition, spp_time at, struct spp_err *err);

/* Make durable what has been put; nothing to do when nothing was. */
bool spp_journal_commit(struct spp_journal *journal, struct spp_err *err);

/*
 * Walk the records of a plan in order.  The record and its texts hold
 * during the call only.
 */
bool spp_journal_records(struct spp_journal *journal, int64_t plan,
	bool (*each)(void *context, const struct spp_migrate_record *record,
		spp_time at, struct spp_err *err),
	void *context, struct spp_err *err);

/*
 * Lines of a plan (0 = of all) in order, of a type or of all (NULL); of the
 * confirmations of one move only the newest.
 */
bool spp_journal_lines(struct spp_journal *journal, int64_t plan,
	const char *type,
	bool (*each)(void *context, size_t move, const char *line,
		size_t length, struct spp_err *err),
	void *context, struct spp_err *err);

/* When partitions were moved last, by stream and partition. */
bool spp_journal_moved(struct spp_journal *journal,
	bool (*each)(void *context, const char *stream, const char *partition,
		spp_time at, struct spp_err *err),
	void *context, struct spp_err *err);

#endif
