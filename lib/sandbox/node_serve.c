/* A platform at work: channels, copies, and what the queue does. */
#include "lib/sandbox/node_link.h"
#include "lib/base/err.h"

#include <assert.h>

/* A copy may send this many seconds of its rate at once, no more. */
static const double BURST_S = 0.1;

void spp_node_touch(struct spp_node *node, uint32_t partition)
{
	struct spp_holding *holding = node->holdings[partition];

	if (holding->touched)
		return;
	holding->touched = true;
	if (spp_fifo_push(&node->touched, &partition) == NULL)
		spp_fail_memory(node->site->err);
}

static void queue_out(struct spp_node *node, struct spp_channel *channel)
{
	if (!spp_service_put_out(&node->service, channel, channel->position))
		spp_fail_memory(node->site->err);
	channel->position++;
}

/* All that there was when the channel went live has been sent. */
static void tell_edge(const struct spp_channel *channel)
{
	spp_link_tell(channel->link, &(struct spp_frame){
					     .kind = SPP_EDGE,
					     .partition = channel->partition,
					     .mark = channel->mark,
					     .position = channel->edge,
				     });
}

/* The channel has queued all there is. */
static void go_live(struct spp_node *node, struct spp_channel *channel)
{
	channel->live = true;
	channel->edge = channel->position;
	assert(node->starting > 0);
	node->starting--;
	if (channel->kind != SPP_CHANNEL_REPLICA)
		return;
	if (channel->outstanding == 0)
		tell_edge(channel);
	spp_node_touch(node, channel->partition);
}

/* Queue what there is, at most at the channel's rate. */
static void advance(
	struct spp_node *node, struct spp_channel *channel, double elapsed_s)
{
	struct spp_holding *holding = node->holdings[channel->partition];
	uint64_t end = spp_log_next(&holding->log);
	double size = (double)node->site->record_bytes;
	double rate = channel->rate, most;

	if (rate > node->site->rate_max)
		rate = node->site->rate_max;
	most = rate * BURST_S > size ? rate * BURST_S : size;
	most = rate * elapsed_s > most ? rate * elapsed_s : most;
	channel->credit += rate * elapsed_s;
	if (channel->credit > most)
		channel->credit = most;
	if (channel->position < holding->log.first)
		channel->position = holding->log.first;
	while (channel->position < end &&
		(rate == 0 || channel->credit >= size)) {
		queue_out(node, channel);
		channel->credit -= size;
	}
	if (channel->position >= end)
		go_live(node, channel);
}

struct spp_channel *spp_node_begin_channel(struct spp_node *node,
	struct spp_link *link, const struct spp_frame *frame,
	enum spp_channel_kind kind)
{
	struct spp_holding *holding = node->holdings[frame->partition];
	struct spp_channel *channel = node->idle;

	if (channel != NULL)
		node->idle = channel->next;
	else
		channel = spp_arena_alloc(&node->arena, 1, sizeof(*channel));
	if (channel == NULL) {
		spp_fail_memory(node->site->err);
		return NULL;
	}
	*channel = (struct spp_channel){
		.next = holding->channels,
		.link = link,
		.kind = kind,
		.partition = frame->partition,
		.peer = SPP_NODE_NONE,
		.position = frame->position,
		.have = frame->position,
	};
	if (channel->position < holding->log.first)
		channel->position = holding->log.first;
	holding->channels = channel;
	node->starting++;
	return channel;
}

void spp_node_end_channel(struct spp_node *node, struct spp_channel *channel)
{
	struct spp_holding *holding = node->holdings[channel->partition];
	struct spp_channel **place = &holding->channels;

	while (*place != channel)
		place = &(*place)->next;
	*place = channel->next;
	node->starting -= !channel->live;
	/* Nobody waits for it any more. */
	spp_node_touch(node, channel->partition);
	spp_service_forget(&node->service, channel);
	channel->next = node->ended;
	node->ended = channel;
}

/*
 * The first position that is still to be sent to somebody, or that another
 * replica may ask for.
 */
static uint64_t wanted(const struct spp_holding *holding)
{
	uint64_t first = holding->acked;

	for (const struct spp_channel *c = holding->channels; c; c = c->next) {
		uint64_t oldest = c->position > c->outstanding
		                          ? c->position - c->outstanding
		                          : 0;

		if (oldest < first)
			first = oldest;
	}
	return first;
}

