#include "lib/plan/relief.h"

#include "lib/base/arena.h"
#include "lib/cluster/cost.h"

#include <math.h>
#include <string.h>

/* Can the change be laid out like the cluster's own placement? */
static bool same_shape(
	const struct spp_cluster *cluster, const struct spp_plan_change *change)
{
	return change->subscription != SPP_NOWHERE ||
	       change->count ==
	               spp_cluster_replicas(cluster, change->partition);
}

/* Overload with each change in effect from its time on. */
static bool overload_at(const struct spp_cluster *cluster,
	const struct spp_plan_change *changes, const double *at_s, size_t count,
	double *overload)
{
	struct spp_arena scratch = {0};
	struct spp_placement now = spp_placement_current(cluster, &scratch);
	struct spp_placement then = spp_placement_copy(cluster, &now, &scratch);
	struct spp_load load = spp_load_new(cluster, &scratch);
	double *from_s =
		spp_arena_alloc(&scratch, cluster->partitions, sizeof(*from_s));
	bool ok = spp_arena_ok(&scratch, NULL);

	if (ok)
		spp_load_place(cluster, &load, &now, 1);
	for (size_t i = 0; ok && i < count; i++) {
		const struct spp_plan_change *change = &changes[i];

		if (!same_shape(cluster, change))
			continue;
		if (change->subscription != SPP_NOWHERE)
			then.serving[change->subscription] = change->to[0];
		else
			memcpy(then.replica + cluster->first_replica
						      [change->partition],
				change->to,
				change->count * sizeof(*change->to));
		from_s[change->partition] =
			fmax(from_s[change->partition], at_s[i]);
	}
	for (size_t i = 0; ok && i < count; i++) {
		size_t p = changes[i].partition;
		double at = from_s[p];

		/* Each partition once, and what is never done not at all. */
		from_s[p] = INFINITY;
		if (isinf(at) || !same_shape(cluster, &changes[i]))
			continue;
		spp_load_partition(cluster, &load, &now, p, -1, at);
		spp_load_partition(cluster, &load, &then, p, 1, at);
	}
	if (ok)
		*overload = spp_cost_load(cluster, &load).overload;
	spp_arena_free(&scratch);
	return ok;
}

bool spp_plan_relief_lost(const struct spp_cluster *cluster,
	const struct spp_plan_change *changes, const double *done_s,
	size_t count, double *lost)
{
	struct spp_arena scratch = {0};
	double *meant_s = spp_arena_alloc(&scratch, count, sizeof(*meant_s));
	double planned, meant;
	bool ok = meant_s != NULL;

	for (size_t i = 0; ok && i < count; i++)
		meant_s[i] = changes[i].ready_s;
	ok = ok && overload_at(cluster, changes, done_s, count, &planned) &&
	     overload_at(cluster, changes, meant_s, count, &meant);
	if (ok)
		*lost = planned - meant;
	spp_arena_free(&scratch);
	return ok;
}
