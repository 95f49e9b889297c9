#include "lib/plan/bound.h"

#include "lib/base/arena.h"
#include "lib/plan/usage.h"

#include <math.h>
#include <stdlib.h>

/* Value of the cluster's driver.copy_from: then the source is open. */
enum { COPY_REPLICA = 1 };

/* What one move needs at least. */
struct need {
	double seconds;
	double handover_s;
	double volume; /* bytes sent, live traffic included */
};

/*
 * A plan that ends in one of the slots up to LAST copies in those only, so
 * that traffic is at least the least of them.
 */
static struct need least_need(const struct spp_plan_grid *grid,
	const struct spp_plan_limits *limits, const struct spp_plan_move *move,
	size_t last)
{
	double rate = fmin(limits->rate, limits->platform_rate);
	double handover_s = grid->cluster->driver.handover_s;
	double in = INFINITY;
	struct need need = {handover_s, handover_s, 0};

	if (move->copy_from == SPP_NOWHERE || !(move->bytes > 0))
		return need;
	for (size_t s = 0; s <= last; s++)
		in = fmin(in, spp_plan_in(grid, move->step.partition, s));
	/* bytes = (rate - in) * time, and what is sent is rate * time; both
	   are least at the highest rate. */
	if (rate > in) {
		need.seconds += move->bytes / (rate - in);
		need.volume = rate * (move->bytes / (rate - in));
	}
	return need;
}

static void raise(struct spp_plan_bound *bound, double seconds,
	enum spp_plan_witness witness, size_t which, size_t moves,
	double amount)
{
	if (seconds > bound->seconds)
		*bound = (struct spp_plan_bound){
			seconds, witness, which, moves, amount};
}

static int compare_longest(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/*
 * Moves of which so many may run at once: all their time shared out evenly;
 * and, of the k * places + 1 longest, some k + 1 must run one after the
 * other, at best the shortest of them.
 */
static void raise_places(struct spp_plan_bound *bound, double *seconds,
	size_t count, double places, enum spp_plan_witness witness,
	size_t which)
{
	double sum = 0;

	if (count == 0 || !(places >= 1))
		return;
	qsort(seconds, count, sizeof(*seconds), compare_longest);
	for (size_t i = 0; i < count; i++)
		sum += seconds[i];
	raise(bound, sum / places, witness, which, count, sum);
	for (double k = 1; k * places < (double)count; k++) {
		size_t last = (size_t)(k * places);
		double row = 0;

		for (size_t i = 0; i <= (size_t)k; i++)
			row += seconds[last - i];
		raise(bound, row, witness, which, last + 1, sum);
	}
}

/* Groups of moves: platforms, racks, or the one that holds all. */
struct groups {
	size_t count;
	size_t *first;   /* [count + 1] */
	double *seconds; /* of the moves of each group */
};

/* Which groups does a move belong to? */
typedef size_t list_groups(const struct spp_cluster *cluster,
	const struct spp_plan_move *move, size_t groups[3]);

static size_t list_platforms(const struct spp_cluster *cluster,
	const struct spp_plan_move *move, size_t groups[3])
{
	bool open = cluster->driver.copy_from == COPY_REPLICA;

	return spp_plan_touched(
		&move->step, open ? SPP_NOWHERE : move->copy_from, groups);
}

static size_t list_racks(const struct spp_cluster *cluster,
	const struct spp_plan_move *move, size_t groups[3])
{
	size_t platforms[3], found = 0;
	size_t count = list_platforms(cluster, move, platforms);

	for (size_t i = 0; i < count; i++) {
		size_t rack = cluster->rack[platforms[i]];
		bool known = rack == SPP_NOWHERE;

		for (size_t k = 0; k < found; k++)
			known |= groups[k] == rack;
		if (!known)
			groups[found++] = rack;
	}
	return found;
}

static size_t list_all(const struct spp_cluster *cluster,
	const struct spp_plan_move *move, size_t groups[3])
{
	(void)cluster;
	(void)move;
	groups[0] = 0;
	return 1;
}

static bool group(const struct spp_cluster *cluster,
	const struct spp_plan_move *moves, const struct need *needs,
	size_t count, size_t group_count, list_groups *list,
	struct spp_arena *scratch, struct groups *groups)
{
	size_t *fill;

	*groups = (struct groups){
		.count = group_count,
		.first = spp_arena_alloc(
			scratch, group_count + 2, sizeof(size_t)),
		.seconds = spp_arena_alloc(scratch, 3 * count, sizeof(double)),
	};
	if (!spp_arena_ok(scratch, NULL))
		return false;
	fill = groups->first + 1;
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count; i++) {
			size_t in[3];
			size_t n = list(cluster, &moves[i], in);

			for (size_t k = 0; k < n; k++)
				if (pass == 0)
					groups->first[in[k] + 2]++;
				else
					groups->seconds[fill[in[k]]++] =
						needs[i].seconds;
		}
		for (size_t g = 0; pass == 0 && g < group_count; g++)
			groups->first[g + 2] += groups->first[g + 1];
	}
	return true;
}

