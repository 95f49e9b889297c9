/*
 * The load of every platform under an answer, and what it costs.
 */
#ifndef SPP_VERIFY_LOAD_H
#define SPP_VERIFY_LOAD_H

#include "lib/verify/answer.h"
#include "lib/verify/demand.h"

static inline size_t spp_verify_cell(const struct spp_verify_model *model,
	size_t platform, size_t resource, size_t slot)
{
	return (platform * model->resources + resource) * model->slots + slot;
}

/* The loads of all placements; false when memory ran out. */
bool spp_verify_read_loads(struct spp_verify_run *run, struct spp_err *err);

/* Add (sign 1) or take away (sign -1) all items of one partition. */
void spp_verify_loads_add(const struct spp_verify_run *run,
	struct spp_verify_loads *loads, size_t partition,
	enum spp_verify_when when, double sign);

/*
 * Let a partition, as it was before on these loads, change sides at a time
 * (sign 1), or take that back (-1): replicas, unless their number changes,
 * and subscriptions together.
 */
void spp_verify_loads_shift(const struct spp_verify_run *run,
	struct spp_verify_loads *loads, size_t partition, double from_s,
	double sign);

/* Standard deviation of a cell, factors included; 0 under --certain. */
double spp_verify_deviation(const struct spp_verify_model *model,
	const struct spp_verify_loads *loads, size_t cell);

/* The level that a cell stays below at the answer's risk. */
double spp_verify_held(const struct spp_verify_model *model,
	const struct spp_verify_loads *loads, size_t cell);

/* E[max(0, X - threshold)] of a normal X. */
double spp_verify_overload(double mean, double deviation, double threshold);

/* Utilisation of the whole cluster, by resource and slot. */
bool spp_verify_cluster_rho(struct spp_verify_run *run, struct spp_err *err);

/* Terms with their weights, total included: of one platform's load ... */
struct spp_cost_terms spp_verify_cost_of(const struct spp_verify_run *run,
	const struct spp_verify_loads *loads, size_t platform);

/* ... and of all, with the answer's moves or without. */
struct spp_cost_terms spp_verify_cost(const struct spp_verify_run *run,
	const struct spp_verify_loads *loads, bool moves);
void spp_verify_cost_add(struct spp_cost_terms *to,
	const struct spp_cost_terms *terms, double sign);

/*
 * What some changes of one partition bring: the cost of the answer less its
 * cost without them, all else (ready_s, too) as it is.
 */
struct spp_cost_terms spp_verify_brought(
	struct spp_verify_run *run, const size_t *changes, size_t count);

/* The loads that a cost is worked out from: of the seed's, which knows no
   time until a change is there, those when all is done. */
enum spp_verify_when spp_verify_weighed(const struct spp_verify_run *run);

/*
 * Take a change out of the answer, or put it back; what is loaded with its
 * partition must be taken off before and put on again.
 */
void spp_verify_set_back(struct spp_verify_run *run, size_t change, bool back);

/* Sum of all terms but total. */
double spp_verify_total(const struct spp_cost_terms *terms);

/* Does each change gain enough, and the whole answer? */
bool spp_verify_gains(struct spp_verify_run *run, double gain,
	const struct spp_record *at, struct spp_err *err);

#endif
