/*
 * One request of the driver contract: what came on the line, and the HTTP
 * call that carries it out.
 */
#ifndef SPP_DRIVERS_REQUEST_H
#define SPP_DRIVERS_REQUEST_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/net/http_client.h"

#include <stdbool.h>

struct spp_err;

struct spp_driver_request {
	struct spp_arena arena;
	const char *id;    /* as JSON text: it is given back as it came */
	bool changes;      /* what it does if a reply is lost is not known */
	const char *error; /* code of what is wrong with it, or NULL */
	const char *text;  /* in words */
	struct spp_http_call call;
};

/*
 * Read a line and make the call for the sandbox at BASE.  False, with err
 * set, for a line that is no request at all or when memory ran out; what
 * else is wrong stands in request->error.
 */
bool spp_driver_request_read(struct spp_driver_request *request,
	const char *base, const char *line, size_t length, struct spp_err *err);

/* The line that answers it, once its call is done or has an error. */
void spp_driver_request_answer(
	struct spp_driver_request *request, struct spp_buf *line);
void spp_driver_request_free(struct spp_driver_request *request);

#endif
