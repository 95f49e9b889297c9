#include "lib/sandbox/command.h"
#include "lib/base/arena.h"
#include "lib/io/input.h"
#include "lib/net/http_client.h"
#include "lib/sandbox/sandbox.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define AT(member) .offset = offsetof(struct spp_sandbox_options, member)

static const struct spp_field fields[] = {
	{"port", AT(port), SPP_INTEGER,
		"serve HTTP on this port; 0 = any that is free", .max = 65535,
		.metavar = "N", .default_text = "0", .group = "Service",
		.silent = true},
	{"speed", AT(speed), SPP_NUMBER, "sandbox seconds in a real one",
		.min = 0.01, .max = 600, .metavar = "X", .default_text = "1"},
	{"start", AT(start), SPP_TIME,
		"the sandbox's time begins here, not at the first "
		"sample",
		.metavar = "TIME"},
	{"scale", AT(scale), SPP_NUMBER, "multiply the bytes of all samples",
		.min = 1e-12, .max = 1e6, .metavar = "X", .default_text = "1"},
	{"seed", AT(seed), SPP_INTEGER, "of arrivals and faults", .max = 1e15,
		.metavar = "N", .default_text = "1"},
	{"core_bytes", AT(core_bytes), SPP_NUMBER,
		"a core serves these in a second", .min = 1, .max = 1e12,
		.unit = "bytes/s", .metavar = "BYTES",
		.default_text = "1000000"},
	{"record_bytes", AT(record_bytes), SPP_INTEGER, "size of every record",
		.min = 64, .max = 1 << 20, .metavar = "BYTES",
		.default_text = "1000"},
	{"interval", AT(interval_s), SPP_NUMBER,
		"measure samples and loads over this", .unit = "s", .min = 0.1,
		.max = 86400, .metavar = "DURATION", .default_text = "60s"},
	{"window", AT(window_s), SPP_NUMBER, "measure overload over this",
		.unit = "s", .min = 0.1, .max = 3600, .metavar = "DURATION",
		.default_text = "1s"},
	{"retention_bytes", AT(retention_bytes), SPP_NUMBER,
		"kept of a partition that does not say", .min = 1e3,
		.max = 1e12, .metavar = "BYTES", .default_text = "4000000"},
	{"copy_rate", AT(copy_rate), SPP_NUMBER,
		"most of one copy a second, not a quarter of the "
		"least capacity",
		.min = 1, .max = 1e12, .metavar = "BYTES"},
	{"until", AT(until_s), SPP_NUMBER, "end after this sandbox time",
		.unit = "s", .metavar = "DURATION", .max = 1e9},
	{"serve", AT(serve), SPP_CHOICE, "who serves subscriptions",
		.choices = {"leader", "replica"}, .metavar = "WHO",
		.default_text = "leader"},
	{"refuse", AT(refuse), SPP_FLAG,
		"overloaded platforms take no new work"},
	{"fault", AT(faults), SPP_STRING,
		"PLATFORM.OPERATION:KIND@WHEN goes wrong; repeat it",
		.shape = SPP_LIST, .metavar = "FAULT"},
	{"records", AT(records), SPP_STRING,
		"print the records of a sandbox that runs there",
		.metavar = "URL", .group = "Instead of running one",
		.silent = true},
	{"status", AT(status), SPP_STRING, "print what it measured",
		.metavar = "URL", .silent = true},
	{"ledger", AT(ledger), SPP_STRING, "print what its subscribers got",
		.metavar = "URL", .silent = true},
	{"quit", AT(quit), SPP_STRING, "end it", .metavar = "URL",
		.silent = true},
	{"since", AT(since), SPP_STRING,
		"ask for what was measured from then on", .metavar = "TIME",
		.silent = true},
};

const struct spp_fields spp_sandbox_fields = {
	SPP_FIELDS(struct spp_sandbox_options, fields)};

/* Ask a sandbox that runs, and print what it answers. */
static bool ask(struct spp_context *context, const char *method,
	const char *base, const char *path, const char *since,
	struct spp_err *err)
{
	struct spp_buf url = {0}, reply = {0};
	size_t length = strlen(base);
	bool fine;

