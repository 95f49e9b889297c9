/* Whole feeds: segments, cuts, edits, keys, grids, threads. */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/io/input.h"
#include "lib/io/output.h"
#include "lib/records/feed.h"
#include "lib/records/segment.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUTS = 3 };

static struct spp_feed feed;
static struct spp_err err;
static struct spp_feed_options options;
static size_t threads = 1;

static void start(void)
{
	options = (struct spp_feed_options){0};
	for (size_t i = 0; i < SPP_TYPES; i++)
		options.use[i] = SPP_READ | SPP_PASS;
}

/* Read TEXTS, up to INPUTS of them, as in1, in2 ...; the feed stays. */
static bool read_texts(const char *const *texts)
{
	struct spp_input inputs[INPUTS];
	size_t count = 0;
	bool done;

	memset(&err, 0, sizeof err);
	for (; count < INPUTS && texts[count] != NULL; count++) {
		char name[8];

		snprintf(name, sizeof name, "in%zu", count + 1);
		if (!spp_input_memory(&inputs[count], texts[count],
			    strlen(texts[count]), name, &err))
			break;
	}
	done = err.status == SPP_DONE &&
	       spp_feed_read(&feed, inputs, count, &options, threads, &err);
	for (size_t i = 0; i < count; i++)
		spp_input_close(&inputs[i]);
	return done;
}

static bool read_text(const char *text)
{
	const char *const texts[INPUTS + 1] = {text};

	return read_texts(texts);
}

static bool says(const struct spp_errs *errs, size_t index, const char *source,
	size_t line, const char *text)
{
	const struct spp_err *kept = &errs->kept[index];

	if (index < errs->count && kept->line == line &&
		strcmp(kept->source, source) == 0 &&
		strcmp(kept->text, text) == 0)
		return true;
	for (size_t i = 0; i < errs->count && i < SPP_ERRS_KEPT; i++)
		printf("# %s:%zu: %s\n", errs->kept[i].source,
			errs->kept[i].line, errs->kept[i].text);
	return false;
}

/* A segment of TOOL around the records of TEXT (bare), appended to buf. */
static void wrap(struct spp_buf *buf, const char *text, struct spp_end *end,
	const char *tool)
{
	struct spp_header header = {.schema = SPP_SCHEMA,
		.cluster = "prod",
		.tool = tool,
		.version = "1",
		.now = SPP_TIME_NONE,
		.risk = 0.05,
		.seed = SPP_ABSENT,
		.options = "{\"a\":1}"};
	struct spp_segment segment = {0};
	struct spp_output output;
	char path[] = "/tmp/spp-feed-XXXXXX";
	char bytes[4096];
	ssize_t length;
	int fd = mkstemp(path);

	CHECK(fd >= 0 && unlink(path) == 0);
	CHECK(read_text(text));
	spp_output_to(&output, fd, "out");
	CHECK(spp_segment_begin(&segment, &output, &header, &err));
	for (enum spp_type type = 0; type < SPP_TYPES; type++)
		for (size_t i = 0; i < spp_feed_count(&feed, type); i++)
			CHECK(spp_segment_forward(
				&segment, spp_feed_at(&feed, type, i), &err));
	CHECK(spp_segment_end(&segment, end, &err));
	spp_segment_free(&segment);
	spp_feed_free(&feed);
	spp_output_close(&output, NULL);
	length = pread(fd, bytes, sizeof bytes, 0);
	close(fd);
	CHECK(length > 0);
	spp_buf_append(buf, bytes, (size_t)length);
}

#define CLUSTER "{\"type\":\"cluster\",\"cluster\":\"prod\"}\n"
#define PLATFORM(id) "{\"type\":\"platform\",\"platform\":\"" id "\"}\n"
#define PARTITION(id)                                                          \
	"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":\"" id         \
	"\",\"replicas\":[\"p1\"]}\n"
#define FORECAST(id, start, slots)                                             \
	"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":\"" id          \
	"\",\"start\":\"2026-11-22T10:0" start ":00Z\",\"slot_s\":[" slots     \
	"],\"mean\":{\"bytes\":[1,2]},"                                        \
	"\"sd\":{\"bytes\":[1,2]}}\n"

