#include "lib/base/pool.h"
#include "lib/base/pool_job.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

/* A pool does one job at a time: all threads call the same function. */
struct spp_pool {
	size_t threads;     /* workers, the calling thread included */
	pthread_t *handles; /* of the threads - 1 others */
	size_t started;
	pthread_mutex_t mutex;
	pthread_cond_t wake; /* a job was given, or the pool closes */
	pthread_cond_t done; /* the last worker has left the job */
	void (*job)(void *context);
	void *context;
	size_t number;  /* of the job */
	size_t working; /* threads in it */
	bool busy;      /* a job was begun and not waited for */
	bool open;      /* who wakes now may still join it */
	bool closes;
};

static void *work(void *argument)
{
	struct spp_pool *pool = argument;
	size_t seen = 0;

	pthread_mutex_lock(&pool->mutex);
	for (;;) {
		while (!pool->closes && (!pool->open || pool->number == seen))
			pthread_cond_wait(&pool->wake, &pool->mutex);
		if (pool->closes)
			break;
		seen = pool->number;
		pool->working++;
		pthread_mutex_unlock(&pool->mutex);
		pool->job(pool->context);
		pthread_mutex_lock(&pool->mutex);
		assert(pool->working > 0);
		if (--pool->working == 0)
			pthread_cond_signal(&pool->done);
	}
	pthread_mutex_unlock(&pool->mutex);
	return NULL;
}

static size_t processors(void)
{
	cpu_set_t set;
	int count;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	count = CPU_COUNT(&set);
	return count > SPP_POOL_THREADS_MAX ? SPP_POOL_THREADS_MAX
	                                    : (size_t)count;
}

/* Signals stay with the calling thread: workers block them all. */
static bool start(struct spp_pool *pool, struct spp_err *err)
{
	sigset_t all, old;
	int failure = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (pool->started < pool->threads - 1 && failure == 0) {
		failure = pthread_create(
			&pool->handles[pool->started], NULL, work, pool);
		pool->started += failure == 0;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = failure;
	return failure == 0 ? true
	                    : spp_fail_errno(err, "cannot start a thread");
}

struct spp_pool *spp_pool_new(size_t threads, struct spp_err *err)
{
	struct spp_pool *pool;

	if (threads > SPP_POOL_THREADS_MAX) {
		spp_fail(err, SPP_USAGE, "more than %d threads",
			SPP_POOL_THREADS_MAX);
		return NULL;
	}
	pool = spp_memory_new(sizeof *pool);
	if (pool == NULL) {
		spp_fail_memory(err);
		return NULL;
	}
	*pool = (struct spp_pool){
		.threads = threads > 0 ? threads : processors(),
	};
	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pthread_cond_init(&pool->done, NULL);
	pool->handles = spp_memory_new(pool->threads * sizeof *pool->handles);
	if (pool->handles == NULL)
		spp_fail_memory(err);
	if (pool->handles == NULL || !start(pool, err)) {
		spp_pool_free(pool);
		return NULL;
	}
	return pool;
}

void spp_pool_free(struct spp_pool *pool)
{
	if (pool == NULL)
		return;
	pthread_mutex_lock(&pool->mutex);
	assert(!pool->busy);
	pool->closes = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->mutex);
	for (size_t i = 0; i < pool->started; i++)
		pthread_join(pool->handles[i], NULL);
	pthread_cond_destroy(&pool->done);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->mutex);
	spp_memory_free(pool->handles);
	spp_memory_free(pool);
}

size_t spp_pool_threads(const struct spp_pool *pool)
{
	return pool != NULL ? pool->threads : 1;
}

bool spp_pool_begin(struct spp_pool *pool, void (*job)(void *), void *context)
{
	bool idle;

	if (pool == NULL || pool->started == 0)
		return false;
	pthread_mutex_lock(&pool->mutex);
	idle = !pool->busy;
	if (idle) {
		pool->busy = true;
		pool->open = true;
		pool->job = job;
		pool->context = context;
		pool->number++;
		pthread_cond_broadcast(&pool->wake);
	}
	pthread_mutex_unlock(&pool->mutex);
	return idle;
}

void spp_pool_wait(struct spp_pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	pool->open = false;
	while (pool->working > 0)
		pthread_cond_wait(&pool->done, &pool->mutex);
	pool->busy = false;
	pthread_mutex_unlock(&pool->mutex);
}

/* Numbered tasks: each thread takes the lowest that nobody has taken. */
struct tasks {
	bool (*task)(void *context, size_t index, struct spp_err *err);
	void *context;
	size_t count;
	pthread_mutex_t mutex;
	size_t next;
	size_t failed; /* the lowest that failed, or count */
	struct spp_err err;
};

/* Take a task; false when there is none left, or one has failed. */
static bool take(struct tasks *tasks, size_t *index)
{
	bool taken;

	pthread_mutex_lock(&tasks->mutex);
	taken = tasks->next < tasks->count && tasks->failed == tasks->count;
	if (taken)
		*index = tasks->next++;
	pthread_mutex_unlock(&tasks->mutex);
	return taken;
}

static void run_tasks(void *context)
{
	struct tasks *tasks = context;
	struct spp_err err = {0};
	size_t index;

	/*
	 * All below a task that runs were taken before it and run to their
	 * end, so the lowest failure does not depend on who was faster.
	 */
	while (take(tasks, &index)) {
		if (tasks->task(tasks->context, index, &err))
			continue;
		assert(err.status != SPP_DONE);
		pthread_mutex_lock(&tasks->mutex);
		if (index < tasks->failed) {
			tasks->failed = index;
			tasks->err = err;
		}
		pthread_mutex_unlock(&tasks->mutex);
		break;
	}
}

bool spp_pool_run(struct spp_pool *pool, size_t count,
	bool (*task)(void *context, size_t index, struct spp_err *err),
	void *context, struct spp_err *err)
{
	struct tasks tasks = {
		.task = task,
		.context = context,
		.count = count,
		.failed = count,
	};
	bool shared;

	if (count == 0)
		return true;
	pthread_mutex_init(&tasks.mutex, NULL);
	shared = count > 1 && spp_pool_begin(pool, run_tasks, &tasks);
	run_tasks(&tasks);
	if (shared)
		spp_pool_wait(pool);
	pthread_mutex_destroy(&tasks.mutex);
	if (tasks.failed == count)
		return true;
	if (err != NULL && err->status == SPP_DONE)
		*err = tasks.err;
	return false;
}
