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

void spp_input_from(struct spp_input *input, int fd, const char *source)
{
	*input = (struct spp_input){.fd = fd};
	snprintf(input->source, sizeof input->source, "%s", source);
}

bool spp_input_open(
	struct spp_input *input, const char *path, struct spp_err *err)
{
	int fd;

	if (strcmp(path, "-") == 0) {
		spp_input_from(input, STDIN_FILENO, "<stdin>");
		return true;
	}
	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	spp_input_from(input, fd, path);
	input->closes = fd >= 0;
	if (fd >= 0)
		return true;
	spp_fail_errno(err, "cannot open");
	return spp_err_at(err, input->source, 0);
}

bool spp_input_memory(struct spp_input *input, const char *text, size_t length,
	const char *source, struct spp_err *err)
{
	spp_input_from(input, -1, source);
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

/* Read until there are SIZE bytes to hand out, or the input ends. */
static bool fill(struct spp_input *input, size_t size, struct spp_err *err)
{
	struct spp_buf *rest = &input->rest;

	if (!input->ended && input->rest_start > 0) {
		rest->length -= input->rest_start;
		memmove(rest->data, rest->data + input->rest_start,
			rest->length);
		input->rest_start = 0;
	}
	while (!input->ended && rest->length < size) {
		size_t wanted = size - rest->length;
		char *place = spp_buf_reserve(rest, wanted);
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
		rest->length += (size_t)count;
	}
	return true;
}

/* The length of the next line, which has no newline in its first SIZE bytes. */
static bool long_line(struct spp_input *input, size_t size, size_t *length,
	struct spp_err *err)
{
	const char *text, *newline = NULL;
	size_t searched = 0;

	for (*length = size; newline == NULL && searched < *length;) {
		searched = *length;
		if (!fill(input, searched + READ_SIZE, err))
			return false;
		text = input->rest.data + input->rest_start;
		*length = input->rest.length - input->rest_start;
		newline = memchr(text + searched, '\n', *length - searched);
		if (newline != NULL)
			*length = (size_t)(newline - text);
		if (*length > SPP_LINE_MAX) {
			spp_fail(err, SPP_INPUT, "line is longer than %d bytes",
				SPP_LINE_MAX);
			return spp_err_at(err, input->source, input->line + 1);
		}
	}
	*length += newline != NULL;
	return true;
}

/* The length of the lines that fit into SIZE, or of one, or of the end. */
static bool measure(struct spp_input *input, size_t size, size_t *length,
	struct spp_err *err)
{
	const char *text, *newline;

	if (!fill(input, size, err))
		return false;
	*length = input->rest.length - input->rest_start;
	if (*length < size)
		return true;
	text = input->rest.data + input->rest_start;
	newline = memrchr(text, '\n', size);
	if (newline == NULL)
		return long_line(input, size, length, err);
	*length = (size_t)(newline - text) + 1;
	return true;
}

bool spp_input_chunk(struct spp_input *input, size_t size,
	struct spp_chunk *chunk, struct spp_err *err)
{
	const char *line;
	size_t length, offset = 0;

	if (size < 1)
		size = 1;
	if (size > SPP_LINE_MAX)
		size = SPP_LINE_MAX;
	spp_buf_reset(&chunk->text);
	chunk->first_line = input->line + 1;
	if (!measure(input, size, &length, err))
		return spp_err_at(err, input->source, 0);
	if (length == 0)
		return true;
	spp_buf_append(
		&chunk->text, input->rest.data + input->rest_start, length);
	input->rest_start += length;
	while (spp_chunk_line(chunk, &offset, &line, &length))
		input->line++;
	return spp_buf_ok(&chunk->text, err);
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