/* A whole segment as text. */
static char *segment_of(const char *text, enum spp_end_status status)
{
	struct spp_end end = {.status = (int)status};
	struct spp_buf buf = {0};

	wrap(&buf, text, &end, "spp-test");
	spp_buf_char(&buf, '\0');
	return buf.data;
}

static void test_bare(void)
{
	start();
	CHECK(read_text("\n" CLUSTER "  \n" PLATFORM("p1") PLATFORM("p2")));
	CHECK(feed.segments == 0 && feed.header == NULL);
	CHECK(strcmp(feed.cluster, "prod") == 0);
	CHECK(spp_feed_count(&feed, SPP_PLATFORM) == 2);
	CHECK(spp_feed_at(&feed, SPP_PLATFORM, 1)->line == 5);
	CHECK(strcmp(spp_feed_at(&feed, SPP_PLATFORM, 1)->source, "in1") == 0);
	CHECK(feed.from.length == 0);
	spp_feed_free(&feed);
}

static void test_segment(void)
{
	struct spp_undone undone = {.what = "overload"};
	struct spp_provenance from = {.tool = "spp-forecast", .version = "2"};
	struct spp_end end = {.left = {1, &undone}, .from = {1, &from}};
	struct spp_buf buf = {0};
	const struct spp_provenance *made;

	start();
	undone.amount = 3;
	wrap(&buf, CLUSTER PLATFORM("p1"), &end, "spp-test");
	spp_buf_char(&buf, '\0');
	CHECK(read_text(buf.data));
	CHECK(feed.segments == 1 && !feed.edited);
	CHECK(feed.errors.count == 0 && feed.warnings.count == 0);
	CHECK(strcmp(feed.header->tool, "spp-test") == 0);
	CHECK(feed.end->status == SPP_END_OK);
	CHECK(feed.left.length == sizeof undone);
	CHECK(feed.from.length == 2 * sizeof *made);
	made = (const void *)feed.from.data;
	CHECK(strcmp(made[0].tool, "spp-forecast") == 0);
	CHECK(strcmp(made[1].tool, "spp-test") == 0);
	CHECK(strcmp(made[1].options, "{\"a\":1}") == 0);
	CHECK(strcmp(made[1].digest, feed.end->digest) == 0);
	spp_feed_free(&feed);
	/* The same twice is one provenance; and bare records mix. */
	{
		struct spp_buf both = {0};

		wrap(&both, PLATFORM("p1"), &end, "spp-test");
		wrap(&both, PLATFORM("p2"), &end, "spp-test");
		spp_buf_string(&both, PLATFORM("p3"));
		spp_buf_char(&both, '\0');
		CHECK(read_text(both.data));
		CHECK(feed.segments == 2);
		CHECK(feed.from.length == 3 * sizeof *made);
		CHECK(spp_feed_count(&feed, SPP_PLATFORM) == 3);
		spp_feed_free(&feed);
		spp_buf_free(&both);
	}
	spp_buf_free(&buf);
}

static void test_cut(void)
{
	char *text;

	start();
	text = segment_of(PLATFORM("p1"), SPP_END_OK);
	strstr(text, "{\"type\":\"end\"")[0] = '\0';
	CHECK(!read_text(text));
	CHECK(feed.errors.count == 1);
	CHECK(says(&feed.errors, 0, "in1", 1,
		"segment is cut: no end record follows its header"));
	CHECK(err.hint[0] != '\0');
	spp_feed_free(&feed);
	options.partial = true;
	CHECK(read_text(text));
	CHECK(feed.warnings.count == 1);
	CHECK(spp_feed_count(&feed, SPP_PLATFORM) == 1);
	spp_feed_free(&feed);
	options.partial = false;
	/* Neither another segment nor another file ends it. */
	{
		char *whole = segment_of(PLATFORM("p2"), SPP_END_OK);
		const char *const texts[] = {text, whole, NULL};
		const char *const bare[] = {text, PLATFORM("p2"), NULL};

		CHECK(!read_texts(texts));
		CHECK(says(&feed.errors, 0, "in1", 1,
			"segment is cut: no end record follows its header"));
		spp_feed_free(&feed);
		CHECK(!read_texts(bare));
		CHECK(says(&feed.errors, 0, "in1", 1,
			"segment is cut: no end record follows its header"));
		spp_feed_free(&feed);
		free(whole);
	}
	free(text);
	text = segment_of(PLATFORM("p1"), SPP_END_OK);
	CHECK(!read_text(strchr(text, '\n') + 1));
	CHECK(says(&feed.errors, 0, "in1", 2,
		"end record without a header before it"));
	spp_feed_free(&feed);
	free(text);
}

