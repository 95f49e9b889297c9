/*
 * Random small clusters as a person could have written them, read through
 * the readers that the programs use, and a plain evaluator of placements
 * that shares no sums with the engine: every load is added up afresh.
 */
#ifndef SPP_TESTS_UNIT_ASSIGN_WORLD_H
#define SPP_TESTS_UNIT_ASSIGN_WORLD_H

#include "lib/assign/assign.h"
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "lib/cluster/cluster_build.h"
#include "lib/io/input.h"
#include "lib/records/feed.h"
#include "tests/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
	struct spp_feed feed;
	struct spp_arena arena;
	struct spp_errs warnings;
	struct spp_err err;
	struct spp_cluster *cluster; /* NULL when it was refused */
};

/* What a random world is like. */
struct world_shape {
	size_t platforms, partitions, replicas, slots;
	double slot_s;
	const char *serve; /* NULL: no driver record */
	bool factors;      /* loadings */
	bool constraints;  /* spread, forbid, pin, freeze, budget */
	bool states;       /* a draining and a failed platform */
	bool tight_disk;
	double load;     /* mean rate of a partition, bytes/s */
	double capacity; /* of network_out, bytes/s */
	double size;     /* mean size of a replica, bytes */
};

static inline struct spp_feed_options world_reads(void)
{
	struct spp_feed_options reads = {0};

	for (size_t i = 0; i < SPP_TYPES; i++)
		reads.use[i] = SPP_READ;
	return reads;
}

/* Only the feed of a world, from lines of records. */
static inline void world_feed(struct world *world, const char *text)
{
	struct spp_feed_options reads = world_reads();
	struct spp_input input;

	memset(world, 0, sizeof *world);
	if (!spp_input_memory(
		    &input, text, strlen(text), "<test>", &world->err))
		return;
	spp_feed_read(&world->feed, &input, 1, &reads, 1, &world->err);
	spp_input_close(&input);
}

/* And its cluster; options NULL = none. */
static inline void world_build(
	struct world *world, const struct spp_cluster_options *options)
{
	struct spp_cluster_options none = spp_cluster_options_none();

	if (world->err.status == SPP_DONE)
		world->cluster = spp_cluster_build(&world->feed,
			options != NULL ? options : &none, &world->arena,
			&world->warnings, &world->err);
}

static inline void world_read(struct world *world, const char *text,
	const struct spp_cluster_options *options)
{
	world_feed(world, text);
	world_build(world, options);
}

static inline void world_free(struct world *world)
{
	spp_feed_free(&world->feed);
	spp_arena_free(&world->arena);
}

static inline void world_numbers(struct spp_buf *text, struct spp_rng *rng,
	size_t count, double low, double high)
{
	spp_buf_char(text, '[');
	for (size_t i = 0; i < count; i++)
		spp_buf_format(text, "%s%.0f", i > 0 ? "," : "",
			low + (high - low) * spp_rng_uniform(rng));
	spp_buf_char(text, ']');
}

static inline void world_platforms(struct spp_buf *text,
	const struct world_shape *shape, struct spp_rng *rng)
{
	for (size_t i = 0; i < shape->platforms; i++) {
		double size = 1 + (double)random_below(rng, 2);

		spp_buf_format(text,
			"{\"type\":\"platform\",\"platform\":\"n%zu\","
			"\"rack\":\"r%zu\",\"zone\":\"z%zu\",\"capacity\":{"
			"\"cpu\":%.0f,\"disk\":%.0f,\"network_in\":%.0f,"
			"\"network_out\":%.0f}%s}\n",
			i, i % 3, i % 2, 4 * size,
			1 + shape->size *
					(shape->tight_disk
							? (double)shape->partitions *
								  (double)shape
									  ->replicas /
								  (double)shape
									  ->platforms *
								  1.5
							: 1e6),
			shape->capacity * size * 2, shape->capacity * size,
			shape->states && i == 0   ? ",\"state\":\"draining\""
			: shape->states && i == 1 ? ",\"state\":\"failed\""
						  : "");
	}
}

static inline void world_replicas(struct spp_buf *text,
	const struct world_shape *shape, struct spp_rng *rng)
{
	size_t taken[16];

	for (size_t k = 0; k < shape->replicas; k++) {
		size_t at;
		bool again;

		/* Crooked: low numbers hold more. */
		do {
			at = random_below(
				rng, 1 + random_below(rng, shape->platforms));
			again = false;
			for (size_t i = 0; i < k; i++)
				again = again || taken[i] == at;
		} while (again);
		taken[k] = at;
		spp_buf_format(text, "%s\"n%zu\"", k > 0 ? "," : "", at);
	}
}

