/*
 * Copies between platforms that have hardly any capacity left: there is
 * always something in their queues, so a copy is never level with its
 * leader, and has to join in spite of that.
 */
#include "tests/unit/sandbox_live.h"

/*
 * hot/0 and busy/0 fill nine tenths of a, busy/1 and warm/0 those of b,
 * which gets more than it can serve at 15 s; the rest of c is free.  hot/0
 * and cool/0 have one replica each: nobody but a copy can hold up what they
 * acknowledge.
 */
static const char world_text[] =
	"{\"type\":\"platform\",\"platform\":\"a\",\"capacity\":{\"cpu\":1}}\n"
	"{\"type\":\"platform\",\"platform\":\"b\",\"capacity\":{\"cpu\":1}}\n"
	"{\"type\":\"platform\",\"platform\":\"c\",\"capacity\":{\"cpu\":1}}\n"
	"{\"type\":\"partition\",\"stream\":\"hot\",\"partition\":\"0\","
	"\"replicas\":[\"a\"],\"size_bytes\":50000}\n"
	"{\"type\":\"partition\",\"stream\":\"cool\",\"partition\":\"0\","
	"\"replicas\":[\"c\"],\"size_bytes\":50000}\n"
	"{\"type\":\"partition\",\"stream\":\"warm\",\"partition\":\"0\","
	"\"replicas\":[\"c\",\"b\"],\"size_bytes\":50000}\n"
	"{\"type\":\"partition\",\"stream\":\"busy\",\"partition\":\"0\","
	"\"replicas\":[\"a\"]}\n"
	"{\"type\":\"partition\",\"stream\":\"busy\",\"partition\":\"1\","
	"\"replicas\":[\"b\"]}\n"
	"{\"type\":\"subscription\",\"subscriber\":\"tail\","
	"\"stream\":\"hot\",\"partition\":\"0\"}\n"
	"{\"type\":\"subscription\",\"subscriber\":\"place\","
	"\"stream\":\"hot\",\"partition\":\"0\"}\n"
	"{\"type\":\"sample\",\"stream\":\"hot\",\"partition\":\"0\","
	"\"time\":\"2026-01-01T00:00:00Z\",\"bytes\":10000,"
	"\"kind\":\"rate\"}\n"
	"{\"type\":\"sample\",\"stream\":\"cool\",\"partition\":\"0\","
	"\"time\":\"2026-01-01T00:00:00Z\",\"bytes\":10000,"
	"\"kind\":\"rate\"}\n"
	"{\"type\":\"sample\",\"stream\":\"warm\",\"partition\":\"0\","
	"\"time\":\"2026-01-01T00:00:00Z\",\"bytes\":5000,"
	"\"kind\":\"rate\"}\n"
	"{\"type\":\"sample\",\"stream\":\"busy\",\"partition\":\"0\","
	"\"time\":\"2026-01-01T00:00:00Z\",\"bytes\":63000,"
	"\"kind\":\"rate\"}\n"
	"{\"type\":\"sample\",\"stream\":\"busy\",\"partition\":\"1\","
	"\"time\":\"2026-01-01T00:00:00Z\",\"bytes\":83000,"
	"\"kind\":\"rate\"}\n"
	"{\"type\":\"sample\",\"stream\":\"busy\",\"partition\":\"1\","
	"\"time\":\"2026-01-01T00:00:15Z\",\"bytes\":200000,"
	"\"kind\":\"rate\"}\n";

enum { HOT, COOL, WARM }; /* partitions */
enum { TAIL, PLACE };     /* subscriptions of HOT */

static void hand_over(size_t subscription, size_t from, size_t to)
{
	struct spp_evidence evidence = {0};
	double most_s = sandbox.clock.now_s + 60;

	CHECK(spp_control_open(&sandbox, subscription, to, NULL, &reason) ==
		SPP_VERDICT_OK);
	while (!evidence.covered && CHECK(sandbox.clock.now_s < most_s)) {
		nap();
		CHECK(spp_control_evidence(&sandbox, subscription, from, to,
			      &evidence, &reason) == SPP_VERDICT_OK);
	}
	CHECK(spp_control_close(&sandbox, subscription, from, &reason) ==
		SPP_VERDICT_OK);
}

