/*
 * AddressSanitizer sees blocks, not what an arena hands out of them: in a
 * build with it the arena marks the rest of its blocks as out of bounds.
 */
#ifndef SPP_BASE_POISON_H
#define SPP_BASE_POISON_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define SPP_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SPP_POISONS 1
#endif
#endif

#ifdef SPP_POISONS
enum { SPP_POISON_GAP = 16 }; /* bytes out of bounds behind each request */

/* Part of the sanitizer's own library. */
void __asan_poison_memory_region(const volatile void *start, size_t size);
void __asan_unpoison_memory_region(const volatile void *start, size_t size);

static inline void spp_poison(const void *start, size_t size)
{
	__asan_poison_memory_region(start, size);
}

static inline void spp_unpoison(const void *start, size_t size)
{
	__asan_unpoison_memory_region(start, size);
}
#else
enum { SPP_POISON_GAP = 0 };

static inline void spp_poison(const void *start, size_t size)
{
	(void)start;
	(void)size;
}

static inline void spp_unpoison(const void *start, size_t size)
{
	(void)start;
	(void)size;
}
#endif

#endif
