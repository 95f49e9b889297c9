#include "lib/stages/table.h"

#include "lib/base/utf8.h"
#include "lib/io/output.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 32, GAP = 2 };

/* 1234 is 1.23 k, or 1.23 kB of bytes: three digits, decimal prefixes. */
static void put_scaled(double value, const char *unit, char *text)
{
	static const char *const prefixes[] = {
		"", "k", "M", "G", "T", "P", "E"};
	bool bytes = strncmp(unit, "bytes", 5) == 0;
	size_t step = 0;
	int digits;

	while (fabs(value) >= 999.5 && step < 6) {
		value /= 1000;
		step++;
	}
	digits = fabs(value) >= 99.95 ? 0 : fabs(value) >= 9.995 ? 1 : 2;
	if (step == 0 && value == floor(value))
		digits = 0;
	snprintf(text, SPP_HUMAN_SIZE, "%.*f%s%s%s%.16s", digits, value,
		step > 0 || bytes ? " " : "", prefixes[step],
		bytes           ? "B"
		: *unit != '\0' ? " "
				: "",
		bytes ? unit + 5 : unit);
}

static void put_seconds(double seconds, char *text)
{
	double whole = round(fabs(seconds));
	const char *sign = seconds < 0 ? "-" : "";

	if (whole < 60)
		snprintf(text, SPP_HUMAN_SIZE, "%.3g s", seconds);
	else if (whole < 3600)
		snprintf(text, SPP_HUMAN_SIZE, "%s%.0f min %.0f s", sign,
			floor(whole / 60), fmod(whole, 60));
	else if (whole < 2 * 86400)
		snprintf(text, SPP_HUMAN_SIZE, "%s%.0f h %.0f min", sign,
			floor(whole / 3600), floor(fmod(whole, 3600) / 60));
	else
		snprintf(text, SPP_HUMAN_SIZE, "%s%.0f d %.0f h", sign,
			floor(whole / 86400), floor(fmod(whole, 86400) / 3600));
}

const char *spp_human(double value, const char *unit, char text[SPP_HUMAN_SIZE])
{
	if (isnan(value))
		snprintf(text, SPP_HUMAN_SIZE, "-");
	else if (isinf(value))
		snprintf(text, SPP_HUMAN_SIZE, "unlimited");
	else if (strcmp(unit, "s") == 0)
		put_seconds(value, text);
	else if (strcmp(unit, "%") == 0)
		snprintf(text, SPP_HUMAN_SIZE, "%.1f %%", value * 100);
	else
		put_scaled(value, unit, text);
	return text;
}

void spp_table_init(
	struct spp_table *table, const struct spp_column *columns, size_t count)
{
	assert(count > 0 && count <= COLUMNS_MAX);
	*table = (struct spp_table){.columns = columns, .count = count};
}

void spp_table_text(struct spp_table *table, const char *text)
{
	size_t at = table->text.length;
	size_t length;

	if (text == NULL || text[0] == '\0')
		text = "-";
	length = strlen(text);
	spp_buf_append(&table->cells, &at, sizeof at);
	while (length > 0) {
		size_t size = spp_utf8_plain(text, length);

		if (size == 0)
			spp_buf_char(&table->text, '?');
		else
			spp_buf_append(&table->text, text, size);
		text += size > 0 ? size : 1;
		length -= size > 0 ? size : 1;
	}
	spp_buf_char(&table->text, '\0');
}

void spp_table_format(struct spp_table *table, const char *format, ...)
{
	char text[512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	spp_table_text(table, text);
}

void spp_table_human(struct spp_table *table, double value, const char *unit)
{
	char text[SPP_HUMAN_SIZE];

	spp_table_text(table, spp_human(value, unit, text));
}

/* Characters, taken as one column each. */
static size_t width(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static void put_cell(struct spp_buf *line, const char *text, size_t wide,
	bool right, bool last)
{
	size_t blanks = wide - width(text);

	if (right)
		spp_buf_format(line, "%*s", (int)blanks, "");
	spp_buf_string(line, text);
	if (!last)
		spp_buf_format(
			line, "%*s", (int)(right ? 0 : blanks) + GAP, "");
}

bool spp_table_print(const struct spp_table *table, struct spp_output *output,
	struct spp_err *err)
{
	const size_t *cells = (const void *)table->cells.data;
	size_t count = table->cells.length / sizeof *cells;
	size_t wide[COLUMNS_MAX];
	struct spp_buf lines = {0};
	bool done;

	if (!spp_buf_ok(&table->cells, err) || !spp_buf_ok(&table->text, err))
		return false;
	assert(count % table->count == 0);
	for (size_t i = 0; i < table->count; i++)
		wide[i] = width(table->columns[i].title);
	for (size_t i = 0; i < count; i++) {
		size_t cell = width(table->text.data + cells[i]);

		if (cell > wide[i % table->count])
			wide[i % table->count] = cell;
	}
	for (size_t i = 0; i < table->count + count; i++) {
		size_t at = i % table->count;
		bool last = at + 1 == table->count;

		put_cell(&lines,
			i < table->count
				? table->columns[at].title
				: table->text.data + cells[i - table->count],
			wide[at], table->columns[at].right, last);
		if (last)
			spp_buf_char(&lines, '\n');
	}
	done = spp_buf_ok(&lines, err) &&
	       spp_output_write(output, lines.data, lines.length, err);
	spp_buf_free(&lines);
	return done;
}

void spp_table_free(struct spp_table *table)
{
	spp_buf_free(&table->text);
	spp_buf_free(&table->cells);
}
