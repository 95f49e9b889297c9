#include "lib/io/fault.h"

#ifdef SPP_FAULTS
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned long refused_read, refused_write; /* 0 = none */
static atomic_ulong reads, writes;

static unsigned long number_of(const char *variable)
{
	const char *text = getenv(variable);

	return text != NULL ? strtoul(text, NULL, 10) : 0;
}

static void read_environment(void)
{
	refused_read = number_of("SPP_FAULT_READ");
	refused_write = number_of("SPP_FAULT_WRITE");
}

static bool refuse(atomic_ulong *count, const unsigned long *number)
{
	pthread_once(&once, read_environment);
	if (atomic_fetch_add(count, 1) + 1 != *number)
		return false;
	errno = EIO;
	return true;
}

bool spp_fault_read(void)
{
	return refuse(&reads, &refused_read);
}

bool spp_fault_write(void)
{
	return refuse(&writes, &refused_write);
}
#endif
