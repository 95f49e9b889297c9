/*
 * Makes a world: a cluster and its history, from a seed.  samples/ holds
 * the small one that the manual and the tests use; larger ones go under
 * build/.  All shapes are invented: a daily wave whose phase depends on the
 * stream, a trend on every fifth partition, bursts that decay, gaps.
 */
#include "lib/base/arena.h"
#include "lib/base/num.h"
#include "lib/base/rng.h"
#include "lib/cli/command.h"
#include "lib/io/json.h"
#include "lib/io/output.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REPLICAS = 3, SUBSCRIBERS = 2, RACKS = 3, STREAMS = 3 };

static const char *const stream_names[STREAMS] = {"orders", "clicks", "logs"};
static const char *const subscriber_names[SUBSCRIBERS] = {"billing", "etl"};
static const double subscriber_share[SUBSCRIBERS] = {1, .6};

struct options {
	struct spp_common common;
	const char *output;
	int64_t partitions;
	int64_t platforms;
	double days;
	double step_s;
	double utilisation;
	int64_t seed;
	spp_time end;
};

#define AT(member) .offset = offsetof(struct options, member)

static const struct spp_field option_fields[] = {
	{"output", AT(output), SPP_STRING,
		"where history.csv and cluster.ndjson go", .required = true,
		.metavar = "DIR"},
	{"partitions", AT(partitions), SPP_INTEGER,
		"partitions, spread over three streams", .min = 1, .max = 1e7,
		.metavar = "N", .default_text = "36"},
	{"platforms", AT(platforms), SPP_INTEGER,
		"platforms, spread over three racks", .min = REPLICAS,
		.max = 1e5, .metavar = "N", .default_text = "9"},
	{"days", AT(days), SPP_NUMBER, "length of the history", .min = .01,
		.max = 3660, .metavar = "N", .default_text = "2"},
	{"step", AT(step_s), SPP_NUMBER, "length of one sample", .unit = "s",
		.min = 1, .max = 86400, .metavar = "DURATION",
		.default_text = "5m"},
	{"utilisation", AT(utilisation), SPP_NUMBER,
		"mean network_out of all platforms over the history",
		.min = .01, .max = 10, .metavar = "X", .default_text = "0.58"},
	{"seed", AT(seed), SPP_INTEGER, "seed of all that is random",
		.max = 9e15, .metavar = "N", .default_text = "1"},
	{"end", AT(end), SPP_TIME, "end of the history", .metavar = "TIME",
		.default_text = "2026-11-22T10:00:00Z"},
};

/* What decides the rate of one partition. */
struct shape {
	double base;   /* relative size */
	double wave;   /* height of the daily wave */
	double phase;  /* hour of its top */
	double trend;  /* growth over the whole history */
	double burst;  /* what is left of the last burst */
	double record; /* bytes of one record */
	struct spp_rng rng;
};

struct world {
	const struct options *options;
	size_t partitions, platforms, ticks;
	struct shape *shapes;
	double *rates; /* partitions x ticks, bytes/s, NAN = gap */
};

static const char *stream_of(size_t partition)
{
	return stream_names[partition % STREAMS];
}

static size_t replica_of(
	const struct world *world, size_t partition, size_t replica)
{
	return (partition + replica) % world->platforms;
}

static struct shape shape_make(uint64_t seed, size_t partition)
{
	struct shape shape = {.rng = spp_rng_for(seed, partition)};

	shape.base = exp(.5 * spp_rng_normal(&shape.rng));
	shape.wave = .3 + .3 * spp_rng_uniform(&shape.rng);
	shape.phase = 11 + 2 * (double)(partition % STREAMS);
	shape.trend = partition % 5 == 0 ? 1 + spp_rng_uniform(&shape.rng) : 0;
	shape.record = 200 + 1800 * spp_rng_uniform(&shape.rng);
	return shape;
}

/* The rate in one tick; HOURS since midnight, DONE = part of the history. */
static double shape_rate(struct shape *shape, double hours, double done)
{
	const double pi = 3.14159265358979323846;
	double wave =
		1 + shape->wave * cos(2 * pi * (hours - shape->phase) / 24);
	double noise = 1 + .04 * spp_rng_normal(&shape->rng);

	shape->burst *= .7;
	if (spp_rng_uniform(&shape->rng) < .004) {
		shape->burst += 1 + spp_rng_exponential(&shape->rng);
	}
	return shape->base * fmax(.05, noise) *
	       (wave * (1 + shape->trend * done) + .4 * shape->burst);
}

