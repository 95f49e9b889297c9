/*
 * Where all memory comes from: the arena, the buffer, jansson and SQLite
 * ask here, so that a test can refuse the n-th request of a process.
 * Nothing else in the project calls malloc.
 */
#ifndef SPP_BASE_MEMORY_H
#define SPP_BASE_MEMORY_H

#include <stddef.h>

void *spp_memory_new(size_t size);
void *spp_memory_resize(void *old, size_t size);
void spp_memory_free(void *old);

#endif
