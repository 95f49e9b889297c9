/*
 * Checked output: a write that fails, at any time, is an error once and for
 * all (/dev/full, a closed pipe, a full disk at close).
 */
#ifndef SPP_IO_OUTPUT_H
#define SPP_IO_OUTPUT_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct spp_err;

struct spp_output {
	int fd;
	char source[128]; /* "<stdout>" or the name given, for messages */
	struct spp_buf buf;
	bool failed;
};

/* To a descriptor that stays its owner's. */
void spp_output_to(struct spp_output *output, int fd, const char *source);

bool spp_output_write(struct spp_output *output, const void *data,
	size_t length, struct spp_err *err);
bool spp_output_string(
	struct spp_output *output, const char *string, struct spp_err *err);
bool spp_output_flush(struct spp_output *output, struct spp_err *err);

/* Flush, and see whether all was taken; frees the buffer even on failure. */
bool spp_output_close(struct spp_output *output, struct spp_err *err);

#endif
