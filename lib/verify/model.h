/*
 * The cluster of a feed as arrays: platforms, resources, slots, partitions,
 * subscriptions and what each is forecast to consume.  Indices follow the
 * order of the records.
 */
#ifndef SPP_VERIFY_MODEL_H
#define SPP_VERIFY_MODEL_H

#include "lib/base/arena.h"
#include "lib/base/map.h"
#include "lib/records/feed.h"

#define SPP_NOWHERE SIZE_MAX /* no platform, no change, no index */

/* What is forecast for one partition or subscription; arrays over slots. */
struct spp_verify_series {
	const double *bytes, *records;       /* mean, per second */
	const double *sd_bytes, *sd_records; /* of the error */
	const double *load_bytes;            /* loadings: factor x slot */
	const double *load_records;
	double last_bytes, last_records; /* of the last complete slot */
};

/* From traffic to demand of one resource. */
struct spp_verify_coefficients {
	double leader_base, leader_byte, leader_record, replicated_byte;
	double follower_base, follower_byte;
	double sub_byte, sub_record, sub_connection;
};

struct spp_verify_platform {
	const struct spp_record *at;
	const struct spp_platform *value;
	double *capacity;   /* by resource, NAN = unlimited */
	bool *hard;         /* by resource */
	double *background; /* by resource */
	bool failed;        /* serves nothing */
	bool closed;        /* failed or draining: takes nothing new */
};

struct spp_verify_partition {
	const struct spp_record *at;
	const struct spp_partition *value;
	size_t count; /* of replicas */
	size_t *replicas;
	size_t wanted; /* replicas, also where it is yet to be placed */
	double size;   /* bytes */
	const struct spp_verify_series *series;
	size_t first_sub, subs; /* range in the model's subscriptions */
};

/* In order of partition, then subscriber. */
struct spp_verify_sub {
	const char *subscriber;
	size_t partition;
	double connections;
	bool recorded;   /* has a record of its own */
	bool follows;    /* is served by the leader, wherever that is */
	size_t platform; /* that serves it now */
	const struct spp_verify_series *series;
};

struct spp_verify_weights {
	double overload, latency, utilisation, migration, smoothness;
	double half_life_s, threshold;
};

struct spp_verify_driver {
	int serve, copy_from;
	double handover_s, rate, max_inflight;
};

/* One step of rounding for each kind of number of a resource. */
struct spp_verify_quanta {
	double level, variance, loading; /* 0 = no rounding */
};

struct spp_verify_model {
	struct spp_arena *arena;
	const struct spp_feed *feed;
	spp_time now;
	double risk_z; /* deviations above the mean that are held */
	bool certain;
	bool seed; /* the cost is load above capacity, and nothing else */
	double act_within_s; /* later overload is no reason to move */
	double min_gain;     /* of what repairs nothing */
	double budget_moves;
	struct spp_verify_weights weights;
	struct spp_verify_driver driver;

	/* Slots that are not over; the first of them in the forecasts. */
	size_t slots, first_slot, factors;
	double *begin_s, *end_s; /* of what is left of a slot, from now */
	double *hours;           /* of it, discounted */

	struct spp_map resource_names;
	size_t resources;
	size_t cpu, disk, network_in, network_out; /* or SPP_NOWHERE */
	struct spp_verify_coefficients *coefficients;
	struct spp_verify_quanta *quanta;

	struct spp_map platform_names;
	size_t platform_count;
	struct spp_verify_platform *platforms;

	struct spp_pairs partition_names;
	size_t partition_count;
	struct spp_verify_partition *partitions;

	size_t sub_count;
	struct spp_verify_sub *subs;
};

/* Fill a model whose arena and feed are set. */
bool spp_verify_model_read(struct spp_verify_model *model, struct spp_err *err);

/* The steps of it, in this order. */
bool spp_verify_read_rules(struct spp_verify_model *model, struct spp_err *err);
bool spp_verify_read_platforms(
	struct spp_verify_model *model, struct spp_err *err);
bool spp_verify_read_partitions(
	struct spp_verify_model *model, struct spp_err *err);
bool spp_verify_read_series(
	struct spp_verify_model *model, struct spp_err *err);
bool spp_verify_read_demand(
	struct spp_verify_model *model, struct spp_err *err);

/* Index of a platform, or SPP_NOWHERE. */
size_t spp_verify_find_platform(
	const struct spp_verify_model *model, const char *name);
size_t spp_verify_find_partition(const struct spp_verify_model *model,
	const char *stream, const char *partition);
size_t spp_verify_find_sub(const struct spp_verify_model *model,
	size_t partition, const char *subscriber);

/*
 * An option of the tool that made the answer, from the JSON text of a
 * header or of a segment's provenance; false where it was not given.
 */
bool spp_verify_option(const struct spp_feed *feed, const char *tool,
	const char *name, const char **text, size_t *length);
bool spp_verify_option_flag(
	const struct spp_feed *feed, const char *tool, const char *name);
double spp_verify_option_number(const struct spp_feed *feed, const char *tool,
	const char *name, double otherwise);

#endif
