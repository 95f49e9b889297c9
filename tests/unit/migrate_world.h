/*
 * A world for the machine that carries out plans: partitions, replicas,
 * subscriptions that are delivered record by record, calls that get lost,
 * are applied without an answer, refused or answered twice.  It judges each
 * change when it is made: no connection is cut before all that came before
 * the other one's first record was delivered.
 */
#ifndef SPP_TESTS_UNIT_MIGRATE_WORLD_H
#define SPP_TESTS_UNIT_MIGRATE_WORLD_H

#include "lib/base/rng.h"
#include "lib/migrate/migrate.h"
#include "tests/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PLATFORMS = 5,
	PARTITIONS = 3,
	READERS = 3,
	RECORDS = 4096,
};

static const char *const platform_names[PLATFORMS] = {
	"p0", "p1", "p2", "p3", "p4"};
static const char *const partition_names[PARTITIONS] = {"s/0", "s/1", "s/2"};
static const char *const reader_names[READERS] = {"c0", "c1", "c2"};

struct connection {
	bool open;
	int first; /* record with which it began */
	int next;
};

struct reader {
	bool there;
	int since; /* first record that it must get */
	struct connection on[PLATFORMS];
	bool got[RECORDS];
};

struct log {
	int replicas[PLATFORMS], replica_count;
	int version, route;
	int inflight, copy_left; /* platform or -1; -1 = stuck */
	int length;
	struct reader readers[READERS];
};

struct world {
	struct spp_rng rng;
	bool faults, dead[PLATFORMS];
	bool resumes;  /* a connection goes on where its reader is */
	bool atomic;   /* then opening the new side closes the old one */
	bool may_lose; /* a platform died: live tails have gaps */
	struct log logs[PARTITIONS];
	int cuts;      /* connections cut without evidence */
	int64_t epoch; /* of the driver that serves it */
};

static int world_below(struct world *world, int n)
{
	return (int)random_below(&world->rng, (uint64_t)n);
}

static int platform_of(const char *name)
{
	for (int i = 0; name != NULL && i < PLATFORMS; i++) {
		if (strcmp(platform_names[i], name) == 0)
			return i;
	}
	return -1;
}

static int place_of(const struct log *log, int platform)
{
	for (int i = 0; i < log->replica_count; i++) {
		if (log->replicas[i] == platform)
			return i;
	}
	return -1;
}

static void reader_open(struct log *log, struct reader *reader, int platform)
{
	if (reader->on[platform].open)
		return;
	reader->on[platform] = (struct connection){
		.open = true, .first = log->length, .next = log->length};
}

/* The new side goes on where the reader is. */
static void reader_resume(
	struct log *log, struct reader *reader, int platform, bool atomic)
{
	int next = reader->since;

	if (reader->on[platform].open)
		return;
	while (next < log->length && reader->got[next])
		next++;
	for (int i = 0; atomic && i < PLATFORMS; i++)
		reader->on[i].open = false;
	reader->on[platform] =
		(struct connection){.open = true, .first = next, .next = next};
}

/* Everything before the first record of PLATFORM's side was delivered. */
static bool reader_covered(const struct reader *reader, int platform)
{
	for (int i = reader->since; i < reader->on[platform].first; i++) {
		if (!reader->got[i])
			return false;
	}
	return true;
}

static void reader_close(
	struct world *world, struct reader *reader, int platform)
{
	bool safe = false;

	if (!reader->on[platform].open)
		return;
	for (int i = 0; i < PLATFORMS; i++) {
		if (i != platform && reader->on[i].open &&
			reader_covered(reader, i))
			safe = true;
	}
	if (!safe && !world->may_lose)
		world->cuts++;
	reader->on[platform].open = false;
}

static bool log_busy(const struct log *log, int platform)
{
	for (int i = 0; i < READERS; i++) {
		if (log->readers[i].on[platform].open)
			return true;
	}
	return false;
}

static enum spp_migrate_code log_detach(struct log *log, int platform)
{
	int place = place_of(log, platform);

	if (place < 0)
		return SPP_MIGRATE_OK;
	if (log_busy(log, platform) || place == 0 || log->route == platform)
		return SPP_MIGRATE_REFUSED;
	memmove(log->replicas + place, log->replicas + place + 1,
		(size_t)(log->replica_count - place - 1) * sizeof(int));
	log->replica_count--;
	log->version++;
	return SPP_MIGRATE_OK;
}

static enum spp_migrate_code log_route(struct log *log, int platform)
{
	int place = place_of(log, platform);

	if (place < 0)
		return SPP_MIGRATE_REFUSED;
	if (place == 0 && log->route == platform)
		return SPP_MIGRATE_OK;
	memmove(log->replicas + 1, log->replicas, (size_t)place * sizeof(int));
	log->replicas[0] = platform;
	log->route = platform;
	log->version++;
	return SPP_MIGRATE_OK;
}

static enum spp_migrate_code log_attach(
	struct world *world, struct log *log, int platform)
{
	if (place_of(log, platform) >= 0)
		return SPP_MIGRATE_OK;
	if (log->inflight >= 0) {
		return log->inflight == platform ? SPP_MIGRATE_IN_PROGRESS
		                                 : SPP_MIGRATE_CONFLICT;
	}
	log->inflight = platform;
	log->copy_left = world_below(world, 5);
	if (world->faults && world_below(world, 12) == 0)
		log->copy_left = -1;
	return SPP_MIGRATE_OK;
}

