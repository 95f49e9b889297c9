#include "lib/store/database.h"

#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * SQLite asks how large a piece is; lib/base/memory.h does not say, so each
 * piece begins with its size.
 */
enum { PREFIX = 16 };

static void *piece_new(int size)
{
	char *piece = spp_memory_new((size_t)size + PREFIX);

	if (piece == NULL)
		return NULL;
	memcpy(piece, &size, sizeof size);
	return piece + PREFIX;
}

static void piece_free(void *piece)
{
	if (piece != NULL)
		spp_memory_free((char *)piece - PREFIX);
}

static int piece_size(void *piece)
{
	int size = 0;

	if (piece != NULL)
		memcpy(&size, (char *)piece - PREFIX, sizeof size);
	return size;
}

static void *piece_resize(void *piece, int size)
{
	char *resized = spp_memory_resize(
		(char *)piece - PREFIX, (size_t)size + PREFIX);

	if (resized == NULL)
		return NULL;
	memcpy(resized, &size, sizeof size);
	return resized + PREFIX;
}

static int piece_round(int size)
{
	return (size + 7) & ~7;
}

static int memory_start(void *context)
{
	(void)context;
	return SQLITE_OK;
}

static void memory_end(void *context)
{
	(void)context;
}

/* Must come before anything else is asked of SQLite. */
static void use_memory(void)
{
	static const struct sqlite3_mem_methods methods = {
		.xMalloc = piece_new,
		.xFree = piece_free,
		.xRealloc = piece_resize,
		.xSize = piece_size,
		.xRoundup = piece_round,
		.xInit = memory_start,
		.xShutdown = memory_end,
	};

	sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

bool spp_database_fail(struct spp_database *database, struct spp_err *err)
{
	int code = SQLITE_NOMEM;

	if (database->handle != NULL)
		code = sqlite3_errcode(database->handle);
	if (code == SQLITE_NOMEM)
		return spp_fail_memory(err);
	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
		spp_fail(err, SPP_INPUT, "damaged, or no file of SQLite: %s",
			sqlite3_errmsg(database->handle));
	} else {
		spp_fail(err, SPP_SYSTEM, "the database failed: %s",
			sqlite3_errmsg(database->handle));
	}
	spp_err_at(err, database->path, 0);
	return false;
}

bool spp_database_run(
	struct spp_database *database, const char *text, struct spp_err *err)
{
	int code = sqlite3_exec(database->handle, text, NULL, NULL, NULL);

	return code == SQLITE_OK || spp_database_fail(database, err);
}

struct sqlite3_stmt *spp_database_prepare(
	struct spp_database *database, const char *text, struct spp_err *err)
{
	struct sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v3(database->handle, text, -1,
		    SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
		spp_database_fail(database, err);
		return NULL;
	}
	return statement;
}

void spp_database_finish(struct sqlite3_stmt *statement)
{
	sqlite3_finalize(statement);
}

bool spp_database_step(struct spp_database *database,
	struct sqlite3_stmt *statement, bool *row, struct spp_err *err)
{
	int code = sqlite3_step(statement);

