/*
 * Thousands of random worlds: calls lost, applied without an answer,
 * refused, answered twice; the executor killed between any two actions and
 * built again from its journal; platforms that die.
 */
#include "lib/migrate/migrate.h"

#include "lib/base/err.h"
#include "lib/base/memory.h"

#include "tests/unit/migrate_world.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOVES = 6, LOG = 20000, STEPS = 400000, CALLS = 512 };

/* Calls that were made and not applied yet. */
struct calls {
	struct spp_migrate_call items[CALLS];
	char versions[CALLS][16];
	size_t count;
};

/* Calls outlive the machine that made them. */
static void calls_take(struct calls *calls, const struct spp_migrate_call *call)
{
	size_t at = calls->count;

	if (!CHECK(at < CALLS))
		exit(1);
	calls->items[at] = *call;
	if (call->version != NULL) {
		snprintf(calls->versions[at], sizeof calls->versions[at], "%s",
			call->version);
	}
	for (int i = 0; call->subscription != NULL && i < READERS; i++) {
		if (strcmp(reader_names[i], call->subscription) == 0)
			calls->items[at].subscription = reader_names[i];
	}
	calls->count++;
}

static struct spp_migrate_call calls_get(struct calls *calls, size_t at)
{
	struct spp_migrate_call call = calls->items[at];

	if (call.version != NULL)
		call.version = calls->versions[at];
	return call;
}

/* The last takes the place of the one that goes. */
static void calls_forget(struct calls *calls, size_t at)
{
	size_t last = --calls->count;

	calls->items[at] = calls->items[last];
	memmove(calls->versions[at], calls->versions[last],
		sizeof calls->versions[at]);
}

/* One of two connections breaks, where the other misses nothing. */
static void world_break(struct world *world, const struct calls *calls)
{
	struct log *log = &world->logs[world_below(world, PARTITIONS)];
	struct reader *reader = &log->readers[world_below(world, READERS)];
	int broken = world_below(world, PLATFORMS);

	for (size_t i = 0; i < calls->count; i++) {
		if (calls->items[i].operation == SPP_MIGRATE_CLOSE_SUB)
			return;
	}
	for (int i = 0; reader->on[broken].open && i < PLATFORMS; i++) {
		if (i != broken && reader->on[i].open &&
			reader_covered(reader, i))
			reader->on[broken].open = false;
	}
}

struct durable {
	struct spp_migrate_record record;
	char subscription[8], text[64];
	const char *replicas[PLATFORMS];
};

struct run {
	struct world world;
	struct calls calls;
	struct spp_migrate_move moves[MOVES];
	struct spp_migrate_group groups[PLATFORMS + PARTITIONS + 1];
	size_t group_lists[MOVES][8], after[MOVES][1];
	const char *replicas[MOVES][PLATFORMS];
	char versions[MOVES][16];
	struct spp_migrate_plan plan;
	struct spp_migrate_options options;
	struct durable *journal;
	size_t journal_count, pending_count; /* pending: behind the journal */
	int ends[MOVES];                     /* outcome or -1 */
	struct log before[MOVES];            /* when it began */
	int64_t now_ms;
	int kills, deaths;
	bool broken; /* a rule was broken */
};

static struct log *log_of(struct run *run, size_t move)
{
	return log_named(&run->world, run->moves[move].partition);
}

static size_t completions[SPP_MIGRATE_OUTCOMES], kills_done;

/* The state that a plan's moves lead to, for its preconditions. */
struct sketch {
	int replicas[PLATFORMS], count;
};

static bool sketch_has(const struct sketch *sketch, int platform)
{
	for (int i = 0; i < sketch->count; i++) {
		if (sketch->replicas[i] == platform)
			return true;
	}
	return false;
}

static void sketch_take_out(struct sketch *sketch, int place)
{
	memmove(sketch->replicas + place, sketch->replicas + place + 1,
		(size_t)(sketch->count - place - 1) * sizeof(int));
	sketch->count--;
}

static int sketch_free(struct world *world, const struct sketch *sketch)
{
	int platform;

	do {
		platform = world_below(world, PLATFORMS);
	} while (sketch_has(sketch, platform));
	return platform;
}

/* Invent one move; false when the dice ask for the impossible. */
static bool invent(
	struct run *run, struct spp_migrate_move *move, struct sketch *sketch)
{
	struct world *world = &run->world;
	int place = world_below(world, sketch->count);
	int to;

	switch (move->kind) {
	case SPP_MIGRATE_REPLICA:
		move->from = platform_names[sketch->replicas[place]];
		to = sketch_free(world, sketch);
		move->to = platform_names[to];
		sketch->replicas[place] = to;
		return true;
	case SPP_MIGRATE_LEADER:
		if (place == 0)
			return false;
		move->from = platform_names[sketch->replicas[0]];
		to = sketch->replicas[place];
		move->to = platform_names[to];
		sketch_take_out(sketch, place);
		memmove(sketch->replicas + 1, sketch->replicas,
			(size_t)sketch->count++ * sizeof(int));
		sketch->replicas[0] = to;
		return true;
	case SPP_MIGRATE_ADD:
		if (sketch->count > 3)
			return false;
		to = sketch_free(world, sketch);
		move->to = platform_names[to];
		sketch->replicas[sketch->count++] = to;
		return true;
	case SPP_MIGRATE_DROP:
		if (place == 0)
			return false;
		move->from = platform_names[sketch->replicas[place]];
		sketch_take_out(sketch, place);
		return true;
	default:
		if (place == 0 || run->options.leader_serves)
			return false;
		move->subscriber = reader_names[0];
		move->from = platform_names[sketch->replicas[0]];
		move->to = platform_names[sketch->replicas[place]];
		return true;
	}
}

