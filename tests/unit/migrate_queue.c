/* Plans that can be carried out, and in which order they are. */
#include "lib/base/err.h"
#include "lib/migrate/migrate.h"

#include "tests/unit/test.h"

#include <string.h>

/* Two platforms (ordered) and the cluster. */
static const struct spp_migrate_group groups[] = {
	{.ordered = true}, {.ordered = true}, {0}};
static const size_t first[] = {0, 2}, second[] = {1, 2};

static const struct spp_migrate_options options = {.seed = 1,
	.running_most = 8,
	.attempts = 3,
	.backoff_ms = 10,
	.backoff_most_ms = 100,
	.poll_least_ms = 5,
	.poll_most_ms = 50,
	.stall_ms = 1000,
	.leader_serves = true,
	.overlaps = true};

static struct spp_migrate_move move(
	const char *id, const size_t *places, double start_s, double duration_s)
{
	return (struct spp_migrate_move){.id = id,
		.kind = SPP_MIGRATE_DROP,
		.partition = id,
		.from = "a",
		.start_s = start_s,
		.duration_s = duration_s,
		.groups = places,
		.group_count = 2};
}

/* The ids of the moves that are looked at for the first time, in order. */
static void begun(struct spp_migrate *machine,
	const struct spp_migrate_plan *plan, int64_t now_ms, char *text,
	size_t size)
{
	const struct spp_migrate_event tick = {.type = SPP_MIGRATE_TICK};
	const struct spp_migrate_action *actions;
	size_t count;

	text[0] = '\0';
	CHECK(spp_migrate_step(machine, &tick, now_ms, &actions, &count, NULL));
	for (size_t i = 0; i < count; i++) {
		if (actions[i].type == SPP_MIGRATE_DO_CALL)
			snprintf(text + strlen(text), size - strlen(text),
				"%s ", plan->moves[actions[i].u.call.move].id);
	}
}

/* Answer a call: the platform is not there, so the move is skipped. */
static void skip(struct spp_migrate *machine, uint64_t call, int64_t now_ms)
{
	const struct spp_migrate_event event = {.type = SPP_MIGRATE_REPLY,
		.call = call,
		.code = SPP_MIGRATE_NOT_FOUND};
	const struct spp_migrate_action *actions;
	size_t count;

	CHECK(spp_migrate_step(
		machine, &event, now_ms, &actions, &count, NULL));
}

static bool good(
	struct spp_migrate_move *moves, size_t count, struct spp_err *err)
{
	const struct spp_migrate_plan plan = {.move_count = count,
		.moves = moves,
		.group_count = 3,
		.groups = groups};

	*err = (struct spp_err){0};
	return spp_migrate_check(&plan, err);
}

static void test_check(void)
{
	static const size_t one[] = {1}, none[] = {0};
	struct spp_migrate_move moves[] = {
		move("m1", first, 0, 1), move("m2", first, 0, 1)};
	struct spp_err err;

	CHECK(good(moves, 2, &err));
	moves[1].after = none;
	moves[1].after_count = 1;
	CHECK(good(moves, 2, &err));
	moves[0].after = one;
	moves[0].after_count = 1;
	CHECK(!good(moves, 2, &err));
	CHECK(strcmp(err.text, "move \"m1\" comes after itself") == 0);
	moves[0].start_s = -1;
	CHECK(!good(moves, 2, &err));
	CHECK(strcmp(err.text,
		      "move \"m1\" comes after \"m2\", which starts later") ==
		0);
	moves[0].after_count = 0;
	moves[0].to = "b";
	CHECK(!good(moves, 2, &err) && err.status == SPP_INPUT);
	moves[0].kind = SPP_MIGRATE_REPLICA;
	CHECK(good(moves, 2, &err));
	moves[0].to = "a";
	CHECK(!good(moves, 2, &err));
	moves[0].to = NULL;
	CHECK(!good(moves, 2, &err));
	CHECK(strcmp(err.text, "move \"m1\" lacks \"to\"") == 0);
}

/* Late: shifted, but what the plan ends before waits for its end. */
static void test_late(void)
{
	struct spp_migrate_move moves[] = {move("m1", first, 0, 10),
		move("m2", first, 10, 5), move("m3", second, 5, 20),
		move("m4", first, 30, 5)};
	const struct spp_migrate_plan plan = {.move_count = 4,
		.moves = moves,
		.group_count = 3,
		.groups = groups};
	struct spp_migrate *machine;
	char ids[64];

	for (size_t i = 0; i < 4; i++)
		moves[i].not_before_ms =
			(int64_t)(moves[i].start_s * 1000) - 60000;
	machine = spp_migrate_new(&plan, &options, NULL);
	begun(machine, &plan, 0, ids, sizeof ids);
	CHECK(strcmp(ids, "m1 m3 ") == 0);
	begun(machine, &plan, 1, ids, sizeof ids);
	CHECK(strcmp(ids, "") == 0);
	skip(machine, 1, 2);
	CHECK(spp_migrate_ended(machine) == 1);
	CHECK(spp_migrate_is_running(machine, 1));
	CHECK(!spp_migrate_is_running(machine, 3));
	skip(machine, 3, 3);
	CHECK(spp_migrate_is_running(machine, 3));
	CHECK(spp_migrate_running(machine) == 2);
	spp_migrate_free(machine);
}

