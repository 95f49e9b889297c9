/*
 * Reads and writes that fail when a test wants it: a build with SPP_FAULTS
 * refuses the n-th read (write) of the process with EIO, n from the
 * environment variable SPP_FAULT_READ (SPP_FAULT_WRITE).
 */
#ifndef SPP_IO_FAULT_H
#define SPP_IO_FAULT_H

#include <stdbool.h>

#ifdef SPP_FAULTS
bool spp_fault_read(void);
bool spp_fault_write(void);
#else
static inline bool spp_fault_read(void)
{
	return false;
}

static inline bool spp_fault_write(void)
{
	return false;
}
#endif

#endif
