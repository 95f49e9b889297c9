#include "lib/sandbox/sandbox.h"
#include "lib/base/err.h"
#include "lib/io/json.h"
#include "lib/sandbox/api.h"
#include "lib/sandbox/control.h"

#include <assert.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* How often the sandbox takes a turn, and what it calls being held up. */
static const double TURN_S = 0.001;
static const double STEP_MAX_S = 0.005;

enum { SPARE_DESCRIPTORS = 400 };

/* Ask for as many descriptors as all connections together may need. */
static bool raise_limit(struct spp_sandbox *sandbox)
{
	const struct spp_world *world = sandbox->world;
	size_t platforms = world->platform_count;
	rlim_t wanted = 4 * world->subscription_count +
	                2 * platforms * platforms + 3 * platforms +
	                SPARE_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return spp_fail_errno(sandbox->err, "cannot ask for limits");
	if (limit.rlim_cur >= wanted)
		return true;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
		return spp_fail(sandbox->err, SPP_SYSTEM,
			"this world needs %lu open descriptors",
			(unsigned long)wanted);
	return true;
}

static void on_signal(void *context, uint32_t events)
{
	struct spp_sandbox *sandbox = context;

	(void)events;
	sandbox->stopping = true;
}

/* SIGTERM and SIGINT end the sandbox between two turns. */
static bool watch_signals(struct spp_sandbox *sandbox)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return spp_fail_errno(sandbox->err, "cannot block signals");
	sandbox->signals = (struct spp_watch){
		.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC),
		.ready = on_signal,
		.context = sandbox,
	};
	if (sandbox->signals.fd < 0)
		return spp_fail_errno(sandbox->err, "cannot wait for signals");
	return spp_loop_add(
		&sandbox->loop, &sandbox->signals, EPOLLIN, sandbox->err);
}

static double capacity_of(const struct spp_sandbox *sandbox, size_t platform)
{
	return sandbox->world->cores[platform] * sandbox->config.core_bytes;
}

static bool open_nodes(struct spp_sandbox *sandbox)
{
	const struct spp_world *world = sandbox->world;
	size_t count = world->platform_count;
	double least = INFINITY;

	sandbox->ports =
		spp_arena_alloc(&sandbox->arena, count, sizeof(uint16_t));
	sandbox->nodes = spp_arena_alloc(
		&sandbox->arena, count, sizeof(*sandbox->nodes));
	if (!spp_arena_ok(&sandbox->arena, sandbox->err))
		return false;
	sandbox->site = (struct spp_site){
		.wire = &sandbox->wire,
		.clock = &sandbox->clock,
		.ports = sandbox->ports,
		.platform_count = count,
		.partition_count = world->partition_count,
		.record_bytes = sandbox->config.record_bytes,
		.err = sandbox->err,
		.manager = sandbox,
		.in_sync = spp_control_in_sync,
		.copied = spp_control_copied,
	};
	for (size_t i = 0; i < count; i++) {
		sandbox->node_count = i + 1;
		if (!spp_node_open(&sandbox->nodes[i], &sandbox->site, i,
			    world->platforms[i]->platform,
			    capacity_of(sandbox, i)))
			return false;
		sandbox->ports[i] = sandbox->nodes[i].listener.port;
		least = fmin(least, capacity_of(sandbox, i));
	}
	if (isnan(sandbox->config.copy_rate))
		sandbox->config.copy_rate = least / 4;
	spp_control_throttle(sandbox, sandbox->config.copy_rate);
	return true;
}

/* What a partition's log keeps: the least of what its record says. */
static void set_keeping(struct spp_sandbox *sandbox, size_t partition)
{
	const struct spp_partition *record =
		sandbox->world->partitions[partition].record;
	double size = spp_present(record->size_bytes) ? record->size_bytes : 0;
	double most = sandbox->config.retention_bytes > size
	                      ? sandbox->config.retention_bytes
	                      : size;
	double each = (double)sandbox->config.record_bytes;
	struct spp_keeping *keeping = &sandbox->places[partition].keeping;

	if (spp_present(record->retention_bytes))
		most = record->retention_bytes;
	keeping->most = (size_t)fmax(1, floor(most / each));
	keeping->begin = (size_t)fmin((double)keeping->most, size / each);
	if (spp_present(record->retention_s))
		keeping->most_ns = (uint64_t)fmax(1, record->retention_s * 1e9);
}

static bool place_partition(struct spp_sandbox *sandbox, size_t p)
{
	const struct spp_world_partition *partition =
		&sandbox->world->partitions[p];
	struct spp_place *place = &sandbox->places[p];
	const char *version = partition->record->version;
	size_t count = partition->replica_count;

	if (count > SPP_FOLLOWERS_MAX)
		return spp_fail(sandbox->err, SPP_INPUT,
			"partition %.60s has more than %d replicas",
			partition->name, SPP_FOLLOWERS_MAX);
	set_keeping(sandbox, p);
	place->count = count;
	place->version = 1;
	if (version != NULL &&
		strspn(version, "0123456789") == strlen(version) &&
		strlen(version) < 18)
		for (place->version = 0; *version != '\0'; version++)
			place->version = place->version * 10 +
			                 (uint64_t)(*version - '0');
	place->moved_at = partition->record->moved_at;
	for (size_t r = 0; r < count; r++) {
		place->replicas[r] = partition->replicas[r];
		if (!spp_node_hold(&sandbox->nodes[place->replicas[r]],
			    (uint32_t)p, &place->keeping))
			return false;
	}
	spp_node_lead(&sandbox->nodes[place->replicas[0]], (uint32_t)p,
		place->replicas + 1, count - 1);
	for (size_t r = 1; r < count; r++)
		spp_node_follow(&sandbox->nodes[place->replicas[r]],
			(uint32_t)p, place->replicas[0], 0);
	spp_publisher_begin(&sandbox->publishers, p, place->keeping.begin,
		place->replicas[0]);
	return true;
}

