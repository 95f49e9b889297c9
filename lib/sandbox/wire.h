/*
 * Persistent connections on the loopback interface that carry frames.  All
 * of them live in one thread, on one event loop.
 */
#ifndef SPP_SANDBOX_WIRE_H
#define SPP_SANDBOX_WIRE_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/net/loop.h"
#include "lib/sandbox/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_err;
struct spp_link;

enum { SPP_WIRE_CHUNK = 256 << 10 };

struct spp_wire {
	struct spp_loop *loop;
	struct spp_err *err;     /* where trouble is recorded */
	struct spp_arena arena;  /* of links, which are used again */
	struct spp_link *links;  /* all that were ever made */
	struct spp_link *idle;   /* closed long enough to be used again */
	struct spp_link *closed; /* in this turn */
	struct spp_link *dirty;  /* with output that was not tried yet */
	size_t length_max;       /* of a frame */
	unsigned char *chunk;    /* for reading */
};

/* What a link's owner wants to hear. */
struct spp_link_user {
	/* bytes: the whole frame. */
	void (*frame)(struct spp_link *link, const struct spp_frame *frame,
		const unsigned char *bytes);
	/* The other end closed it, or it broke; not after our own close. */
	void (*gone)(struct spp_link *link);
};

struct spp_link {
	struct spp_watch watch;
	struct spp_wire *wire;
	const struct spp_link_user *user;
	void *owner;           /* the user's */
	size_t tag;            /* the user's */
	struct spp_link *next; /* of all links */
	struct spp_link *next_idle;
	struct spp_link *next_dirty;
	struct spp_buf in;  /* the begin of a frame whose end did not come */
	struct spp_buf out; /* not sent */
	size_t sent;        /* of out */
	bool is_dirty;
	bool waits; /* for room in the socket */
	bool is_closed;
};

struct spp_listener {
	struct spp_watch watch;
	struct spp_wire *wire;
	const struct spp_link_user *user; /* of the links it accepts */
	void *owner;
	uint16_t port;
};

bool spp_wire_open(struct spp_wire *wire, struct spp_loop *loop,
	size_t length_max, struct spp_err *err);
void spp_wire_close(struct spp_wire *wire);

/* Listen on a port that the system chooses. */
bool spp_wire_listen(struct spp_wire *wire, struct spp_listener *listener,
	const struct spp_link_user *user, void *owner);
void spp_wire_deafen(struct spp_listener *listener);

/* NULL on failure, which is then recorded in wire->err. */
struct spp_link *spp_wire_connect(struct spp_wire *wire, uint16_t port,
	const struct spp_link_user *user, void *owner, size_t tag);

/* Append to what is to be sent; sending happens in spp_wire_flush. */
void spp_link_send(
	struct spp_link *link, const unsigned char *bytes, size_t length);

/* A frame of a head only; its length is set here. */
void spp_link_tell(struct spp_link *link, const struct spp_frame *frame);
void spp_link_close(struct spp_link *link);

/* Give everything that was appended to the sockets, as far as they take it. */
void spp_wire_flush(struct spp_wire *wire);

/* Links closed in this turn may be used again from here on. */
void spp_wire_turn_over(struct spp_wire *wire);

#endif
