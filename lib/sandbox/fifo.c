#include "lib/sandbox/fifo.h"

#include <assert.h>
#include <string.h>

enum { COMPACT_LEAST = 64 }; /* entries taken off before the rest moves */

void *spp_fifo_push(struct spp_fifo *fifo, const void *entry)
{
	void *place;

	assert(fifo->size > 0);
	place = spp_buf_reserve(&fifo->buf, fifo->size);
	if (place == NULL)
		return NULL;
	fifo->buf.length += fifo->size;
	fifo->count++;
	if (entry == NULL)
		return memset(place, 0, fifo->size);
	return memcpy(place, entry, fifo->size);
}

void *spp_fifo_at(const struct spp_fifo *fifo, size_t i)
{
	assert(i < fifo->count);
	return fifo->buf.data + (fifo->head + i) * fifo->size;
}

void spp_fifo_pop(struct spp_fifo *fifo, size_t count)
{
	assert(count <= fifo->count);
	fifo->head += count;
	fifo->count -= count;
	/* What is moved is no more than what was taken off before. */
	if (fifo->count == 0) {
		fifo->head = 0;
		fifo->buf.length = 0;
	} else if (fifo->head >= COMPACT_LEAST && fifo->head >= fifo->count) {
		memmove(fifo->buf.data,
			fifo->buf.data + fifo->head * fifo->size,
			fifo->count * fifo->size);
		fifo->head = 0;
		fifo->buf.length = fifo->count * fifo->size;
	}
}

void spp_fifo_free(struct spp_fifo *fifo)
{
	spp_buf_free(&fifo->buf);
	fifo->head = 0;
	fifo->count = 0;
}
