/* May a plan be carried out by this driver, here and now? */
#ifndef SPP_STAGES_MIGRATE_ADMIT_H
#define SPP_STAGES_MIGRATE_ADMIT_H

#include "lib/stages/migrate_clock.h"
#include "lib/stages/migrate_driver.h"
#include "lib/stages/migrate_plan.h"

struct spp_errs;

/* Plan and driver are of the same cluster, where both say: SPP_INPUT. */
bool spp_admit_cluster(const struct spp_migration *migration,
	const struct spp_driver_hello *hello, struct spp_err *err);

/*
 * The driver works the way for which the plan was made: who serves
 * subscriptions, and whether both sides can.  Another way is SPP_INPUT,
 * another name a warning.
 */
bool spp_admit_driver(const struct spp_migration *migration,
	const struct spp_driver_hello *hello, struct spp_errs *warnings,
	struct spp_err *err);

/* What the plan was made for is not over: else SPP_INPUT. */
bool spp_admit_time(const struct spp_migration *migration,
	const struct spp_migrate_clock *clock, struct spp_err *err);

/*
 * Keep other executors out, as far as the driver can, and own an epoch.
 * Where it cannot, it must be EXCLUSIVE: else SPP_USAGE.
 */
bool spp_admit_alone(struct spp_driver *driver, bool exclusive,
	struct spp_errs *warnings, int64_t *epoch, struct spp_err *err);

/* The limit of moves at once that a stored plan began with, unless set. */
bool spp_admit_limit(
	const char *options, int64_t *max_inflight, struct spp_err *err);

#endif
