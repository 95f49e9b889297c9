/* Between the files of the API: one request and its reply. */
#ifndef SPP_SANDBOX_API_CALL_H
#define SPP_SANDBOX_API_CALL_H

#include "lib/base/arena.h"
#include "lib/net/http_server.h"
#include "lib/sandbox/control.h"

struct spp_json;

struct spp_call {
	struct spp_sandbox *sandbox;
	const struct spp_http_request *request;
	struct spp_http_reply *reply;
	struct spp_arena arena;
	struct spp_json *body; /* an object, or NULL = none came */
	size_t partition;      /* where the path names one */
	size_t subscription;   /* the same */
	struct spp_reason reason;
};

/* A member of the body, or an argument of the query; NULL = not there. */
const char *spp_call_text(struct spp_call *call, const char *name);

/* Operations: what they answer is appended to call->reply->body. */
typedef enum spp_verdict spp_operation(struct spp_call *call);

spp_operation spp_api_hello, spp_api_fence, spp_api_list, spp_api_get,
	spp_api_attach, spp_api_route, spp_api_detach, spp_api_cancel,
	spp_api_subs, spp_api_open_sub, spp_api_close_sub, spp_api_evidence,
	spp_api_inflight, spp_api_throttle, spp_api_rates, spp_api_quit,
	spp_api_records, spp_api_metrics, spp_api_ledger, spp_api_status;

#endif
