/* A plan's text, from the input or a journal, and what it says. */
#ifndef SPP_STAGES_MIGRATE_SOURCE_H
#define SPP_STAGES_MIGRATE_SOURCE_H

#include "lib/stages/common.h"
#include "lib/stages/migrate_plan.h"
#include "lib/store/journal.h"

struct spp_source {
	struct spp_stage stage; /* its feed; to be closed in any case */
	struct spp_migration migration;
	const char *text;
	size_t length;
};

/* The one operand, or standard input. */
bool spp_source_read(struct spp_source *source, struct spp_context *context,
	struct spp_err *err);

/* A plan of a journal; NAME stands in messages. */
bool spp_source_stored(struct spp_source *source, struct spp_context *context,
	const struct spp_stored_plan *stored, const char *name,
	struct spp_err *err);

#endif
