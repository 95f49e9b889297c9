#include "lib/cluster/build.h"

#include "lib/cluster/risk.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RISK_DEFAULT 0.05

struct spp_cluster_options spp_cluster_options_none(void)
{
	return (struct spp_cluster_options){
		.now = SPP_TIME_NONE,
		.risk = NAN,
		.weights = {.overload = NAN,
			.latency = NAN,
			.utilisation = NAN,
			.migration = NAN,
			.smoothness = NAN,
			.half_life_s = NAN,
			.threshold = NAN},
	};
}

const void *spp_build_value(
	const struct spp_build *build, enum spp_type type, size_t index)
{
	return spp_feed_at(build->feed, type, index)->value;
}

void spp_build_warn(struct spp_build *build, const char *format, ...)
{
	struct spp_err warning = {0};
	char text[sizeof warning.text];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	spp_fail(&warning, SPP_INPUT, "%s", text);
	spp_errs_add(build->warnings, &warning);
}

void spp_build_name(
	struct spp_build_names *names, const char *stream, const char *rest)
{
	char name[SPP_QUOTE_SIZE * 2], quoted[SPP_QUOTE_SIZE];
	size_t length = strlen(names->text);

	names->count++;
	if (rest != NULL)
		snprintf(name, sizeof name, "%s/%s", stream, rest);
	else
		snprintf(name, sizeof name, "%s", stream);
	spp_err_quote(quoted, name, strlen(name));
	if (names->count > 4 ||
		length + strlen(quoted) + 8 > sizeof names->text) {
		if (length == 0 || names->text[length - 1] != '.')
			snprintf(names->text + length,
				sizeof names->text - length, " ...");
		return;
	}
	snprintf(names->text + length, sizeof names->text - length, "%s%s",
		length > 0 ? ", " : "", quoted);
}

/* The driver's record, or what holds without one. */
static void set_driver(struct spp_build *build)
{
	struct spp_abilities *driver = &build->cluster->driver;
	const struct spp_driver_record *record;

	*driver = (struct spp_abilities){
		.serve = SPP_SERVE_LEADER,
		.copy_from = SPP_COPY_LEADER,
		.handover_s = 0,
		.max_inflight = 16,
		.rate = 50e6,
	};
	if (spp_feed_count(build->feed, SPP_DRIVER) == 0)
		return;
	record = spp_build_value(build, SPP_DRIVER, 0);
	if (record->serve >= 0)
		driver->serve = record->serve;
	if (record->copy_from >= 0)
		driver->copy_from = record->copy_from;
	if (spp_present(record->handover_s))
		driver->handover_s = record->handover_s;
	if (spp_present(record->max_inflight))
		driver->max_inflight = record->max_inflight;
	if (spp_present(record->rate))
		driver->rate = record->rate;
}

static void set_name_and_risk(struct spp_build *build)
{
	const struct spp_header *header = build->feed->header;
	struct spp_cluster *cluster = build->cluster;
	const struct spp_cluster_record *record;

	if (spp_feed_count(build->feed, SPP_CLUSTER) > 0) {
		record = spp_build_value(build, SPP_CLUSTER, 0);
		cluster->name = record->cluster;
	} else if (header != NULL) {
		cluster->name = header->cluster;
	}
	cluster->risk = build->options->risk;
	if (!spp_present(cluster->risk) && header != NULL)
		cluster->risk = header->risk;
	if (!spp_present(cluster->risk))
		cluster->risk = RISK_DEFAULT;
	if (!build->options->certain)
		cluster->risk_z = spp_risk_quantile(cluster->risk);
}

static bool build_all(struct spp_build *build, struct spp_err *err)
{
	set_driver(build);
	set_name_and_risk(build);
	build->cluster->apart =
		build->cluster->driver.serve != SPP_SERVE_LEADER;
	return spp_build_platforms(build, err) &&
	       spp_build_partitions(build, err) &&
	       spp_build_subscriptions(build, err) &&
	       spp_build_slots(build, err) && spp_build_rates(build, err) &&
	       spp_build_rules(build, err) && spp_build_model(build, err) &&
	       spp_build_background(build, err) &&
	       spp_build_demand(build, err) && spp_arena_ok(build->arena, err);
}

struct spp_cluster *spp_cluster_build(const struct spp_feed *feed,
	const struct spp_cluster_options *options, struct spp_arena *arena,
	struct spp_errs *warnings, struct spp_err *err)
{
	struct spp_build build = {
		.feed = feed,
		.options = options,
		.arena = arena,
		.warnings = warnings,
		.cluster =
			spp_arena_alloc(arena, 1, sizeof(struct spp_cluster)),
	};

	if (!spp_arena_ok(arena, err) || !build_all(&build, err))
		return NULL;
	return build.cluster;
}