static bool open_clients(struct spp_sandbox *sandbox)
{
	const struct spp_world *world = sandbox->world;

	sandbox->places = spp_arena_alloc(&sandbox->arena,
		world->partition_count, sizeof(*sandbox->places));
	sandbox->changed_s = spp_arena_alloc(&sandbox->arena,
		world->platform_count, sizeof(*sandbox->changed_s));
	if (!spp_arena_ok(&sandbox->arena, sandbox->err))
		return false;
	for (size_t i = 0; i < world->platform_count; i++)
		sandbox->changed_s[i] = -1;
	if (!spp_publishers_open(&sandbox->publishers, world, &sandbox->wire,
		    &sandbox->clock, sandbox->ports,
		    sandbox->config.record_bytes, sandbox->config.seed) ||
		!spp_subscribers_open(&sandbox->subscribers, world,
			&sandbox->wire, &sandbox->clock, sandbox->ports))
		return false;
	sandbox->subscribers.manager = sandbox;
	sandbox->subscribers.route = spp_control_leader;
	for (size_t p = 0; p < world->partition_count; p++)
		if (!place_partition(sandbox, p))
			return false;
	for (size_t i = 0; i < world->subscription_count; i++) {
		const struct spp_world_subscription *subscription =
			&world->subscriptions[i];
		const struct spp_place *place =
			&sandbox->places[subscription->partition];
		size_t platform = place->replicas[0];

		if (sandbox->config.serve != SPP_SERVE_LEADER &&
			subscription->platform != SPP_WORLD_NONE &&
			spp_control_has(place, subscription->platform))
			platform = subscription->platform;
		if (!spp_subscriber_connect(&sandbox->subscribers.items[i],
			    platform,
			    subscription->by_position ? place->keeping.begin
						      : SPP_FROM_TAIL))
			return false;
	}
	return true;
}

bool spp_sandbox_open(struct spp_sandbox *sandbox, struct spp_world *world,
	const struct spp_sandbox_config *config,
	const struct spp_strings *faults, struct spp_err *err)
{
	*sandbox = (struct spp_sandbox){
		.config = *config,
		.world = world,
		.err = err,
		.loop.fd = -1,
		.signals.fd = -1,
	};
	if (!raise_limit(sandbox) ||
		!spp_faults_read(&sandbox->faults, faults, config->seed,
			&sandbox->arena, err) ||
		!spp_loop_open(&sandbox->loop, err) ||
		!watch_signals(sandbox) ||
		!spp_wire_open(&sandbox->wire, &sandbox->loop,
			config->record_bytes, err) ||
		!open_nodes(sandbox) || !open_clients(sandbox) ||
		!spp_measure_open(sandbox))
		return false;
	sandbox->server = spp_api_open(sandbox);
	if (sandbox->server == NULL)
		return false;
	/* A window must not be stepped over, however fast time runs. */
	spp_clock_begin(&sandbox->clock, config->speed,
		fmin(STEP_MAX_S, config->window_s / config->speed / 2),
		world->start);
	return true;
}

void spp_sandbox_turn(struct spp_sandbox *sandbox)
{
	double elapsed_s = spp_clock_advance(&sandbox->clock);

	spp_publishers_turn(&sandbox->publishers, elapsed_s);
	spp_wire_flush(&sandbox->wire);
	spp_loop_turn(&sandbox->loop, 0, sandbox->err);
	for (size_t i = 0; i < sandbox->node_count; i++)
		spp_node_turn(&sandbox->nodes[i], elapsed_s);
	spp_wire_flush(&sandbox->wire);
	spp_measure_turn(sandbox);
	spp_http_server_run(sandbox->server);
	spp_wire_turn_over(&sandbox->wire);
}

bool spp_sandbox_run(struct spp_sandbox *sandbox)
{
	uint64_t next = spp_clock_real_ns();

	while (!sandbox->stopping && sandbox->err->status == SPP_DONE) {
		uint64_t now;

		spp_sandbox_turn(sandbox);
		if (sandbox->clock.now_s >= sandbox->config.until_s)
			break;
		next += (uint64_t)(TURN_S * 1e9);
		now = spp_clock_real_ns();
		if (next > now)
			spp_clock_sleep(next);
		else
			next = now;
	}
	return sandbox->err->status == SPP_DONE;
}

void spp_sandbox_close(struct spp_sandbox *sandbox)
{
	spp_api_close(sandbox);
	for (size_t i = 0; i < sandbox->node_count; i++)
		spp_node_close(&sandbox->nodes[i]);
	spp_publishers_close(&sandbox->publishers);
	spp_subscribers_close(&sandbox->subscribers);
	spp_wire_close(&sandbox->wire);
	spp_measure_close(&sandbox->measure);
	if (sandbox->signals.fd >= 0)
		close(sandbox->signals.fd);
	spp_loop_close(&sandbox->loop);
	spp_arena_free(&sandbox->arena);
}

void spp_sandbox_ready(const struct spp_sandbox *sandbox, struct spp_buf *buf)
{
	spp_buf_format(buf, "{\"url\":\"http://127.0.0.1:%u\",\"platforms\":{",
		(unsigned)spp_http_server_port(sandbox->server));
	for (size_t i = 0; i < sandbox->node_count; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		spp_json_put_string(buf, sandbox->nodes[i].name);
		spp_buf_format(buf, ":%u", (unsigned)sandbox->ports[i]);
	}
	spp_buf_string(buf, "}}\n");
}