static void source_is_crowded(void)
{
	if (!begin_world(world_text, 1e6))
		return;
	run_until(1);
	if (attach(HOT, C, A, 20000)) {
		CHECK(spp_control_route(&sandbox, HOT, C, NULL, &reason) ==
			SPP_VERDICT_OK);
		hand_over(TAIL, A, C);
		hand_over(PLACE, A, C);
	}
	drain(HOT);
	CHECK(spp_control_detach(&sandbox, HOT, A, &reason) == SPP_VERDICT_OK);
	check_clean(TAIL);
	check_clean(PLACE);
	CHECK(sandbox.nodes[C].gaps == 0);
	end();
}

static void target_is_crowded(void)
{
	if (!begin_world(world_text, 1e6))
		return;
	run_until(1);
	CHECK(attach(COOL, B, C, 20000));
	drain(COOL);
	CHECK(spp_node_next(&sandbox.nodes[B], COOL) ==
		spp_node_next(&sandbox.nodes[C], COOL));
	CHECK(sandbox.nodes[B].gaps == 0);
	end();
}

/* Whether that is sooner or later so. */
static bool until(bool (*is_so)(void))
{
	double most_s = sandbox.clock.now_s + 60;

	while (!is_so()) {
		if (!CHECK(sandbox.clock.now_s < most_s))
			return false;
		nap();
	}
	return true;
}

static bool cool_is_held_up(void)
{
	return sandbox.publishers.items[COOL].waiting.count > 50;
}

/* A copy that is waited for, and will not come: nobody waits any more. */
static void a_copy_is_given_up(void)
{
	if (!begin_world(world_text, 1e6))
		return;
	run_until(20);
	/* What waits before b takes it seconds. */
	CHECK(spp_service_backlog(&sandbox.nodes[B].service) > 200000);
	if (begin_attach(COOL, B, C, 200000) && until(cool_is_held_up)) {
		sandbox.publishers.scale = 0;
		run_until(sandbox.clock.now_s + 0.5);
		CHECK(sandbox.places[COOL].attaching);
		CHECK(spp_control_cancel(&sandbox, COOL, &reason) ==
			SPP_VERDICT_OK);
	}
	drain(COOL);
	end();
}

static bool source_has_changed(void)
{
	return sandbox.places[WARM].copy_from == C;
}

/* What lies on a crowded follower is copied from there to the end. */
static void source_is_a_crowded_follower(void)
{
	uint64_t end_there;

	if (!begin_world(world_text, 1e6))
		return;
	run_until(18);
	end_there = spp_node_next(&sandbox.nodes[B], WARM);
	if (begin_attach(WARM, A, B, 200000) && until(source_has_changed))
		CHECK(sandbox.nodes[A].holdings[WARM]->received >= end_there);
	end();
}

/* What a copy at a rate has gained after 6 and after 12 seconds. */
static void copy_at(double rate, double gained[2])
{
	gained[0] = gained[1] = NAN;
	/* The copy drops old records as fast as new ones come. */
	if (!begin_world(world_text, 50000))
		return;
	run_until(1);
	if (begin_attach(COOL, B, C, rate)) {
		run_until(7);
		gained[0] = spp_control_gained(&sandbox, COOL);
		run_until(13);
		gained[1] = spp_control_gained(&sandbox, COOL);
		CHECK(sandbox.places[COOL].attaching);
		CHECK(spp_node_next(&sandbox.nodes[B], COOL) > 300);
		CHECK(spp_node_bytes(&sandbox.nodes[B], COOL) <= 50000);
	}
	end();
}

static void gains_are_seen(void)
{
	double gained[2];

	copy_at(13000, gained);
	CHECK(gained[0] > 0 && gained[1] > gained[0]);
	/* Slower than records come: it will never end. */
	copy_at(6000, gained);
	CHECK(gained[0] == 0 && gained[1] == 0);
}

int main(void)
{
	static const struct test tests[] = {
		{"a copy joins though its source is crowded",
			source_is_crowded},
		{"a copy joins though its target is crowded",
			target_is_crowded},
		{"a copy is given up while it is waited for",
			a_copy_is_given_up},
		{"a crowded follower is copied to its end",
			source_is_a_crowded_follower},
		{"what a copy gains is seen, and that it falls behind",
			gains_are_seen},
	};

	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