static void test_empty(void)
{
	start();
	options.partial = true;
	CHECK(!read_text(""));
	CHECK(says(&feed.errors, 0, "in1", 0, "no record: the feed is cut"));
	CHECK(err.status == SPP_INPUT);
	spp_feed_free(&feed);
	CHECK(!read_text("\n  \n"));
	spp_feed_free(&feed);
}

static void test_status(void)
{
	char *text;

	start();
	text = segment_of(PLATFORM("p1"), SPP_END_INCOMPLETE);
	CHECK(!read_text(text));
	CHECK(says(&feed.errors, 0, "in1", 3,
		"segment is incomplete: spp-test stopped before its answer "
		"was whole"));
	spp_feed_free(&feed);
	options.partial = true;
	CHECK(read_text(text));
	spp_feed_free(&feed);
	free(text);
	text = segment_of(PLATFORM("p1"), SPP_END_FAILED);
	CHECK(!read_text(text));
	CHECK(says(&feed.errors, 0, "in1", 3,
		"segment is of no use: spp-test failed"));
	spp_feed_free(&feed);
	free(text);
}

static void test_edited(void)
{
	char *text;

	start();
	text = segment_of(PLATFORM("p1") PLATFORM("p2"), SPP_END_OK);
	memcpy(strstr(text, "\"p1\""), "\"p9\"", 4);
	CHECK(read_text(text));
	CHECK(feed.edited && feed.warnings.count == 1);
	CHECK(says(&feed.warnings, 0, "in1", 4,
		"segment was edited: its digest is not what its end record "
		"says"));
	/* What went in is what was read, not what was written. */
	CHECK(strcmp(((struct spp_provenance *)(void *)feed.from.data)->digest,
		      feed.end->digest) != 0);
	spp_feed_free(&feed);
	options.refuse_edited = true;
	CHECK(!read_text(text));
	CHECK(strstr(err.hint, "--seal") != NULL);
	spp_feed_free(&feed);
	free(text);

	options.refuse_edited = false;
	text = segment_of(PLATFORM("p1") PLATFORM("p2"), SPP_END_OK);
	{
		char *line = strstr(text, PLATFORM("p1"));

		memset(line, ' ', strlen(PLATFORM("p1")) - 1);
	}
	CHECK(read_text(text));
	CHECK(says(&feed.warnings, 0, "in1", 4,
		"segment was edited: it has 1 platform records, 2 when it was "
		"written"));
	spp_feed_free(&feed);
	free(text);
}

/* Two lines change places: counts hold, the digest does not. */
static void test_reordered(void)
{
	char *text, *line;

	start();
	text = segment_of(PLATFORM("p1") PLATFORM("p2"), SPP_END_OK);
	line = strstr(text, "\"p1\"");
	memcpy(line, "\"p2\"", 4);
	memcpy(strstr(line + 4, "\"p2\""), "\"p1\"", 4);
	CHECK(read_text(text));
	CHECK(feed.edited);
	spp_feed_free(&feed);
	free(text);
}

static void test_schema(void)
{
	start();
	CHECK(!read_text("{\"type\":\"header\",\"schema\":2,\"tool\":\"t\","
			 "\"version\":\"9\"}\n"));
	CHECK(says(&feed.errors, 0, "in1", 1,
		"schema 2 is newer than 1, the newest known here"));
	spp_feed_free(&feed);
}

