/*
 * Work on several threads.  What is computed never depends on how many
 * there are: tasks and batches are numbered, results are taken in the order
 * of their numbers, and the failure of the lowest number wins.
 *
 * Threads live as long as the call that they work for; the caller is one of
 * them.  Of those asked for (0 = one per processor) no more start than find
 * work, and when the system refuses one the others do what it would have.
 */
#ifndef SPP_BASE_THREADS_H
#define SPP_BASE_THREADS_H

#include <stdbool.h>
#include <stddef.h>

struct spp_err;

enum { SPP_THREADS_MAX = 256 }; /* more than these are these */

/*
 * Run task(context, 0) .. task(context, count - 1), in any order, and wait.
 * After a failure no higher task starts; err is that of the lowest that
 * failed.
 */
bool spp_threads_run(size_t threads, size_t count,
	bool (*task)(void *context, size_t index, struct spp_err *err),
	void *context, struct spp_err *err);

typedef bool spp_line_step(void *context, void *batch, struct spp_err *err);

/*
 * A line of batches: produce is called on the calling thread and fills one
 * batch after the other, work runs on any thread, consume runs on the
 * calling thread in the order in which the batches were produced.  produce
 * that returns false and leaves err alone says that there was none left.  A
 * batch is BATCH_SIZE bytes, zeroed once; two per thread are reused as they
 * are, so what a batch allocates can serve the next.  release, called on the
 * calling thread at the very end for every batch, frees what it holds.
 * consume and release may be NULL.
 *
 * All batches before the lowest that failed are consumed, none after it.
 */
struct spp_line {
	void *context;
	size_t batch_size;
	spp_line_step *produce, *work, *consume;
	void (*release)(void *context, void *batch);
};

bool spp_threads_line(
	size_t threads, const struct spp_line *line, struct spp_err *err);

#endif
