#include "lib/forecast/spread.h"

#include "lib/base/arena.h"
#include "lib/cluster/risk.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { ERRORS_LEAST = 20 }; /* fewer tell no quantile */

/* A run of slots that share one value. */
struct pool {
	double sum, weight;
	size_t count;
};

static double mean_of(const struct pool *pool)
{
	return pool->sum / pool->weight;
}

/*
 * Pool adjacent violators, in place: values[0 .. count-1] become the
 * nearest ones that do not fall.  pools is scratch of count.
 */
static void make_rising(
	double *values, const double *weights, struct pool *pools, size_t count)
{
	size_t top = 0, at = 0;

	for (size_t i = 0; i < count; i++) {
		pools[top++] =
			(struct pool){values[i] * weights[i], weights[i], 1};
		while (top > 1 &&
			mean_of(&pools[top - 2]) > mean_of(&pools[top - 1])) {
			top--;
			pools[top - 1].sum += pools[top].sum;
			pools[top - 1].weight += pools[top].weight;
			pools[top - 1].count += pools[top].count;
		}
	}
	for (size_t p = 0; p < top; p++)
		for (size_t i = 0; i < pools[p].count; i++)
			values[at++] = mean_of(&pools[p]);
	assert(at == count);
}

static bool long_slot(
	const struct spp_target *target, size_t slot, double longest)
{
	return target->to[slot] - target->from[slot] > longest - 1e-9;
}

/* Scratch for the seen slots of full length of a part. */
struct rows {
	double *values, *weights;
	struct pool *pools;
	size_t *slots;
};

static bool rows_new(struct rows *rows, size_t count, struct spp_arena *scratch,
	struct spp_err *err)
{
	rows->values = spp_arena_alloc(scratch, count, sizeof(double));
	rows->weights = spp_arena_alloc(scratch, count, sizeof(double));
	rows->pools = spp_arena_alloc(scratch, count, sizeof(*rows->pools));
	rows->slots = spp_arena_alloc(scratch, count, sizeof(size_t));
	return spp_arena_ok(scratch, err);
}

static void smooth_part(double *squares, const struct spp_choice *choice,
	const struct spp_target *target, const struct spp_part *part,
	const struct rows *rows)
{
	size_t end = part->first + part->count, count = 0;
	double longest = 0;

	for (size_t s = part->first; s < end; s++)
		longest = fmax(longest, target->to[s] - target->from[s]);
	for (size_t s = part->first; s < end; s++) {
		if (isnan(squares[s]) || !long_slot(target, s, longest))
			continue;
		rows->values[count] = squares[s];
		rows->weights[count] = choice->weight[s];
		rows->slots[count++] = s;
	}
	make_rising(rows->values, rows->weights, rows->pools, count);
	for (size_t i = 0; i < count; i++)
		squares[rows->slots[i]] = rows->values[i];
}

bool spp_spread_deviations(double *sd, const struct spp_choice *choice,
	const struct spp_target *target, double fallback, double least,
	struct spp_arena *scratch, struct spp_err *err)
{
	struct rows rows;
	double near = NAN;

	if (!rows_new(&rows, target->slots, scratch, err))
		return false;
	for (size_t s = 0; s < target->slots; s++)
		sd[s] = choice->square[s];
	for (size_t p = 0; p < target->parts; p++)
		smooth_part(sd, choice, target, &target->part[p], &rows);
	for (size_t s = 0; s < target->slots; s++) {
		/* A mean of few squares is too low as often as too high,
		   but too low is what harms. */
		if (!isnan(sd[s]))
			near = sqrt(sd[s] * (1 + 1 / choice->weight[s]));
		sd[s] = near;
	}
	near = fallback;
	for (size_t s = target->slots; s-- > 0;) {
		if (isnan(sd[s]))
			sd[s] = near;
		near = sd[s];
		sd[s] = fmax(sd[s], least);
	}
	return true;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double spp_spread_quantile(
	double q, double mean, double sd, double *errors, size_t count)
{
	double place = q * (double)(count + 1) - 1;
	double error;
	size_t below;

	assert(q > 0 && q < 1);
	if (count < ERRORS_LEAST || place < 0 || place > (double)count - 1) {
		error = sd * spp_risk_quantile(1 - q);
	} else {
		qsort(errors, count, sizeof(*errors), compare_doubles);
		below = (size_t)place;
		error = errors[below];
		if (below + 1 < count)
			error += (place - (double)below) *
			         (errors[below + 1] - errors[below]);
	}
	return fmax(0, mean + error);
}
