/*
 * Quanta: per resource and kind the least power of two with which the
 * largest slot total, over all items and platforms, stays below 2^53 of
 * them.  Every sum and difference of rounded values is then exact.
 */
#include "lib/cluster/build.h"

#include <assert.h>
#include <float.h>
#include <math.h>

/* Up to so many quanta a double counts without rounding. */
#define QUANTA_MOST 0x1p53

enum kind { MEAN, VARIANCE, LOADING, KINDS };

/* All that is rounded together. */
struct whole {
	struct spp_build *build;
	const struct spp_items *items[3];
	double *sums; /* [slot] */
};

static double round_to(double value, double quantum)
{
	return quantum > 0 ? nearbyint(value / quantum) * quantum : value;
}

/* Adds one array of all items of a kind to the sums, slot by slot. */
static void add_items(const struct whole *whole, const struct spp_items *items,
	size_t offset, double quantum)
{
	const struct spp_cluster *cluster = whole->build->cluster;

	for (size_t i = 0; i < items->count; i++) {
		const double *from = items->values + i * items->size + offset;
		double times =
			items->copies
				? (double)spp_cluster_replicas(cluster, i) - 1
				: 1;

		for (size_t k = 0; k < cluster->slots; k++)
			whole->sums[k] +=
				times * round_to(fabs(from[k]), quantum);
	}
}

static void add_background(
	const struct whole *whole, size_t resource, double quantum)
{
	const struct spp_cluster *cluster = whole->build->cluster;

	for (size_t i = 0; i < cluster->platforms; i++) {
		double value = round_to(
			whole->build
				->background[i * cluster->resources + resource],
			quantum);

		for (size_t k = 0; k < cluster->slots; k++)
			whole->sums[k] += value;
	}
}

/* Largest slot total of a resource and kind; quantum 0 does not round. */
static double largest_total(const struct whole *whole, size_t resource,
	enum kind kind, double quantum)
{
	const struct spp_cluster *cluster = whole->build->cluster;
	size_t first = (size_t)kind;
	size_t end = kind == LOADING ? first + cluster->factors : first + 1;
	double most = 0;

	for (size_t k = 0; k < cluster->slots; k++)
		whole->sums[k] = 0;
	for (size_t a = first; a < end; a++) {
		for (size_t i = 0; i < 3; i++)
			add_items(whole, whole->items[i],
				a * cluster->cells + resource * cluster->slots,
				quantum);
	}
	if (kind == MEAN)
		add_background(whole, resource, quantum);
	for (size_t k = 0; k < cluster->slots; k++)
		most = fmax(most, whole->sums[k]);
	return most;
}

static double find_quantum(
	const struct whole *whole, size_t resource, enum kind kind)
{
	double total = largest_total(whole, resource, kind, 0);
	double quantum;
	int exponent;

	assert(total < INFINITY);
	if (!(total > 0))
		return 1;
	/* The sum may be off in its last digits: start below and go up. */
	frexp(total, &exponent);
	exponent -= 55;
	quantum = ldexp(1, exponent < DBL_MIN_EXP ? DBL_MIN_EXP : exponent);
	while (largest_total(whole, resource, kind, quantum) >=
		QUANTA_MOST * quantum)
		quantum *= 2;
	return quantum;
}

static void round_items(const struct spp_cluster *cluster,
	const struct spp_items *items, double *const quantum[KINDS])
{
	for (size_t i = 0; i < items->count; i++) {
		double *value = items->values + i * items->size;

		for (size_t a = 0; a < 2 + cluster->factors; a++) {
			const double *of = quantum[a < LOADING ? a : LOADING];

			for (size_t r = 0; r < cluster->resources; r++) {
				for (size_t k = 0; k < cluster->slots; k++) {
					*value = round_to(*value, of[r]);
					value++;
				}
			}
		}
	}
}

/* Load over capacity if all platforms that stay were one. */
static void set_cluster_mean(const struct whole *whole, double *mean)
{
	struct spp_cluster *cluster = whole->build->cluster;

	for (size_t r = 0; r < cluster->resources; r++) {
		double capacity = 0, background = 0;

		for (size_t i = 0; i < cluster->platforms; i++) {
			size_t at = i * cluster->resources + r;

			if (!spp_cluster_open(cluster, i) ||
				!(cluster->share[at] > 0))
				continue;
			capacity += cluster->capacity[at];
			background += cluster->background[at];
		}
		for (size_t k = 0; k < cluster->slots; k++)
			whole->sums[k] = background;
		for (size_t i = 0; i < 3; i++)
			add_items(
				whole, whole->items[i], r * cluster->slots, 0);
		for (size_t k = 0; k < cluster->slots; k++)
			mean[r * cluster->slots + k] =
				capacity > 0 ? whole->sums[k] / capacity : 0;
	}
	cluster->cluster_mean = mean;
}

bool spp_build_quanta(struct spp_build *build, const struct spp_items *leaders,
	const struct spp_items *followers,
	const struct spp_items *subscriptions, struct spp_err *err)
{
	struct spp_cluster *cluster = build->cluster;
	struct whole whole = {build, {leaders, followers, subscriptions},
		spp_arena_alloc(build->arena, cluster->slots, sizeof(double))};
	double *mean =
		spp_arena_alloc(build->arena, cluster->cells, sizeof *mean);
	double *quantum[KINDS];

	for (size_t a = 0; a < KINDS; a++)
		quantum[a] = spp_arena_alloc(
			build->arena, cluster->resources, sizeof(double));
	if (!spp_arena_ok(build->arena, err))
		return false;
	for (size_t r = 0; r < cluster->resources; r++) {
		for (enum kind a = MEAN; a < KINDS; a++)
			quantum[a][r] = find_quantum(&whole, r, a);
	}
	for (size_t i = 0; i < 3; i++)
		round_items(cluster, whole.items[i], quantum);
	for (size_t i = 0; i < cluster->platforms * cluster->resources; i++)
		build->background[i] = round_to(build->background[i],
			quantum[MEAN][i % cluster->resources]);
	cluster->quantum_mean = quantum[MEAN];
	cluster->quantum_variance = quantum[VARIANCE];
	cluster->quantum_loading = quantum[LOADING];
	cluster->background = build->background;
	set_cluster_mean(&whole, mean);
	return true;
}
