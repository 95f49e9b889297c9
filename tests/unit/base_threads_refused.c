/* A system that starts no thread: the caller does all. */
#include "lib/base/threads.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <pthread.h>

static size_t refusals;

/* Takes the place of the C library's. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
	void *(*run)(void *), void *argument)
{
	(void)thread;
	(void)attributes;
	(void)run;
	(void)argument;
	refusals++;
	return EAGAIN;
}

static bool count_run(void *context, size_t index, struct spp_err *err)
{
	size_t *next = context;

	(void)err;
	CHECK(*next == index);
	++*next;
	return true;
}

static void every_task_runs_once(void)
{
	size_t next = 0;

	CHECK(spp_threads_run(8, 1000, count_run, &next, NULL));
	CHECK(next == 1000 && refusals > 0);
}

int main(void)
{
	static const struct test tests[] = {
		{"every task runs once", every_task_runs_once},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
