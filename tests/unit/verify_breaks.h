/*
 * Changes of a world before its figures are worked out: the answer is then
 * consistent, and wrong in one way.
 */
#ifndef SPP_TESTS_UNIT_VERIFY_BREAKS_H
#define SPP_TESTS_UNIT_VERIFY_BREAKS_H

#include "tests/unit/verify_world.h"

/* The replica move of a/0, and the time that it takes. */
static const struct step replica_step = {
	"replica", 0, 0, 2, 0, 0, 7.5, 3.7, .3, 5e7, ""};

static inline void to_failed(struct world *world)
{
	world->nodes[4].state = "failed";
	world->parts[0].after[0] = 4;
}

static inline void to_draining(struct world *world)
{
	world->nodes[4].state = "draining";
	world->parts[0].after[0] = 4;
}

static inline void same_rack(struct world *world)
{
	world->nodes[2].rack = "r2";
	world->extra = "{\"type\":\"constraint\",\"constraint\":\"spread\","
		       "\"label\":\"rack\",\"minimum\":2,\"stream\":\"a\"}\n";
}

/* 500 MB end up on p3; one quantum of all disks' 1.6 GB is 2^-22 bytes. */
static inline void just_fits(struct world *world)
{
	world->nodes[2].capacity[DISK] = 5e8;
}

static inline void quantum_over(struct world *world)
{
	world->nodes[2].capacity[DISK] = 5e8 - ldexp(1, -22);
}

/* The mean fits, the level that holds at 95 % does not. */
static inline void hard_at_risk(struct world *world)
{
	world->nodes[2].hard = "\"network_out\"";
	world->nodes[2].capacity[OUT] = 6e7;
}

static inline void slow_copy(struct world *world)
{
	world->rate = 1.02e7;
	world->parts[0].ready_s = 3e8 / .02e7 + 4;
}

static inline void ready_early(struct world *world)
{
	world->parts[0].ready_s = 7.5;
}

/* d/0's follower goes to p1, for nothing. */
static inline void unasked(struct world *world)
{
	struct part *part = &world->parts[4];

	part->after[1] = 0;
	part->ready_s = 3e8 / 5e7 + 1e8 / 4.6e7 + 4;
	world->steps[2] = (struct step){"replica", 4, 2, 0, 3, 11.5,
		1e8 / 4.6e7, 3.7, .3, 5e7, "\"m2\""};
	world->step_count = 3;
}

static inline void ready_late(struct world *world)
{
	world->parts[0].ready_s = 12;
}

/* d/0's follower must leave p3, and comes to p1 when a/0 has gone: it waits
   for its copy. */
static inline void queued(struct world *world)
{
	world->extra = "{\"type\":\"constraint\",\"constraint\":\"forbid\","
		       "\"stream\":\"d\",\"platforms\":[\"p3\"]}\n";
	unasked(world);
}

/* Then both cannot be first. */
static inline void no_queue(struct world *world)
{
	queued(world);
	world->parts[4].ready_s = 1e8 / 4.6e7 + 4;
}

static inline void false_repair(struct world *world)
{
	world->parts[0].repairs = "a wish";
}

/* Half the load: everything fits, and is only a little uneven. */
static inline void no_cause(struct world *world)
{
	for (int p = 0; p < PARTS; p++)
		for (int k = 0; k < SLOTS; k++)
			world->parts[p].out[k] *= .5;
}

static inline void still_draining(struct world *world)
{
	world->nodes[1].state = "draining";
}

/* Little is gained from moving 9 GB of a partition with little load. */
static inline void worse(struct world *world)
{
	for (int p = 0; p < 3; p++)
		world->parts[p].out[0] = world->parts[p].out[1] = 1e6;
	world->parts[0].size = 9e9;
	world->parts[0].ready_s = 9e9 / 4e7 + 4;
	world->bound = .01;
	/* Something else is hot, and stays so. */
	world->nodes[1].capacity[IN] = 2e7;
}

static inline void high_bound(struct world *world)
{
	world->bound = 1.5;
}

static inline void one_move(struct world *world)
{
	world->step_count = 1;
}

static inline void other_end(struct world *world)
{
	world->steps[1].to = 4;
}

static inline void low_rate(struct world *world)
{
	world->steps[1].rate = 1.04e7;
	world->steps[1].attach_s = 3e8 / .04e7;
	world->steps[1].start_s = 0;
}

static inline void high_rate(struct world *world)
{
	world->steps[1].rate = 6e7;
	world->steps[1].attach_s = 6;
}

