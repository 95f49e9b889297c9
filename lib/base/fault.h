/*
 * Requests that fail when a test wants it: a build with SPP_FAULTS refuses
 * the n-th request of the process for memory (or read, or write), n from the
 * environment variable SPP_FAULT_MEMORY (SPP_FAULT_READ, SPP_FAULT_WRITE).
 */
#ifndef SPP_BASE_FAULT_H
#define SPP_BASE_FAULT_H

#include <stdbool.h>

enum spp_request { SPP_REQUEST_MEMORY, SPP_REQUEST_READ, SPP_REQUEST_WRITE };

#ifdef SPP_FAULTS
/* True when this one is to be refused; then errno is EIO. */
bool spp_request_fails(enum spp_request request);
#else
static inline bool spp_request_fails(enum spp_request request)
{
	(void)request;
	return false;
}
#endif

#endif
