/*
 * Random worlds with random plans for them, for tests/unit/migrate_explore.c.
 */
#ifndef SPP_TESTS_UNIT_MIGRATE_DICE_H
#define SPP_TESTS_UNIT_MIGRATE_DICE_H

#include "tests/unit/migrate_world.h"
#include "tests/unit/test.h"

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

/* After the last move of the same partition. */
static void put_after(struct run *run, size_t index)
{
	struct spp_migrate_move *move = &run->moves[index];

	for (size_t i = index; i-- > 0;) {
		if (run->moves[i].partition != move->partition)
			continue;
		run->after[index][0] = i;
		move->after = run->after[index];
		move->after_count = 1;
		return;
	}
}

static void put_groups(struct run *run, size_t index, size_t partition)
{
	struct spp_migrate_move *move = &run->moves[index];
	size_t *list = run->group_lists[index];

	list[move->group_count++] = partition;
	list[move->group_count++] = PLATFORMS + PARTITIONS;
	for (size_t i = 0; i < PLATFORMS; i++) {
		if (platform_names[i] == move->from ||
			platform_names[i] == move->to)
			list[move->group_count++] = i;
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
		if (used[p])
			put_after(run, count);
		put_groups(run, count, PLATFORMS + (size_t)p);
		used[p] = true;
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
	world->resumes = seed % 5 < 2;
	world->atomic = seed % 5 == 0;
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
		.overlaps = !world->resumes,
		.resumes = world->resumes};
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

#endif
