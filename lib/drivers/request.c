#include "lib/drivers/request.h"
#include "lib/base/err.h"
#include "lib/io/json.h"

#include <inttypes.h>
#include <string.h>

enum { WAIT_DEFAULT_MS = 30000, WAIT_MOST_MS = 3600000 };

/*
 * In a path "{name}" is the argument of that name, "{?name}" the same as a
 * query where it is given.
 */
static const struct operation {
	const char *name;
	const char *method;
	const char *path;
	bool changes;
} operations[] = {
	{"hello", "GET", "/v1/hello", false},
	{"fence", "POST", "/v1/fence", false},
	{"get", "GET", "/v1/partitions/{partition}", false},
	{"list", "GET", "/v1/partitions", false},
	{"attach", "POST", "/v1/partitions/{partition}:attach", true},
	{"route", "PUT", "/v1/partitions/{partition}/route", true},
	{"subs", "GET", "/v1/partitions/{partition}/subs{?on}", false},
	{"open_sub", "POST", "/v1/partitions/{partition}/subs/{sub}:open",
		true},
	{"evidence", "GET",
		"/v1/partitions/{partition}/subs/{sub}/evidence"
		"?from={from}&to={to}",
		false},
	{"close_sub", "POST", "/v1/partitions/{partition}/subs/{sub}:close",
		true},
	{"detach", "POST", "/v1/partitions/{partition}:detach", true},
	{"cancel", "POST", "/v1/partitions/{partition}:cancel", true},
	{"throttle", "PUT", "/v1/throttle", true},
	{"inflight", "GET", "/v1/inflight", false},
};

static const struct operation *find(const char *name)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	return NULL;
}

/* The string member of an object, or NULL. */
static const char *text_of(const struct spp_json *object, const char *name)
{
	const struct spp_json *value =
		object != NULL ? spp_json_get(object, name) : NULL;
	size_t length;

	return value != NULL && spp_json_kind(value) == SPP_JSON_STRING
	               ? spp_json_string(value, &length)
	               : NULL;
}

static bool wrong(
	struct spp_driver_request *request, const char *error, const char *text)
{
	request->error = error;
	request->text = text;
	return false;
}

static void escape(struct spp_buf *buf, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~";

	for (; *text != '\0'; text++)
		if (strchr(plain, *text) != NULL)
			spp_buf_char(buf, *text);
		else
			spp_buf_format(buf, "%%%02X", (unsigned char)*text);
}

/* The URL of an operation; false where an argument is missing. */
static bool make_url(struct spp_driver_request *request, const char *base,
	const char *path, const struct spp_json *args, struct spp_buf *url)
{
	spp_buf_string(url, base);
	while (*path != '\0') {
		char name[16] = {0};
		const char *value;
		size_t length;

		if (*path != '{') {
			spp_buf_char(url, *path++);
			continue;
		}
		length = strcspn(++path, "}");
		memcpy(name, path, length);
		path += length + 1;
		value = text_of(args, name + (*name == '?'));
		if (value == NULL && *name == '?')
			continue;
		if (*name == '?')
			spp_buf_format(url, "%s=", name);
		if (value == NULL)
			return wrong(request, "fatal",
				spp_arena_format(&request->arena,
					"argument \"%s\" is missing", name));
		escape(url, value);
	}
	return true;
}

