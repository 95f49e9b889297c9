#include "lib/base/text.h"

#include <string.h>

static bool all_digits(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static int compare_lengths(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_values(const char *a, const char *b)
{
	const char *digits_a = a + strspn(a, "0");
	const char *digits_b = b + strspn(b, "0");
	int order = compare_lengths(strlen(digits_a), strlen(digits_b));

	if (order == 0)
		order = strcmp(digits_a, digits_b);
	return order != 0 ? order : compare_lengths(strlen(a), strlen(b));
}

int spp_text_compare(const char *a, const char *b)
{
	bool number_a = all_digits(a);
	bool number_b = all_digits(b);

	if (number_a && number_b)
		return compare_values(a, b);
	if (number_a != number_b)
		return number_a ? -1 : 1;
	return strcmp(a, b);
}

bool spp_text_listed(const char *name, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

enum { NAME_MAX_LENGTH = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Insertions, deletions, changes and swaps of neighbours that make B of A
 * (optimal string alignment).  Three rows of the table are enough.
 */
static size_t distance(
	const char *a, size_t length_a, const char *b, size_t length_b)
{
	size_t rows[3][NAME_MAX_LENGTH + 1];

	for (size_t j = 0; j <= length_b; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= length_a; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= length_b; j++) {
			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(
				row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				row[j] = least(row[j], above2[j - 2] + 1);
		}
	}
	return rows[length_a % 3][length_b];
}

const char *spp_text_nearest(
	const char *name, const char *const *candidates, size_t count)
{
	size_t length = strlen(name);
	size_t best = (length + 1) / 3 + 1; /* one change in three letters */
	const char *nearest = NULL;

	if (length > NAME_MAX_LENGTH)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t size = strlen(candidates[i]);
		size_t found;

		if (size > NAME_MAX_LENGTH)
			continue;
		found = distance(name, length, candidates[i], size);
		if (found < best) {
			best = found;
			nearest = candidates[i];
		}
	}
	return nearest;
}