static void serve_in(struct spp_node *node, const struct spp_work *work,
	const unsigned char *bytes)
{
	struct spp_holding *holding;
	struct spp_frame frame;
	uint64_t next;

	spp_frame_decode(bytes, &frame);
	holding = node->holdings[frame.partition];
	if (holding == NULL || holding->generation != work->generation)
		return;
	/* Publishers send again to whoever leads now. */
	if (frame.kind == SPP_PUBLISH && !holding->leads)
		return;
	spp_node_touch(node, frame.partition);
	next = spp_log_next(&holding->log);
	if (frame.position < next)
		return; /* held already */
	if (frame.position > next) {
		/*
		 * Published to an earlier term of this leader, whose first
		 * records were dropped after it; all will come again.
		 */
		if (holding->leads)
			return;
		/* The source has trimmed what lay between. */
		node->gaps += holding->log.records.count > 0;
		spp_log_restart(&holding->log, frame.position);
	}
	if (!spp_log_append(&holding->log, bytes)) {
		spp_fail_memory(node->site->err);
		return;
	}
	for (struct spp_channel *c = holding->channels; c; c = c->next) {
		if (!c->live || c->position > frame.position)
			continue;
		c->position = frame.position;
		queue_out(node, c);
	}
	spp_log_trim(&holding->log, spp_clock_stamp(node->site->clock),
		wanted(holding));
}

static void serve_out(struct spp_node *node, const struct spp_work *work)
{
	struct spp_channel *channel = work->channel;
	struct spp_holding *holding;
	const unsigned char *record;
	unsigned char head[SPP_FRAME_HEAD];
	struct spp_frame frame;

	if (channel->closed)
		return;
	holding = node->holdings[channel->partition];
	record = spp_log_at(&holding->log, work->position);
	/* NULL: it waited for longer than the log keeps records. */
	if (record != NULL) {
		spp_frame_decode(record, &frame);
		frame.kind = SPP_RECORD;
		frame.mark = channel->mark;
		spp_frame_encode(&frame, head);
		spp_link_send(channel->link, head, sizeof(head));
		spp_link_send(channel->link, record + SPP_FRAME_HEAD,
			node->site->record_bytes - SPP_FRAME_HEAD);
	}
	if (channel->kind == SPP_CHANNEL_REPLICA &&
		work->position + 1 == channel->edge)
		tell_edge(channel);
}

static void serve(
	void *context, const struct spp_work *work, const unsigned char *record)
{
	if (record != NULL)
		serve_in(context, work, record);
	else
		serve_out(context, work);
}

/* A follower tells its source what it has stored. */
static void tell_source(struct spp_node *node, uint32_t partition)
{
	const struct spp_holding *holding = node->holdings[partition];

	if (holding->source == SPP_NODE_NONE ||
		node->peers[holding->source] == NULL)
		return;
	spp_link_tell(node->peers[holding->source],
		&(struct spp_frame){
			.kind = SPP_HAVE,
			.partition = partition,
			.mark = holding->fetch,
			.position = spp_log_next(&holding->log),
		});
}

/* A leader tells all what every replica has. */
static void tell_agreed(struct spp_node *node, uint32_t partition)
{
	struct spp_holding *holding = node->holdings[partition];
	const struct spp_frame frame = {
		.kind = SPP_ACK,
		.partition = partition,
		.position = spp_node_agreed(holding),
	};

	if (holding->publisher != NULL && frame.position > holding->told) {
		holding->told = frame.position;
		spp_link_tell(holding->publisher, &frame);
	}
	if (frame.position == holding->acked)
		return;
	holding->acked = frame.position;
	for (struct spp_channel *c = holding->channels; c; c = c->next)
		if (c->kind == SPP_CHANNEL_REPLICA)
			spp_link_tell(c->link, &frame);
}

static void tell(struct spp_node *node, uint32_t partition)
{
	struct spp_holding *holding = node->holdings[partition];

	if (holding == NULL)
		return;
	holding->touched = false;
	if (holding->leads)
		tell_agreed(node, partition);
	else
		tell_source(node, partition);
}

/* Channels that have nothing left in the queue can be used again. */
static void collect(struct spp_node *node)
{
	struct spp_channel **place = &node->ended;

	while (*place != NULL) {
		struct spp_channel *channel = *place;

		if (channel->outstanding > 0) {
			place = &channel->next;
			continue;
		}
		*place = channel->next;
		channel->next = node->idle;
		node->idle = channel;
	}
}

static void start_channels(struct spp_node *node, double elapsed_s)
{
	for (uint32_t p = 0; p < node->site->partition_count; p++) {
		struct spp_holding *holding = node->holdings[p];

		if (holding == NULL)
			continue;
		for (struct spp_channel *c = holding->channels; c; c = c->next)
			if (!c->live)
				advance(node, c, elapsed_s);
	}
}

void spp_node_turn(struct spp_node *node, double elapsed_s)
{
	if (node->starting > 0)
		start_channels(node, elapsed_s);
	spp_service_run(&node->service, elapsed_s, serve, node);
	for (size_t i = 0; i < node->touched.count; i++)
		tell(node, *(uint32_t *)spp_fifo_at(&node->touched, i));
	spp_fifo_pop(&node->touched, node->touched.count);
	if (node->ended != NULL)
		collect(node);
}
