/* CSV: what is read, written again and read again is the same. */
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "lib/io/csv.h"
#include "lib/io/input.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

struct seen {
	struct spp_buf text; /* the rows, all cells quoted */
	size_t line;
};

static bool take_row(
	void *context, const struct spp_csv_row *row, struct spp_err *err)
{
	struct seen *seen = context;

	assert(row->count > 0 && row->line >= seen->line);
	seen->line = row->line;
	for (size_t i = 0; i < row->count; i++) {
		const struct spp_cell *cell = &row->cells[i];

		assert(strlen(cell->text) == cell->length);
		assert(spp_utf8_valid(cell->text, cell->length));
		spp_buf_string(&seen->text, i > 0 ? ",\"" : "\"");
		for (size_t k = 0; k < cell->length; k++) {
			if (cell->text[k] == '"')
				spp_buf_char(&seen->text, '"');
			spp_buf_char(&seen->text, cell->text[k]);
		}
		spp_buf_char(&seen->text, '"');
	}
	spp_buf_char(&seen->text, '\n');
	return spp_buf_ok(&seen->text, err);
}

static bool read_rows(const char *text, size_t length, struct seen *seen)
{
	struct spp_input input;
	struct spp_err err = {0};
	bool done = spp_input_memory(&input, text, length, "fuzz", &err);

	done = done && spp_csv_read(&input, take_row, seen, &err);
	assert(done == (err.status == SPP_DONE));
	assert(done || err.text[0] != '\0');
	spp_input_close(&input);
	return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen first = {0}, second = {0};

	if (read_rows((const char *)data, size, &first)) {
		bool done =
			read_rows(first.text.data, first.text.length, &second);

		assert(done);
		assert(first.text.length == second.text.length);
		assert(first.text.length == 0 ||
			memcmp(first.text.data, second.text.data,
				first.text.length) == 0);
	}
	spp_buf_free(&first.text);
	spp_buf_free(&second.text);
	return 0;
}
