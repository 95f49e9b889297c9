#include "lib/io/output.h"
#include "lib/base/err.h"
#include "lib/base/fault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_SIZE = 64 << 10 };

static void output_init(struct spp_output *output, int fd, const char *source)
{
	*output = (struct spp_output){.fd = fd};
	snprintf(output->source, sizeof output->source, "%s", source);
}

void spp_output_to(struct spp_output *output, int fd, const char *source)
{
	output_init(output, fd, source);
}

/* Fail for errno, once and for all. */
static bool fail(
	struct spp_output *output, const char *what, struct spp_err *err)
{
	output->failed = true;
	spp_fail_errno(err, "%s", what);
	spp_err_at(err, output->source, 0);
	return false;
}

static bool failed_before(const struct spp_output *output, struct spp_err *err)
{
	spp_fail(err, SPP_SYSTEM, "cannot write: a write has failed before");
	spp_err_at(err, output->source, 0);
	return false;
}

bool spp_output_open(struct spp_output *output, const char *path, bool private,
	struct spp_err *err)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	struct stat status;

	output_init(output, -1, path);
	do
		output->fd = open(path, flags, private ? 0600 : 0666);
	while (output->fd < 0 && errno == EINTR);
	if (output->fd < 0)
		return fail(output, "cannot create", err);
	output->closes = true;
	/* A file that was there keeps its mode otherwise. */
	if (private && (fstat(output->fd, &status) != 0 ||
			       (S_ISREG(status.st_mode) &&
				       fchmod(output->fd, 0600) != 0))) {
		fail(output, "cannot make it private", err);
		spp_output_close(output, NULL);
		return false;
	}
	return true;
}

static bool write_all(struct spp_output *output, const char *data,
	size_t length, struct spp_err *err)
{
	while (length > 0) {
		ssize_t count = spp_request_fails(SPP_REQUEST_WRITE)
		                        ? -1
		                        : write(output->fd, data, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return fail(output, "cannot write", err);
		data += count;
		length -= (size_t)count;
	}
	return true;
}

bool spp_output_flush(struct spp_output *output, struct spp_err *err)
{
	size_t length = output->buf.length;

	if (output->failed)
		return failed_before(output, err);
	spp_buf_reset(&output->buf);
	return write_all(output, output->buf.data, length, err);
}

bool spp_output_write(struct spp_output *output, const void *data,
	size_t length, struct spp_err *err)
{
	if (output->failed)
		return failed_before(output, err);
	if (output->buf.length + length > FLUSH_SIZE &&
		!spp_output_flush(output, err))
		return false;
	if (length > FLUSH_SIZE)
		return write_all(output, data, length, err);
	spp_buf_append(&output->buf, data, length);
	output->failed = !spp_buf_ok(&output->buf, err);
	return !output->failed;
}

bool spp_output_string(
	struct spp_output *output, const char *string, struct spp_err *err)
{
	return spp_output_write(output, string, strlen(string), err);
}

/*
 * Some file systems tell only at close that a write failed.  What this
 * output did not open stays open, so a copy is closed in its place.
 */
static bool close_checked(struct spp_output *output, struct spp_err *err)
{
	int fd = output->closes ? output->fd : dup(output->fd);
	int result;

	output->closes = false;
	if (fd < 0)
		return fail(output, "cannot write", err);
	result = close(fd);
	if (result != 0 && errno != EINTR && !output->failed)
		return fail(output, "cannot write", err);
	return !output->failed;
}

bool spp_output_close(struct spp_output *output, struct spp_err *err)
{
	bool done = spp_output_flush(output, err);

	if (output->fd >= 0)
		done = close_checked(output, err) && done;
	spp_buf_free(&output->buf);
	output->fd = -1;
	return done;
}
