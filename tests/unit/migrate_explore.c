/*
 * Thousands of random worlds: calls lost, applied without an answer,
 * refused, answered twice; the executor killed between any two actions and
 * built again from its journal; platforms that die.
 */
#include "lib/migrate/migrate.h"

#include "lib/base/err.h"
#include "lib/base/memory.h"

#include "tests/unit/migrate_dice.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

static size_t completions[SPP_MIGRATE_OUTCOMES], kills_done;

/* What is only in memory becomes durable with the next commit. */
static void write_down(struct run *run, const struct spp_migrate_record *record)
{
	size_t at = run->journal_count + run->pending_count++;
	struct durable *kept = &run->journal[at];

	if (!CHECK(at < LOG))
		exit(1);
	kept->record = *record;
	if (record->subscription != NULL) {
		snprintf(kept->subscription, sizeof kept->subscription, "%s",
			record->subscription);
		kept->record.subscription = kept->subscription;
	}
	if (record->text != NULL) {
		snprintf(kept->text, sizeof kept->text, "%s", record->text);
		kept->record.text = kept->text;
	}
	for (size_t i = 0; i < record->replica_count; i++)
		kept->replicas[i] =
			platform_names[platform_of(record->replicas[i])];
	kept->record.replicas = kept->replicas;
}

static bool commits(const struct spp_migrate_record *record)
{
	return record->kind == SPP_MIGRATE_RECORD_START ||
	       record->kind == SPP_MIGRATE_RECORD_INTENT ||
	       record->kind == SPP_MIGRATE_RECORD_BACK ||
	       record->kind == SPP_MIGRATE_RECORD_END;
}

static bool same_place(const struct log *a, const struct log *b)
{
	if (a->replica_count != b->replica_count || a->route != b->route ||
		a->inflight != b->inflight || a->replicas[0] != b->replicas[0])
		return false;
	for (int i = 0; i < a->replica_count; i++) {
		if (place_of(b, a->replicas[i]) < 0)
			return false;
	}
	return true;
}

/* Is the world as the outcome says? */
static bool honest(struct run *run, const struct spp_migrate_result *result)
{
	const struct spp_migrate_move *move = &run->moves[result->move];
	const struct log *log = log_of(run, result->move);
	int from = platform_of(move->from), to = platform_of(move->to);

	if (strcmp(move->version, "stale") == 0) {
		return result->outcome == SPP_MIGRATE_SKIPPED ||
		       run->options.turn_back;
	}
	if (result->outcome == SPP_MIGRATE_UNSETTLED)
		return run->world.may_lose;
	if (result->outcome == SPP_MIGRATE_SKIPPED)
		return true;
	if (run->world.may_lose && result->outcome != SPP_MIGRATE_DONE)
		return true;
	if (result->outcome != SPP_MIGRATE_DONE)
		return same_place(log, &run->before[result->move]);
	if (move->kind == SPP_MIGRATE_SUBSCRIPTION) {
		return !log->readers[0].there || run->world.may_lose ||
		       (log->readers[0].on[to].open &&
			       !log->readers[0].on[from].open);
	}
	if (to >= 0 && place_of(log, to) < 0)
		return false;
	if (move->kind == SPP_MIGRATE_LEADER)
		return log->replicas[0] == to;
	return from < 0 || (place_of(log, from) < 0 && !log_busy(log, from));
}

/* Judge a move that begins: what it waits for is done, order is kept. */
static void judge_start(struct run *run, size_t index)
{
	const struct spp_migrate_move *move = &run->moves[index];

	run->before[index] = *log_of(run, index);
	if (run->now_ms < move->not_before_ms)
		run->broken = true;
	for (size_t k = 0; k < move->after_count; k++) {
		if (run->ends[move->after[k]] != SPP_MIGRATE_DONE)
			run->broken = true;
	}
}

/* Take the actions over; false: killed on the way. */
static bool carry_out(
	struct run *run, const struct spp_migrate_action *actions, size_t count)
{
	struct world *world = &run->world;
	int death = run->kills > 0 && world_below(world, 40) == 0
	                    ? world_below(world, 3)
	                    : -1;
	bool commit = false;
	size_t made = 0;

