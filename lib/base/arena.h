/*
 * Memory that is freed all at once.  An arena parameter means: the result
 * lives there.  An arena remembers its first failure, so a function may
 * request a group of arrays and ask once, with spp_arena_ok.
 */
#ifndef SPP_BASE_ARENA_H
#define SPP_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct spp_err;
struct spp_arena_block;

/* All zero is an empty arena. */
struct spp_arena {
	struct spp_arena_block *block; /* newest block, linked to older ones */
	bool failed;                   /* a request was refused */
};

/*
 * COUNT objects of SIZE bytes, zeroed, aligned for any type.  NULL when
 * memory ran out or count * size overflows; never NULL for a count of 0.
 */
void *spp_arena_alloc(struct spp_arena *arena, size_t count, size_t size);

/* Copy of LENGTH bytes with a NUL behind them. */
char *spp_arena_text(struct spp_arena *arena, const char *text, size_t length);

/* Copy of a C string. */
char *spp_arena_string(struct spp_arena *arena, const char *string);

/* printf into the arena. */
char *spp_arena_format(struct spp_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* True while no request was refused; else records it in err. */
bool spp_arena_ok(const struct spp_arena *arena, struct spp_err *err);

/* What FROM holds lives in ARENA from now on; FROM is empty. */
void spp_arena_adopt(struct spp_arena *arena, struct spp_arena *from);

/* Forget all contents but keep one block for reuse. */
void spp_arena_reset(struct spp_arena *arena);
void spp_arena_free(struct spp_arena *arena);

#endif
