#include "lib/sandbox/frame.h"

#include <assert.h>
#include <string.h>

static void put32(unsigned char *bytes, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(value >> (8 * i));
}

static void put64(unsigned char *bytes, uint64_t value)
{
	put32(bytes, (uint32_t)value);
	put32(bytes + 4, (uint32_t)(value >> 32));
}

static uint32_t get32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
	       (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint64_t get64(const unsigned char *bytes)
{
	return get32(bytes) | (uint64_t)get32(bytes + 4) << 32;
}

void spp_frame_encode(const struct spp_frame *frame, unsigned char *bytes)
{
	assert(frame->length >= SPP_FRAME_HEAD);
	put32(bytes, frame->length);
	put32(bytes + 4, frame->kind);
	put32(bytes + 8, frame->partition);
	put32(bytes + SPP_FRAME_MARK, frame->mark);
	put64(bytes + 16, frame->position);
	put64(bytes + 24, frame->value);
	put64(bytes + 32, frame->stamp);
	put64(bytes + 40, frame->stamp_real);
}

void spp_frame_decode(const unsigned char *bytes, struct spp_frame *frame)
{
	*frame = (struct spp_frame){
		.length = get32(bytes),
		.kind = get32(bytes + 4),
		.partition = get32(bytes + 8),
		.mark = get32(bytes + SPP_FRAME_MARK),
		.position = get64(bytes + 16),
		.value = get64(bytes + 24),
		.stamp = get64(bytes + 32),
		.stamp_real = get64(bytes + 40),
	};
}

/* The finaliser of splitmix64: every bit of the input changes the output. */
uint64_t spp_frame_check(uint32_t partition, uint64_t position)
{
	uint64_t x = position * UINT64_C(0x9e3779b97f4a7c15) + partition + 1;

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

void spp_frame_fill(const struct spp_frame *frame, unsigned char *bytes)
{
	struct spp_frame record = *frame;

	assert(frame->length >= SPP_RECORD_LEAST);
	record.value = spp_frame_check(frame->partition, frame->position);
	spp_frame_encode(&record, bytes);
	memset(bytes + SPP_FRAME_HEAD, (int)(record.value & 0x7f),
		frame->length - SPP_FRAME_HEAD);
	put64(bytes + SPP_FRAME_HEAD, record.value);
}

bool spp_frame_sound(const struct spp_frame *frame, const unsigned char *bytes)
{
	uint64_t check = spp_frame_check(frame->partition, frame->position);

	return frame->length >= SPP_RECORD_LEAST && frame->value == check &&
	       get64(bytes + SPP_FRAME_HEAD) == check;
}
