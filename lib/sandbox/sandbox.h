/*
 * A streaming service in one process: platforms, publishers, subscribers
 * and the control APIs, all on real sockets of the loopback interface and
 * all on one event loop.
 *
 * Time inside is sandbox time: rates, capacities, latencies, samples and
 * records all count in its seconds (lib/sandbox/clock.h).
 */
#ifndef SPP_SANDBOX_SANDBOX_H
#define SPP_SANDBOX_SANDBOX_H

#include "lib/base/arena.h"
#include "lib/net/http_server.h"
#include "lib/net/loop.h"
#include "lib/sandbox/clock.h"
#include "lib/sandbox/fault.h"
#include "lib/sandbox/measure.h"
#include "lib/sandbox/node.h"
#include "lib/sandbox/publisher.h"
#include "lib/sandbox/subscriber.h"
#include "lib/sandbox/wire.h"
#include "lib/sandbox/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_sandbox_config {
	uint16_t port; /* of HTTP; 0 = chosen by the system */
	double speed;
	uint64_t seed;
	double core_bytes;      /* served by a core in a sandbox second */
	size_t record_bytes;    /* of every record */
	double interval_s;      /* of samples and loads */
	double window_s;        /* of the measurement of overload */
	double retention_bytes; /* where a partition says none */
	double copy_rate;       /* most bytes/s of one copy, NAN = a quarter
				   of the least capacity */
	double until_s;         /* ends by itself then, NAN = does not */
	int serve;              /* enum spp_serve */
	bool refuse;            /* new work for overloaded platforms */
};

/* Where a partition is, as the control API knows it. */
struct spp_place {
	size_t replicas[SPP_FOLLOWERS_MAX + 1]; /* platforms, leader first */
	size_t count;
	uint64_t version;
	spp_time moved_at;
	struct spp_keeping keeping;
	/* a copy in flight */
	bool attaching;
	size_t to;
	size_t copy_from;
	double bytes;
	double rate;
	uint64_t first; /* position that it began with */
};

struct spp_sandbox {
	struct spp_sandbox_config config;
	struct spp_world *world;
	struct spp_arena arena;
	struct spp_loop loop;
	struct spp_wire wire;
	struct spp_clock clock;
	struct spp_site site;
	uint16_t *ports;
	size_t node_count; /* that were opened */
	struct spp_node *nodes;
	struct spp_publishers publishers;
	struct spp_subscribers subscribers;
	struct spp_place *places; /* by partition */
	/* by platform: when what it has to do last changed by a move */
	double *changed_s;
	struct spp_measure measure;
	struct spp_faults faults;
	struct spp_http_server *server;
	struct spp_replies *replies;
	struct spp_watch signals;
	struct spp_err *err;
	int64_t epoch;   /* highest seen */
	double throttle; /* bytes/s of one copy */
	bool stopping;
};

/*
 * Open all sockets and begin; the world must outlive the sandbox.  FAULTS
 * are texts as lib/sandbox/fault.h reads them.
 */
bool spp_sandbox_open(struct spp_sandbox *sandbox, struct spp_world *world,
	const struct spp_sandbox_config *config,
	const struct spp_strings *faults, struct spp_err *err);

/* Run until it is told to stop: by POST /v1/quit, SIGTERM or SIGINT. */
bool spp_sandbox_run(struct spp_sandbox *sandbox);

/* One turn of it: everything that is due now; never waits. */
void spp_sandbox_turn(struct spp_sandbox *sandbox);
void spp_sandbox_close(struct spp_sandbox *sandbox);

/* Where HTTP and the platforms listen: one line of JSON. */
void spp_sandbox_ready(const struct spp_sandbox *sandbox, struct spp_buf *buf);

#endif
