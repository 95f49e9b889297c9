#include "lib/assign/state.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static size_t most_subscriptions(const struct spp_cluster *cluster)
{
	size_t most = 0;

	for (size_t p = 0; p < cluster->partitions; p++) {
		size_t count = cluster->first_subscription[p + 1] -
		               cluster->first_subscription[p];

		if (count > most)
			most = count;
	}
	return most;
}

struct spp_trial *spp_trial_new(const struct spp_state *state,
	struct spp_arena *arena, struct spp_err *err)
{
	const struct spp_cluster *cluster = state->cluster;
	struct spp_trial *trial = spp_arena_alloc(arena, 1, sizeof *trial);
	size_t serving = most_subscriptions(cluster);

	if (!spp_arena_ok(arena, err))
		return NULL;
	trial->state = state;
	for (size_t i = 0; i < SPP_TRIAL_PARTS; i++) {
		trial->part[i].replica = spp_arena_alloc(
			arena, SPP_REPLICAS_MAX, sizeof(size_t));
		trial->part[i].serving =
			spp_arena_alloc(arena, serving, sizeof(size_t));
	}
	trial->load = spp_load_new(cluster, arena);
	trial->final = spp_load_new(cluster, arena);
	trial->touched =
		spp_arena_alloc(arena, cluster->platforms, sizeof(size_t));
	trial->is_touched =
		spp_arena_alloc(arena, cluster->platforms, sizeof(bool));
	trial->cost = spp_arena_alloc(
		arena, cluster->platforms, sizeof(struct spp_cost));
	return spp_arena_ok(arena, err) ? trial : NULL;
}

void spp_trial_reset(struct spp_trial *trial)
{
	for (size_t i = 0; i < trial->touches; i++)
		trial->is_touched[trial->touched[i]] = false;
	trial->touches = 0;
	trial->parts = 0;
	trial->delta = (struct spp_cost){0};
}

struct spp_part *spp_trial_part(struct spp_trial *trial, size_t partition)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	size_t subscriptions = cluster->first_subscription[partition + 1] -
	                       cluster->first_subscription[partition];
	struct spp_part *part = &trial->part[trial->parts];

	assert(trial->parts < SPP_TRIAL_PARTS);
	for (size_t i = 0; i < trial->parts; i++)
		assert(trial->part[i].partition != partition);
	trial->parts++;
	part->partition = partition;
	memcpy(part->replica, spp_state_replicas(state, partition),
		spp_cluster_replicas(cluster, partition) * sizeof(size_t));
	memcpy(part->serving, spp_state_serving(state, partition),
		subscriptions * sizeof(size_t));
	return part;
}

/* Rows of a platform in the trial, copied from the state at first touch. */
static void touch(struct spp_trial *trial, size_t platform)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	struct spp_row to, from;

	if (trial->is_touched[platform])
		return;
	trial->is_touched[platform] = true;
	trial->touched[trial->touches++] = platform;
	to = spp_load_row(cluster, &trial->load, platform);
	from = spp_load_row(cluster, &state->load, platform);
	spp_row_copy(cluster, &to, &from);
	to = spp_load_row(cluster, &trial->final, platform);
	from = spp_load_row(cluster, &state->final, platform);
	spp_row_copy(cluster, &to, &from);
}

/* An item in the three placements: before the answer, now, in the trial. */
struct shift {
	const struct spp_item *was, *is, *will; /* NULL = not there */
	double is_ready_s, will_ready_s;
};

/* Takes an item on or off a platform's row. */
static void put(struct spp_trial *trial, struct spp_load *load, size_t platform,
	const struct spp_item *item, double sign, double ready_s)
{
	struct spp_row row =
		spp_load_row(trial->state->cluster, load, platform);

	if (item != NULL)
		spp_row_add_from(
			trial->state->cluster, &row, item, sign, ready_s);
}

/*
 * A platform carries the item it had until ready_s and the new one from
 * then on.  The same item on both sides is never divided.
 */
static void shift_item(
	struct spp_trial *trial, size_t platform, const struct shift *shift)
{
	bool is_moved = shift->is != shift->was;
	bool will_move = shift->will != shift->was;

	if (!spp_cluster_alive(trial->state->cluster, platform) ||
		(shift->is == shift->will &&
			(!is_moved ||
				shift->is_ready_s == shift->will_ready_s)))
		return;
	touch(trial, platform);
	if (is_moved) {
		put(trial, &trial->load, platform, shift->is, -1,
			shift->is_ready_s);
		put(trial, &trial->load, platform, shift->was, 1,
			shift->is_ready_s);
	}
	if (will_move) {
		put(trial, &trial->load, platform, shift->was, -1,
			shift->will_ready_s);
		put(trial, &trial->load, platform, shift->will, 1,
			shift->will_ready_s);
	}
	if (shift->is != shift->will) {
		put(trial, &trial->final, platform, shift->is, -1, 0);
		put(trial, &trial->final, platform, shift->will, 1, 0);
	}
}

/* What a partition puts on a platform by a list of replicas. */
static const struct spp_item *item_at(const struct spp_cluster *cluster,
	size_t partition, const size_t *replica, size_t platform)
{
	size_t count = spp_cluster_replicas(cluster, partition);

	if (replica[0] == platform)
		return &cluster->leader[partition];
	for (size_t i = 1; i < count; i++) {
		if (replica[i] == platform)
			return &cluster->follower[partition];
	}
	return NULL;
}

static bool listed(const size_t *list, size_t count, size_t value)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == value)
			return true;
	}
	return false;
}

