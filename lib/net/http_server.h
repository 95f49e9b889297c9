/*
 * An HTTP server on 127.0.0.1 that runs in its caller's thread: nothing is
 * answered but inside spp_http_server_run.
 */
#ifndef SPP_NET_HTTP_SERVER_H
#define SPP_NET_HTTP_SERVER_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_err;
struct spp_http_server;

enum {
	SPP_HTTP_BODY_MAX = 1 << 20, /* bytes of a request; more is a 413 */
	SPP_HTTP_ETAG_SIZE = 40,
	SPP_HTTP_HANG_S = 60, /* how long a reply is held back */
};

struct spp_http_request {
	const char *method; /* "GET" ... */
	const char *path;   /* as it came: percent signs are not decoded */
	const char *body;
	size_t body_length;
	void *connection; /* for the two functions below */
};

/* Value of a header or of an argument of the query, NULL = not there. */
const char *spp_http_header(
	const struct spp_http_request *request, const char *name);
const char *spp_http_argument(
	const struct spp_http_request *request, const char *name);

enum spp_http_fate {
	SPP_HTTP_ANSWER, /* the usual */
	SPP_HTTP_CUT,    /* close the connection without a word */
	SPP_HTTP_HANG,   /* hold the reply back, then close */
};

struct spp_http_reply {
	unsigned status;
	const char *kind; /* the content type */
	char etag[SPP_HTTP_ETAG_SIZE];
	struct spp_buf body;
	enum spp_http_fate fate;
};

/* A reply comes as 200, JSON, empty; a failed body becomes a 500. */
typedef void spp_http_handler(void *context,
	const struct spp_http_request *request, struct spp_http_reply *reply);

/* NULL on failure.  Port 0 lets the system choose. */
struct spp_http_server *spp_http_server_open(uint16_t port,
	spp_http_handler *handler, void *context, struct spp_err *err);
uint16_t spp_http_server_port(const struct spp_http_server *server);

/* Answer what has come; never waits. */
void spp_http_server_run(struct spp_http_server *server);

/* Replies that are under way get up to a second to leave. */
void spp_http_server_close(struct spp_http_server *server);

#endif