	while (length > 0 && base[length - 1] == '/')
		length--;
	spp_buf_append(&url, base, length);
	spp_buf_string(&url, path);
	if (since != NULL) {
		spp_buf_string(&url, "?since=");
		for (; *since != '\0'; since++)
			spp_buf_format(&url, "%%%02X", (unsigned char)*since);
	}
	spp_buf_char(&url, '\0');
	fine = spp_buf_ok(&url, err) &&
	       spp_http_fetch(method, url.data, &reply, err) &&
	       spp_output_write(
		       &context->output, reply.data, reply.length, err);
	spp_buf_free(&url);
	spp_buf_free(&reply);
	return fine;
}

static struct spp_sandbox_config config_of(
	const struct spp_sandbox_options *options)
{
	return (struct spp_sandbox_config){
		.port = (uint16_t)options->port,
		.speed = options->speed,
		.seed = (uint64_t)options->seed,
		.core_bytes = options->core_bytes,
		.record_bytes = (size_t)options->record_bytes,
		.interval_s = options->interval_s,
		.window_s = options->window_s,
		.retention_bytes = options->retention_bytes,
		.copy_rate = options->copy_rate,
		.until_s = options->until_s,
		.serve = options->serve,
		.refuse = options->refuse,
	};
}

static bool play(struct spp_context *context,
	const struct spp_sandbox_options *options, struct spp_world *world,
	struct spp_err *err)
{
	const struct spp_sandbox_config config = config_of(options);
	struct spp_sandbox sandbox;
	struct spp_buf line = {0};

	if (spp_sandbox_open(&sandbox, world, &config, &options->faults, err)) {
		spp_sandbox_ready(&sandbox, &line);
		if (spp_buf_ok(&line, err) &&
			spp_output_write(&context->output, line.data,
				line.length, err) &&
			spp_output_flush(&context->output, err))
			spp_sandbox_run(&sandbox);
	}
	spp_buf_free(&line);
	spp_sandbox_close(&sandbox);
	return err->status == SPP_DONE;
}

/* The wall clock, in whole seconds. */
static spp_time wall_clock(void)
{
	return (spp_time)time(NULL) * SPP_SECOND;
}

static bool read_world(struct spp_context *context,
	const struct spp_sandbox_options *options, struct spp_world *world,
	struct spp_err *err)
{
	static const char *const standard_input[] = {"-"};
	size_t count = context->operand_count > 0 ? context->operand_count : 1;
	const char *const *paths =
		context->operand_count > 0 ? context->operands : standard_input;
	struct spp_arena arena = {0};
	struct spp_input *inputs =
		spp_arena_alloc(&arena, count, sizeof(*inputs));
	size_t opened = 0;
	bool fine = spp_arena_ok(&arena, err);

	while (fine && opened < count) {
		fine = spp_input_open(&inputs[opened], paths[opened], err);
		opened += fine;
	}
	*world = (struct spp_world){0};
	fine = fine && spp_world_read(world, inputs, count, options->start,
			       wall_clock(), options->scale, err);
	spp_errs_merge(&context->warnings, &world->feed.warnings);
	spp_errs_merge(&context->errors, &world->feed.errors);
	while (opened > 0)
		spp_input_close(&inputs[--opened]);
	spp_arena_free(&arena);
	return fine;
}

bool spp_sandbox_command(
	struct spp_context *context, const void *values, struct spp_err *err)
{
	const struct spp_sandbox_options *options = values;
	const char *since = options->since;
	struct spp_world world;
	bool fine;

	if (options->records != NULL)
		return ask(context, "GET", options->records, "/records", since,
			err);
	if (options->status != NULL)
		return ask(
			context, "GET", options->status, "/status", since, err);
	if (options->ledger != NULL)
		return ask(
			context, "GET", options->ledger, "/ledger", NULL, err);
	if (options->quit != NULL)
		return ask(
			context, "POST", options->quit, "/v1/quit", NULL, err);
	fine = read_world(context, options, &world, err) &&
	       play(context, options, &world, err);
	spp_world_free(&world);
	return fine;
}
