/*
 * Small clusters for the tests of the plan: made of records, so that the
 * engine sees them as it always does.
 */
#ifndef SPP_TESTS_UNIT_PLAN_WORLD_H
#define SPP_TESTS_UNIT_PLAN_WORLD_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "lib/cluster/cluster_build.h"
#include "lib/io/input.h"
#include "lib/plan/plan.h"
#include "lib/records/feed.h"
#include "tests/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WORLD_PLATFORMS = 40, WORLD_CHANGES = 1200 };

struct world {
	struct spp_buf text;
	struct spp_feed feed;
	struct spp_arena arena;
	const struct spp_cluster *cluster;
	struct spp_plan_limits limits;
	size_t changes;
	struct spp_plan_change change[WORLD_CHANGES];
	size_t to[WORLD_CHANGES][8];
	struct spp_plan plan;
};

static inline struct spp_plan_limits world_limits(void)
{
	return (struct spp_plan_limits){
		.max_concurrent = INFINITY,
		.max_per_platform = INFINITY,
		.max_per_rack = INFINITY,
		.rate = 50e6,
		.platform_rate = INFINITY,
	};
}

static inline void world_line(struct world *world, const char *line)
{
	spp_buf_string(&world->text, line);
	spp_buf_char(&world->text, '\n');
}

static inline void world_driver(
	struct world *world, double rate, double handover_s, const char *rest)
{
	spp_buf_format(&world->text,
		"{\"type\":\"driver\",\"driver\":\"d\",\"rate\":%.17g,"
		"\"handover_s\":%.17g%s}\n",
		rate, handover_s, rest);
}

static inline void world_platform(
	struct world *world, size_t index, const char *rest)
{
	spp_buf_format(&world->text,
		"{\"type\":\"platform\",\"platform\":\"p%02zu\","
		"\"rack\":\"r%zu\"%s}\n",
		index, index % 3, rest);
}

/* A partition with its replicas, and traffic that is given slot by slot. */
static inline void world_partition(struct world *world, size_t index,
	const size_t *replicas, size_t count, double size_bytes)
{
	spp_buf_format(&world->text,
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":\"%"
		"zu\","
		"\"size_bytes\":%.17g,\"version\":\"v%zu\",\"replicas\":[",
		index, size_bytes, index);
	for (size_t i = 0; i < count; i++)
		spp_buf_format(&world->text, "%s\"p%02zu\"", i == 0 ? "" : ",",
			replicas[i]);
	spp_buf_string(&world->text, "]}\n");
}

static inline void world_forecast(struct world *world, size_t index,
	const double *mean, const double *sd, size_t slots, double slot_s)
{
	const double *const rows[2] = {mean, sd};

	spp_buf_format(&world->text,
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":\"%zu\","
		"\"start\":\"2026-11-22T10:00:00Z\",\"slot_s\":[",
		index);
	for (size_t s = 0; s < slots; s++)
		spp_buf_format(
			&world->text, "%s%.17g", s == 0 ? "" : ",", slot_s);
	for (size_t k = 0; k < 2; k++) {
		spp_buf_format(&world->text, "%s\"%s\":{\"bytes\":[",
			k == 0 ? "]," : "]},", k == 0 ? "mean" : "sd");
		for (size_t s = 0; s < slots; s++)
			spp_buf_format(&world->text, "%s%.17g",
				s == 0 ? "" : ",", rows[k][s]);
	}
	spp_buf_format(&world->text,
		"]},\"last\":{\"bytes\":%.17g},"
		"\"model\":\"x\"}\n",
		mean[0]);
}

/* All records are there: the cluster of them.  False and a note on errors. */
static inline bool world_build(struct world *world)
{
	struct spp_feed_options reads = {0};
	struct spp_cluster_options options = spp_cluster_options_none();
	struct spp_errs warnings = {0};
	struct spp_err err = {0};
	struct spp_input input;

	for (size_t i = 0; i < SPP_TYPES; i++)
		reads.use[i] = SPP_READ;
	if (!spp_input_memory(&input, world->text.data, world->text.length,
		    "world", &err))
		return false;
	if (spp_feed_read(&world->feed, &input, 1, &reads, 1, &err))
		world->cluster = spp_cluster_build(
			&world->feed, &options, &world->arena, &warnings, &err);
	spp_input_close(&input);
	if (world->cluster == NULL)
		printf("# %s:%zu: %s\n", err.source, err.line, err.text);
	return world->cluster != NULL;
}

static inline void world_begin(struct world *world)
{
	memset(world, 0, sizeof(*world));
	world->limits = world_limits();
}

static inline void world_free(struct world *world)
{
	spp_feed_free(&world->feed);
	spp_arena_free(&world->arena);
	spp_buf_free(&world->text);
}

/* A new place for the replicas of a partition. */
static inline struct spp_plan_change *world_move(
	struct world *world, size_t partition, const size_t *to, size_t count)
{
	struct spp_plan_change *change = &world->change[world->changes];

	memcpy(world->to[world->changes], to, count * sizeof(*to));
	*change = (struct spp_plan_change){
		.partition = partition,
		.subscription = SPP_NOWHERE,
		.count = count,
		.to = world->to[world->changes],
	};
	world->changes++;
	return change;
}

static inline bool world_plan(struct world *world)
{
	struct spp_err err = {0};

	return spp_plan_make(world->cluster, world->change, world->changes,
		&world->limits, &world->arena, &world->plan, &err);
}

/* COUNT different numbers below LIMIT. */
static inline void world_pick(
	struct spp_rng *rng, size_t limit, size_t count, size_t *picked)
{
	for (size_t i = 0; i < count;) {
		bool known = false;

		picked[i] = random_below(rng, limit);
		for (size_t k = 0; k < i; k++)
			known |= picked[k] == picked[i];
		i += !known;
	}
}

#endif
