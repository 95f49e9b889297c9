/*
 * A small world for tests of the verifier: five partitions on five
 * platforms, an answer and a plan, with every figure worked out here, in
 * closed form and without rounding, apart from the verifier.
 */
#ifndef SPP_TESTS_UNIT_VERIFY_WORLD_H
#define SPP_TESTS_UNIT_VERIFY_WORLD_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PLATFORMS = 5, PARTS = 5, SLOTS = 2, MOVES = 6 };
enum { IN, OUT, DISK, RESOURCES };

static const char *const resource_names[] = {
	"network_in", "network_out", "disk"};

struct node {
	const char *rack, *state, *hard;
	double capacity[RESOURCES];
};

struct part {
	const char *stream, *id, *version, *repairs;
	int before[3], after[3]; /* platforms, -1 = none; the first leads */
	int serving, served;     /* of its subscription when served apart */
	double size, connections, moved_ago_s, ready_s, sub_ready_s;
	double in[SLOTS], in_sd[SLOTS], out[SLOTS], out_sd[SLOTS];
};

struct step {
	const char *kind;
	int part;
	int from, to, copy_from; /* -1 = none */
	double start_s, attach_s, dual_s, release_s, rate;
	const char *after;
};

struct world {
	struct node nodes[PLATFORMS];
	struct part parts[PARTS];
	struct step steps[MOVES];
	int step_count;
	bool plan;             /* with moves and their summary */
	bool apart;            /* subscriptions are served by any replica */
	double rate, handover; /* of the driver */
	double bound;
	const char *extra;   /* lines of constraints */
	const char *left;    /* members of the end record's "left" */
	const char *options; /* of the header of spp-assign */
	const char *limits;  /* and of spp-plan */
	/* Worked out by world_work. */
	double load[PLATFORMS][RESOURCES][SLOTS];
	double variance[PLATFORMS][RESOURCES][SLOTS];
};

static const double world_begin[SLOTS] = {0, 600};
static const double world_end[SLOTS] = {600, 4200};

struct terms {
	double overload, latency, utilisation, migration, smoothness, total;
};

static inline int count_of(const int *replicas)
{
	int count = 0;

	while (count < 3 && replicas[count] >= 0)
		count++;
	return count;
}

static inline bool differs(const struct part *part)
{
	return memcmp(part->before, part->after, sizeof(part->before)) != 0;
}

static inline void put(struct world *world, int node, int r, int k, double mean,
	double sd, double share)
{
	if (strcmp(world->nodes[node].state, "failed") == 0)
		return;
	world->load[node][r][k] += mean * share;
	world->variance[node][r][k] += sd * sd * share;
}

/* All of a partition in one slot, with one placement and share of it. */
static inline void put_replicas(struct world *world, const struct part *part,
	const int *replicas, int k, double share)
{
	int reckoned = count_of(part->before);

	for (int i = 0; i < count_of(replicas); i++) {
		double out = (reckoned - 1) * part->in[k];
		double out_sd = (reckoned - 1) * part->in_sd[k];

		put(world, replicas[i], IN, k, part->in[k], part->in_sd[k],
			share);
		put(world, replicas[i], DISK, k, part->size, 0, share);
		if (i > 0)
			continue;
		if (!world->apart) {
			out += part->out[k];
			out_sd += part->out_sd[k];
		}
		put(world, replicas[i], OUT, k, out, out_sd, share);
	}
}

/* Share of a slot that lies behind a moment. */
static inline double share_after(double ready_s, int k)
{
	double share =
		(world_end[k] - ready_s) / (world_end[k] - world_begin[k]);

	return fmin(1, fmax(0, share));
}

/* One partition, with or without its assignment and its subscription's. */
static inline void put_part(struct world *world, const struct part *part, int k,
	bool changed, bool sub_changed)
{
	double share = changed ? share_after(part->ready_s, k) : 0;

	if (changed && differs(part)) {
		put_replicas(world, part, part->before, k, 1 - share);
		put_replicas(world, part, part->after, k, share);
	} else {
		put_replicas(world, part, part->before, k, 1);
	}
	if (!world->apart)
		return;
	share = sub_changed && part->served != part->serving
	                ? share_after(part->sub_ready_s, k)
	                : 0;
	put(world, part->serving, OUT, k, part->out[k], part->out_sd[k],
		1 - share);
	put(world, part->served, OUT, k, part->out[k], part->out_sd[k], share);
}