	if (row != NULL)
		*row = code == SQLITE_ROW;
	if (code == SQLITE_ROW && row != NULL)
		return true;
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		spp_database_fail(database, err);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* A new file's name is only on disk when its directory is. */
static bool sync_directory(const char *path, struct spp_err *err)
{
	char copy[4096];
	bool synced;
	int fd;

	snprintf(copy, sizeof copy, "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return spp_fail_errno(err, "cannot open its directory");
	/* Some file systems cannot sync a directory and need not. */
	synced = fsync(fd) == 0 || errno == EINVAL;
	if (!synced)
		spp_fail_errno(err, "cannot write its directory");
	close(fd);
	return synced;
}

/* SQLite would make the file with the umask's mode; it is private here. */
static bool make_file(const char *path, struct spp_err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return true;
	if (fd < 0) {
		spp_fail_errno(err, "cannot create");
	} else {
		close(fd);
		if (sync_directory(path, err))
			return true;
	}
	spp_err_at(err, path, 0);
	return false;
}

static bool pragma(struct spp_database *database, const char *text,
	int64_t *value, struct spp_err *err)
{
	struct sqlite3_stmt *statement =
		spp_database_prepare(database, text, err);
	bool row = false;
	bool good;

	if (statement == NULL)
		return false;
	good = spp_database_step(database, statement, &row, err);
	if (good && row)
		*value = sqlite3_column_int64(statement, 0);
	spp_database_finish(statement);
	return good;
}

static bool wrong_kind(struct spp_database *database,
	const struct spp_database_kind *kind, struct spp_err *err)
{
	spp_fail(err, SPP_INPUT, "not a %s of this program", kind->name);
	spp_err_at(err, database->path, 0);
	return false;
}

/* Make the tables of an empty file, or see that they are ours. */
static bool check_kind(struct spp_database *database,
	const struct spp_database_kind *kind, bool may_make,
	struct spp_err *err)
{
	char text[128];
	int64_t application = 0, version = 0, tables = 0;

	if (!pragma(database, "PRAGMA application_id", &application, err) ||
		!pragma(database, "PRAGMA user_version", &version, err) ||
		!pragma(database, "SELECT count(*) FROM sqlite_schema", &tables,
			err))
		return false;
	if (tables == 0 && application == 0 && may_make) {
		snprintf(text, sizeof text,
			"PRAGMA application_id=%d;PRAGMA user_version=%d",
			(int)kind->application, (int)kind->version);
		return spp_database_run(database, "BEGIN IMMEDIATE", err) &&
		       spp_database_run(database, kind->statement, err) &&
		       spp_database_run(database, text, err) &&
		       spp_database_run(database, "COMMIT", err);
	}
	if (application != kind->application)
		return wrong_kind(database, kind, err);
	if (version == kind->version)
		return true;
	spp_fail(err, SPP_INPUT, "a %s of version %lld, this program has %d",
		kind->name, (long long)version, (int)kind->version);
	spp_err_at(err, database->path, 0);
	return false;
}

/*
 * A truncated rollback journal and full syncs: when a commit returns, it is
 * on disk, and beside the one file nothing is needed to read it.
 */
static bool configure(struct spp_database *database,
	const struct spp_database_kind *kind, bool may_make,
	struct spp_err *err)
{
	char text[64];

	sqlite3_busy_timeout(database->handle, 5000);
	sqlite3_extended_result_codes(database->handle, 0);
	if (may_make && kind->page_size != 0) {
		snprintf(text, sizeof text, "PRAGMA page_size=%d",
			(int)kind->page_size);
		if (!spp_database_run(database, text, err))
			return false;
	}
	return spp_database_run(database,
		       "PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
		       "PRAGMA trusted_schema=OFF;PRAGMA cell_size_check=ON",
		       err) &&
	       (!may_make || spp_database_run(database,
				     "PRAGMA journal_mode=TRUNCATE", err));
}

bool spp_database_open(struct spp_database *database, const char *path,
	const struct spp_database_kind *kind, enum spp_database_mode mode,
	struct spp_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;

	pthread_once(&once, use_memory);
	database->handle = NULL;
	database->writes = mode != SPP_DATABASE_LOOK;
	snprintf(database->path, sizeof database->path, "%s", path);
	if (mode == SPP_DATABASE_MAKE) {
		if (!make_file(path, err))
			return false;
	} else if (access(path, F_OK) != 0) {
		spp_fail(err, SPP_INPUT, "there is no such %s", kind->name);
		spp_err_at(err, path, 0);
		return false;
	}
	/* A hot rollback journal needs a writer, so reading is no flag. */
	if (access(path, W_OK) != 0 && mode == SPP_DATABASE_LOOK)
		flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY;
	if (sqlite3_open_v2(path, &database->handle, flags, NULL) !=
		SQLITE_OK) {
		spp_database_fail(database, err);
	} else if (configure(database, kind, mode != SPP_DATABASE_LOOK, err) &&
		   check_kind(database, kind, mode == SPP_DATABASE_MAKE, err)) {
		return true;
	}
	spp_database_close(database);
	return false;
}

void spp_database_close(struct spp_database *database)
{
	if (database->handle == NULL)
		return;
	/* Where nobody else has it open, the emptied journal goes, too. */
	if (database->writes)
		sqlite3_exec(database->handle, "PRAGMA journal_mode=DELETE",
			NULL, NULL, NULL);
	sqlite3_close_v2(database->handle);
	database->handle = NULL;
}
