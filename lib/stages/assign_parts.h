/* The parts of the assign stage. */
#ifndef SPP_STAGES_ASSIGN_PARTS_H
#define SPP_STAGES_ASSIGN_PARTS_H

#include "lib/assign/assign.h"
#include "lib/stages/assign.h"
#include "lib/stages/common.h"

/* What a run knows. */
struct spp_assign_job {
	struct spp_stage *stage;
	struct spp_arena *arena;
	const struct spp_assign_stage *options;
	const struct spp_cluster *cluster;
	const struct spp_answer *answer;
	struct spp_errs warnings; /* of the cluster's build */
	struct spp_undone *left;  /* one for each lack */
	size_t steps;             /* of the search, so far */
	double end_s;             /* of the search; NAN = no limit */
};

/* Files of platforms and partitions, as further input of the stage. */
bool spp_assign_add_csv(struct spp_assign_job *job, struct spp_err *err);

/*
 * What-if options as changed records of the feed: all that comes later in
 * the pipe sees the cluster that the answer is for.
 */
bool spp_assign_what_if(struct spp_assign_job *job, struct spp_err *err);

/* The answer as records, and for eyes. */
bool spp_assign_put_assignments(
	struct spp_assign_job *job, struct spp_err *err);
bool spp_assign_put_summary(struct spp_assign_job *job, struct spp_err *err);
bool spp_assign_list_left(struct spp_assign_job *job, struct spp_err *err);
bool spp_assign_put_table(struct spp_assign_job *job, struct spp_err *err);
bool spp_assign_put_explanation(
	struct spp_assign_job *job, struct spp_err *err);

/* STREAM/PARTITION, split at the last slash; SPP_USAGE when unknown. */
bool spp_assign_find_partition(const struct spp_assign_job *job,
	const char *text, size_t *partition, struct spp_err *err);

#endif
