#include "lib/sandbox/replies.h"

#include <string.h>

void spp_replies_keep(struct spp_replies *replies, const char *key,
	unsigned status, const char *body, size_t length)
{
	struct spp_kept_reply *reply =
		&replies->items[replies->count % SPP_REPLIES_KEPT];

	if (strlen(key) >= sizeof(reply->key) || length > sizeof(reply->body))
		return;
	replies->count++;
	memcpy(reply->key, key, strlen(key) + 1);
	reply->status = status;
	reply->length = length;
	if (length > 0)
		memcpy(reply->body, body, length);
}

const struct spp_kept_reply *spp_replies_find(
	const struct spp_replies *replies, const char *key)
{
	size_t kept = replies->count < SPP_REPLIES_KEPT ? replies->count
	                                                : SPP_REPLIES_KEPT;

	for (size_t i = 0; i < kept; i++)
		if (strcmp(replies->items[i].key, key) == 0)
			return &replies->items[i];
	return NULL;
}