/* Single ticks are missing, and now and then an hour. */
static void cut_gaps(
	const struct world *world, struct spp_rng *rng, double *rates)
{
	size_t hour = (size_t)fmax(1, 3600 / world->options->step_s);

	for (size_t t = 0; t < world->ticks; t++) {
		double chance = spp_rng_uniform(rng);
		size_t length = chance < .0005 ? hour : chance < .005;

		for (size_t i = t; i < t + length && i < world->ticks; i++) {
			rates[i] = NAN;
		}
	}
}

/*
 * All rates, scaled so that the platforms' mean network_out, without
 * background, is what the options ask of a capacity of 125 MB/s each.
 */
static void make_rates(struct world *world)
{
	double seconds = (double)world->options->end / SPP_SECOND -
	                 (double)world->ticks * world->options->step_s;
	double sum = 0;

	for (size_t p = 0; p < world->partitions; p++) {
		struct shape *shape = &world->shapes[p];
		double *rates = world->rates + p * world->ticks;

		*shape = shape_make((uint64_t)world->options->seed, p);
		for (size_t t = 0; t < world->ticks; t++) {
			double at =
				seconds + (double)t * world->options->step_s;

			rates[t] = shape_rate(shape, fmod(at, 86400) / 3600,
				(double)t / (double)world->ticks);
			sum += rates[t];
		}
	}
	double fan_out = REPLICAS - 1;
	for (size_t s = 0; s < SUBSCRIBERS; s++) {
		fan_out += subscriber_share[s];
	}
	double scale = world->options->utilisation * 1.25e8 *
	               (double)world->platforms * (double)world->ticks /
	               (sum * fan_out);
	for (size_t p = 0; p < world->partitions; p++) {
		double *rates = world->rates + p * world->ticks;

		for (size_t t = 0; t < world->ticks; t++) {
			rates[t] *= scale;
		}
		cut_gaps(world, &world->shapes[p].rng, rates);
	}
}

static bool write_row(struct spp_output *out, const char *time, size_t p,
	const char *subscriber, double bytes, double record,
	struct spp_err *err)
{
	char line[256];

	if (subscriber) {
		snprintf(line, sizeof line, "%s,%s,%zu,%s,%.0f,\n", time,
			stream_of(p), p / STREAMS, subscriber, bytes);
	} else {
		snprintf(line, sizeof line, "%s,%s,%zu,,%.0f,%.0f\n", time,
			stream_of(p), p / STREAMS, bytes, bytes / record);
	}
	return spp_output_string(out, line, err);
}

static bool write_history(
	const struct world *world, struct spp_output *out, struct spp_err *err)
{
	double step = world->options->step_s;
	char time[SPP_TIME_SIZE];

	if (!spp_output_string(out,
		    "time,stream,partition,subscriber,bytes,records\n", err)) {
		return false;
	}
	for (size_t t = 0; t < world->ticks; t++) {
		spp_time_text(
			spp_time_add(world->options->end,
				step * ((double)t - (double)world->ticks)),
			time);
		for (size_t p = 0; p < world->partitions; p++) {
			double bytes =
				world->rates[p * world->ticks + t] * step;
			double record = world->shapes[p].record;

			if (isnan(bytes)) {
				continue;
			}
			if (!write_row(
				    out, time, p, NULL, bytes, record, err)) {
				return false;
			}
			for (size_t s = 0; s < SUBSCRIBERS; s++) {
				if (!write_row(out, time, p,
					    subscriber_names[s],
					    bytes * subscriber_share[s], record,
					    err)) {
					return false;
				}
			}
		}
	}
	return true;
}

/* The newest rate that is known. */
static double last_rate(const struct world *world, size_t partition)
{
	const double *rates = world->rates + partition * world->ticks;

	for (size_t t = world->ticks; t-- > 0;) {
		if (!isnan(rates[t])) {
			return rates[t];
		}
	}
	return 0;
}

/* What a platform measures: the documented default model and 2 % more. */
static void platform_load(const struct world *world, size_t platform,
	double *cpu, double *in, double *out)
{
	*cpu = *in = *out = 0;
	for (size_t p = 0; p < world->partitions; p++) {
		double rate = last_rate(world, p);
		double records = rate / world->shapes[p].record;

		for (size_t r = 0; r < REPLICAS; r++) {
			if (replica_of(world, p, r) != platform) {
				continue;
			}
			*in += rate;
			if (r > 0) {
				*cpu += 2e-9 * rate;
				continue;
			}
			*out += (REPLICAS - 1) * rate;
			*cpu += 4e-9 * rate + 2e-6 * records +
			        (REPLICAS - 1) * 1e-9 * rate;
			for (size_t s = 0; s < SUBSCRIBERS; s++) {
				double share = subscriber_share[s];

				*out += share * rate;
				*cpu += share * (1e-9 * rate + 5e-7 * records) +
				        1e-4 * 4;
			}
		}
	}
	*cpu *= 1.02;
	*in *= 1.02;
	*out *= 1.02;
}

