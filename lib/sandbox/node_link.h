/* Between the files of a platform: links, channels, service. */
#ifndef SPP_SANDBOX_NODE_LINK_H
#define SPP_SANDBOX_NODE_LINK_H

#include "lib/sandbox/node.h"

/* Links that others opened to a platform. */
extern const struct spp_link_user spp_node_accepted;

/* The link over which a platform fetches from another one. */
struct spp_link *spp_node_peer(struct spp_node *node, size_t platform);

struct spp_channel *spp_node_begin_channel(struct spp_node *node,
	struct spp_link *link, const struct spp_frame *frame,
	enum spp_channel_kind kind);
void spp_node_end_channel(struct spp_node *node, struct spp_channel *channel);

/* A partition has news to tell at the end of the turn. */
void spp_node_touch(struct spp_node *node, uint32_t partition);

/*
 * The lowest position that not every follower of a leader has.  A copy
 * counts as soon as all there was is on its way to it: where records wait
 * it would never have what is acknowledged in the meantime, so no more is
 * acknowledged than it has, and it joins when it has that.
 */
uint64_t spp_node_agreed(const struct spp_holding *holding);

#endif
