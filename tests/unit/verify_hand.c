/*
 * The definitions on numbers small enough to be worked out by hand: what
 * stands here as a figure was not computed by the program.
 */
#include "lib/io/input.h"
#include "lib/verify/load.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A feed and its model; all fields live until world_free. */
struct hand {
	struct spp_feed feed;
	struct spp_arena arena;
	struct spp_verify_model model;
};

static bool hand_read(struct hand *hand, const char *text)
{
	struct spp_feed_options reads = {.partial = false};
	struct spp_err err = {.status = SPP_DONE};
	struct spp_input input;
	bool done;

	memset(hand, 0, sizeof(*hand));
	for (int type = 0; type < SPP_TYPES; type++)
		reads.use[type] = SPP_READ;
	hand->model.feed = &hand->feed;
	hand->model.arena = &hand->arena;
	done = spp_input_memory(&input, text, strlen(text), "hand", &err) &&
	       spp_feed_read(&hand->feed, &input, 1, &reads, 1, &err) &&
	       spp_verify_model_read(&hand->model, &err);
	if (!done)
		printf("# %zu: %s\n", err.line, err.text);
	spp_input_close(&input);
	return CHECK(done);
}

static void hand_free(struct hand *hand)
{
	spp_arena_free(&hand->arena);
	spp_feed_free(&hand->feed);
}

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

#define PLATFORM(name, more)                                                   \
	"{\"type\":\"platform\",\"platform\":\"" name                          \
	"\",\"capacity\":{\"cpu\":8,\"disk\":1e9,\"network_in\":1e8,"          \
	"\"network_out\":1e8}" more "}\n"
#define GRID "\"start\":\"2026-11-22T10:00:00Z\",\"slot_s\":[60,3600]"
#define TWO PLATFORM("p1", "") PLATFORM("p2", "")
#define PART                                                                   \
	"{\"type\":\"partition\",\"stream\":\"a\",\"partition\":\"0\","        \
	"\"replicas\":[\"p1\",\"p2\"],\"size_bytes\":1000"
#define FORECAST                                                               \
	"{\"type\":\"forecast\",\"stream\":\"a\",\"partition\":\"0\"," GRID
#define RATES                                                                  \
	",\"mean\":{\"bytes\":[1e6,1e6],\"records\":[1000,1000]},"             \
	"\"sd\":{\"bytes\":[1e5,1e5],\"records\":[100,100]}}\n"

static const struct spp_verify_item leader = {
	.role = SPP_VERIFY_LEADER, .replicas = 2};
static const struct spp_verify_item follower = {
	.role = SPP_VERIFY_FOLLOWER, .replicas = 2, .platform = 1};

/*
 * cpu of the leader: 4e-9 1e6 + 2e-6 1000 + 1e-9 1e6 = 0.007; of its
 * subscription 1e-9 2e6 + 5e-7 2000 + 3 1e-4 = 0.0033; deviation 0.0007 and
 * 0.0003, which add.
 */
static void demand(void)
{
	struct hand hand;
	struct spp_verify_value value;

	if (!hand_read(&hand,
		    TWO PART "}\n"
			     "{\"type\":\"subscription\",\"subscriber\":\"s\","
			     "\"stream\":\"a\",\"partition\":\"0\","
			     "\"connections\":3}\n" FORECAST RATES FORECAST
			     ",\"subscriber\":\"s\",\"mean\":{\"bytes\":[2e6,"
			     "2e6],\"records\":[2000,2000]},\"sd\":{\"bytes\":"
			     "[2e5,2e5],\"records\":[200,200]}}\n"))
		return;
	value = spp_verify_demand(&hand.model, &leader, hand.model.cpu, 0);
	CHECK(near(value.level, 0.0103));
	CHECK(near(value.variance, 1e-6));
	value = spp_verify_demand(&hand.model, &follower, hand.model.cpu, 1);
	CHECK(near(value.level, 0.002));
	CHECK(near(value.variance, 4e-8));
	value = spp_verify_demand(
		&hand.model, &leader, hand.model.network_out, 0);
	CHECK(value.level == 3e6);
	CHECK(value.variance == 9e10);
	value = spp_verify_demand(
		&hand.model, &follower, hand.model.network_in, 0);
	CHECK(value.level == 1e6);
	value = spp_verify_demand(
		&hand.model, &follower, hand.model.network_out, 0);
	CHECK(value.level == 0 && value.variance == 0);
	hand_free(&hand);
}

