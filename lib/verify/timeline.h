/*
 * What every platform carries over time, while moves are added one by one.
 */
#ifndef SPP_VERIFY_TIMELINE_H
#define SPP_VERIFY_TIMELINE_H

#include "lib/verify/replay.h"

/* One platform between the instants at which something near it changes. */
struct spp_verify_lane {
	size_t count;  /* of intervals; the last one has no end */
	double *begin; /* [count + 1], the last is INFINITY */
	/* Level, variance, loadings of each resource in each interval, with
	   those moves so far that belong to a part; NULL = part not asked. */
	double *load[SPP_VERIFY_PARTS];
	/* Expected overload of soft resources there, discounted. */
	double *overload[SPP_VERIFY_PARTS];
};

struct spp_verify_timeline {
	struct spp_verify_replay *replay;
	size_t numbers;  /* in a load: level, variance, loadings */
	double *weight;  /* of an hour, by slot; one more for all time after */
	double *nothing; /* load of doing nothing: platform, slot, resource */
	struct spp_verify_lane *lanes; /* by platform */
	bool repairs;                  /* parts other than all are asked */
	/* Scratch. */
	bool *marked;    /* platforms */
	size_t *reached; /* list of them */
};

/* All lanes without any move.  False when memory ran out. */
bool spp_verify_timeline_new(struct spp_verify_replay *replay,
	struct spp_verify_timeline *timeline, struct spp_err *err);

/*
 * The platforms that a partition ever reaches by the plan, into
 * timeline->reached.
 */
size_t spp_verify_reached(
	struct spp_verify_timeline *timeline, size_t partition);

/* The first interval that a move changes on a platform. */
size_t spp_verify_changed_from(const struct spp_verify_timeline *timeline,
	size_t platform, const struct spp_verify_move *move);

/* Add the next move to a platform. */
void spp_verify_timeline_add(
	struct spp_verify_timeline *timeline, size_t platform, size_t index);

/* Expected overload of a platform from now to END, platform-hours. */
double spp_verify_overload_until(const struct spp_verify_timeline *timeline,
	size_t platform, enum spp_verify_part part, double end_s);

/* Deviation of a load, and what is held of it at the risk. */
double spp_verify_load_deviation(
	const struct spp_verify_model *model, const double *load);
static inline double spp_verify_load_held(
	const struct spp_verify_model *model, const double *load)
{
	return load[0] + model->risk_z * spp_verify_load_deviation(model, load);
}

/* One resource of a load. */
static inline const double *spp_verify_load_at(
	const struct spp_verify_timeline *timeline, size_t platform,
	enum spp_verify_part part, size_t interval, size_t resource)
{
	size_t resources = timeline->replay->run->model.resources;

	return timeline->lanes[platform].load[part] +
	       (interval * resources + resource) * timeline->numbers;
}

/* The same of doing nothing, in a slot. */
static inline const double *spp_verify_nothing_at(
	const struct spp_verify_timeline *timeline, size_t platform,
	size_t slot, size_t resource)
{
	const struct spp_verify_model *model = &timeline->replay->run->model;

	return timeline->nothing +
	       ((platform * (model->slots + 1) + slot) * model->resources +
		       resource) *
	               timeline->numbers;
}

#endif
