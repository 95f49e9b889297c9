/* What the sandbox says of itself: records, status, ledger, metrics. */
#include "lib/base/err.h"
#include "lib/base/num.h"
#include "lib/io/json.h"
#include "lib/sandbox/api_call.h"
#include "lib/sandbox/records.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The time that ?since= names; without one SPP_TIME_NONE. */
static enum spp_verdict since_of(struct spp_call *call, spp_time *since)
{
	const char *text = spp_call_text(call, "since");

	*since = SPP_TIME_NONE;
	if (text == NULL || spp_time_parse(text, SPP_OFFSET_NONE, since))
		return SPP_VERDICT_OK;
	snprintf(call->reason.text, sizeof(call->reason.text),
		"\"since\" is no time");
	return SPP_VERDICT_MALFORMED;
}

enum spp_verdict spp_api_records(struct spp_call *call)
{
	spp_time since;
	enum spp_verdict verdict = since_of(call, &since);

	if (verdict != SPP_VERDICT_OK)
		return verdict;
	call->reply->kind = "application/x-ndjson";
	spp_records_print(
		call->sandbox, since, &call->reply->body, &call->arena);
	return SPP_VERDICT_OK;
}

static void put(struct spp_buf *buf, const char *name, double value)
{
	spp_buf_format(buf, ",\"%s\":", name);
	spp_json_put_exact(buf, spp_num_estimate(value));
}

static void put_count(struct spp_buf *buf, const char *name, uint64_t value)
{
	spp_buf_format(buf, ",\"%s\":%" PRIu64, name, value);
}

/* Microseconds in, milliseconds out. */
static void put_latency(struct spp_buf *buf, const char *name,
	const struct spp_histogram *histogram)
{
	spp_buf_format(
		buf, ",\"%s\":{\"count\":%" PRIu64, name, histogram->count);
	put(buf, "p50", spp_histogram_quantile(histogram, 0.5) / 1000);
	put(buf, "p99", spp_histogram_quantile(histogram, 0.99) / 1000);
	put(buf, "highest", (double)histogram->highest / 1000);
	spp_buf_char(buf, '}');
}

/* Sums over all subscribers. */
struct totals {
	uint64_t published, unacknowledged, delivered, wire, pending;
	uint64_t lost, duplicated, out_of_order, wire_duplicated, corrupt;
};

/* Published, and not yet handed to the application. */
static uint64_t pending_of(const struct spp_sandbox *sandbox,
	const struct spp_subscriber *subscriber)
{
	size_t p = subscriber->subscription->partition;
	uint64_t end = sandbox->publishers.items[p].next;

	return subscriber->placed && end > subscriber->next
	               ? end - subscriber->next
	               : 0;
}

static struct totals add_up(const struct spp_sandbox *sandbox)
{
	struct totals totals = {0};

	for (size_t p = 0; p < sandbox->publishers.count; p++) {
		totals.published += sandbox->publishers.items[p].published;
		totals.unacknowledged +=
			sandbox->publishers.items[p].waiting.count;
	}
	for (size_t i = 0; i < sandbox->subscribers.count; i++) {
		const struct spp_subscriber *one =
			&sandbox->subscribers.items[i];

		totals.delivered += one->ledger.delivered;
		totals.wire += one->ledger.wire;
		totals.lost += one->ledger.lost;
		totals.duplicated += one->ledger.duplicated;
		totals.out_of_order += one->ledger.out_of_order;
		totals.wire_duplicated += one->ledger.wire_duplicated;
		totals.corrupt += one->ledger.corrupt;
		totals.pending += pending_of(sandbox, one);
	}
	return totals;
}

static void put_totals(struct spp_buf *buf, const struct totals *totals)
{
	put_count(buf, "published", totals->published);
	put_count(buf, "unacknowledged", totals->unacknowledged);
	put_count(buf, "delivered", totals->delivered);
	put_count(buf, "pending", totals->pending);
	put_count(buf, "lost", totals->lost);
	put_count(buf, "duplicated", totals->duplicated);
	put_count(buf, "out_of_order", totals->out_of_order);
	put_count(buf, "wire", totals->wire);
	put_count(buf, "wire_duplicated", totals->wire_duplicated);
	put_count(buf, "corrupt", totals->corrupt);
}

