/* Every record type: parsing, printing, checks, messages. */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/records/read.h"
#include "tests/unit/records_lines.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

static struct spp_arena arena;
static struct spp_err err;
static struct spp_errs found;
static struct spp_errs *const warnings = &found;

static bool parse(const char *line, bool strict, struct spp_record *record)
{
	struct spp_read read = {.err = &err,
		.warnings = warnings,
		.strict = strict,
		.source = "in",
		.line = 17};
	const struct spp_record *result;

	memset(&err, 0, sizeof err);
	warnings->count = 0;
	for (size_t type = 0; type < SPP_TYPES; type++) {
		read.arenas[type] = &arena;
		read.texts[type] = true;
	}
	result = spp_record_read(&read, line, strlen(line));
	if (result != NULL)
		*record = *result;
	return result != NULL;
}

static void test_round_trip(void)
{
	unsigned met[SPP_TYPES] = {0};

	for (size_t i = 0; i < LINES; i++) {
		struct spp_record record;
		struct spp_buf buf = {0};
		unsigned char digest[SPP_DIGEST_SIZE];

		if (!CHECK(parse(lines[i], true, &record))) {
			printf("# %s: %s\n", lines[i], err.text);
			continue;
		}
		met[record.type] = 1;
		CHECK(warnings->count == 0);
		CHECK(strcmp(record.text, lines[i]) == 0);
		spp_record_print(record.type, record.value, &buf);
		spp_buf_char(&buf, '\0');
		buf.data[strlen(buf.data) - 1] = '\0';
		if (!CHECK(strcmp(buf.data, lines[i]) == 0))
			printf("# is  %s\n# was %s\n", buf.data, lines[i]);
		spp_record_digest(record.type, record.value, false, digest);
		CHECK(memcmp(digest, record.digest, sizeof digest) == 0);
		spp_buf_free(&buf);
	}
	for (size_t i = 0; i < SPP_TYPES; i++)
		CHECK(met[i]);
}

/* Every field of every table appears in a line above, but for a few. */
static void test_fields_met(void)
{
	for (size_t i = 0; i < SPP_TYPES; i++) {
		const struct spp_fields *fields = spp_record_types[i].fields;

		for (size_t k = 0; k < fields->count; k++) {
			char member[80];
			bool met = false;

			snprintf(member, sizeof member,
				"\"%s\":", fields->items[k].name);
			for (size_t n = 0; n < LINES && !met; n++)
				met = strstr(lines[n], member) != NULL;
			if (!CHECK(met))
				printf("# %s\n", fields->items[k].name);
		}
	}
}

