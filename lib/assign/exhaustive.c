/*
 * The original search with its cost function (seed.c), for tiny inputs:
 *
 *	FUNCTION optimize_partition_assignment: all possible assignments, the
 *	one of least cost; on equal costs the current one, else the first.
 *
 * Possible is what breaks no more rules than now; the order is that of
 * partitions, leaders, followers by name.
 */
#include "lib/assign/search.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <math.h>
#include <string.h>

#define ASSIGNMENTS_MOST 1e6

/* The lists of replicas that one partition can have. */
struct choices {
	size_t count, replicas;
	size_t *list; /* count lists of so many replicas */
	size_t now;   /* the one taken */
};

struct exhaustive {
	const struct spp_cluster *cluster;
	struct spp_state *state;
	struct spp_arena *arena;
	struct choices *choices; /* [partition] */
	struct spp_load load;
	struct spp_placement tried;
	size_t groups_broken; /* now */
};

static bool allowed(const struct exhaustive *work, size_t p, const size_t *list)
{
	const struct spp_cluster *cluster = work->cluster;
	const size_t *old = cluster->replica + cluster->first_replica[p];
	const size_t *serving =
		cluster->serving + cluster->first_subscription[p];
	size_t count = spp_cluster_replicas(cluster, p);

	for (size_t i = 0; i < count; i++) {
		bool had = false;

		for (size_t k = 0; k < count; k++)
			had = had || old[k] == list[i];
		if (!had && !spp_cluster_open(cluster, list[i]))
			return false;
	}
	return spp_rules_breaches(cluster, p, list, serving).total <=
	       spp_rules_breaches(cluster, p, old, serving).total;
}

static void add_choice(struct exhaustive *work, size_t p, const size_t *list)
{
	struct choices *choices = &work->choices[p];
	size_t replicas = choices->replicas;

	if (!allowed(work, p, list))
		return;
	if (choices->list != NULL)
		memcpy(choices->list + choices->count * replicas, list,
			replicas * sizeof *list);
	choices->count++;
}

/* All leaders, and to each all sets of followers in ascending order. */
static void list_choices(struct exhaustive *work, size_t p)
{
	size_t platforms = work->cluster->platforms;
	size_t replicas = work->choices[p].replicas;
	size_t list[SPP_REPLICAS_MAX];
	size_t depth = 0;

	list[0] = 0;
	while (true) {
		if (list[depth] >= platforms) {
			if (depth == 0)
				return;
			list[--depth]++;
		} else if (depth > 0 && list[depth] == list[0]) {
			list[depth]++;
		} else if (depth + 1 == replicas) {
			add_choice(work, p, list);
			list[depth]++;
		} else {
			depth++;
			list[depth] = depth == 1 ? 0 : list[depth - 1] + 1;
		}
	}
}

/* Leaders times sets of followers, as a bound before they are listed. */
static double choices_most(const struct spp_cluster *cluster, size_t p)
{
	size_t replicas = spp_cluster_replicas(cluster, p);
	double count = (double)cluster->platforms;

	for (size_t i = 1; i < replicas; i++)
		count *= ((double)cluster->platforms - (double)i) / (double)i;
	return count > 0 ? count : 0;
}

static bool too_many(struct spp_err *err)
{
	spp_fail(err, SPP_USAGE,
		"option --exhaustive: there are more than %.0f assignments to "
		"try",
		ASSIGNMENTS_MOST);
	spp_err_hint(err, "Leave --cost and --exhaustive away: the search "
			  "that is used then takes any size.");
	return false;
}

static bool collect(struct exhaustive *work, struct spp_err *err)
{
	const struct spp_cluster *cluster = work->cluster;
	double all = 1;

	for (size_t p = 0; p < cluster->partitions; p++) {
		struct choices *choices = &work->choices[p];

		choices->replicas = spp_cluster_replicas(cluster, p);
		if (cluster->frozen[p])
			continue;
		if (choices_most(cluster, p) > ASSIGNMENTS_MOST)
			return too_many(err);
		list_choices(work, p);
		if (choices->count > 0)
			all *= (double)choices->count;
		if (all > ASSIGNMENTS_MOST)
			return too_many(err);
		choices->list = spp_arena_alloc(work->arena,
			choices->count * choices->replicas, sizeof(size_t));
		if (!spp_arena_ok(work->arena, err))
			return false;
		choices->count = 0;
		list_choices(work, p);
	}
	return true;
}

