/* The parts of the plan stage. */
#ifndef SPP_STAGES_PLAN_PARTS_H
#define SPP_STAGES_PLAN_PARTS_H

#include "lib/plan/plan.h"
#include "lib/stages/common.h"
#include "lib/stages/plan.h"

/* What a run knows: the feed as a cluster, what is to be, the answer. */
struct spp_plan_job {
	struct spp_stage *stage;
	struct spp_arena *arena;
	const struct spp_plan_options *options;
	const struct spp_cluster *cluster;
	struct spp_plan_limits limits;
	struct spp_plan_change *changes; /* one for each assignment */
	size_t change_count;
	struct spp_plan plan;
	/* Of a plan that comes in, by its moves: records and names. */
	const struct spp_record **sources;
	const char **ids;
};

/*
 * Limits out of options, driver and constraints.  An option that is not
 * given may stand in GIVEN, the options of an earlier run (JSON, or NULL).
 */
bool spp_plan_read_limits(
	struct spp_plan_job *job, const char *given, struct spp_err *err);

/* Moves may run "02:00-05:00": from and to, times of day with an offset. */
bool spp_plan_add_windows(struct spp_plan_job *job, const char *from,
	const char *to, int32_t utc_offset_s, struct spp_buf *windows);

/* The assignments as changes of the cluster. */
bool spp_plan_read_changes(struct spp_plan_job *job, struct spp_err *err);

/* A platform by its name, which must be known. */
bool spp_plan_find_platform(const struct spp_plan_job *job,
	const struct spp_record *record, const char *field, const char *name,
	size_t *platform, struct spp_err *err);

/* A partition, and the subscription where there is a subscriber. */
bool spp_plan_find_subject(const struct spp_plan_job *job,
	const struct spp_record *record, const char *stream,
	const char *partition, const char *subscriber, size_t *partition_index,
	size_t *subscription, struct spp_err *err);

/* The moves of a feed, as the engine knows them, in order of start. */
bool spp_plan_read_moves(struct spp_plan_job *job, struct spp_err *err);

/* The name of a move. */
const char *spp_plan_move_id(struct spp_plan_job *job, size_t index);

/* What the plan becomes: moves, summary, and what is left. */
bool spp_plan_put_moves(struct spp_plan_job *job, struct spp_err *err);
bool spp_plan_put_summary(struct spp_plan_job *job, struct spp_err *err);
bool spp_plan_list_left(struct spp_plan_job *job, struct spp_undone **left,
	size_t *count, struct spp_err *err);
bool spp_plan_put_table(struct spp_plan_job *job, const struct spp_undone *left,
	size_t count, struct spp_err *err);

/*
 * Reverse the plan in the feed.  Its partitions and subscriptions become what
 * they are after it, its assignments the way back: records of the feed are
 * replaced, so that the cluster must be built again (REBUILD) between.
 */
bool spp_plan_turn(struct spp_plan_job *job,
	bool (*rebuild)(struct spp_plan_job *job, struct spp_err *err),
	struct spp_err *err);

/* Check the plan in the feed again. */
bool spp_plan_check_sealed(struct spp_plan_job *job, struct spp_err *err);

#endif
