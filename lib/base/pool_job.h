/* What spp_pool_run and spp_pool_line share: one function on all threads. */
#ifndef SPP_BASE_POOL_JOB_H
#define SPP_BASE_POOL_JOB_H

#include <stdbool.h>

struct spp_pool;

/*
 * Let the other threads of the pool call job(context).  False when it has
 * none, or they are at work already: then the caller does all itself.
 */
bool spp_pool_begin(struct spp_pool *pool, void (*job)(void *), void *context);

/*
 * Wait until those that joined have returned from it; who has not joined by
 * now is not waited for, and never will.  Call it when the work is done.
 */
void spp_pool_wait(struct spp_pool *pool);

#endif
