#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <string.h>

static void first_failure_wins(void)
{
	struct spp_err err = {0};

	CHECK(!spp_fail(&err, SPP_INPUT, "field %s is %d", "\"x\"", 7));
	CHECK(!spp_fail(&err, SPP_SYSTEM, "later"));
	CHECK(err.status == SPP_INPUT);
	CHECK(strcmp(err.text, "field \"x\" is 7") == 0);
	CHECK(!spp_fail(NULL, SPP_INPUT, "nobody listens"));
	CHECK(!spp_fail_memory(NULL));
}

static void memory_and_errno(void)
{
	struct spp_err err = {0};

	CHECK(!spp_fail_memory(&err));
	CHECK(err.status == SPP_SYSTEM);
	CHECK(strcmp(err.text, "out of memory") == 0);
	err = (struct spp_err){0};
	errno = ENOENT;
	CHECK(!spp_fail_errno(&err, "cannot open %s", "\"a\""));
	CHECK(strcmp(err.text,
		      "cannot open \"a\": No such file or directory") == 0);
}

static void errno_text_survives_a_long_name(void)
{
	struct spp_err err = {0};
	char name[1000];

	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	errno = EACCES;
	spp_fail_errno(&err, "cannot open %s", name);
	CHECK(strstr(err.text, "nnn...: Permission denied") != NULL);
}

static void places_already_said_stay(void)
{
	struct spp_err err = {0};

	spp_err_at(&err, "nothing", 1);
	CHECK(err.source[0] == '\0' && err.line == 0);
	spp_fail(&err, SPP_INPUT, "bad");
	spp_err_at(&err, NULL, 17);
	spp_err_at(&err, "a.csv", 3);
	CHECK(err.line == 17 && strcmp(err.source, "a.csv") == 0);
	spp_err_at(&err, "b.csv", 4);
	CHECK(err.line == 17 && strcmp(err.source, "a.csv") == 0);
	spp_err_hint(&err, "Use %s.", "--force");
	spp_err_hint(&err, "Never.");
	CHECK(strcmp(err.hint, "Use --force.") == 0);
}

static void no_line_for_another_file(void)
{
	struct spp_err err = {0};

	spp_fail(&err, SPP_SYSTEM, "cannot open");
	spp_err_at(&err, "a.csv", 0);
	spp_err_at(&err, "<stdin>", 5);
	CHECK(err.line == 0 && strcmp(err.source, "a.csv") == 0);
}

static void cut_between_characters(void)
{
	struct spp_err err;
	char text[400];

	/* Each start of a three-byte character falls on the limit once. */
	for (size_t lead = 0; lead < 3; lead++) {
		size_t length = lead;

		memset(text, 'a', lead);
		while (length + 4 < sizeof text) {
			memcpy(text + length, "\xe2\x82\xac", 3);
			length += 3;
		}
		text[length] = '\0';
		err = (struct spp_err){0};
		spp_fail(&err, SPP_INPUT, "%s", text);
		length = strlen(err.text);
		CHECK(length < sizeof err.text && length > 310);
		CHECK(spp_utf8_valid(err.text, length));
		CHECK(strcmp(err.text + length - 3, "...") == 0);
		CHECK(strchr(err.text, '?') == NULL);
		spp_err_at(&err, text, 1);
		CHECK(spp_utf8_valid(err.source, strlen(err.source)));
	}
}

static void control_bytes_never_reach_a_terminal(void)
{
	struct spp_err err = {0};

	spp_fail(&err, SPP_INPUT, "%s",
		"a\x1b[31m\n\x7f\xc2\x9b\xff\xe2\x80\xae"
		"b\xc3\xa4");
	CHECK(strcmp(err.text, "a?[31m????????b\xc3\xa4") == 0);
}

