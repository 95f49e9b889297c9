#include "lib/sandbox/api.h"
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/io/json.h"
#include "lib/sandbox/api_call.h"
#include "lib/sandbox/replies.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * In a path "{p}" stands for a partition, "{s}" for a subscriber.  Where
 * a word that is "{p}" or "{s}" ends in ":VERB", so must the path's.
 */
static const struct endpoint {
	const char *method;
	const char *path;
	const char *operation; /* the driver's word */
	spp_operation *run;
	bool changes;       /* keys are remembered */
	const char *target; /* argument that names the platform at work */
} endpoints[] = {
	{"GET", "records", "records", spp_api_records, false, NULL},
	{"GET", "metrics", "metrics", spp_api_metrics, false, NULL},
	{"GET", "ledger", "ledger", spp_api_ledger, false, NULL},
	{"GET", "status", "status", spp_api_status, false, NULL},
	{"GET", "v1/hello", "hello", spp_api_hello, false, NULL},
	{"POST", "v1/fence", "fence", spp_api_fence, false, NULL},
	{"GET", "v1/partitions", "list", spp_api_list, false, NULL},
	{"GET", "v1/partitions/{p}", "get", spp_api_get, false, NULL},
	{"PUT", "v1/partitions/{p}/route", "route", spp_api_route, true, "to"},
	{"POST", "v1/partitions/{p}:attach", "attach", spp_api_attach, true,
		"to"},
	{"POST", "v1/partitions/{p}:detach", "detach", spp_api_detach, true,
		"platform"},
	{"POST", "v1/partitions/{p}:cancel", "cancel", spp_api_cancel, true,
		NULL},
	{"GET", "v1/partitions/{p}/subs", "subs", spp_api_subs, false, "on"},
	{"POST", "v1/partitions/{p}/subs/{s}:open", "open_sub",
		spp_api_open_sub, true, "to"},
	{"POST", "v1/partitions/{p}/subs/{s}:close", "close_sub",
		spp_api_close_sub, true, "on"},
	{"GET", "v1/partitions/{p}/subs/{s}/evidence", "evidence",
		spp_api_evidence, false, "to"},
	{"GET", "v1/inflight", "inflight", spp_api_inflight, false, NULL},
	{"PUT", "v1/throttle", "throttle", spp_api_throttle, true, NULL},
	{"PUT", "v1/rates", "rates", spp_api_rates, false, NULL},
	{"POST", "v1/quit", "quit", spp_api_quit, false, NULL},
};

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* A word of a path, decoded; NULL when it holds a NUL or is malformed. */
static const char *decode(
	struct spp_arena *arena, const char *text, size_t length)
{
	char *word = spp_arena_text(arena, text, length);
	size_t out = 0;

	for (size_t in = 0; word != NULL && in < length; in++) {
		if (text[in] != '%') {
			word[out++] = text[in];
			continue;
		}
		if (in + 2 >= length || hex(text[in + 1]) < 0 ||
			hex(text[in + 2]) < 0)
			return NULL;
		word[out++] =
			(char)(hex(text[in + 1]) * 16 + hex(text[in + 2]));
		in += 2;
		if (word[out - 1] == '\0')
			return NULL;
	}
	if (word != NULL)
		word[out] = '\0';
	return word;
}

const char *spp_call_text(struct spp_call *call, const char *name)
{
	const struct spp_json *value =
		call->body != NULL ? spp_json_get(call->body, name) : NULL;
	const char *text;
	size_t length;

	if (value != NULL)
		return spp_json_kind(value) == SPP_JSON_STRING
		               ? spp_json_string(value, &length)
		               : NULL;
	text = spp_http_argument(call->request, name);
	return text != NULL ? decode(&call->arena, text, strlen(text)) : NULL;
}

