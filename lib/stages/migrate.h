/* spp-migrate: a plan in, its execution out. */
#ifndef SPP_STAGES_MIGRATE_H
#define SPP_STAGES_MIGRATE_H

#include "lib/cli/command.h"

struct spp_migrate_stage {
	struct spp_common common;
	const char *driver;
	const char *journal;
	bool resume, rollback, supersede;
	bool status, history, capabilities;
	bool exclusive, allow_stale;
	int64_t max_inflight;
	double deadline_s, grace_s, hold_s;
	int64_t seed;
};

extern const struct spp_fields spp_migrate_options;

bool spp_stage_migrate(
	struct spp_context *context, const void *options, struct spp_err *err);

/* migrate_show.c: what would be done; changes nothing. */
bool spp_migrate_show(struct spp_context *context,
	const struct spp_migrate_stage *options, struct spp_err *err);

/* migrate_look.c: what the journal or the driver says. */
bool spp_migrate_look(struct spp_context *context,
	const struct spp_migrate_stage *options, struct spp_err *err);
bool spp_migrate_capabilities(struct spp_context *context,
	const struct spp_migrate_stage *options, struct spp_err *err);

/* migrate_execute.c: does it. */
bool spp_migrate_execute(struct spp_context *context,
	const struct spp_migrate_stage *options, struct spp_err *err);

#endif
