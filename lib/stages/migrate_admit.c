#include "lib/stages/migrate_admit.h"

#include "lib/base/err.h"
#include "lib/io/json.h"

#include <string.h>

bool spp_admit_cluster(const struct spp_migration *migration,
	const struct spp_driver_hello *hello, struct spp_err *err)
{
	if (migration->cluster == NULL || hello->cluster == NULL ||
		strcmp(migration->cluster, hello->cluster) == 0)
		return true;
	return spp_fail(err, SPP_INPUT,
		"the plan is for cluster \"%.60s\", the driver is at \"%.60s\"",
		migration->cluster, hello->cluster);
}

/* A choice that is not said is the first. */
static bool differ(int a, int b)
{
	return (a > 0 ? a : 0) != (b > 0 ? b : 0);
}

bool spp_admit_driver(const struct spp_migration *migration,
	const struct spp_driver_hello *hello, struct spp_errs *warnings,
	struct spp_err *err)
{
	const struct spp_driver_record *here = hello->driver, *planned;
	struct spp_err warning = {0};

	if (spp_feed_count(migration->feed, SPP_DRIVER) == 0)
		return true;
	planned = spp_feed_at(migration->feed, SPP_DRIVER, 0)->value;
	if (differ(planned->serve, here->serve) ||
		differ(planned->dual, here->dual)) {
		spp_fail(err, SPP_INPUT,
			"the plan was made for a driver that serves "
			"subscriptions in another way");
		spp_err_hint(err,
			"Put what --capabilities prints before the feed, and "
			"plan again.");
		return false;
	}
	if (strcmp(planned->driver, here->driver) == 0)
		return true;
	spp_fail(&warning, SPP_INPUT,
		"the plan was made for driver \"%.60s\", this one is \"%.60s\"",
		planned->driver, here->driver);
	spp_errs_add(warnings, &warning);
	return true;
}

bool spp_admit_time(const struct spp_migration *migration,
	const struct spp_migrate_clock *clock, struct spp_err *err)
{
	char last[SPP_TIME_SIZE];

	if (spp_clock_date(clock) <= migration->last)
		return true;
	spp_time_text(migration->last, last);
	spp_fail(err, SPP_INPUT,
		"the plan is stale: what it was made for ended at %s", last);
	spp_err_hint(err, "Make a new plan, or say --allow-stale.");
	return false;
}

bool spp_admit_alone(struct spp_driver *driver, bool exclusive,
	struct spp_errs *warnings, int64_t *epoch, struct spp_err *err)
{
	int fencing = driver->hello.driver->fencing;
	struct spp_err warning = {0};
	int64_t highest = 0;

	if (fencing == SPP_FENCING_EPOCH) {
		if (!spp_driver_fence(driver, &highest, err))
			return false;
		*epoch = highest + 1;
		return true;
	}
	if (fencing == SPP_FENCING_CAS)
		return true;
	if (!exclusive) {
		spp_fail(err, SPP_USAGE,
			"the driver cannot keep a second executor out");
		spp_err_hint(err,
			"Say --exclusive when nobody else, here or elsewhere, "
			"moves partitions of this cluster.");
		return false;
	}
	spp_fail(&warning, SPP_USAGE,
		"the driver does not fence: moves are not protected from an "
		"executor on another machine");
	spp_errs_add(warnings, &warning);
	return true;
}

bool spp_admit_limit(
	const char *options, int64_t *max_inflight, struct spp_err *err)
{
	struct spp_json *root;
	const struct spp_json *limit;

	if (*max_inflight != SPP_ABSENT)
		return true;
	root = spp_json_parse(options, strlen(options), err);
	if (root == NULL)
		return false;
	limit = spp_json_kind(root) == SPP_JSON_OBJECT
	                ? spp_json_get(root, "max_inflight")
	                : NULL;
	if (limit != NULL && spp_json_kind(limit) == SPP_JSON_INTEGER &&
		spp_json_integer(limit) > 0)
		*max_inflight = spp_json_integer(limit);
	spp_json_free(root);
	return true;
}
