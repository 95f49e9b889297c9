#include "lib/cluster/rules.h"

const char *spp_rule_text(enum spp_rule rule)
{
	static const char *const texts[SPP_RULES] = {
		[SPP_RULE_PLACED] = "a replica without a platform",
		[SPP_RULE_FAILED] = "a replica on a failed platform",
		[SPP_RULE_DRAINING] = "a replica on a draining platform",
		[SPP_RULE_BARRED] = "a replica on a platform that a "
				    "constraint bars",
		[SPP_RULE_APART] = "two replicas on one platform",
		[SPP_RULE_RACKS] = "replicas on too few racks",
		[SPP_RULE_ZONES] = "replicas in too few zones",
		[SPP_RULE_PINNED] = "a pin that does not hold",
		[SPP_RULE_SERVED] = "a subscription that its platform cannot "
				    "serve",
		[SPP_RULE_COLOCATED] = "leaders of a group that are not "
				       "together",
	};

	return texts[rule];
}

static bool holds(const size_t *replica, size_t count, size_t platform)
{
	for (size_t i = 0; i < count; i++) {
		if (replica[i] == platform)
			return true;
	}
	return false;
}

/*
 * Different labels among replicas that are alive: one on a failed platform
 * spreads nothing.  No label is one more label, common to all without.
 */
static size_t labels_of(const struct spp_cluster *cluster, const size_t *label,
	const size_t *replica, size_t count)
{
	size_t different = 0;

	for (size_t i = 0; i < count; i++) {
		bool first = spp_cluster_alive(cluster, replica[i]);

		for (size_t k = 0; first && k < i; k++)
			first = !spp_cluster_alive(cluster, replica[k]) ||
			        label[replica[k]] != label[replica[i]];
		different += first;
	}
	return different;
}

static size_t too_few(const struct spp_cluster *cluster, const size_t *label,
	size_t minimum, const size_t *replica, size_t count)
{
	size_t different;

	if (minimum < 2)
		return 0;
	if (minimum > count)
		minimum = count;
	different = labels_of(cluster, label, replica, count);
	return different < minimum ? minimum - different : 0;
}

static size_t pins_broken(
	const size_t *pinned, const size_t *replica, size_t count)
{
	size_t broken;

	if (pinned == NULL || *pinned == SPP_NOWHERE)
		return 0;
	broken = replica[0] != *pinned;
	for (pinned++; *pinned != SPP_NOWHERE; pinned++)
		broken += !holds(replica, count, *pinned);
	return broken;
}

static void count_replica(const struct spp_cluster *cluster, size_t partition,
	const size_t *replica, size_t i, struct spp_breaches *breaches)
{
	size_t at = replica[i];

	if (at == SPP_NOWHERE) {
		breaches->of[SPP_RULE_PLACED]++;
		return;
	}
	breaches->of[SPP_RULE_FAILED] += cluster->state[at] == SPP_FAILED;
	breaches->of[SPP_RULE_DRAINING] += cluster->state[at] == SPP_DRAINING;
	breaches->of[SPP_RULE_BARRED] +=
		spp_cluster_barred(cluster, partition, at);
	breaches->of[SPP_RULE_APART] += holds(replica, i, at);
}

/*
 * May a platform serve a subscription?  Even where any may: one that gives
 * its replica up does not.
 */
static bool may_serve(const struct spp_cluster *cluster, size_t partition,
	const size_t *replica, size_t at)
{
	size_t count = spp_cluster_replicas(cluster, partition);
	const size_t *old =
		cluster->replica + cluster->first_replica[partition];

	if (!spp_cluster_open(cluster, at))
		return false;
	if (holds(replica, count, at))
		return true;
	return cluster->driver.serve == SPP_SERVE_ANY && !holds(old, count, at);
}

struct spp_breaches spp_rules_breaches(const struct spp_cluster *cluster,
	size_t partition, const size_t *replica, const size_t *serving)
{
	size_t count = spp_cluster_replicas(cluster, partition);
	size_t first = cluster->first_subscription[partition];
	size_t end = cluster->first_subscription[partition + 1];
	struct spp_breaches breaches = {0};

	for (size_t i = 0; i < count; i++)
		count_replica(cluster, partition, replica, i, &breaches);
	breaches.of[SPP_RULE_RACKS] = too_few(cluster, cluster->rack,
		cluster->spread[partition].racks, replica, count);
	breaches.of[SPP_RULE_ZONES] = too_few(cluster, cluster->zone,
		cluster->spread[partition].zones, replica, count);
	breaches.of[SPP_RULE_PINNED] =
		pins_broken(cluster->pinned[partition], replica, count);
	for (size_t s = first; cluster->apart && s < end; s++)
		breaches.of[SPP_RULE_SERVED] += !may_serve(
			cluster, partition, replica, serving[s - first]);
	for (size_t i = 0; i < SPP_RULES; i++)
		breaches.total += breaches.of[i];
	return breaches;
}

/* What members must share: a label of the leader's platform, or itself. */
static size_t label_of(
	const struct spp_cluster *cluster, int label, size_t platform)
{
	if (platform == SPP_NOWHERE || label < 0)
		return platform;
	return label == SPP_ZONE ? cluster->zone[platform]
	                         : cluster->rack[platform];
}

static size_t leader_of(const struct spp_cluster *cluster,
	const struct spp_placement *placement, size_t member, size_t partition,
	size_t leader)
{
	if (member == partition)
		return leader;
	return placement->replica[cluster->first_replica[member]];
}

static size_t group_broken(const struct spp_cluster *cluster,
	const struct spp_placement *placement, const struct spp_group *group,
	size_t partition, size_t leader)
{
	size_t broken = 0, wanted;

	if (group->count == 0)
		return 0;
	wanted = label_of(cluster, group->label,
		leader_of(cluster, placement, group->partitions[0], partition,
			leader));
	for (size_t i = 1; i < group->count; i++) {
		size_t at = leader_of(cluster, placement, group->partitions[i],
			partition, leader);

		broken += label_of(cluster, group->label, at) != wanted;
	}
	return broken;
}

size_t spp_rules_apart(const struct spp_cluster *cluster,
	const struct spp_placement *placement, size_t partition, size_t leader)
{
	size_t broken = 0;

	for (size_t i = cluster->first_group[partition];
		i < cluster->first_group[partition + 1]; i++)
		broken += group_broken(cluster, placement,
			&cluster->group[cluster->groups_of[i]], partition,
			leader);
	return broken;
}

size_t spp_rules_group(const struct spp_cluster *cluster,
	const struct spp_placement *placement, size_t group)
{
	return group_broken(cluster, placement, &cluster->group[group],
		SPP_NOWHERE, SPP_NOWHERE);
}

struct spp_breaches spp_rules_all(const struct spp_cluster *cluster,
	const struct spp_placement *placement)
{
	struct spp_breaches all = {0};

	for (size_t p = 0; p < cluster->partitions; p++) {
		struct spp_breaches one = spp_rules_breaches(cluster, p,
			placement->replica + cluster->first_replica[p],
			placement->serving + cluster->first_subscription[p]);

		for (size_t i = 0; i < SPP_RULES; i++)
			all.of[i] += one.of[i];
		all.total += one.total;
	}
	for (size_t g = 0; g < cluster->groups; g++) {
		size_t broken = spp_rules_group(cluster, placement, g);

		all.of[SPP_RULE_COLOCATED] += broken;
		all.total += broken;
	}
	return all;
}
