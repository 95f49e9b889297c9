#include "lib/base/pool.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"
#include "lib/base/pool_job.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

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
	size_t slot_count;
	size_t stride;
	bool *worked; /* by slot */
	pthread_mutex_t mutex;
	pthread_cond_t ready; /* a batch to work on, or no more will come */
	pthread_cond_t news;  /* a batch was worked on */
	size_t produced;
	size_t taken;
	size_t consumed;
	size_t failed; /* lowest batch that failed; none after it counts */
	bool more;     /* produce has not come to its end */
	bool over;     /* the workers may go */
	struct spp_err err;
};

static void *slot(const struct run *run, size_t number)
{
	return run->slots + number % run->slot_count * run->stride;
}

/* The mutex is held.  The lowest batch that failed says why. */
static void fail(struct run *run, size_t number, const struct spp_err *err)
{
	assert(err->status != SPP_DONE);
	if (number >= run->failed)
		return;
	run->failed = number;
	run->err = *err;
}

static bool can_work(const struct run *run)
{
	return run->taken < run->produced && run->taken < run->failed;
}

/* The mutex is held; it is not while working. */
static void work_on_next(struct run *run)
{
	const struct spp_line *line = run->line;
	struct spp_err err = {0};
	size_t number = run->taken++;
	bool done;

	pthread_mutex_unlock(&run->mutex);
	done = line->work(line->context, slot(run, number), &err);
	pthread_mutex_lock(&run->mutex);
	if (!done)
		fail(run, number, &err);
	run->worked[number % run->slot_count] = true;
	pthread_cond_signal(&run->news);
}

static void work_along(void *context)
{
	struct run *run = context;

	pthread_mutex_lock(&run->mutex);
	for (;;) {
		while (!run->over && !can_work(run))
			pthread_cond_wait(&run->ready, &run->mutex);
		if (run->over)
			break;
		work_on_next(run);
	}
	pthread_mutex_unlock(&run->mutex);
}

static void produce_next(struct run *run)
{
	const struct spp_line *line = run->line;
	struct spp_err err = {0};
	size_t number = run->produced;
	bool more = true;
	bool done;

	pthread_mutex_unlock(&run->mutex);
	done = line->produce(line->context, slot(run, number), &more, &err);
	pthread_mutex_lock(&run->mutex);
	if (!done)
		fail(run, number, &err);
	run->more = done && more;
	if (!run->more)
		return;
	run->worked[number % run->slot_count] = false;
	run->produced++;
	pthread_cond_signal(&run->ready);
}

static void consume_next(struct run *run)
{
	const struct spp_line *line = run->line;
	struct spp_err err = {0};
	size_t number = run->consumed;
	bool done;

	pthread_mutex_unlock(&run->mutex);
	done = line->consume(line->context, slot(run, number), &err);
	pthread_mutex_lock(&run->mutex);
	if (!done)
		fail(run, number, &err);
	run->consumed++;
}

/*
 * The calling thread: take away what is done, else keep the others busy,
 * else help them, else wait for the oldest batch.
 */
static void lead(struct run *run)
{
	pthread_mutex_lock(&run->mutex);
	for (;;) {
		size_t oldest = run->consumed;
		bool waiting = oldest < run->taken;

		if (waiting && run->worked[oldest % run->slot_count] &&
			oldest < run->failed)
			consume_next(run);
		else if (run->more && run->failed == SIZE_MAX &&
			 run->produced - run->consumed < run->slot_count)
			produce_next(run);
		else if (can_work(run))
			work_on_next(run);
		else if (waiting && oldest < run->failed)
			pthread_cond_wait(&run->news, &run->mutex);
		else
			break;
	}
	run->over = true;
	pthread_cond_broadcast(&run->ready);
	pthread_mutex_unlock(&run->mutex);
}

/*
 * Alone, each batch is consumed before the next is produced: one slot would
 * do, and there is one thread to take the two for.
 */
static bool run_alloc(struct run *run, size_t threads, struct spp_err *err)
{
	const size_t alignment = _Alignof(max_align_t);
	size_t size;

	run->slot_count = threads > 1 ? 2 * threads : 1;
	if (run->line->batch_size > SIZE_MAX / (4 * SPP_POOL_THREADS_MAX))
		return spp_fail_memory(err);
	run->stride =
		(run->line->batch_size + alignment - 1) / alignment * alignment;
	size = run->slot_count * run->stride;
	run->slots = spp_memory_new(size);
	run->worked = spp_memory_new(run->slot_count * sizeof *run->worked);
	if (run->slots == NULL || run->worked == NULL)
		return spp_fail_memory(err);
	memset(run->slots, 0, size);
	memset(run->worked, 0, run->slot_count * sizeof *run->worked);
	return true;
}

static void run_free(struct run *run)
{
	const struct spp_line *line = run->line;

	for (size_t i = 0; i < run->slot_count; i++)
		if (line->release != NULL && run->slots != NULL)
			line->release(line->context, slot(run, i));
	spp_memory_free(run->slots);
	spp_memory_free(run->worked);
}

bool spp_pool_line(
	struct spp_pool *pool, const struct spp_line *line, struct spp_err *err)
{
	struct run run = {
		.line = line,
		.failed = SIZE_MAX,
		.more = true,
	};
	bool shared;

	assert(line->batch_size > 0);
	if (!run_alloc(&run, spp_pool_threads(pool), err)) {
		spp_memory_free(run.slots);
		spp_memory_free(run.worked);
		return false;
	}
	pthread_mutex_init(&run.mutex, NULL);
	pthread_cond_init(&run.ready, NULL);
	pthread_cond_init(&run.news, NULL);
	shared = spp_pool_begin(pool, work_along, &run);
	lead(&run);
	if (shared)
		spp_pool_wait(pool);
	pthread_cond_destroy(&run.news);
	pthread_cond_destroy(&run.ready);
	pthread_mutex_destroy(&run.mutex);
	run_free(&run);
	if (run.failed == SIZE_MAX)
		return true;
	if (err != NULL && err->status == SPP_DONE)
		*err = run.err;
	return false;
}
