#include "lib/sandbox/subscriber.h"
#include "lib/base/err.h"

#include <assert.h>

bool spp_subscribers_open(struct spp_subscribers *subscribers,
	const struct spp_world *world, struct spp_wire *wire,
	const struct spp_clock *clock, const uint16_t *ports)
{
	*subscribers = (struct spp_subscribers){
		.wire = wire,
		.clock = clock,
		.ports = ports,
		.count = world->subscription_count,
		.ended.size = sizeof(struct spp_ended_delivery),
	};
	subscribers->items = spp_arena_alloc(&subscribers->arena,
		subscribers->count, sizeof(*subscribers->items));
	subscribers->latency = spp_arena_alloc(
		&subscribers->arena, 1, sizeof(*subscribers->latency));
	subscribers->latency_real = spp_arena_alloc(
		&subscribers->arena, 1, sizeof(*subscribers->latency_real));
	if (!spp_arena_ok(&subscribers->arena, wire->err))
		return false;
	for (size_t i = 0; i < subscribers->count; i++) {
		struct spp_subscriber *subscriber = &subscribers->items[i];

		subscriber->all = subscribers;
		subscriber->subscription = &world->subscriptions[i];
		subscriber->held.size = sizeof(struct spp_frame);
		spp_ledger_open(&subscriber->ledger);
	}
	return true;
}

void spp_subscribers_close(struct spp_subscribers *subscribers)
{
	for (size_t i = 0; subscribers->items && i < subscribers->count; i++) {
		spp_fifo_free(&subscribers->items[i].held);
		spp_ledger_close(&subscribers->items[i].ledger);
	}
	spp_fifo_free(&subscribers->ended);
	spp_arena_free(&subscribers->arena);
	*subscribers = (struct spp_subscribers){0};
}

/* The application gets a record. */
static void hand(
	struct spp_subscriber *subscriber, const struct spp_frame *frame)
{
	struct spp_subscribers *all = subscriber->all;
	uint64_t now = spp_clock_stamp(all->clock);

	if (frame->position >= subscriber->next)
		subscriber->next = frame->position + 1;
	if (!spp_ledger_hand(&subscriber->ledger, frame->position))
		spp_fail_memory(all->wire->err);
	/* What was stored before the start has no time of publication. */
	if (frame->stamp_real == 0)
		return;
	spp_histogram_add(all->latency, (now - frame->stamp) / 1000);
	spp_histogram_add(all->latency_real,
		(all->clock->real_ns - frame->stamp_real) / 1000);
}

/* Whether another connection will still bring what is waited for. */
static bool will_come(const struct spp_subscriber *subscriber)
{
	for (size_t i = 0; i < SPP_DELIVERIES_MAX; i++) {
		const struct spp_delivery *delivery = &subscriber->on[i];

		if (delivery->link != NULL && delivery->begun &&
			delivery->next <= subscriber->next)
			return true;
	}
	return false;
}

/*
 * Where the one connection that is left begins further on, what lies
 * between is lost, whether or not a record follows that shows it.
 */
static void pass(struct spp_subscriber *subscriber)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < SPP_DELIVERIES_MAX; i++) {
		const struct spp_delivery *delivery = &subscriber->on[i];

		if (delivery->link == NULL)
			continue;
		if (!delivery->begun)
			return;
		if (delivery->next < next)
			next = delivery->next;
	}
	if (next == UINT64_MAX || next <= subscriber->next)
		return;
	subscriber->next = next;
	if (!spp_ledger_pass(&subscriber->ledger, next))
		spp_fail_memory(subscriber->all->wire->err);
}

/* Hand over what was held, as far as nothing is missing before it. */
static void release(struct spp_subscriber *subscriber)
{
	while (subscriber->held.count > 0) {
		struct spp_frame frame = *(const struct spp_frame *)spp_fifo_at(
			&subscriber->held, 0);

		if (frame.position > subscriber->next && will_come(subscriber))
			return;
		spp_fifo_pop(&subscriber->held, 1);
		hand(subscriber, &frame);
	}
	pass(subscriber);
}

/* Held records come from one connection, so they have no holes. */
static bool holds(const struct spp_subscriber *subscriber, uint64_t position)
{
	const struct spp_frame *first, *last;

	if (subscriber->held.count == 0)
		return false;
	first = spp_fifo_at(&subscriber->held, 0);
	last = spp_fifo_at(&subscriber->held, subscriber->held.count - 1);
	return position >= first->position && position <= last->position;
}

static void receive(struct spp_subscriber *subscriber,
	const struct spp_delivery *delivery, const struct spp_frame *frame)
{
	struct spp_ledger *ledger = &subscriber->ledger;
	bool held = holds(subscriber, frame->position);

	ledger->wire++;
	ledger->wire_duplicated +=
		held || spp_ledger_knows(ledger, frame->position);
	if (held)
		return;
	if (frame->position < subscriber->next) {
		if (!subscriber->subscription->by_position && !delivery->dual)
			hand(subscriber, frame);
		return;
	}
	if (frame->position > subscriber->next && will_come(subscriber)) {
		if (spp_fifo_push(&subscriber->held, frame) == NULL)
			spp_fail_memory(subscriber->all->wire->err);
		return;
	}
	hand(subscriber, frame);
	release(subscriber);
}

