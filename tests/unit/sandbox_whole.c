/*
 * A whole sandbox in this process: records flow over its sockets, copies
 * are made, subscriptions are handed over, and the ledger sees it all.
 */
#include "tests/random.h"
#include "tests/unit/sandbox_live.h"

#include <sys/socket.h>

/*
 * Two partitions.  hot/0 is led by a small platform with nothing else to
 * do; busy/0 is led by it, too, and asks for more than it can serve once
 * its rate rises at 10 s.
 */
static const char world_text[] =
	"{\"type\":\"cluster\",\"cluster\":\"test\"}\n"
	"{\"type\":\"platform\",\"platform\":\"a\",\"capacity\":{\"cpu\":1}}\n"
	"{\"type\":\"platform\",\"platform\":\"b\",\"capacity\":{\"cpu\":8}}\n"
	"{\"type\":\"platform\",\"platform\":\"c\",\"capacity\":{\"cpu\":8}}\n"
	"{\"type\":\"partition\",\"stream\":\"hot\",\"partition\":\"0\","
	"\"replicas\":[\"a\",\"b\"],\"size_bytes\":50000,\"version\":\"7\"}\n"
	"{\"type\":\"partition\",\"stream\":\"busy\",\"partition\":\"0\","
	"\"replicas\":[\"a\"]}\n"
	"{\"type\":\"subscription\",\"subscriber\":\"tail\","
	"\"stream\":\"hot\",\"partition\":\"0\"}\n"
	"{\"type\":\"subscription\",\"subscriber\":\"place\","
	"\"stream\":\"hot\",\"partition\":\"0\"}\n"
	"{\"type\":\"sample\",\"stream\":\"hot\",\"partition\":\"0\","
	"\"time\":\"2026-01-01T00:00:00Z\",\"bytes\":10000,"
	"\"kind\":\"rate\"}\n"
	"{\"type\":\"sample\",\"stream\":\"busy\",\"partition\":\"0\","
	"\"time\":\"2026-01-01T00:00:00Z\",\"bytes\":1000,"
	"\"kind\":\"rate\"}\n"
	"{\"type\":\"sample\",\"stream\":\"busy\",\"partition\":\"0\","
	"\"time\":\"2026-01-01T00:00:10Z\",\"bytes\":100000,"
	"\"kind\":\"rate\"}\n"
	"{\"type\":\"sample\",\"stream\":\"busy\",\"partition\":\"0\","
	"\"time\":\"2026-01-01T00:00:20Z\",\"bytes\":1000,"
	"\"kind\":\"rate\"}\n";

enum { HOT, BUSY };   /* partitions */
enum { TAIL, PLACE }; /* subscriptions of HOT */

static bool begin(void)
{
	return begin_world(world_text, 60000);
}

/* Both platforms hold the same records. */
static void check_same(size_t one, size_t other)
{
	const struct spp_log *x = &sandbox.nodes[one].holdings[HOT]->log;
	const struct spp_log *y = &sandbox.nodes[other].holdings[HOT]->log;
	uint64_t first = x->first > y->first ? x->first : y->first;

	CHECK(x != y && spp_log_next(x) == spp_log_next(y));
	for (uint64_t i = first; i < spp_log_next(x); i++) {
		struct spp_frame a, b;

		spp_frame_decode(spp_log_at(x, i), &a);
		spp_frame_decode(spp_log_at(y, i), &b);
		if (!CHECK(a.position == b.position && a.stamp == b.stamp))
			break;
	}
}

static void records_flow(void)
{
	struct spp_figures figures;
	double overload_s[3];

	if (!begin())
		return;
	run_until(8);
	drain(HOT);
	check_clean(TAIL);
	check_clean(PLACE);
	/* 50 records a second, and 250 were there before. */
	CHECK(ledger_of(PLACE)->first == 250);
	CHECK(ledger_of(TAIL)->delivered > 200);
	check_same(A, B);
	CHECK(sandbox.publishers.items[HOT].acked ==
		sandbox.publishers.items[HOT].next);
	spp_measure_since(&sandbox, 0, &figures, overload_s);
	CHECK(figures.latency.count ==
		ledger_of(TAIL)->delivered + ledger_of(PLACE)->delivered);
	CHECK(spp_node_bytes(&sandbox.nodes[A], HOT) <= 60000);
	end();
}