static void quotes_are_harmless(void)
{
	char quoted[SPP_QUOTE_SIZE];
	char text[500];

	CHECK(strcmp(spp_err_quote(quoted, "", 0), "\"\"") == 0);
	CHECK(strcmp(spp_err_quote(quoted, "p1", 2), "\"p1\"") == 0);
	CHECK(strcmp(spp_err_quote(quoted, "a\"\\\n\0\x1b\xff", 7),
		      "\"a\\\"\\\\\\x0A\\x00\\x1B\\xFF\"") == 0);
	CHECK(strcmp(spp_err_quote(quoted, "\xe2\x80\xae", 3),
		      "\"\\xE2\\x80\\xAE\"") == 0);
	for (size_t length = 0; length < sizeof text; length++) {
		memset(text, length % 2 ? '\n' : 'x', length);
		spp_err_quote(quoted, text, length);
		CHECK(strlen(quoted) < SPP_QUOTE_SIZE);
		CHECK(quoted[0] == '"' && quoted[strlen(quoted) - 1] == '"');
	}
	memset(text, 'x', 61);
	spp_err_quote(quoted, text, 60);
	CHECK(strlen(quoted) == 62);
	spp_err_quote(quoted, text, 61);
	CHECK(strcmp(quoted + 61, "...\"") == 0);
}

static struct spp_err numbered(size_t line)
{
	struct spp_err err = {0};

	spp_fail(&err, SPP_INPUT, "bad");
	spp_err_at(&err, "x", line);
	return err;
}

static void errors_are_kept_in_order_and_counted(void)
{
	struct spp_errs first = {0}, second = {0};

	for (size_t i = 1; i <= 15; i++) {
		struct spp_err err = numbered(i);

		spp_errs_add(&first, &err);
	}
	for (size_t i = 16; i <= 45; i++) {
		struct spp_err err = numbered(i);

		spp_errs_add(&second, &err);
	}
	CHECK(second.count == 30);
	spp_errs_merge(&first, &second);
	CHECK(first.count == 45);
	for (size_t i = 0; i < SPP_ERRS_KEPT; i++)
		CHECK(first.kept[i].line == i + 1);
	spp_errs_merge(&first, &second);
	CHECK(first.count == 75 && first.kept[19].line == 20);
}

static void utf8_is_told_from_other_bytes(void)
{
	static const struct {
		const char *text;
		size_t length;
	} cases[] = {
		{"a", 1},
		{"\xc3\xa4", 2},
		{"\xe2\x82\xac", 3},
		{"\xf0\x9f\x98\x80", 4},
		{"\xf4\x8f\xbf\xbf", 4},
		{"\xf4\x90\x80\x80", 0}, /* above U+10FFFF */
		{"\xed\xa0\x80", 0},     /* surrogate */
		{"\xc0\xaf", 0},         /* overlong */
		{"\xe0\x80\xaf", 0},
		{"\xf0\x80\x80\xaf", 0},
		{"\x80", 0},
		{"\xff", 0},
		{"\xe2\x82", 0}, /* cut */
		{"\xe2\x82-", 0},
		{"", 0},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		CHECK(spp_utf8_length(cases[i].text, strlen(cases[i].text)) ==
			cases[i].length);
	CHECK(spp_utf8_valid("0123456789\xc3\xa4"
			     "0123456789",
		22));
	CHECK(!spp_utf8_valid("0123456789\xc3", 11));
	CHECK(spp_utf8_plain("\t", 1) == 0);
	CHECK(spp_utf8_plain("\xc2\x85", 2) == 0);
	CHECK(spp_utf8_plain("\xc2\xa0", 2) == 2);
}

int main(void)
{
	static const struct test tests[] = {
		{"the first failure wins", first_failure_wins},
		{"memory and errno", memory_and_errno},
		{"a long name leaves room for errno",
			errno_text_survives_a_long_name},
		{"places already said stay", places_already_said_stay},
		{"no line for another file", no_line_for_another_file},
		{"text is cut between characters", cut_between_characters},
		{"no control byte reaches a terminal",
			control_bytes_never_reach_a_terminal},
		{"quotes are harmless", quotes_are_harmless},
		{"errors in order and counted",
			errors_are_kept_in_order_and_counted},
		{"UTF-8 is told from other bytes",
			utf8_is_told_from_other_bytes},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
