/*
 * What goes over the sandbox's sockets: frames of a head and, where the
 * frame is a record, a payload that fills it up to the record's size.
 * Numbers are little-endian.
 *
 *	frame		position	value		mark
 *	PUBLISH		of the record	its check	-
 *	ACK		all below it	-		-
 *	FETCH		first wanted	bytes/s, 0 =	fetch number
 *					as it comes
 *	STOP		-		-		fetch number
 *	RECORD		of the record	its check	fetch number
 *	EDGE		of the first	-		fetch number
 *			after it
 *	HAVE		all below it	-		fetch number
 *	SUBSCRIBE	first wanted	-		-
 *	BEGIN		first to come	-		-
 *
 * FETCH carries the number of the platform that asks in its stamp.
 */
#ifndef SPP_SANDBOX_FRAME_H
#define SPP_SANDBOX_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spp_frame_kind {
	SPP_PUBLISH = 1, /* publisher to leader */
	SPP_ACK,         /* leader to all: every replica has it */
	SPP_FETCH,       /* follower to where it copies from */
	SPP_STOP,        /* the same: no more */
	SPP_RECORD,      /* to a follower or a subscriber */
	SPP_EDGE,        /* to a follower: that was all there had been */
	SPP_HAVE,        /* follower to where it copies from: stored */
	SPP_SUBSCRIBE,   /* subscriber to platform */
	SPP_BEGIN,       /* platform to subscriber: the answer */
	SPP_FRAME_KINDS,
};

enum {
	SPP_FRAME_HEAD = 48, /* bytes */
	SPP_FRAME_MARK = 12, /* where the mark stands in the head */
	SPP_RECORD_LEAST = 64,
	SPP_RECORD_MOST = 1 << 20,
};

#define SPP_FROM_TAIL UINT64_MAX /* SUBSCRIBE: what comes from now on */

struct spp_frame {
	uint32_t length; /* of the whole frame */
	uint32_t kind;
	uint32_t partition; /* its index in the world */
	uint32_t mark;
	uint64_t position;
	uint64_t value;
	uint64_t stamp;      /* sandbox ns at which it was published */
	uint64_t stamp_real; /* the same on the machine's monotonic clock */
};

void spp_frame_encode(const struct spp_frame *frame, unsigned char *bytes);
void spp_frame_decode(const unsigned char *bytes, struct spp_frame *frame);

/* What the payload of a record must begin with, and its check. */
uint64_t spp_frame_check(uint32_t partition, uint64_t position);

/* A whole record frame of frame->length bytes: head, check and payload. */
void spp_frame_fill(const struct spp_frame *frame, unsigned char *bytes);

/* Whether a record came as it was published. */
bool spp_frame_sound(const struct spp_frame *frame, const unsigned char *bytes);

#endif
