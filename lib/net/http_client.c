#include "lib/net/http_client.h"
#include "lib/base/err.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct spp_http_client {
	CURLM *multi;
	size_t running;
};

static void *curl_new(size_t size)
{
	return spp_memory_new(size);
}

static void *curl_resize(void *old, size_t size)
{
	return spp_memory_resize(old, size);
}

static void curl_release(void *old)
{
	spp_memory_free(old);
}

static void *curl_zeroed(size_t count, size_t size)
{
	void *data;

	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	data = spp_memory_new(count * size);
	return data != NULL ? memset(data, 0, count * size) : NULL;
}

static char *curl_string(const char *string)
{
	size_t size = strlen(string) + 1;
	char *copy = spp_memory_new(size);

	return copy != NULL ? memcpy(copy, string, size) : NULL;
}

struct spp_http_client *spp_http_client_new(struct spp_err *err)
{
	struct spp_http_client *client = spp_memory_new(sizeof(*client));

	if (client == NULL) {
		spp_fail_memory(err);
		return NULL;
	}
	*client = (struct spp_http_client){0};
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_new, curl_release,
		    curl_resize, curl_string, curl_zeroed) == CURLE_OK) {
		client->multi = curl_multi_init();
		if (client->multi != NULL)
			return client;
		curl_global_cleanup();
	}
	spp_memory_free(client);
	spp_fail(err, SPP_SYSTEM, "cannot start the HTTP client");
	return NULL;
}

void spp_http_client_free(struct spp_http_client *client)
{
	if (client == NULL)
		return;
	assert(client->running == 0);
	curl_multi_cleanup(client->multi);
	curl_global_cleanup();
	spp_memory_free(client);
}

static size_t take(char *data, size_t size, size_t count, void *context)
{
	struct spp_http_call *call = context;

	if (call->reply.length + size * count > SPP_HTTP_REPLY_MAX)
		return 0;
	spp_buf_append(&call->reply, data, size * count);
	return call->reply.failed ? 0 : size * count;
}

static void drop(struct spp_http_call *call)
{
	curl_easy_cleanup(call->private_handle);
	curl_slist_free_all(call->private_headers);
	call->private_handle = NULL;
	call->private_headers = NULL;
}

static bool prepare(struct spp_http_call *call, CURL *easy)
{
	struct curl_slist *list = NULL;
	bool fine = true;

	for (size_t i = 0; i < SPP_HTTP_HEADERS_MAX; i++) {
		if (call->headers[i] == NULL)
			continue;
		list = curl_slist_append(
			call->private_headers, call->headers[i]);
		if (list == NULL)
			return false;
		call->private_headers = list;
	}
	/* A body is sent at once, not after a "100 Continue". */
	list = curl_slist_append(call->private_headers, "Expect:");
	if (list == NULL)
		return false;
	call->private_headers = list;
#define SET(option, value)                                                     \
	(fine = fine && curl_easy_setopt(easy, option, value) == CURLE_OK)
	SET(CURLOPT_URL, call->url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_ERRORBUFFER, call->text);
	SET(CURLOPT_WRITEFUNCTION, take);
	SET(CURLOPT_WRITEDATA, (void *)call);
	SET(CURLOPT_PRIVATE, (void *)call);
	SET(CURLOPT_TIMEOUT_MS, call->wait_ms);
	SET(CURLOPT_HTTPHEADER, list);
	if (call->body != NULL) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_length);
		SET(CURLOPT_POSTFIELDS, call->body);
	}
	SET(CURLOPT_CUSTOMREQUEST, call->method);
#undef SET
	return fine;
}

bool spp_http_client_start(struct spp_http_client *client,
	struct spp_http_call *call, struct spp_err *err)
{
	CURL *easy = curl_easy_init();