static inline void short_attach(struct world *world)
{
	world->steps[1].attach_s = 7.4;
}

static inline void no_traffic(struct world *world)
{
	world->steps[1].attach_s = 6;
}

static inline void short_handover(struct world *world)
{
	world->steps[1].release_s = .2;
}

/* To p2 and back, and then away: but back before it is there. */
static inline void overlap(struct world *world)
{
	world->steps[0] =
		(struct step){"leader", 0, 0, 1, -1, 0, 0, 4, 0, 0, ""};
	world->steps[1] =
		(struct step){"leader", 0, 1, 0, -1, 2, 0, 4, 0, 0, ""};
	world->steps[2] = replica_step;
	world->steps[2].start_s = 6;
	world->steps[3] =
		(struct step){"leader", 2, 0, 3, -1, 6, 0, 4, 0, 0, ""};
	world->step_count = 4;
}

/* 50 MB/s arrive where 30 MB/s fit; what is there in the end fits well. */
static inline void copy_arrives(struct world *world)
{
	world->nodes[2].hard = "\"network_in\"";
	world->nodes[2].capacity[IN] = 3e7;
}

/* p1 is above its limit already, and may not go higher. */
static inline void copy_leaves(struct world *world)
{
	world->nodes[0].hard = "\"network_out\"";
}

/* p1 has room for what it holds; d/0 may come when a/0 has been removed. */
static inline void second_side_later(struct world *world)
{
	queued(world);
	world->nodes[0].capacity[DISK] = 6e8;
}

static inline void second_side(struct world *world)
{
	second_side_later(world);
	world->steps[2].start_s = 11;
	world->steps[2].after = "";
}

/* The copy ends when nothing is left to be relieved. */
static inline void unsafe_prefix(struct world *world)
{
	memcpy(world->parts[2].after, world->parts[2].before,
		sizeof(world->parts[2].after));
	world->steps[0] = replica_step;
	world->steps[0].start_s = 4190;
	world->steps[0].attach_s = 3e8 / 3.9e7;
	world->step_count = 1;
}

/* a/0 goes by way of p5. */
static inline void hop(struct world *world)
{
	world->steps[1].to = 4;
	world->steps[2] = (struct step){
		"replica", 0, 4, 2, 4, 11.5, 7.5, 3.7, .3, 5e7, "\"m2\""};
	world->step_count = 3;
}

static inline void hop_draining(struct world *world)
{
	hop(world);
	world->nodes[4].state = "draining";
}

/* All starts ten minutes late. */
static inline void waits_for_nothing(struct world *world)
{
	world->steps[0].start_s = world->steps[1].start_s = 600;
	world->steps[1].attach_s = 3e8 / 3.9e7;
}

/* From 10:10 to 10:11 UTC, both written in a zone an hour ahead. */
static inline void waits_for_window(struct world *world)
{
	world->extra = "{\"type\":\"constraint\",\"constraint\":\"window\","
		       "\"from\":\"11:10\",\"to\":\"11:11\",\"utc_offset\":"
		       "\"+01:00\"}\n";
	waits_for_nothing(world);
}

/*
 * Subscriptions apart: a/0's goes along, b/0's has a move of its own; each
 * takes a hand-over more.
 */
static inline struct world world_apart(void)
{
	struct world world = world_new();

	world.apart = true;
	world.parts[0].ready_s = world.parts[0].sub_ready_s = 15.5;
	world.parts[2].ready_s = world.parts[2].sub_ready_s = 8;
	world.steps[2] = (struct step){
		"subscription", 2, 0, 3, -1, 4, 0, 4, 0, 0, "\"m1\""};
	world.step_count = 3;
	return world;
}

static inline void left_behind(struct world *world)
{
	world->parts[0].served = 0;
	world->parts[0].ready_s = 11.5;
}

static inline void sub_early(struct world *world)
{
	world->parts[0].sub_ready_s = 4;
}

static inline void no_sub_move(struct world *world)
{
	world->step_count = 2;
}

/* c/0's follower is dropped, and its subscription with it. */
static inline void stranded(struct world *world)
{
	struct part *part = &world->parts[3];

	part->after[1] = -1;
	part->ready_s = 8;
	part->serving = 2;
	part->served = 1;
	part->sub_ready_s = 8;
	world->steps[3] =
		(struct step){"drop", 3, 2, -1, -1, 12, 0, 4, 0, 0, ""};
	world->steps[4] =
		(struct step){"subscription", 3, 2, 1, -1, 16, 0, 4, 0, 0, ""};
	world->step_count = 5;
	world->options = "{\"min_gain\":0}";
}

#endif