static inline void world_forecast(struct spp_buf *text,
	const struct world_shape *shape, struct spp_rng *rng, size_t partition,
	const char *subscriber, double mean)
{
	spp_buf_format(text,
		"{\"type\":\"forecast\",\"stream\":\"s%zu\","
		"\"partition\":%zu,%s%s%s\"start\":\"2026-01-01T00:00:00Z\","
		"\"slot_s\":[",
		partition % 2, partition,
		subscriber != NULL ? "\"subscriber\":\"" : "",
		subscriber != NULL ? subscriber : "",
		subscriber != NULL ? "\"," : "");
	for (size_t k = 0; k < shape->slots; k++)
		spp_buf_format(text, "%s%g", k > 0 ? "," : "", shape->slot_s);
	spp_buf_string(text, "],\"mean\":{\"bytes\":");
	world_numbers(text, rng, shape->slots, 0.2 * mean, 2 * mean);
	spp_buf_string(text, "},\"sd\":{\"bytes\":");
	world_numbers(text, rng, shape->slots, 0.1 * mean, 0.4 * mean);
	spp_buf_char(text, '}');
	if (shape->factors) {
		spp_buf_string(text, ",\"loadings\":{\"bytes\":[");
		world_numbers(
			text, rng, shape->slots, -0.05 * mean, 0.1 * mean);
		spp_buf_char(text, ',');
		world_numbers(text, rng, shape->slots, 0, 0.05 * mean);
		spp_buf_string(text, "]}");
	}
	spp_buf_string(text, "}\n");
}

static inline void world_constraints(
	struct spp_buf *text, const struct world_shape *shape)
{
	spp_buf_string(text,
		"{\"type\":\"constraint\",\"constraint\":\"spread\","
		"\"label\":\"rack\",\"minimum\":2}\n"
		"{\"type\":\"constraint\",\"constraint\":\"forbid\","
		"\"stream\":\"s0\",\"platforms\":[\"n2\"]}\n"
		"{\"type\":\"constraint\",\"constraint\":\"freeze\","
		"\"stream\":\"s1\",\"partition\":\"1\"}\n"
		"{\"type\":\"constraint\",\"constraint\":\"budget\","
		"\"moves\":5,\"stream\":\"s0\"}\n");
	if (shape->partitions > 3)
		spp_buf_string(text,
			"{\"type\":\"constraint\",\"constraint\":\"colocate\","
			"\"label\":\"zone\",\"members\":[{\"stream\":\"s0\","
			"\"partition\":\"2\"},{\"stream\":\"s1\","
			"\"partition\":\"3\"}]}\n");
}

/* The lines of a random world. */
static inline void world_text(struct spp_buf *text,
	const struct world_shape *shape, struct spp_rng *rng)
{
	if (shape->serve != NULL)
		spp_buf_format(text,
			"{\"type\":\"driver\",\"driver\":\"d\","
			"\"serve\":\"%s\",\"handover_s\":2,\"rate\":%.0f}\n",
			shape->serve, 20 * shape->capacity);
	if (shape->constraints)
		world_constraints(text, shape);
	world_platforms(text, shape, rng);
	for (size_t p = 0; p < shape->partitions; p++) {
		double mean = shape->load * 2 * spp_rng_uniform(rng);

		spp_buf_format(text,
			"{\"type\":\"partition\",\"stream\":\"s%zu\","
			"\"partition\":%zu,\"size_bytes\":%.0f,\"replicas\":[",
			p % 2, p, shape->size * 2 * spp_rng_uniform(rng));
		world_replicas(text, shape, rng);
		spp_buf_string(text, "]}\n");
		spp_buf_format(text,
			"{\"type\":\"subscription\",\"subscriber\":\"a\","
			"\"stream\":\"s%zu\",\"partition\":%zu,"
			"\"connections\":3}\n",
			p % 2, p);
		world_forecast(text, shape, rng, p, NULL, mean);
		if (p % 3 == 0)
			world_forecast(text, shape, rng, p, "b", mean / 2);
	}
}

/* Reads a random world; shape and number make it. */
static inline void world_make(
	struct world *world, const struct world_shape *shape, uint64_t number)
{
	struct spp_rng rng = spp_rng_for(7, number);
	struct spp_buf text = {0};

	world_text(&text, shape, &rng);
	spp_buf_char(&text, '\0');
	world_read(world, text.data, NULL);
	if (world->cluster == NULL)
		printf("# world %d: %s\n", (int)number, world->err.text);
	spp_buf_free(&text);
}

/* What a platform holds of a partition by a list of replicas. */
static inline const struct spp_item *world_item(
	const struct spp_cluster *cluster, const size_t *replica, size_t p,
	size_t platform)
{
	size_t first = cluster->first_replica[p];

	for (size_t i = first; i < cluster->first_replica[p + 1]; i++) {
		if (replica[i] == platform)
			return i == first ? &cluster->leader[p]
			                  : &cluster->follower[p];
	}
	return NULL;
}

/* A value's part after ready_s, to the quantum. */
static inline double world_part(const struct spp_cluster *cluster, double value,
	double quantum, size_t slot, double ready_s)
{
	double start = cluster->slot_start_s[slot];
	double end = cluster->slot_end_s[slot];

	if (ready_s <= start)
		return value;
	if (ready_s >= end)
		return 0;
	return nearbyint(value * ((end - ready_s) / (end - start)) / quantum) *
	       quantum;
}

