/*
 * What a user writes or collects: the state of a cluster and its history.
 */
#ifndef SPP_RECORDS_CLUSTER_RECORDS_H
#define SPP_RECORDS_CLUSTER_RECORDS_H

#include "lib/records/types.h"

struct spp_cluster_record {
	const char *cluster;
};

enum spp_sample_kind { SPP_SAMPLE_DELTA, SPP_SAMPLE_RATE, SPP_SAMPLE_COUNTER };

struct spp_sample {
	const char *stream, *partition;
	const char *subscriber; /* NULL: what was produced */
	const char *platform;   /* where it was measured, may be NULL */
	spp_time time;          /* begin of the interval, or reading time */
	double interval_s;      /* NAN: of a counter, or from the grid */
	double bytes, records;  /* NAN where not measured */
	int kind;               /* enum spp_sample_kind, -1 = delta */
	bool censored;          /* demand was hidden by saturation */
};

enum spp_platform_state { SPP_ACTIVE, SPP_JOINING, SPP_DRAINING, SPP_FAILED };

struct spp_platform {
	const char *platform;
	const char *rack, *zone;
	struct spp_amounts capacity;
	struct spp_strings hard; /* absent (items NULL): memory and disk */
	struct spp_amounts load; /* measured */
	spp_time measured_at;
	int state; /* enum spp_platform_state, -1 = active */
};

struct spp_moving {
	struct spp_strings to; /* replicas when it is done */
	const char *plan;
};

struct spp_partition {
	const char *stream, *partition;
	struct spp_strings replicas;         /* platforms; the first leads */
	double size_bytes;                   /* NAN = 0 */
	double retention_s, retention_bytes; /* NAN = none */
	const char *version;
	spp_time moved_at;
	struct spp_moving *moving;
};

struct spp_subscription {
	const char *subscriber;
	const char *stream, *partition;
	const char *platform; /* where it was seen, may be NULL */
	double connections;   /* NAN = 1 */
	const char *position; /* opaque, may be NULL */
};

/* Coefficients from traffic to demand; those not given are NAN or 0. */
struct spp_model_part {
	double base, per_byte, per_record;
	double per_replicated_byte; /* of leader only */
	double per_connection;      /* of subscription only */
};

struct spp_resource_model {
	const char *resource;
	struct spp_model_part *leader, *follower, *subscription;
};

enum spp_constraint_kind {
	SPP_PIN,
	SPP_ALLOW,
	SPP_FORBID,
	SPP_SPREAD,
	SPP_COLOCATE,
	SPP_FREEZE,
	SPP_WEIGHTS,
	SPP_WINDOW,
	SPP_BUDGET,
};

enum spp_label { SPP_RACK, SPP_ZONE };

struct spp_member {
	const char *stream, *partition;
};

/* One flat record; the check says which fields go with which constraint. */
struct spp_constraint {
	int constraint;        /* enum spp_constraint_kind */
	const char *stream;    /* pin, allow, forbid, spread, freeze, budget */
	const char *partition; /* NULL = all of the stream */
	struct spp_strings platforms; /* pin (leader or all listed), allow,
					 forbid */
	int label;                    /* spread, colocate: enum spp_label */
	double minimum;               /* spread: that many different labels */
	struct spp_objects members;   /* colocate: struct spp_member */
	const char *from, *to;        /* window: "02:00", "05:00" */
	const char *utc_offset;       /* window: "+01:00", NULL = UTC */
	double overload, latency, utilisation, migration, smoothness;
	double half_life_s, threshold; /* weights; NAN = default */
	double moves, bytes;           /* budget; NAN = no limit */
};

enum spp_serve { SPP_SERVE_LEADER, SPP_SERVE_REPLICA, SPP_SERVE_ANY };
enum spp_copy_from { SPP_COPY_LEADER, SPP_COPY_REPLICA, SPP_COPY_NONE };
enum spp_dual {
	SPP_DUAL_OVERLAP,
	SPP_DUAL_PRESUBSCRIBE,
	SPP_DUAL_ATOMIC,
	SPP_DUAL_NONE,
};
enum spp_resume { SPP_RESUME_POSITION, SPP_RESUME_TAIL };
enum spp_fencing { SPP_FENCING_EPOCH, SPP_FENCING_CAS, SPP_FENCING_NONE };

/* What a control API can do; choices are -1, numbers NAN where not said. */
struct spp_driver_record {
	const char *driver;
	int serve;           /* enum spp_serve, default leader */
	int copy_from;       /* enum spp_copy_from, default leader */
	int dual;            /* enum spp_dual, default overlap */
	int resume;          /* enum spp_resume, default tail */
	int fencing;         /* enum spp_fencing, default none */
	double handover_s;   /* default 0 */
	double max_inflight; /* most moves at once, default 16 */
	double rate;         /* most bytes/s of one copy, default 50e6 */
};

#endif
