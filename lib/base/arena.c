#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/*
 * AddressSanitizer sees blocks, not what is handed out of them, so the rest
 * of a block is marked as out of bounds.  Its header comes with it; in other
 * builds the marks are nothing.
 */
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#endif

/*
 * Blocks double from the least to the most, so that a small arena is cheap
 * and a large one asks seldom.  A request that would waste much of a block
 * gets one of its own, behind the newest, which stays in use.
 */
enum {
	BLOCK_LEAST = 64 << 10,
	BLOCK_MOST = 8 << 20,
	ALIGNMENT = _Alignof(max_align_t),
};

struct spp_arena_block {
	struct spp_arena_block *older;
	size_t size; /* bytes of data */
	size_t used;
	_Alignas(max_align_t) char data[];
};

/* A block with room for SIZE bytes, or NULL. */
static struct spp_arena_block *block_for(struct spp_arena *arena, size_t size)
{
	struct spp_arena_block *newest = arena->block;
	struct spp_arena_block **place = &arena->block;
	struct spp_arena_block *block;
	size_t next = BLOCK_LEAST;

	if (newest != NULL && newest->size - newest->used >= size)
		return newest;
	while (newest != NULL && next <= newest->size && next < BLOCK_MOST)
		next *= 2;
	if (size > next / 4) {
		next = size;
		if (newest != NULL)
			place = &newest->older;
	}
	block = spp_memory_new(sizeof *block + next);
	if (block == NULL)
		return NULL;
	*block = (struct spp_arena_block){.older = *place, .size = next};
	*place = block;
	ASAN_POISON_MEMORY_REGION(block->data, next);
	return block;
}

/* SIZE bytes of any content, and at least one behind them out of bounds. */
static void *take(struct spp_arena *arena, size_t size)
{
	struct spp_arena_block *block = NULL;
	size_t room = (size / ALIGNMENT + 1) * ALIGNMENT;
	void *result;

	if (!arena->failed && size < SIZE_MAX / 2)
		block = block_for(arena, room);
	if (block == NULL) {
		arena->failed = true;
		return NULL;
	}
	result = block->data + block->used;
	block->used += room;
	assert(block->used <= block->size);
	ASAN_UNPOISON_MEMORY_REGION(result, size);
	return result;
}

void *spp_arena_alloc(struct spp_arena *arena, size_t count, size_t size)
{
	size_t total;
	void *result;

	if (__builtin_mul_overflow(count, size, &total))
		total = SIZE_MAX;
	result = take(arena, total);
	return result != NULL ? memset(result, 0, total) : NULL;
}

char *spp_arena_text(struct spp_arena *arena, const char *text, size_t length)
{
	char *copy = take(arena, length < SIZE_MAX ? length + 1 : SIZE_MAX);

	if (copy == NULL)
		return NULL;
	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *spp_arena_string(struct spp_arena *arena, const char *string)
{
	return spp_arena_text(arena, string, strlen(string));
}

char *spp_arena_format(struct spp_arena *arena, const char *format, ...)
{
	va_list list;
	int length;
	char *text;

	va_start(list, format);
	length = vsnprintf(NULL, 0, format, list);
	va_end(list);
	text = take(arena, length >= 0 ? (size_t)length + 1 : SIZE_MAX);
	if (text == NULL)
		return NULL;
	va_start(list, format);
	vsnprintf(text, (size_t)length + 1, format, list);
	va_end(list);
	return text;
}

bool spp_arena_ok(const struct spp_arena *arena, struct spp_err *err)
{
	return arena->failed ? spp_fail_memory(err) : true;
}

void spp_arena_adopt(struct spp_arena *arena, struct spp_arena *from)
{
	struct spp_arena_block **oldest = &from->block;

	while (*oldest != NULL)
		oldest = &(*oldest)->older;
	*oldest = arena->block;
	arena->block = from->block;
	arena->failed = arena->failed || from->failed;
	*from = (struct spp_arena){0};
}

static void free_from(struct spp_arena_block *block)
{
	while (block != NULL) {
		struct spp_arena_block *older = block->older;

		ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
		spp_memory_free(block);
		block = older;
	}
}

void spp_arena_reset(struct spp_arena *arena)
{
	struct spp_arena_block *newest = arena->block;

	if (newest != NULL) {
		free_from(newest->older);
		newest->older = NULL;
		newest->used = 0;
		ASAN_POISON_MEMORY_REGION(newest->data, newest->size);
	}
	arena->failed = false;
}

void spp_arena_free(struct spp_arena *arena)
{
	free_from(arena->block);
	*arena = (struct spp_arena){0};
}
