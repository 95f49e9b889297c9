/* Can a plan be carried out at all? */
#include "lib/migrate/migrate.h"

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <math.h>
#include <string.h>

static bool needs(const char *name, bool there, bool wanted,
	const struct spp_migrate_move *move, struct spp_err *err)
{
	if (there == wanted)
		return true;
	return spp_fail(err, SPP_INPUT, "move \"%.60s\" %s \"%s\"", move->id,
		wanted ? "lacks" : "must not have", name);
}

static bool check_move(const struct spp_migrate_move *move, struct spp_err *err)
{
	enum spp_migrate_kind kind = move->kind;

	if (!needs("from", move->from != NULL, kind != SPP_MIGRATE_ADD, move,
		    err) ||
		!needs("to", move->to != NULL, kind != SPP_MIGRATE_DROP, move,
			err) ||
		!needs("subscriber", move->subscriber != NULL,
			kind == SPP_MIGRATE_SUBSCRIPTION, move, err))
		return false;
	if (move->from != NULL && move->to != NULL &&
		strcmp(move->from, move->to) == 0) {
		return spp_fail(err, SPP_INPUT,
			"move \"%.60s\" goes from a platform to itself",
			move->id);
	}
	if (!isfinite(move->start_s) || !isfinite(move->duration_s) ||
		move->duration_s < 0) {
		return spp_fail(err, SPP_INPUT,
			"move \"%.60s\" has no proper time", move->id);
	}
	return true;
}

static bool check_after(const struct spp_migrate_plan *plan,
	const struct spp_migrate_move *move, struct spp_err *err)
{
	for (size_t k = 0; k < move->after_count; k++) {
		const struct spp_migrate_move *before =
			&plan->moves[move->after[k]];

		if (before->start_s > move->start_s) {
			return spp_fail(err, SPP_INPUT,
				"move \"%.60s\" comes after \"%.60s\", which "
				"starts later",
				move->id, before->id);
		}
	}
	return true;
}

/* Those that come after move i: edges[first[i]] .. edges[first[i + 1] - 1]. */
static void make_edges(const struct spp_migrate_plan *plan, size_t *first,
	size_t *fill, size_t *edges)
{
	for (size_t i = 0; i < plan->move_count; i++) {
		for (size_t k = 0; k < plan->moves[i].after_count; k++)
			first[plan->moves[i].after[k] + 1]++;
	}
	for (size_t i = 0; i < plan->move_count; i++)
		first[i + 1] += first[i];
	memcpy(fill, first, plan->move_count * sizeof *fill);
	for (size_t i = 0; i < plan->move_count; i++) {
		for (size_t k = 0; k < plan->moves[i].after_count; k++)
			edges[fill[plan->moves[i].after[k]]++] = i;
	}
}

/* Take away moves that wait for none that is left, until none goes. */
static bool check_circles(const struct spp_migrate_plan *plan,
	const size_t *first, const size_t *edges, size_t *waits, size_t *ready,
	struct spp_err *err)
{
	size_t done = 0, count = 0;

	for (size_t i = 0; i < plan->move_count; i++) {
		waits[i] = plan->moves[i].after_count;
		if (waits[i] == 0)
			ready[count++] = i;
	}
	for (; done < count; done++) {
		size_t i = ready[done];

		for (size_t k = first[i]; k < first[i + 1]; k++) {
			if (--waits[edges[k]] == 0)
				ready[count++] = edges[k];
		}
	}
	for (size_t i = 0; i < plan->move_count; i++) {
		if (waits[i] != 0) {
			return spp_fail(err, SPP_INPUT,
				"move \"%.60s\" comes after itself",
				plan->moves[i].id);
		}
	}
	return true;
}

bool spp_migrate_check(const struct spp_migrate_plan *plan, struct spp_err *err)
{
	struct spp_arena arena = {0};
	size_t count = plan->move_count, edge_count = 0;
	size_t *waits, *ready, *first, *edges;
	bool good = true;

	if (count > SPP_MIGRATE_MOVES_MOST) {
		return spp_fail(err, SPP_INPUT,
			"%zu moves, at most %d can be carried out", count,
			SPP_MIGRATE_MOVES_MOST);
	}
	for (size_t i = 0; i < count; i++) {
		if (!check_move(&plan->moves[i], err) ||
			!check_after(plan, &plan->moves[i], err))
			return false;
		edge_count += plan->moves[i].after_count;
	}
	waits = spp_arena_alloc(&arena, count, sizeof *waits);
	ready = spp_arena_alloc(&arena, count, sizeof *ready);
	first = spp_arena_alloc(&arena, count + 1, sizeof *first);
	edges = spp_arena_alloc(&arena, edge_count, sizeof *edges);
	good = spp_arena_ok(&arena, err);
	if (good) {
		make_edges(plan, first, waits, edges);
		good = check_circles(plan, first, edges, waits, ready, err);
	}
	spp_arena_free(&arena);
	return good;
}