static void test_wrong(void)
{
	static const char *const cases[][2] = {
		{"[]", "a record must be an object, got an array"},
		{"{}", "field \"type\" is missing"},
		{"{\"type\":7}", "field \"type\" must be a string, got a "
				 "number"},
		{"{\"type\":\"platfrom\"}", "unknown record type \"platfrom\""},
		{"{\"type\":\"cluster\"}", "field \"cluster\" is missing"},
		{"{\"type\":\"cluster\",\"cluster\":null}",
			"field \"cluster\" must be a string, got null"},
		{"{\"type\":\"cluster\",\"cluster\":\"\"}",
			"field \"cluster\" must not be empty"},
		{"{\"type\":\"cluster\",\"cluster\":\"a\\u0007b\"}",
			"field \"cluster\" must not hold control characters"},
		{"{\"type\":\"cluster\",\"cluster\":\"a\\u202eb\"}",
			"field \"cluster\" must not hold control characters"},
		{"{\"type\":\"driver\",\"driver\":\"d\",\"rate\":-3}",
			"field \"rate\" must be between 1 and 1e+18, got -3"},
		{"{\"type\":\"driver\",\"driver\":\"d\",\"serve\":\"any1\"}",
			"field \"serve\" must be leader, replica or any, "
			"got \"any1\""},
		{"{\"type\":\"platform\",\"platform\":\"p\",\"capacity\":{"
		 "\"cpu\":0}}",
			"field \"capacity.cpu\" must be between 1e-09 and "
			"1e+18, got 0"},
		{"{\"type\":\"platform\",\"platform\":\"p\",\"capacity\":{"
		 "\"cpu\":\"8\"}}",
			"field \"capacity.cpu\" must be a number, got a "
			"string"},
		{"{\"type\":\"platform\",\"platform\":\"p\","
		 "\"measured_at\":\"yesterday\"}",
			"field \"measured_at\" must be a time like "
			"2026-11-22T10:00:00Z, got \"yesterday\""},
		{"{\"type\":\"sample\"," ORDERS ",\"time\":1}",
			"field \"time\" must be a time like "
			"2026-11-22T10:00:00Z, got a number"},
		{"{\"type\":\"sample\"," ORDERS ",\"time\":" NOW "}",
			"a sample needs field \"bytes\" or \"records\""},
		{"{\"type\":\"sample\"," ORDERS ",\"time\":" NOW
		 ",\"bytes\":1,\"interval_s\":1,\"kind\":\"counter\"}",
			"field \"interval_s\" has no place in a counter"},
		{"{\"type\":\"sample\"," ORDERS ",\"time\":" NOW
		 ",\"bytes\":-1}",
			"field \"bytes\" must be between 0 and 1e+18, got "
			"-1"},
		{"{\"type\":\"partition\",\"stream\":\"a/b\","
		 "\"partition\":\"c/d\",\"replicas\":[\"p\"]}",
			"field \"partition\" must not hold \"/\""},
		{"{\"type\":\"partition\"," ORDERS ",\"replicas\":[]}",
			"field \"replicas\" must have 1 or more values, got 0"},
		{"{\"type\":\"partition\"," ORDERS
		 ",\"replicas\":[\"p\",\"q\",\"p\"]}",
			"field \"replicas\" names \"p\" twice"},
		{"{\"type\":\"partition\"," ORDERS ",\"replicas\":\"p\"}",
			"field \"replicas\" must be an array of strings, got "
			"a string"},
		{"{\"type\":\"partition\"," ORDERS ",\"replicas\":[1.5]}",
			"field \"replicas[0]\" must be a string, got a "
			"number"},
		{"{\"type\":\"partition\"," ORDERS ",\"replicas\":[\"p\"],"
		 "\"moving\":[]}",
			"field \"moving\" must be an object, got an array"},
		{"{\"type\":\"partition\"," ORDERS ",\"replicas\":[\"p\"],"
		 "\"moving\":{}}",
			"field \"moving.to\" is missing"},
		{"{\"type\":\"constraint\",\"constraint\":\"pin\","
		 "\"stream\":\"s\"}",
			"field \"platforms\" is missing in a pin constraint"},
		{"{\"type\":\"constraint\",\"constraint\":\"freeze\","
		 "\"stream\":\"s\",\"label\":\"rack\"}",
			"field \"label\" has no place in a freeze "
			"constraint"},
		{"{\"type\":\"constraint\",\"constraint\":\"allow\","
		 "\"stream\":\"s\",\"platforms\":[]}",
			"field \"platforms\" must have 1 or more values, got "
			"0"},
		{"{\"type\":\"constraint\",\"constraint\":\"colocate\","
		 "\"members\":[{" ORDERS "}]}",
			"field \"members\" must have 2 or more values, got 1"},
		{"{\"type\":\"constraint\",\"constraint\":\"freeze\","
		 "\"stream\":\"s\",\"utc_offset\":\"+01:00\"}",
			"field \"utc_offset\" has no place in a freeze "
			"constraint"},
		{"{\"type\":\"constraint\",\"constraint\":\"weights\"}",
			"field \"overload\" is missing in a weights "
			"constraint"},
		{"{\"type\":\"constraint\",\"constraint\":\"budget\","
		 "\"partition\":\"1\",\"moves\":1}",
			"field \"partition\" has no place without a stream"},
		{"{\"type\":\"constraint\",\"constraint\":\"window\","
		 "\"from\":\"2:00\",\"to\":\"05:00\"}",
			"field \"from\" must be a time of day like 02:00, got "
			"\"2:00\""},
		{"{\"type\":\"constraint\",\"constraint\":\"window\","
		 "\"from\":\"02:00\",\"to\":\"24:01\"}",
			"field \"to\" must be a time of day like 02:00, got "
			"\"24:01\""},
		{"{\"type\":\"constraint\",\"constraint\":\"window\","
		 "\"from\":\"02:00\",\"to\":\"05:00\","
		 "\"utc_offset\":\"CET\"}",
			"field \"utc_offset\" must be like +01:00, got "
			"\"CET\""},
		{"{\"type\":\"move\",\"id\":\"m\",\"kind\":\"add\"," ORDERS
		 ",\"from\":\"a\",\"to\":\"b\",\"start_s\":0,"
		 "\"duration_s\":1}",
			"field \"from\" has no place in a move of "
			"kind add"},
		{"{\"type\":\"move\",\"id\":\"m\",\"kind\":\"leader\"," ORDERS
		 ",\"from\":\"a\",\"to\":\"a\",\"start_s\":0,"
		 "\"duration_s\":1}",
			"fields \"from\" and \"to\" name the same platform"},
		{"{\"type\":\"move\",\"id\":\"m\",\"kind\":\"replica\","
		 "" ORDERS ",\"from\":\"a\",\"to\":\"b\","
		 "\"copy_from\":\"a\",\"start_s\":0,\"duration_s\":1}",
			"field \"rate\" is missing in a move that copies"},
		{"{\"type\":\"move\",\"id\":\"m\",\"kind\":\"subscription\","
		 "" ORDERS ",\"from\":\"a\",\"to\":\"b\",\"start_s\":0,"
		 "\"duration_s\":1}",
			"field \"subscriber\" is missing in a move of kind "
			"subscription"},
		{"{\"type\":\"end\",\"counts\":{},\"digest\":\"ab\","
		 "\"from\":[],\"left\":[],\"status\":\"ok\"}",
			"field \"digest\" must be 64 hexadecimal digits"},
		{"{\"type\":\"header\",\"schema\":1.5,\"tool\":\"t\","
		 "\"version\":\"1\"}",
			"field \"schema\" must be a whole number"},
		{"{\"type\":\"summary\",\"stage\":\"a\",\"models\":[{"
		 "\"name\":\"a\",\"count\":1},{\"name\":\"b\"}]}",
			"field \"models[1].count\" is missing"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct spp_record record;

		if (!CHECK(!parse(cases[i][0], false, &record)) ||
			!CHECK(strcmp(err.text, cases[i][1]) == 0))
			printf("# %s\n# says  %s\n# not   %s\n", cases[i][0],
				err.text, cases[i][1]);
		CHECK(err.status == SPP_INPUT && err.line == 17);
		CHECK(strcmp(err.source, "in") == 0);
		CHECK(err.field[0] == '\0' ||
			strstr(err.text, err.field) != NULL);
	}
}

#define FORECAST(slots, mean, sd, more)                                        \
	"{\"type\":\"forecast\"," ORDERS ",\"start\":" NOW                     \
	",\"slot_s\":" slots ",\"mean\":" mean ",\"sd\":" sd more "}"

#define FIVE "[1],[1],[1],[1],[1]"

static void test_wrong_forecasts(void)
{
	static const char *const cases[][2] = {
		{FORECAST("[]", "{\"bytes\":[]}", "{\"bytes\":[]}", ""),
			"field \"slot_s\" must have 1 or more values, got 0"},
		{FORECAST("[60]", "{\"bytes\":[1,2]}", "{\"bytes\":[1]}", ""),
			"field \"mean.bytes\" has 2 values for 1 slots"},
		{FORECAST("[60]", "{\"bytes\":[1]}", "{\"bytes\":[]}", ""),
			"field \"sd.bytes\" has 0 values for 1 slots"},
		{FORECAST("[60]", "{\"bytes\":1}", "{\"bytes\":[1]}", ""),
			"field \"mean.bytes\" must be an array of numbers, "
			"got a number"},
		{FORECAST("[60,60]", "{\"bytes\":[1,\"2\"]}",
			 "{\"bytes\":[1,2]}", ""),
			"field \"mean.bytes[1]\" must be a number, got a "
			"string"},
		{FORECAST("[60,60]", "{\"bytes\":[1,-2]}", "{\"bytes\":[1,2]}",
			 ""),
			"field \"mean.bytes[1]\" must be between 0 and "
			"1e+18, got -2"},
		{FORECAST("[60]", "{\"bytes\":[1],\"records\":[1]}",
			 "{\"bytes\":[1]}", ""),
			"field \"records\" must be in both \"mean\" and "
			"\"sd\", or in neither"},
		{FORECAST("[60]", "{\"bytes\":[1]}", "{\"bytes\":[1]}",
			 ",\"loadings\":{\"bytes\":[[1],[1,2]]}"),
			"field \"loadings.bytes\" has 2 values for 1 slots"},
		{FORECAST("[60]", "{\"bytes\":[1]}", "{\"bytes\":[1]}",
			 ",\"loadings\":{\"bytes\":[1]}"),
			"field \"loadings.bytes[0]\" must be an array of "
			"numbers, "
			"got a number"},
		{FORECAST("[60]", "{\"bytes\":[1]}", "{\"bytes\":[1]}",
			 ",\"loadings\":{\"bytes\":[[1,2]]}"),
			"field \"loadings.bytes\" has 2 values for 1 slots"},
		{FORECAST("[60]", "{\"bytes\":[1]}", "{\"bytes\":[1]}",
			 ",\"loadings\":{\"bytes\":[" FIVE "," FIVE "," FIVE
			 ",[1],[1]]}"),
			"field \"loadings.bytes\" must have at most 16 "
			"values, got 17"},
		{FORECAST("[60]", "{\"bytes\":[1]}", "{\"bytes\":[1]}",
			 ",\"quantiles\":[{\"q\":0.5,\"bytes\":[1]},"
			 "{\"q\":0.5,\"bytes\":[1]}]"),
			"field \"quantiles\" must ascend by \"q\""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct spp_record record;

		if (!CHECK(!parse(cases[i][0], false, &record)) ||
			!CHECK(strcmp(err.text, cases[i][1]) == 0))
			printf("# %s\n# says  %s\n", cases[i][0], err.text);
	}
}

static void test_hints(void)
{
	struct spp_record record;

	CHECK(!parse("{\"type\":\"platfrom\"}", false, &record));
	CHECK(strcmp(err.hint, "Did you mean \"platform\"?") == 0);
	CHECK(!parse(
		"{\"type\":\"cluster\",\"cluster\":null}", false, &record));
	CHECK(strcmp(err.hint, "Leave out a field without a value.") == 0);
	CHECK(strcmp(err.field, "cluster") == 0);
}

static void test_unknown_fields(void)
{
	static const char line[] =
		"{\"type\":\"platform\",\"platform\":\"p\",\"capcity\":{},"
		"\"x_mine\":1,\"colour\":\"red\"}";
	struct spp_record record;

	CHECK(parse(line, false, &record));
	CHECK(warnings->count == 2);
	CHECK(strcmp(warnings->kept[0].text,
		      "unknown field \"capcity\" in a platform record") == 0);
	CHECK(strcmp(warnings->kept[0].hint, "Did you mean \"capacity\"?") ==
		0);
	CHECK(warnings->kept[0].line == 17);
	CHECK(!parse(line, true, &record));
	CHECK(strcmp(err.text,
		      "unknown field \"capcity\" in a platform record") == 0);
	/* Only the whole of a record has a type. */
	CHECK(parse("{\"type\":\"partition\"," ORDERS ",\"replicas\":[\"p\"],"
		    "\"moving\":{\"to\":[\"p\"],\"type\":1}}",
		false, &record));
	CHECK(warnings->count == 1);
	CHECK(strcmp(warnings->kept[0].text,
		      "unknown field \"moving.type\" in a partition record") ==
		0);
}

static void test_ids(void)
{
	struct spp_record record;
	const struct spp_partition *partition;
	char line[1200];
	char name[SPP_NAME_MAX + 2];

	CHECK(parse("{\"type\":\"partition\",\"stream\":\"a/b\","
		    "\"partition\":7,\"replicas\":[1,\"2\",-3]}",
		true, &record));
	partition = record.value;
	CHECK(strcmp(partition->partition, "7") == 0);
	CHECK(strcmp(partition->replicas.items[0], "1") == 0);
	CHECK(strcmp(partition->replicas.items[2], "-3") == 0);
	CHECK(!spp_present(partition->size_bytes));
	CHECK(partition->moved_at == SPP_TIME_NONE);

	memset(name, 'n', sizeof name);
	name[SPP_NAME_MAX + 1] = '\0';
	snprintf(line, sizeof line, "{\"type\":\"cluster\",\"cluster\":\"%s\"}",
		name);
	CHECK(!parse(line, true, &record));
	CHECK(strcmp(err.text, "field \"cluster\" must have at most 1024 "
			       "bytes, got 1025") == 0);
	name[SPP_NAME_MAX] = '\0';
	snprintf(line, sizeof line, "{\"type\":\"cluster\",\"cluster\":\"%s\"}",
		name);
	CHECK(parse(line, true, &record));
}

static void test_estimates(void)
{
	struct spp_record record;
	const struct spp_forecast *forecast;

	CHECK(parse(FORECAST("[60.123456789]", "{\"bytes\":[1234567.8]}",
			    "{\"bytes\":[0.12345678]}", ""),
		true, &record));
	forecast = record.value;
	CHECK(forecast->slot_s.items[0] == 60.123456789);
	CHECK(forecast->mean->bytes.items[0] == 1234570);
	CHECK(forecast->sd->bytes.items[0] == 0.123457);
	CHECK(forecast->mean->records.items == NULL);
}

static void test_amounts_sorted(void)
{
	struct spp_record record;
	const struct spp_platform *platform;

	CHECK(parse("{\"type\":\"platform\",\"platform\":\"p\",\"capacity\":{"
		    "\"network_in\":3,\"cpu\":1,\"disk\":2}}",
		true, &record));
	platform = record.value;
	CHECK(platform->capacity.count == 3);
	for (size_t i = 0; i < 3; i++)
		CHECK(platform->capacity.values[i] == (double)(i + 1));
	CHECK(platform->hard.items == NULL && platform->state == -1);
}

/* The digest of a line, as text; the line must be good. */
static const char *digest(const char *line)
{
	static char text[2 * SPP_DIGEST_SIZE + 1];
	struct spp_record record;

	CHECK(parse(line, false, &record));
	for (size_t i = 0; i < SPP_DIGEST_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", record.digest[i]);
	return spp_arena_string(&arena, text);
}

static void test_digest_same(void)
{
	static const char *const same[][2] = {
		{"{\"type\":\"driver\",\"driver\":\"d\",\"rate\":1000}",
			" { \"rate\" : 1e3 , \"driver\" : \"d\" ,"
			"\"type\":\"driver\", \"x_note\":1 } "},
		{"{\"type\":\"driver\",\"driver\":\"d\",\"handover_s\":0}",
			"{\"type\":\"driver\",\"driver\":\"\\u0064\","
			"\"handover_s\":-0.0}"},
		{"{\"type\":\"platform\",\"platform\":\"7\",\"capacity\":{"
		 "\"a\":1,\"b\":2}}",
			"{\"type\":\"platform\",\"capacity\":{\"b\":2.0,"
			"\"a\":1},\"platform\":7}"},
		{"{\"type\":\"platform\",\"platform\":\"7\","
		 "\"measured_at\":\"2026-11-22T10:00:00Z\"}",
			"{\"type\":\"platform\",\"platform\":\"7\","
			"\"measured_at\":\"2026-11-22T11:00:00.0+01:00\"}"},
		{FORECAST("[60]", "{\"bytes\":[1234567]}", "{\"bytes\":[1]}",
			 ""),
			FORECAST("[60]", "{\"bytes\":[1234570]}",
				"{\"bytes\":[1.0000001]}", "")},
		{"{\"type\":\"event\",\"plan\":\"p\",\"what\":\"w\","
		 "\"time\":" NOW ",\"evidence\":{\"a\":1,\"b\":0.1}}",
			"{\"type\":\"event\",\"plan\":\"p\",\"what\":\"w\","
			"\"time\":" NOW ",\"evidence\":{\"b\":0.10,\"a\":1}}"},
		{"{\"type\":\"sample\"," ORDERS ",\"time\":" NOW
		 ",\"bytes\":1}",
			"{\"type\":\"sample\"," ORDERS ",\"time\":" NOW
			",\"bytes\":1,\"censored\":false}"},
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (!CHECK(strcmp(digest(same[i][0]), digest(same[i][1])) == 0))
			printf("# %s\n", same[i][0]);
}

static void test_digest_differs(void)
{
	static const char *const others[] = {
		"{\"type\":\"driver\",\"driver\":\"d\"}",
		"{\"type\":\"driver\",\"driver\":\"e\"}",
		"{\"type\":\"driver\",\"driver\":\"d\",\"rate\":1000}",
		"{\"type\":\"driver\",\"driver\":\"d\",\"rate\":1000.0000001}",
		"{\"type\":\"driver\",\"driver\":\"d\",\"max_inflight\":1000}",
		"{\"type\":\"driver\",\"driver\":\"d\",\"serve\":\"any\"}",
		"{\"type\":\"cluster\",\"cluster\":\"d\"}",
		"{\"type\":\"partition\",\"stream\":\"a\",\"partition\":\"b\","
		"\"replicas\":[\"c\",\"d\"]}",
		"{\"type\":\"partition\",\"stream\":\"a\",\"partition\":\"b\","
		"\"replicas\":[\"d\",\"c\"]}",
		"{\"type\":\"partition\",\"stream\":\"a\",\"partition\":\"b\","
		"\"replicas\":[\"cd\"]}",
		"{\"type\":\"platform\",\"platform\":\"p\"}",
		"{\"type\":\"platform\",\"platform\":\"p\",\"hard\":[]}",
		"{\"type\":\"platform\",\"platform\":\"p\",\"load\":{}}",
		FORECAST("[60]", "{\"bytes\":[1]}", "{\"bytes\":[1]}", ""),
		FORECAST(
			"[60]", "{\"bytes\":[1.00001]}", "{\"bytes\":[1]}", ""),
		FORECAST("[60]", "{\"bytes\":[0]}", "{\"bytes\":[1]}", ""),
		FORECAST("[60]", "{\"bytes\":[1e-40]}", "{\"bytes\":[1]}", ""),
		FORECAST("[60]", "{\"bytes\":[1e-50]}", "{\"bytes\":[1]}", ""),
	};
	enum { OTHERS = sizeof others / sizeof *others };
	const char *digests[OTHERS];

	for (size_t i = 0; i < OTHERS; i++) {
		digests[i] = digest(others[i]);
		for (size_t k = 0; k < i; k++)
			if (!CHECK(strcmp(digests[i], digests[k]) != 0))
				printf("# %s\n# %s\n", others[i], others[k]);
	}
}

/* What a maker holds is digested as it will be read. */
static void test_digest_of_maker(void)
{
	double close[] = {1.00000001, 1.00000002}, equal[] = {1, 1};
	struct spp_forecast *forecast = spp_record_new(SPP_FORECAST, &arena);
	struct spp_measures *mean = spp_arena_alloc(&arena, 1, sizeof *mean);
	unsigned char first[SPP_DIGEST_SIZE], second[SPP_DIGEST_SIZE];

	forecast->mean = mean;
	mean->bytes = (struct spp_numbers){2, close};
	spp_record_digest(SPP_FORECAST, forecast, false, first);
	mean->bytes.items = equal;
	spp_record_digest(SPP_FORECAST, forecast, false, second);
	CHECK(memcmp(first, second, sizeof first) == 0);
}

static void test_manual(void)
{
	struct spp_buf buf = {0};

	spp_record_manual(&buf);
	spp_buf_char(&buf, '\0');
	for (size_t i = 0; i < SPP_TYPES; i++) {
		char title[32];

		snprintf(title, sizeof title, ".Ss %s\n",
			spp_record_types[i].name);
		CHECK(strstr(buf.data, title) != NULL);
	}
	CHECK(strstr(buf.data, ".It Va stream Pq name , required\n") != NULL);
	spp_buf_free(&buf);
}

/* Cutting a line anywhere, or breaking a byte, never does worse than fail. */
static void test_broken(void)
{
	for (size_t i = 0; i < LINES; i++) {
		size_t length = strlen(lines[i]);

		for (size_t k = 0; k < length; k++) {
			char *copy = spp_arena_string(&arena, lines[i]);

			CHECK(spp_record_parse(copy, k, "in", &arena, NULL) ==
				NULL);
			copy[k] = (char)(copy[k] ^ 0x15);
			spp_record_parse(copy, length, "in", &arena, NULL);
		}
		spp_arena_reset(&arena);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{"every type is read and printed again", test_round_trip},
		{"every field is met", test_fields_met},
		{"what is wrong is named", test_wrong},
		{"forecasts must fit their slots", test_wrong_forecasts},
		{"hints", test_hints},
		{"unknown fields warn, or fail", test_unknown_fields},
		{"names", test_ids},
		{"estimates are rounded when read", test_estimates},
		{"amounts come sorted", test_amounts_sorted},
		{"digest: form does not count", test_digest_same},
		{"digest: every change does", test_digest_differs},
		{"digest: of what a maker holds", test_digest_of_maker},
		{"tables of the manual", test_manual},
		{"broken lines", test_broken},
	};
	int result;

	result = test_run(tests, sizeof tests / sizeof *tests);
	spp_arena_free(&arena);
	return result;
}
