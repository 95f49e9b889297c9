/*
 * Options of the tool that made an answer.  They stand as compact JSON text
 * in the header of its segment, or in the provenance of a later one; a few
 * of them change the formulas, so they are looked up here by name.
 */
#include "lib/verify/model.h"

#include "lib/base/num.h"

#include <math.h>
#include <string.h>

/* Behind a string, its quotes and escapes; NULL when it does not end. */
static const char *string_end(const char *text)
{
	for (text++; *text && *text != '"'; text++)
		if (*text == '\\' && text[1])
			text++;
	return *text ? text + 1 : NULL;
}

/* Behind a value of any kind. */
static const char *value_end(const char *text)
{
	int depth = 0;

	while (text && *text) {
		if (*text == '"') {
			text = string_end(text);
			continue;
		}
		if (depth == 0 && (*text == ',' || *text == '}'))
			return text;
		if (*text == '{' || *text == '[')
			depth++;
		else if (*text == '}' || *text == ']')
			depth--;
		text++;
	}
	return text;
}

/* The value of a member of an object in compact form. */
static bool member(
	const char *object, const char *name, const char **text, size_t *length)
{
	size_t name_length = strlen(name);
	const char *at = object + 1;

	if (*object != '{')
		return false;
	while (at && *at == '"') {
		const char *colon = string_end(at);
		const char *end =
			colon && *colon == ':' ? value_end(colon + 1) : NULL;

		if (!end)
			return false;
		if ((size_t)(colon - at) == name_length + 2 &&
			strncmp(at + 1, name, name_length) == 0) {
			*text = colon + 1;
			*length = (size_t)(end - colon) - 1;
			return true;
		}
		at = *end == ',' ? end + 1 : NULL;
	}
	return false;
}

bool spp_verify_option(const struct spp_feed *feed, const char *tool,
	const char *name, const char **text, size_t *length)
{
	const struct spp_provenance *from = (const void *)feed->from.data;
	const struct spp_header *header = feed->header;
	size_t count = feed->from.length / sizeof(*from);

	if (header && header->options && header->tool &&
		strcmp(header->tool, tool) == 0)
		return member(header->options, name, text, length);
	for (size_t i = count; i-- > 0;)
		if (from[i].tool && from[i].options &&
			strcmp(from[i].tool, tool) == 0)
			return member(from[i].options, name, text, length);
	return false;
}

bool spp_verify_option_flag(
	const struct spp_feed *feed, const char *tool, const char *name)
{
	const char *text;
	size_t length;

	return spp_verify_option(feed, tool, name, &text, &length) &&
	       length == 4 && memcmp(text, "true", 4) == 0;
}

double spp_verify_option_number(const struct spp_feed *feed, const char *tool,
	const char *name, double otherwise)
{
	char number[SPP_NUM_SIZE] = {0};
	const char *text;
	size_t length;
	double value;

	if (!spp_verify_option(feed, tool, name, &text, &length) ||
		length >= sizeof(number))
		return otherwise;
	memcpy(number, text, length);
	return spp_num_parse(number, &value) ? value : otherwise;
}