static bool raise_groups(const struct spp_cluster *cluster,
	const struct spp_plan_move *moves, const struct need *needs,
	size_t count, size_t group_count, list_groups *list, double places,
	enum spp_plan_witness witness, struct spp_plan_bound *bound)
{
	struct spp_arena scratch = {0};
	struct groups groups = {0};
	bool ok =
		isinf(places) || group(cluster, moves, needs, count,
					 group_count, list, &scratch, &groups);

	for (size_t g = 0; ok && isfinite(places) && g < group_count; g++)
		raise_places(bound, groups.seconds + groups.first[g],
			groups.first[g + 1] - groups.first[g], places, witness,
			g);
	spp_arena_free(&scratch);
	return ok;
}

/* Sums by platform. */
struct sum {
	double volume, handover_s;
	size_t moves;
};

static void add_need(struct sum *sum, const struct need *need)
{
	sum->handover_s = sum->moves == 0
	                          ? need->handover_s
	                          : fmin(sum->handover_s, need->handover_s);
	sum->volume += need->volume;
	sum->moves++;
}

static bool raise_rates(const struct spp_cluster *cluster, double platform_rate,
	const struct spp_plan_move *moves, const struct need *needs,
	size_t count, struct spp_plan_bound *bound)
{
	struct spp_arena scratch = {0};
	struct sum *writes =
		spp_arena_alloc(&scratch, cluster->platforms, sizeof(*writes));
	struct sum *reads =
		spp_arena_alloc(&scratch, cluster->platforms, sizeof(*reads));
	bool ok = spp_arena_ok(&scratch, NULL);

	for (size_t i = 0; ok && i < count; i++) {
		if (!(needs[i].volume > 0))
			continue;
		add_need(&writes[moves[i].step.to], &needs[i]);
		if (cluster->driver.copy_from != COPY_REPLICA)
			add_need(&reads[moves[i].copy_from], &needs[i]);
	}
	for (size_t v = 0; ok && v < cluster->platforms; v++) {
		raise(bound,
			writes[v].volume / platform_rate + writes[v].handover_s,
			SPP_PLAN_WRITES, v, writes[v].moves, writes[v].volume);
		raise(bound,
			reads[v].volume / platform_rate + reads[v].handover_s,
			SPP_PLAN_READS, v, reads[v].moves, reads[v].volume);
	}
	spp_arena_free(&scratch);
	return ok;
}

/* When a slot or a window begins next; INFINITY = never. */
static double next_begin(const struct spp_plan_grid *grid,
	const struct spp_plan_limits *limits, double after_s)
{
	size_t next = spp_plan_slot(grid, after_s) + 1;

	return fmin(spp_plan_window_next(limits, after_s),
		next < grid->slots ? grid->begin_s[next] : INFINITY);
}

/*
 * Earliest end of a move that starts no earlier than this.  A copy that
 * starts later never ends earlier, and one that runs into a slot that is too
 * busy for it does so from everywhere in the slot that it starts in.
 */
static double earliest_end(const struct spp_plan_grid *grid,
	const struct spp_plan_limits *limits, const struct spp_plan_move *move,
	double start_s)
{
	double rate = fmin(limits->rate, limits->platform_rate), missing;
	double handover_s = grid->cluster->driver.handover_s;
	bool copies = move->copy_from != SPP_NOWHERE;

	for (double at_s = start_s; isfinite(at_s);
		at_s = next_begin(grid, limits, at_s)) {
		double end_s = at_s + handover_s;

		if (copies)
			end_s += spp_plan_copy_s(grid, move->step.partition,
				move->bytes, rate, at_s, &missing);
		if (isfinite(end_s) &&
			spp_plan_window_holds(limits, at_s, end_s))
			return end_s;
	}
	return start_s + handover_s;
}