static struct log *log_named(struct world *world, const char *partition)
{
	for (int i = 0; i < PARTITIONS; i++) {
		if (strcmp(partition_names[i], partition) == 0)
			return &world->logs[i];
	}
	return NULL;
}

static struct reader *reader_of(struct log *log, const char *id)
{
	for (int i = 0; i < READERS; i++) {
		if (strcmp(reader_names[i], id) == 0)
			return &log->readers[i];
	}
	return NULL;
}

/* Do what a changing call asks for. */
static enum spp_migrate_code world_apply(struct world *world, struct log *log,
	const struct spp_migrate_call *call)
{
	int platform = platform_of(call->platform);

	if (world->dead[platform] && call->operation != SPP_MIGRATE_DETACH &&
		call->operation != SPP_MIGRATE_CANCEL &&
		call->operation != SPP_MIGRATE_CLOSE_SUB)
		return SPP_MIGRATE_UNKNOWN;
	switch (call->operation) {
	case SPP_MIGRATE_ATTACH:
		return log_attach(world, log, platform);
	case SPP_MIGRATE_ROUTE:
		if (call->version != NULL &&
			strtol(call->version, NULL, 10) != log->version)
			return SPP_MIGRATE_CONFLICT;
		return log_route(log, platform);
	case SPP_MIGRATE_OPEN_SUB:
		if (place_of(log, platform) < 0)
			return SPP_MIGRATE_REFUSED;
		if (world->resumes)
			reader_resume(log, reader_of(log, call->subscription),
				platform, world->atomic);
		else
			reader_open(log, reader_of(log, call->subscription),
				platform);
		return SPP_MIGRATE_OK;
	case SPP_MIGRATE_CLOSE_SUB:
		reader_close(
			world, reader_of(log, call->subscription), platform);
		return SPP_MIGRATE_OK;
	case SPP_MIGRATE_DETACH:
		return log_detach(log, platform);
	case SPP_MIGRATE_CANCEL:
		log->inflight = -1;
		return SPP_MIGRATE_OK;
	default:
		return SPP_MIGRATE_UNSUPPORTED;
	}
}

/* The answer to get and subs; valid until the next one. */
struct answer {
	struct spp_migrate_state state;
	const char *replicas[PLATFORMS];
	struct spp_migrate_subscription subscriptions[READERS];
	const char *on[READERS][PLATFORMS];
	char version[16];
};

static void world_state(const struct log *log, struct answer *answer)
{
	struct spp_migrate_state *state = &answer->state;

	*answer = (struct answer){0};
	snprintf(answer->version, sizeof answer->version, "%d", log->version);
	state->version = answer->version;
	state->route = platform_names[log->route];
	state->replicas = answer->replicas;
	for (int i = 0; i < log->replica_count; i++)
		answer->replicas[i] = platform_names[log->replicas[i]];
	state->replica_count = (size_t)log->replica_count;
	state->copied = NAN;
	if (log->inflight >= 0) {
		state->inflight_to = platform_names[log->inflight];
		state->copied = log->copy_left < 0 ? 1 : 10 - log->copy_left;
	}
	state->subscriptions = answer->subscriptions;
	for (int r = 0; r < READERS; r++) {
		struct spp_migrate_subscription *one =
			&answer->subscriptions[state->subscription_count];
		const char **on = answer->on[state->subscription_count];

		if (!log->readers[r].there)
			continue;
		one->id = one->subscriber = reader_names[r];
		one->on = on;
		for (int i = 0; i < PLATFORMS; i++) {
			if (log->readers[r].on[i].open)
				on[one->on_count++] = platform_names[i];
		}
		state->subscription_count++;
	}
}

/* Time goes by: records are written and delivered, copies go ahead. */
static void world_live(struct world *world)
{
	struct log *log = &world->logs[world_below(world, PARTITIONS)];

	if (world_below(world, 4) == 0 && log->length < RECORDS)
		log->length++;
	for (int i = 0; i < 4; i++) {
		struct reader *reader =
			&log->readers[world_below(world, READERS)];
		struct connection *on =
			&reader->on[world_below(world, PLATFORMS)];

		if (on->open && on->next < log->length)
			reader->got[on->next++] = true;
	}
	if (log->inflight < 0 || log->copy_left < 0 ||
		world->dead[log->inflight] || world_below(world, 4) != 0)
		return;
	if (log->copy_left-- > 0)
		return;
	log->replicas[log->replica_count++] = log->inflight;
	log->inflight = -1;
	log->version++;
}

/* Deliver all that connections hold; then nobody may lack a record. */
static int world_lost(struct world *world)
{
	int lost = 0;

	for (int p = 0; p < PARTITIONS; p++) {
		struct log *log = &world->logs[p];

		for (int r = 0; r < READERS; r++) {
			struct reader *reader = &log->readers[r];

			for (int i = 0; i < PLATFORMS; i++) {
				struct connection *on = &reader->on[i];

				while (on->open && on->next < log->length)
					reader->got[on->next++] = true;
			}
			for (int k = reader->since;
				reader->there && k < log->length; k++)
				lost += !reader->got[k];
		}
	}
	return lost;
}

#endif