static void overload_is_measured(void)
{
	struct spp_figures figures;
	double overload_s[3];

	if (!begin())
		return;
	run_until(25);
	spp_measure_since(&sandbox, 0, &figures, overload_s);
	/* hot/0 costs a 10, 10, 20; busy/0 costs it 1, later 100 kB/s. */
	CHECK(overload_s[A] >= 9 && overload_s[A] <= 20);
	CHECK(overload_s[B] == 0 && overload_s[C] == 0);
	CHECK(figures.overload_s == overload_s[A]);
	/* The queue was there, so were delays: seconds of them. */
	CHECK(spp_histogram_quantile(&figures.latency, .99) > 1e6);
	spp_measure_since(&sandbox, 20, &figures, overload_s);
	CHECK(overload_s[A] < 9);
	end();
}

static void copies_are_real(void)
{
	double begin_s;

	for (size_t source = A; source <= B; source++) {
		if (!begin())
			return;
		run_until(1);
		begin_s = sandbox.clock.now_s;
		CHECK(!spp_node_holds(&sandbox.nodes[C], HOT));
		/* 50,000 bytes and what comes, at 20,000 - 10,000 a second. */
		CHECK(attach(HOT, C, source, 20000));
		CHECK(sandbox.clock.now_s - begin_s > 3.5);
		CHECK(sandbox.clock.now_s - begin_s < 9);
		CHECK(sandbox.places[HOT].count == 3);
		CHECK(sandbox.places[HOT].replicas[2] == C);
		CHECK(sandbox.places[HOT].version == 8);
		CHECK(sandbox.places[HOT].moved_at > world.start);
		drain(HOT);
		check_same(A, C);
		check_clean(TAIL);
		end();
	}
}

static void guards_refuse(void)
{
	if (!begin())
		return;
	run_until(1);
	CHECK(spp_control_attach(&sandbox, HOT, C, C, 1e5, &reason) ==
		SPP_VERDICT_REFUSED);
	CHECK(spp_control_detach(&sandbox, BUSY, A, &reason) ==
		SPP_VERDICT_REFUSED);
	CHECK(spp_control_detach(&sandbox, HOT, A, &reason) ==
		SPP_VERDICT_REFUSED);
	CHECK(spp_control_route(&sandbox, HOT, C, NULL, &reason) ==
		SPP_VERDICT_REFUSED);
	CHECK(spp_control_route(&sandbox, HOT, B, "6", &reason) ==
		SPP_VERDICT_CONFLICT);
	CHECK(spp_control_open(&sandbox, TAIL, C, NULL, &reason) ==
		SPP_VERDICT_REFUSED);
	CHECK(spp_control_attach(&sandbox, HOT, C, A, 1e4, &reason) ==
		SPP_VERDICT_ACCEPTED);
	/* The same again is the same; another one has to wait. */
	CHECK(spp_control_attach(&sandbox, HOT, C, A, 1e4, &reason) ==
		SPP_VERDICT_ACCEPTED);
	CHECK(spp_control_route(&sandbox, HOT, B, NULL, &reason) ==
		SPP_VERDICT_IN_PROGRESS);
	run_until(2);
	CHECK(spp_node_bytes(&sandbox.nodes[C], HOT) > 0);
	CHECK(spp_control_cancel(&sandbox, HOT, &reason) == SPP_VERDICT_OK);
	CHECK(!spp_node_holds(&sandbox.nodes[C], HOT));
	CHECK(spp_control_cancel(&sandbox, HOT, &reason) == SPP_VERDICT_OK);
	CHECK(sandbox.places[HOT].version == 7);
	/* After all that a copy is made as ever. */
	CHECK(attach(HOT, C, B, 100000));
	CHECK(spp_control_detach(&sandbox, HOT, B, &reason) == SPP_VERDICT_OK);
	CHECK(spp_control_detach(&sandbox, HOT, B, &reason) == SPP_VERDICT_OK);
	CHECK(!spp_node_holds(&sandbox.nodes[B], HOT));
	drain(HOT);
	check_same(A, C);
	check_clean(PLACE);
	end();
}

/* How a subscription is handed over from platform a to b. */
enum way { EVIDENCE, FIXED_TIME, CLOSE_THEN_OPEN };

static void hand_over(size_t subscription, enum way way)
{
	struct spp_evidence evidence = {0};
	double most_s = sandbox.clock.now_s + 100;

	if (way == CLOSE_THEN_OPEN) {
		spp_control_close(&sandbox, subscription, A, &reason);
		run_until(sandbox.clock.now_s + 0.5);
	}
	CHECK(spp_control_open(&sandbox, subscription, B, NULL, &reason) ==
		SPP_VERDICT_OK);
	if (way == FIXED_TIME)
		run_until(sandbox.clock.now_s + 0.5);
	while (way == EVIDENCE && !evidence.covered &&
		CHECK(sandbox.clock.now_s < most_s)) {
		nap();
		CHECK(spp_control_evidence(&sandbox, subscription, A, B,
			      &evidence, &reason) == SPP_VERDICT_OK);
	}
	if (way != CLOSE_THEN_OPEN)
		CHECK(spp_control_close(&sandbox, subscription, A, &reason) ==
			SPP_VERDICT_OK);
	CHECK(spp_subscriber_on(&sandbox.subscribers.items[subscription], A) ==
		NULL);
}

