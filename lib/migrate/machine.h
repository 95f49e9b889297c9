/* The inside of the machine; for lib/migrate only. */
#ifndef SPP_MIGRATE_MACHINE_H
#define SPP_MIGRATE_MACHINE_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/rng.h"
#include "lib/migrate/migrate.h"

enum spp_move_place { SPP_MOVE_WAITS, SPP_MOVE_RUNS, SPP_MOVE_ENDED };

/* A changing call whose effect has not been read back. */
struct spp_change {
	bool sent;
	bool looked; /* its effect was looked for once */
	enum spp_migrate_operation operation;
	unsigned step;
	enum spp_migrate_code code; /* of the newest answer, LOST = none */
	int64_t sent_ms;            /* INT64_MIN = before this run */
	const char *platform;
};

/* A subscription that the old side serves, or served. */
struct spp_switch {
	const char *id, *subscriber;
	const char *old_up_to, *new_from; /* evidence */
	int64_t covered_ms;
	uint64_t mark; /* hash of the newest old_up_to */
	bool covered;
	bool listed;   /* in the newest list of the old side */
	bool crossed;  /* its old connection may have a gap */
	bool switched; /* served by the new side only */
	bool left;     /* it went away by itself */
	struct spp_change change;
};

struct spp_running {
	enum spp_move_place place;
	enum spp_migrate_outcome outcome;
	bool started;  /* preconditions held */
	bool leads;    /* the place that is left leads, so route it */
	bool back;     /* on the way back */
	bool released; /* the old place was asked to drop it: no way back */
	bool changed;  /* something was read back as changed */
	bool dual;     /* read subscriptions next, not the state */
	bool clean;    /* the old side was seen without subscriptions */
	unsigned step;
	size_t calls; /* awaited */
	bool trouble; /* one of them was not answered with ok */
	bool shut;    /* a subscription has no way on */
	bool news;    /* a round brought something new */
	unsigned tries;
	size_t refusals;
	int64_t wake_ms;     /* next look, or next start */
	int64_t progress_ms; /* when something last went ahead */
	double copied;
	struct spp_change change;
	struct spp_buf switches; /* struct spp_switch */
	size_t hint;             /* where the last one was found */
	struct spp_buf version;  /* as last read, with NUL; empty = none */
	struct spp_buf reason;   /* newest error or cause, with NUL */
	struct spp_rng rng;
};

struct spp_open_call {
	uint64_t id;
	size_t move;
	size_t entry; /* in switches, or SPP_MIGRATE_NONE */
	enum spp_migrate_operation operation;
	unsigned step;
};

struct spp_group {
	size_t most;    /* moves at once, from the plan */
	size_t running; /* moves now */
	size_t count;
	size_t *by_end; /* its moves, by their planned end */
	size_t first;   /* first of by_end that has not ended */
	bool touched;   /* a move in it has begun */
};

struct spp_migrate {
	const struct spp_migrate_plan *plan;
	struct spp_migrate_options options;
	struct spp_arena arena;
	struct spp_buf actions; /* struct spp_migrate_action */
	struct spp_buf calls;   /* struct spp_open_call */
	struct spp_running *moves;
	struct spp_group *groups;
	size_t *order;   /* moves by planned start */
	size_t first;    /* in order: all before it have begun */
	size_t *running; /* in order of their begin */
	size_t running_count, ended_count;
	int64_t now_ms;
	int64_t queue_ms; /* when the queue is worth a look */
	uint64_t next_call;
	bool begun, stopping, fenced, failed;
	struct spp_migrate_action spare; /* written when memory is out */
};

/* emit.c: append actions. */
struct spp_migrate_record *spp_migrate_record(struct spp_migrate *machine,
	size_t move, enum spp_migrate_record_kind kind);
struct spp_migrate_note *spp_migrate_note(struct spp_migrate *machine,
	size_t move, enum spp_migrate_phase phase, const char *what);
struct spp_migrate_result *spp_migrate_result(
	struct spp_migrate *machine, size_t move);
void spp_migrate_ask(struct spp_migrate *machine, size_t move, size_t entry,
	enum spp_migrate_operation operation);
const char *spp_migrate_keep(struct spp_buf *buf, const char *text);
const char *spp_migrate_kept(const struct spp_buf *buf);

/*
 * Make a changing call, its intent before it: of the move itself, or of one
 * of its subscriptions.  A new step, or the last one once more.
 */
void spp_migrate_change(struct spp_migrate *machine, size_t move, size_t entry,
	enum spp_migrate_operation operation, const char *platform, bool again);

/* queue.c: order and limits. */
bool spp_queue_make(struct spp_migrate *machine, struct spp_err *err);
void spp_queue_enter(struct spp_migrate *machine, size_t move);
void spp_queue_leave(struct spp_migrate *machine, size_t move);
void spp_queue_start(struct spp_migrate *machine);
void spp_queue_skip(struct spp_migrate *machine);

/* move.c: what one move does. */
void spp_move_look(struct spp_migrate *machine, size_t move);
void spp_move_got(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state);
void spp_move_wait(struct spp_migrate *machine, size_t move, int64_t since_ms);
void spp_move_back_off(struct spp_migrate *machine, size_t move);
void spp_move_progress(struct spp_migrate *machine, size_t move);
void spp_move_turn_back(
	struct spp_migrate *machine, size_t move, const char *reason);
void spp_move_end(struct spp_migrate *machine, size_t move,
	enum spp_migrate_outcome outcome,
	const struct spp_migrate_state *state);

/* start.c: false when the preconditions do not hold, and the move ended. */
bool spp_move_begin(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state);
bool spp_state_holds(
	const struct spp_migrate_state *state, const char *platform);
bool spp_state_leads(
	const struct spp_migrate_state *state, const char *platform);
bool spp_migrate_copies(const struct spp_migrate_move *planned);

/* What to do about a change whose effect is not there. */
enum spp_again {
	SPP_AGAIN_NEW,     /* make a new step of it */
	SPP_AGAIN_SAME,    /* send the same step once more */
	SPP_AGAIN_WAIT,    /* look again later */
	SPP_AGAIN_GIVE_UP, /* this way is closed */
};
enum spp_again spp_move_again(struct spp_migrate *machine, size_t move,
	const struct spp_change *change);

/* dual.c: subscriptions from the old to the new side. */
void spp_dual_got(struct spp_migrate *machine, size_t move,
	const struct spp_migrate_state *state);
bool spp_dual_concerns(const struct spp_migrate *machine, size_t move,
	const struct spp_migrate_subscription *subscription);
size_t spp_dual_find(struct spp_migrate *machine, size_t move, const char *id,
	const char *subscriber);
bool spp_dual_crosses(enum spp_migrate_operation operation, bool back);
struct spp_switch *spp_dual_at(
	struct spp_migrate *machine, size_t move, size_t entry);
size_t spp_dual_count(const struct spp_migrate *machine, size_t move);

/* Small questions. */
bool spp_migrate_same(const char *a, const char *b);
bool spp_migrate_has(const char *const *names, size_t count, const char *name);
const char *spp_migrate_old(const struct spp_migrate *machine, size_t move);
const char *spp_migrate_next(const struct spp_migrate *machine, size_t move);

#endif
