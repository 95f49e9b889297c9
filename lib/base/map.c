#include "lib/base/map.h"
#include "lib/base/arena.h"

#include <assert.h>
#include <string.h>

enum { SLOTS_LEAST = 32 };

/* FNV-1a (Fowler, Noll, Vo), its upper and lower bits mixed at the end. */
static size_t hash_of(const char *name, size_t length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) *
		       UINT64_C(0x100000001b3);
	return (hash ^ hash >> 32) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

static bool is_name(
	const struct spp_map *map, size_t i, const char *name, size_t length)
{
	return map->lengths[i] == length &&
	       (length == 0 || memcmp(map->names[i], name, length) == 0);
}

/* The slot that holds the name, or the free one where it would go. */
static size_t *slot_of(
	const struct spp_map *map, const char *name, size_t length)
{
	size_t mask = map->slot_count - 1;

	for (size_t at = hash_of(name, length);; at++) {
		size_t *slot = &map->slots[at & mask];

		if (*slot == 0 || is_name(map, *slot - 1, name, length))
			return slot;
	}
}

/* Twice the names, and slots that are at most half full. */
static bool grow(struct spp_map *map)
{
	struct spp_map grown = {.arena = map->arena, .count = map->count};
	size_t slots = map->slot_count > 0 ? 2 * map->slot_count : SLOTS_LEAST;

	grown.slot_count = slots;
	grown.slots = spp_arena_alloc(map->arena, slots, sizeof *grown.slots);
	grown.names =
		spp_arena_alloc(map->arena, slots / 2, sizeof *grown.names);
	grown.lengths =
		spp_arena_alloc(map->arena, slots / 2, sizeof *grown.lengths);
	if (!spp_arena_ok(map->arena, NULL))
		return false;
	for (size_t i = 0; i < map->count; i++) {
		grown.names[i] = map->names[i];
		grown.lengths[i] = map->lengths[i];
		*slot_of(&grown, map->names[i], map->lengths[i]) = i + 1;
	}
	*map = grown;
	return true;
}

size_t spp_map_add(struct spp_map *map, const char *name, size_t length)
{
	size_t *slot;

	assert(map->arena != NULL);
	if (map->count == map->slot_count / 2 && !grow(map))
		return SPP_MAP_NONE;
	slot = slot_of(map, name, length);
	if (*slot == 0) {
		char *copy = spp_arena_text(map->arena, name, length);

		if (copy == NULL)
			return SPP_MAP_NONE;
		map->names[map->count] = copy;
		map->lengths[map->count] = length;
		*slot = ++map->count;
	}
	return *slot - 1;
}

size_t spp_map_find(const struct spp_map *map, const char *name, size_t length)
{
	/* A free slot holds 0, and 0 - 1 is SPP_MAP_NONE. */
	return map->count > 0 ? *slot_of(map, name, length) - 1 : SPP_MAP_NONE;
}

size_t spp_pairs_add(
	struct spp_pairs *pairs, const char *first, const char *second)
{
	size_t key[2];

	pairs->parts.arena = pairs->pairs.arena = pairs->arena;
	key[0] = spp_map_add(&pairs->parts, first, strlen(first));
	key[1] = spp_map_add(&pairs->parts, second, strlen(second));
	if (key[0] == SPP_MAP_NONE || key[1] == SPP_MAP_NONE)
		return SPP_MAP_NONE;
	return spp_map_add(&pairs->pairs, (const char *)key, sizeof key);
}

size_t spp_pairs_find(
	const struct spp_pairs *pairs, const char *first, const char *second)
{
	const size_t key[2] = {
		spp_map_find(&pairs->parts, first, strlen(first)),
		spp_map_find(&pairs->parts, second, strlen(second)),
	};

	return spp_map_find(&pairs->pairs, (const char *)key, sizeof key);
}
