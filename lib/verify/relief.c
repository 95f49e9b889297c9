/*
 * What it costs that moves are done later than their assignments meant: the
 * overload with every change in effect when its last move is over, less the
 * overload with every change in effect at its ready_s.  A partition and its
 * subscriptions change sides together, the last of them; what is not done
 * never does.  Changes of the number of replicas are left out.
 */
#include "lib/verify/replay.h"

#include <math.h>

/* The end of the last move that belongs to a change. */
static double done_s(struct spp_verify_replay *replay,
	const struct spp_verify_change *change)
{
	size_t p = change->partition;
	double last_s = 0;

	if (!spp_verify_is_done(replay, change))
		return INFINITY;
	for (size_t i = 0; i < replay->moves_of[p]; i++) {
		const struct spp_verify_move *move =
			&replay->moves[replay->of_partition[p][i]];

		if (move->sub == change->sub)
			last_s = fmax(last_s, move->end_s);
	}
	return last_s;
}

static void shift_all(
	struct spp_verify_run *run, const double *from_s, double sign)
{
	for (size_t p = 0; p < run->model.partition_count; p++)
		if (isfinite(from_s[p]))
			spp_verify_loads_shift(run,
				&run->loads[SPP_VERIFY_BEFORE], p, from_s[p],
				sign);
}

/* Overload with each partition's changes in effect from a time on. */
static double overload_from(struct spp_verify_run *run, const double *from_s)
{
	double overload = 0;

	shift_all(run, from_s, 1);
	for (size_t n = 0; n < run->model.platform_count; n++)
		overload += spp_verify_cost_of(
			run, &run->loads[SPP_VERIFY_BEFORE], n)
		                    .overload;
	shift_all(run, from_s, -1);
	return overload;
}

static void later(double *from_s, double time_s)
{
	*from_s = isnan(*from_s) ? time_s : fmax(*from_s, time_s);
}

bool spp_verify_relief(struct spp_verify_replay *replay, double *lost,
	double *overload, struct spp_err *err)
{
	struct spp_verify_run *run = replay->run;
	struct spp_arena *arena = run->model.arena;
	size_t partitions = run->model.partition_count;
	double *done = spp_arena_alloc(arena, partitions, sizeof(double));
	double *meant = spp_arena_alloc(arena, partitions, sizeof(double));

	if (!spp_arena_ok(arena, err) || !spp_verify_cluster_rho(run, err))
		return false;
	for (size_t p = 0; p < partitions; p++)
		done[p] = meant[p] = NAN;
	for (size_t i = 0; i < run->answer.count; i++) {
		const struct spp_verify_change *change =
			&run->answer.changes[i];

		if (change->sub == SPP_NOWHERE &&
			change->to_count !=
				run->model.partitions[change->partition].wanted)
			continue;
		later(&done[change->partition], done_s(replay, change));
		later(&meant[change->partition], change->value->ready_s);
	}
	*overload = overload_from(run, done);
	*lost = *overload - overload_from(run, meant);
	return true;
}
