/*
 * An HTTP client (libcurl): one call at a time, or many at once beside a
 * descriptor that is read meanwhile.
 */
#ifndef SPP_NET_HTTP_CLIENT_H
#define SPP_NET_HTTP_CLIENT_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct spp_err;
struct spp_http_client;

enum { SPP_HTTP_HEADERS_MAX = 6, SPP_HTTP_REPLY_MAX = 1 << 30 };

/* What became of a call. */
enum spp_http_outcome {
	SPP_HTTP_REPLIED,     /* status and body are there */
	SPP_HTTP_UNREACHABLE, /* the request was never sent */
	SPP_HTTP_LOST,        /* sent, and no whole reply came: unknown */
};

struct spp_http_call {
	const char *method;
	const char *url;
	const char *headers[SPP_HTTP_HEADERS_MAX]; /* "Name: value", or NULL */
	const char *body;                          /* NULL = none */
	size_t body_length;
	long wait_ms; /* 0 = no limit */
	void (*done)(void *context, struct spp_http_call *call);
	void *context;

	/* filled in before done is called */
	enum spp_http_outcome outcome;
	long status;
	struct spp_buf reply; /* freed after done, unless taken */
	char text[256];       /* what went wrong, when nothing was replied */

	void *private_handle;
	void *private_headers;
};

/* NULL on failure. */
struct spp_http_client *spp_http_client_new(struct spp_err *err);
void spp_http_client_free(struct spp_http_client *client);

/*
 * Start a call; all it points to must live until done was called.  False
 * (done is then never called) when memory ran out.
 */
bool spp_http_client_start(struct spp_http_client *client,
	struct spp_http_call *call, struct spp_err *err);

/* Give a call up: done is not called, its reply is freed. */
void spp_http_client_drop(
	struct spp_http_client *client, struct spp_http_call *call);

/*
 * Wait up to wait_ms for replies, or until fd (-1 = none) can be read, and
 * call done for each call that ended.  *readable says whether fd can.
 */
bool spp_http_client_turn(struct spp_http_client *client, int fd, int wait_ms,
	bool *readable, struct spp_err *err);

/*
 * One call, waited for.  False when there was no reply, or one of another
 * status than 200; else the body is appended to reply.
 */
bool spp_http_fetch(const char *method, const char *url, struct spp_buf *reply,
	struct spp_err *err);

#endif
