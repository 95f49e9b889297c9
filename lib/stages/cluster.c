#include "lib/stages/cluster.h"

#include "lib/base/arena.h"
#include "lib/base/buf.h"
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

static const struct spp_json *object_of(const struct spp_json *root)
{
	return root != NULL && spp_json_kind(root) == SPP_JSON_OBJECT ? root
	                                                              : NULL;
}

/* The members of an object that another one does not have. */
static void put_members(struct spp_buf *text, const struct spp_json *object,
	const struct spp_json *unless)
{
	const struct spp_json *value;
	const char *name;
	void *cursor = NULL;

	while (object != NULL &&
		spp_json_next(object, &cursor, &name, &value)) {
		if (unless != NULL && spp_json_get(unless, name) != NULL)
			continue;
		if (text->length > 1)
			spp_buf_char(text, ',');
		spp_json_put_string(text, name);
		spp_buf_char(text, ':');
		spp_json_print(value, text);
	}
}

/* The same members in the order in which all options are written. */
static const char *sorted(const struct spp_buf *text, struct spp_arena *arena,
	struct spp_err *err)
{
	struct spp_json *root;
	struct spp_buf print = {0};
	const char *made = NULL;

	if (!spp_buf_ok(text, err))
		return NULL;
	root = spp_json_parse(text->data, text->length, err);
	if (root == NULL)
		return NULL;
	spp_json_print(root, &print);
	if (spp_buf_ok(&print, err))
		made = spp_arena_text(arena, print.data, print.length);
	spp_buf_free(&print);
	spp_json_free(root);
	if (made == NULL)
		spp_fail_memory(err);
	return made;
}

const char *spp_stage_merge_options(const char *earlier, const char *given,
	struct spp_arena *arena, struct spp_err *err)
{
	struct spp_json *before = spp_json_parse(earlier, strlen(earlier), err);
	struct spp_json *now = spp_json_parse(given, strlen(given), err);
	struct spp_buf text = {0};
	const char *merged = NULL;

	if (before != NULL && now != NULL) {
		spp_buf_char(&text, '{');
		put_members(&text, object_of(now), NULL);
		put_members(&text, object_of(before), object_of(now));
		spp_buf_char(&text, '}');
		merged = sorted(&text, arena, err);
	}
	spp_buf_free(&text);
	spp_json_free(before);
	spp_json_free(now);
	return merged;
}