/* Move hot/0 away from a platform that has seconds of work waiting. */
static void move_from_overload(enum way way)
{
	run_until(16);
	CHECK(spp_service_backlog(&sandbox.nodes[A].service) > 50000);
	CHECK(spp_control_route(&sandbox, HOT, B, "7", &reason) ==
		SPP_VERDICT_OK);
	CHECK(sandbox.places[HOT].replicas[0] == B);
	run_until(sandbox.clock.now_s + 1);
	hand_over(TAIL, way);
	hand_over(PLACE, way);
	run_until(sandbox.clock.now_s + 2);
	drain(HOT);
	/* Who knows its position never loses a record. */
	check_clean(PLACE);
}

static void evidence_loses_nothing(void)
{
	if (!begin())
		return;
	move_from_overload(EVIDENCE);
	check_clean(TAIL);
	CHECK(ledger_of(TAIL)->wire_duplicated > 0 ||
		ledger_of(TAIL)->wire == ledger_of(TAIL)->delivered);
	CHECK(spp_control_detach(&sandbox, HOT, A, &reason) == SPP_VERDICT_OK);
	end();
}

static void fixed_time_loses(void)
{
	if (!begin())
		return;
	move_from_overload(FIXED_TIME);
	CHECK(ledger_of(TAIL)->lost > 0);
	CHECK(ledger_of(TAIL)->duplicated == 0);
	printf("# lost %d\n", (int)ledger_of(TAIL)->lost);
	end();
}

static void close_then_open_loses(void)
{
	if (!begin())
		return;
	move_from_overload(CLOSE_THEN_OPEN);
	CHECK(ledger_of(TAIL)->lost > 0);
	printf("# lost %d\n", (int)ledger_of(TAIL)->lost);
	end();
}

/* A tail subscriber that reconnects to a platform that lags behind. */
static void close_then_open_doubles(void)
{
	if (!begin())
		return;
	run_until(1);
	CHECK(spp_control_route(&sandbox, HOT, B, NULL, &reason) ==
		SPP_VERDICT_OK);
	hand_over(TAIL, EVIDENCE);
	hand_over(PLACE, EVIDENCE);
	run_until(16);
	/* The follower is seconds behind its leader now. */
	CHECK(spp_node_next(&sandbox.nodes[A], HOT) <
		spp_node_next(&sandbox.nodes[B], HOT));
	spp_control_close(&sandbox, TAIL, B, &reason);
	CHECK(spp_control_open(&sandbox, TAIL, A, NULL, &reason) ==
		SPP_VERDICT_OK);
	spp_control_close(&sandbox, PLACE, B, &reason);
	CHECK(spp_control_open(&sandbox, PLACE, A, NULL, &reason) ==
		SPP_VERDICT_OK);
	drain(HOT);
	CHECK(ledger_of(TAIL)->duplicated > 0);
	CHECK(ledger_of(TAIL)->lost == 0);
	check_clean(PLACE);
	end();
}

/* The new side is closed again while the old one is far behind it. */
static void hand_over_is_taken_back(void)
{
	if (!begin())
		return;
	run_until(16);
	CHECK(spp_control_route(&sandbox, HOT, B, NULL, &reason) ==
		SPP_VERDICT_OK);
	for (size_t i = TAIL; i <= PLACE; i++)
		CHECK(spp_control_open(&sandbox, i, B, NULL, &reason) ==
			SPP_VERDICT_OK);
	run_until(sandbox.clock.now_s + 2);
	for (size_t i = TAIL; i <= PLACE; i++)
		spp_control_close(&sandbox, i, B, &reason);
	CHECK(spp_control_route(&sandbox, HOT, A, NULL, &reason) ==
		SPP_VERDICT_OK);
	drain(HOT);
	check_clean(TAIL);
	check_clean(PLACE);
	CHECK(ledger_of(TAIL)->wire_duplicated > 0);
	end();
}

