/*
 * One platform of the sandbox.  It owns its store and its queue, and knows
 * of other platforms only the ports on which they listen: records reach it
 * over sockets, from publishers and from the platform it copies from.
 */
#ifndef SPP_SANDBOX_NODE_H
#define SPP_SANDBOX_NODE_H

#include "lib/base/arena.h"
#include "lib/sandbox/clock.h"
#include "lib/sandbox/log.h"
#include "lib/sandbox/service.h"
#include "lib/sandbox/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPP_NODE_NONE SIZE_MAX

enum { SPP_FOLLOWERS_MAX = 15 };

/* What all platforms share: means of working, never records. */
struct spp_site {
	struct spp_wire *wire;
	const struct spp_clock *clock;
	const uint16_t *ports; /* by platform */
	size_t platform_count;
	size_t partition_count;
	size_t record_bytes;
	double rate_max; /* bytes/s of one copy */
	struct spp_err *err;

	/* News for whoever manages the cluster. */
	void *manager;
	/* A leader: that platform has all that was acknowledged. */
	void (*in_sync)(void *manager, uint32_t partition, size_t platform);
	/* A copy: all that its source had has come. */
	void (*copied)(void *manager, uint32_t partition, size_t platform);
};

/* A partition that a platform holds. */
struct spp_holding {
	struct spp_log log;
	uint32_t generation; /* of this holding, for records on their way in */
	uint64_t acked;      /* every replica has all below */
	bool touched;        /* has news for others at the end of the turn */
	struct spp_channel *channels;

	/* while it follows */
	size_t source;     /* SPP_NODE_NONE = nobody */
	uint32_t fetch;    /* number of the fetch whose records count */
	uint64_t received; /* all below came in, stored or in the queue */

	/* while it leads */
	bool leads;
	size_t followers[SPP_FOLLOWERS_MAX]; /* that must have a record */
	size_t follower_count;               /* before it is acknowledged */
	struct spp_link *publisher;
	uint64_t told; /* the last position acknowledged to it */
};

struct spp_node {
	struct spp_site *site;
	size_t index;
	const char *name;
	struct spp_arena arena;
	struct spp_listener listener;
	struct spp_link **peers;       /* by platform: where it fetches */
	struct spp_holding **holdings; /* by partition, NULL = not held */
	struct spp_channel *idle;      /* channels to be used again */
	struct spp_channel *ended;     /* closed, perhaps still in the queue */
	struct spp_fifo touched;       /* uint32_t: partitions with news */
	struct spp_service service;
	size_t starting; /* channels that are not live yet */
	uint32_t generation;
	uint32_t fetch;
	uint64_t gaps; /* times that a source had trimmed what was needed */
};

bool spp_node_open(struct spp_node *node, struct spp_site *site, size_t index,
	const char *name, double capacity);
void spp_node_close(struct spp_node *node);

/* What the log of a partition keeps, and begins with. */
struct spp_keeping {
	size_t most;      /* records */
	uint64_t most_ns; /* age in sandbox ns, 0 = any */
	size_t begin;     /* records stored before the sandbox starts */
};

/* Begin to hold a partition. */
bool spp_node_hold(struct spp_node *node, uint32_t partition,
	const struct spp_keeping *keeping);

/* Give a partition up: its records are dropped, its links closed. */
void spp_node_drop(struct spp_node *node, uint32_t partition);
bool spp_node_holds(const struct spp_node *node, uint32_t partition);

/* Lead; a record is acknowledged once each follower has it. */
void spp_node_lead(struct spp_node *node, uint32_t partition,
	const size_t *followers, size_t count);

/* Follow: copy from SOURCE at most RATE bytes/s, 0 = as it comes. */
void spp_node_follow(
	struct spp_node *node, uint32_t partition, size_t source, double rate);

/* Copies go on, the queue is served, news are told. */
void spp_node_turn(struct spp_node *node, double elapsed_s);

double spp_node_bytes(const struct spp_node *node, uint32_t partition);

/* The oldest position held, and the one that the next record must have. */
uint64_t spp_node_first(const struct spp_node *node, uint32_t partition);
uint64_t spp_node_next(const struct spp_node *node, uint32_t partition);

/* Open deliveries of a partition. */
size_t spp_node_deliveries(const struct spp_node *node, uint32_t partition);

#endif
