/* Names and random streams. */
#include "lib/base/rng.h"
#include "lib/base/text.h"
#include "tests/random.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

static void digits_sort_by_value(void)
{
	CHECK(spp_text_compare("9", "10") < 0);
	CHECK(spp_text_compare("09", "9") > 0);
	CHECK(spp_text_compare("007", "8") < 0);
	CHECK(spp_text_compare(
		      "99999999999999999999", "100000000000000000000") < 0);
	CHECK(spp_text_compare("0", "00") < 0);
	CHECK(spp_text_compare("7", "7") == 0);
	CHECK(spp_text_compare("p10", "p9") < 0);
	CHECK(spp_text_compare("10", "9a") < 0);
	CHECK(spp_text_compare("9", "1a") < 0);
	CHECK(spp_text_compare("", "1") > 0);
	CHECK(spp_text_compare("a", "\xff") < 0);
}

static void names_have_a_total_order(void)
{
	enum { NAMES = 60 };
	struct spp_rng rng = spp_rng_for(4, 0);
	char names[NAMES][8];

	for (int i = 0; i < NAMES; i++) {
		size_t length = random_below(&rng, 4);

		memset(names[i], 0, sizeof names[i]);
		for (size_t k = 0; k < length; k++)
			names[i][k] = "0129ab"[random_below(&rng, 6)];
	}
	for (int a = 0; a < NAMES; a++)
		for (int b = 0; b < NAMES; b++) {
			int order = spp_text_compare(names[a], names[b]);

			CHECK(sign(order) ==
				-sign(spp_text_compare(names[b], names[a])));
			CHECK((order == 0) ==
				(strcmp(names[a], names[b]) == 0));
			for (int c = 0; order < 0 && c < NAMES; c++)
				CHECK(spp_text_compare(names[b], names[c]) >=
						0 ||
					spp_text_compare(names[a], names[c]) <
						0);
		}
}

static bool nearest(const char *name, const char *expected)
{
	static const char *const names[] = {"bytes", "records", "replicas",
		"size_bytes", "max-moves", "min-gain", "cpu"};
	const char *found =
		spp_text_nearest(name, names, sizeof names / sizeof names[0]);

	if (expected == NULL || found == NULL)
		return expected == found;
	return strcmp(found, expected) == 0;
}

static void the_nearest_name(void)
{
	char name[200];

	CHECK(nearest("byts", "bytes"));
	CHECK(nearest("bytse", "bytes"));
	CHECK(nearest("max_moves", "max-moves"));
	CHECK(nearest("max-mvoes", "max-moves"));
	CHECK(nearest("record", "records"));
	CHECK(nearest("cpus", "cpu"));
	CHECK(nearest("xyz", NULL));
	CHECK(nearest("", NULL));
	CHECK(nearest("q", NULL));
	memset(name, 'b', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	CHECK(nearest(name, NULL));
	CHECK(spp_text_nearest("a", NULL, 0) == NULL);
}

/* The first outputs for the state 1, 2, 3, 4, worked out from the paper. */
static void xoshiro_as_published(void)
{
	struct spp_rng rng = {{1, 2, 3, 4}};

	CHECK(spp_rng_next(&rng) == 11520);
	CHECK(spp_rng_next(&rng) == 0);
	CHECK(spp_rng_next(&rng) == 1509978240);
	CHECK(spp_rng_next(&rng) == 1215971899390074240);
}

static void streams_are_apart_and_repeat(void)
{
	struct spp_rng a = spp_rng_for(1, 2);
	struct spp_rng b = spp_rng_for(1, 2);
	struct spp_rng c = spp_rng_for(2, 1);
	struct spp_rng d = spp_rng_for(1, 3);

	for (int i = 0; i < 100; i++) {
		uint64_t x = spp_rng_next(&a);

		CHECK(x == spp_rng_next(&b));
		CHECK(x != spp_rng_next(&c));
		CHECK(x != spp_rng_next(&d));
	}
}

static void moments_are_right(void)
{
	enum { DRAWS = 400000 };
	struct spp_rng rng = spp_rng_for(11, 0);
	double sums[4] = {0}, squares[4] = {0};
	const double means[] = {.5, 0, 1, 4.5};
	const double variances[] = {1. / 12, 1, 1, 8.25};

	for (int i = 0; i < DRAWS; i++) {
		double draws[] = {spp_rng_uniform(&rng), spp_rng_normal(&rng),
			spp_rng_exponential(&rng),
			(double)random_below(&rng, 10)};

		CHECK(draws[0] >= 0 && draws[0] < 1);
		CHECK(draws[2] >= 0 && draws[3] <= 9);
		for (int k = 0; k < 4; k++) {
			sums[k] += draws[k];
			squares[k] += draws[k] * draws[k];
		}
	}
	for (int k = 0; k < 4; k++) {
		double mean = sums[k] / DRAWS;
		double variance = squares[k] / DRAWS - mean * mean;

		CHECK(fabs(mean - means[k]) < 5 * sqrt(variances[k] / DRAWS));
		CHECK(fabs(variance / variances[k] - 1) < .03);
	}
	CHECK(random_below(&rng, 1) == 0);
}

int main(void)
{
	static const struct test tests[] = {
		{"digits sort by value", digits_sort_by_value},
		{"names have a total order", names_have_a_total_order},
		{"the nearest name", the_nearest_name},
		{"xoshiro256** as published", xoshiro_as_published},
		{"streams are apart and repeat", streams_are_apart_and_repeat},
		{"moments are right", moments_are_right},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