	call->private_handle = easy;
	call->private_headers = NULL;
	call->reply = (struct spp_buf){0};
	call->status = 0;
	call->text[0] = '\0';
	if (easy == NULL)
		return spp_fail_memory(err);
	if (!prepare(call, easy) ||
		curl_multi_add_handle(client->multi, easy) != CURLM_OK) {
		drop(call);
		return spp_fail(err, SPP_SYSTEM, "cannot ask %s", call->url);
	}
	client->running++;
	return true;
}

static enum spp_http_outcome outcome_of(CURLcode code, CURL *easy)
{
	long sent = 0;

	if (code == CURLE_OK)
		return SPP_HTTP_REPLIED;
	curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
	switch (code) {
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
		return SPP_HTTP_UNREACHABLE;
	default:
		return sent > 0 ? SPP_HTTP_LOST : SPP_HTTP_UNREACHABLE;
	}
}

void spp_http_client_drop(
	struct spp_http_client *client, struct spp_http_call *call)
{
	curl_multi_remove_handle(client->multi, call->private_handle);
	drop(call);
	spp_buf_free(&call->reply);
	client->running--;
}

static void finish(struct spp_http_client *client, struct spp_http_call *call,
	CURLcode code)
{
	CURL *easy = call->private_handle;

	call->outcome = outcome_of(code, easy);
	if (code == CURLE_OK)
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &call->status);
	else if (call->text[0] == '\0')
		snprintf(call->text, sizeof(call->text), "%s",
			curl_easy_strerror(code));
	curl_multi_remove_handle(client->multi, easy);
	drop(call);
	client->running--;
	call->done(call->context, call);
}

bool spp_http_client_turn(struct spp_http_client *client, int fd, int wait_ms,
	bool *readable, struct spp_err *err)
{
	struct curl_waitfd extra = {.fd = fd, .events = CURL_WAIT_POLLIN};
	int running, left;
	CURLMsg *message;

	if (curl_multi_poll(client->multi, fd >= 0 ? &extra : NULL, fd >= 0,
		    wait_ms, NULL) != CURLM_OK ||
		curl_multi_perform(client->multi, &running) != CURLM_OK)
		return spp_fail(err, SPP_SYSTEM, "the HTTP client failed");
	if (readable != NULL)
		*readable = fd >= 0 && extra.revents != 0;
	while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
		struct spp_http_call *call;
		CURLcode code = message->data.result;
		char *place = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(
			message->easy_handle, CURLINFO_PRIVATE, &place);
		call = (void *)place;
		finish(client, call, code);
	}
	return true;
}

static void note_done(void *context, struct spp_http_call *call)
{
	bool *done = context;

	(void)call;
	*done = true;
}

bool spp_http_fetch(const char *method, const char *url, struct spp_buf *reply,
	struct spp_err *err)
{
	struct spp_http_client *client = spp_http_client_new(err);
	bool done = false, fine = true;
	struct spp_http_call call = {
		.method = method,
		.url = url,
		.done = note_done,
		.context = &done,
	};

	if (client == NULL)
		return false;
	fine = spp_http_client_start(client, &call, err);
	if (!fine) {
		spp_http_client_free(client);
		return false;
	}
	while (fine && !done)
		fine = spp_http_client_turn(client, -1, 1000, NULL, err);
	if (!done)
		spp_http_client_drop(client, &call);
	if (fine && call.outcome != SPP_HTTP_REPLIED)
		fine = spp_fail(
			err, SPP_SYSTEM, "cannot get %s: %s", url, call.text);
	else if (fine && call.status != 200)
		fine = spp_fail(err, SPP_SYSTEM, "%s answered %ld: %.*s", url,
			call.status,
			(int)(call.reply.length < 120 ? call.reply.length
						      : 120),
			call.reply.length > 0 ? call.reply.data : "");
	if (fine)
		spp_buf_append(reply, call.reply.data, call.reply.length);
	spp_buf_free(&call.reply);
	spp_http_client_free(client);
	return fine && spp_buf_ok(reply, err);
}