static void make_plan(struct run *run)
{
	static const char *const ids[MOVES] = {
		"m1", "m2", "m3", "m4", "m5", "m6"};
	struct world *world = &run->world;
	struct sketch sketches[PARTITIONS];
	double ends[PARTITIONS] = {0};
	bool used[PARTITIONS] = {false};
	size_t count = 0, wanted = 1 + (size_t)world_below(world, MOVES);

	for (int p = 0; p < PARTITIONS; p++) {
		sketches[p].count = world->logs[p].replica_count;
		memcpy(sketches[p].replicas, world->logs[p].replicas,
			sizeof sketches[p].replicas);
	}
	for (int tries = 0; count < wanted && tries < 100; tries++) {
		struct spp_migrate_move *move = &run->moves[count];
		int p = world_below(world, PARTITIONS);
		struct sketch before = sketches[p];

		*move = (struct spp_migrate_move){.id = ids[count],
			.partition = partition_names[p],
			.kind = (enum spp_migrate_kind)world_below(world, 5),
			.start_s = ends[p] + world_below(world, 3),
			.duration_s = world_below(world, 4),
			.duration_ms = 100,
			.groups = run->group_lists[count],
			.replicas = run->replicas[count],
			.replica_count = (size_t)before.count};
		if (!invent(run, move, &sketches[p]))
			continue;
		for (int i = 0; i < before.count; i++) {
			run->replicas[count][i] =
				platform_names[before.replicas[i]];
		}
		snprintf(run->versions[count], sizeof run->versions[count],
			"%d", world->logs[p].version);
		move->version = run->versions[count];
		if (used[p])
			move->version = "another one";
		else if (world->faults && world_below(world, 20) == 0)
			move->version = "stale";
		move->not_before_ms = (int64_t)(100 * move->start_s) -
		                      world_below(world, 200);
		ends[p] = move->start_s + move->duration_s + 1e-3;
		/* A later move builds on what the earlier ones did. */
		for (size_t i = count; i-- > 0 && used[p];) {
			if (run->moves[i].partition == move->partition) {
				run->after[count][0] = i;
				move->after = run->after[count];
				move->after_count = 1;
				break;
			}
		}
		used[p] = true;
		run->group_lists[count][move->group_count++] =
			PLATFORMS + (size_t)p;
		run->group_lists[count][move->group_count++] =
			PLATFORMS + PARTITIONS;
		for (int i = 0; i < PLATFORMS; i++) {
			if (platform_names[i] == move->from ||
				platform_names[i] == move->to)
				run->group_lists[count][move->group_count++] =
					(size_t)i;
		}
		count++;
	}
	for (size_t g = 0; g < PLATFORMS + PARTITIONS; g++)
		run->groups[g].ordered = true;
	for (size_t g = PLATFORMS; g < PLATFORMS + PARTITIONS; g++)
		run->groups[g].partition = true;
	run->plan = (struct spp_migrate_plan){.move_count = count,
		.moves = run->moves,
		.group_count = PLATFORMS + PARTITIONS + 1,
		.groups = run->groups};
}

static void make_world(struct run *run, uint64_t seed)
{
	struct world *world = &run->world;

	world->rng = spp_rng_for(seed, 0);
	world->faults = seed % 4 != 0;
	run->deaths = seed % 8 == 7 ? 1 : 0;
	run->kills = seed % 2 != 0 ? world_below(world, 4) : 0;
	run->options = (struct spp_migrate_options){.seed = seed,
		.running_most = 1 + (size_t)world_below(world, 4),
		.attempts = 4,
		.backoff_ms = 10,
		.backoff_most_ms = 200,
		.poll_least_ms = 5,
		.poll_most_ms = 50,
		.stall_ms = 3000,
		.hold_ms = world_below(world, 2) * 20,
		.leader_serves = seed % 3 != 0,
		.overlaps = true};
	for (int p = 0; p < PARTITIONS; p++) {
		struct log *log = &world->logs[p];

		log->inflight = -1;
		log->version = 10;
		log->replica_count = 3;
		for (int i = 0; i < 3; i++)
			log->replicas[i] = (p + i) % PLATFORMS;
		log->route = log->replicas[0];
		log->length = 5;
		for (int r = 0; r < READERS; r++) {
			log->readers[r].there = world_below(world, 4) != 0;
			log->readers[r].since = log->length;
			if (log->readers[r].there)
				reader_open(log, &log->readers[r], log->route);
		}
	}
	make_plan(run);
}

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
