/* Outlooks of what has no history of its own. */
#include "lib/forecast/forecast.h"

#include "lib/base/err.h"
#include "lib/base/num.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_of(double *values, size_t count)
{
	assert(count > 0);
	qsort(values, count, sizeof(*values), compare_doubles);
	return count % 2 ? values[count / 2]
	                 : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/*
 * The median of values[0 .. count-1], which are sorted, and into *spread
 * the root of their mean squared distance from it.
 */
static double middle(double *values, size_t count, double *spread)
{
	double median = median_of(values, count), squares = 0;

	for (size_t i = 0; i < count; i++)
		squares += (values[i] - median) * (values[i] - median);
	*spread = sqrt(squares / (double)count);
	return median;
}

/* One measure: the medians over those that have it. */
static void set_median(struct spp_expected *expected, enum spp_measure m,
	const struct spp_outlook *const *others, size_t count, double *scratch,
	const struct spp_forecast_options *options)
{
	size_t slots = options->slots->count;
	double spread, deviation;

	for (size_t s = 0; s < slots; s++) {
		for (size_t i = 0; i < count; i++)
			scratch[i] = others[i]->measures[m].sd[s];
		deviation = median_of(scratch, count);
		for (size_t i = 0; i < count; i++)
			scratch[i] = others[i]->measures[m].mean[s];
		expected->mean[s] =
			spp_num_estimate(middle(scratch, count, &spread));
		expected->sd[s] = spp_num_estimate(hypot(deviation, spread));
	}
	for (size_t k = 0; k < slots * options->quantile_count; k++) {
		for (size_t i = 0; i < count; i++)
			scratch[i] = others[i]->measures[m].quantiles[k];
		expected->quantiles[k] =
			spp_num_estimate(median_of(scratch, count));
	}
	for (size_t i = 0; i < count; i++)
		scratch[i] = others[i]->measures[m].last;
	expected->last = spp_num_estimate(median_of(scratch, count));
}

bool spp_outlook_median(struct spp_outlook *outlook,
	const struct spp_outlook *const *others, size_t count,
	const struct spp_forecast_options *options, struct spp_arena *arena,
	struct spp_err *err)
{
	struct spp_arena scratch = {0};
	const struct spp_outlook **having =
		spp_arena_alloc(&scratch, count, sizeof(*having));
	double *values = spp_arena_alloc(&scratch, count, sizeof(*values));
	bool ok = spp_arena_ok(&scratch, err);

	memset(outlook, 0, sizeof(*outlook));
	for (size_t m = 0; ok && m < SPP_MEASURES; m++) {
		struct spp_expected *expected = &outlook->measures[m];
		size_t found = 0;

		expected->last = NAN;
		for (size_t i = 0; i < count; i++)
			if (others[i]->measures[m].mean)
				having[found++] = others[i];
		if (found == 0)
			continue;
		ok = spp_expected_new(expected, options, arena, err);
		if (ok)
			set_median(expected, m, having, found, values, options);
	}
	spp_arena_free(&scratch);
	return ok;
}

bool spp_outlook_convert(struct spp_outlook *outlook, enum spp_measure to,
	double ratio, const struct spp_forecast_options *options,
	struct spp_arena *arena, struct spp_err *err)
{
	enum spp_measure from = to == SPP_MEASURE_BYTES ? SPP_MEASURE_RECORDS
	                                                : SPP_MEASURE_BYTES;
	double factor = to == SPP_MEASURE_BYTES ? ratio : 1 / ratio;
	const struct spp_expected *known = &outlook->measures[from];
	struct spp_expected *made = &outlook->measures[to];
	size_t slots = options->slots->count;

	assert(known->mean && ratio > 0);
	if (!spp_expected_new(made, options, arena, err))
		return false;
	for (size_t s = 0; s < slots; s++) {
		made->mean[s] = spp_num_estimate(factor * known->mean[s]);
		made->sd[s] = spp_num_estimate(factor * known->sd[s]);
	}
	for (size_t k = 0; k < slots * options->quantile_count; k++)
		made->quantiles[k] =
			spp_num_estimate(factor * known->quantiles[k]);
	made->last = spp_num_estimate(factor * known->last);
	for (size_t p = 0; p < SPP_PARTS; p++)
		made->model[p] = known->model[p];
	return true;
}
