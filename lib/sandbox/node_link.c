/* What comes in on a platform's links. */
#include "lib/sandbox/node_link.h"
#include "lib/base/err.h"

#include <assert.h>

static void meet_publisher(struct spp_holding *holding, struct spp_link *link)
{
	if (holding->publisher == link)
		return;
	holding->publisher = link;
	holding->told = 0;
}

static void on_record(struct spp_link *link, struct spp_holding *holding,
	const struct spp_frame *frame, const unsigned char *bytes)
{
	struct spp_node *node = link->owner;

	if (frame->length != node->site->record_bytes)
		return;
	if (frame->kind == SPP_PUBLISH)
		meet_publisher(holding, link);
	else if (frame->mark != holding->fetch || link->tag != holding->source)
		return; /* of a fetch that was given up */
	else
		holding->received = frame->position + 1;
	if (!spp_service_put_in(&node->service, bytes, holding->generation))
		spp_fail_memory(node->site->err);
}

/* A source answers. */
static void on_peer_frame(struct spp_link *link, const struct spp_frame *frame,
	const unsigned char *bytes)
{
	struct spp_node *node = link->owner;
	struct spp_holding *holding;

	if (frame->partition >= node->site->partition_count)
		return;
	holding = node->holdings[frame->partition];
	if (holding == NULL)
		return;
	if (frame->kind == SPP_RECORD)
		on_record(link, holding, frame, bytes);
	if (frame->kind == SPP_ACK && frame->position > holding->acked)
		holding->acked = frame->position;
	if (frame->kind != SPP_EDGE || frame->mark != holding->fetch)
		return;
	/* Also where there was nothing to copy the source wants to hear. */
	spp_node_touch(node, frame->partition);
	node->site->copied(node->site->manager, frame->partition, node->index);
}

/*
 * Sources do not go away while the sandbox runs; a link that broke for
 * another reason is made anew, and what it brought is asked for again.
 */
static void on_peer_gone(struct spp_link *link)
{
	struct spp_node *node = link->owner;
	size_t source = link->tag;

	node->peers[source] = NULL;
	for (uint32_t p = 0; p < node->site->partition_count; p++)
		if (node->holdings[p] != NULL &&
			node->holdings[p]->source == source)
			spp_node_follow(node, p, source, 0);
}

static const struct spp_link_user peer_user = {
	.frame = on_peer_frame,
	.gone = on_peer_gone,
};

struct spp_link *spp_node_peer(struct spp_node *node, size_t platform)
{
	if (node->peers[platform] == NULL)
		node->peers[platform] = spp_wire_connect(node->site->wire,
			node->site->ports[platform], &peer_user, node,
			platform);
	return node->peers[platform];
}

static struct spp_channel *find_replica(
	struct spp_holding *holding, size_t platform)
{
	for (struct spp_channel *c = holding->channels; c; c = c->next)
		if (c->kind == SPP_CHANNEL_REPLICA && c->peer == platform)
			return c;
	return NULL;
}

static bool must_have(const struct spp_holding *holding, size_t platform)
{
	for (size_t i = 0; i < holding->follower_count; i++)
		if (holding->followers[i] == platform)
			return true;
	return false;
}

uint64_t spp_node_agreed(const struct spp_holding *holding)
{
	uint64_t agreed = spp_log_next(&holding->log);
	size_t missing = holding->follower_count;

	for (const struct spp_channel *c = holding->channels; c; c = c->next) {
		bool follows;

		if (c->kind != SPP_CHANNEL_REPLICA)
			continue;
		follows = must_have(holding, c->peer);
		missing -= follows;
		if ((follows || c->live) && c->have < agreed)
			agreed = c->have;
	}
	/* A follower that has not asked yet may have nothing. */
	if (missing > 0 || agreed < holding->acked)
		return holding->acked;
	return agreed;
}

static void on_fetch(struct spp_link *link, struct spp_holding *holding,
	const struct spp_frame *frame)
{
	struct spp_node *node = link->owner;
	struct spp_channel *channel;

	if (frame->stamp >= node->site->platform_count)
		return;
	channel = find_replica(holding, (size_t)frame->stamp);
	if (channel != NULL)
		spp_node_end_channel(node, channel);
	channel =
		spp_node_begin_channel(node, link, frame, SPP_CHANNEL_REPLICA);
	if (channel == NULL)
		return;
	channel->peer = (size_t)frame->stamp;
	channel->mark = frame->mark;
	channel->rate = (double)frame->value;
	spp_node_touch(node, frame->partition);
}

static void on_have(
	struct spp_node *node, struct spp_channel *channel, uint64_t position)
{
	struct spp_holding *holding = node->holdings[channel->partition];

	if (position > channel->have)
		channel->have = position;
	spp_node_touch(node, channel->partition);
	/*
	 * What was acknowledged when another platform led had come in here
	 * before this one took over.
	 */
	if (!holding->leads || !channel->live ||
		channel->have < holding->acked ||
		channel->have < holding->received ||
		must_have(holding, channel->peer))
		return;
	node->site->in_sync(
		node->site->manager, channel->partition, channel->peer);
}

static void on_subscribe(struct spp_link *link, struct spp_holding *holding,
	const struct spp_frame *frame)
{
	struct spp_node *node = link->owner;
	struct spp_frame wanted = *frame;
	struct spp_channel *channel;

	if (wanted.position == SPP_FROM_TAIL)
		wanted.position = spp_log_next(&holding->log);
	channel = spp_node_begin_channel(
		node, link, &wanted, SPP_CHANNEL_DELIVERY);
	if (channel == NULL)
		return;
	spp_link_tell(link, &(struct spp_frame){
				    .kind = SPP_BEGIN,
				    .partition = frame->partition,
				    .position = channel->position,
			    });
}

static void on_frame(struct spp_link *link, const struct spp_frame *frame,
	const unsigned char *bytes)
{
	struct spp_node *node = link->owner;
	struct spp_holding *holding = NULL;
	struct spp_channel *channel = NULL;

	if (frame->partition < node->site->partition_count)
		holding = node->holdings[frame->partition];
	if (holding == NULL) {
		/* Who subscribes to nothing must look elsewhere. */
		if (frame->kind == SPP_SUBSCRIBE)
			spp_link_close(link);
		return;
	}
	for (channel = holding->channels; channel; channel = channel->next)
		if (channel->link == link && channel->mark == frame->mark &&
			channel->kind == SPP_CHANNEL_REPLICA)
			break;
	if (frame->kind == SPP_PUBLISH)
		on_record(link, holding, frame, bytes);
	else if (frame->kind == SPP_FETCH)
		on_fetch(link, holding, frame);
	else if (frame->kind == SPP_SUBSCRIBE)
		on_subscribe(link, holding, frame);
	else if (frame->kind == SPP_HAVE && channel != NULL)
		on_have(node, channel, frame->position);
	else if (frame->kind == SPP_STOP && channel != NULL)
		spp_node_end_channel(node, channel);
}

static void on_gone(struct spp_link *link)
{
	struct spp_node *node = link->owner;

	for (uint32_t p = 0; p < node->site->partition_count; p++) {
		struct spp_holding *holding = node->holdings[p];
		struct spp_channel *channel, *next;

		if (holding == NULL)
			continue;
		if (holding->publisher == link)
			holding->publisher = NULL;
		for (channel = holding->channels; channel; channel = next) {
			next = channel->next;
			if (channel->link == link)
				spp_node_end_channel(node, channel);
		}
	}
}

const struct spp_link_user spp_node_accepted = {
	.frame = on_frame,
	.gone = on_gone,
};
