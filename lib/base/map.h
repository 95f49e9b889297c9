/*
 * Interned names: text to a dense index in order of first appearance.
 * No result ever depends on the order of hashing.
 */
#ifndef SPP_BASE_MAP_H
#define SPP_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct spp_arena;

#define SPP_MAP_NONE SIZE_MAX

/* All zero but the arena is an empty map; the map lives in the arena. */
struct spp_map {
	struct spp_arena *arena;
	size_t count;       /* names so far */
	const char **names; /* by index, each with a NUL */
	size_t *lengths;
	size_t *slots; /* open addressing: index + 1, 0 = free */
	size_t slot_count;
};

/*
 * Index of a name, added when it is new; SPP_MAP_NONE when memory ran out
 * (the arena then remembers).  Names may hold any bytes.
 */
size_t spp_map_add(struct spp_map *map, const char *name, size_t length);

/* Index of a name, or SPP_MAP_NONE. */
size_t spp_map_find(const struct spp_map *map, const char *name, size_t length);

/* The same for pairs of strings; all zero but the arena is empty. */
struct spp_pairs {
	struct spp_arena *arena;
	struct spp_map parts; /* each string for itself */
	struct spp_map pairs; /* of two indices of parts */
};

size_t spp_pairs_add(
	struct spp_pairs *pairs, const char *first, const char *second);
size_t spp_pairs_find(
	const struct spp_pairs *pairs, const char *first, const char *second);

#endif
