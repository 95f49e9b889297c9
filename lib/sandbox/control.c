#include "lib/sandbox/control.h"
#include "lib/base/num.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum spp_verdict say(struct spp_reason *reason, enum spp_verdict verdict,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

static enum spp_verdict say(struct spp_reason *reason, enum spp_verdict verdict,
	const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(reason->text, sizeof(reason->text), format, list);
	va_end(list);
	return verdict;
}

bool spp_control_has(const struct spp_place *place, size_t platform)
{
	for (size_t i = 0; i < place->count; i++)
		if (place->replicas[i] == platform)
			return true;
	return false;
}

/* What was measured on a platform before now no longer says what it does. */
static void disturb(struct spp_sandbox *sandbox, size_t platform)
{
	sandbox->changed_s[platform] = sandbox->clock.now_s;
}

/* The work of all replicas changes with their number and leader. */
static void changed(struct spp_sandbox *sandbox, struct spp_place *place)
{
	place->version++;
	place->moved_at =
		spp_clock_calendar(&sandbox->clock, sandbox->clock.now_s);
	for (size_t i = 0; i < place->count; i++)
		disturb(sandbox, place->replicas[i]);
}

/* The leader waits for every other replica before it acknowledges. */
static void tell_leader(struct spp_sandbox *sandbox, size_t partition)
{
	const struct spp_place *place = &sandbox->places[partition];

	spp_node_lead(&sandbox->nodes[place->replicas[0]], (uint32_t)partition,
		place->replicas + 1, place->count - 1);
}

static bool overloaded(const struct spp_sandbox *sandbox, size_t platform)
{
	const struct spp_service *service = &sandbox->nodes[platform].service;

	return service->offered > service->capacity * sandbox->config.window_s;
}

static enum spp_verdict may_take(
	struct spp_sandbox *sandbox, size_t platform, struct spp_reason *reason)
{
	const struct spp_platform *record = sandbox->world->platforms[platform];

	if (record->state == SPP_FAILED)
		return say(reason, SPP_VERDICT_REFUSED,
			"platform %.60s has failed", record->platform);
	if (sandbox->config.refuse && overloaded(sandbox, platform))
		return say(reason, SPP_VERDICT_REFUSED,
			"platform %.60s is overloaded", record->platform);
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_control_attach(struct spp_sandbox *sandbox,
	size_t partition, size_t platform, size_t copy_from, double rate,
	struct spp_reason *reason)
{
	struct spp_place *place = &sandbox->places[partition];
	struct spp_node *node = &sandbox->nodes[platform];
	struct spp_keeping keeping = place->keeping;
	enum spp_verdict verdict;

