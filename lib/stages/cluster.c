#include "lib/stages/cluster.h"

#include "lib/io/json.h"

#include <string.h>

void spp_stage_use_cluster(struct spp_feed_options *reads)
{
	static const enum spp_type types[] = {
		SPP_CLUSTER,
		SPP_DRIVER,
		SPP_RESOURCE_MODEL,
		SPP_CONSTRAINT,
		SPP_PLATFORM,
		SPP_PARTITION,
		SPP_SUBSCRIPTION,
		SPP_FORECAST,
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		reads->use[types[i]] = SPP_READ | SPP_PASS;
}

static void take_number(
	const struct spp_json *given, const char *name, double *value)
{
	const struct spp_json *member = spp_json_get(given, name);

	if (member != NULL && (spp_json_kind(member) == SPP_JSON_INTEGER ||
				      spp_json_kind(member) == SPP_JSON_REAL))
		*value = spp_json_number(member);
}

static void take_options(
	const struct spp_json *given, struct spp_cluster_options *options)
{
	const struct spp_json *certain = spp_json_get(given, "certain");
	struct spp_weights *weights = &options->weights;

	options->inherited = true;
	options->certain = certain != NULL &&
	                   spp_json_kind(certain) == SPP_JSON_BOOL &&
	                   spp_json_bool(certain);
	take_number(given, "overload", &weights->overload);
	take_number(given, "latency", &weights->latency);
	take_number(given, "utilisation", &weights->utilisation);
	take_number(given, "migration", &weights->migration);
	take_number(given, "smoothness", &weights->smoothness);
	take_number(given, "half_life", &weights->half_life_s);
	take_number(given, "threshold", &weights->threshold);
}

bool spp_stage_inherit(const struct spp_feed *feed,
	struct spp_cluster_options *options, struct spp_err *err)
{
	const struct spp_provenance *from = (const void *)feed->from.data;
	size_t i = feed->from.length / sizeof *from;
	struct spp_json *given;

	while (i > 0 && (from[i - 1].options == NULL ||
				strcmp(from[i - 1].tool, "spp-assign") != 0))
		i--;
	if (i == 0)
		return true;
	given = spp_json_parse(
		from[i - 1].options, strlen(from[i - 1].options), err);
	if (given == NULL)
		return false;
	if (spp_json_kind(given) == SPP_JSON_OBJECT)
		take_options(given, options);
	spp_json_free(given);
	return true;
}
