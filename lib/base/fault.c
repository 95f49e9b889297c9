#include "lib/base/fault.h"

#ifdef SPP_FAULTS
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

bool spp_request_fails(enum spp_request request)
{
	static const char *const variables[] = {
		"SPP_FAULT_MEMORY", "SPP_FAULT_READ", "SPP_FAULT_WRITE"};
	static atomic_ulong requests[sizeof variables / sizeof variables[0]];
	const char *number = getenv(variables[request]);

	if (number == NULL || atomic_fetch_add(&requests[request], 1) + 1 !=
				      strtoul(number, NULL, 10))
		return false;
	errno = EIO;
	return true;
}
#endif
