/* The sandbox's parts, each alone. */
#include "tests/unit/test.h"

#include "lib/base/err.h"
#include "lib/sandbox/fault.h"
#include "lib/sandbox/fifo.h"
#include "lib/sandbox/frame.h"
#include "lib/sandbox/histogram.h"
#include "lib/sandbox/ledger.h"
#include "lib/sandbox/log.h"
#include "lib/sandbox/replies.h"
#include "lib/sandbox/service.h"
#include "lib/sandbox/world.h"

#include <math.h>
#include <string.h>

enum { RECORD = 64 };

static void fifo_keeps_order(void)
{
	struct spp_fifo fifo = {.size = sizeof(int)};
	int in = 0, out = 0;

	for (int round = 0; round < 1000; round++) {
		for (int i = 0; i < 7; i++, in++)
			spp_fifo_push(&fifo, &in);
		for (int i = 0; i < 6; i++, out++) {
			CHECK(*(int *)spp_fifo_at(&fifo, 0) == out);
			spp_fifo_pop(&fifo, 1);
		}
	}
	CHECK(fifo.count == 1000);
	CHECK(*(int *)spp_fifo_at(&fifo, 999) == in - 1);
	/* What was taken off does not pile up. */
	CHECK(fifo.buf.length <= 2 * 1000 * sizeof(int));
	spp_fifo_pop(&fifo, 1000);
	CHECK(fifo.count == 0 && fifo.head == 0);
	spp_fifo_free(&fifo);
}

static void frame_comes_back(void)
{
	const struct spp_frame sent = {
		.length = RECORD,
		.kind = SPP_RECORD,
		.partition = 7,
		.mark = 0xfedcba98,
		.position = UINT64_C(0x123456789abcdef0),
		.stamp = 3,
		.stamp_real = UINT64_MAX,
	};
	unsigned char bytes[RECORD];
	struct spp_frame got;

	spp_frame_fill(&sent, bytes);
	spp_frame_decode(bytes, &got);
	CHECK(got.length == sent.length && got.kind == sent.kind);
	CHECK(got.partition == 7 && got.mark == sent.mark);
	CHECK(got.position == sent.position && got.stamp == 3);
	CHECK(got.stamp_real == UINT64_MAX);
	CHECK(spp_frame_sound(&got, bytes));
	bytes[SPP_FRAME_HEAD + 1] ^= 1;
	CHECK(!spp_frame_sound(&got, bytes));
	bytes[SPP_FRAME_HEAD + 1] ^= 1;
	got.position++;
	CHECK(!spp_frame_sound(&got, bytes));
}

static void log_trims_and_restarts(void)
{
	struct spp_log log;
	struct spp_frame frame = {.length = RECORD, .kind = SPP_RECORD};
	unsigned char bytes[RECORD];

	spp_log_open(&log, RECORD, 10, 1000);
	for (uint64_t i = 0; i < 25; i++) {
		frame.position = i;
		frame.stamp = 100 * i;
		spp_frame_fill(&frame, bytes);
		CHECK(spp_log_append(&log, bytes));
		spp_log_trim(&log, 0, i < 20 ? UINT64_MAX : 15);
	}
	CHECK(log.first == 15 && spp_log_next(&log) == 25);
	CHECK(spp_log_bytes(&log) == 640);
	CHECK(spp_log_at(&log, 14) == NULL);
	spp_frame_decode(spp_log_at(&log, 24), &frame);
	CHECK(frame.position == 24);
	/* Those of before 2000 are older than 1000 at 3000. */
	spp_log_trim(&log, 3000, 17);
	CHECK(log.first == 17);
	spp_log_trim(&log, 3000, UINT64_MAX);
	CHECK(log.first == 20);
	spp_log_restart(&log, 100);
	CHECK(spp_log_next(&log) == 100 && spp_log_bytes(&log) == 0);
	spp_log_close(&log);
}

static void histogram_knows_quantiles(void)
{
	static struct spp_histogram a, b;

	CHECK(spp_histogram_quantile(&a, .99) == 0);
	for (uint64_t i = 1; i <= 100000; i++)
		spp_histogram_add(&a, i);
	CHECK(fabs(spp_histogram_quantile(&a, .5) - 50000) < 1000);
	CHECK(fabs(spp_histogram_quantile(&a, .99) - 99000) < 2000);
	CHECK(spp_histogram_quantile(&a, 1) <= 100000);
	spp_histogram_add(&b, 7);
	spp_histogram_add(&b, UINT64_MAX);
	CHECK(spp_histogram_quantile(&b, .5) == 7);
	spp_histogram_merge(&a, &b);
	CHECK(a.count == 100002 && a.highest == UINT64_MAX);
}

