/*
 * The subscribers.  Each follows one partition over a persistent
 * connection, over two in dual delivery, and hands its application one
 * record after the other in the order of positions.
 *
 * While two connections are open, what the new one brings too early is
 * held until the old one has delivered up to it, and what comes twice is
 * dropped.  A subscriber that resumes by position knows where its
 * application stands and drops what it has seen at any time; one that
 * resumes at the live tail does so only in dual delivery.
 */
#ifndef SPP_SANDBOX_SUBSCRIBER_H
#define SPP_SANDBOX_SUBSCRIBER_H

#include "lib/base/arena.h"
#include "lib/sandbox/clock.h"
#include "lib/sandbox/histogram.h"
#include "lib/sandbox/ledger.h"
#include "lib/sandbox/wire.h"
#include "lib/sandbox/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPP_DELIVERIES_MAX = 2 };

/* One connection of a subscriber. */
struct spp_delivery {
	size_t platform;
	struct spp_link *link; /* NULL = closed */
	bool begun;            /* the platform said where it begins */
	bool has_first;
	bool dual;      /* was open beside another one */
	bool newer;     /* was opened beside another one */
	uint64_t start; /* first position to come */
	uint64_t first; /* first that came */
	uint64_t next;  /* one above the last that came, else start */
	double bytes;   /* received in this interval */
};

struct spp_subscriber {
	struct spp_subscribers *all;
	const struct spp_world_subscription *subscription;
	struct spp_delivery on[SPP_DELIVERIES_MAX];
	bool placed;          /* next is known */
	uint64_t next;        /* position that the application waits for */
	struct spp_fifo held; /* struct spp_frame, came too early */
	struct spp_ledger ledger;
};

/* What a connection that ended in this interval had brought. */
struct spp_ended_delivery {
	size_t subscription, platform;
	double bytes;
};

struct spp_subscribers {
	struct spp_wire *wire;
	const struct spp_clock *clock;
	const uint16_t *ports;
	struct spp_arena arena;
	size_t count;
	struct spp_subscriber *items;
	struct spp_fifo ended;              /* struct spp_ended_delivery */
	struct spp_histogram *latency;      /* sandbox us, of this interval */
	struct spp_histogram *latency_real; /* us, since the start */
	/* Asked when a subscriber lost its last connection. */
	void *manager;
	size_t (*route)(void *manager, size_t partition);
};

bool spp_subscribers_open(struct spp_subscribers *subscribers,
	const struct spp_world *world, struct spp_wire *wire,
	const struct spp_clock *clock, const uint16_t *ports);
void spp_subscribers_close(struct spp_subscribers *subscribers);

/*
 * Connect to a platform, from a position or SPP_FROM_TAIL.  False when two
 * connections are open already, on other platforms.  Open there = no-op.
 */
bool spp_subscriber_connect(
	struct spp_subscriber *subscriber, size_t platform, uint64_t from);

/* Where a subscriber goes on by itself: its position, or the tail. */
uint64_t spp_subscriber_from(const struct spp_subscriber *subscriber);

/* Close the connection to a platform; false when there is none. */
bool spp_subscriber_leave(struct spp_subscriber *subscriber, size_t platform);

/* The open connection to a platform, or NULL. */
const struct spp_delivery *spp_subscriber_on(
	const struct spp_subscriber *subscriber, size_t platform);

#endif
