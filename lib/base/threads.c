#include "lib/base/threads.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>

/*
 * Batch number n is in slot n modulo slot_count from produce to consume:
 *
 *	consumed <= taken <= produced <= consumed + slot_count
 *
 * All numbers are changed under the mutex; a slot's bytes belong to whoever
 * took the step that it is in.
 */
struct run {
	const struct spp_line *line;
	char *slots;
	bool *worked; /* by slot: the batch waits to be consumed */
	size_t slot_count;
	pthread_t *workers;
	size_t worker_count, worker_most;
	pthread_mutex_t mutex;
	pthread_cond_t ready; /* a batch to work on, or no more will come */
	pthread_cond_t news;  /* a batch was worked on */
	size_t produced, taken, consumed;
	size_t end; /* the lowest batch that failed, or that was none */
	struct spp_err err;
};

static void *slot(const struct run *run, size_t number)
{
	return run->slots + number % run->slot_count * run->line->batch_size;
}

/*
 * Take a batch one step further.  The mutex is held, but not meanwhile.  All
 * batches below one that is worked on were taken before it and come to their
 * end, so the lowest failure does not depend on who was faster.
 */
static bool take_step(struct run *run, spp_line_step *step, size_t number)
{
	struct spp_err err = {0};
	bool done;

	pthread_mutex_unlock(&run->mutex);
	done = step(run->line->context, slot(run, number), &err);
	pthread_mutex_lock(&run->mutex);
	assert(done || step == run->line->produce || err.status != SPP_DONE);
	if (!done && number < run->end) {
		run->end = number;
		run->err = err;
	}
	return done;
}

static bool work_waits(const struct run *run)
{
	return run->taken < run->produced && run->taken < run->end;
}

static void work(struct run *run)
{
	size_t number = run->taken++;

	take_step(run, run->line->work, number);
	run->worked[number % run->slot_count] = true;
	pthread_cond_signal(&run->news);
}

static void *work_along(void *context)
{
	struct run *run = context;

	pthread_mutex_lock(&run->mutex);
	while (run->consumed < run->end)
		if (work_waits(run))
			work(run);
		else
			pthread_cond_wait(&run->ready, &run->mutex);
	pthread_mutex_unlock(&run->mutex);
	return NULL;
}

/* Signals stay with the calling thread: workers block them all. */
static void add_worker(struct run *run)
{
	pthread_t *worker = &run->workers[run->worker_count];
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(worker, NULL, work_along, run) == 0)
		run->worker_count++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void produce(struct run *run)
{
	if (!take_step(run, run->line->produce, run->produced))
		return;
	run->produced++;
	pthread_cond_signal(&run->ready);
	/* One batch is for the calling thread. */
	if (run->produced - run->taken > 1 &&
		run->worker_count < run->worker_most)
		add_worker(run);
}

static void consume(struct run *run)
{
	size_t number = run->consumed++;

	run->worked[number % run->slot_count] = false;
	if (run->line->consume != NULL)
		take_step(run, run->line->consume, number);
}

/*
 * The calling thread: take away what is done, else keep the others busy,
 * else help them, else wait for the oldest batch.
 */
static void lead(struct run *run)
{
	pthread_mutex_lock(&run->mutex);
	while (run->consumed < run->end)
		if (run->worked[run->consumed % run->slot_count])
			consume(run);
		else if (run->produced < run->end &&
			 run->produced - run->consumed < run->slot_count)
			produce(run);
		else if (work_waits(run))
			work(run);
		else
			pthread_cond_wait(&run->news, &run->mutex);
	pthread_cond_broadcast(&run->ready);
	pthread_mutex_unlock(&run->mutex);
}

static size_t count_threads(size_t wanted)
{
	cpu_set_t set;

	if (wanted == 0 && sched_getaffinity(0, sizeof set, &set) == 0)
		wanted = (size_t)CPU_COUNT(&set);
	if (wanted > SPP_THREADS_MAX)
		return SPP_THREADS_MAX;
	return wanted > 0 ? wanted : 1;
}

bool spp_threads_line(
	size_t threads, const struct spp_line *line, struct spp_err *err)
{
	struct spp_arena arena = {0};
	struct run run = {
		.line = line,
		.worker_most = count_threads(threads) - 1,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.ready = PTHREAD_COND_INITIALIZER,
		.news = PTHREAD_COND_INITIALIZER,
		.end = SIZE_MAX,
	};

	/* Alone, a batch is consumed before the next is produced. */
	run.slot_count = run.worker_most > 0 ? 2 * (run.worker_most + 1) : 1;
	run.slots = spp_arena_alloc(&arena, run.slot_count, line->batch_size);
	run.worked =
		spp_arena_alloc(&arena, run.slot_count, sizeof *run.worked);
	run.workers =
		spp_arena_alloc(&arena, run.worker_most, sizeof *run.workers);
	if (spp_arena_ok(&arena, &run.err)) {
		lead(&run);
		for (size_t i = 0; i < run.worker_count; i++)
			pthread_join(run.workers[i], NULL);
		for (size_t i = 0; line->release && i < run.slot_count; i++)
			line->release(line->context, slot(&run, i));
	}
	spp_arena_free(&arena);
	if (run.err.status == SPP_DONE)
		return true;
	if (err != NULL && err->status == SPP_DONE)
		*err = run.err;
	return false;
}

/* Tasks are a line whose batches are their numbers. */
struct tasks {
	bool (*task)(void *context, size_t index, struct spp_err *err);
	void *context;
	size_t count, next;
};

static bool next_task(void *context, void *batch, struct spp_err *err)
{
	struct tasks *tasks = context;
	size_t *index = batch;

	(void)err;
	*index = tasks->next++;
	return *index < tasks->count;
}

static bool run_task(void *context, void *batch, struct spp_err *err)
{
	const struct tasks *tasks = context;
	const size_t *index = batch;

	return tasks->task(tasks->context, *index, err);
}

bool spp_threads_run(size_t threads, size_t count,
	bool (*task)(void *context, size_t index, struct spp_err *err),
	void *context, struct spp_err *err)
{
	struct tasks tasks = {.task = task, .context = context, .count = count};
	const struct spp_line line = {
		.context = &tasks,
		.batch_size = sizeof(size_t),
		.produce = next_task,
		.work = run_task,
	};

	return spp_threads_line(threads, &line, err);
}
