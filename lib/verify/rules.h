/*
 * How far the rules for places are from being kept.
 */
#ifndef SPP_VERIFY_RULES_H
#define SPP_VERIFY_RULES_H

#include "lib/verify/load.h"

/* Does a constraint speak of this partition, or of its stream, or of all? */
bool spp_verify_matches(const struct spp_constraint *constraint,
	const struct spp_partition *partition);

/*
 * Violations of a pin, allow, forbid or spread by one partition, before or
 * with the answer; 0 for other constraints and partitions.
 */
size_t spp_verify_broken(const struct spp_verify_run *run,
	const struct spp_constraint *constraint, size_t partition, bool after);

/* Members of a group whose leaders stand apart from the first one's. */
size_t spp_verify_apart(const struct spp_verify_run *run,
	const struct spp_constraint *constraint, bool after);

#endif