	if (spp_control_has(place, platform))
		return SPP_VERDICT_OK;
	if (place->attaching && place->to == platform)
		return SPP_VERDICT_ACCEPTED;
	if (place->attaching)
		return say(reason, SPP_VERDICT_IN_PROGRESS,
			"a copy to %.60s is under way",
			sandbox->nodes[place->to].name);
	if (!spp_control_has(place, copy_from))
		return say(reason, SPP_VERDICT_REFUSED,
			"%.60s has no replica to copy from",
			sandbox->nodes[copy_from].name);
	if (place->count > SPP_FOLLOWERS_MAX)
		return say(reason, SPP_VERDICT_REFUSED, "too many replicas");
	verdict = may_take(sandbox, platform, reason);
	if (verdict != SPP_VERDICT_OK)
		return verdict;
	keeping.begin = 0;
	if (!spp_node_hold(node, (uint32_t)partition, &keeping))
		return say(reason, SPP_VERDICT_TRANSIENT, "out of memory");
	place->attaching = true;
	place->to = platform;
	place->copy_from = copy_from;
	place->rate = rate;
	place->first =
		spp_node_first(&sandbox->nodes[copy_from], (uint32_t)partition);
	place->bytes =
		spp_node_bytes(&sandbox->nodes[copy_from], (uint32_t)partition);
	spp_node_follow(node, (uint32_t)partition, copy_from, rate);
	return SPP_VERDICT_ACCEPTED;
}

double spp_control_gained(const struct spp_sandbox *sandbox, size_t partition)
{
	const struct spp_place *place = &sandbox->places[partition];
	const struct spp_node *nodes = sandbox->nodes;
	uint32_t p = (uint32_t)partition;
	double next = (double)spp_node_next(&nodes[place->to], p);
	double end = (double)spp_node_next(&nodes[place->replicas[0]], p);
	double missing = end - fmax(next, (double)place->first);

	return fmax(0,
		place->bytes - missing * (double)sandbox->config.record_bytes);
}

/*
 * A copy has all that its source had.  Where that is not the leader, it
 * goes on from the leader, which alone can say that nothing is missing.
 */
void spp_control_copied(void *manager, uint32_t partition, size_t platform)
{
	struct spp_sandbox *sandbox = manager;
	struct spp_place *place = &sandbox->places[partition];

	if (!place->attaching || place->to != platform ||
		place->copy_from == place->replicas[0])
		return;
	place->copy_from = place->replicas[0];
	spp_node_follow(&sandbox->nodes[platform], partition,
		place->replicas[0], place->rate);
}

void spp_control_in_sync(void *manager, uint32_t partition, size_t platform)
{
	struct spp_sandbox *sandbox = manager;
	struct spp_place *place = &sandbox->places[partition];

	if (!place->attaching || place->to != platform)
		return;
	assert(place->count <= SPP_FOLLOWERS_MAX);
	place->attaching = false;
	place->replicas[place->count++] = platform;
	changed(sandbox, place);
	tell_leader(sandbox, partition);
}

enum spp_verdict spp_control_cancel(struct spp_sandbox *sandbox,
	size_t partition, struct spp_reason *reason)
{
	struct spp_place *place = &sandbox->places[partition];

	(void)reason;
	if (!place->attaching)
		return SPP_VERDICT_OK;
	place->attaching = false;
	disturb(sandbox, place->to);
	disturb(sandbox, place->copy_from);
	spp_node_drop(&sandbox->nodes[place->to], (uint32_t)partition);
	return SPP_VERDICT_OK;
}

static void put_first(struct spp_place *place, size_t platform)
{
	size_t i = 0;

	while (place->replicas[i] != platform)
		i++;
	memmove(place->replicas + 1, place->replicas,
		i * sizeof(*place->replicas));
	place->replicas[0] = platform;
}

enum spp_verdict spp_control_route(struct spp_sandbox *sandbox,
	size_t partition, size_t platform, const char *version,
	struct spp_reason *reason)
{
	struct spp_place *place = &sandbox->places[partition];
	enum spp_verdict verdict;
	char now[24];