/* What a factor explains goes from the variance into the loading. */
static void factors(void)
{
	struct hand hand;
	struct spp_verify_value value;

	if (!hand_read(&hand, TWO PART
		    "}\n" FORECAST
		    ",\"loadings\":{\"bytes\":[[6e4,-6e4],[2e5,0]]}" RATES))
		return;
	value = spp_verify_demand(
		&hand.model, &follower, hand.model.network_in, 1);
	CHECK(value.variance == 6.4e9);
	CHECK(value.loading[0] == -6e4 && value.loading[1] == 0);
	/* Loadings beyond the deviation leave nothing of it. */
	value = spp_verify_demand(
		&hand.model, &follower, hand.model.network_in, 0);
	CHECK(value.variance == 0);
	CHECK(value.loading[0] == 6e4 && value.loading[1] == 2e5);
	hand_free(&hand);
}

/* 1000 bytes and 1e6 bytes/s: 60 s later 60,001,000, an hour later more. */
static void disk(void)
{
	static const struct {
		const char *more;
		double first, second;
	} cases[] = {
		{"", 1000, 1000},
		{",\"retention_s\":90", 60001000, 9e7},
		{",\"retention_bytes\":7e7", 60001000, 7e7},
		{",\"retention_s\":30,\"retention_bytes\":7e7", 3e7, 3e7},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hand hand;
		char text[4096];

		snprintf(text, sizeof(text), "%s%s%s%s%s", TWO, PART,
			cases[i].more, "}\n", FORECAST RATES);
		if (!hand_read(&hand, text))
			return;
		CHECK(spp_verify_disk(&hand.model, 0, 0) == cases[i].first);
		CHECK(spp_verify_disk(&hand.model, 0, 1) == cases[i].second);
		hand_free(&hand);
	}
}

/*
 * network_in is modelled as 1e6 on each of the two.  2.4e6 in all are 20 %
 * more: the rest is background.  6e6 are three times as much: then the
 * coefficients are three times as large, and the background is what remains.
 */
static void background(void)
{
	struct hand hand;

	if (hand_read(&hand,
		    PLATFORM("p1", ",\"load\":{\"network_in\":1.5e6}")
			    PLATFORM("p2", ",\"load\":{\"network_in\":9e5}")
				    PART "}\n" FORECAST RATES)) {
		const struct spp_verify_model *model = &hand.model;

		CHECK(model->platforms[0].background[model->network_in] == 5e5);
		CHECK(model->platforms[1].background[model->network_in] == 0);
		hand_free(&hand);
	}
	if (hand_read(&hand,
		    PLATFORM("p1", ",\"load\":{\"network_in\":4e6}")
			    PLATFORM("p2", ",\"load\":{\"network_in\":2e6}")
				    PART "}\n" FORECAST RATES)) {
		const struct spp_verify_model *model = &hand.model;
		const struct spp_verify_coefficients *c =
			&model->coefficients[model->network_in];

		CHECK(c->leader_byte == 3 && c->follower_byte == 3);
		CHECK(model->platforms[0].background[model->network_in] == 1e6);
		CHECK(model->platforms[1].background[model->network_in] == 0);
		hand_free(&hand);
	}
	/* Measured before the last move there: not used. */
	if (hand_read(&hand,
		    PLATFORM("p1",
			    ",\"load\":{\"network_in\":1.2e6},\"measured_at\":"
			    "\"2026-11-22T09:00:00Z\"") PLATFORM("p2", "") PART
		    ",\"moved_at\":\"2026-11-22T09:30:00Z\"}\n" FORECAST
			    RATES)) {
		CHECK(hand.model.platforms[0]
				.background[hand.model.network_in] == 0);
		hand_free(&hand);
	}
}

#define OTHER(id)                                                              \
	"{\"type\":\"partition\",\"stream\":\"a\",\"partition\":\"" id         \
	"\",\"replicas\":[\"p1\"]}\n"
#define RATE(id, bytes)                                                        \
	"{\"type\":\"forecast\",\"stream\":\"a\",\"partition\":\"" id          \
	"\"," GRID ",\"mean\":{\"bytes\":[" bytes "," bytes                    \
	"]},\"sd\":{\"bytes\":[1,1]}}\n"