/* Adds what one item leaves on a platform: it was there, it will be. */
static inline void world_add(const struct spp_cluster *cluster,
	const struct spp_item *was, const struct spp_item *will, size_t cell,
	double ready_s, double *mean, double *variance, double *factor)
{
	size_t r = cell / cluster->slots, k = cell % cluster->slots;

	if (was == will)
		ready_s = 0;
	if (was != NULL && was != will) {
		*mean += was->mean[cell] - world_part(cluster, was->mean[cell],
						   cluster->quantum_mean[r], k,
						   ready_s);
		*variance += was->variance[cell] -
		             world_part(cluster, was->variance[cell],
				     cluster->quantum_variance[r], k, ready_s);
		for (size_t f = 0; f < cluster->factors; f++) {
			double l = was->loading[f * cluster->cells + cell];

			factor[f] += l - world_part(cluster, l,
						 cluster->quantum_loading[r], k,
						 ready_s);
		}
	}
	if (will == NULL)
		return;
	*mean += world_part(cluster, will->mean[cell], cluster->quantum_mean[r],
		k, ready_s);
	*variance += world_part(cluster, will->variance[cell],
		cluster->quantum_variance[r], k, ready_s);
	for (size_t f = 0; f < cluster->factors; f++)
		factor[f] += world_part(cluster,
			will->loading[f * cluster->cells + cell],
			cluster->quantum_loading[r], k, ready_s);
}

/* The definition, by adaptive summation of nothing but the formula. */
static inline double world_expected(double m, double s, double threshold)
{
	double z;

	if (!(s > 0))
		return m > threshold ? m - threshold : 0;
	z = (threshold - m) / s;
	return s * (exp(-z * z / 2) / sqrt(2 * acos(-1.0)) -
			   z * 0.5 * erfc(z / sqrt(2)));
}

/* Load of one cell of a platform, afresh. */
static inline void world_cell(const struct spp_cluster *cluster,
	const struct spp_placement *new, const double *ready_s, size_t platform,
	size_t cell, double *mean, double *deviation)
{
	double variance = 0, factor[16] = {0};

	*mean = cluster->background[platform * cluster->resources +
				    cell / cluster->slots];
	for (size_t p = 0; p < cluster->partitions; p++) {
		double ready = ready_s != NULL ? ready_s[p] : 0;

		world_add(cluster,
			world_item(cluster, cluster->replica, p, platform),
			world_item(cluster, new->replica, p, platform), cell,
			ready, mean, &variance, factor);
		for (size_t s = cluster->first_subscription[p];
			cluster->apart &&
			s < cluster->first_subscription[p + 1];
			s++)
			world_add(cluster,
				cluster->serving[s] == platform
					? &cluster->subscription[s]
					: NULL,
				new->serving[s] == platform
					? &cluster->subscription[s]
					: NULL,
				cell, ready, mean, &variance, factor);
	}
	for (size_t f = 0; f < cluster->factors; f++)
		variance += factor[f] * factor[f];
	*deviation = sqrt(fmax(0, variance));
}

/* Overload, latency and utilisation of a whole placement, afresh. */
static inline struct spp_cost world_load_cost(const struct spp_cluster *cluster,
	const struct spp_placement *new, const double *ready_s)
{
	const struct spp_weights *weights = &cluster->weights;
	struct spp_cost cost = {0};

	for (size_t i = 0; i < cluster->platforms; i++) {
		for (size_t c = 0; c < cluster->cells; c++) {
			size_t r = c / cluster->slots;
			double capacity =
				cluster->capacity[i * cluster->resources + r];
			double h = cluster->slot_weight_h[c % cluster->slots];
			double mean, deviation, rho;

			if (isinf(capacity) || !spp_cluster_alive(cluster, i))
				continue;
			world_cell(
				cluster, new, ready_s, i, c, &mean, &deviation);
			rho = mean / capacity;
			cost.overload +=
				h * weights->overload *
				world_expected(rho,
					weights->certain ? 0
							 : deviation / capacity,
					weights->threshold);
			if (r == cluster->disk || r == cluster->memory)
				continue;
			cost.latency += h * weights->latency *
			                (rho <= 0.95 ? rho / (1 - rho)
						     : 19 + (rho - 0.95) * 400);
			if (spp_cluster_open(cluster, i))
				cost.utilisation +=
					h * weights->utilisation *
					pow(rho - cluster->cluster_mean[c], 2);
		}
	}
	return cost;
}

/* The whole cost of an answer. */
static inline struct spp_cost world_cost(const struct spp_cluster *cluster,
	const struct spp_placement *new, const double *ready_s)
{
	struct spp_cost cost = world_load_cost(cluster, new, ready_s);

	for (size_t p = 0; p < cluster->partitions; p++) {
		struct spp_change change = spp_change_of(cluster, p,
			new->replica + cluster->first_replica[p],
			new->serving + cluster->first_subscription[p]);

		cost.migration += change.cost.migration;
		cost.smoothness += change.cost.smoothness;
	}
	return cost;
}

static inline bool world_near(double a, double b, double relative)
{
	return fabs(a - b) <= relative * (1 + fabs(a) + fabs(b));
}

#endif