static void put_platform(struct spp_call *call, size_t i, double overload_s)
{
	const struct spp_sandbox *sandbox = call->sandbox;
	const struct spp_node *node = &sandbox->nodes[i];
	const struct spp_service *service = &node->service;
	struct spp_buf *body = &call->reply->body;

	spp_buf_string(body, i > 0 ? ",{\"platform\":" : "{\"platform\":");
	spp_json_put_string(body, node->name);
	put(body, "capacity_bytes", service->capacity);
	put(body, "offered_bytes", service->offered / sandbox->config.window_s);
	put(body, "backlog_bytes", spp_service_backlog(service));
	put(body, "served_bytes", service->served);
	put(body, "overload_s", overload_s);
	put_count(body, "gaps", node->gaps);
	spp_buf_char(body, '}');
}

static void put_clock(struct spp_call *call)
{
	const struct spp_clock *clock = &call->sandbox->clock;
	double real_s = (double)(clock->real_ns - clock->first_ns) * 1e-9;
	struct spp_buf *body = &call->reply->body;
	char text[SPP_TIME_SIZE];

	spp_time_text(spp_clock_calendar(clock, clock->now_s), text);
	spp_buf_format(body, "{\"now\":\"%s\"", text);
	put(body, "elapsed_s", clock->now_s);
	put(body, "speed", clock->speed);
	put(body, "speed_measured", real_s > 0 ? clock->now_s / real_s : 0);
	put(body, "slip_s", clock->slip_s);
}

enum spp_verdict spp_api_status(struct spp_call *call)
{
	const struct spp_sandbox *sandbox = call->sandbox;
	struct spp_buf *body = &call->reply->body;
	struct spp_figures *figures =
		spp_arena_alloc(&call->arena, 1, sizeof(*figures));
	double *overload_s = spp_arena_alloc(
		&call->arena, sandbox->node_count, sizeof(*overload_s));
	struct totals totals = add_up(sandbox);
	spp_time since;
	enum spp_verdict verdict = since_of(call, &since);

	if (verdict != SPP_VERDICT_OK)
		return verdict;
	if (figures == NULL || overload_s == NULL)
		return SPP_VERDICT_TRANSIENT;
	spp_measure_since(sandbox,
		since == SPP_TIME_NONE
			? -INFINITY
			: spp_time_since(since, sandbox->clock.start),
		figures, overload_s);
	put_clock(call);
	put_totals(body, &totals);
	put_latency(body, "latency_ms", &figures->latency);
	put_latency(body, "latency_real_ms", sandbox->subscribers.latency_real);
	put(body, "overload_s", figures->overload_s);
	spp_buf_string(body, ",\"platforms\":[");
	for (size_t i = 0; i < sandbox->node_count; i++)
		put_platform(call, i, overload_s[i]);
	spp_buf_string(body, "]}\n");
	return SPP_VERDICT_OK;
}

static void put_ledger(struct spp_call *call, size_t i)
{
	const struct spp_sandbox *sandbox = call->sandbox;
	const struct spp_subscriber *one = &sandbox->subscribers.items[i];
	const struct spp_ledger *ledger = &one->ledger;
	size_t p = one->subscription->partition;
	struct spp_buf *body = &call->reply->body;

	spp_buf_string(
		body, i > 0 ? ",\n{\"subscriber\":" : "\n{\"subscriber\":");
	spp_json_put_string(body, one->subscription->record->subscriber);
	spp_buf_string(body, ",\"partition\":");
	spp_json_put_string(body, sandbox->world->partitions[p].name);
	spp_buf_format(body, ",\"resumes\":\"%s\"",
		one->subscription->by_position ? "position" : "tail");
	put_count(body, "delivered", ledger->delivered);
	put_count(body, "pending", pending_of(sandbox, one));
	put_count(body, "lost", ledger->lost);
	put_count(body, "duplicated", ledger->duplicated);
	put_count(body, "out_of_order", ledger->out_of_order);
	put_count(body, "wire", ledger->wire);
	put_count(body, "wire_duplicated", ledger->wire_duplicated);
	put_count(body, "corrupt", ledger->corrupt);
	spp_buf_char(body, '}');
}

enum spp_verdict spp_api_ledger(struct spp_call *call)
{
	const struct spp_sandbox *sandbox = call->sandbox;
	struct spp_buf *body = &call->reply->body;
	struct totals totals = add_up(sandbox);
	char text[SPP_TIME_SIZE];