	for (size_t i = 0; i < count; i++) {
		if (actions[i].type != SPP_MIGRATE_DO_RECORD)
			continue;
		write_down(run, &actions[i].u.record);
		commit |= commits(&actions[i].u.record);
	}
	if (death == 0)
		return false;
	if (commit) {
		run->journal_count += run->pending_count;
		run->pending_count = 0;
	}
	for (size_t i = 0; i < count; i++) {
		const struct spp_migrate_action *one = &actions[i];

		if (one->type == SPP_MIGRATE_DO_RECORD &&
			one->u.record.kind == SPP_MIGRATE_RECORD_START)
			judge_start(run, one->u.record.move);
		if (one->type == SPP_MIGRATE_DO_RESULT) {
			run->ends[one->u.result.move] =
				(int)one->u.result.outcome;
			if (!honest(run, &one->u.result))
				run->broken = true;
		}
	}
	if (death == 1)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (actions[i].type != SPP_MIGRATE_DO_CALL)
			continue;
		if (death == 2 && made > 0)
			return false;
		calls_take(&run->calls, &actions[i].u.call);
		made++;
	}
	return death != 2;
}

static struct spp_migrate *rebuild(struct run *run)
{
	struct world *world = &run->world;
	struct spp_migrate *machine;

	run->pending_count = 0;
	/* Sometimes a person has seen enough. */
	if (world_below(world, 4) == 0)
		run->options.turn_back = true;
	machine = spp_migrate_new(&run->plan, &run->options, NULL);
	for (size_t i = 0; i < run->calls.count; i++) {
		struct spp_migrate_call call = calls_get(&run->calls, i);

		if (spp_migrate_changes(call.operation) &&
			world_below(world, 2) == 0)
			world_apply(world, log_of(run, call.move), &call);
	}
	run->calls.count = 0;
	for (size_t i = 0; i < run->journal_count; i++) {
		CHECK(spp_migrate_restore(
			machine, &run->journal[i].record, NULL));
	}
	return machine;
}

static void answer_read(struct run *run, const struct spp_migrate_call *call,
	struct spp_migrate_event *event, struct answer *answer)
{
	struct log *log = log_of(run, call->move);
	struct reader *reader;
	int to = platform_of(call->platform), from = platform_of(call->from);

	if (call->operation != SPP_MIGRATE_EVIDENCE) {
		world_state(log, answer);
		event->state = &answer->state;
		return;
	}
	reader = reader_of(log, call->subscription);
	if (!reader->on[to].open || !reader->on[from].open) {
		event->code = SPP_MIGRATE_NOT_FOUND;
		return;
	}
	event->covered = reader->on[from].next >= reader->on[to].first;
	event->old_up_to = "1";
	event->new_from = "2";
}

/* Answer one call that was made, in one of the ways in which it can go. */
static bool answer(struct run *run, struct spp_migrate_event *event,
	struct answer *answer_place)
{
	struct world *world = &run->world;
	int fate = world->faults ? world_below(world, 24) : 23;
	struct spp_migrate_call call;
	char version[16];
	int pick;

	if (run->calls.count == 0)
		return false;
	pick = world_below(world, (int)run->calls.count);
	call = calls_get(&run->calls, (size_t)pick);
	if (call.version != NULL) {
		snprintf(version, sizeof version, "%s", call.version);
		call.version = version;
	}
	*event = (struct spp_migrate_event){
		.type = SPP_MIGRATE_REPLY, .call = call.id};
	/* Answered now, and once more later. */
	if (fate != 4)
		calls_forget(&run->calls, (size_t)pick);
	if (fate == 0 || fate == 1) {
		event->code =
			fate == 0 ? SPP_MIGRATE_TRANSIENT : SPP_MIGRATE_LOST;
		return true;
	}
	if (!spp_migrate_changes(call.operation)) {
		answer_read(run, &call, event, answer_place);
		return true;
	}
	if (fate == 2 && world_below(world, 2) == 0) {
		event->code = SPP_MIGRATE_REFUSED;
		event->text = "overloaded";
		return true;
	}
	event->code = world_apply(world, log_of(run, call.move), &call);
	if (fate == 3)
		event->code = SPP_MIGRATE_LOST;
	return true;
}

