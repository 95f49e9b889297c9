#include "lib/io/output.h"
#include "lib/base/err.h"
#include "lib/base/fault.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_SIZE = 64 << 10 };

void spp_output_to(struct spp_output *output, int fd, const char *source)
{
	*output = (struct spp_output){.fd = fd};
	snprintf(output->source, sizeof output->source, "%s", source);
}

/* Fail for errno, once and for all. */
static bool fail(
	struct spp_output *output, const char *what, struct spp_err *err)
{
	output->failed = true;
	spp_fail_errno(err, "%s", what);
	return spp_err_at(err, output->source, 0);
}

static bool failed_before(const struct spp_output *output, struct spp_err *err)
{
	spp_fail(err, SPP_SYSTEM, "cannot write: a write has failed before");
	return spp_err_at(err, output->source, 0);
}

bool spp_output_flush(struct spp_output *output, struct spp_err *err)
{
	const char *data = output->buf.data;
	size_t left = output->buf.length;

	if (output->failed)
		return failed_before(output, err);
	while (left > 0) {
		ssize_t count = spp_request_fails(SPP_REQUEST_WRITE)
		                        ? -1
		                        : write(output->fd, data, left);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return fail(output, "cannot write", err);
		data += count;
		left -= (size_t)count;
	}
	spp_buf_reset(&output->buf);
	return true;
}

bool spp_output_write(struct spp_output *output, const void *data,
	size_t length, struct spp_err *err)
{
	if (output->failed)
		return failed_before(output, err);
	spp_buf_append(&output->buf, data, length);
	output->failed = !spp_buf_ok(&output->buf, err);
	if (output->failed || output->buf.length < FLUSH_SIZE)
		return !output->failed;
	return spp_output_flush(output, err);
}

bool spp_output_string(
	struct spp_output *output, const char *string, struct spp_err *err)
{
	return spp_output_write(output, string, strlen(string), err);
}

/*
 * Some file systems tell only at close that a write failed.  The descriptor
 * stays its owner's, so a copy is closed in its place.
 */
bool spp_output_close(struct spp_output *output, struct spp_err *err)
{
	bool done = spp_output_flush(output, err);
	int fd = dup(output->fd);
	bool closed = fd >= 0 && (close(fd) == 0 || errno == EINTR);

	if (done && !closed)
		done = fail(output, "cannot write", err);
	spp_buf_free(&output->buf);
	output->fd = -1;
	return done;
}
