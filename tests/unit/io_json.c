#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/io/json.h"
#include "tests/unit/refuse.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

static struct spp_json *parse(const char *text)
{
	return spp_json_parse(text, strlen(text), NULL);
}

static void values_of_each_kind(void)
{
	struct spp_json *root = parse("{\"n\":null,\"t\":true,\"f\":false,"
				      "\"i\":-7,\"r\":2.5,\"s\":\"x\\ny\","
				      "\"a\":[1,2],\"o\":{}}");
	static const enum spp_json_kind kinds[] = {SPP_JSON_NULL, SPP_JSON_BOOL,
		SPP_JSON_BOOL, SPP_JSON_INTEGER, SPP_JSON_REAL, SPP_JSON_STRING,
		SPP_JSON_ARRAY, SPP_JSON_OBJECT};
	static const char *const names[] = {
		"n", "t", "f", "i", "r", "s", "a", "o"};
	const struct spp_json *value;
	const char *name;
	void *cursor = NULL;
	size_t length;

	CHECK(root != NULL && spp_json_count(root) == 8);
	/* In the order of the text. */
	for (size_t i = 0; i < 8; i++) {
		CHECK(spp_json_next(root, &cursor, &name, &value));
		CHECK(strcmp(name, names[i]) == 0);
		CHECK(spp_json_kind(value) == kinds[i]);
		CHECK(spp_json_get(root, name) == value);
	}
	CHECK(!spp_json_next(root, &cursor, &name, &value));
	CHECK(spp_json_get(root, "x") == NULL);
	CHECK(spp_json_bool(spp_json_get(root, "t")));
	CHECK(!spp_json_bool(spp_json_get(root, "f")));
	CHECK(spp_json_integer(spp_json_get(root, "i")) == -7);
	CHECK(spp_json_number(spp_json_get(root, "i")) == -7);
	CHECK(spp_json_number(spp_json_get(root, "r")) == 2.5);
	CHECK(strcmp(spp_json_string(spp_json_get(root, "s"), &length),
		      "x\ny") == 0);
	CHECK(length == 3);
	value = spp_json_get(root, "a");
	CHECK(spp_json_count(value) == 2);
	CHECK(spp_json_number(spp_json_at(value, 1)) == 2);
	CHECK(spp_json_at(value, 2) == NULL);
	CHECK(spp_json_count(spp_json_get(root, "o")) == 0);
	spp_json_free(root);
	spp_json_free(NULL);
	for (int kind = 0; kind <= SPP_JSON_OBJECT; kind++)
		CHECK(spp_json_kind_name(kind) != NULL);
	CHECK(strcmp(spp_json_kind_name(SPP_JSON_ARRAY), "an array") == 0);
}

static void the_order_of_the_text_is_kept(void)
{
	struct spp_buf text = {0};
	const struct spp_json *value;
	struct spp_json *root;
	const char *name;
	void *cursor = NULL;
	int64_t expected = 0;

	spp_buf_char(&text, '{');
	for (int i = 0; i < 2000; i++)
		spp_buf_format(&text, "%s\"k%d\":%d", i ? "," : "",
			i * 7919 % 2000, i);
	spp_buf_char(&text, '}');
	root = spp_json_parse(text.data, text.length, NULL);
	CHECK(root != NULL);
	while (spp_json_next(root, &cursor, &name, &value))
		CHECK(spp_json_integer(value) == expected++);
	CHECK(expected == 2000);
	spp_json_free(root);
	spp_buf_free(&text);
}

static void arrays_of_numbers(void)
{
	struct spp_json *root = parse("[1,2.5,-0.0,1e3]");
	double zero;

	CHECK(spp_json_count(root) == 4);
	CHECK(spp_json_number(spp_json_at(root, 0)) == 1);
	CHECK(spp_json_number(spp_json_at(root, 1)) == 2.5);
	zero = spp_json_number(spp_json_at(root, 2));
	CHECK(zero == 0 && !signbit(zero));
	CHECK(spp_json_number(spp_json_at(root, 3)) == 1000);
	spp_json_free(root);
}