static inline double world_overload(double mean, double sd)
{
	double z;

	if (!(sd > 0))
		return fmax(0, mean - 1);
	z = (1 - mean) / sd;
	return sd * (exp(-z * z / 2) / sqrt(8 * atan(1)) -
			    z * (1 - .5 * (1 + erf(z / sqrt(2)))));
}

static inline double world_latency(double rho)
{
	return rho <= .95 ? rho / (1 - rho) : 19 + 400 * (rho - .95);
}

static inline bool stays(const struct node *node)
{
	return strcmp(node->state, "failed") != 0 &&
	       strcmp(node->state, "draining") != 0;
}

/* Everything in one slot over the capacity of what stays. */
static inline double world_rho(const struct world *world, int r, int k)
{
	double load = 0, capacity = 0;

	for (int p = 0; p < PARTS; p++) {
		const struct part *part = &world->parts[p];
		int count = count_of(part->before);

		load += r == IN     ? count * part->in[k]
		        : r == DISK ? count * part->size
		                    : (count - 1) * part->in[k] + part->out[k];
	}
	for (int n = 0; n < PLATFORMS; n++)
		if (stays(&world->nodes[n]))
			capacity += world->nodes[n].capacity[r];
	return load / capacity;
}

/* Cost terms of the load as it stands, without moves. */
static inline struct terms load_terms(const struct world *world)
{
	struct terms terms = {0};

	for (int k = 0; k < SLOTS; k++) {
		double hours = (world_end[k] - world_begin[k]) / 3600 *
		               pow(.8, world_begin[k] / 3600);

		for (int n = 0; n < PLATFORMS; n++)
			for (int r = 0; r < RESOURCES; r++) {
				const struct node *node = &world->nodes[n];
				double rho = world->load[n][r][k] /
				             node->capacity[r];
				double sd = sqrt(world->variance[n][r][k]) /
				            node->capacity[r];
				double away = rho - world_rho(world, r, k);

				if (strcmp(node->state, "failed") == 0)
					continue;
				terms.overload +=
					hours * world_overload(rho, sd);
				if (r == DISK)
					continue;
				terms.latency +=
					.0005 * hours * world_latency(rho);
				if (stays(node))
					terms.utilisation +=
						.01 * hours * away * away;
			}
	}
	return terms;
}

/* Moves, copies and the two terms that they cost. */
struct effort {
	int moves;
	double bytes, migration, smoothness;
};

static inline bool in_set(const int *replicas, int platform)
{
	for (int i = 0; i < 3; i++)
		if (platform >= 0 && replicas[i] == platform)
			return true;
	return false;
}

static inline double smooth(const struct part *part)
{
	return .001 * pow(2, -part->moved_ago_s / 3600);
}

static inline struct effort part_effort(
	const struct world *world, const struct part *part)
{
	struct effort effort = {0};
	bool led = false; /* by the move that replaces the leader */

	if (!differs(part))
		return effort;
	for (int i = 0; i < count_of(part->after); i++) {
		int to = part->after[i], source = part->before[0];

		if (in_set(part->before, to))
			continue;
		effort.moves++;
		led |= i == 0 && !in_set(part->after, part->before[0]);
		if (strcmp(world->nodes[source].state, "failed") == 0)
			source = part->before[1];
		effort.bytes += part->size;
		effort.migration +=
			part->size / 3600 *
			(1 / world->nodes[to].capacity[IN] +
				1 / world->nodes[source].capacity[OUT]);
	}
	if (count_of(part->before) > count_of(part->after))
		effort.moves += count_of(part->before) - count_of(part->after);
	if (part->after[0] != part->before[0]) {
		effort.moves += !led;
		if (!world->apart)
			effort.migration += 1e-5 * part->connections;
	}
	effort.smoothness = effort.moves * smooth(part);
	return effort;
}

static inline struct effort sub_effort(
	const struct world *world, const struct part *part)
{
	struct effort effort = {0};

	if (!world->apart || part->serving == part->served)
		return effort;
	effort.moves = 1;
	effort.migration = 1e-5 * part->connections;
	effort.smoothness = smooth(part);
	return effort;
}

/*
 * The cost of the answer without the change of one partition (or of its
 * subscription); skip = -1: of all of it; none: of the placement now.
 */
