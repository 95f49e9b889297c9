#include "lib/sandbox/command.h"
#include "lib/base/arena.h"
#include "lib/io/input.h"
#include "lib/net/http_client.h"
#include "lib/sandbox/sandbox.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define AT(member) offsetof(struct spp_sandbox_options, member)

static const char *const serves[] = {"leader", "replica", NULL};

static const struct spp_field fields[] = {
	{"port", SPP_INTEGER, AT(port), .max = 65535, .metavar = "N",
		.default_text = "0",
		.text = "serve HTTP on this port; 0 = any that is free",
		.group = "Service"},
	{"speed", SPP_NUMBER, AT(speed), .min = 0.01, .max = 600,
		.metavar = "X", .default_text = "1",
		.text = "sandbox seconds in a real one"},
	{"start", SPP_TIME, AT(start), .metavar = "TIME",
		.text = "the sandbox's time begins here, not at the first "
			"sample"},
	{"scale", SPP_NUMBER, AT(scale), .min = 1e-12, .max = 1e6,
		.metavar = "X", .default_text = "1",
		.text = "multiply the bytes of all samples"},
	{"seed", SPP_INTEGER, AT(seed), .max = 1e15, .metavar = "N",
		.default_text = "1", .text = "of arrivals and faults"},
	{"core_bytes", SPP_NUMBER, AT(core_bytes), .min = 1, .max = 1e12,
		.unit = "bytes/s", .metavar = "BYTES",
		.default_text = "1000000",
		.text = "a core serves these in a second"},
	{"record_bytes", SPP_INTEGER, AT(record_bytes), .min = 64,
		.max = 1 << 20, .metavar = "BYTES", .default_text = "1000",
		.text = "size of every record"},
	{"interval", SPP_DURATION, AT(interval_s), .min = 0.1, .max = 86400,
		.metavar = "DURATION", .default_text = "60s",
		.text = "measure samples and loads over this"},
	{"window", SPP_DURATION, AT(window_s), .min = 0.1, .max = 3600,
		.metavar = "DURATION", .default_text = "1s",
		.text = "measure overload over this"},
	{"retention_bytes", SPP_NUMBER, AT(retention_bytes), .min = 1e3,
		.max = 1e12, .metavar = "BYTES", .default_text = "4000000",
		.text = "kept of a partition that does not say"},
	{"copy_rate", SPP_NUMBER, AT(copy_rate), .min = 1, .max = 1e12,
		.metavar = "BYTES",
		.text = "most of one copy a second, not a quarter of the "
			"least capacity"},
	{"until", SPP_DURATION, AT(until_s), .metavar = "DURATION",
		.text = "end after this sandbox time"},
	{"serve", SPP_CHOICE, AT(serve), .choices = serves, .metavar = "WHO",
		.default_text = "leader", .text = "who serves subscriptions"},
	{"refuse", SPP_FLAG, AT(refuse),
		.text = "overloaded platforms take no new work"},
	{"fault", SPP_STRINGS, AT(faults), .metavar = "FAULT",
		.text = "PLATFORM.OPERATION:KIND@WHEN goes wrong; repeat it"},
	{"records", SPP_STRING, AT(records), .metavar = "URL",
		.text = "print the records of a sandbox that runs there",
		.group = "Instead of running one"},
	{"status", SPP_STRING, AT(status), .metavar = "URL",
		.text = "print what it measured"},
	{"ledger", SPP_STRING, AT(ledger), .metavar = "URL",
		.text = "print what its subscribers got"},
	{"quit", SPP_STRING, AT(quit), .metavar = "URL", .text = "end it"},
	{"since", SPP_STRING, AT(since), .metavar = "TIME",
		.text = "ask for what was measured from then on"},
};

const struct spp_fields spp_sandbox_fields = {
	SPP_FIELDS(struct spp_sandbox_options, fields)};

const char *const spp_sandbox_silent[] = {
	"port", "records", "status", "ledger", "quit", "since", NULL};

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
