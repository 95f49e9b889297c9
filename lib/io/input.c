#include "lib/io/input.h"
#include "lib/base/err.h"
#include "lib/base/fault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 64 << 10 };

static void input_init(struct spp_input *input, int fd, const char *source)
{
	*input = (struct spp_input){.fd = fd};
	snprintf(input->source, sizeof input->source, "%s", source);
}

void spp_input_from(struct spp_input *input, int fd, const char *source)
{
	assert(fd >= 0);
	input_init(input, fd, source);
}

bool spp_input_open(
	struct spp_input *input, const char *path, struct spp_err *err)
{
	int fd;

	if (strcmp(path, "-") == 0) {
		input_init(input, STDIN_FILENO, "<stdin>");
		return true;
	}
	input_init(input, -1, path);
	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0) {
		spp_fail_errno(err, "cannot open");
		spp_err_at(err, input->source, 0);
		return false;
	}
	input->fd = fd;
	input->closes = true;
	return true;
}

bool spp_input_memory(struct spp_input *input, const char *text, size_t length,
	const char *source, struct spp_err *err)
{
	input_init(input, -1, source);
	input->ended = true;
	spp_buf_append(&input->rest, text, length);
	return spp_buf_ok(&input->rest, err);
}

void spp_input_close(struct spp_input *input)
{
	if (input->closes)
		close(input->fd);
	spp_buf_free(&input->rest);
	*input = (struct spp_input){.fd = -1};
}

/* Read until TEXT has SIZE bytes or the input ends. */
static bool fill(struct spp_input *input, struct spp_buf *text, size_t size,
	struct spp_err *err)
{
	while (text->length < size && !input->ended) {
		size_t wanted = size - text->length;
		char *place = spp_buf_reserve(text, wanted);
		ssize_t count;

		if (place == NULL)
			return spp_fail_memory(err);
		count = spp_request_fails(SPP_REQUEST_READ)
		                ? -1
		                : read(input->fd, place, wanted);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return spp_fail_errno(err, "cannot read");
		input->ended = count == 0;
		text->length += (size_t)count;
	}
	return true;
}

/* What was read before and not handed out, up to SIZE bytes of it. */
static void take_rest(
	struct spp_input *input, struct spp_buf *text, size_t size)
{
	struct spp_buf *rest = &input->rest;
	size_t count = rest->length - input->rest_start;

	if (count == 0)
		return;
	if (count > size)
		count = size;
	spp_buf_append(text, rest->data + input->rest_start, count);
	input->rest_start += count;
	if (input->rest_start == rest->length) {
		input->rest_start = 0;
		spp_buf_reset(rest);
	}
}

static bool more_text(struct spp_input *input, struct spp_buf *text,
	size_t size, struct spp_err *err)
{
	if (text->length < size)
		take_rest(input, text, size - text->length);
	return spp_buf_ok(text, err) && fill(input, text, size, err);
}

/* The text beyond LENGTH waits for the next chunk. */
static bool put_back(struct spp_input *input, struct spp_buf *text,
	size_t length, struct spp_err *err)
{
	size_t count = text->length - length;

	assert(length <= text->length);
	text->length = length;
	if (count <= input->rest_start) {
		/* It came from there, and still is there. */
		input->rest_start -= count;
		return true;
	}
	assert(input->rest.length == 0);
	spp_buf_append(&input->rest, text->data + length, count);
	return spp_buf_ok(&input->rest, err);
}

/* Read on until the first line is whole: it alone is longer than SIZE. */
static bool long_line(
	struct spp_input *input, struct spp_buf *text, struct spp_err *err)
{
	const char *newline = NULL;
	size_t searched = 0;

	for (;;) {
		if (text->length > searched)
			newline = memchr(text->data + searched, '\n',
				text->length - searched);
		searched =
			newline ? (size_t)(newline - text->data) : text->length;
		if (searched > SPP_LINE_MAX)
			return spp_fail(err, SPP_INPUT,
				"line is longer than %d bytes", SPP_LINE_MAX);
		if (newline != NULL)
			return put_back(input, text, searched + 1, err);
		if (!more_text(input, text, searched + READ_SIZE, err))
			return false;
		if (text->length == searched)
			return true;
	}
}

static size_t count_lines(const struct spp_buf *text)
{
	size_t count = 0;

	for (size_t at = 0; at < text->length; count++) {
		const char *newline =
			memchr(text->data + at, '\n', text->length - at);

		at = newline ? (size_t)(newline - text->data) + 1
		             : text->length;
	}
	return count;
}

static bool read_chunk(struct spp_input *input, size_t size,
	struct spp_buf *text, struct spp_err *err)
{
	const char *newline;

	if (!more_text(input, text, size, err))
		return false;
	if (text->length < size)
		return true; /* the end: all that is left */
	newline = memrchr(text->data, '\n', text->length);
	if (newline == NULL)
		return long_line(input, text, err);
	return put_back(input, text, (size_t)(newline - text->data) + 1, err);
}

bool spp_input_chunk(struct spp_input *input, size_t size,
	struct spp_chunk *chunk, bool *more, struct spp_err *err)
{
	if (size < 1)
		size = 1;
	if (size > SPP_LINE_MAX)
		size = SPP_LINE_MAX;
	spp_buf_reset(&chunk->text);
	chunk->first_line = input->line + 1;
	*more = false;
	if (!read_chunk(input, size, &chunk->text, err)) {
		spp_buf_reset(&chunk->text);
		spp_err_at(err, input->source,
			err && err->status == SPP_INPUT ? input->line + 1 : 0);
		return false;
	}
	*more = chunk->text.length > 0;
	input->line += count_lines(&chunk->text);
	return true;
}

bool spp_chunk_line(const struct spp_chunk *chunk, size_t *offset,
	const char **line, size_t *length)
{
	const char *newline;
	size_t left = chunk->text.length - *offset;

	assert(*offset <= chunk->text.length);
	if (left == 0)
		return false;
	*line = chunk->text.data + *offset;
	newline = memchr(*line, '\n', left);
	*length = newline != NULL ? (size_t)(newline - *line) : left;
	*offset += *length + (newline != NULL);
	if (*length > 0 && (*line)[*length - 1] == '\r')
		(*length)--;
	return true;
}
