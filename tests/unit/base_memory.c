/* Arena, buffer and map, with and without memory. */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/map.h"
#include "lib/base/rng.h"
#include "tests/random.h"
#include "tests/unit/refuse.h"
#include "tests/unit/test.h"

#include <stdint.h>
#include <string.h>

static bool is_zero(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static void arena_memory_is_zeroed_and_apart(void)
{
	enum { COUNT = 3000 };
	static unsigned char *places[COUNT];
	static size_t lengths[COUNT];
	struct spp_rng rng = spp_rng_for(1, 1);
	struct spp_arena arena = {0};

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < COUNT; i++) {
			size_t most = i % 100 == 0 ? 300000 : 200;

			lengths[i] = random_below(&rng, most);
			places[i] = spp_arena_alloc(&arena, lengths[i], 1);
			CHECK(places[i] != NULL);
			CHECK((uintptr_t)places[i] % 16 == 0);
			CHECK(is_zero((char *)places[i], lengths[i]));
			memset(places[i], i % 255 + 1, lengths[i]);
		}
		for (int i = 0; i < COUNT; i++)
			for (size_t k = 0; k < lengths[i]; k++)
				if (!CHECK(places[i][k] == i % 255 + 1))
					return;
		spp_arena_reset(&arena);
	}
	CHECK(spp_arena_ok(&arena, NULL));
	spp_arena_free(&arena);
	CHECK(arena.block == NULL);
}

static void arena_copies_text(void)
{
	struct spp_arena arena = {0};
	char *text = spp_arena_text(&arena, "ab\0c", 4);

	CHECK(memcmp(text, "ab\0c", 5) == 0);
	CHECK(strcmp(spp_arena_text(&arena, NULL, 0), "") == 0);
	CHECK(strcmp(spp_arena_string(&arena, "xyz"), "xyz") == 0);
	CHECK(strcmp(spp_arena_format(&arena, "%s-%d", "a", 7), "a-7") == 0);
	spp_arena_free(&arena);
}

static void arena_of_nothing_is_something(void)
{
	struct spp_arena arena = {0};

	CHECK(spp_arena_alloc(&arena, 0, 8) != NULL);
	CHECK(spp_arena_alloc(&arena, 8, 0) != NULL);
	spp_arena_free(&arena);
}

static void arena_refuses_what_overflows(void)
{
	struct spp_arena arena = {0};
	struct spp_err err = {0};

	CHECK(spp_arena_alloc(&arena, SIZE_MAX / 2, 4) == NULL);
	CHECK(arena.failed);
	CHECK(spp_arena_alloc(&arena, 1, 1) == NULL);
	CHECK(!spp_arena_ok(&arena, &err));
	CHECK(err.status == SPP_SYSTEM);
	spp_arena_reset(&arena);
	CHECK(spp_arena_alloc(&arena, 1, 1) != NULL);
	CHECK(spp_arena_alloc(&arena, 1, SIZE_MAX) == NULL);
	spp_arena_reset(&arena);
	CHECK(spp_arena_text(&arena, "", SIZE_MAX) == NULL);
	spp_arena_free(&arena);
}

static void arena_reset_keeps_one_block(void)
{
	struct spp_arena arena = {0};

	for (int i = 0; i < 100; i++)
		spp_arena_alloc(&arena, 1000, 10);
	spp_arena_reset(&arena);
	refuse_at(1);
	CHECK(spp_arena_alloc(&arena, 1000, 10) != NULL);
	refuse_at(0);
	spp_arena_free(&arena);
}

static bool fill_arena(struct spp_arena *arena)
{
	for (size_t i = 0; i < 40; i++)
		spp_arena_alloc(arena, i * 1000, 3);
	spp_arena_format(arena, "%d", 7);
	return spp_arena_ok(arena, NULL);
}

static void arena_survives_each_refusal(void)
{
	unsigned long n = 0;
	bool done;

	do {
		struct spp_arena arena = {0};

		refuse_at(++n);
		done = fill_arena(&arena);
		CHECK(done != refuse_came());
		refuse_at(0);
		CHECK(arena.failed == !done);
		spp_arena_free(&arena);
	} while (!done);
	CHECK(n > 5);
}

static void buf_grows(void)
{
	struct spp_buf buf = {0};
	size_t expected = 0;

	CHECK(spp_buf_reserve(&buf, 0) != NULL);
	for (int i = 0; i < 10000; i++) {
		spp_buf_char(&buf, (char)('a' + i % 26));
		spp_buf_string(&buf, "xyz");
		spp_buf_append(&buf, NULL, 0);
		spp_buf_format(&buf, "%d;", i % 10);
		expected += 6;
	}
	CHECK(buf.length == expected && spp_buf_ok(&buf, NULL));
	CHECK(memcmp(buf.data + 6 * 27, "bxyz7;", 6) == 0);
	CHECK(is_zero(spp_buf_extend(&buf, 5000), 5000));
	CHECK(buf.length == expected + 5000);
	spp_buf_reset(&buf);
	CHECK(buf.length == 0 && buf.capacity > expected);
	spp_buf_free(&buf);
	CHECK(buf.data == NULL);
}

