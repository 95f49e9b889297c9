/* The operations of the control API, as HTTP has them. */
#include "lib/base/num.h"
#include "lib/io/json.h"
#include "lib/sandbox/api_call.h"
#include "lib/sandbox/records.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static enum spp_verdict fail(struct spp_call *call, enum spp_verdict verdict,
	const char *what, const char *name)
{
	snprintf(call->reason.text, sizeof(call->reason.text), "%s %.80s", what,
		name);
	return verdict;
}

/* The platform that an argument names. */
static enum spp_verdict platform_of(
	struct spp_call *call, const char *argument, size_t *platform)
{
	const char *name = spp_call_text(call, argument);

	if (name == NULL)
		return fail(call, SPP_VERDICT_MALFORMED, "missing argument",
			argument);
	*platform = spp_world_platform(call->sandbox->world, name);
	if (*platform == SPP_WORLD_NONE)
		return fail(call, SPP_VERDICT_NOT_FOUND, "no platform", name);
	return SPP_VERDICT_OK;
}

/* A number in the body; absent leaves *value. */
static enum spp_verdict number_of(
	struct spp_call *call, const char *name, double *value)
{
	const struct spp_json *json =
		call->body != NULL ? spp_json_get(call->body, name) : NULL;

	if (json == NULL || spp_json_kind(json) == SPP_JSON_NULL)
		return SPP_VERDICT_OK;
	if (spp_json_kind(json) != SPP_JSON_INTEGER &&
		spp_json_kind(json) != SPP_JSON_REAL)
		return fail(call, SPP_VERDICT_MALFORMED, "no number:", name);
	if (!(spp_json_number(json) >= 0))
		return fail(call, SPP_VERDICT_MALFORMED, "below 0:", name);
	*value = spp_json_number(json);
	return SPP_VERDICT_OK;
}

static void put_name(struct spp_call *call, size_t platform)
{
	spp_json_put_string(
		&call->reply->body, call->sandbox->nodes[platform].name);
}

static void put_places(struct spp_call *call, const char *name)
{
	const struct spp_place *place = &call->sandbox->places[call->partition];
	struct spp_buf *body = &call->reply->body;

	spp_buf_format(body, "\"%s\":[", name);
	for (size_t i = 0; i < place->count; i++) {
		if (i > 0)
			spp_buf_char(body, ',');
		put_name(call, place->replicas[i]);
	}
	spp_buf_string(body, "],");
}

/* {"p1":"41"}: a position for each open connection that has one. */
static void put_positions(struct spp_call *call,
	const struct spp_subscriber *subscriber, const char *name, bool first)
{
	struct spp_buf *body = &call->reply->body;
	const char *comma = "";

	spp_buf_format(body, ",\"%s\":{", name);
	for (size_t i = 0; i < SPP_DELIVERIES_MAX; i++) {
		const struct spp_delivery *delivery = &subscriber->on[i];

		if (delivery->link == NULL || !delivery->has_first)
			continue;
		spp_buf_string(body, comma);
		put_name(call, delivery->platform);
		spp_buf_format(body, ":\"%" PRIu64 "\"",
			first ? delivery->first : delivery->next - 1);
		comma = ",";
	}
	spp_buf_char(body, '}');
}

static void put_subscriber(
	struct spp_call *call, const struct spp_subscriber *subscriber)
{
	const char *name = subscriber->subscription->record->subscriber;
	struct spp_buf *body = &call->reply->body;
	const char *comma = "";

	spp_buf_string(body, "{\"id\":");
	spp_json_put_string(body, name);
	spp_buf_string(body, ",\"subscriber\":");
	spp_json_put_string(body, name);
	spp_buf_string(body, ",\"on\":[");
	for (size_t i = 0; i < SPP_DELIVERIES_MAX; i++) {
		if (subscriber->on[i].link == NULL)
			continue;
		spp_buf_string(body, comma);
		put_name(call, subscriber->on[i].platform);
		comma = ",";
	}
	spp_buf_char(body, ']');
	put_positions(call, subscriber, "pos", false);
	put_positions(call, subscriber, "first", true);
	spp_buf_char(body, '}');
}

