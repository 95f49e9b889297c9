/*
 * Named places at which a test can kill the process.  Only a build with
 * SPP_FAILPOINTS has them: there SPP_FAILPOINT=NAME, or NAME@N for the N-th
 * time, ends the process at that place as kill -9 would.
 */
#ifndef SPP_STORE_FAILPOINT_H
#define SPP_STORE_FAILPOINT_H

enum spp_failpoint_side { SPP_FAILPOINT_BEFORE, SPP_FAILPOINT_AFTER };

#ifdef SPP_FAILPOINTS
/* The place "WHAT.NAME.before" or "WHAT.NAME.after". */
void spp_failpoint(
	const char *what, const char *name, enum spp_failpoint_side side);

/* All "WHAT.NAME" there are, NULL-terminated. */
extern const char *const spp_failpoints[];
#else
static inline void spp_failpoint(
	const char *what, const char *name, enum spp_failpoint_side side)
{
	(void)what;
	(void)name;
	(void)side;
}
#endif

#endif
