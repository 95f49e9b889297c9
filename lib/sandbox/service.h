/*
 * The one queue of a platform.  Every record that is published to it,
 * copied or replicated to or from it, or delivered by it waits here and is
 * served at the platform's capacity.  Nothing computes a delay: a record
 * that has to wait is simply sent later.
 *
 * A platform is overloaded in a window when the work offered to it (what
 * waited at the window's begin and what arrived in it) exceeds what it can
 * serve in a window.
 */
#ifndef SPP_SANDBOX_SERVICE_H
#define SPP_SANDBOX_SERVICE_H

#include "lib/sandbox/fifo.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_link;

enum spp_channel_kind { SPP_CHANNEL_REPLICA, SPP_CHANNEL_DELIVERY };

/* Records of one partition on their way out over one link. */
struct spp_channel {
	struct spp_channel *next; /* of the same partition */
	struct spp_link *link;
	enum spp_channel_kind kind;
	uint32_t partition;
	size_t peer;       /* platform that copies */
	uint32_t mark;     /* its number for this fetch */
	uint64_t position; /* next to be queued */
	uint64_t have;     /* replica: it has all below */
	double rate;       /* bytes/s of a copy, 0 = as it comes */
	double credit;     /* bytes that the rate allows now */
	bool live;         /* has reached the end once: queued on arrival */
	uint64_t edge;     /* live: the position that it reached then */
	bool closed;
	size_t outstanding; /* in the queue */
};

struct spp_work {
	struct spp_channel *channel; /* NULL: a record that came in */
	uint64_t position;           /* to send */
	uint32_t generation;         /* of the holding it came in for */
};

struct spp_service {
	struct spp_fifo works;   /* struct spp_work */
	struct spp_fifo arrived; /* frames of those that came in */
	double record_bytes;
	double capacity;  /* bytes per sandbox second */
	double head_left; /* bytes of the first work not yet served */
	double credit;    /* bytes that may be served now */
	size_t waiting;   /* works whose channel is open */

	double arrivals;      /* bytes in this window */
	double backlog_begin; /* bytes that waited at its begin */
	double offered;       /* of the last whole window */
	double overload_s;    /* windows overloaded, since the start */
	double served;        /* bytes since the start */
};

/* Serve one work: record is the frame where it came in, else NULL. */
typedef void spp_service_handler(void *context, const struct spp_work *work,
	const unsigned char *record);

void spp_service_open(
	struct spp_service *service, size_t record_bytes, double capacity);
void spp_service_close(struct spp_service *service);

/* False when memory ran out. */
bool spp_service_put_in(struct spp_service *service,
	const unsigned char *record, uint32_t generation);
bool spp_service_put_out(struct spp_service *service,
	struct spp_channel *channel, uint64_t position);

/* A channel is closed: what it has in the queue will cost nothing. */
void spp_service_forget(
	struct spp_service *service, struct spp_channel *channel);

/* Serve what the capacity allows in elapsed_s sandbox seconds. */
void spp_service_run(struct spp_service *service, double elapsed_s,
	spp_service_handler *handler, void *context);

/* Bytes that wait now. */
double spp_service_backlog(const struct spp_service *service);

/* Close the window of window_s seconds that ends now; true = overloaded. */
bool spp_service_window(struct spp_service *service, double window_s);

#endif
