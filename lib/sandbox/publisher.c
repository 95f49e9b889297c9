#include "lib/sandbox/publisher.h"
#include "lib/base/err.h"

#include <assert.h>
#include <math.h>

static void on_frame(struct spp_link *link, const struct spp_frame *frame,
	const unsigned char *bytes)
{
	struct spp_publishers *publishers = link->owner;
	struct spp_publisher *publisher;

	(void)bytes;
	if (frame->kind != SPP_ACK || frame->partition >= publishers->count)
		return;
	publisher = &publishers->items[frame->partition];
	if (frame->position <= publisher->acked ||
		frame->position > publisher->next)
		return;
	spp_fifo_pop(&publisher->waiting,
		(size_t)(frame->position - publisher->acked));
	publisher->acked = frame->position;
}

static void send_again(
	struct spp_publishers *publishers, struct spp_publisher *publisher);

static void on_gone(struct spp_link *link)
{
	struct spp_publishers *publishers = link->owner;
	size_t platform = link->tag;

	publishers->links[platform] = NULL;
	for (size_t p = 0; p < publishers->count; p++)
		if (publishers->items[p].leader == platform)
			send_again(publishers, &publishers->items[p]);
}

static const struct spp_link_user user = {
	.frame = on_frame,
	.gone = on_gone,
};

static struct spp_link *link_to(
	struct spp_publishers *publishers, size_t platform)
{
	struct spp_link **link = &publishers->links[platform];

	if (*link == NULL)
		*link = spp_wire_connect(publishers->wire,
			publishers->ports[platform], &user, publishers,
			platform);
	return *link;
}

static void send_again(
	struct spp_publishers *publishers, struct spp_publisher *publisher)
{
	struct spp_link *link = link_to(publishers, publisher->leader);

	if (link == NULL)
		return;
	for (size_t i = 0; i < publisher->waiting.count; i++)
		spp_link_send(link, spp_fifo_at(&publisher->waiting, i),
			publishers->record_bytes);
}

bool spp_publishers_open(struct spp_publishers *publishers,
	const struct spp_world *world, struct spp_wire *wire,
	const struct spp_clock *clock, const uint16_t *ports,
	size_t record_bytes, uint64_t seed)
{
	*publishers = (struct spp_publishers){
		.wire = wire,
		.clock = clock,
		.ports = ports,
		.count = world->partition_count,
		.platform_count = world->platform_count,
		.record_bytes = record_bytes,
		.scale = 1,
		.hold_s = NAN,
	};
	publishers->items = spp_arena_alloc(&publishers->arena,
		publishers->count, sizeof(*publishers->items));
	publishers->links = spp_arena_alloc(&publishers->arena,
		publishers->platform_count, sizeof(*publishers->links));
	publishers->record =
		spp_arena_alloc(&publishers->arena, record_bytes, 1);
	if (!spp_arena_ok(&publishers->arena, wire->err))
		return false;
	for (size_t p = 0; p < publishers->count; p++) {
		struct spp_publisher *publisher = &publishers->items[p];

		publisher->partition = &world->partitions[p];
		publisher->rng = spp_rng_for(seed, p);
		publisher->due = spp_rng_exponential(&publisher->rng);
		publisher->waiting.size = record_bytes;
	}
	return true;
}

void spp_publishers_close(struct spp_publishers *publishers)
{
	for (size_t p = 0; publishers->items && p < publishers->count; p++)
		spp_fifo_free(&publishers->items[p].waiting);
	spp_arena_free(&publishers->arena);
	*publishers = (struct spp_publishers){0};
}

void spp_publisher_begin(struct spp_publishers *publishers, size_t partition,
	uint64_t position, size_t leader)
{
	struct spp_publisher *publisher = &publishers->items[partition];

	publisher->next = position;
	publisher->acked = position;
	publisher->leader = leader;
}

void spp_publisher_lead(
	struct spp_publishers *publishers, size_t partition, size_t platform)
{
	struct spp_publisher *publisher = &publishers->items[partition];

	if (publisher->leader == platform)
		return;
	publisher->leader = platform;
	send_again(publishers, publisher);
}

static void publish(struct spp_publishers *publishers, size_t partition)
{
	struct spp_publisher *publisher = &publishers->items[partition];
	struct spp_link *link = link_to(publishers, publisher->leader);
	const struct spp_frame frame = {
		.length = (uint32_t)publishers->record_bytes,
		.kind = SPP_PUBLISH,
		.partition = (uint32_t)partition,
		.position = publisher->next,
		.stamp = spp_clock_stamp(publishers->clock),
		.stamp_real = publishers->clock->real_ns,
	};

	if (link == NULL)
		return; /* recorded as the wire's trouble */
	spp_frame_fill(&frame, publishers->record);
	if (spp_fifo_push(&publisher->waiting, publishers->record) == NULL)
		spp_fail_memory(publishers->wire->err);
	spp_link_send(link, publishers->record, publishers->record_bytes);
	publisher->next++;
	publisher->published++;
}

/*
 * Records come at random, as a Poisson process of the given rate: the k-th
 * comes when the integral of the rate reaches the sum of k exponential
 * draws.  So what is published up to a sandbox time depends on the seed
 * alone, not on how often this is called.
 */
void spp_publishers_turn(struct spp_publishers *publishers, double elapsed_s)
{
	double now_s = publishers->clock->now_s;
	double factor = publishers->scale / (double)publishers->record_bytes;

	for (size_t p = 0; p < publishers->count; p++) {
		struct spp_publisher *publisher = &publishers->items[p];
		double bytes = isnan(publishers->hold_s)
		                       ? spp_world_volume(publisher->partition,
						 now_s - elapsed_s, now_s)
		                       : spp_world_rate(publisher->partition,
						 publishers->hold_s) *
		                                 elapsed_s;

		publisher->level += bytes * factor;
		while (publisher->due <= publisher->level) {
			publish(publishers, p);
			publisher->due += spp_rng_exponential(&publisher->rng);
		}
	}
}
