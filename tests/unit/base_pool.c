#include "lib/base/err.h"
#include "lib/base/pool.h"
#include "lib/base/rng.h"
#include "tests/unit/test.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const size_t thread_counts[] = {1, 2, 8};

enum { COUNTS = sizeof thread_counts / sizeof thread_counts[0] };

/* Let another thread run now and then, so that orders differ. */
static void dawdle(uint64_t number)
{
	struct spp_rng rng = spp_rng_for(number, 5);

	for (uint64_t i = spp_rng_below(&rng, 4); i > 0; i--)
		sched_yield();
}

struct tasks {
	atomic_int runs[1000];
	size_t failing[3];
	size_t failing_count;
	struct spp_pool *pool; /* for tasks within tasks */
};

static bool count_run(void *context, size_t index, struct spp_err *err)
{
	struct tasks *tasks = context;

	dawdle(index);
	atomic_fetch_add(&tasks->runs[index], 1);
	for (size_t i = 0; i < tasks->failing_count; i++)
		if (tasks->failing[i] == index)
			return spp_fail(err, SPP_LEFT, "task %zu", index);
	return true;
}

static void every_task_runs_once(void)
{
	for (size_t t = 0; t <= COUNTS; t++) {
		struct spp_pool *pool = NULL; /* none, the last time */
		struct spp_err err = {0};

		if (t < COUNTS)
			pool = spp_pool_new(thread_counts[t], &err);
		CHECK(t == COUNTS || pool != NULL);
		for (size_t count = 0; count <= 1000; count += 100) {
			struct tasks tasks = {0};

			CHECK(spp_pool_run(
				pool, count, count_run, &tasks, &err));
			for (size_t i = 0; i < 1000; i++)
				CHECK(tasks.runs[i] == (i < count));
		}
		CHECK(err.status == SPP_DONE);
		spp_pool_free(pool);
	}
}

static void the_lowest_failure_wins(void)
{
	for (size_t t = 0; t < COUNTS; t++) {
		struct spp_pool *pool = spp_pool_new(thread_counts[t], NULL);

		for (size_t round = 0; round < 200; round++) {
			struct tasks tasks = {
				.failing = {round + 9, round + 2, round + 3},
				.failing_count = 3,
			};
			struct spp_err err = {0};
			char expected[32];

			CHECK(!spp_pool_run(
				pool, 1000, count_run, &tasks, &err));
			snprintf(expected, sizeof expected, "task %zu",
				round + 2);
			CHECK(strcmp(err.text, expected) == 0);
			CHECK(err.status == SPP_LEFT);
			/* All below have run, and few above. */
			for (size_t i = 0; i < round + 2; i++)
				CHECK(tasks.runs[i] == 1);
			CHECK(tasks.runs[999] == 0);
		}
		spp_pool_free(pool);
	}
}

static bool run_within(void *context, size_t index, struct spp_err *err)
{
	struct tasks *outer = context;
	struct tasks *inner = calloc(1, sizeof *inner);
	bool done = spp_pool_run(outer->pool, 10, count_run, inner, err);

	for (size_t i = 0; i < 10; i++)
		atomic_fetch_add(&outer->runs[index], inner->runs[i]);
	free(inner);
	return done;
}

static void tasks_within_tasks(void)
{
	for (size_t t = 0; t < COUNTS; t++) {
		struct tasks tasks = {0};

		tasks.pool = spp_pool_new(thread_counts[t], NULL);
		CHECK(spp_pool_run(tasks.pool, 100, run_within, &tasks, NULL));
		for (size_t i = 0; i < 100; i++)
			CHECK(tasks.runs[i] == 10);
		spp_pool_free(tasks.pool);
	}
}

static void counts_of_threads(void)
{
	struct spp_err err = {0};
	struct spp_pool *pool = spp_pool_new(0, &err);

	CHECK(pool != NULL && spp_pool_threads(pool) >= 1);
	spp_pool_free(pool);
	CHECK(spp_pool_threads(NULL) == 1);
	CHECK(spp_pool_new(SPP_POOL_THREADS_MAX + 1, &err) == NULL);
	CHECK(err.status == SPP_USAGE);
	spp_pool_free(NULL);
}

/* Batches are numbers to square; consume adds their digits to a sum. */
struct batch {
	size_t number;
	uint64_t result;
	bool held; /* it has memory of its own, released at the end */
};

enum stage { NOWHERE, PRODUCE, WORK, CONSUME };

struct squares {
	size_t count;
	size_t produced;
	size_t consumed;
	size_t held; /* batches that were not released */
	uint64_t sum;
	enum stage failing; /* at batches fail_at and fail_at + 5 */
	size_t fail_at;
	struct spp_pool *pool;
};

