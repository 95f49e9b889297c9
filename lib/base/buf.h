/*
 * A growing array of bytes.  Like the arena it remembers its first failure:
 * appending to a failed buffer does nothing, and one question at the end,
 * spp_buf_ok, is enough.
 */
#ifndef SPP_BASE_BUF_H
#define SPP_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct spp_err;

/* All zero is an empty buffer. */
struct spp_buf {
	char *data;
	size_t length;   /* bytes in use */
	size_t capacity; /* bytes allocated */
	bool failed;
};

/* Room for COUNT more bytes; returns where they go, NULL on failure. */
void *spp_buf_reserve(struct spp_buf *buf, size_t count);

/* Append COUNT zeroed bytes and return where they start, or NULL. */
void *spp_buf_extend(struct spp_buf *buf, size_t count);

void spp_buf_append(struct spp_buf *buf, const void *data, size_t length);
void spp_buf_string(struct spp_buf *buf, const char *string);
void spp_buf_char(struct spp_buf *buf, char c);
void spp_buf_format(struct spp_buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* True while no request was refused; else records it in err. */
bool spp_buf_ok(const struct spp_buf *buf, struct spp_err *err);

void spp_buf_reset(struct spp_buf *buf); /* empty it, keep the memory */
void spp_buf_free(struct spp_buf *buf);

#endif
