/*
 * The cluster as plain arrays: what records say, with names interned in the
 * order of spp_text_compare, demand worked out once.  All engines read the
 * same const struct; nothing in it changes after spp_cluster_build.
 */
#ifndef SPP_CLUSTER_CLUSTER_H
#define SPP_CLUSTER_CLUSTER_H

#include "lib/base/time.h"
#include "lib/records/cluster_records.h"

#include <stdbool.h>
#include <stddef.h>

#define SPP_NOWHERE ((size_t)-1) /* no platform, label or resource */

/*
 * What one replica or subscription costs its platform.  An array has a cell
 * per resource and slot: [resource * slots + slot]; loadings have one such
 * array after the other, a factor each.  All values are multiples of their
 * quantum, so that sums and differences are exact in any order.
 */
struct spp_item {
	const double *mean;
	const double *variance; /* sd^2 less the squares of the loadings */
	const double *loading;  /* NULL without factors */
};

/* Coefficients of one resource (design: "Demand"), rescaled if need be. */
struct spp_coefficients {
	double base, per_byte, per_record, per_replicated_byte; /* leader */
	double follower_base, follower_per_byte;
	double out_per_byte, out_per_record, out_per_connection;
};

/* Weights of the cost; threshold and half-life go with them. */
struct spp_weights {
	double overload, latency, utilisation, migration, smoothness;
	double half_life_s;
	double threshold;
	bool certain; /* overload of the mean, not the expected one */
};

/* What the control API can do, with every default filled in. */
struct spp_abilities {
	int serve;     /* enum spp_serve */
	int copy_from; /* enum spp_copy_from */
	double handover_s;
	double max_inflight;
	double rate; /* most bytes/s of one copy */
};

/* One colocate constraint: the leaders of its members share the label. */
struct spp_group {
	int label; /* enum spp_label, -1 = the platform itself */
	size_t count;
	const size_t *partitions;
};

/* Most moves and bytes, of a stream or (SPP_NOWHERE) of all. */
struct spp_budget {
	size_t stream;
	double moves; /* INFINITY = no limit */
	double bytes;
};

/* How far the replicas of a partition must be spread, 0 = no rule. */
struct spp_spread {
	size_t racks, zones;
};

struct spp_cluster {
	const char *name; /* of the cluster record, or NULL */
	spp_time now;     /* what slot_start_s and ages count from */
	double risk;      /* of hard capacities, in (0, 1) */
	double risk_z;    /* its normal quantile; 0 when certain */
	struct spp_weights weights;
	struct spp_abilities driver;
	bool apart; /* subscriptions are items of their own */

	/* Slots that have not passed; the first may have begun. */
	size_t slots;
	size_t first_slot;           /* of them in the forecasts */
	const double *slot_start_s;  /* from now, never negative */
	const double *slot_end_s;    /* from now */
	const double *slot_weight_h; /* hours * .8^(hours until it begins) */

	/* Resources that some platform's capacity names. */
	size_t resources;
	size_t cells; /* resources * slots */
	size_t factors;
	const char **resource_names;
	size_t cpu, memory, disk, network_in, network_out; /* or SPP_NOWHERE */
	const bool *queued; /* [resource]: cpu and network, where work waits */
	const struct spp_coefficients *model; /* [resource] */
	const double *quantum_mean;           /* [resource] */
	const double *quantum_variance;
	const double *quantum_loading;

	/* Platforms. */
	size_t platforms, racks, zones;
	const char **platform_names;
	const char **rack_names, **zone_names;
	const size_t *rack, *zone;  /* [platform], SPP_NOWHERE = no label */
	const int *state;           /* enum spp_platform_state */
	const double *capacity;     /* [platform * resources + resource] */
	const double *share;        /* 1/capacity, 0 where unlimited */
	const bool *hard;           /* as capacity */
	const double *background;   /* as capacity; of a quantum, every slot */
	const double *cluster_mean; /* [cell]: load/capacity of the whole */

	/* Streams and partitions, sorted by (stream, partition). */
	size_t streams, partitions, replicas;
	const char **stream_names;
	const size_t *first_partition; /* [stream + 1] into partitions */
	const size_t *stream;          /* [partition] */
	const char **partition_names;  /* [partition] */
	const size_t *first_replica;   /* [partition + 1] into replica */
	const size_t *replica; /* platform, SPP_NOWHERE = to be placed */
	const char **version;  /* [partition], NULL = not known */
	const double *size_bytes;
	const double *age_s;    /* since moved_at, INFINITY = never moved */
	const double *in_bytes; /* [partition * slots + slot], bytes/s */
	const bool *frozen;     /* by a constraint, or moving now */
	const bool *moving;
	const struct spp_item *leader;   /* [partition] */
	const struct spp_item *follower; /* [partition] */

	/* Subscriptions, sorted by (stream, partition, subscriber). */
	size_t subscriptions;
	const size_t *first_subscription; /* [partition + 1] */
	const char **subscriber;
	const size_t *subscribed; /* [subscription]: its partition */
	const size_t *serving;    /* platform that serves it */
	const double *connections;
	const struct spp_item *subscription; /* NULL unless apart */

	/* Constraints. */
	const unsigned char *const *barred; /* [partition][platform / 8] bits
					       of platforms it may not use;
					       NULL = none are barred */
	const size_t *const *pinned; /* [partition]: NULL or platforms, ended
					by SPP_NOWHERE; the first leads */
	const struct spp_spread *spread; /* [partition] */
	size_t groups;
	const struct spp_group *group;
	const size_t *first_group; /* [partition + 1] into groups_of */
	const size_t *groups_of;   /* indices of the groups it is in */
	size_t budgets;
	const struct spp_budget *budget;
};

/* Replicas of a partition. */
static inline size_t spp_cluster_replicas(
	const struct spp_cluster *cluster, size_t partition)
{
	return cluster->first_replica[partition + 1] -
	       cluster->first_replica[partition];
}

/* A platform that carries load (a failed one carries none). */
bool spp_cluster_alive(const struct spp_cluster *cluster, size_t platform);

/* A platform that new replicas may be given to. */
bool spp_cluster_open(const struct spp_cluster *cluster, size_t platform);

/* Index of a name by binary search, SPP_NOWHERE when it is not there. */
size_t spp_cluster_platform(
	const struct spp_cluster *cluster, const char *name);
size_t spp_cluster_resource(
	const struct spp_cluster *cluster, const char *name);
size_t spp_cluster_stream(const struct spp_cluster *cluster, const char *name);
size_t spp_cluster_partition(const struct spp_cluster *cluster,
	const char *stream, const char *partition);
size_t spp_cluster_subscription(const struct spp_cluster *cluster,
	size_t partition, const char *subscriber);

/* Does a constraint bar the partition from the platform? */
bool spp_cluster_barred(
	const struct spp_cluster *cluster, size_t partition, size_t platform);

/*
 * Seconds that the copy of one replica runs, without the hand-over: size/
 * (rate - in), in = mean of the first slot.  INFINITY where live traffic
 * cannot be caught up with (rate < 1.05 in).
 */
double spp_cluster_copy_s(const struct spp_cluster *cluster, size_t partition);

#endif
