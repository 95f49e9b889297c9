#include "lib/cluster/cluster.h"

#include "lib/base/text.h"

#include <math.h>

/* A copy must be faster than what is written meanwhile, by this factor. */
#define CATCH_UP 1.05

bool spp_cluster_alive(const struct spp_cluster *cluster, size_t platform)
{
	return platform != SPP_NOWHERE &&
	       cluster->state[platform] != SPP_FAILED;
}

bool spp_cluster_open(const struct spp_cluster *cluster, size_t platform)
{
	return platform != SPP_NOWHERE &&
	       (cluster->state[platform] == SPP_ACTIVE ||
		       cluster->state[platform] == SPP_JOINING);
}

/* First index in [low, high) whose name is not less than NAME. */
static size_t lower_bound(
	const char *const *names, size_t low, size_t high, const char *name)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spp_text_compare(names[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t find(
	const char *const *names, size_t low, size_t high, const char *name)
{
	size_t at = lower_bound(names, low, high, name);

	if (at < high && spp_text_compare(names[at], name) == 0)
		return at;
	return SPP_NOWHERE;
}

size_t spp_cluster_platform(const struct spp_cluster *cluster, const char *name)
{
	return find(cluster->platform_names, 0, cluster->platforms, name);
}

size_t spp_cluster_resource(const struct spp_cluster *cluster, const char *name)
{
	return find(cluster->resource_names, 0, cluster->resources, name);
}

size_t spp_cluster_stream(const struct spp_cluster *cluster, const char *name)
{
	return find(cluster->stream_names, 0, cluster->streams, name);
}

size_t spp_cluster_partition(const struct spp_cluster *cluster,
	const char *stream, const char *partition)
{
	size_t at = spp_cluster_stream(cluster, stream);

	if (at == SPP_NOWHERE)
		return SPP_NOWHERE;
	return find(cluster->partition_names, cluster->first_partition[at],
		cluster->first_partition[at + 1], partition);
}

size_t spp_cluster_subscription(const struct spp_cluster *cluster,
	size_t partition, const char *subscriber)
{
	return find(cluster->subscriber, cluster->first_subscription[partition],
		cluster->first_subscription[partition + 1], subscriber);
}

bool spp_cluster_barred(
	const struct spp_cluster *cluster, size_t partition, size_t platform)
{
	const unsigned char *bits = cluster->barred[partition];

	return bits != NULL && (bits[platform / 8] >> platform % 8 & 1) != 0;
}

double spp_cluster_copy_s(const struct spp_cluster *cluster, size_t partition)
{
	double in = cluster->in_bytes[partition * cluster->slots];
	double rate = cluster->driver.rate;

	if (rate < CATCH_UP * in)
		return INFINITY;
	return cluster->size_bytes[partition] / (rate - in);
}
