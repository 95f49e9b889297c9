/*
 * An ordered pool of worker threads.  What it computes never depends on how
 * many threads it has: tasks are numbered, results are taken in the order
 * of their numbers, and the failure of the lowest number wins.
 */
#ifndef SPP_BASE_POOL_H
#define SPP_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct spp_err;
struct spp_pool;

enum { SPP_POOL_THREADS_MAX = 256 };

/*
 * A pool of THREADS workers, the caller included (1 starts no thread, 0
 * means one per processor).  NULL on failure, with err set.
 */
struct spp_pool *spp_pool_new(size_t threads, struct spp_err *err);
void spp_pool_free(struct spp_pool *pool);
size_t spp_pool_threads(const struct spp_pool *pool);

/*
 * Run task(context, 0) .. task(context, count - 1), in any order, and wait.
 * A NULL pool runs them here, one after the other.  After a failure no
 * higher task starts; err is that of the lowest that failed.  Called from
 * inside a task of the same pool it runs here too.
 */
bool spp_pool_run(struct spp_pool *pool, size_t count,
	bool (*task)(void *context, size_t index, struct spp_err *err),
	void *context, struct spp_err *err);

/*
 * A line of batches: produce is called on the calling thread and fills one
 * batch after the other (*more is true before; clearing it means that there
 * was none left and the batch holds nothing), work runs on any thread,
 * consume runs on the calling thread in the order in which the batches were
 * produced.  A batch is BATCH_SIZE bytes, zeroed once; two per thread are
 * reused as they are, so what a batch allocates can serve the next.
 * release, called on the calling thread at the very end for every batch,
 * frees what it holds; it may be NULL.
 *
 * All batches before the lowest that failed are consumed, none after it.
 */
struct spp_line {
	void *context;
	size_t batch_size;
	bool (*produce)(
		void *context, void *batch, bool *more, struct spp_err *err);
	bool (*work)(void *context, void *batch, struct spp_err *err);
	bool (*consume)(void *context, void *batch, struct spp_err *err);
	void (*release)(void *context, void *batch);
};

bool spp_pool_line(struct spp_pool *pool, const struct spp_line *line,
	struct spp_err *err);

#endif
