/*
 * A queue of equal-sized entries in one growing array: taken off at the
 * front, put on at the back, both in constant time on average.
 */
#ifndef SPP_SANDBOX_FIFO_H
#define SPP_SANDBOX_FIFO_H

#include "lib/base/buf.h"

#include <stddef.h>

struct spp_fifo {
	struct spp_buf buf; /* entries, those taken off included */
	size_t size;        /* bytes of an entry; set before use */
	size_t head;        /* entries taken off */
	size_t count;       /* entries in the queue */
};

/* Put on a copy of an entry; NULL means zeroes.  NULL on failure. */
void *spp_fifo_push(struct spp_fifo *fifo, const void *entry);

/* Entry i from the front; it stays there until the next push or pop. */
void *spp_fifo_at(const struct spp_fifo *fifo, size_t i);

/* Take COUNT entries off the front. */
void spp_fifo_pop(struct spp_fifo *fifo, size_t count);
void spp_fifo_free(struct spp_fifo *fifo);

#endif
