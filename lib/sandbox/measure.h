/*
 * What the sandbox measures: per interval the samples of what was produced
 * and consumed, each platform's work and overload, and latencies.
 */
#ifndef SPP_SANDBOX_MEASURE_H
#define SPP_SANDBOX_MEASURE_H

#include "lib/base/arena.h"
#include "lib/sandbox/fifo.h"
#include "lib/sandbox/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_sandbox;

enum {
	SPP_MEASURE_INTERVALS = 4096, /* the newest are kept */
	SPP_MEASURE_SAMPLES = 1 << 20,
};

#define SPP_MEASURE_NONE UINT32_MAX

struct spp_measured_sample {
	double begin_s; /* sandbox seconds since the start */
	double bytes;
	uint32_t partition;
	uint32_t subscription; /* SPP_MEASURE_NONE: what was produced */
	uint32_t platform;     /* that delivered, or led */
	bool censored;         /* its platform was overloaded */
};

/* One platform in one interval. */
struct spp_measured_load {
	double served;     /* bytes */
	double overload_s; /* of windows with more work than capacity */
};

struct spp_interval {
	double begin_s;
	struct spp_histogram latency; /* sandbox us */
};

struct spp_measure {
	struct spp_arena arena;
	size_t platform_count;
	double begin_s; /* of the interval under way */
	double window_end_s;
	struct spp_fifo samples;
	struct spp_fifo intervals; /* struct spp_interval, complete */
	struct spp_fifo loads;     /* per interval one a platform */
	double *served_begin;      /* by platform, at begin_s */
	double *overload_begin;
	uint64_t *published_begin; /* by partition */
};

/* Sums over all intervals that begin at since_s or later. */
struct spp_figures {
	struct spp_histogram latency;
	double overload_s;
};

bool spp_measure_open(struct spp_sandbox *sandbox);
void spp_measure_close(struct spp_measure *measure);

/* Close the windows and intervals that have ended by now. */
void spp_measure_turn(struct spp_sandbox *sandbox);

/* loads[platform] of the last complete interval, NULL before there is one. */
const struct spp_measured_load *spp_measure_last(
	const struct spp_measure *measure, double *begin_s);

/* overload_s: room for one number a platform. */
void spp_measure_since(const struct spp_sandbox *sandbox, double since_s,
	struct spp_figures *figures, double *overload_s);

#endif
