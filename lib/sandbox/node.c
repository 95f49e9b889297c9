#include "lib/sandbox/node.h"
#include "lib/sandbox/node_link.h"
#include "lib/base/err.h"

#include <assert.h>

bool spp_node_open(struct spp_node *node, struct spp_site *site, size_t index,
	const char *name, double capacity)
{
	*node = (struct spp_node){
		.site = site,
		.index = index,
		.name = name,
		.touched.size = sizeof(uint32_t),
	};
	spp_service_open(&node->service, site->record_bytes, capacity);
	node->peers = spp_arena_alloc(
		&node->arena, site->platform_count, sizeof(*node->peers));
	node->holdings = spp_arena_alloc(
		&node->arena, site->partition_count, sizeof(*node->holdings));
	if (!spp_arena_ok(&node->arena, site->err))
		return false;
	return spp_wire_listen(
		site->wire, &node->listener, &spp_node_accepted, node);
}

void spp_node_close(struct spp_node *node)
{
	if (node->site == NULL)
		return;
	for (size_t p = 0; node->holdings && p < node->site->partition_count;
		p++)
		if (node->holdings[p] != NULL)
			spp_log_close(&node->holdings[p]->log);
	spp_wire_deafen(&node->listener);
	spp_service_close(&node->service);
	spp_fifo_free(&node->touched);
	spp_arena_free(&node->arena);
	node->site = NULL;
}

/* Records that were there before the sandbox's time begins. */
static bool fill(struct spp_node *node, uint32_t partition, size_t count)
{
	struct spp_holding *holding = node->holdings[partition];
	struct spp_frame frame = {
		.length = (uint32_t)node->site->record_bytes,
		.kind = SPP_RECORD,
		.partition = partition,
	};
	unsigned char *bytes;

	if (count == 0)
		return true;
	bytes = spp_arena_alloc(&node->arena, node->site->record_bytes, 1);
	if (bytes == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		frame.position = i;
		spp_frame_fill(&frame, bytes);
		if (!spp_log_append(&holding->log, bytes))
			return false;
	}
	return true;
}

bool spp_node_hold(struct spp_node *node, uint32_t partition,
	const struct spp_keeping *keeping)
{
	struct spp_holding *holding;

	assert(node->holdings[partition] == NULL);
	holding = spp_arena_alloc(&node->arena, 1, sizeof(*holding));
	if (holding == NULL)
		return spp_fail_memory(node->site->err);
	spp_log_open(&holding->log, node->site->record_bytes, keeping->most,
		keeping->most_ns);
	holding->generation = ++node->generation;
	holding->source = SPP_NODE_NONE;
	node->holdings[partition] = holding;
	if (!fill(node, partition, keeping->begin))
		return spp_fail_memory(node->site->err);
	holding->received = spp_log_next(&holding->log);
	return true;
}

bool spp_node_holds(const struct spp_node *node, uint32_t partition)
{
	return node->holdings[partition] != NULL;
}

/* Tell where records came from that no more are wanted. */
static void stop(struct spp_node *node, uint32_t partition)
{
	struct spp_holding *holding = node->holdings[partition];
	struct spp_link *peer;

	if (holding->source == SPP_NODE_NONE)
		return;
	peer = node->peers[holding->source];
	if (peer != NULL)
		spp_link_tell(peer, &(struct spp_frame){
					    .kind = SPP_STOP,
					    .partition = partition,
					    .mark = holding->fetch,
				    });
	holding->source = SPP_NODE_NONE;
}

void spp_node_drop(struct spp_node *node, uint32_t partition)
{
	struct spp_holding *holding = node->holdings[partition];

	assert(holding != NULL);
	stop(node, partition);
	while (holding->channels != NULL) {
		struct spp_channel *channel = holding->channels;

		if (channel->kind == SPP_CHANNEL_DELIVERY)
			spp_link_close(channel->link);
		spp_node_end_channel(node, channel);
	}
	spp_log_close(&holding->log);
	node->holdings[partition] = NULL;
}

void spp_node_lead(struct spp_node *node, uint32_t partition,
	const size_t *followers, size_t count)
{
	struct spp_holding *holding = node->holdings[partition];

	assert(holding != NULL && count <= SPP_FOLLOWERS_MAX);
	stop(node, partition);
	holding->leads = true;
	holding->follower_count = count;
	for (size_t i = 0; i < count; i++)
		holding->followers[i] = followers[i];
	spp_node_touch(node, partition);
}

void spp_node_follow(
	struct spp_node *node, uint32_t partition, size_t source, double rate)
{
	struct spp_holding *holding = node->holdings[partition];
	struct spp_link *peer;
	uint64_t next;

	assert(holding != NULL && source != node->index);
	next = spp_log_next(&holding->log);
	if (source != holding->source)
		stop(node, partition);
	holding->leads = false;
	holding->publisher = NULL;
	if (holding->received < next)
		holding->received = next;
	holding->source = source;
	holding->fetch = ++node->fetch;
	peer = spp_node_peer(node, source);
	if (peer == NULL)
		return;
	spp_link_tell(peer, &(struct spp_frame){
				    .kind = SPP_FETCH,
				    .partition = partition,
				    .mark = holding->fetch,
				    .position = holding->received,
				    .value = (uint64_t)rate,
				    .stamp = node->index,
			    });
}

double spp_node_bytes(const struct spp_node *node, uint32_t partition)
{
	const struct spp_holding *holding = node->holdings[partition];

	return holding != NULL ? spp_log_bytes(&holding->log) : 0;
}

uint64_t spp_node_first(const struct spp_node *node, uint32_t partition)
{
	const struct spp_holding *holding = node->holdings[partition];

	return holding != NULL ? holding->log.first : 0;
}

uint64_t spp_node_next(const struct spp_node *node, uint32_t partition)
{
	const struct spp_holding *holding = node->holdings[partition];

	return holding != NULL ? spp_log_next(&holding->log) : 0;
}

size_t spp_node_deliveries(const struct spp_node *node, uint32_t partition)
{
	const struct spp_holding *holding = node->holdings[partition];
	size_t count = 0;

	if (holding == NULL)
		return 0;
	for (const struct spp_channel *c = holding->channels; c; c = c->next)
		count += c->kind == SPP_CHANNEL_DELIVERY;
	return count;
}
