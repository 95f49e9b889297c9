#include "lib/cluster/change.h"

#include <assert.h>

static bool holds(const size_t *list, size_t count, size_t platform)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == platform)
			return true;
	}
	return false;
}

/* A coming replica in place of a leaving one, or added. */
static struct spp_step replica_step(const struct spp_cluster *cluster,
	size_t partition, const size_t *old, size_t count, size_t from,
	size_t to)
{
	struct spp_step step = {
		.kind = from == SPP_NOWHERE ? SPP_STEP_ADD : SPP_STEP_REPLICA,
		.from = from,
		.to = to,
		.copy_from = spp_cost_copy_from(cluster, old, count, from),
	};

	if (step.copy_from != SPP_NOWHERE)
		step.bytes = cluster->size_bytes[partition];
	return step;
}

size_t spp_change_steps(const struct spp_cluster *cluster, size_t partition,
	const size_t *old, const size_t *new, size_t count,
	struct spp_step steps[SPP_REPLICAS_MAX + 1])
{
	size_t leaving[SPP_REPLICAS_MAX], left = 0, taken = 0, made = 0;
	bool leads;

	assert(count > 0 && count <= SPP_REPLICAS_MAX);
	leads = new[0] == old[0];
	for (size_t i = 0; i < count; i++) {
		if (!holds(new, count, old[i]))
			leaving[left++] = old[i];
	}
	for (size_t i = 0; i < count; i++) {
		size_t from = SPP_NOWHERE;

		if (new[i] == SPP_NOWHERE || holds(old, count, new[i]))
			continue;
		/* An old leader that leaves stands first, but pairs with
		   another only when the new leader does not come. */
		if (taken < left)
			from = leaving[taken++];
		if (i == 0 && (from == old[0] || from == SPP_NOWHERE))
			leads = true;
		steps[made++] = replica_step(
			cluster, partition, old, count, from, new[i]);
	}
	if (!leads && new[0] != SPP_NOWHERE)
		steps[made++] = (struct spp_step){
			.kind = SPP_STEP_LEADER,
			.from = old[0],
			.to = new[0],
			.copy_from = SPP_NOWHERE,
		};
	return made;
}

void spp_change_keep_order(const size_t *old, size_t *new, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t k = 1; k < count; k++) {
			size_t other = new[k];

			if (other != old[i] || other == SPP_NOWHERE || k == i)
				continue;
			new[k] = new[i];
			new[i] = other;
		}
	}
}

/* Connections of all subscriptions of a partition. */
static double connections_of(
	const struct spp_cluster *cluster, size_t partition)
{
	double sum = 0;

	for (size_t s = cluster->first_subscription[partition];
		s < cluster->first_subscription[partition + 1]; s++)
		sum += cluster->connections[s];
	return sum;
}

/* Replicas and leader: copies, and the connections that follow a leader. */
static void add_replicas(const struct spp_cluster *cluster, const size_t *old,
	const size_t *new, size_t partition, struct spp_change *change)
{
	size_t count = spp_cluster_replicas(cluster, partition);
	struct spp_step steps[SPP_REPLICAS_MAX + 1];
	size_t made =
		spp_change_steps(cluster, partition, old, new, count, steps);

	for (size_t i = 0; i < made; i++) {
		change->moves++;
		if (!(steps[i].bytes > 0))
			continue;
		change->bytes += steps[i].bytes;
		change->copy_s += spp_cluster_copy_s(cluster, partition);
		change->cost.migration += spp_cost_copy(cluster, steps[i].bytes,
			steps[i].copy_from, steps[i].to);
	}
	if (!cluster->apart && new[0] != old[0] && old[0] != SPP_NOWHERE)
		change->cost.migration += spp_cost_connections(
			cluster, connections_of(cluster, partition));
}

struct spp_change spp_change_of(const struct spp_cluster *cluster,
	size_t partition, const size_t *replica, const size_t *serving)
{
	size_t first = cluster->first_subscription[partition];
	size_t end = cluster->first_subscription[partition + 1];
	struct spp_change change = {0};

	add_replicas(cluster,
		cluster->replica + cluster->first_replica[partition], replica,
		partition, &change);
	for (size_t s = first; cluster->apart && s < end; s++) {
		if (serving[s - first] == cluster->serving[s])
			continue;
		change.moves++;
		change.cost.migration +=
			spp_cost_connections(cluster, cluster->connections[s]);
	}
	change.cost.smoothness =
		(double)change.moves * spp_cost_smoothness(cluster, partition);
	change.copy_s += (double)change.moves * cluster->driver.handover_s;
	return change;
}