static void test_keys(void)
{
	start();
	CHECK(!read_text(PARTITION("1") PLATFORM("p1") PARTITION("1")));
	CHECK(says(&feed.errors, 0, "in1", 3,
		"second partition of stream \"s\" partition \"1\", the first "
		"is at in1:1"));
	spp_feed_free(&feed);
	CHECK(!read_text(CLUSTER CLUSTER));
	CHECK(says(&feed.errors, 0, "in1", 2,
		"second cluster record, the first is at in1:1"));
	spp_feed_free(&feed);
	CHECK(!read_text("{\"type\":\"driver\",\"driver\":\"a\"}\n"
			 "{\"type\":\"driver\",\"driver\":\"b\"}\n"));
	spp_feed_free(&feed);
	/* Also of types that nobody keeps. */
	memset(options.use, 0, sizeof options.use);
	CHECK(!read_text(PLATFORM("p1") PLATFORM("p1")));
	spp_feed_free(&feed);
	/* A forecast of a subscription is another one. */
	start();
	CHECK(read_text(FORECAST("1", "0", "60,60") FORECAST("2", "0",
		"60,60") "{\"type\":\"forecast\",\"stream\":\"s\","
			 "\"partition\":\"1\",\"subscriber\":\"a\","
			 "\"start\":\"2026-11-22T10:00:00Z\",\"slot_s\":["
			 "60,60],\"mean\":{\"bytes\":[1,2]},\"sd\":{"
			 "\"bytes\":[1,2]}}\n"));
	spp_feed_free(&feed);
	{
		static const char sample[] =
			"{\"type\":\"sample\",\"stream\":\"s\","
			"\"partition\":\"1\",\"bytes\":1,"
			"\"time\":\"2026-11-22T10:00:00Z\"}\n";
		const char *const twice[] = {sample, sample, NULL};

		CHECK(read_texts(twice));
		spp_feed_free(&feed);
	}
}

static void test_grids(void)
{
	start();
	CHECK(!read_text(
		FORECAST("1", "0", "60,60") FORECAST("2", "1", "60,60")));
	CHECK(says(&feed.errors, 0, "in1", 2,
		"forecast has another start than the one at in1:1"));
	spp_feed_free(&feed);
	CHECK(!read_text(
		FORECAST("1", "0", "60,60") FORECAST("2", "0", "60,61")));
	CHECK(says(&feed.errors, 0, "in1", 2,
		"forecast has other slots than the one at in1:1"));
	spp_feed_free(&feed);
}

static void test_clusters(void)
{
	char *text;
	const char *texts[] = {CLUSTER, NULL, NULL};

	start();
	text = segment_of(PLATFORM("p1"), SPP_END_OK);
	texts[1] = text;
	CHECK(read_texts(texts));
	spp_feed_free(&feed);
	texts[0] = "{\"type\":\"cluster\",\"cluster\":\"test\"}\n";
	CHECK(!read_texts(texts));
	CHECK(says(&feed.errors, 0, "in2", 1,
		"cluster \"prod\" here, but \"test\" at in1:1"));
	spp_feed_free(&feed);
	free(text);
}

static void test_whole(void)
{
	char *text;

	start();
	text = segment_of(PLATFORM("p1"), SPP_END_OK);
	options.whole = true;
	CHECK(read_text(text));
	spp_feed_free(&feed);
	CHECK(!read_text(PLATFORM("p1") PLATFORM("p2")));
	CHECK(feed.errors.count == 1);
	CHECK(says(&feed.errors, 0, "in1", 1,
		"platform record outside of a segment"));
	spp_feed_free(&feed);
	free(text);
}

static bool count_taken(
	void *context, const struct spp_record *record, struct spp_err *failure)
{
	size_t *taken = context;

	CHECK(record->type == SPP_PLATFORM && record->value != NULL);
	if (++*taken == 3)
		return spp_fail(failure, SPP_INPUT, "three are too many");
	return true;
}

