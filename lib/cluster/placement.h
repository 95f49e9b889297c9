/*
 * A placement: which platforms hold the replicas and serve the
 * subscriptions; and the load that it puts on each platform.
 */
#ifndef SPP_CLUSTER_PLACEMENT_H
#define SPP_CLUSTER_PLACEMENT_H

#include "lib/cluster/cluster.h"

struct spp_arena;

struct spp_placement {
	size_t *replica; /* laid out as cluster->replica */
	size_t *serving; /* [subscription] */
};

/* The placement that the records state.  NULL members when memory ran out. */
struct spp_placement spp_placement_current(
	const struct spp_cluster *cluster, struct spp_arena *arena);
struct spp_placement spp_placement_copy(const struct spp_cluster *cluster,
	const struct spp_placement *from, struct spp_arena *arena);

/*
 * Load of all platforms: background and items.  A row is a platform's cells;
 * factor has cluster->factors rows per platform (NULL without factors).
 * A share of an item goes to a platform in the slot in which it changes
 * place; the rest stays on the other side, to the quantum.
 */
struct spp_load {
	double *mean;     /* [platform * cells + cell] */
	double *variance; /* as mean */
	double *factor;   /* [(platform * factors + k) * cells + cell] */
};

/* One platform's part of a load, or a scratch row. */
struct spp_row {
	double *mean, *variance, *factor;
};

/* A load with background only. */
struct spp_load spp_load_new(
	const struct spp_cluster *cluster, struct spp_arena *arena);
struct spp_row spp_load_row(const struct spp_cluster *cluster,
	const struct spp_load *load, size_t platform);
void spp_row_copy(const struct spp_cluster *cluster, struct spp_row *to,
	const struct spp_row *from);

/* Add (sign 1) or take away (sign -1) an item in all slots. */
void spp_row_add(const struct spp_cluster *cluster, struct spp_row *row,
	const struct spp_item *item, double sign);

/*
 * The same for the time from ready_s on: slots that end before it are left
 * alone, the slot that holds it counts in proportion (mean, variance and
 * loadings times the share, each rounded to its quantum).
 */
void spp_row_add_from(const struct spp_cluster *cluster, struct spp_row *row,
	const struct spp_item *item, double sign, double ready_s);

/* Put a whole placement on a load (sign 1), or take it off (-1). */
void spp_load_place(const struct spp_cluster *cluster, struct spp_load *load,
	const struct spp_placement *placement, double sign);

/*
 * One partition's part of that: its replicas, and its subscriptions where
 * they are apart, from ready_s on (0 = always).  Failed platforms and
 * SPP_NOWHERE carry nothing.
 */
void spp_load_partition(const struct spp_cluster *cluster,
	struct spp_load *load, const struct spp_placement *placement,
	size_t partition, double sign, double ready_s);

#endif
