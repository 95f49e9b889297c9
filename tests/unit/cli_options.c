/* Options from tables: argv, messages, --help, completion, manual. */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/cli/options.h"
#include "tests/unit/test.h"

#include <string.h>

struct values {
	struct spp_common common;
	double gain, horizon_s;
	int64_t moves;
	const char *name;
	struct spp_strings drain, add;
	int way;
	bool fast;
};

#define AT(member) .offset = offsetof(struct values, member)

static const struct spp_field fields[] = {
	{"min_gain", AT(gain), SPP_NUMBER, "least gain of a move", .max = 10,
		.metavar = "X", .default_text = ".00125"},
	{"horizon", AT(horizon_s), SPP_NUMBER, "how far to look", .unit = "s",
		.min = 60, .max = 86400, .metavar = "DURATION", .letter = 'H'},
	{"moves", AT(moves), SPP_INTEGER, "most moves", .max = 1000,
		.metavar = "N"},
	{"name", AT(name), SPP_STRING,
		"a name [or 'more']: of two lines, if it is as long "
		"as this one is",
		.metavar = "FILE"},
	{"drain", AT(drain), SPP_STRING, "platforms to empty",
		.shape = SPP_LIST, .metavar = "PLATFORM,...",
		.group = "What if"},
	{"add", AT(add), SPP_STRING, "platforms to add", .shape = SPP_LIST,
		.metavar = "JSON"},
	{"way", AT(way), SPP_CHOICE, "where to",
		.choices = {"up", "down", "left"}, .metavar = "WAY",
		.default_text = "up"},
	{"fast", AT(fast), SPP_FLAG, "hurry", .letter = 'f', .silent = true},
};

static const struct spp_command filter = {.name = "spp-test",
	.summary = "try options",
	.operands = "[FILE ...]",
	.options = {SPP_FIELDS(struct values, fields)},
	.filter = true};

static const struct spp_field plain_fields[] = {
	{"needed", 0, SPP_STRING, "needed", .required = true, .metavar = "X"},
};
static const struct spp_command plain = {.name = "spp-plain",
	.summary = "try less",
	.options = {SPP_FIELDS(struct values, plain_fields)}};

static struct spp_arena arena;
static struct spp_err err;
static struct spp_options options;
static struct values values;
static char *words[40];

/* Read a command line of up to 38 words. */
static bool read_words(const struct spp_command *command, const char *line)
{
	char *text = spp_arena_string(&arena, line);
	int count = 1;

	memset(&err, 0, sizeof err);
	for (char *word = strtok(text, " "); word != NULL;
		word = strtok(NULL, " "))
		words[count++] = word;
	words[count] = NULL;
	spp_options_init(&options, command, &values);
	return spp_options_read(&options, count, words, &arena, &err);
}

static void test_defaults(void)
{
	CHECK(read_words(&filter, ""));
	CHECK(values.gain == .00125 && values.way == 0);
	CHECK(!spp_present(values.horizon_s) && values.moves == SPP_ABSENT);
	CHECK(values.name == NULL && values.drain.count == 0);
	CHECK(values.common.now == SPP_TIME_NONE);
	CHECK(values.common.threads == 0);
	CHECK(values.common.format == SPP_FORMAT_NDJSON);
	CHECK(options.asked.completion == -1 && !options.asked.help);
	CHECK(strcmp(spp_options_json(&options, &arena), "{}") == 0);
}

static void test_values(void)
{
	CHECK(read_words(&filter,
		"file1 --min-gain=2 --horizon 15m -fv --drain a,b --add x,y "
		"--add=z --drain c --way left --format table --threads 2 - "
		"--now 2026-11-22T10:00:00Z"));
	CHECK(values.gain == 2 && values.horizon_s == 900 && values.fast);
	CHECK(values.common.verbose && values.common.threads == 2);
	CHECK(values.drain.count == 3 && values.add.count == 2);
	CHECK(strcmp(values.drain.items[2], "c") == 0);
	CHECK(strcmp(values.add.items[0], "x,y") == 0);
	CHECK(values.way == 2);
	CHECK(options.operand_count == 2);
	CHECK(strcmp(options.operands[0], "file1") == 0);
	CHECK(strcmp(options.operands[1], "-") == 0);
	CHECK(strcmp(spp_options_json(&options, &arena),
		      "{\"add\":[\"x,y\",\"z\"],\"drain\":[\"a\",\"b\","
		      "\"c\"],\"horizon\":900,\"min_gain\":2,"
		      "\"now\":\"2026-11-22T10:00:00Z\",\"way\":\"left\"}") ==
		0);
	CHECK(read_words(&filter, "-H 2h -- --fast"));
	CHECK(values.horizon_s == 7200 && !values.fast);
	CHECK(options.operand_count == 1);
	CHECK(strcmp(options.operands[0], "--fast") == 0);
}