/* Moves of one partition run one after the other, subscriptions apart. */
static bool raise_chains(const struct spp_plan_grid *grid,
	const struct spp_plan_limits *limits, const struct spp_plan_move *moves,
	size_t count, struct spp_plan_bound *bound)
{
	struct chain {
		double end_s;
		size_t moves;
	};
	struct spp_arena scratch = {0};
	struct chain *chains = spp_arena_alloc(
		&scratch, grid->cluster->partitions, sizeof(*chains));
	bool ok = chains != NULL;

	for (size_t i = 0; ok && i < count; i++) {
		const struct spp_plan_move *move = &moves[i];
		struct chain *chain = &chains[move->step.partition];
		double alone_s = earliest_end(grid, limits, move, 0);

		raise(bound, alone_s, SPP_PLAN_MOVE, i, 1, move->bytes);
		if (move->step.kind == SPP_PLAN_SUBSCRIPTION)
			continue;
		chain->end_s = earliest_end(grid, limits, move, chain->end_s);
		if (++chain->moves > 1)
			raise(bound, chain->end_s, SPP_PLAN_PARTITION,
				move->step.partition, chain->moves,
				chain->end_s);
	}
	spp_arena_free(&scratch);
	return ok;
}

/* So much open time has passed no earlier than this. */
static double stretch(const struct spp_plan_limits *limits, double seconds)
{
	for (size_t i = 0; i < limits->windows; i++) {
		const struct spp_plan_window *window = &limits->window[i];
		double length = window->close_s - window->open_s;

		if (seconds <= length || i + 1 == limits->windows)
			return window->open_s + seconds;
		seconds -= length;
	}
	return seconds;
}

/* Sums over all moves, for plans that end in a slot up to LAST. */
static bool raise_all(const struct spp_plan_grid *grid,
	const struct spp_plan_limits *limits, const struct spp_plan_move *moves,
	size_t count, size_t last, struct spp_plan_bound *bound)
{
	const struct spp_cluster *cluster = grid->cluster;
	struct spp_arena scratch = {0};
	struct need *needs = spp_arena_alloc(&scratch, count, sizeof(*needs));
	bool ok = needs != NULL;

	*bound = (struct spp_plan_bound){.which = SPP_NOWHERE};
	for (size_t i = 0; ok && i < count; i++)
		needs[i] = least_need(grid, limits, &moves[i], last);
	if (ok && isfinite(limits->platform_rate))
		ok = raise_rates(cluster, limits->platform_rate, moves, needs,
			count, bound);
	ok = ok &&
	     raise_groups(cluster, moves, needs, count, cluster->platforms,
		     list_platforms, limits->max_per_platform, SPP_PLAN_PLACES,
		     bound) &&
	     raise_groups(cluster, moves, needs, count, cluster->racks,
		     list_racks, limits->max_per_rack, SPP_PLAN_RACK, bound) &&
	     raise_groups(cluster, moves, needs, count, 1, list_all,
		     limits->max_concurrent, SPP_PLAN_CLUSTER, bound);
	if (ok && bound->seconds > 0)
		bound->seconds = stretch(limits, bound->seconds);
	spp_arena_free(&scratch);
	return ok;
}

bool spp_plan_bound(const struct spp_plan_grid *grid,
	const struct spp_plan_limits *limits, const struct spp_plan_move *moves,
	size_t count, struct spp_plan_bound *bound)
{
	struct spp_plan_bound sums = {.which = SPP_NOWHERE};

	/* No plan ends within a slot when plans that do would need longer. */
	for (size_t s = 0; s < grid->slots; s++) {
		if (!raise_all(grid, limits, moves, count, s, &sums))
			return false;
		sums.seconds = fmax(sums.seconds,
			count > 0 && s > 0 ? grid->begin_s[s] : 0);
		if (s + 1 == grid->slots ||
			sums.seconds <= grid->begin_s[s + 1])
			break;
	}
	*bound = sums;
	return raise_chains(grid, limits, moves, count, bound);
}
