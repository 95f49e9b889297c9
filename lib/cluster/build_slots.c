/* The slots of the horizon that have not passed, and times as ages. */
#include "lib/cluster/build.h"

#include <math.h>

/* What an hour later is worth. */
#define FADE 0.8

#define HOUR_S 3600.0

static spp_time pick_now(const struct spp_build *build, spp_time start)
{
	if (build->options->now != SPP_TIME_NONE)
		return build->options->now;
	if (build->feed->header != NULL &&
		build->feed->header->now != SPP_TIME_NONE)
		return build->feed->header->now;
	return start;
}

static void set_slots(struct spp_build *build, const struct spp_numbers *slot_s,
	double offset_s)
{
	struct spp_cluster *cluster = build->cluster;
	double *start =
		spp_arena_alloc(build->arena, slot_s->count, sizeof *start);
	double *end = spp_arena_alloc(build->arena, slot_s->count, sizeof *end);
	double *weight =
		spp_arena_alloc(build->arena, slot_s->count, sizeof *weight);
	size_t count = 0;

	if (build->arena->failed)
		return;
	for (size_t i = 0; i < slot_s->count; i++) {
		double from = offset_s;

		offset_s += slot_s->items[i];
		if (!(offset_s > 0)) {
			cluster->first_slot++;
			continue;
		}
		start[count] = from > 0 ? from : 0;
		end[count] = offset_s;
		weight[count] = (end[count] - start[count]) / HOUR_S *
		                pow(FADE, start[count] / HOUR_S);
		count++;
	}
	cluster->slots = count;
	cluster->slot_start_s = start;
	cluster->slot_end_s = end;
	cluster->slot_weight_h = weight;
	cluster->cells = count * cluster->resources;
}

static void set_ages(struct spp_build *build)
{
	struct spp_cluster *cluster = build->cluster;
	double *age =
		spp_arena_alloc(build->arena, cluster->partitions, sizeof *age);

	if (build->arena->failed)
		return;
	for (size_t p = 0; p < cluster->partitions; p++) {
		const struct spp_partition *record = build->partition[p];

		age[p] = INFINITY;
		if (record == NULL || record->moved_at == SPP_TIME_NONE)
			continue;
		age[p] = spp_time_since(cluster->now, record->moved_at);
		if (age[p] < 0)
			age[p] = 0;
	}
	cluster->age_s = age;
}

bool spp_build_slots(struct spp_build *build, struct spp_err *err)
{
	struct spp_cluster *cluster = build->cluster;
	const struct spp_forecast *forecast;

	if (spp_feed_count(build->feed, SPP_FORECAST) == 0) {
		spp_fail(err, SPP_INPUT, "no forecast in the input");
		spp_err_hint(err, "Forecasts come from spp-forecast: put it "
				  "before this in the pipe.");
		return false;
	}
	forecast = spp_build_value(build, SPP_FORECAST, 0);
	cluster->now = pick_now(build, forecast->start);
	set_slots(build, &forecast->slot_s,
		spp_time_since(forecast->start, cluster->now));
	set_ages(build);
	if (!spp_arena_ok(build->arena, err))
		return false;
	if (cluster->slots > 0)
		return true;
	spp_fail(err, SPP_INPUT,
		"all slots of the forecasts have passed at the time that "
		"counts as now");
	spp_err_hint(err, "Forecast again, or give the time with --now.");
	return false;
}