static void ledger_counts(void)
{
	struct spp_ledger ledger;

	spp_ledger_open(&ledger);
	CHECK(!spp_ledger_knows(&ledger, 0));
	for (uint64_t i = 10; i < 20; i++)
		CHECK(spp_ledger_hand(&ledger, i));
	CHECK(ledger.delivered == 10 && ledger.lost == 0);
	CHECK(spp_ledger_knows(&ledger, 10) && !spp_ledger_knows(&ledger, 9));
	/* Twenty to twenty-four are passed over. */
	CHECK(spp_ledger_hand(&ledger, 25));
	CHECK(ledger.lost == 5 && !spp_ledger_knows(&ledger, 22));
	/* One of them comes late: not lost, but out of order. */
	CHECK(spp_ledger_hand(&ledger, 22));
	CHECK(ledger.lost == 4 && ledger.out_of_order == 1);
	CHECK(spp_ledger_knows(&ledger, 22) && !spp_ledger_knows(&ledger, 23));
	CHECK(spp_ledger_hand(&ledger, 22));
	CHECK(ledger.duplicated == 1 && ledger.delivered == 13);
	CHECK(spp_ledger_pass(&ledger, 30));
	CHECK(ledger.lost == 8 && ledger.next == 30);
	CHECK(spp_ledger_pass(&ledger, 5) && ledger.lost == 8);
	spp_ledger_close(&ledger);
}

static void ledger_knows_where_it_began(void)
{
	struct spp_ledger ledger;

	spp_ledger_open(&ledger);
	spp_ledger_begin(&ledger, 5);
	CHECK(spp_ledger_hand(&ledger, 7));
	CHECK(ledger.lost == 2 && ledger.delivered == 1);
	spp_ledger_close(&ledger);
}

struct served {
	size_t in, out;
	uint64_t last;
};

static void note(
	void *context, const struct spp_work *work, const unsigned char *record)
{
	struct served *served = context;

	if (record != NULL)
		served->in++;
	else if (!work->channel->closed)
		served->out++;
	served->last = work->position;
}

static void service_serves_at_capacity(void)
{
	struct spp_service service;
	struct spp_channel channel = {0};
	struct served served = {0};
	const unsigned char record[RECORD] = {0};

	/* Ten records a second. */
	spp_service_open(&service, RECORD, 10 * RECORD);
	for (int i = 0; i < 10; i++)
		CHECK(spp_service_put_in(&service, record, 1));
	for (uint64_t i = 0; i < 10; i++)
		CHECK(spp_service_put_out(&service, &channel, i));
	CHECK(spp_service_backlog(&service) == 20 * RECORD);
	for (int i = 0; i < 50; i++)
		spp_service_run(&service, 0.01, note, &served);
	CHECK(served.in == 4 || served.in == 5);
	CHECK(fabs(spp_service_backlog(&service) - 15 * RECORD) < 1);
	CHECK(fabs(service.served - 5 * RECORD) < 1);
	for (int i = 0; i < 100; i++)
		spp_service_run(&service, 0.01, note, &served);
	CHECK(served.in == 10);
	CHECK(channel.outstanding == 10 - served.out);
	/* A closed channel costs nothing more. */
	spp_service_forget(&service, &channel);
	CHECK(spp_service_backlog(&service) == 0);
	spp_service_run(&service, 0.001, note, &served);
	CHECK(channel.outstanding == 0 && service.works.count == 0);
	CHECK(service.credit == 0);
	spp_service_close(&service);
}

static void idle_capacity_is_not_saved(void)
{
	struct spp_service service;
	struct served served = {0};
	const unsigned char record[RECORD] = {0};

	spp_service_open(&service, RECORD, 10 * RECORD);
	spp_service_run(&service, 100, note, &served);
	for (int i = 0; i < 10; i++)
		CHECK(spp_service_put_in(&service, record, 1));
	spp_service_run(&service, 0.35, note, &served);
	CHECK(served.in == 3);
	spp_service_close(&service);
}

static void overload_is_what_exceeds_capacity(void)
{
	struct spp_service service;
	struct served served = {0};
	const unsigned char record[RECORD] = {0};

	spp_service_open(&service, RECORD, 10 * RECORD);
	for (int i = 0; i < 10; i++)
		CHECK(spp_service_put_in(&service, record, 1));
	/* Just what it can do in a second. */
	CHECK(!spp_service_window(&service, 1));
	CHECK(service.offered == 10 * RECORD && service.overload_s == 0);
	/* Nothing was served: the backlog counts in the next window, too. */
	CHECK(spp_service_put_in(&service, record, 1));
	CHECK(spp_service_window(&service, 1));
	CHECK(service.offered == 11 * RECORD && service.overload_s == 1);
	spp_service_run(&service, 1.05, note, &served);
	CHECK(!spp_service_window(&service, 2));
	CHECK(!spp_service_window(&service, 2));
	CHECK(fabs(service.offered - RECORD / 2.0) < 1);
	spp_service_close(&service);
}

