/*
 * Numbered input: whole lines of a file, a descriptor or memory, in chunks.
 */
#ifndef SPP_IO_INPUT_H
#define SPP_IO_INPUT_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct spp_err;

enum { SPP_LINE_MAX = 16 << 20 }; /* bytes of the longest line accepted */

struct spp_input {
	char source[128];    /* "<stdin>" or the name given */
	int fd;              /* -1 when the input is memory */
	size_t line;         /* lines handed out so far */
	bool ended;          /* the end of the file was seen */
	bool closes;         /* this input opened fd */
	struct spp_buf rest; /* read but not handed out, */
	size_t rest_start;   /* from this offset on */
};

/* A chunk: whole lines, with the number of the first. */
struct spp_chunk {
	struct spp_buf text; /* the last line may lack its newline */
	size_t first_line;   /* 1-based number of the first line */
};

/*
 * "-" is standard input.  Errors carry the source; spp_input_close closes
 * only what this opened.
 */
bool spp_input_open(
	struct spp_input *input, const char *path, struct spp_err *err);
void spp_input_from(struct spp_input *input, int fd, const char *source);
bool spp_input_memory(struct spp_input *input, const char *text, size_t length,
	const char *source, struct spp_err *err);

/*
 * Read about SIZE bytes of whole lines into chunk (which is reset first): as
 * many as fit, or one.  Where chunks end depends on the text only, not on
 * how it arrives.  At the end the chunk is empty.  A line over SPP_LINE_MAX
 * fails with SPP_INPUT and its number, without being stored.  The owner of a
 * chunk frees its text.
 */
bool spp_input_chunk(struct spp_input *input, size_t size,
	struct spp_chunk *chunk, struct spp_err *err);

/*
 * Take the next line off a chunk: *offset starts at 0.  The line has no
 * newline; a carriage return before it is dropped.
 */
bool spp_chunk_line(const struct spp_chunk *chunk, size_t *offset,
	const char **line, size_t *length);

void spp_input_close(struct spp_input *input);

#endif
