/*
 * A plan run event by event, written from the definitions and not from the
 * engine: at every instant the load of every platform is added up anew from
 * all partitions, for every prefix of the plan.  Slow, and meant to be.
 */
#ifndef SPP_TESTS_UNIT_PLAN_REPLAY_H
#define SPP_TESTS_UNIT_PLAN_REPLAY_H

#include "lib/cluster/risk.h"
#include "plan_world.h"

#include <stdlib.h>

enum { REPLAY_RESOURCES = 8, REPLAY_REPLICAS = 8 };

/* Load of all platforms at an instant. */
struct replay_load {
	double mean[WORLD_PLATFORMS][REPLAY_RESOURCES];
	double variance[WORLD_PLATFORMS][REPLAY_RESOURCES];
};

/* Value of an item in a slot; the slot after the last: its maximum. */
static inline double replay_value(const struct spp_cluster *cluster,
	const double *cells, size_t resource, size_t slot)
{
	const double *row = cells + resource * cluster->slots;
	double most = row[0];

	if (slot < cluster->slots)
		return row[slot];
	for (size_t s = 1; s < cluster->slots; s++)
		most = fmax(most, row[s]);
	return most;
}

static inline double replay_in(
	const struct spp_cluster *cluster, size_t partition, size_t slot)
{
	const double *in = cluster->in_bytes + partition * cluster->slots;
	double most = in[0];

	if (slot < cluster->slots)
		return in[slot];
	for (size_t s = 1; s < cluster->slots; s++)
		most = fmax(most, in[s]);
	return most;
}

static inline size_t replay_slot(const struct spp_cluster *cluster, double at_s)
{
	size_t slot = 0;

	while (slot < cluster->slots && at_s >= cluster->slot_end_s[slot])
		slot++;
	return slot;
}

static inline void replay_add(const struct spp_cluster *cluster,
	struct replay_load *load, size_t platform, const struct spp_item *item,
	size_t slot)
{
	if (!spp_cluster_alive(cluster, platform))
		return;
	for (size_t r = 0; r < cluster->resources; r++) {
		load->mean[platform][r] +=
			replay_value(cluster, item->mean, r, slot);
		load->variance[platform][r] +=
			replay_value(cluster, item->variance, r, slot);
	}
}

/* What a running copy adds to both ends, and the room the new one takes. */
static inline void replay_copy(const struct spp_cluster *cluster,
	struct replay_load *load, const struct spp_plan_move *move, size_t slot)
{
	const struct spp_item *item = &cluster->follower[move->step.partition];

	for (size_t r = 0; r < cluster->resources; r++) {
		double *to = load->mean[move->step.to];

		if (r == cluster->disk) {
			to[r] += replay_value(cluster, item->mean, r, slot);
			continue;
		}
		to[r] += cluster->model[r].follower_base;
		if (move->copy_from == SPP_NOWHERE)
			continue;
		to[r] += cluster->model[r].follower_per_byte * move->rate;
		if (spp_cluster_alive(cluster, move->copy_from))
			load->mean[move->copy_from][r] +=
				cluster->model[r].per_replicated_byte *
				move->rate;
	}
}

/* One partition at an instant, with the first MOVES of the plan. */
static inline void replay_partition(const struct world *world, size_t p,
	size_t moves, bool repairs_only, double at_s, size_t slot,
	struct replay_load *load)
{
	const struct spp_cluster *cluster = world->cluster;
	size_t list[REPLAY_REPLICAS], count = 0;

	for (size_t i = cluster->first_replica[p];
		i < cluster->first_replica[p + 1]; i++)
		list[count++] = cluster->replica[i];
	for (size_t m = 0; m < moves; m++) {
		const struct spp_plan_move *move = &world->plan.moves[m];
		bool runs = at_s < spp_plan_end_s(move);
		bool copies = at_s < move->start_s + move->attach_s;
		size_t at = 0;

		if (move->step.partition != p || at_s < move->start_s ||
			(repairs_only && !move->step.repairs))
			continue;
		while (list[at] != move->step.from)
			at++;
		if (move->step.kind == SPP_PLAN_LEADER) {
			if (runs) { /* both lead; the new one is no follower */
				replay_add(cluster, load, move->step.to,
					&cluster->leader[p], slot);
				for (size_t i = 0; i < count; i++)
					if (list[i] == move->step.to)
						list[i] = SPP_NOWHERE;
				break;
			}
			for (size_t i = 1; i < count; i++)
				if (list[i] == move->step.to) {
					list[i] = list[0];
					list[0] = move->step.to;
				}
			continue;
		}
		if (runs && copies)
			replay_copy(cluster, load, move, slot);
		else if (runs)
			replay_add(cluster, load, move->step.to,
				at == 0 ? &cluster->leader[p]
					: &cluster->follower[p],
				slot);
		else
			list[at] = move->step.to;
		if (runs)
			break;
	}
	for (size_t i = 0; i < count; i++)
		if (list[i] != SPP_NOWHERE)
			replay_add(cluster, load, list[i],
				i == 0 ? &cluster->leader[p]
				       : &cluster->follower[p],
				slot);
}

