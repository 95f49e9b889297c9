/*
 * What an item costs the platform that carries it.  An item is a follower,
 * a subscription that is served apart, or a leader with the subscriptions
 * that follow it.
 */
#ifndef SPP_VERIFY_DEMAND_H
#define SPP_VERIFY_DEMAND_H

#include "lib/verify/model.h"

/* A copy must be faster than what is produced meanwhile, by this factor. */
#define SPP_VERIFY_RATE_LEAST 1.05

enum spp_verify_role {
	SPP_VERIFY_LEADER,
	SPP_VERIFY_FOLLOWER,
	SPP_VERIFY_SUB,
};

struct spp_verify_item {
	enum spp_verify_role role;
	size_t partition;
	size_t sub;      /* of SPP_VERIFY_SUB */
	size_t replicas; /* that its leader reckons with: R */
	size_t platform; /* that carries it */
};

enum { SPP_VERIFY_FACTORS_MAX = 16 };

/* Demand of a resource in a slot, each number a multiple of its quantum. */
struct spp_verify_value {
	double level;    /* mean */
	double variance; /* what no factor explains */
	double loading[SPP_VERIFY_FACTORS_MAX];
};

/*
 * Demand of an item; slot == model->slots stands for all time after the
 * last one, where each number is its largest over the slots.
 */
struct spp_verify_value spp_verify_demand(const struct spp_verify_model *model,
	const struct spp_verify_item *item, size_t resource, size_t slot);

/*
 * The items of a partition whose replicas are given, leader first, and
 * whose subscriptions are served by serving[sub] (by index in the model;
 * NULL: where their records say).  ITEMS has room for count + subs.
 */
size_t spp_verify_items(const struct spp_verify_model *model, size_t partition,
	const size_t *replicas, size_t count, const size_t *serving,
	struct spp_verify_item *items);

/* Produced bytes/s in a slot; after the last one the largest of all. */
double spp_verify_produced(
	const struct spp_verify_model *model, size_t partition, size_t slot);

/* Bytes on disk that a replica takes in a slot. */
double spp_verify_disk(
	const struct spp_verify_model *model, size_t partition, size_t slot);

/* The multiple of a quantum nearest to a value, ties to the even one. */
double spp_verify_round(double value, double quantum);

/* Demand at the rates of the last complete slot, not rounded. */
double spp_verify_demand_last(const struct spp_verify_model *model,
	const struct spp_verify_item *item, size_t resource);

/* Mean, own variance and loadings of one slot before they are rounded. */
struct spp_verify_value spp_verify_demand_raw(
	const struct spp_verify_model *model,
	const struct spp_verify_item *item, size_t resource, size_t slot);

#endif
