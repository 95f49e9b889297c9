/*
 * A plan as it was read, made into what lib/migrate carries out.
 */
#ifndef SPP_STAGES_MIGRATE_PLAN_H
#define SPP_STAGES_MIGRATE_PLAN_H

#include "lib/migrate/migrate.h"
#include "lib/records/feed.h"

enum { SPP_PLAN_ID_SIZE = 13 };

struct spp_migration {
	const struct spp_feed *feed;
	char id[SPP_PLAN_ID_SIZE]; /* first 12 digits of the digest */
	const char *digest;
	const char *cluster; /* NULL = not said */
	spp_time origin;     /* that start_s counts from */
	spp_time last;       /* what the plan was made for ends here */
	size_t count;
	const struct spp_move **moves;  /* as read */
	const char **texts;             /* "STREAM/PARTITION" */
	struct spp_migrate_move *steps; /* as carried out */
	struct spp_migrate_plan plan;   /* of steps */
};

/*
 * What a plan is read with.  Of the forecasts only the end of their last
 * slot is wanted: it lands in *last, which is SPP_TIME_NONE before.
 */
struct spp_feed_options spp_migration_reads(spp_time *last);

/*
 * Build it from a feed of one segment, all in the arena; LAST as reading
 * left it.  Unknown platforms and partitions, moves after unknown ones and
 * the like are SPP_INPUT, with the line of the move.
 */
bool spp_migration_make(struct spp_migration *migration,
	const struct spp_feed *feed, spp_time last, struct spp_arena *arena,
	struct spp_err *err);

/*
 * Set when moves may start, on a clock of milliseconds that is 0 NOW and
 * runs while the plan's clock runs SPEED times as fast.
 */
void spp_migration_time(
	struct spp_migration *migration, spp_time now, double speed);

#endif
