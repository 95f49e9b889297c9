/*
 * Faults of the control API on demand: PLATFORM.OPERATION:KIND@WHEN, with
 * "*" for any platform or operation.  WHEN is the number of the call that
 * it hits (1 = the first), or a probability below 1 for each call.
 */
#ifndef SPP_SANDBOX_FAULT_H
#define SPP_SANDBOX_FAULT_H

#include "lib/base/arena.h"
#include "lib/base/rng.h"
#include "lib/records/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_err;

enum spp_fault_kind {
	SPP_FAULT_NONE,
	SPP_FAULT_TIMEOUT_APPLIED, /* done, and no reply comes */
	SPP_FAULT_TIMEOUT_LOST,    /* not done, and no reply comes */
	SPP_FAULT_CUT_APPLIED,     /* done, and the connection is cut */
	SPP_FAULT_CUT_LOST,        /* not done, and the connection is cut */
	SPP_FAULT_REFUSED,         /* not done: refused */
	SPP_FAULT_TRANSIENT,       /* not done: try again */
	SPP_FAULT_IN_PROGRESS,     /* not done: something is under way */
	SPP_FAULT_STALLED,         /* accepted, and nothing happens */
};

struct spp_fault {
	const char *platform;  /* NULL = any */
	const char *operation; /* NULL = any */
	enum spp_fault_kind kind;
	uint64_t at; /* number of the call, 0 = by chance */
	double probability;
	uint64_t met; /* calls so far */
};

struct spp_faults {
	size_t count;
	struct spp_fault *items;
	struct spp_rng rng;
};

bool spp_faults_read(struct spp_faults *faults, const struct spp_strings *texts,
	uint64_t seed, struct spp_arena *arena, struct spp_err *err);

/* Count a call; what goes wrong with it.  Platform NULL = it has none. */
enum spp_fault_kind spp_faults_meet(
	struct spp_faults *faults, const char *platform, const char *operation);

#endif