static void buf_remembers_a_refusal(void)
{
	unsigned long n = 0;
	bool done;

	do {
		struct spp_buf buf = {0};
		struct spp_err err = {0};

		refuse_at(++n);
		for (int i = 0; i < 5000; i++) {
			spp_buf_string(&buf, "0123456789");
			spp_buf_format(&buf, "%d", i);
			spp_buf_extend(&buf, 3);
			spp_buf_char(&buf, 'x');
		}
		done = spp_buf_ok(&buf, &err);
		CHECK(done != refuse_came());
		CHECK(done || err.status == SPP_SYSTEM);
		refuse_at(0);
		CHECK(buf.length <= buf.capacity);
		spp_buf_free(&buf);
	} while (!done);
	CHECK(n > 5);
}

static void buf_refuses_what_overflows(void)
{
	struct spp_buf buf = {0};

	spp_buf_char(&buf, 'x');
	CHECK(spp_buf_reserve(&buf, SIZE_MAX - 10) == NULL);
	CHECK(buf.failed && buf.length == 1);
	spp_buf_free(&buf);
}

static void map_numbers_names_in_order(void)
{
	struct spp_arena arena = {0};
	struct spp_map map = {.arena = &arena};
	char name[32];
	size_t length;

	CHECK(spp_map_find(&map, "a", 1) == SPP_MAP_NONE);
	for (size_t i = 0; i < 20000; i++) {
		length = (size_t)snprintf(name, sizeof name, "name-%zu", i);
		CHECK(spp_map_add(&map, name, length) == i);
		CHECK(spp_map_add(&map, name, length) == i);
	}
	CHECK(map.count == 20000);
	for (size_t i = 0; i < 20000; i++) {
		length = (size_t)snprintf(name, sizeof name, "name-%zu", i);
		CHECK(spp_map_find(&map, name, length) == i);
		CHECK(strcmp(map.names[i], name) == 0);
		CHECK(map.lengths[i] == length);
	}
	CHECK(spp_map_find(&map, "name-20000", 10) == SPP_MAP_NONE);
	CHECK(spp_map_find(&map, "name-1", 5) == SPP_MAP_NONE);
	spp_arena_free(&arena);
}

static void map_takes_any_bytes(void)
{
	struct spp_arena arena = {0};
	struct spp_map map = {.arena = &arena};

	CHECK(spp_map_add(&map, NULL, 0) == 0);
	CHECK(spp_map_add(&map, "\0", 1) == 1);
	CHECK(spp_map_add(&map, "\0\0", 2) == 2);
	CHECK(spp_map_add(&map, "", 0) == 0);
	spp_arena_free(&arena);
}

static void pairs_are_told_apart(void)
{
	struct spp_arena arena = {0};
	struct spp_pairs pairs = {.arena = &arena};

	CHECK(spp_pairs_find(&pairs, "a", "b") == SPP_MAP_NONE);
	CHECK(spp_pairs_add(&pairs, "ab", "c") == 0);
	CHECK(spp_pairs_add(&pairs, "a", "bc") == 1);
	CHECK(spp_pairs_add(&pairs, "", "abc") == 2);
	CHECK(spp_pairs_add(&pairs, "abc", "") == 3);
	CHECK(spp_pairs_add(&pairs, "a", "bc") == 1);
	CHECK(spp_pairs_find(&pairs, "a", "bc") == 1);
	CHECK(spp_pairs_find(&pairs, "abc", "") == 3);
	CHECK(spp_pairs_find(&pairs, "c", "ab") == SPP_MAP_NONE);
	CHECK(spp_pairs_find(&pairs, "a", "b") == SPP_MAP_NONE);
	CHECK(pairs.pairs.count == 4);
	spp_arena_free(&arena);
}

static void map_survives_each_refusal(void)
{
	bool done = false;

	for (unsigned long n = 1; !done; n++) {
		struct spp_arena arena = {0};
		struct spp_pairs pairs = {.arena = &arena};
		char name[32];
		size_t added = 0;

		refuse_at(n);
		for (size_t i = 0; i < 30000; i++) {
			snprintf(name, sizeof name, "%zu", i);
			if (spp_pairs_add(&pairs, name, "x") != i)
				break;
			added++;
		}
		done = spp_arena_ok(&arena, NULL);
		CHECK(done == (added == 30000));
		refuse_at(0);
		/* What was added before is still found. */
		CHECK(pairs.pairs.count == added);
		for (size_t i = 0; i < added; i++) {
			snprintf(name, sizeof name, "%zu", i);
			CHECK(spp_pairs_find(&pairs, name, "x") == i);
		}
		spp_arena_free(&arena);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{"arena: zeroed and apart", arena_memory_is_zeroed_and_apart},
		{"arena: text", arena_copies_text},
		{"arena: nothing", arena_of_nothing_is_something},
		{"arena: overflow", arena_refuses_what_overflows},
		{"arena: reset keeps one block", arena_reset_keeps_one_block},
		{"arena: each refusal", arena_survives_each_refusal},
		{"buf: grows", buf_grows},
		{"buf: each refusal", buf_remembers_a_refusal},
		{"buf: overflow", buf_refuses_what_overflows},
		{"map: order", map_numbers_names_in_order},
		{"map: any bytes", map_takes_any_bytes},
		{"map: pairs", pairs_are_told_apart},
		{"map: each refusal", map_survives_each_refusal},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