/* One step of somebody who does anything that the control API allows. */
static void do_anything(struct spp_rng *rng)
{
	struct spp_place *place = &sandbox.places[HOT];
	size_t platform = random_below(rng, 3);
	size_t other = random_below(rng, 3);
	size_t subscription = random_below(rng, 2);
	struct spp_evidence evidence = {0};

	switch (random_below(rng, 6)) {
	case 0:
		spp_control_attach(&sandbox, HOT, platform, other,
			random_below(rng, 2) ? 20000 : 200000, &reason);
		break;
	case 1:
		spp_control_route(&sandbox, HOT, platform, NULL, &reason);
		break;
	case 2:
		if (place->count > 1)
			spp_control_detach(&sandbox, HOT, platform, &reason);
		break;
	case 3:
		if (random_below(rng, 4) == 0)
			spp_control_cancel(&sandbox, HOT, &reason);
		break;
	case 4:
		spp_control_open(
			&sandbox, subscription, platform, NULL, &reason);
		break;
	default:
		if (spp_control_evidence(&sandbox, subscription, platform,
			    other, &evidence, &reason) == SPP_VERDICT_OK &&
			platform != other && evidence.covered)
			spp_control_close(
				&sandbox, subscription, platform, &reason);
	}
}

static void nothing_is_lost_whatever_is_done(void)
{
	struct spp_rng rng = spp_rng_for(1, 0);

	if (!begin_world(world_text, 1e6))
		return;
	while (sandbox.clock.now_s < 25) {
		do_anything(&rng);
		run_until(
			sandbox.clock.now_s + 0.05 * spp_rng_exponential(&rng));
	}
	drain(HOT);
	check_clean(TAIL);
	check_clean(PLACE);
	CHECK(sandbox.places[HOT].version > 7 + 10);
	for (size_t i = A; i <= C; i++)
		CHECK(sandbox.nodes[i].gaps == 0);
	for (size_t i = 1; i < sandbox.places[HOT].count; i++)
		check_same(sandbox.places[HOT].replicas[0],
			sandbox.places[HOT].replicas[i]);
	end();
}

static void break_link(const struct spp_link *link)
{
	if (CHECK(link != NULL))
		shutdown(link->watch.fd, SHUT_RDWR);
}

static void broken_links_are_made_anew(void)
{
	const struct spp_subscriber *place;

	if (!begin())
		return;
	place = &sandbox.subscribers.items[PLACE];
	for (int i = 1; i < 8; i++) {
		run_until(i);
		break_link(sandbox.publishers.links[A]);
		break_link(sandbox.nodes[B].peers[A]);
		break_link(place->on[0].link);
	}
	drain(HOT);
	check_clean(TAIL);
	check_clean(PLACE);
	check_same(A, B);
	end();
}

/* Somebody else on this machine talks to a platform. */
static void strangers_are_hung_up_on(void)
{
	static const char *const texts[] = {"GET / HTTP/1.1\r\n\r\n"
					    "This is no frame at all.",
		"\x30\0\0\0\x63"};
	struct spp_buf bytes = {0};

	if (!begin())
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct spp_subscriber *tail =
			&sandbox.subscribers.items[TAIL];
		size_t spot = tail->on[0].link != NULL ? 0 : 1;

		/* As long as a head: a whole frame of an unknown kind. */
		spp_buf_reset(&bytes);
		spp_buf_append(&bytes, texts[i], i == 0 ? 42 : 5);
		spp_buf_extend(&bytes, SPP_FRAME_HEAD);
		run_until(1 + (double)i);
		spp_link_send(tail->on[spot].link,
			(const unsigned char *)bytes.data, SPP_FRAME_HEAD);
		run_until(1.5 + (double)i);
	}
	spp_buf_free(&bytes);
	/* The platform closed the link, and the subscriber came again. */
	CHECK(ledger_of(TAIL)->delivered > 50);
	drain(HOT);
	check_clean(PLACE);
	end();
}

int main(void)
{
	static const struct test tests[] = {
		{"records flow, each once and in order", records_flow},
		{"overload and latency are measured", overload_is_measured},
		{"copies are real, from leader and follower", copies_are_real},
		{"guards refuse; a copy is undone", guards_refuse},
		{"hand-over on evidence loses nothing", evidence_loses_nothing},
		{"hand-over after a fixed time loses records",
			fixed_time_loses},
		{"close-then-open loses records", close_then_open_loses},
		{"close-then-open doubles records", close_then_open_doubles},
		{"a hand-over is taken back", hand_over_is_taken_back},
		{"broken links are made anew", broken_links_are_made_anew},
		{"strangers are hung up on", strangers_are_hung_up_on},
		{"nothing is lost whatever is done",
			nothing_is_lost_whatever_is_done},
	};

	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
