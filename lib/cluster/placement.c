#include "lib/cluster/placement.h"

#include "lib/base/arena.h"

#include <math.h>
#include <string.h>

static struct spp_placement new_placement(const struct spp_cluster *cluster,
	const size_t *replica, const size_t *serving, struct spp_arena *arena)
{
	struct spp_placement placement = {
		.replica = spp_arena_alloc(
			arena, cluster->replicas, sizeof(size_t)),
		.serving = spp_arena_alloc(
			arena, cluster->subscriptions, sizeof(size_t)),
	};

	if (arena->failed)
		return (struct spp_placement){NULL, NULL};
	memcpy(placement.replica, replica, cluster->replicas * sizeof(size_t));
	memcpy(placement.serving, serving,
		cluster->subscriptions * sizeof(size_t));
	return placement;
}

struct spp_placement spp_placement_current(
	const struct spp_cluster *cluster, struct spp_arena *arena)
{
	return new_placement(
		cluster, cluster->replica, cluster->serving, arena);
}

struct spp_placement spp_placement_copy(const struct spp_cluster *cluster,
	const struct spp_placement *from, struct spp_arena *arena)
{
	return new_placement(cluster, from->replica, from->serving, arena);
}

struct spp_load spp_load_new(
	const struct spp_cluster *cluster, struct spp_arena *arena)
{
	size_t cells = cluster->platforms * cluster->cells;
	struct spp_load load = {
		.mean = spp_arena_alloc(arena, cells, sizeof(double)),
		.variance = spp_arena_alloc(arena, cells, sizeof(double)),
		.factor = spp_arena_alloc(
			arena, cells * cluster->factors, sizeof(double)),
	};

	if (arena->failed)
		return (struct spp_load){NULL, NULL, NULL};
	for (size_t i = 0; i < cluster->platforms * cluster->resources; i++) {
		for (size_t slot = 0; slot < cluster->slots; slot++)
			load.mean[i * cluster->slots + slot] =
				spp_cluster_alive(
					cluster, i / cluster->resources)
					? cluster->background[i]
					: 0;
	}
	return load;
}

struct spp_row spp_load_row(const struct spp_cluster *cluster,
	const struct spp_load *load, size_t platform)
{
	size_t at = platform * cluster->cells;

	return (struct spp_row){
		.mean = load->mean + at,
		.variance = load->variance + at,
		.factor = load->factor + at * cluster->factors,
	};
}

void spp_row_copy(const struct spp_cluster *cluster, struct spp_row *to,
	const struct spp_row *from)
{
	size_t size = cluster->cells * sizeof(double);

	memcpy(to->mean, from->mean, size);
	memcpy(to->variance, from->variance, size);
	memcpy(to->factor, from->factor, size * cluster->factors);
}

void spp_row_add(const struct spp_cluster *cluster, struct spp_row *row,
	const struct spp_item *item, double sign)
{
	for (size_t i = 0; i < cluster->cells; i++)
		row->mean[i] += sign * item->mean[i];
	for (size_t i = 0; i < cluster->cells; i++)
		row->variance[i] += sign * item->variance[i];
	if (item->loading == NULL)
		return;
	for (size_t i = 0; i < cluster->cells * cluster->factors; i++)
		row->factor[i] += sign * item->loading[i];
}

/* A part of a value, to the quantum. */
static double part(double value, double share, double quantum)
{
	return nearbyint(value * share / quantum) * quantum;
}

/* The cells of one array from a slot on; a share of the one before it. */
static void add_from(const struct spp_cluster *cluster, double *to,
	const double *from, const double *quantum, double sign, size_t slot,
	double share)
{
	for (size_t r = 0; r < cluster->resources; r++) {
		size_t at = r * cluster->slots;

		if (share > 0)
			to[at + slot - 1] += sign * part(from[at + slot - 1],
							    share, quantum[r]);
		for (size_t k = slot; k < cluster->slots; k++)
			to[at + k] += sign * from[at + k];
	}
}

void spp_row_add_from(const struct spp_cluster *cluster, struct spp_row *row,
	const struct spp_item *item, double sign, double ready_s)
{
	size_t slot = 0;
	double share = 0;

	if (!(ready_s > 0)) {
		spp_row_add(cluster, row, item, sign);
		return;
	}
	while (slot < cluster->slots && cluster->slot_start_s[slot] < ready_s)
		slot++;
	if (slot > 0 && cluster->slot_end_s[slot - 1] > ready_s)
		share = (cluster->slot_end_s[slot - 1] - ready_s) /
		        (cluster->slot_end_s[slot - 1] -
				cluster->slot_start_s[slot - 1]);
	add_from(cluster, row->mean, item->mean, cluster->quantum_mean, sign,
		slot, share);
	add_from(cluster, row->variance, item->variance,
		cluster->quantum_variance, sign, slot, share);
	for (size_t k = 0; item->loading != NULL && k < cluster->factors; k++)
		add_from(cluster, row->factor + k * cluster->cells,
			item->loading + k * cluster->cells,
			cluster->quantum_loading, sign, slot, share);
}

static void add(const struct spp_cluster *cluster, struct spp_load *load,
	size_t platform, const struct spp_item *item, double sign,
	double ready_s)
{
	struct spp_row row;

	if (!spp_cluster_alive(cluster, platform))
		return;
	row = spp_load_row(cluster, load, platform);
	spp_row_add_from(cluster, &row, item, sign, ready_s);
}

void spp_load_partition(const struct spp_cluster *cluster,
	struct spp_load *load, const struct spp_placement *placement,
	size_t partition, double sign, double ready_s)
{
	size_t first = cluster->first_replica[partition];
	size_t end = cluster->first_replica[partition + 1];

	for (size_t i = first; i < end; i++)
		add(cluster, load, placement->replica[i],
			i == first ? &cluster->leader[partition]
				   : &cluster->follower[partition],
			sign, ready_s);
	if (!cluster->apart)
		return;
	for (size_t s = cluster->first_subscription[partition];
		s < cluster->first_subscription[partition + 1]; s++)
		add(cluster, load, placement->serving[s],
			&cluster->subscription[s], sign, ready_s);
}

void spp_load_place(const struct spp_cluster *cluster, struct spp_load *load,
	const struct spp_placement *placement, double sign)
{
	for (size_t p = 0; p < cluster->partitions; p++)
		spp_load_partition(cluster, load, placement, p, sign, 0);
}
