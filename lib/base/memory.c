#include "lib/base/memory.h"

#include <stdbool.h>
#include <stdlib.h>

#ifdef SPP_FAULTS
#include <pthread.h>
#include <stdatomic.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned long refused; /* number of the request to refuse, 0 = none */
static atomic_ulong requests;

static void read_environment(void)
{
	const char *text = getenv("SPP_FAULT_MEMORY");

	if (text != NULL)
		refused = strtoul(text, NULL, 10);
}

/* Counts a request; true when it is the one that a test wants refused. */
static bool refuse(void)
{
	pthread_once(&once, read_environment);
	return atomic_fetch_add(&requests, 1) + 1 == refused;
}
#else
static bool refuse(void)
{
	return false;
}
#endif

void *spp_memory_new(size_t size)
{
	if (refuse())
		return NULL;
	return malloc(size != 0 ? size : 1);
}

void *spp_memory_resize(void *old, size_t size)
{
	if (refuse())
		return NULL;
	return realloc(old, size != 0 ? size : 1);
}

void spp_memory_free(void *old)
{
	free(old);
}
