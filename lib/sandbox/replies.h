/*
 * The replies to the last changing requests by their Idempotency-Key: who
 * asks again with the same key gets the same reply, and nothing is done
 * twice.
 */
#ifndef SPP_SANDBOX_REPLIES_H
#define SPP_SANDBOX_REPLIES_H

#include "lib/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	SPP_REPLIES_KEPT = 1024,
	SPP_REPLY_KEY_SIZE = 128,
	SPP_REPLY_BODY_SIZE = 256,
};

struct spp_kept_reply {
	char key[SPP_REPLY_KEY_SIZE];
	unsigned status;
	size_t length;
	char body[SPP_REPLY_BODY_SIZE];
};

struct spp_replies {
	size_t count; /* ever kept */
	struct spp_kept_reply items[SPP_REPLIES_KEPT];
};

/* Keys and bodies beyond their sizes are not kept. */
void spp_replies_keep(struct spp_replies *replies, const char *key,
	unsigned status, const char *body, size_t length);
const struct spp_kept_reply *spp_replies_find(
	const struct spp_replies *replies, const char *key);

#endif
