#include "lib/base/threads.h"
#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "tests/random.h"
#include "tests/unit/test.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t thread_counts[] = {1, 2, 8, 0};

enum { COUNTS = sizeof thread_counts / sizeof thread_counts[0] };

/* Let another thread run now and then, so that orders differ. */
static void dawdle(uint64_t number)
{
	struct spp_rng rng = spp_rng_for(number, 5);

	for (uint64_t i = random_below(&rng, 4); i > 0; i--)
		sched_yield();
}

struct tasks {
	atomic_int runs[1000];
	size_t failing[3];
	size_t failing_count;
	size_t threads; /* for tasks within tasks */
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
	for (size_t t = 0; t < COUNTS; t++) {
		struct spp_err err = {0};

		for (size_t count = 0; count <= 1000; count += 100) {
			struct tasks tasks = {0};

			CHECK(spp_threads_run(thread_counts[t], count,
				count_run, &tasks, &err));
			for (size_t i = 0; i < 1000; i++)
				CHECK(tasks.runs[i] == (i < count));
		}
		CHECK(err.status == SPP_DONE);
	}
}

static void more_than_the_most_are_the_most(void)
{
	struct tasks tasks = {0};

	CHECK(spp_threads_run(
		SPP_THREADS_MAX + 1, 1000, count_run, &tasks, NULL));
	for (size_t i = 0; i < 1000; i++)
		CHECK(tasks.runs[i] == 1);
}

static void the_lowest_failure_wins(void)
{
	for (size_t t = 0; t < COUNTS; t++) {
		for (size_t round = 0; round < 200; round++) {
			struct tasks tasks = {
				.failing = {round + 9, round + 2, round + 3},
				.failing_count = 3,
			};
			struct spp_err err = {0};
			char expected[32];

			CHECK(!spp_threads_run(thread_counts[t], 1000,
				count_run, &tasks, &err));
			snprintf(expected, sizeof expected, "task %zu",
				round + 2);
			CHECK(strcmp(err.text, expected) == 0);
			CHECK(err.status == SPP_LEFT);
			/* All below have run, and few above. */
			for (size_t i = 0; i < round + 2; i++)
				CHECK(tasks.runs[i] == 1);
			CHECK(tasks.runs[999] == 0);
		}
	}
}

static bool run_within(void *context, size_t index, struct spp_err *err)
{
	struct tasks *outer = context;
	struct tasks *inner = calloc(1, sizeof *inner);
	bool done = spp_threads_run(outer->threads, 10, count_run, inner, err);

	for (size_t i = 0; i < 10; i++)
		atomic_fetch_add(&outer->runs[index], inner->runs[i]);
	free(inner);
	return done;
}

static void tasks_within_tasks(void)
{
	for (size_t t = 0; t < COUNTS; t++) {
		struct tasks tasks = {.threads = thread_counts[t]};

		CHECK(spp_threads_run(
			tasks.threads, 100, run_within, &tasks, NULL));
		for (size_t i = 0; i < 100; i++)
			CHECK(tasks.runs[i] == 10);
	}
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
	size_t threads;
};

static bool fail_at(const struct squares *squares, enum stage stage,
	size_t number, struct spp_err *err)
{
	if (squares->failing != stage ||
		(number != squares->fail_at && number != squares->fail_at + 5))
		return true;
	return spp_fail(err, SPP_INPUT, "batch %zu", number);
}

static bool produce(void *context, void *place, struct spp_err *err)
{
	struct squares *squares = context;
	struct batch *batch = place;

	if (!batch->held)
		squares->held++;
	batch->held = true;
	if (squares->produced == squares->count)
		return false;
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

	return spp_threads_line(squares->threads, &line, err);
}

static void batches_come_in_order(void)
{
	for (size_t count = 0; count < 400; count += 57) {
		uint64_t sum = 0;

		for (size_t t = 0; t < COUNTS; t++) {
			struct squares squares = {
				.count = count,
				.threads = thread_counts[t],
			};
			struct spp_err err = {0};

			CHECK(run_line(&squares, &err));
			CHECK(err.status == SPP_DONE);
			CHECK(squares.consumed == count);
			CHECK(squares.held == 0);
			CHECK(t == 0 || squares.sum == sum);
			sum = squares.sum;
		}
	}
}

static void check_failure(size_t threads, enum stage stage, size_t number)
{
	struct squares squares = {
		.count = 60,
		.failing = stage,
		.fail_at = number,
		.threads = threads,
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
	struct squares squares = {.count = 20, .threads = 4};

	(void)context;
	(void)index;
	return run_line(&squares, err) && squares.consumed == 20;
}

static void a_line_within_tasks(void)
{
	CHECK(spp_threads_run(4, 20, line_within, NULL, NULL));
}

/* A worker blocks every signal, whatever the caller does. */
static bool look_at_signals(void *context, size_t index, struct spp_err *err)
{
	sigset_t blocked;

	(void)index;
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	if (!pthread_equal(pthread_self(), *(pthread_t *)context) &&
		!sigismember(&blocked, SIGTERM))
		return spp_fail(err, SPP_SYSTEM, "not blocked");
	usleep(100);
	return true;
}

static void signals_stay_with_the_caller(void)
{
	pthread_t caller = pthread_self();
	sigset_t blocked;

	CHECK(spp_threads_run(4, 100, look_at_signals, &caller, NULL));
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	CHECK(!sigismember(&blocked, SIGTERM));
}

int main(void)
{
	static const struct test tests[] = {
		{"every task runs once", every_task_runs_once},
		{"more than the most", more_than_the_most_are_the_most},
		{"the lowest failure wins", the_lowest_failure_wins},
		{"tasks within tasks", tasks_within_tasks},
		{"line: order", batches_come_in_order},
		{"line: lowest failure", a_line_stops_at_its_lowest_failure},
		{"line: within tasks", a_line_within_tasks},
		{"signals", signals_stay_with_the_caller},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
