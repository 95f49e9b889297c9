#include "lib/base/map.h"
#include "lib/base/arena.h"

#include <assert.h>
#include <string.h>

enum { CAPACITY_LEAST = 16 };

/* A name in two parts with a NUL between them, or in one (second NULL). */
struct key {
	const char *first;
	size_t first_length;
	const char *second;
	size_t second_length;
};

static size_t key_length(const struct key *key)
{
	if (key->second == NULL)
		return key->first_length;
	return key->first_length + 1 + key->second_length;
}

static uint64_t hash_bytes(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) *
		       UINT64_C(0x100000001b3);
	return hash;
}

/* FNV-1a (Fowler, Noll, Vo), its upper and lower bits mixed at the end. */
static uint32_t key_hash(const struct key *key)
{
	uint64_t hash = hash_bytes(
		UINT64_C(0xcbf29ce484222325), key->first, key->first_length);

	if (key->second != NULL) {
		hash = hash_bytes(hash, "", 1);
		hash = hash_bytes(hash, key->second, key->second_length);
	}
	hash = (hash ^ hash >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(hash >> 32);
}

static bool key_is(const struct key *key, const char *name, size_t length)
{
	if (key_length(key) != length ||
		memcmp(name, key->first, key->first_length) != 0)
		return false;
	name += key->first_length;
	return key->second == NULL ||
	       (name[0] == '\0' &&
		       memcmp(name + 1, key->second, key->second_length) == 0);
}

/* The slot that holds the key, or the free one where it would go. */
static size_t slot_of(
	const struct spp_map *map, const struct key *key, uint32_t hash)
{
	size_t mask = map->slot_count - 1;
	size_t slot = hash & mask;

	for (; map->slots[slot] != 0; slot = (slot + 1) & mask) {
		size_t i = (uint32_t)map->slots[slot] - 1;

		if (map->slots[slot] >> 32 == hash &&
			key_is(key, map->names[i], map->lengths[i]))
			break;
	}
	return slot;
}

/* Twice the names, and slots that are at most half full. */
static bool grow(struct spp_map *map)
{
	size_t capacity = map->capacity ? 2 * map->capacity : CAPACITY_LEAST;
	size_t slot_count = 2 * capacity;
	const char **names;
	size_t *lengths;
	uint64_t *slots;

	if (capacity > UINT32_MAX / 2) {
		map->arena->failed = true;
		return false;
	}
	names = spp_arena_alloc(map->arena, capacity, sizeof *names);
	lengths = spp_arena_alloc(map->arena, capacity, sizeof *lengths);
	slots = spp_arena_alloc(map->arena, slot_count, sizeof *slots);
	if (!spp_arena_ok(map->arena, NULL))
		return false;
	if (map->count > 0) {
		memcpy(names, map->names, map->count * sizeof *names);
		memcpy(lengths, map->lengths, map->count * sizeof *lengths);
	}
	for (size_t old = 0; old < map->slot_count; old++) {
		size_t slot = map->slots[old] >> 32 & (slot_count - 1);

		if (map->slots[old] == 0)
			continue;
		while (slots[slot] != 0)
			slot = (slot + 1) & (slot_count - 1);
		slots[slot] = map->slots[old];
	}
	map->names = names;
	map->lengths = lengths;
	map->capacity = capacity;
	map->slots = slots;
	map->slot_count = slot_count;
	return true;
}

static char *key_text(struct spp_arena *arena, const struct key *key)
{
	size_t length = key_length(key);
	char *text;

	if (key->second == NULL)
		return spp_arena_text(arena, key->first, length);
	text = spp_arena_alloc(arena, length + 1, 1);
	if (text == NULL)
		return NULL;
	memcpy(text, key->first, key->first_length);
	memcpy(text + key->first_length + 1, key->second, key->second_length);
	return text;
}

static size_t find(const struct spp_map *map, const struct key *key)
{
	size_t slot;

	if (map->count == 0)
		return SPP_MAP_NONE;
	slot = slot_of(map, key, key_hash(key));
	if (map->slots[slot] == 0)
		return SPP_MAP_NONE;
	return (uint32_t)map->slots[slot] - 1;
}

static size_t add(struct spp_map *map, const struct key *key)
{
	uint32_t hash = key_hash(key);
	size_t slot;
	char *name;

	assert(map->arena != NULL);
	if (map->slot_count > 0) {
		slot = slot_of(map, key, hash);
		if (map->slots[slot] != 0)
			return (uint32_t)map->slots[slot] - 1;
	}
	if (map->count == map->capacity && !grow(map))
		return SPP_MAP_NONE;
	name = key_text(map->arena, key);
	if (name == NULL)
		return SPP_MAP_NONE;
	slot = slot_of(map, key, hash);
	map->slots[slot] = (uint64_t)hash << 32 | (map->count + 1);
	map->names[map->count] = name;
	map->lengths[map->count] = key_length(key);
	return map->count++;
}

static struct key one(const char *name, size_t length)
{
	return (struct key){
		.first = length > 0 ? name : "",
		.first_length = length,
	};
}

static struct key two(const char *first, const char *second)
{
	return (struct key){
		.first = first,
		.first_length = strlen(first),
		.second = second,
		.second_length = strlen(second),
	};
}

size_t spp_map_add(struct spp_map *map, const char *name, size_t length)
{
	struct key key = one(name, length);

	return add(map, &key);
}

size_t spp_map_find(const struct spp_map *map, const char *name, size_t length)
{
	struct key key = one(name, length);

	return find(map, &key);
}

size_t spp_map_add2(struct spp_map *map, const char *first, const char *second)
{
	struct key key = two(first, second);

	return add(map, &key);
}

size_t spp_map_find2(
	const struct spp_map *map, const char *first, const char *second)
{
	struct key key = two(first, second);

	return find(map, &key);
}