/* One word of the path against one of the pattern. */
static bool match_word(struct spp_call *call, const char *pattern,
	size_t pattern_length, const char *word, size_t length)
{
	size_t verb = pattern_length > 3 ? pattern_length - 3 : 0;
	const char *name;

	if (*pattern != '{')
		return length == pattern_length &&
		       memcmp(pattern, word, length) == 0;
	if (length <= verb ||
		memcmp(pattern + 3, word + length - verb, verb) != 0)
		return false;
	if (verb == 0 && memchr(word, ':', length) != NULL)
		return false;
	name = decode(&call->arena, word, length - verb);
	if (name == NULL)
		return false;
	if (pattern[1] == 'p')
		call->partition = spp_world_partition(
			call->sandbox->world, name, strlen(name));
	else if (call->partition != SPP_WORLD_NONE)
		call->subscription = spp_world_subscription(
			call->sandbox->world, call->partition, name);
	return true;
}

static bool match(struct spp_call *call, const char *pattern, const char *path)
{
	call->partition = 0;
	call->subscription = 0;
	if (*path++ != '/')
		return false;
	for (;;) {
		size_t pattern_length = strcspn(pattern, "/");
		size_t length = strcspn(path, "/");

		if (!match_word(call, pattern, pattern_length, path, length))
			return false;
		pattern += pattern_length;
		path += length;
		if (*pattern == '\0' || *path == '\0')
			return *pattern == *path;
		pattern++;
		path++;
	}
}

static const struct endpoint *find(struct spp_call *call, bool *known)
{
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(*endpoints); i++) {
		if (!match(call, endpoints[i].path, call->request->path))
			continue;
		*known = true;
		if (strcmp(endpoints[i].method, call->request->method) == 0)
			return &endpoints[i];
	}
	return NULL;
}

static void complain(struct spp_call *call, unsigned status, const char *text)
{
	struct spp_http_reply *reply = call->reply;

	reply->status = status;
	spp_buf_reset(&reply->body);
	spp_buf_string(&reply->body, "{\"error\":");
	spp_json_put_string(&reply->body, text);
	spp_buf_string(&reply->body, "}\n");
}

/* Whoever shows a lower epoch than the highest seen is out of date. */
static bool admit(struct spp_call *call)
{
	const char *text = spp_http_header(call->request, "Spp-Epoch");
	int64_t epoch;

	if (text == NULL)
		return true;
	if (!spp_num_parse_integer(text, &epoch)) {
		complain(call, SPP_VERDICT_MALFORMED, "the epoch is no number");
		return false;
	}
	if (epoch < call->sandbox->epoch) {
		complain(call, SPP_VERDICT_FENCED, "a higher epoch was seen");
		return false;
	}
	call->sandbox->epoch = epoch;
	return true;
}

static bool read_body(struct spp_call *call)
{
	struct spp_err err = {0};

	if (call->request->body_length == 0)
		return true;
	call->body = spp_json_parse(
		call->request->body, call->request->body_length, &err);
	if (call->body == NULL)
		complain(call,
			err.status == SPP_INPUT ? SPP_VERDICT_MALFORMED : 500,
			err.text);
	else if (spp_json_kind(call->body) != SPP_JSON_OBJECT)
		complain(call, SPP_VERDICT_MALFORMED, "the body is no object");
	else
		return true;
	return false;
}

static void perform(struct spp_call *call, const struct endpoint *endpoint)
{
	enum spp_verdict verdict = endpoint->run(call);

	if (verdict != SPP_VERDICT_OK && verdict != SPP_VERDICT_ACCEPTED) {
		complain(call, verdict, call->reason.text);
		return;
	}
	call->reply->status = verdict;
	if (call->reply->body.length == 0)
		spp_buf_string(&call->reply->body, "{}\n");
	if (strstr(endpoint->path, "{p}") != NULL)
		snprintf(call->reply->etag, sizeof(call->reply->etag),
			"\"%" PRIu64 "\"",
			call->sandbox->places[call->partition].version);
}

