/*
 * SQLite as the project uses it: one private file, every commit on disk
 * before it counts, memory from lib/base/memory.h, errors as data.
 */
#ifndef SPP_STORE_DATABASE_H
#define SPP_STORE_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_err;
struct sqlite3;
struct sqlite3_stmt;

struct spp_database {
	struct sqlite3 *handle;
	bool writes;
	char path[256]; /* cut, for messages */
};

/* What kind of file it is, so that a wrong one is refused by name. */
struct spp_database_kind {
	const char *name;      /* "journal", "forecast state" */
	int32_t application;   /* SQLite's application_id */
	int32_t version;       /* user_version: of the tables */
	int32_t page_size;     /* bytes, 0 = SQLite's choice */
	const char *statement; /* that makes the tables */
};

enum spp_database_mode {
	SPP_DATABASE_MAKE,  /* made with mode 0600 where it is missing */
	SPP_DATABASE_WRITE, /* must be there */
	SPP_DATABASE_LOOK,  /* must be there and is not changed */
};

/*
 * Open a file of this kind.  Missing: SPP_INPUT.  Of another kind or a
 * newer version: SPP_INPUT.  On failure the database is closed.
 */
bool spp_database_open(struct spp_database *database, const char *path,
	const struct spp_database_kind *kind, enum spp_database_mode mode,
	struct spp_err *err);
void spp_database_close(struct spp_database *database);

/* Run statements that give no rows. */
bool spp_database_run(
	struct spp_database *database, const char *text, struct spp_err *err);

/*
 * A prepared statement, NULL on failure.  spp_database_finish frees it;
 * NULL is fine there.
 */
struct sqlite3_stmt *spp_database_prepare(
	struct spp_database *database, const char *text, struct spp_err *err);
void spp_database_finish(struct sqlite3_stmt *statement);

/*
 * One step: *row says whether there is a row to look at.  A statement that
 * is through, or failed, is reset and its parameters are forgotten.
 */
bool spp_database_step(struct spp_database *database,
	struct sqlite3_stmt *statement, bool *row, struct spp_err *err);

/* Record what SQLite says went wrong, with the path: SPP_SYSTEM. */
bool spp_database_fail(struct spp_database *database, struct spp_err *err);

#endif