/* Not before its time, never more at once than planned. */
static void test_limits(void)
{
	struct spp_migrate_move moves[] = {move("m1", first, 0, 10),
		move("m2", second, 0, 10), move("m3", second, 5, 10),
		move("m4", first, 11, 1)};
	const struct spp_migrate_plan plan = {.move_count = 4,
		.moves = moves,
		.group_count = 3,
		.groups = groups};
	struct spp_migrate_options few = options;
	struct spp_migrate *machine;
	char ids[64];

	for (size_t i = 0; i < 4; i++)
		moves[i].not_before_ms = (int64_t)(moves[i].start_s * 1000);
	machine = spp_migrate_new(&plan, &options, NULL);
	begun(machine, &plan, 0, ids, sizeof ids);
	CHECK(strcmp(ids, "m1 m2 ") == 0);
	begun(machine, &plan, 4999, ids, sizeof ids);
	CHECK(strstr(ids, "m3") == NULL);
	begun(machine, &plan, 5000, ids, sizeof ids);
	CHECK(strstr(ids, "m3") != NULL);
	spp_migrate_free(machine);

	few.running_most = 1;
	machine = spp_migrate_new(&plan, &few, NULL);
	begun(machine, &plan, 20000, ids, sizeof ids);
	CHECK(strcmp(ids, "m1 ") == 0);
	skip(machine, 1, 20001);
	CHECK(spp_migrate_is_running(machine, 1));
	CHECK(spp_migrate_running(machine) == 1);
	spp_migrate_free(machine);
}

/* What comes after a move that was not done is not begun. */
static void test_dependents(void)
{
	static const size_t zero[] = {0}, one[] = {1};
	struct spp_migrate_move moves[] = {move("m1", first, 0, 1),
		move("m2", second, 5, 1), move("m3", second, 9, 1)};
	const struct spp_migrate_plan plan = {.move_count = 3,
		.moves = moves,
		.group_count = 3,
		.groups = groups};
	struct spp_migrate *machine;
	char ids[64];

	moves[1].after = zero;
	moves[2].after = one;
	moves[1].after_count = moves[2].after_count = 1;
	moves[1].not_before_ms = moves[2].not_before_ms = 1000000;
	machine = spp_migrate_new(&plan, &options, NULL);
	begun(machine, &plan, 0, ids, sizeof ids);
	CHECK(strcmp(ids, "m1 ") == 0);
	skip(machine, 1, 1);
	CHECK(spp_migrate_ended(machine) == 3);
	CHECK(spp_migrate_wake(machine) == INT64_MAX);
	spp_migrate_free(machine);
}

/* Told to stop, or fenced, it starts nothing. */
static void test_stop(void)
{
	struct spp_migrate_move moves[] = {
		move("m1", first, 0, 1), move("m2", second, 0, 1)};
	const struct spp_migrate_plan plan = {.move_count = 2,
		.moves = moves,
		.group_count = 3,
		.groups = groups};
	struct spp_migrate_event event = {.type = SPP_MIGRATE_STOP};
	const struct spp_migrate_action *actions;
	struct spp_migrate *machine;
	size_t count;

	machine = spp_migrate_new(&plan, &options, NULL);
	CHECK(spp_migrate_step(machine, &event, 0, &actions, &count, NULL));
	CHECK(count == 0 && spp_migrate_running(machine) == 0);
	spp_migrate_free(machine);

	moves[1].not_before_ms = 10;
	machine = spp_migrate_new(&plan, &options, NULL);
	event.type = SPP_MIGRATE_TICK;
	CHECK(spp_migrate_step(machine, &event, 0, &actions, &count, NULL));
	event = (struct spp_migrate_event){.type = SPP_MIGRATE_REPLY,
		.call = 1,
		.code = SPP_MIGRATE_FENCED};
	CHECK(spp_migrate_step(machine, &event, 1, &actions, &count, NULL));
	CHECK(spp_migrate_fenced(machine));
	event.type = SPP_MIGRATE_TICK;
	CHECK(spp_migrate_step(machine, &event, 999, &actions, &count, NULL));
	CHECK(count == 0 && spp_migrate_wake(machine) == INT64_MAX);
	spp_migrate_free(machine);
}

int main(void)
{
	static const struct test tests[] = {
		{"plans that can be carried out", test_check},
		{"a late plan keeps its order", test_late},
		{"times and limits", test_limits},
		{"dependents are skipped", test_dependents},
		{"stopped, fenced", test_stop},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
