#include "lib/base/memory.h"
#include "lib/base/fault.h"

#include <stdlib.h>

void *spp_memory_new(size_t size)
{
	return spp_memory_resize(NULL, size);
}

void *spp_memory_resize(void *old, size_t size)
{
	if (spp_request_fails(SPP_REQUEST_MEMORY))
		return NULL;
	return realloc(old, size != 0 ? size : 1);
}

void spp_memory_free(void *old)
{
	free(old);
}
