/* Inside of the repairs: ways to mend something, and trying them. */
#ifndef SPP_ASSIGN_REPAIR_H
#define SPP_ASSIGN_REPAIR_H

#include "lib/assign/search.h"

/* How good a repair is: fewer breaches, less excess, less cost. */
struct spp_worth {
	long breaches;
	double excess;
	double cost;
};

/* A way to change one partition, and perhaps one that makes room for it. */
struct spp_repair {
	struct spp_worth worth;
	size_t piece;  /* that goes to target ... */
	size_t target; /* ... or SPP_NOWHERE: that leads */
	size_t guest;  /* a piece that leaves target, or SPP_NOWHERE ... */
	size_t refuge; /* ... for this platform */
};

/* Tries one way and keeps it where it is better than BEST. */
void spp_repair_try(struct spp_search *search, struct spp_repair repair,
	struct spp_repair *best);

/*
 * Places for a piece where it fits once another piece has left: what the
 * smallest pieces of each platform can do.
 */
void spp_repair_with_room(
	struct spp_search *search, size_t piece, struct spp_repair *best);

#endif