static bool write_platform(const struct world *world, struct spp_output *out,
	size_t platform, struct spp_err *err)
{
	double cpu, in, network_out;
	char line[512], time[SPP_TIME_SIZE];

	platform_load(world, platform, &cpu, &in, &network_out);
	spp_time_text(world->options->end, time);
	snprintf(line, sizeof line,
		"{\"type\":\"platform\",\"platform\":\"p%zu\",\"rack\":\"r%"
		"zu\","
		"\"zone\":\"z1\",\"capacity\":{\"cpu\":4,\"memory\":"
		"34359738368,"
		"\"disk\":2000000000000,\"network_in\":125000000,"
		"\"network_out\":125000000},\"load\":{\"cpu\":%.4g,"
		"\"network_in\":%.0f,\"network_out\":%.0f},"
		"\"measured_at\":\"%s\"}\n",
		platform + 1, platform % RACKS + 1, cpu, in, network_out, time);
	return spp_output_string(out, line, err);
}

static bool write_partition(const struct world *world, struct spp_output *out,
	size_t p, struct spp_err *err)
{
	double size = 60 * last_rate(world, p);
	char line[512];

	snprintf(line, sizeof line,
		"{\"type\":\"partition\",\"stream\":\"%s\",\"partition\":\"%"
		"zu\","
		"\"replicas\":[\"p%zu\",\"p%zu\",\"p%zu\"],"
		"\"size_bytes\":%.0f,\"retention_s\":60,\"version\":\"1\"}\n",
		stream_of(p), p / STREAMS, replica_of(world, p, 0) + 1,
		replica_of(world, p, 1) + 1, replica_of(world, p, 2) + 1, size);
	if (!spp_output_string(out, line, err)) {
		return false;
	}
	for (size_t s = 0; s < SUBSCRIBERS; s++) {
		snprintf(line, sizeof line,
			"{\"type\":\"subscription\",\"subscriber\":\"%s\","
			"\"stream\":\"%s\",\"partition\":\"%zu\","
			"\"platform\":\"p%zu\",\"connections\":4}\n",
			subscriber_names[s], stream_of(p), p / STREAMS,
			replica_of(world, p, 0) + 1);
		if (!spp_output_string(out, line, err)) {
			return false;
		}
	}
	return true;
}

static bool write_cluster(
	const struct world *world, struct spp_output *out, struct spp_err *err)
{
	if (!spp_output_string(out,
		    "{\"type\":\"cluster\",\"cluster\":\"sample\"}\n", err)) {
		return false;
	}
	for (size_t i = 0; i < world->platforms; i++) {
		if (!write_platform(world, out, i, err)) {
			return false;
		}
	}
	for (size_t p = 0; p < world->partitions; p++) {
		if (!write_partition(world, out, p, err)) {
			return false;
		}
	}
	return true;
}

static bool write_file(const struct world *world, const char *name,
	bool (*write)(const struct world *world, struct spp_output *out,
		struct spp_err *err),
	struct spp_err *err)
{
	char path[4096];
	struct spp_output out;
	bool written;
	int fd;

	snprintf(path, sizeof path, "%s/%s", world->options->output, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		return spp_fail_errno(err, "cannot create %s", path);
	}
	spp_output_to(&out, fd, path);
	written = write(world, &out, err);
	written = spp_output_close(&out, err) && written;
	close(fd);
	return written;
}

static bool run(struct spp_context *context, const void *options_given,
	struct spp_err *err)
{
	const struct options *options = options_given;
	struct spp_arena arena = {0};
	struct world world = {
		.options = options,
		.partitions = (size_t)options->partitions,
		.platforms = (size_t)options->platforms,
		.ticks = (size_t)(options->days * 86400 / options->step_s),
	};

	(void)context;
	world.shapes =
		spp_arena_alloc(&arena, world.partitions, sizeof *world.shapes);
	world.rates = spp_arena_alloc(
		&arena, world.partitions * world.ticks, sizeof *world.rates);
	bool made = spp_arena_ok(&arena, err);
	if (made) {
		make_rates(&world);
		made = write_file(&world, "history.csv", write_history, err) &&
		       write_file(&world, "cluster.ndjson", write_cluster, err);
	}
	spp_arena_free(&arena);
	return made;
}

int main(int argc, char **argv)
{
	static const struct spp_command command = {
		.name = "generate",
		.summary = "make a cluster and its history from a seed",
		.options = {SPP_FIELDS(struct options, option_fields)},
		.run = run,
	};

	return spp_command_main(&command, argc, argv);
}
