#include "lib/net/http_server.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <arpa/inet.h>
#include <assert.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

enum { CONNECTIONS_MAX = 256, IDLE_S = 120, CLOSING_TURNS = 100 };

/* A request that is being received, or whose reply is held back. */
struct exchange {
	struct exchange *next; /* of those held back */
	struct MHD_Connection *connection;
	time_t until; /* monotonic second at which the holding ends */
	struct spp_buf body;
	bool begun; /* the head was seen */
	bool large;
	bool held;
};

struct spp_http_server {
	struct MHD_Daemon *daemon;
	spp_http_handler *handler;
	void *context;
	uint16_t port;
	struct exchange *held;
	size_t open; /* exchanges under way */
};

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

const char *spp_http_header(
	const struct spp_http_request *request, const char *name)
{
	return MHD_lookup_connection_value(
		request->connection, MHD_HEADER_KIND, name);
}

const char *spp_http_argument(
	const struct spp_http_request *request, const char *name)
{
	return MHD_lookup_connection_value(
		request->connection, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result send_reply(
	struct MHD_Connection *connection, struct spp_http_reply *reply)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	if (reply->body.failed) {
		spp_buf_free(&reply->body);
		reply->status = 500;
	}
	/* The response owns the bytes from here on. */
	response = MHD_create_response_from_buffer_with_free_callback(
		reply->body.length, reply->body.data, spp_memory_free);
	if (response == NULL) {
		spp_buf_free(&reply->body);
		return MHD_NO;
	}
	MHD_add_response_header(response, "Content-Type", reply->kind);
	if (reply->etag[0] != '\0')
		MHD_add_response_header(response, "ETag", reply->etag);
	if (reply->status == 503)
		MHD_add_response_header(response, "Retry-After", "1");
	result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return result;
}

static void hold(struct spp_http_server *server, struct exchange *exchange,
	struct MHD_Connection *connection)
{
	exchange->held = true;
	exchange->connection = connection;
	exchange->until = now_s() + SPP_HTTP_HANG_S;
	exchange->next = server->held;
	server->held = exchange;
	MHD_suspend_connection(connection);
}

static enum MHD_Result answer(struct spp_http_server *server,
	struct exchange *exchange, struct MHD_Connection *connection,
	const char *url, const char *method)
{
	struct spp_http_request request = {
		.method = method,
		.path = url,
		.body = exchange->body.data != NULL ? exchange->body.data : "",
		.body_length = exchange->body.length,
		.connection = connection,
	};
	struct spp_http_reply reply = {
		.status = 200,
		.kind = "application/json",
	};

	if (exchange->large)
		reply.status = 413;
	else if (exchange->body.failed)
		reply.status = 500;
	else
		server->handler(server->context, &request, &reply);
	if (reply.fate == SPP_HTTP_ANSWER)
		return send_reply(connection, &reply);
	spp_buf_free(&reply.body);
	if (reply.fate == SPP_HTTP_CUT)
		return MHD_NO;
	hold(server, exchange, connection);
	return MHD_YES;
}

static enum MHD_Result receive(void *context, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version,
	const char *upload, size_t *upload_size, void **state)
{
	struct spp_http_server *server = context;
	struct exchange *exchange = *state;

	(void)version;
	if (exchange == NULL)
		return MHD_NO;
	if (!exchange->begun) {
		exchange->begun = true;
		return MHD_YES;
	}
	if (exchange->held)
		return MHD_NO;
	if (*upload_size > 0) {
		if (exchange->body.length + *upload_size > SPP_HTTP_BODY_MAX)
			exchange->large = true;
		else
			spp_buf_append(&exchange->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	return answer(server, exchange, connection, url, method);
}

/* Called with the first line of each request: what it returns is *state. */
static void *begin(
	void *context, const char *uri, struct MHD_Connection *connection)
{
	struct spp_http_server *server = context;
	struct exchange *exchange = spp_memory_new(sizeof(*exchange));

	(void)uri;
	(void)connection;
	if (exchange == NULL)
		return NULL;
	*exchange = (struct exchange){0};
	server->open++;
	return exchange;
}

static void complete(void *context, struct MHD_Connection *connection,
	void **state, enum MHD_RequestTerminationCode code)
{
	struct spp_http_server *server = context;
	struct exchange *exchange = *state;

	(void)connection;
	(void)code;
	if (exchange == NULL)
		return;
	assert(server->open > 0);
	server->open--;
	spp_buf_free(&exchange->body);
	spp_memory_free(exchange);
	*state = NULL;
}

/* Paths are split before they are decoded: a key may hold "%2F". */
static size_t keep_escapes(
	void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

struct spp_http_server *spp_http_server_open(uint16_t port,
	spp_http_handler *handler, void *context, struct spp_err *err)
{
	struct spp_http_server *server = spp_memory_new(sizeof(*server));
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const union MHD_DaemonInfo *info;

	if (server == NULL) {
		spp_fail_memory(err);
		return NULL;
	}
	*server = (struct spp_http_server){
		.handler = handler,
		.context = context,
	};
	server->daemon =
		MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, port,
			NULL, NULL, receive, server, MHD_OPTION_SOCK_ADDR,
			&address, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
			NULL, MHD_OPTION_URI_LOG_CALLBACK, begin, server,
			MHD_OPTION_NOTIFY_COMPLETED, complete, server,
			MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
			MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
			MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_END);
	if (server->daemon == NULL) {
		spp_fail(err, SPP_SYSTEM,
			"cannot serve HTTP on 127.0.0.1 port %u", port);
		spp_memory_free(server);
		return NULL;
	}
	info = MHD_get_daemon_info(
		server->daemon, MHD_DAEMON_INFO_BIND_PORT, NULL);
	server->port = info != NULL ? info->port : port;
	return server;
}

uint16_t spp_http_server_port(const struct spp_http_server *server)
{
	return server->port;
}

/* Let go of replies that were held back long enough, or of all of them. */
static void release(struct spp_http_server *server, bool all)
{
	struct exchange **place = &server->held;

	while (*place != NULL) {
		struct exchange *exchange = *place;

		if (!all && exchange->until > now_s()) {
			place = &exchange->next;
			continue;
		}
		*place = exchange->next;
		MHD_resume_connection(exchange->connection);
	}
}

void spp_http_server_run(struct spp_http_server *server)
{
	if (server->held != NULL)
		release(server, false);
	MHD_run(server->daemon);
}

void spp_http_server_close(struct spp_http_server *server)
{
	const struct timespec nap = {.tv_nsec = 10000000};

	if (server == NULL)
		return;
	release(server, true);
	for (int i = 0; i < CLOSING_TURNS; i++) {
		MHD_run(server->daemon);
		if (server->open == 0)
			break;
		nanosleep(&nap, NULL);
	}
	MHD_stop_daemon(server->daemon);
	spp_memory_free(server);
}