static void shift_replicas(struct spp_trial *trial, const struct spp_part *part)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	size_t p = part->partition;
	size_t count = spp_cluster_replicas(cluster, p);
	const size_t *lists[3] = {
		state->old.replica + cluster->first_replica[p],
		spp_state_replicas(state, p),
		part->replica,
	};

	for (size_t which = 0; which < 3; which++) {
		for (size_t i = 0; i < count; i++) {
			size_t at = lists[which][i];
			struct shift shift;
			bool done = at == SPP_NOWHERE ||
			            listed(lists[which], i, at);

			for (size_t k = 0; !done && k < which; k++)
				done = listed(lists[k], count, at);
			if (done)
				continue;
			shift = (struct shift){
				.was = item_at(cluster, p, lists[0], at),
				.is = item_at(cluster, p, lists[1], at),
				.will = item_at(cluster, p, lists[2], at),
				.is_ready_s = state->ready_s[p],
				.will_ready_s = part->ready_s,
			};
			shift_item(trial, at, &shift);
		}
	}
}

static void shift_subscription(struct spp_trial *trial,
	const struct spp_part *part, size_t subscription)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	const struct spp_item *item = &cluster->subscription[subscription];
	size_t first = cluster->first_subscription[part->partition];
	size_t was = state->old.serving[subscription];
	size_t is = state->new.serving[subscription];
	size_t will = part->serving[subscription - first];
	size_t places[3] = {was, is, will};

	for (size_t i = 0; i < 3; i++) {
		size_t at = places[i];
		struct shift shift = {
			.was = at == was ? item : NULL,
			.is = at == is ? item : NULL,
			.will = at == will ? item : NULL,
			.is_ready_s = state->ready_s[part->partition],
			.will_ready_s = part->ready_s,
		};

		if (at != SPP_NOWHERE && !listed(places, i, at))
			shift_item(trial, at, &shift);
	}
}

void spp_trial_apply_at(struct spp_trial *trial, double ready_s)
{
	const struct spp_cluster *cluster = trial->state->cluster;
	struct spp_part *part = &trial->part[trial->parts - 1];
	size_t p = part->partition;

	part->ready_s = ready_s;
	shift_replicas(trial, part);
	if (!cluster->apart)
		return;
	for (size_t s = cluster->first_subscription[p];
		s < cluster->first_subscription[p + 1]; s++)
		shift_subscription(trial, part, s);
}

/* Bytes of a change that a platform reads or writes. */
static double bytes_at(const struct spp_state *state, size_t partition,
	const size_t *replica, size_t platform)
{
	const struct spp_cluster *cluster = state->cluster;
	struct spp_step steps[SPP_REPLICAS_MAX + 1];
	double bytes = 0;
	size_t count = spp_change_steps(cluster, partition,
		state->old.replica + cluster->first_replica[partition], replica,
		spp_cluster_replicas(cluster, partition), steps);

	for (size_t i = 0; i < count; i++) {
		if (steps[i].to == platform || steps[i].copy_from == platform)
			bytes += steps[i].bytes;
	}
	return bytes;
}

/*
 * Bytes that this answer gave to a platform before the newest part: by what
 * was accepted, but for the partitions in the trial, and by earlier parts.
 */
static double given_to(const struct spp_trial *trial, size_t platform)
{
	const struct spp_state *state = trial->state;
	double bytes = state->given[platform];

	for (size_t i = 0; i < trial->parts; i++) {
		const struct spp_part *part = &trial->part[i];
		size_t p = part->partition;

		if (state->change[p].bytes > 0)
			bytes -= bytes_at(state, p,
				spp_state_replicas(state, p), platform);
		if (i + 1 < trial->parts)
			bytes += bytes_at(state, p, part->replica, platform);
	}
	return bytes;
}

/* Copies wait for those given before to their source or target. */
static double ready_of(const struct spp_trial *trial)
{
	const struct spp_state *state = trial->state;
	const struct spp_cluster *cluster = state->cluster;
	const struct spp_part *part = &trial->part[trial->parts - 1];
	size_t p = part->partition;
	struct spp_step steps[SPP_REPLICAS_MAX + 1];
	double waiting = 0;
	size_t count;

	if (part->change.moves == 0)
		return 0;
	count = spp_change_steps(cluster, p,
		state->old.replica + cluster->first_replica[p], part->replica,
		spp_cluster_replicas(cluster, p), steps);
	for (size_t i = 0; i < count; i++) {
		if (!(steps[i].bytes > 0))
			continue;
		waiting = fmax(waiting, given_to(trial, steps[i].to));
		waiting = fmax(waiting, given_to(trial, steps[i].copy_from));
	}
	return waiting / cluster->driver.rate + part->change.copy_s;
}

void spp_trial_apply(struct spp_trial *trial)
{
	struct spp_part *part = &trial->part[trial->parts - 1];

	part->change = spp_change_of(trial->state->cluster, part->partition,
		part->replica, part->serving);
	spp_trial_apply_at(trial, ready_of(trial));
}

double spp_trial_cost(struct spp_trial *trial)
{
	const struct spp_state *state = trial->state;
	struct spp_cost delta = {0};

	for (size_t i = 0; i < trial->touches; i++) {
		size_t at = trial->touched[i];
		struct spp_row row =
			spp_load_row(state->cluster, &trial->load, at);

		trial->cost[i] = spp_cost_platform(state->cluster, &row, at);
		spp_cost_add(&delta, &trial->cost[i], 1);
		spp_cost_add(&delta, &state->platform_cost[at], -1);
	}
	for (size_t i = 0; i < trial->parts; i++) {
		const struct spp_part *part = &trial->part[i];

		spp_cost_add(&delta, &part->change.cost, 1);
		spp_cost_add(&delta, &state->change[part->partition].cost, -1);
	}
	trial->delta = delta;
	return spp_cost_total(&delta);
}