static bool read_fault(struct spp_faults *faults, const char *text,
	struct spp_arena *arena, struct spp_err *err)
{
	const struct spp_strings texts = {1, &text};

	return spp_faults_read(faults, &texts, 1, arena, err);
}

static void faults_hit_the_call_named(void)
{
	struct spp_arena arena = {0};
	struct spp_faults faults;
	size_t hits = 0;

	CHECK(read_fault(&faults, "p.1.attach:cut-lost@2", &arena, NULL));
	CHECK(spp_faults_meet(&faults, "p.1", "route") == SPP_FAULT_NONE);
	CHECK(spp_faults_meet(&faults, "p.2", "attach") == SPP_FAULT_NONE);
	CHECK(spp_faults_meet(&faults, "p.1", "attach") == SPP_FAULT_NONE);
	CHECK(spp_faults_meet(&faults, "p.1", "attach") == SPP_FAULT_CUT_LOST);
	CHECK(spp_faults_meet(&faults, "p.1", "attach") == SPP_FAULT_NONE);
	CHECK(read_fault(&faults, "*.*:transient@0.25", &arena, NULL));
	for (int i = 0; i < 4000; i++)
		hits += spp_faults_meet(&faults, NULL, "get") ==
		        SPP_FAULT_TRANSIENT;
	CHECK(hits > 900 && hits < 1100);
	spp_arena_free(&arena);
}

static void faults_are_checked(void)
{
	static const char *const wrong[] = {"", "p1", "p1.attach",
		"p1.attach:refused", "p1.attach:refused@", "p1:refused@1",
		"p1.attach:never@1", "p1.attach:refused@0",
		"p1.attach:refused@-1", "p1.attach:refused@1x"};
	struct spp_arena arena = {0};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct spp_faults faults;
		struct spp_err err = {0};

		CHECK(!read_fault(&faults, wrong[i], &arena, &err));
		CHECK(err.status == SPP_USAGE);
	}
	spp_arena_free(&arena);
}

static void replies_are_remembered(void)
{
	static struct spp_replies replies;
	char key[32], large[SPP_REPLY_KEY_SIZE + 1];

	for (int i = 0; i < SPP_REPLIES_KEPT + 1; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		spp_replies_keep(&replies, key, 200 + (unsigned)i % 3, "ab", 2);
	}
	CHECK(spp_replies_find(&replies, "key-0") == NULL);
	CHECK(spp_replies_find(&replies, "key-1")->status == 201);
	CHECK(spp_replies_find(&replies, key)->length == 2);
	memset(large, 'k', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	spp_replies_keep(&replies, large, 200, "", 0);
	CHECK(spp_replies_find(&replies, large) == NULL);
}

static void rates_are_steps(void)
{
	static const struct spp_rate_step steps[] = {
		{10, 1}, {20, 5}, {30, 0}, {40, 2}};
	const struct spp_world_partition partition = {
		.steps = steps, .step_count = 4};
	const struct spp_world_partition silent = {0};
	double parts = 0;

	CHECK(spp_world_rate(&silent, 7) == 0);
	CHECK(spp_world_volume(&silent, 0, 7) == 0);
	CHECK(spp_world_rate(&partition, 0) == 1);
	CHECK(spp_world_rate(&partition, 20) == 5);
	CHECK(spp_world_rate(&partition, 39) == 0);
	CHECK(spp_world_rate(&partition, 1e9) == 2);
	CHECK(spp_world_volume(&partition, 0, 50) == 20 + 50 + 20);
	CHECK(spp_world_volume(&partition, 25, 45) == 25 + 10);
	CHECK(spp_world_volume(&partition, 30, 30) == 0);
	for (double t = 0; t < 50; t += 0.25)
		parts += spp_world_volume(&partition, t, t + 0.25);
	CHECK(parts == 90);
}

int main(void)
{
	static const struct test tests[] = {
		{"rates are steps", rates_are_steps},
		{"a fifo keeps order and little memory", fifo_keeps_order},
		{"a frame comes back as it was sent", frame_comes_back},
		{"a log trims by count and age", log_trims_and_restarts},
		{"a histogram knows quantiles", histogram_knows_quantiles},
		{"a ledger counts lost, late and twice", ledger_counts},
		{"a ledger knows where it began", ledger_knows_where_it_began},
		{"a service serves at its capacity",
			service_serves_at_capacity},
		{"idle capacity is not saved", idle_capacity_is_not_saved},
		{"overload is what exceeds capacity",
			overload_is_what_exceeds_capacity},
		{"a fault hits the call that it names",
			faults_hit_the_call_named},
		{"faults are checked", faults_are_checked},
		{"replies are remembered by key", replies_are_remembered},
	};

	return test_run(tests, sizeof(tests) / sizeof(*tests));
}