static inline void replay_at(const struct world *world, size_t moves,
	bool repairs_only, double at_s, struct replay_load *load)
{
	const struct spp_cluster *cluster = world->cluster;
	size_t slot = replay_slot(cluster, at_s);

	memset(load, 0, sizeof(*load));
	for (size_t v = 0; v < cluster->platforms; v++)
		for (size_t r = 0; r < cluster->resources; r++)
			load->mean[v][r] =
				cluster->background[v * cluster->resources + r];
	for (size_t p = 0; p < cluster->partitions; p++)
		replay_partition(
			world, p, moves, repairs_only, at_s, slot, load);
}

/* Expected overload of all soft resources, in capacities. */
static inline double replay_overload(
	const struct spp_cluster *cluster, const struct replay_load *load)
{
	double sum = 0;

	for (size_t v = 0; v < cluster->platforms; v++)
		for (size_t r = 0; r < cluster->resources; r++) {
			size_t at = v * cluster->resources + r;
			double capacity = cluster->capacity[at];

			if (cluster->hard[at] || isinf(capacity) ||
				!spp_cluster_alive(cluster, v))
				continue;
			sum += spp_risk_overload(load->mean[v][r] / capacity,
				sqrt(load->variance[v][r]) / capacity,
				cluster->weights.threshold);
		}
	return sum;
}

/* By how much, relatively, a hard level is above what it may be. */
static inline double replay_hard(const struct spp_cluster *cluster,
	const struct replay_load *load, const struct replay_load *nothing)
{
	double worst = 0;

	for (size_t v = 0; v < cluster->platforms; v++)
		for (size_t r = 0; r < cluster->resources; r++) {
			size_t at = v * cluster->resources + r;
			double most, level, z = cluster->risk_z;

			if (!cluster->hard[at] || isinf(cluster->capacity[at]))
				continue;
			most = fmax(cluster->capacity[at],
				nothing->mean[v][r] +
					z * sqrt(nothing->variance[v][r]));
			level = load->mean[v][r] +
			        z * sqrt(load->variance[v][r]);
			worst = fmax(worst, level / most - 1);
		}
	return worst;
}

static inline int replay_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Every instant at which anything changes, up to the horizon or the end. */
static inline size_t replay_times(
	const struct world *world, size_t moves, double *times)
{
	const struct spp_cluster *cluster = world->cluster;
	double end_s = cluster->slot_end_s[cluster->slots - 1];
	size_t count = 0, kept = 1;

	times[count++] = 0;
	for (size_t s = 0; s < cluster->slots; s++)
		times[count++] = cluster->slot_end_s[s];
	for (size_t m = 0; m < moves; m++) {
		const struct spp_plan_move *move = &world->plan.moves[m];

		times[count++] = move->start_s;
		times[count++] = move->start_s + move->attach_s;
		times[count++] = spp_plan_end_s(move);
		end_s = fmax(end_s, spp_plan_end_s(move));
	}
	qsort(times, count, sizeof(*times), replay_compare);
	for (size_t i = 1; i < count && times[i] <= end_s; i++)
		if (times[i] > times[kept - 1])
			times[kept++] = times[i];
	return kept;
}

/* What replaying a prefix shows. */
struct replay_verdict {
	double overload, nothing, repairs; /* platform-hours */
	double hard;                       /* relative excess */
};

static inline struct replay_verdict replay_prefix(
	const struct world *world, size_t moves)
{
	static double times[4 * WORLD_CHANGES];
	static struct replay_load load, nothing, repairs;
	const struct spp_cluster *cluster = world->cluster;
	double horizon_s = cluster->slot_end_s[cluster->slots - 1];
	size_t count = replay_times(world, moves, times);
	struct replay_verdict verdict = {0};

	for (size_t i = 0; i < count; i++) {
		double at_s = times[i];
		size_t slot = replay_slot(cluster, at_s);
		double hours, weight;

		replay_at(world, 0, false, at_s, &nothing);
		replay_at(world, moves, false, at_s, &load);
		replay_at(world, moves, true, at_s, &repairs);
		verdict.hard = fmax(
			verdict.hard, replay_hard(cluster, &load, &nothing));
		if (i + 1 == count)
			break;
		hours = (times[i + 1] - at_s) / 3600;
		weight = pow(
			.8, (slot < cluster->slots ? cluster->slot_start_s[slot]
						   : horizon_s) /
				    3600);
		verdict.overload +=
			hours * weight * replay_overload(cluster, &load);
		verdict.nothing +=
			hours * weight * replay_overload(cluster, &nothing);
		verdict.repairs +=
			hours * weight * replay_overload(cluster, &repairs);
	}
	return verdict;
}

#endif