static void test_uses(void)
{
	size_t taken = 0;

	start();
	options.use[SPP_PLATFORM] = SPP_TAKE;
	options.use[SPP_CLUSTER] = SPP_PASS;
	options.use[SPP_PARTITION] = SPP_DROP;
	options.take = count_taken;
	options.take_context = &taken;
	CHECK(read_text(CLUSTER PLATFORM("1") PARTITION("1") PLATFORM("2")));
	CHECK(taken == 2 && feed.counts[SPP_PLATFORM] == 2);
	CHECK(spp_feed_count(&feed, SPP_PLATFORM) == 0);
	CHECK(spp_feed_count(&feed, SPP_PARTITION) == 0);
	CHECK(spp_feed_at(&feed, SPP_CLUSTER, 0)->value != NULL);
	CHECK(strcmp(spp_feed_at(&feed, SPP_CLUSTER, 0)->text,
		      "{\"type\":\"cluster\",\"cluster\":\"prod\"}") == 0);
	spp_feed_free(&feed);
	CHECK(!read_text(PLATFORM("1") PLATFORM("2")));
	CHECK(says(&feed.errors, 0, "in1", 1, "three are too many"));
	spp_feed_free(&feed);
}

/* Many errors among many batches: the first 20 in order, at any threads. */
static void test_many_errors(void)
{
	enum { MANY = 30000 };
	struct spp_buf text = {0};

	start();
	for (int i = 1; i <= MANY; i++) {
		if (i % 700 == 0)
			spp_buf_string(&text,
				"{\"type\":\"cluster\",\"cluster\":1.5}\n");
		else if (i % 1100 == 0)
			spp_buf_string(&text, PLATFORM("p1"));
		else
			spp_buf_format(&text,
				"{\"type\":\"platform\",\"platform\":\"%d\","
				"\"colour\":\"red\"}\n",
				i);
	}
	spp_buf_char(&text, '\0');
	for (threads = 1; threads <= 8; threads *= 2) {
		CHECK(!read_text(text.data));
		/* One platform p1 was the first and is no error. */
		CHECK(feed.errors.count ==
			MANY / 700 + MANY / 1100 - 1 - MANY / 7700);
		CHECK(feed.warnings.count == 1);
		CHECK(feed.warnings.kept[0].line == 1);
		for (size_t i = 1; i < SPP_ERRS_KEPT; i++)
			CHECK(feed.errors.kept[i].line >
				feed.errors.kept[i - 1].line);
		CHECK(says(&feed.errors, 0, "in1", 700,
			"field \"cluster\" must be a string, got a number"));
		CHECK(says(&feed.errors, 3, "in1", 2200,
			"second platform of platform \"p1\", the first is at "
			"in1:1100"));
		spp_feed_free(&feed);
	}
	threads = 1;
	spp_buf_free(&text);
}

static void test_long_line(void)
{
	char *text = malloc(SPP_LINE_MAX + 200);
	size_t length = strlen(PLATFORM("p1"));

	start();
	memcpy(text, PLATFORM("p1"), length);
	memset(text + length, 'a', SPP_LINE_MAX + 1);
	text[length + SPP_LINE_MAX + 1] = '\0';
	CHECK(!read_text(text));
	CHECK(feed.errors.count == 1 && err.status == SPP_INPUT);
	CHECK(err.line == 2);
	spp_feed_free(&feed);
	free(text);
}

int main(void)
{
	static const struct test tests[] = {
		{"bare records", test_bare},
		{"segments, provenance, what is left", test_segment},
		{"cut segments", test_cut},
		{"no record is a cut feed", test_empty},
		{"incomplete and failed", test_status},
		{"edited segments", test_edited},
		{"reordered lines", test_reordered},
		{"a newer schema", test_schema},
		{"the same key twice", test_keys},
		{"two grids", test_grids},
		{"two clusters", test_clusters},
		{"plans are never bare", test_whole},
		{"kept, passed, taken, dropped", test_uses},
		{"errors in input order at any threads", test_many_errors},
		{"a line too long", test_long_line},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