/* A header from a string of the request; nothing may end its line. */
static bool add_header(struct spp_driver_request *request, size_t slot,
	const char *format, const char *value)
{
	if (value == NULL)
		return true;
	for (const char *c = value; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			return wrong(request, "fatal",
				"a key or version holds a control character");
	request->call.headers[slot] =
		spp_arena_format(&request->arena, format, value);
	return true;
}

static bool add_headers(struct spp_driver_request *request,
	const struct spp_json *root, const struct spp_json *args)
{
	const struct spp_json *epoch = spp_json_get(root, "epoch");
	const char *number = NULL;

	if (epoch != NULL && spp_json_kind(epoch) == SPP_JSON_INTEGER)
		number = spp_arena_format(
			&request->arena, "%" PRId64, spp_json_integer(epoch));
	request->call.headers[0] = "Content-Type: application/json";
	return add_header(request, 1, "Idempotency-Key: %s",
		       text_of(root, "key")) &&
	       add_header(request, 2, "Spp-Epoch: %s", number) &&
	       add_header(request, 3, "If-Match: \"%s\"",
		       text_of(args, "if_version"));
}

static long wait_of(const struct spp_json *root)
{
	const struct spp_json *value = spp_json_get(root, "deadline_ms");
	double wait_ms = WAIT_DEFAULT_MS;

	if (value != NULL && (spp_json_kind(value) == SPP_JSON_INTEGER ||
				     spp_json_kind(value) == SPP_JSON_REAL))
		wait_ms = spp_json_number(value);
	if (!(wait_ms >= 1))
		return 1;
	return wait_ms < WAIT_MOST_MS ? (long)wait_ms : WAIT_MOST_MS;
}

/* Fill in the call; false with request->error set where that fails. */
static bool make_call(struct spp_driver_request *request, const char *base,
	const struct spp_json *root)
{
	const struct spp_json *args = spp_json_get(root, "args");
	const char *name = text_of(root, "op");
	const struct operation *operation = name != NULL ? find(name) : NULL;
	struct spp_buf url = {0}, body = {0};
	bool fine;

	if (operation == NULL)
		return wrong(request, "unsupported", "no such operation");
	if (args != NULL && spp_json_kind(args) != SPP_JSON_OBJECT)
		return wrong(request, "fatal", "\"args\" is no object");
	request->changes = operation->changes;
	request->call.method = operation->method;
	request->call.wait_ms = wait_of(root);
	fine = make_url(request, base, operation->path, args, &url) &&
	       add_headers(request, root, args);
	if (fine && args != NULL && operation->changes) {
		spp_json_print(args, &body);
		request->call.body =
			spp_arena_text(&request->arena, body.data, body.length);
		request->call.body_length = body.length;
	}
	if (fine)
		request->call.url =
			spp_arena_text(&request->arena, url.data, url.length);
	if (url.failed || body.failed)
		request->arena.failed = true;
	spp_buf_free(&url);
	spp_buf_free(&body);
	return fine;
}

bool spp_driver_request_read(struct spp_driver_request *request,
	const char *base, const char *line, size_t length, struct spp_err *err)
{
	struct spp_json *root = spp_json_parse(line, length, err);
	const struct spp_json *id;
	struct spp_buf text = {0};

	*request = (struct spp_driver_request){0};
	if (root == NULL)
		return false;
	id = spp_json_kind(root) == SPP_JSON_OBJECT ? spp_json_get(root, "id")
	                                            : NULL;
	if (id == NULL) {
		spp_json_free(root);
		return spp_fail(err, SPP_INPUT, "a request without an id");
	}
	spp_json_print(id, &text);
	request->id = text.failed ? NULL
	                          : spp_arena_text(&request->arena, text.data,
					    text.length);
	spp_buf_free(&text);
	make_call(request, base, root);
	spp_json_free(root);
	if (request->id == NULL || request->arena.failed) {
		spp_arena_free(&request->arena);
		return spp_fail_memory(err);
	}
	return true;
}

/* The contract's code for a status of HTTP. */
static const char *code_of(long status)
{
	switch (status) {
	case 404:
		return "not_found";
	case 405:
		return "unsupported";
	case 409:
		return "in_progress";
	case 412:
		return "conflict";
	case 422:
		return "refused";
	case 423:
		return "fenced";
	case 429:
	case 503:
		return "transient";
	case 408:
	case 500:
	case 502:
	case 504:
		return "unknown";
	default:
		return "fatal";
	}
}

/* What the caller should do next. */
static const char *next_of(const char *code)
{
	if (strcmp(code, "transient") == 0)
		return "retry";
	if (strcmp(code, "unknown") == 0 || strcmp(code, "conflict") == 0 ||
		strcmp(code, "in_progress") == 0)
		return "read";
	if (strcmp(code, "refused") == 0)
		return "wait";
	return "stop";
}

static void put_begin(
	const struct spp_driver_request *request, bool ok, struct spp_buf *line)
{
	spp_buf_format(line, "{\"v\":1,\"id\":%s,\"ok\":%s", request->id,
		ok ? "true" : "false");
}

static void put_error(const struct spp_driver_request *request,
	const char *code, const char *text, struct spp_buf *line)
{
	put_begin(request, false, line);
	spp_buf_format(line,
		",\"error\":{\"code\":\"%s\",\"next\":\"%s\",\"msg\":", code,
		next_of(code));
	spp_json_put_string(line, text);
	spp_buf_string(line, "}}\n");
}

/* The members of the sandbox's reply become members of ours. */
static bool put_reply(const struct spp_driver_request *request,
	const struct spp_json *root, struct spp_buf *line)
{
	const struct spp_json *value;
	const char *name;
	void *cursor = NULL;

	if (root == NULL || spp_json_kind(root) != SPP_JSON_OBJECT)
		return false;
	put_begin(request, true, line);
	while (spp_json_next(root, &cursor, &name, &value)) {
		spp_buf_char(line, ',');
		spp_json_put_string(line, name);
		spp_buf_char(line, ':');
		spp_json_print(value, line);
	}
	spp_buf_string(line, "}\n");
	return true;
}

void spp_driver_request_answer(
	struct spp_driver_request *request, struct spp_buf *line)
{
	const struct spp_http_call *call = &request->call;
	struct spp_json *root = NULL;
	const char *code, *text;

	if (request->error != NULL) {
		put_error(request, request->error, request->text, line);
		return;
	}
	if (call->outcome != SPP_HTTP_REPLIED) {
		/* What only reads can always be asked again. */
		code = call->outcome == SPP_HTTP_LOST && request->changes
		               ? "unknown"
		               : "transient";
		put_error(request, code, call->text, line);
		return;
	}
	if (call->reply.length > 0)
		root = spp_json_parse(
			call->reply.data, call->reply.length, NULL);
	if (call->status == 200 || call->status == 202) {
		if (!put_reply(request, root, line))
			put_error(request, "unknown",
				"the reply is no JSON object", line);
	} else {
		text = root != NULL && spp_json_kind(root) == SPP_JSON_OBJECT
		               ? text_of(root, "error")
		               : NULL;
		put_error(request, code_of(call->status),
			text != NULL ? text : "", line);
	}
	spp_json_free(root);
}

void spp_driver_request_free(struct spp_driver_request *request)
{
	spp_arena_free(&request->arena);
}