static bool fail_at(const struct squares *squares, enum stage stage,
	size_t number, struct spp_err *err)
{
	if (squares->failing != stage ||
		(number != squares->fail_at && number != squares->fail_at + 5))
		return true;
	return spp_fail(err, SPP_INPUT, "batch %zu", number);
}

static bool produce(void *context, void *place, bool *more, struct spp_err *err)
{
	struct squares *squares = context;
	struct batch *batch = place;

	CHECK(*more);
	if (!batch->held)
		squares->held++;
	batch->held = true;
	if (squares->produced == squares->count) {
		*more = false;
		return true;
	}
	batch->number = squares->produced++;
	return fail_at(squares, PRODUCE, batch->number, err);
}

static bool work(void *context, void *place, struct spp_err *err)
{
	struct batch *batch = place;

	dawdle(batch->number);
	batch->result = batch->number * batch->number;
	return fail_at(context, WORK, batch->number, err);
}

static bool consume(void *context, void *place, struct spp_err *err)
{
	struct squares *squares = context;
	struct batch *batch = place;

	if (!fail_at(squares, CONSUME, batch->number, err))
		return false;
	CHECK(batch->number == squares->consumed);
	CHECK(batch->result == batch->number * batch->number);
	squares->consumed++;
	squares->sum = squares->sum * 31 + batch->result;
	return true;
}

static void release(void *context, void *place)
{
	struct squares *squares = context;
	struct batch *batch = place;

	if (batch->held)
		squares->held--;
	batch->held = false;
}

static bool run_line(struct squares *squares, struct spp_err *err)
{
	const struct spp_line line = {
		.context = squares,
		.batch_size = sizeof(struct batch),
		.produce = produce,
		.work = work,
		.consume = consume,
		.release = release,
	};

	return spp_pool_line(squares->pool, &line, err);
}

static void batches_come_in_order(void)
{
	for (size_t count = 0; count < 400; count += 57) {
		uint64_t sum = 0;

		for (size_t t = 0; t < COUNTS; t++) {
			struct squares squares = {.count = count};
			struct spp_err err = {0};

			squares.pool = spp_pool_new(thread_counts[t], NULL);
			CHECK(run_line(&squares, &err));
			CHECK(err.status == SPP_DONE);
			CHECK(squares.consumed == count);
			CHECK(squares.held == 0);
			CHECK(t == 0 || squares.sum == sum);
			sum = squares.sum;
			spp_pool_free(squares.pool);
		}
	}
}

static void check_failure(size_t threads, enum stage stage, size_t number)
{
	struct squares squares = {
		.count = 60,
		.failing = stage,
		.fail_at = number,
		.pool = spp_pool_new(threads, NULL),
	};
	struct spp_err err = {0};
	char expected[32];

	CHECK(!run_line(&squares, &err));
	snprintf(expected, sizeof expected, "batch %zu", number);
	CHECK(strcmp(err.text, expected) == 0);
	CHECK(err.status == SPP_INPUT);
	/* Those before it were consumed, those after it not. */
	CHECK(squares.consumed == number);
	CHECK(squares.held == 0);
	spp_pool_free(squares.pool);
}

static void a_line_stops_at_its_lowest_failure(void)
{
	for (size_t t = 0; t < COUNTS; t++)
		for (size_t number = 0; number < 50; number += 7) {
			check_failure(thread_counts[t], PRODUCE, number);
			check_failure(thread_counts[t], WORK, number);
			check_failure(thread_counts[t], CONSUME, number);
		}
}

static bool line_within(void *context, size_t index, struct spp_err *err)
{
	struct squares squares = {.count = 20, .pool = context};

	(void)index;
	return run_line(&squares, err) && squares.consumed == 20;
}

static void a_line_within_tasks(void)
{
	struct spp_pool *pool = spp_pool_new(4, NULL);

	CHECK(spp_pool_run(pool, 20, line_within, pool, NULL));
	spp_pool_free(pool);
}

static void a_line_needs_no_pool(void)
{
	struct squares squares = {.count = 5};

	CHECK(run_line(&squares, NULL));
	CHECK(squares.consumed == 5 && squares.held == 0);
}

int main(void)
{
	static const struct test tests[] = {
		{"every task runs once", every_task_runs_once},
		{"the lowest failure wins", the_lowest_failure_wins},
		{"tasks within tasks", tasks_within_tasks},
		{"counts of threads", counts_of_threads},
		{"line: order", batches_come_in_order},
		{"line: lowest failure", a_line_stops_at_its_lowest_failure},
		{"line: within tasks", a_line_within_tasks},
		{"line: no pool", a_line_needs_no_pool},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