/* Puts choice INDEX of a partition in place of what is tried. */
static void choose(struct exhaustive *work, size_t p, size_t index)
{
	const struct spp_cluster *cluster = work->cluster;
	struct choices *choices = &work->choices[p];

	spp_load_partition(cluster, &work->load, &work->tried, p, -1, 0);
	memcpy(work->tried.replica + cluster->first_replica[p],
		choices->list + index * choices->replicas,
		choices->replicas * sizeof(size_t));
	spp_load_partition(cluster, &work->load, &work->tried, p, 1, 0);
	choices->now = index;
}

/* The next assignment: the last partition runs fastest; false at the end. */
static bool next(struct exhaustive *work)
{
	for (size_t p = work->cluster->partitions; p-- > 0;) {
		struct choices *choices = &work->choices[p];

		if (choices->count == 0)
			continue;
		if (choices->now + 1 < choices->count) {
			choose(work, p, choices->now + 1);
			return true;
		}
		choose(work, p, 0);
	}
	return false;
}

static bool grouped(const struct exhaustive *work)
{
	size_t broken = 0;

	for (size_t g = 0; g < work->cluster->groups; g++)
		broken += spp_rules_group(work->cluster, &work->tried, g);
	return broken <= work->groups_broken;
}

/* FUNCTION optimize_partition_assignment. */
static double optimize(struct exhaustive *work, struct spp_placement *best)
{
	const struct spp_cluster *cluster = work->cluster;
	double min_cost = spp_seed_cost(work->state, &work->load);

	for (size_t g = 0; g < cluster->groups; g++)
		work->groups_broken +=
			spp_rules_group(cluster, &work->tried, g);
	for (size_t p = 0; p < cluster->partitions; p++) {
		if (work->choices[p].count > 0)
			choose(work, p, 0);
	}
	do {
		double cost = spp_seed_cost(work->state, &work->load);

		if (!(cost < min_cost) || !grouped(work))
			continue;
		min_cost = cost;
		memcpy(best->replica, work->tried.replica,
			cluster->replicas * sizeof(size_t));
	} while (next(work));
	return min_cost;
}

/* The best placement as changes of the state, in order of partitions. */
static void commit(struct exhaustive *work, const struct spp_placement *best)
{
	const struct spp_cluster *cluster = work->cluster;
	struct spp_trial *trial = work->state->asked;

	for (size_t p = 0; p < cluster->partitions; p++) {
		size_t first = cluster->first_replica[p];
		size_t size = spp_cluster_replicas(cluster, p) * sizeof(size_t);
		struct spp_part *part;

		if (memcmp(best->replica + first, cluster->replica + first,
			    size) == 0)
			continue;
		spp_trial_reset(trial);
		part = spp_trial_part(trial, p);
		memcpy(part->replica, best->replica + first, size);
		spp_trial_apply(trial);
		spp_trial_commit(trial, work->state);
	}
	spp_state_settle(work->state, trial);
}

struct spp_answer *spp_assign_exhaustive(const struct spp_cluster *cluster,
	struct spp_arena *arena, struct spp_err *err)
{
	struct spp_assign_options options = spp_assign_options_default(cluster);
	struct spp_answer *answer = spp_arena_alloc(arena, 1, sizeof *answer);
	struct exhaustive work = {
		.cluster = cluster,
		.arena = arena,
		.choices = spp_arena_alloc(
			arena, cluster->partitions, sizeof(struct choices)),
		.load = spp_load_new(cluster, arena),
		.tried = spp_placement_current(cluster, arena),
	};
	struct spp_placement best = spp_placement_current(cluster, arena);

	if (!spp_arena_ok(arena, err))
		return NULL;
	work.state = spp_state_new(cluster, &options, arena, err);
	if (work.state == NULL || !spp_seed_use(work.state, arena, err) ||
		!collect(&work, err))
		return NULL;
	spp_load_place(cluster, &work.load, &work.tried, 1);
	answer->state = work.state;
	answer->acted = true;
	spp_answer_before(work.state, answer);
	answer->before = (struct spp_cost){
		.overload = spp_seed_cost(work.state, &work.load)};
	answer->bound = optimize(&work, &best);
	for (size_t p = 0; p < cluster->partitions; p++)
		spp_change_keep_order(
			cluster->replica + cluster->first_replica[p],
			best.replica + cluster->first_replica[p],
			spp_cluster_replicas(cluster, p));
	commit(&work, &best);
	spp_answer_after(work.state, answer);
	answer->after = (struct spp_cost){.overload = answer->bound};
	return spp_answer_lacks(work.state, false, answer, arena, err) ? answer
	                                                               : NULL;
}