static inline struct terms world_work(
	struct world *world, bool none, int skip, bool skip_sub)
{
	struct terms terms;

	memset(world->load, 0, sizeof(world->load));
	memset(world->variance, 0, sizeof(world->variance));
	for (int k = 0; k < SLOTS; k++)
		for (int p = 0; p < PARTS; p++)
			put_part(world, &world->parts[p], k,
				!none && (p != skip || skip_sub),
				!none && (p != skip || !skip_sub));
	terms = load_terms(world);
	for (int p = 0; p < PARTS && !none; p++) {
		struct effort own = part_effort(world, &world->parts[p]);
		struct effort sub = sub_effort(world, &world->parts[p]);

		if (p != skip || skip_sub) {
			terms.migration += own.migration;
			terms.smoothness += own.smoothness;
		}
		if (p != skip || !skip_sub) {
			terms.migration += sub.migration;
			terms.smoothness += sub.smoothness;
		}
	}
	terms.total = terms.overload + terms.latency + terms.utilisation +
	              terms.migration + terms.smoothness;
	return terms;
}

/*
 * Network of 100 MB/s, 10 GB of disk.  p1 leads three partitions and sends
 * 1.35 of what it can; the answer moves a/0 to p3 and lets p4 lead b/0.
 */
static inline struct world world_new(void)
{
	struct world world = {
		.rate = 5e7,
		.handover = 4,
		.bound = .5,
		.extra = "",
		.left = "",
		.options = "{}",
		.limits = "{}",
		.steps = {{"leader", 2, 0, 3, -1, 0, 0, 4, 0, 0, ""},
			{"replica", 0, 0, 2, 0, 0, 7.5, 3.7, .3, 5e7, ""}},
		.step_count = 2,
	};
	static const struct part parts[PARTS] = {
		{.stream = "a",
			.id = "0",
			.version = "12",
			.before = {0, 1, -1},
			.after = {2, 1, -1},
			.size = 3e8,
			.moved_ago_s = 3600,
			.ready_s = 11.5,
			.connections = 4,
			.serving = 0,
			.served = 2,
			.sub_ready_s = 11.5,
			.out_sd = {4e6, 4e6},
			.in = {1e7, 1.1e7},
			.in_sd = {1e6, 1e6},
			.out = {4e7, 4.2e7}},
		{.stream = "a",
			.id = "1",
			.before = {0, 1, -1},
			.after = {0, 1, -1},
			.size = 2e8,
			.connections = 1,
			.moved_ago_s = 7200,
			.serving = 0,
			.served = 0,
			.in = {1e7, 1e7},
			.in_sd = {1e6, 2e6},
			.out = {4e7, 4e7},
			.out_sd = {4e6, 5e6}},
		{.stream = "b",
			.id = "0",
			.version = "3",
			.before = {0, 3, -1},
			.after = {3, 0, -1},
			.size = 1e8,
			.connections = 2,
			.moved_ago_s = 36000,
			.ready_s = 4,
			.serving = 0,
			.served = 3,
			.sub_ready_s = 4,
			.in = {5e6, 5e6},
			.in_sd = {5e5, 5e5},
			.out = {3e7, 3e7},
			.out_sd = {2e6, 3e6}},
		{.stream = "c",
			.id = "0",
			.before = {1, 2, -1},
			.after = {1, 2, -1},
			.size = 1e8,
			.connections = 1,
			.moved_ago_s = 7200,
			.serving = 1,
			.served = 1,
			.in = {4e6, 4e6},
			.in_sd = {4e5, 4e5},
			.out = {1e7, 1e7},
			.out_sd = {1e6, 1e6}},
		{.stream = "d",
			.id = "0",
			.before = {3, 2, -1},
			.after = {3, 2, -1},
			.size = 1e8,
			.connections = 1,
			.moved_ago_s = 7200,
			.serving = 3,
			.served = 3,
			.in = {4e6, 4e6},
			.in_sd = {4e5, 4e5},
			.out = {1e7, 1e7},
			.out_sd = {1e6, 1e6}},
	};

	memcpy(world.parts, parts, sizeof(parts));
	for (int n = 0; n < PLATFORMS; n++)
		world.nodes[n] = (struct node){
			.rack = n % 2 ? "r2" : "r1",
			.state = "active",
			.hard = "\"memory\",\"disk\"",
			.capacity = {1e8, 1e8, 1e10},
		};
	return world;
}

#endif
