/*
 * A unit test program: a table of named tests, each a function that calls
 * CHECK.  Prints one TAP line a test; exits 1 when one failed.
 */
#ifndef SPP_TESTS_UNIT_TEST_H
#define SPP_TESTS_UNIT_TEST_H

#include <stdbool.h>
#include <stdio.h>
#include <stddef.h>

struct test {
	const char *name;
	void (*run)(void);
};

static int test_failures; /* of the test that runs */

/* A macro because it must name the place and the expression. */
#define CHECK(condition)                                                       \
	((condition) ? true                                                    \
		     : (test_failures++,                                       \
			       printf("# %s:%d: failed: %s\n", __FILE__,       \
				       __LINE__, #condition),                  \
			       false))

static inline int test_run(const struct test *tests, size_t count)
{
	int failed = 0;

	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		test_failures = 0;
		tests[i].run();
		printf("%sok %zu - %s\n", test_failures ? "not " : "", i + 1,
			tests[i].name);
		failed += test_failures != 0;
		fflush(stdout);
	}
	return failed != 0;
}

#endif