/* The subscriptions of a partition; PLATFORM = SPP_WORLD_NONE: all. */
static void put_subscribers(struct spp_call *call, size_t platform)
{
	const struct spp_subscribers *all = &call->sandbox->subscribers;
	struct spp_buf *body = &call->reply->body;
	const char *comma = "";

	spp_buf_string(body, "\"subs\":[");
	for (size_t i = 0; i < all->count; i++) {
		const struct spp_subscriber *subscriber = &all->items[i];

		if (subscriber->subscription->partition != call->partition)
			continue;
		if (platform != SPP_WORLD_NONE &&
			spp_subscriber_on(subscriber, platform) == NULL)
			continue;
		spp_buf_string(body, comma);
		put_subscriber(call, subscriber);
		comma = ",";
	}
	spp_buf_char(body, ']');
}

static void put_inflight(struct spp_call *call, size_t partition)
{
	const struct spp_place *place = &call->sandbox->places[partition];
	struct spp_buf *body = &call->reply->body;

	spp_buf_string(body, "\"op\":\"attach\",\"to\":");
	put_name(call, place->to);
	spp_buf_string(body, ",\"copied\":");
	spp_json_put_exact(body, spp_control_gained(call->sandbox, partition));
	spp_buf_string(body, ",\"bytes\":");
	spp_json_put_exact(body, place->bytes);
}

static void put_state(struct spp_call *call)
{
	const struct spp_sandbox *sandbox = call->sandbox;
	const struct spp_place *place = &sandbox->places[call->partition];
	struct spp_buf *body = &call->reply->body;

	spp_buf_format(body, "\"version\":\"%" PRIu64 "\",", place->version);
	put_places(call, "replicas");
	put_places(call, "serving");
	spp_buf_string(body, "\"route\":");
	put_name(call, place->replicas[0]);
	spp_buf_string(body, ",\"size_bytes\":");
	spp_json_put_exact(
		body, spp_node_bytes(&sandbox->nodes[place->replicas[0]],
			      (uint32_t)call->partition));
	spp_buf_char(body, ',');
	put_subscribers(call, SPP_WORLD_NONE);
	spp_buf_string(body, ",\"inflight\":");
	if (place->attaching) {
		spp_buf_char(body, '{');
		put_inflight(call, call->partition);
		spp_buf_char(body, '}');
	} else {
		spp_buf_string(body, "null");
	}
}

/* The members of the driver record, without its type. */
static void put_driver(struct spp_call *call)
{
	static const char type[] = "{\"type\":\"driver\",";
	struct spp_buf *body = &call->reply->body;
	struct spp_buf line = {0};
	size_t length = sizeof(type) - 1;

	spp_records_driver(call->sandbox, &line, &call->arena);
	if (line.failed || line.length < length) {
		body->failed = true;
	} else {
		assert(memcmp(line.data, type, length) == 0);
		spp_buf_char(body, '{');
		spp_buf_append(body, line.data + length, line.length - length);
	}
	spp_buf_free(&line);
}

enum spp_verdict spp_api_hello(struct spp_call *call)
{
	struct spp_buf *body = &call->reply->body;
	char now[SPP_TIME_SIZE];