	spp_time_text(spp_clock_calendar(&sandbox->clock, sandbox->clock.now_s),
		text);
	spp_buf_format(body, "{\"now\":\"%s\"", text);
	put_totals(body, &totals);
	spp_buf_string(body, ",\"subscriptions\":[");
	for (size_t i = 0; i < sandbox->subscribers.count; i++)
		put_ledger(call, i);
	spp_buf_string(body, "]}\n");
	return SPP_VERDICT_OK;
}

/* What a metric has a line for each of. */
enum subject { PLATFORM, PARTITION, SUBSCRIPTION };

struct metric {
	const char *name, *kind, *help;
	enum subject subject;
	double (*value)(const struct spp_sandbox *sandbox, size_t i);
};

static double capacity(const struct spp_sandbox *sandbox, size_t i)
{
	return sandbox->nodes[i].service.capacity;
}

static double backlog(const struct spp_sandbox *sandbox, size_t i)
{
	return spp_service_backlog(&sandbox->nodes[i].service);
}

static double served(const struct spp_sandbox *sandbox, size_t i)
{
	return sandbox->nodes[i].service.served;
}

static double overload(const struct spp_sandbox *sandbox, size_t i)
{
	return sandbox->nodes[i].service.overload_s;
}

static double published(const struct spp_sandbox *sandbox, size_t i)
{
	return (double)sandbox->publishers.items[i].published *
	       (double)sandbox->config.record_bytes;
}

static double received(const struct spp_sandbox *sandbox, size_t i)
{
	return (double)sandbox->subscribers.items[i].ledger.wire *
	       (double)sandbox->config.record_bytes;
}

static const struct metric metrics[] = {
	{"spp_platform_capacity_bytes", "gauge",
		"Bytes that a platform serves in a sandbox second.", PLATFORM,
		capacity},
	{"spp_platform_backlog_bytes", "gauge",
		"Bytes that wait in a platform's queue.", PLATFORM, backlog},
	{"spp_platform_served_bytes_total", "counter",
		"Bytes that a platform has served.", PLATFORM, served},
	{"spp_platform_overload_seconds_total", "counter",
		"Sandbox seconds with more work than capacity.", PLATFORM,
		overload},
	{"spp_partition_published_bytes_total", "counter", "Published.",
		PARTITION, published},
	{"spp_subscription_received_bytes_total", "counter", "On the wire.",
		SUBSCRIPTION, received},
};

static void put_label(struct spp_buf *body, const char *name, const char *value)
{
	spp_buf_string(body, name);
	spp_json_put_string(body, value);
}

static void put_labels(const struct spp_sandbox *sandbox, enum subject subject,
	size_t i, struct spp_buf *body)
{
	const struct spp_world *world = sandbox->world;
	const struct spp_partition *partition;

	if (subject == PLATFORM) {
		put_label(body, "{platform=", sandbox->nodes[i].name);
		return;
	}
	partition =
		world->partitions[subject == PARTITION
					  ? i
					  : world->subscriptions[i].partition]
			.record;
	put_label(body, "{stream=", partition->stream);
	put_label(body, ",partition=", partition->partition);
	if (subject == SUBSCRIPTION)
		put_label(body, ",subscriber=",
			world->subscriptions[i].record->subscriber);
}

enum spp_verdict spp_api_metrics(struct spp_call *call)
{
	const struct spp_sandbox *sandbox = call->sandbox;
	const size_t counts[] = {
		[PLATFORM] = sandbox->world->platform_count,
		[PARTITION] = sandbox->world->partition_count,
		[SUBSCRIPTION] = sandbox->world->subscription_count,
	};
	struct spp_buf *body = &call->reply->body;

	call->reply->kind = "text/plain; version=0.0.4";
	for (size_t m = 0; m < sizeof(metrics) / sizeof(*metrics); m++) {
		const struct metric *metric = &metrics[m];

		spp_buf_format(body, "# HELP %s %s\n# TYPE %s %s\n",
			metric->name, metric->help, metric->name, metric->kind);
		for (size_t i = 0; i < counts[metric->subject]; i++) {
			spp_buf_string(body, metric->name);
			put_labels(sandbox, metric->subject, i, body);
			spp_buf_string(body, "} ");
			spp_json_put_exact(body, metric->value(sandbox, i));
			spp_buf_char(body, '\n');
		}
	}
	return SPP_VERDICT_OK;
}