static void test_wrong(void)
{
	static const char *const cases[][2] = {
		{"--nonsense", "unknown option \"--nonsense\""},
		{"-x", "unknown option \"-x\""},
		{"-fx", "unknown option \"-x\""},
		{"--min", "unknown option \"--min\""},
		{"--min=3", "unknown option \"--min\""},
		{"--hor 15m", "unknown option \"--hor\""},
		{"--fas", "unknown option \"--fas\""},
		{"--fast=1", "option --fast takes no value"},
		{"--moves", "option --moves needs a value"},
		{"-fH", "option --horizon needs a value"},
		{"--moves x", "option --moves must be a whole number, got "
			      "\"x\""},
		{"--moves 1.5", "option --moves must be a whole number, got "
				"\"1.5\""},
		{"--moves=1001", "option --moves must be between 0 and 1000, "
				 "got 1001"},
		{"--min-gain nan", "option --min-gain must be a number, got "
				   "\"nan\""},
		{"--min-gain=-1", "option --min-gain must be between 0 and "
				  "10, got -1"},
		{"--horizon 15x", "option --horizon must be a duration like "
				  "15m, got \"15x\""},
		{"--way off", "option --way must be up, down or left, got "
			      "\"off\""},
		{"--now today", "option --now must be a time like "
				"2026-11-22T10:00:00Z, got \"today\""},
		{"--name=", "option --name must not be empty"},
		{"--drain a,,b", "option --drain must not be empty"},
		{"--threads 1000", "option --threads must be between 0 and "
				   "256, got 1000"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (!CHECK(!read_words(&filter, cases[i][0])) ||
			!CHECK(err.status == SPP_USAGE) ||
			!CHECK(strcmp(err.text, cases[i][1]) == 0))
			printf("# %s: %s\n", cases[i][0], err.text);
	CHECK(!read_words(&filter, "--min-gian 3"));
	CHECK(strcmp(err.hint,
		      "Did you mean --min-gain? Try spp-test --help.") == 0);
	CHECK(!read_words(&plain, ""));
	CHECK(strcmp(err.text, "option --needed is missing") == 0);
	CHECK(read_words(&plain, "--help"));
	CHECK(!read_words(&plain, "--needed x y"));
	CHECK(strcmp(err.text, "unexpected operand \"y\"") == 0);
	CHECK(!read_words(&plain, "--needed x --strict"));
}

static char *text_of(
	void (*print)(const struct spp_options *, struct spp_buf *))
{
	static struct spp_buf buf;

	spp_buf_free(&buf);
	print(&options, &buf);
	spp_buf_char(&buf, '\0');
	return buf.data;
}

static void test_help(void)
{
	char *help;
	size_t lines = 0;

	CHECK(read_words(&filter, "--help"));
	help = text_of(spp_options_help);
	CHECK(strstr(help, "usage: spp-test [OPTION ...] [FILE ...]\n") ==
		help);
	CHECK(strstr(help, "\nWhat if:\n  --drain=PLATFORM,...") != NULL);
	CHECK(strstr(help, "  -H, --horizon=DURATION") != NULL);
	CHECK(strstr(help, "least gain of a move [.00125]") != NULL);
	CHECK(strstr(help, "--manual") == NULL);
	for (char *line = strtok(help, "\n"); line != NULL;
		line = strtok(NULL, "\n")) {
		CHECK(strlen(line) <= 80);
		lines++;
	}
	CHECK(lines <= 50);
}

static void test_completion(void)
{
	const char *text;

	CHECK(read_words(&filter, "--completion=zsh"));
	CHECK(options.asked.completion == SPP_ZSH);
	text = text_of(spp_options_bash);
	CHECK(strstr(text, "--way:*) words='up down left' ;;") != NULL);
	CHECK(strstr(text, "--min-gain --horizon") != NULL);
	CHECK(strstr(text, "complete -o default -F _spp-test spp-test\n") !=
		NULL);
	text = text_of(spp_options_zsh);
	CHECK(strstr(text, "#compdef spp-test\n") == text);
	CHECK(strstr(text, "'--way=[where to]:WAY:(up down left)'") != NULL);
	CHECK(strstr(text, "a name \\[or '\\''more'\\''\\]\\: of") != NULL);
	CHECK(strstr(text, "'*--drain=[") != NULL);
	CHECK(strstr(text, ":FILE:_files'") != NULL);
}

static void test_manual(void)
{
	const char *text;

	CHECK(read_words(&filter, ""));
	text = text_of(spp_options_manual);
	CHECK(strstr(text, ".It Fl H , Fl \\-horizon Ns = Ns Ar DURATION\n"
			   "How far to look.\nFrom 60 to 86400.\n") != NULL);
	CHECK(strstr(text, ".Ss What if\n.Bl -tag") != NULL);
	CHECK(strstr(text, ".Cm up ,\n.Cm down ,\n.Cm left .\n") != NULL);
}

int main(void)
{
	static const struct test tests[] = {
		{"defaults", test_defaults},
		{"values", test_values},
		{"what is wrong is named", test_wrong},
		{"--help", test_help},
		{"--completion", test_completion},
		{"--manual", test_manual},
	};
	int result = test_run(tests, sizeof tests / sizeof *tests);

	spp_arena_free(&arena);
	return result;
}