static struct spp_delivery *delivery_of(struct spp_link *link)
{
	struct spp_subscriber *subscriber = link->owner;

	return &subscriber->on[link->tag];
}

static void begin_delivery(struct spp_subscriber *subscriber,
	struct spp_delivery *delivery, uint64_t position)
{
	delivery->begun = true;
	delivery->start = position;
	delivery->next = position;
	/* A quiet partition has a position, too. */
	if (!subscriber->placed) {
		subscriber->placed = true;
		subscriber->next = position;
		spp_ledger_begin(&subscriber->ledger, position);
	}
	release(subscriber);
}

static void on_frame(struct spp_link *link, const struct spp_frame *frame,
	const unsigned char *bytes)
{
	struct spp_subscriber *subscriber = link->owner;
	struct spp_delivery *delivery = delivery_of(link);

	if (frame->partition != subscriber->subscription->partition)
		return;
	if (frame->kind == SPP_BEGIN)
		begin_delivery(subscriber, delivery, frame->position);
	/* No platform sends records before it says where it begins. */
	if (frame->kind != SPP_RECORD || !delivery->begun)
		return;
	delivery->bytes += frame->length;
	subscriber->ledger.corrupt += !spp_frame_sound(frame, bytes);
	if (!delivery->has_first) {
		delivery->has_first = true;
		delivery->first = frame->position;
	}
	if (frame->position >= delivery->next)
		delivery->next = frame->position + 1;
	receive(subscriber, delivery, frame);
}

/* A connection has ended; another one may go on alone. */
static void end_delivery(
	struct spp_subscriber *subscriber, struct spp_delivery *delivery)
{
	const struct spp_ended_delivery ended = {
		.subscription = (size_t)(subscriber - subscriber->all->items),
		.platform = delivery->platform,
		.bytes = delivery->bytes,
	};

	if (spp_fifo_push(&subscriber->all->ended, &ended) == NULL)
		spp_fail_memory(subscriber->all->wire->err);
	*delivery = (struct spp_delivery){0};
	release(subscriber);
}

static void on_gone(struct spp_link *link)
{
	struct spp_subscriber *subscriber = link->owner;
	struct spp_subscribers *all = subscriber->all;

	end_delivery(subscriber, delivery_of(link));
	for (size_t i = 0; i < SPP_DELIVERIES_MAX; i++)
		if (subscriber->on[i].link != NULL)
			return;
	spp_subscriber_connect(subscriber,
		all->route(all->manager, subscriber->subscription->partition),
		spp_subscriber_from(subscriber));
}

static const struct spp_link_user user = {
	.frame = on_frame,
	.gone = on_gone,
};

uint64_t spp_subscriber_from(const struct spp_subscriber *subscriber)
{
	return subscriber->subscription->by_position && subscriber->placed
	               ? subscriber->next
	               : SPP_FROM_TAIL;
}

const struct spp_delivery *spp_subscriber_on(
	const struct spp_subscriber *subscriber, size_t platform)
{
	for (size_t i = 0; i < SPP_DELIVERIES_MAX; i++)
		if (subscriber->on[i].link != NULL &&
			subscriber->on[i].platform == platform)
			return &subscriber->on[i];
	return NULL;
}

bool spp_subscriber_connect(
	struct spp_subscriber *subscriber, size_t platform, uint64_t from)
{
	struct spp_subscribers *all = subscriber->all;
	bool alone = subscriber->on[0].link == NULL &&
	             subscriber->on[1].link == NULL;
	size_t i = subscriber->on[0].link == NULL ? 0 : 1;
	struct spp_link *link;

	if (spp_subscriber_on(subscriber, platform) != NULL)
		return true;
	if (subscriber->on[i].link != NULL)
		return false;
	link = spp_wire_connect(
		all->wire, all->ports[platform], &user, subscriber, i);
	if (link == NULL)
		return false;
	subscriber->on[i] = (struct spp_delivery){
		.platform = platform,
		.link = link,
		.dual = !alone,
		.newer = !alone,
	};
	subscriber->on[1 - i].dual = !alone;
	spp_link_tell(link,
		&(struct spp_frame){
			.kind = SPP_SUBSCRIBE,
			.partition =
				(uint32_t)subscriber->subscription->partition,
			.position = from,
		});
	return true;
}

bool spp_subscriber_leave(struct spp_subscriber *subscriber, size_t platform)
{
	for (size_t i = 0; i < SPP_DELIVERIES_MAX; i++) {
		struct spp_delivery *delivery = &subscriber->on[i];

		if (delivery->link == NULL || delivery->platform != platform)
			continue;
		spp_link_close(delivery->link);
		end_delivery(subscriber, delivery);
		return true;
	}
	return false;
}
