/*
 * The other end of spp-driver(7): a program that carries calls to one kind
 * of system and brings the answers back, in lines of JSON over two pipes.
 */
#ifndef SPP_STAGES_MIGRATE_DRIVER_H
#define SPP_STAGES_MIGRATE_DRIVER_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/time.h"
#include "lib/migrate/migrate.h"
#include "lib/net/process.h"
#include "lib/records/cluster_records.h"

struct spp_json;
struct spp_move;

/* What a driver says of itself and its system. */
struct spp_driver_hello {
	const char *cluster;                    /* NULL = not said */
	const struct spp_driver_record *driver; /* choices may be absent */
	enum spp_migrate_repeat repeat[SPP_MIGRATE_OPERATIONS];
	double speed; /* seconds of its clock in a real one */
	spp_time now; /* its clock, SPP_TIME_NONE = the machine's */
};

struct spp_driver {
	struct spp_process process;
	struct spp_arena arena; /* of all that lives as long as it does */
	char path[4096];
	const char **arguments; /* argv, NULL-terminated */
	uint64_t next_id;
	struct spp_buf open; /* struct spp_driver_call */
	struct spp_buf line;
	int64_t call_ms; /* an answer takes no longer */
	struct spp_driver_hello hello;
};

/* A call that is not answered yet. */
struct spp_driver_call {
	uint64_t id;   /* on the wire */
	uint64_t call; /* of the machine */
	enum spp_migrate_operation operation;
	int64_t until_ms;
};

/*
 * Find and start the driver that COMMAND ("NAME ARGS", split at blanks)
 * names, and hear what it says.  Close it in any case.
 */
bool spp_driver_open(struct spp_driver *driver, const char *command,
	int64_t call_ms, struct spp_err *err);
void spp_driver_close(struct spp_driver *driver, int64_t grace_ms);

/* Start it again after it ended; all its calls must have been taken. */
bool spp_driver_restart(struct spp_driver *driver, struct spp_err *err);

/* Ask for the highest epoch seen so far. */
bool spp_driver_fence(
	struct spp_driver *driver, int64_t *epoch, struct spp_err *err);

/* What a call is about, beside what the machine says. */
struct spp_driver_subject {
	const char *plan; /* its id */
	int64_t row;      /* of the plan in the journal: which time it is */
	const struct spp_move *move;
	const char *partition; /* "STREAM/PARTITION" */
	int64_t epoch;
};

/* Queue a call. */
bool spp_driver_call(struct spp_driver *driver,
	const struct spp_migrate_call *call,
	const struct spp_driver_subject *subject, struct spp_err *err);

/*
 * The next event, if there is one: an answer, or a call that is given up
 * because its time is over or the driver ended.  What it points to lives in
 * the arena.
 */
bool spp_driver_event(struct spp_driver *driver, struct spp_arena *arena,
	struct spp_migrate_event *event, bool *got, struct spp_err *err);

/* When the next call is given up, INT64_MAX = never. */
int64_t spp_driver_until(const struct spp_driver *driver);

/* migrate_reply.c: what an answer says.  Nothing in it is trusted. */
bool spp_reply_hello(const struct spp_json *reply, struct spp_arena *arena,
	struct spp_driver_hello *hello, struct spp_err *err);
bool spp_reply_event(const struct spp_json *reply,
	enum spp_migrate_operation operation, struct spp_arena *arena,
	struct spp_migrate_event *event, struct spp_err *err);

#endif
