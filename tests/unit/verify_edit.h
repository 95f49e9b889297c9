/*
 * Changes of the text of a feed, for tests that break valid answers.
 */
#ifndef SPP_TESTS_UNIT_VERIFY_EDIT_H
#define SPP_TESTS_UNIT_VERIFY_EDIT_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <string.h>

/*
 * In the first line that holds LINE, replace the value behind KEY ("a|b" is
 * the first b behind the first a), or take both out where VALUE is NULL.  No
 * key: put VALUE as a line behind it, or take the line out.
 */
struct edit {
	const char *line, *key, *value;
};

/* Behind a JSON value. */
static inline const char *edit_value_end(const char *text)
{
	int depth = 0;
	bool quoted = false;

	for (;; text++) {
		if (*text == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (depth == 0 && strchr(",}]\n", *text))
			return text;
		depth += *text == '{' || *text == '[';
		depth -= *text == '}' || *text == ']';
	}
}

/* The last part of a key in a line, or NULL. */
static inline const char *edit_find(const char *text, const char *key)
{
	while (text && *key) {
		size_t length = strcspn(key, "|");
		const char *end = strchr(text, '\n');

		while (text < end && strncmp(text, key, length) != 0)
			text++;
		text = text < end ? text + length : NULL;
		key += length + (key[length] == '|');
	}
	return text;
}

/* From the value of a member to all of it, with one comma. */
static inline void edit_member(const char **from, const char **to)
{
	/* Over the colon and the quotes of its name. */
	for (int quotes = 0; quotes < 2;)
		quotes += *--*from == '"';
	if (**to == ',')
		++*to;
	else
		--*from;
}

/* False when there is no such place. */
static inline bool edit_apply(struct spp_buf *buf, const struct edit *edit)
{
	struct spp_buf made = {.length = 0};
	const char *line, *end, *from, *to;

	spp_buf_char(buf, '\0');
	line = strstr(buf->data, edit->line);
	if (!line)
		return false;
	while (line > buf->data && line[-1] != '\n')
		line--;
	end = strchr(line, '\n') + 1;
	from = to = end;
	if (edit->key) {
		from = edit_find(line, edit->key);
		if (!from)
			return false;
		to = edit_value_end(from);
		if (!edit->value)
			edit_member(&from, &to);
	} else if (!edit->value) {
		from = line;
	}
	spp_buf_append(&made, buf->data, (size_t)(from - buf->data));
	if (edit->value)
		spp_buf_string(&made, edit->value);
	if (edit->value && !edit->key)
		spp_buf_char(&made, '\n');
	spp_buf_string(&made, to);
	spp_buf_free(buf);
	*buf = made;
	return spp_buf_ok(buf, NULL);
}

#endif
