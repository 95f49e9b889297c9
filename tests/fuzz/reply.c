/*
 * A driver that says anything: each line answers the oldest open call of a
 * plan under execution.  The first line is its hello.
 */
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/io/json.h"
#include "lib/stages/migrate_driver.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

enum { CALLS = 4096 };

static const size_t groups_of[] = {0, 1};
static const struct spp_migrate_group groups[] = {
	{.ordered = true, .partition = true}, {0}};
static const char *const replicas[] = {"a", "b"};
static const struct spp_migrate_move moves[] = {
	{.id = "m1",
		.kind = SPP_MIGRATE_REPLICA,
		.partition = "s/0",
		.from = "a",
		.to = "c",
		.version = "1",
		.replicas = replicas,
		.replica_count = 2,
		.duration_s = 1,
		.duration_ms = 100,
		.groups = groups_of,
		.group_count = 2},
	{.id = "m2",
		.kind = SPP_MIGRATE_LEADER,
		.partition = "s/0",
		.from = "c",
		.to = "b",
		.start_s = 2,
		.groups = groups_of,
		.group_count = 2},
};
static const struct spp_migrate_plan plan = {
	.move_count = 2, .moves = moves, .group_count = 2, .groups = groups};

struct session {
	struct spp_migrate *machine;
	struct spp_arena arena;
	struct {
		uint64_t id;
		enum spp_migrate_operation operation;
	} calls[CALLS];
	size_t first, count;
	int64_t now_ms;
};

static void step(struct session *session, const struct spp_migrate_event *event)
{
	const struct spp_migrate_action *actions;
	size_t count;
	bool done;

	session->now_ms += 100;
	done = spp_migrate_step(session->machine, event, session->now_ms,
		&actions, &count, NULL);
	assert(done);
	for (size_t i = 0; i < count; i++) {
		const struct spp_migrate_call *call = &actions[i].u.call;

		if (actions[i].type != SPP_MIGRATE_DO_CALL ||
			session->count == CALLS)
			continue;
		session->calls[session->count].id = call->id;
		session->calls[session->count++].operation = call->operation;
	}
}

static void take_hello(const struct spp_json *root, struct spp_arena *arena,
	struct spp_migrate_options *options)
{
	struct spp_driver_hello hello;
	struct spp_err err = {0};

	if (!spp_reply_hello(root, arena, &hello, &err))
		return;
	options->leader_serves = hello.driver->serve <= SPP_SERVE_LEADER;
	options->overlaps = hello.driver->dual <= SPP_DUAL_PRESUBSCRIBE;
	memcpy(options->repeat, hello.repeat, sizeof hello.repeat);
}

static void take_answer(struct session *session, const struct spp_json *root)
{
	struct spp_migrate_event event = {.type = SPP_MIGRATE_TICK};
	bool done;

	step(session, &event);
	if (session->first == session->count)
		return;
	event.call = session->calls[session->first].id;
	done = spp_reply_event(root, session->calls[session->first].operation,
		&session->arena, &event, NULL);
	assert(done && event.type == SPP_MIGRATE_REPLY);
	session->first++;
	step(session, &event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spp_migrate_options options = {.running_most = 4,
		.attempts = 3,
		.backoff_ms = 10,
		.backoff_most_ms = 100,
		.poll_least_ms = 10,
		.poll_most_ms = 100,
		.stall_ms = 2000,
		.leader_serves = true,
		.overlaps = true};
	static struct session session;
	const char *text = (const char *)data;
	bool begun = false;

	session = (struct session){0};
	while (size > 0) {
		const char *newline = memchr(text, '\n', size);
		size_t length =
			newline != NULL ? (size_t)(newline - text) : size;
		struct spp_json *root = spp_json_parse(text, length, NULL);

		if (root != NULL && spp_json_kind(root) == SPP_JSON_OBJECT) {
			if (!begun)
				take_hello(root, &session.arena, &options);
			else
				take_answer(&session, root);
		}
		if (!begun)
			session.machine =
				spp_migrate_new(&plan, &options, NULL);
		begun = true;
		spp_json_free(root);
		length += newline != NULL;
		text += length;
		size -= length;
	}
	spp_migrate_free(session.machine);
	spp_arena_free(&session.arena);
	return 0;
}