static void perform_with_fault(struct spp_call *call,
	const struct endpoint *endpoint, enum spp_fault_kind fault)
{
	if (fault == SPP_FAULT_NONE || fault == SPP_FAULT_TIMEOUT_APPLIED ||
		fault == SPP_FAULT_CUT_APPLIED)
		perform(call, endpoint);
	if (fault == SPP_FAULT_TIMEOUT_APPLIED ||
		fault == SPP_FAULT_TIMEOUT_LOST)
		call->reply->fate = SPP_HTTP_HANG;
	else if (fault == SPP_FAULT_CUT_APPLIED || fault == SPP_FAULT_CUT_LOST)
		call->reply->fate = SPP_HTTP_CUT;
	else if (fault == SPP_FAULT_REFUSED)
		complain(call, SPP_VERDICT_REFUSED, "refused on demand");
	else if (fault == SPP_FAULT_TRANSIENT)
		complain(call, SPP_VERDICT_TRANSIENT, "busy on demand");
	else if (fault == SPP_FAULT_IN_PROGRESS)
		complain(call, SPP_VERDICT_IN_PROGRESS, "under way on demand");
	else if (fault == SPP_FAULT_STALLED) {
		call->reply->status = SPP_VERDICT_ACCEPTED;
		spp_buf_string(&call->reply->body, "{}\n");
	}
}

/* What is remembered: replies to requests that did something. */
static void run(struct spp_call *call, const struct endpoint *endpoint)
{
	struct spp_sandbox *sandbox = call->sandbox;
	const char *key = endpoint->changes ? spp_http_header(call->request,
						      "Idempotency-Key")
	                                    : NULL;
	const struct spp_kept_reply *kept =
		key != NULL ? spp_replies_find(sandbox->replies, key) : NULL;
	const char *target;

	if (kept != NULL) {
		call->reply->status = kept->status;
		spp_buf_append(&call->reply->body, kept->body, kept->length);
		return;
	}
	target = endpoint->target != NULL
	                 ? spp_call_text(call, endpoint->target)
	                 : NULL;
	perform_with_fault(call, endpoint,
		spp_faults_meet(&sandbox->faults, target, endpoint->operation));
	if (key != NULL && call->reply->status < 300 &&
		call->reply->body.length > 0)
		spp_replies_keep(sandbox->replies, key, call->reply->status,
			call->reply->body.data, call->reply->body.length);
}

static void handle(void *context, const struct spp_http_request *request,
	struct spp_http_reply *reply)
{
	struct spp_call call = {
		.sandbox = context,
		.request = request,
		.reply = reply,
	};
	bool known = false;
	const struct endpoint *endpoint = find(&call, &known);

	if (endpoint == NULL)
		complain(&call, known ? 405 : SPP_VERDICT_NOT_FOUND,
			known ? "no such method here" : "no such path");
	else if (call.partition == SPP_WORLD_NONE)
		complain(&call, SPP_VERDICT_NOT_FOUND, "no such partition");
	else if (call.subscription == SPP_WORLD_NONE)
		complain(&call, SPP_VERDICT_NOT_FOUND, "no such subscription");
	else if (admit(&call) && read_body(&call))
		run(&call, endpoint);
	spp_json_free(call.body);
	if (call.arena.failed)
		reply->status = 500;
	spp_arena_free(&call.arena);
}

struct spp_http_server *spp_api_open(struct spp_sandbox *sandbox)
{
	sandbox->replies =
		spp_arena_alloc(&sandbox->arena, 1, sizeof(*sandbox->replies));
	if (sandbox->replies == NULL) {
		spp_fail_memory(sandbox->err);
		return NULL;
	}
	return spp_http_server_open(
		sandbox->config.port, handle, sandbox, sandbox->err);
}

void spp_api_close(struct spp_sandbox *sandbox)
{
	spp_http_server_close(sandbox->server);
	sandbox->server = NULL;
}
