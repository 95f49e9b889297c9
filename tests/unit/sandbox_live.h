/*
 * A sandbox in this process, played by a test: three platforms a, b and c,
 * a core of which serves 100,000 bytes a second, 500 records.
 */
#ifndef SPP_TESTS_UNIT_SANDBOX_LIVE_H
#define SPP_TESTS_UNIT_SANDBOX_LIVE_H

#include "tests/unit/test.h"

#include "lib/base/err.h"
#include "lib/io/input.h"
#include "lib/sandbox/control.h"
#include "lib/sandbox/sandbox.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum { A, B, C }; /* platforms */

static struct spp_world world;
static struct spp_sandbox sandbox;
static struct spp_err err;
static struct spp_reason reason;

static inline bool begin_world(const char *text, double retention_bytes)
{
	const struct spp_sandbox_config config = {
		.speed = 20,
		.seed = 1,
		.core_bytes = 100000,
		.record_bytes = 200,
		.interval_s = 5,
		.window_s = 1,
		.retention_bytes = retention_bytes,
		.copy_rate = NAN,
		.until_s = NAN,
	};
	const struct spp_strings faults = {0};
	struct spp_input input;
	bool fine;

	err = (struct spp_err){0};
	fine = spp_input_memory(&input, text, strlen(text), "world", &err) &&
	       spp_world_read(&world, &input, 1, SPP_TIME_NONE, 0, 1, &err);
	spp_input_close(&input);
	fine = fine &&
	       spp_sandbox_open(&sandbox, &world, &config, &faults, &err);
	if (!fine)
		printf("# %s\n", err.text);
	return CHECK(fine);
}

static inline void end(void)
{
	CHECK(err.status == SPP_DONE);
	spp_sandbox_close(&sandbox);
	spp_world_free(&world);
}

static inline void nap(void)
{
	const struct timespec time = {.tv_nsec = 500000};

	spp_sandbox_turn(&sandbox);
	nanosleep(&time, NULL);
}

/* Run until a sandbox time. */
static inline void run_until(double now_s)
{
	while (sandbox.clock.now_s < now_s && err.status == SPP_DONE)
		nap();
}

/* Whether all of a partition that was published has arrived. */
static inline bool drained(size_t partition)
{
	const struct spp_publisher *publisher =
		&sandbox.publishers.items[partition];
	bool done = publisher->waiting.count == 0;

	for (size_t i = 0; i < sandbox.subscribers.count; i++) {
		const struct spp_subscriber *one =
			&sandbox.subscribers.items[i];

		if (one->subscription->partition == partition)
			done = done && one->next == publisher->next;
	}
	return done;
}

/* Publish no more, and wait until everything has arrived. */
static inline void drain(size_t partition)
{
	double most_s = sandbox.clock.now_s + 100;

	sandbox.publishers.scale = 0;
	while (!drained(partition)) {
		if (!CHECK(sandbox.clock.now_s < most_s))
			return;
		nap();
	}
}

static inline const struct spp_ledger *ledger_of(size_t subscription)
{
	return &sandbox.subscribers.items[subscription].ledger;
}

static inline void check_clean(size_t subscription)
{
	const struct spp_subscriber *subscriber =
		&sandbox.subscribers.items[subscription];
	const struct spp_ledger *ledger = &subscriber->ledger;
	size_t partition = subscriber->subscription->partition;

	CHECK(ledger->lost == 0);
	CHECK(ledger->duplicated == 0);
	CHECK(ledger->out_of_order == 0);
	CHECK(ledger->corrupt == 0);
	CHECK(ledger->delivered ==
		sandbox.publishers.items[partition].next - ledger->first);
}

static inline bool begin_attach(
	size_t partition, size_t platform, size_t copy_from, double rate)
{
	return CHECK(spp_control_attach(&sandbox, partition, platform,
			     copy_from, rate, &reason) == SPP_VERDICT_ACCEPTED);
}

/* Let a platform copy a partition; false when it never joins. */
static inline bool attach(
	size_t partition, size_t platform, size_t copy_from, double rate)
{
	double most_s = sandbox.clock.now_s + 60;

	if (!begin_attach(partition, platform, copy_from, rate))
		return false;
	while (sandbox.places[partition].attaching)
		if (!CHECK(sandbox.clock.now_s < most_s))
			return false;
		else
			nap();
	return true;
}

#endif
