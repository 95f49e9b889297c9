/*
 * The sandbox over HTTP.  {p} is STREAM%2FPARTITION, {s} a subscriber.
 *
 *	GET  /records[?since=TIME]	state and samples, one bare feed
 *	GET  /metrics			for Prometheus
 *	GET  /ledger			per subscriber
 *	GET  /status[?since=TIME]	what was measured
 *	GET  /v1/hello
 *	POST /v1/fence
 *	GET  /v1/partitions, /v1/partitions/{p}
 *	PUT  /v1/partitions/{p}/route		{"to"}
 *	POST /v1/partitions/{p}:attach		{"to","copy_from","rate"}
 *	POST /v1/partitions/{p}:detach		{"platform"}
 *	POST /v1/partitions/{p}:cancel
 *	GET  /v1/partitions/{p}/subs[?on=PLATFORM]
 *	POST /v1/partitions/{p}/subs/{s}:open	{"to","from"}
 *	POST /v1/partitions/{p}/subs/{s}:close	{"on"}
 *	GET  /v1/partitions/{p}/subs/{s}/evidence?from=PLATFORM&to=PLATFORM
 *	GET  /v1/inflight
 *	PUT  /v1/throttle	{"rate"}
 *	PUT  /v1/rates		{"scale":X} or {"hold":true}
 *	POST /v1/quit
 *
 * Headers: Spp-Epoch (lower than the highest seen: 423), Idempotency-Key
 * (the reply to the same key again is the one remembered), If-Match (a
 * version: another one is 412).
 */
#ifndef SPP_SANDBOX_API_H
#define SPP_SANDBOX_API_H

#include "lib/sandbox/sandbox.h"

/* NULL on failure, recorded in sandbox->err. */
struct spp_http_server *spp_api_open(struct spp_sandbox *sandbox);
void spp_api_close(struct spp_sandbox *sandbox);

#endif