/* Nothing is taken as zero. */
static void filled(void)
{
	struct hand hand;
	const struct spp_verify_partition *partitions;

	if (!hand_read(&hand,
		    TWO PART "}\n" OTHER("1") OTHER("2") OTHER("3") OTHER("4")
			    RATE("1", "10") RATE("2", "30") FORECAST
		    ",\"subscriber\":\"s\",\"mean\":{\"bytes\":[50,20],"
		    "\"records\":[0,1]},\"sd\":{\"bytes\":[5,2],"
		    "\"records\":[3,3]}}\n" FORECAST
		    ",\"subscriber\":\"t\",\"mean\":{\"bytes\":[40,60]},"
		    "\"sd\":{\"bytes\":[4,6]},"
		    "\"loadings\":{\"bytes\":[[1,2],[3,4]]}}\n"))
		return;
	partitions = hand.model.partitions;
	/* The larger of the two subscribers, slot by slot. */
	CHECK(partitions[0].series->bytes[0] == 50);
	CHECK(partitions[0].series->bytes[1] == 60);
	CHECK(partitions[0].series->sd_bytes[1] == 6);
	CHECK(partitions[0].series->load_bytes[2] == 0);
	CHECK(partitions[0].series->load_bytes[3] == 4);
	/* Who has no records says nothing about them. */
	CHECK(partitions[0].series->sd_records[0] == 3);
	/* The median of 10, 30 and 50, of 10, 30 and 60. */
	CHECK(partitions[3].series->bytes[0] == 30);
	CHECK(partitions[4].series->bytes[1] == 30);
	CHECK(hand.model.sub_count == 2);
	CHECK(hand.model.subs[0].connections == 1);
	hand_free(&hand);
}

/* Both were looked up: Phi(1) = 0.841345, phi(1) = 0.241971. */
static void risk(void)
{
	CHECK(near(spp_verify_overload(1, .1, 1), 0.03989422804014327));
	CHECK(near(spp_verify_overload(.9, .1, 1), 0.00833154705876822));
	CHECK(near(spp_verify_overload(1.5, 0, 1), .5));
	CHECK(spp_verify_overload(.5, 0, 1) == 0);
	CHECK(spp_verify_overload(-30, .1, 1) >= 0);
}

/* Now stands in the first slot: half of it is left. */
static void slots(void)
{
	struct hand hand;

	if (!hand_read(&hand,
		    "{\"type\":\"header\",\"schema\":1,\"tool\":\"spp-assign\","
		    "\"version\":\"0\",\"now\":\"2026-11-22T10:00:30Z\","
		    "\"risk\":0.2,\"options\":{\"a\":[\"x,}\"],\"latency\":7,"
		    "\"certain\":false}}\n" TWO PART "}\n" FORECAST RATES
		    "{\"type\":\"end\",\"counts\":{},\"digest\":"
		    "\"00000000000000000000000000000000"
		    "00000000000000000000000000000000\","
		    "\"from\":[],\"left\":[],\"status\":\"ok\"}\n"))
		return;
	CHECK(hand.model.begin_s[0] == 0 && hand.model.end_s[0] == 30);
	CHECK(hand.model.begin_s[1] == 30 && hand.model.end_s[1] == 3630);
	CHECK(near(hand.model.hours[0], 30. / 3600));
	CHECK(near(hand.model.hours[1], 0.9981421982597064)); /* .8^(1/120) */
	CHECK(near(hand.model.risk_z, 0.8416212335729143));
	CHECK(hand.model.weights.latency == 7);
	CHECK(!hand.model.certain);
	hand_free(&hand);
}

/* The least power of two that keeps all sums below 2^53 of it. */
static void quanta(void)
{
	struct hand hand;
	double quantum, total = 2e6 + 0;

	if (!hand_read(&hand, TWO PART "}\n" FORECAST RATES))
		return;
	quantum = hand.model.quanta[hand.model.network_in].level;
	CHECK(frexp(quantum, &(int){0}) == .5);
	CHECK(total / quantum < ldexp(1, 53));
	CHECK(total / (quantum / 2) >= ldexp(1, 53));
	CHECK(spp_verify_round(2.5, 1) == 2);
	CHECK(spp_verify_round(3.5, 1) == 4);
	CHECK(spp_verify_round(.3, 0) == .3);
	hand_free(&hand);
}

int main(void)
{
	static const struct test tests[] = {
		{"demand of leader, follower and subscription", demand},
		{"common factors", factors},
		{"disk with and without retention", disk},
		{"background and rescaled coefficients", background},
		{"missing forecasts are filled in", filled},
		{"expected overload", risk},
		{"slots that have begun, risk and options", slots},
		{"quanta", quanta},
	};

	return test_run(tests, sizeof(tests) / sizeof(tests[0]));
}