static void what_is_no_json(void)
{
	static const struct {
		const char *text;
		const char *error;
	} cases[] = {
		{"", "not JSON: ends too early, at column 0"},
		{"  ", "not JSON: ends too early, at column 2"},
		{"[1,2", "not JSON: ends too early, at column 4"},
		{"{\"a\":1", "not JSON: ends too early, at column 6"},
		{"[1] x", "not JSON: text behind the value at column 5"},
		{"{\"a\":1}{}", "not JSON: text behind the value at column 8"},
		{"{\"a\":1,\"b\":2,\"a\":3}",
			"not JSON: duplicate object key near '\"a\"' at "
			"column 16"},
		{"1e999", "not JSON: real number overflow near '1e999' at "
			  "column 5"},
		{"9223372036854775808", "not JSON: too big integer near "
					"'9223372036854775808' at column 19"},
		{"-9223372036854775809",
			"not JSON: too big negative integer near "
			"'-9223372036854775809' at column 20"},
		{"[\"a\\u0000\"]",
			"not JSON: \\u0000 in a string at column 10"},
		{"{\"a\\u0000\":1}",
			"not JSON: \\u0000 in a string at column 10"},
		{"[NaN]", "not JSON: invalid token near 'NaN' at column 4"},
		{"[Infinity]", NULL},
		{"[01]", NULL},
		{"[+1]", NULL},
		{"[.5]", NULL},
		{"[1.]", NULL},
		{"[1,]", NULL},
		{"{'a':1}", NULL},
		{"{\"a\" 1}", NULL},
		{"[\"\xff\"]", NULL},
		{"[\"\xed\xa0\x80\"]", NULL},
		{"[\"\\ud800\"]", NULL},
		{"[\"a\tb\"]", NULL},
		{"// x\n1", NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct spp_err err = {0};
		struct spp_json *root = spp_json_parse(
			cases[i].text, strlen(cases[i].text), &err);

		CHECK(root == NULL && err.status == SPP_INPUT);
		CHECK(strncmp(err.text, "not JSON: ", 10) == 0);
		if (cases[i].error != NULL &&
			!CHECK(strcmp(err.text, cases[i].error) == 0))
			printf("# %s\n", err.text);
		spp_json_free(root);
	}
}

static void nul_and_depth(void)
{
	static char deep[100000];
	struct spp_err err = {0};
	struct spp_json *root;

	CHECK(spp_json_parse("[1]\0", 4, &err) == NULL);
	CHECK(spp_json_parse("[\"a\0b\"]", 7, NULL) == NULL);
	CHECK(spp_json_parse("1\0002", 3, NULL) == NULL);
	memset(deep, '[', sizeof deep);
	err = (struct spp_err){0};
	CHECK(spp_json_parse(deep, sizeof deep, &err) == NULL);
	CHECK(strstr(err.text, "nested too deep") != NULL);
	memset(deep + 2000, ']', 2000);
	root = spp_json_parse(deep, 4000, NULL);
	CHECK(root != NULL);
	spp_json_free(root);
}

static bool prints(const char *text, const char *expected)
{
	struct spp_json *root = parse(text);
	struct spp_buf buf = {0};
	bool same;

	CHECK(root != NULL);
	spp_json_print(root, &buf);
	spp_buf_char(&buf, '\0');
	same = strcmp(buf.data, expected) == 0;
	if (!same)
		printf("# %s\n", buf.data);
	spp_buf_free(&buf);
	spp_json_free(root);
	return same;
}

static void printing_sorts_and_keeps_values(void)
{
	CHECK(prints(" { \"b\" : 1 , \"a\" : [ true , false , null ] } ",
		"{\"a\":[true,false,null],\"b\":1}"));
	CHECK(prints("[]", "[]"));
	CHECK(prints("{}", "{}"));
	CHECK(prints("{\"aa\":1,\"a\":{\"z\":0,\"y\":[]}}",
		"{\"a\":{\"y\":[],\"z\":0},\"aa\":1}"));
	CHECK(prints("[0.1,1e5,2E12,-0.0,1e-7,9007199254740993,"
		     "-9223372036854775808]",
		"[0.1,100000,2000000000000,0,1e-07,9007199254740993,"
		"-9223372036854775808]"));
	CHECK(prints("\"\\u0001\\b\\f\\n\\r\\t\\\"\\\\\\/\\u20ac\xc3\xa4\x7f\"",
		"\"\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\xe2\x82\xac\xc3\xa4\x7f\""));
	CHECK(prints("\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\""));
}

static void strings_are_always_json(void)
{
	struct spp_buf buf = {0};
	struct spp_json *root;

	spp_json_put_string(&buf, "a\xff\xc3\x1b\xe2\x82");
	root = spp_json_parse(buf.data, buf.length, NULL);
	CHECK(root != NULL);
	CHECK(strcmp(spp_json_string(root, NULL),
		      "a\xef\xbf\xbd\xef\xbf\xbd\x1b\xef\xbf\xbd\xef\xbf"
		      "\xbd") == 0);
	spp_json_free(root);
	spp_buf_free(&buf);
}

static void numbers_are_put(void)
{
	struct spp_buf buf = {0};

	spp_json_put_exact(&buf, .1);
	spp_buf_char(&buf, ' ');
	spp_json_put_exact(&buf, 1234570);
	spp_buf_char(&buf, '\0');
	CHECK(strcmp(buf.data, "0.1 1234570") == 0);
	spp_buf_free(&buf);
}

static bool parse_and_print(struct spp_err *err)
{
	static const char text[] =
		"{\"type\":\"forecast\",\"long\":\"a string that is longer "
		"than the smallest buffer, "
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\",\"b\":[1,2.5,"
		"true,null,[3,4,5,6,7,8,9,10,11,12]],\"c\":{\"d\":1,\"e\":2,"
		"\"f\":3,\"g\":4,\"h\":5,\"i\":6,\"j\":7,\"k\":8,\"l\":9}}";
	struct spp_json *root = spp_json_parse(text, sizeof text - 1, err);
	struct spp_buf buf = {0};
	bool done;

	if (root == NULL)
		return false;
	spp_json_print(root, &buf);
	done = spp_buf_ok(&buf, err);
	CHECK(!done || buf.length == sizeof text - 1);
	spp_buf_free(&buf);
	spp_json_free(root);
	return done;
}

static void each_refusal_is_told_from_wrong_text(void)
{
	unsigned long n = 0;
	bool done;

	do {
		struct spp_err err = {0};

		refuse_at(++n);
		done = parse_and_print(&err);
		CHECK(done || refuse_came());
		CHECK(done || strcmp(err.text, "out of memory") == 0);
		CHECK(done || err.status == SPP_SYSTEM);
		done = !refuse_came();
	} while (!done && n < 1000);
	refuse_at(0);
	CHECK(done && n > 50);
}

int main(void)
{
	static const struct test tests[] = {
		{"values of each kind", values_of_each_kind},
		{"the order of the text is kept",
			the_order_of_the_text_is_kept},
		{"arrays of numbers", arrays_of_numbers},
		{"what is no JSON", what_is_no_json},
		{"NUL and depth", nul_and_depth},
		{"printing sorts and keeps values",
			printing_sorts_and_keeps_values},
		{"strings are always JSON", strings_are_always_json},
		{"numbers are put", numbers_are_put},
		{"each refusal is told from wrong text",
			each_refusal_is_told_from_wrong_text},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