static void kill_platform(struct run *run)
{
	struct world *world = &run->world;
	int platform = world_below(world, PLATFORMS);

	run->deaths--;
	world->dead[platform] = true;
	world->may_lose = true;
	for (int p = 0; p < PARTITIONS; p++) {
		struct log *log = &world->logs[p];

		for (int r = 0; r < READERS; r++)
			log->readers[r].on[platform].open = false;
		if (log->route == platform && log->replica_count > 1)
			log_route(log, log->replicas[1]);
	}
}

/* One world from its plan to its end. */
static void explore(struct run *run)
{
	struct spp_migrate *machine =
		spp_migrate_new(&run->plan, &run->options, NULL);
	struct world *world = &run->world;

	CHECK(spp_migrate_check(&run->plan, NULL));
	for (int step = 0; step < STEPS; step++) {
		struct spp_migrate_event event = {.type = SPP_MIGRATE_TICK};
		const struct spp_migrate_action *actions;
		struct answer place;
		size_t count;

		world_live(world);
		if (world->faults && world_below(world, 100) == 0)
			world_break(world, &run->calls);
		if (run->deaths > 0 && world_below(world, 300) == 0)
			kill_platform(run);
		if (world_below(world, 3) != 0 || !answer(run, &event, &place))
			run->now_ms += world_below(world, 20);
		if (!CHECK(spp_migrate_step(machine, &event, run->now_ms,
			    &actions, &count, NULL)))
			break;
		if (!carry_out(run, actions, count)) {
			run->kills--;
			kills_done++;
			spp_migrate_free(machine);
			machine = rebuild(run);
		} else if (spp_migrate_ended(machine) == run->plan.move_count) {
			break;
		}
	}
	CHECK(spp_migrate_ended(machine) == run->plan.move_count);
	spp_migrate_free(machine);
}

static void test_worlds(void)
{
	struct run *run = spp_memory_new(sizeof *run);
	struct durable *journal = spp_memory_new(LOG * sizeof *journal);
	const char *text = getenv("SPP_EXPLORE");
	uint64_t from = 1, to = 5000;

	if (text != NULL)
		from = to = strtoull(text, NULL, 10);
	for (uint64_t seed = from; seed <= to && test_failures == 0; seed++) {
		memset(run, 0, sizeof *run);
		memset(run->ends, -1, sizeof run->ends);
		run->journal = journal;
		make_world(run, seed);
		explore(run);
		CHECK(!run->broken);
		CHECK(run->world.cuts == 0);
		for (size_t i = 0; i < run->plan.move_count; i++) {
			if (run->ends[i] >= 0)
				completions[run->ends[i]]++;
			if (!run->world.faults)
				CHECK(run->ends[i] == SPP_MIGRATE_DONE ||
					run->moves[i].kind ==
						SPP_MIGRATE_DROP ||
					!run->options.leader_serves);
		}
		if (!run->world.may_lose)
			CHECK(world_lost(&run->world) == 0);
		if (test_failures != 0)
			printf("# seed %llu\n", (unsigned long long)seed);
	}
	spp_memory_free(run);
	spp_memory_free(journal);
}

/* The dice must have reached every way a move can end. */
static void test_reached(void)
{
	for (int i = 0; i < SPP_MIGRATE_OUTCOMES; i++) {
		printf("# outcome %d: %zu\n", i, completions[i]);
		CHECK(completions[i] > 0 || getenv("SPP_EXPLORE") != NULL);
	}
	printf("# kills: %zu\n", kills_done);
}

int main(void)
{
	static const struct test tests[] = {
		{"random worlds", test_worlds},
		{"all outcomes were reached", test_reached},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
