/*
 * Memory that a test can refuse.  These take the place of lib/base/memory.c
 * in a program that includes this file, so that the n-th request can fail
 * again and again in one process.
 */
#ifndef SPP_TESTS_UNIT_REFUSE_H
#define SPP_TESTS_UNIT_REFUSE_H

#include "lib/base/memory.h"

#include <stdlib.h>

static unsigned long refuse_number; /* of the request to refuse, 0 = none */
static unsigned long refuse_requests;

/* Begin to count; refuse the request of this NUMBER. */
static inline void refuse_at(unsigned long number)
{
	refuse_number = number;
	refuse_requests = 0;
}

/* True when the request to refuse has come. */
static inline bool refuse_came(void)
{
	return refuse_requests >= refuse_number;
}

void *spp_memory_new(size_t size)
{
	if (++refuse_requests == refuse_number)
		return NULL;
	return malloc(size != 0 ? size : 1);
}

void *spp_memory_resize(void *old, size_t size)
{
	if (++refuse_requests == refuse_number)
		return NULL;
	return realloc(old, size != 0 ? size : 1);
}

void spp_memory_free(void *old)
{
	free(old);
}

#endif