	snprintf(now, sizeof(now), "%" PRIu64, place->version);
	if (version != NULL && strcmp(version, now) != 0)
		return say(
			reason, SPP_VERDICT_CONFLICT, "the version is %s", now);
	if (place->replicas[0] == platform)
		return SPP_VERDICT_OK;
	if (place->attaching)
		return say(reason, SPP_VERDICT_IN_PROGRESS,
			"a copy to %.60s is under way",
			sandbox->nodes[place->to].name);
	if (!spp_control_has(place, platform))
		return say(reason, SPP_VERDICT_REFUSED, "%.60s has no replica",
			sandbox->nodes[platform].name);
	verdict = may_take(sandbox, platform, reason);
	if (verdict != SPP_VERDICT_OK)
		return verdict;
	put_first(place, platform);
	changed(sandbox, place);
	tell_leader(sandbox, partition);
	for (size_t i = 1; i < place->count; i++)
		spp_node_follow(&sandbox->nodes[place->replicas[i]],
			(uint32_t)partition, platform, 0);
	spp_publisher_lead(&sandbox->publishers, partition, platform);
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_control_detach(struct spp_sandbox *sandbox,
	size_t partition, size_t platform, struct spp_reason *reason)
{
	struct spp_place *place = &sandbox->places[partition];
	struct spp_node *node = &sandbox->nodes[platform];
	size_t i = 0;

	if (!spp_control_has(place, platform)) {
		if (place->attaching && place->to == platform)
			return say(reason, SPP_VERDICT_IN_PROGRESS,
				"a copy to %.60s is under way", node->name);
		return SPP_VERDICT_OK;
	}
	if (place->count == 1)
		return say(reason, SPP_VERDICT_REFUSED,
			"%.60s has the last replica", node->name);
	if (place->replicas[0] == platform)
		return say(
			reason, SPP_VERDICT_REFUSED, "%.60s leads", node->name);
	if (place->attaching && place->copy_from == platform)
		return say(reason, SPP_VERDICT_IN_PROGRESS,
			"a copy is made from %.60s", node->name);
	if (spp_node_deliveries(node, (uint32_t)partition) > 0)
		return say(reason, SPP_VERDICT_REFUSED,
			"%.60s still serves subscriptions", node->name);
	while (place->replicas[i] != platform)
		i++;
	place->count--;
	memmove(place->replicas + i, place->replicas + i + 1,
		(place->count - i) * sizeof(*place->replicas));
	changed(sandbox, place);
	disturb(sandbox, platform);
	tell_leader(sandbox, partition);
	spp_node_drop(node, (uint32_t)partition);
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_control_open(struct spp_sandbox *sandbox,
	size_t subscription, size_t platform, const char *from,
	struct spp_reason *reason)
{
	struct spp_subscriber *subscriber =
		&sandbox->subscribers.items[subscription];
	const struct spp_place *place =
		&sandbox->places[subscriber->subscription->partition];
	uint64_t position = spp_subscriber_from(subscriber);
	enum spp_verdict verdict;
	int64_t number;

	if (spp_subscriber_on(subscriber, platform) != NULL)
		return SPP_VERDICT_OK;
	if (!spp_control_has(place, platform))
		return say(reason, SPP_VERDICT_REFUSED,
			"%.60s does not serve the partition",
			sandbox->nodes[platform].name);
	if (from != NULL && strcmp(from, "tail") == 0) {
		position = SPP_FROM_TAIL;
	} else if (from != NULL) {
		if (!spp_num_parse_integer(from, &number) || number < 0)
			return say(reason, SPP_VERDICT_MALFORMED,
				"\"from\" is neither \"tail\" nor a position");
		position = (uint64_t)number;
	}
	verdict = may_take(sandbox, platform, reason);
	if (verdict != SPP_VERDICT_OK)
		return verdict;
	if (!spp_subscriber_connect(subscriber, platform, position))
		return say(reason, SPP_VERDICT_IN_PROGRESS,
			"two connections are open already");
	disturb(sandbox, platform);
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_control_close(struct spp_sandbox *sandbox,
	size_t subscription, size_t platform, struct spp_reason *reason)
{
	(void)reason;
	if (spp_subscriber_leave(
		    &sandbox->subscribers.items[subscription], platform))
		disturb(sandbox, platform);
	return SPP_VERDICT_OK;
}

enum spp_verdict spp_control_evidence(const struct spp_sandbox *sandbox,
	size_t subscription, size_t from, size_t to,
	struct spp_evidence *evidence, struct spp_reason *reason)
{
	const struct spp_subscriber *subscriber =
		&sandbox->subscribers.items[subscription];
	const struct spp_delivery *old = spp_subscriber_on(subscriber, from);
	const struct spp_delivery *new = spp_subscriber_on(subscriber, to);

	if (old == NULL || new == NULL)
		return say(reason, SPP_VERDICT_NOT_FOUND,
			"the subscription has no connection to %.60s",
			sandbox->nodes[old == NULL ? from : to].name);
	*evidence = (struct spp_evidence){
		.old_up_to = old->next,
		.begun = new->begun,
		.new_from = new->start,
		.covered = old->begun &&new->begun && old->next >= new->start,
	};
	return SPP_VERDICT_OK;
}

bool spp_control_steady(
	const struct spp_sandbox *sandbox, size_t platform, double since_s)
{
	if (sandbox->changed_s[platform] >= since_s)
		return false;
	for (size_t p = 0; p < sandbox->world->partition_count; p++) {
		const struct spp_place *place = &sandbox->places[p];

		if (place->attaching &&
			(place->to == platform || place->copy_from == platform))
			return false;
	}
	return true;
}

void spp_control_throttle(struct spp_sandbox *sandbox, double rate)
{
	sandbox->throttle = rate;
	sandbox->site.rate_max = rate;
}

size_t spp_control_leader(void *manager, size_t partition)
{
	const struct spp_sandbox *sandbox = manager;

	return sandbox->places[partition].replicas[0];
}