	spp_time_text(spp_clock_calendar(&call->sandbox->clock,
			      call->sandbox->clock.now_s),
		now);
	spp_buf_string(body, "{\"cluster\":");
	spp_json_put_string(body, call->sandbox->world->cluster);
	spp_buf_string(body, ",\"driver\":");
	put_driver(call);
	spp_buf_string(body,
		",\"idempotent\":{\"attach\":\"yes\",\"route\":\"yes\","
		"\"open_sub\":\"yes\",\"close_sub\":\"yes\","
		"\"detach\":\"yes\",\"cancel\":\"yes\",\"throttle\":\"yes\"},"
		"\"readback\":\"strong\",\"rollback\":\"cancel\","
		"\"now\":");
	spp_json_put_string(body, now);
	spp_buf_string(body, ",\"speed\":");
	spp_json_put_exact(body, call->sandbox->config.speed);
	spp_buf_string(body, "}\n");
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_api_fence(struct spp_call *call)
{
	spp_buf_format(&call->reply->body, "{\"epoch\":%" PRId64 "}\n",
		call->sandbox->epoch);
	call->sandbox->epoch++;
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_api_get(struct spp_call *call)
{
	spp_buf_string(&call->reply->body, "{\"state\":{");
	put_state(call);
	spp_buf_string(&call->reply->body, "}}\n");
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_api_list(struct spp_call *call)
{
	struct spp_buf *body = &call->reply->body;
	const struct spp_world *world = call->sandbox->world;

	spp_buf_string(body, "{\"partitions\":[");
	for (size_t p = 0; p < world->partition_count; p++) {
		if (p > 0)
			spp_buf_char(body, ',');
		spp_buf_string(body, "{\"partition\":");
		spp_json_put_string(body, world->partitions[p].name);
		spp_buf_char(body, ',');
		call->partition = p;
		put_state(call);
		spp_buf_char(body, '}');
	}
	spp_buf_string(body, "]}\n");
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_api_attach(struct spp_call *call)
{
	struct spp_sandbox *sandbox = call->sandbox;
	size_t to, copy_from = sandbox->places[call->partition].replicas[0];
	double rate = sandbox->config.copy_rate;
	enum spp_verdict verdict = platform_of(call, "to", &to);

	if (verdict == SPP_VERDICT_OK &&
		spp_call_text(call, "copy_from") != NULL)
		verdict = platform_of(call, "copy_from", &copy_from);
	if (verdict == SPP_VERDICT_OK)
		verdict = number_of(call, "rate", &rate);
	if (verdict == SPP_VERDICT_OK && !(rate > 0))
		return fail(call, SPP_VERDICT_MALFORMED,
			"must be above 0:", "rate");
	if (verdict != SPP_VERDICT_OK)
		return verdict;
	return spp_control_attach(
		sandbox, call->partition, to, copy_from, rate, &call->reason);
}

enum spp_verdict spp_api_route(struct spp_call *call)
{
	const char *wanted = spp_http_header(call->request, "If-Match");
	char version[24];
	size_t to, length;
	enum spp_verdict verdict = platform_of(call, "to", &to);

	if (verdict != SPP_VERDICT_OK)
		return verdict;
	if (wanted != NULL) {
		/* An entity tag stands in quotes. */
		wanted += *wanted == '"';
		length = strcspn(wanted, "\"");
		if (length >= sizeof(version))
			return fail(call, SPP_VERDICT_CONFLICT,
				"no such version:", wanted);
		memcpy(version, wanted, length);
		version[length] = '\0';
		wanted = version;
	}
	verdict = spp_control_route(
		call->sandbox, call->partition, to, wanted, &call->reason);
	if (verdict == SPP_VERDICT_OK)
		spp_buf_format(&call->reply->body,
			"{\"version\":\"%" PRIu64 "\"}\n",
			call->sandbox->places[call->partition].version);
	return verdict;
}

enum spp_verdict spp_api_detach(struct spp_call *call)
{
	size_t platform;
	enum spp_verdict verdict = platform_of(call, "platform", &platform);

	if (verdict != SPP_VERDICT_OK)
		return verdict;
	return spp_control_detach(
		call->sandbox, call->partition, platform, &call->reason);
}

enum spp_verdict spp_api_cancel(struct spp_call *call)
{
	return spp_control_cancel(
		call->sandbox, call->partition, &call->reason);
}

enum spp_verdict spp_api_subs(struct spp_call *call)
{
	size_t platform = SPP_WORLD_NONE;
	enum spp_verdict verdict = SPP_VERDICT_OK;

	if (spp_call_text(call, "on") != NULL)
		verdict = platform_of(call, "on", &platform);
	if (verdict != SPP_VERDICT_OK)
		return verdict;
	spp_buf_char(&call->reply->body, '{');
	put_subscribers(call, platform);
	spp_buf_string(&call->reply->body, "}\n");
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_api_open_sub(struct spp_call *call)
{
	size_t to;
	enum spp_verdict verdict = platform_of(call, "to", &to);

	if (verdict != SPP_VERDICT_OK)
		return verdict;
	return spp_control_open(call->sandbox, call->subscription, to,
		spp_call_text(call, "from"), &call->reason);
}

enum spp_verdict spp_api_close_sub(struct spp_call *call)
{
	size_t on;
	enum spp_verdict verdict = platform_of(call, "on", &on);

	if (verdict != SPP_VERDICT_OK)
		return verdict;
	return spp_control_close(
		call->sandbox, call->subscription, on, &call->reason);
}

enum spp_verdict spp_api_evidence(struct spp_call *call)
{
	struct spp_evidence evidence = {0};
	struct spp_buf *body = &call->reply->body;
	size_t from, to;
	enum spp_verdict verdict = platform_of(call, "from", &from);

	if (verdict == SPP_VERDICT_OK)
		verdict = platform_of(call, "to", &to);
	if (verdict == SPP_VERDICT_OK)
		verdict = spp_control_evidence(call->sandbox,
			call->subscription, from, to, &evidence, &call->reason);
	if (verdict != SPP_VERDICT_OK)
		return verdict;
	spp_buf_format(
		body, "{\"covered\":%s", evidence.covered ? "true" : "false");
	if (evidence.old_up_to > 0)
		spp_buf_format(body, ",\"old_up_to\":\"%" PRIu64 "\"",
			evidence.old_up_to - 1);
	if (evidence.begun)
		spp_buf_format(body, ",\"new_from\":\"%" PRIu64 "\"",
			evidence.new_from);
	spp_buf_string(body, "}\n");
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_api_inflight(struct spp_call *call)
{
	const struct spp_world *world = call->sandbox->world;
	struct spp_buf *body = &call->reply->body;
	const char *comma = "";

	spp_buf_string(body, "{\"moves\":[");
	for (size_t p = 0; p < world->partition_count; p++) {
		if (!call->sandbox->places[p].attaching)
			continue;
		spp_buf_format(body, "%s{\"partition\":", comma);
		spp_json_put_string(body, world->partitions[p].name);
		spp_buf_char(body, ',');
		put_inflight(call, p);
		spp_buf_char(body, '}');
		comma = ",";
	}
	spp_buf_string(body, "]}\n");
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_api_throttle(struct spp_call *call)
{
	double rate = call->sandbox->config.copy_rate;
	enum spp_verdict verdict = number_of(call, "rate", &rate);

	if (verdict == SPP_VERDICT_OK && !(rate > 0))
		return fail(call, SPP_VERDICT_MALFORMED,
			"must be above 0:", "rate");
	if (verdict == SPP_VERDICT_OK)
		spp_control_throttle(call->sandbox, rate);
	return verdict;
}

enum spp_verdict spp_api_rates(struct spp_call *call)
{
	struct spp_publishers *publishers = &call->sandbox->publishers;
	const struct spp_json *hold =
		call->body != NULL ? spp_json_get(call->body, "hold") : NULL;
	enum spp_verdict verdict = number_of(call, "scale", &publishers->scale);

	if (hold != NULL && spp_json_kind(hold) == SPP_JSON_BOOL)
		publishers->hold_s =
			spp_json_bool(hold) ? call->sandbox->clock.now_s : NAN;
	return verdict;
}

enum spp_verdict spp_api_quit(struct spp_call *call)
{
	call->sandbox->stopping = true;
	return SPP_VERDICT_OK;
}
