/* What the answer leaves undone, each with its amount. */
#include "lib/assign/state.h"

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/cluster/risk.h"

#include <math.h>
#include <string.h>

static void add(struct spp_buf *list, const struct spp_lack *lack)
{
	spp_buf_append(list, lack, sizeof *lack);
}

static struct spp_lack nothing(enum spp_lack_kind kind)
{
	return (struct spp_lack){
		.kind = kind,
		.partition = SPP_NOWHERE,
		.platform = SPP_NOWHERE,
		.resource = SPP_NOWHERE,
		.slot = SPP_NOWHERE,
	};
}

static void add_rules(const struct spp_state *state, struct spp_buf *list)
{
	const struct spp_cluster *cluster = state->cluster;

	for (size_t p = 0; p < cluster->partitions; p++) {
		struct spp_breaches breaches;

		if (state->broken[p] == 0)
			continue;
		breaches = spp_rules_breaches(cluster, p,
			spp_state_replicas(state, p),
			spp_state_serving(state, p));
		for (size_t i = 0; i < SPP_RULES; i++) {
			struct spp_lack lack = nothing(SPP_LACK_RULE);

			lack.rule = (enum spp_rule)i;
			lack.partition = p;
			lack.amount = (double)breaches.of[i];
			if (breaches.of[i] > 0)
				add(list, &lack);
		}
	}
	for (size_t g = 0; g < cluster->groups; g++) {
		struct spp_lack lack = nothing(SPP_LACK_RULE);

		lack.rule = SPP_RULE_COLOCATED;
		lack.amount = (double)spp_rules_group(cluster, &state->new, g);
		if (!(lack.amount > 0))
			continue;
		lack.partition = cluster->group[g].partitions[0];
		add(list, &lack);
	}
}

/*
 * The worst slot of one resource of a platform, by level or by mean, when
 * all copies are done: what they still run for is not left undone.
 */
static struct spp_lack worst(const struct spp_state *state, size_t platform,
	size_t resource, enum spp_lack_kind kind)
{
	const struct spp_cluster *cluster = state->cluster;
	bool capacity = kind == SPP_LACK_CAPACITY;
	struct spp_row row = spp_load_row(cluster, &state->final, platform);
	size_t at = platform * cluster->resources + resource;
	struct spp_lack lack = nothing(kind);

	lack.platform = platform;
	lack.resource = resource;
	for (size_t k = 0; k < cluster->slots; k++) {
		size_t cell = resource * cluster->slots + k;
		double over = row.mean[cell] * cluster->share[at] -
		              cluster->weights.threshold;

		if (capacity)
			over = spp_risk_level(row.mean[cell],
				       spp_risk_deviation(cluster, &row, cell),
				       cluster->risk_z) -
			       cluster->capacity[at];
		if (!(over > lack.amount))
			continue;
		lack.amount = over;
		lack.slot = k;
	}
	return lack;
}

static void add_loads(const struct spp_state *state, struct spp_buf *list)
{
	const struct spp_cluster *cluster = state->cluster;

	for (size_t i = 0; i < cluster->platforms; i++) {
		if (!spp_cluster_alive(cluster, i))
			continue;
		for (size_t r = 0; r < cluster->resources; r++) {
			size_t at = i * cluster->resources + r;
			struct spp_lack lack;

			if (!(cluster->share[at] > 0))
				continue;
			lack = worst(state, i, r, SPP_LACK_OVERLOAD);
			if (cluster->hard[at])
				lack = worst(state, i, r, SPP_LACK_CAPACITY);
			if (lack.amount > 0)
				add(list, &lack);
		}
	}
}

/* A partition that no platform can carry alone. */
static void add_large(const struct spp_cluster *cluster, size_t resource,
	double largest, struct spp_buf *list)
{
	for (size_t p = 0; p < cluster->partitions; p++) {
		const double *mean = cluster->leader[p].mean;
		struct spp_lack lack = nothing(SPP_LACK_SPLIT);

		lack.partition = p;
		lack.resource = resource;
		for (size_t k = 0; k < cluster->slots; k++) {
			double ratio =
				mean[resource * cluster->slots + k] / largest;

			if (!(ratio > lack.amount))
				continue;
			lack.amount = ratio;
			lack.slot = k;
		}
		if (lack.amount > 1)
			add(list, &lack);
	}
}

static void add_splits(const struct spp_cluster *cluster, struct spp_buf *list)
{
	for (size_t r = 0; r < cluster->resources; r++) {
		double largest = 0;

		for (size_t i = 0; i < cluster->platforms; i++) {
			if (spp_cluster_open(cluster, i))
				largest = fmax(largest,
					cluster->capacity
						[i * cluster->resources + r]);
		}
		if (largest > 0 && !isinf(largest))
			add_large(cluster, r, largest, list);
	}
}

bool spp_answer_lacks(const struct spp_state *state, bool spent,
	struct spp_answer *answer, struct spp_arena *arena, struct spp_err *err)
{
	struct spp_lack budget = nothing(SPP_LACK_BUDGET);
	struct spp_buf list = {0};
	bool done;

	/* Without a reason to act nothing is undone. */
	if (answer->acted) {
		add_rules(state, &list);
		add_loads(state, &list);
		add_splits(state->cluster, &list);
	}
	budget.amount = (double)state->moves;
	if (spent)
		add(&list, &budget);
	answer->lacks = list.length / sizeof(struct spp_lack);
	answer->lack =
		spp_arena_alloc(arena, answer->lacks, sizeof(struct spp_lack));
	done = spp_buf_ok(&list, err) && spp_arena_ok(arena, err);
	if (done && answer->lacks > 0)
		memcpy(answer->lack, list.data, list.length);
	spp_buf_free(&list);
	return done;
}
