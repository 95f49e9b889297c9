#include "lib/drivers/sandbox.h"
#include "lib/base/memory.h"
#include "lib/drivers/request.h"
#include "lib/io/input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10, LOOK_MS = 1000 };

struct driver {
	struct spp_context *context;
	struct spp_err *err;
	struct spp_http_client *client;
	char *base; /* URL without a slash at its end */
	struct spp_arena arena;
	struct spp_buf input; /* read, no whole line yet */
	struct spp_buf line;  /* being written */
	bool ended;           /* stdin has */
	struct running *running;
};

/* A request whose call is under way. */
struct running {
	struct driver *driver;
	struct running *next, **place; /* in the driver's list */
	struct spp_driver_request request;
};

const struct spp_fields spp_driver_sandbox_fields = {0, 0, NULL};

static void reply(struct driver *driver, struct spp_driver_request *request)
{
	spp_buf_reset(&driver->line);
	spp_driver_request_answer(request, &driver->line);
	if (spp_buf_ok(&driver->line, driver->err) &&
		spp_output_write(&driver->context->output, driver->line.data,
			driver->line.length, driver->err))
		spp_output_flush(&driver->context->output, driver->err);
}

static void release(struct running *running)
{
	*running->place = running->next;
	if (running->next != NULL)
		running->next->place = running->place;
	spp_driver_request_free(&running->request);
	spp_memory_free(running);
}

static void on_done(void *context, struct spp_http_call *call)
{
	struct running *running = context;

	reply(running->driver, &running->request);
	spp_buf_free(&call->reply);
	release(running);
}

/* Begin what a line asks for. */
static bool begin(struct driver *driver, const char *line, size_t length)
{
	struct running *running = spp_memory_new(sizeof(*running));

	if (running == NULL)
		return spp_fail_memory(driver->err);
	if (!spp_driver_request_read(&running->request, driver->base, line,
		    length, driver->err)) {
		spp_memory_free(running);
		return false;
	}
	running->driver = driver;
	running->next = driver->running;
	running->place = &driver->running;
	if (running->next != NULL)
		running->next->place = &running->next;
	driver->running = running;
	if (running->request.error != NULL) {
		reply(driver, &running->request);
		release(running);
		return true;
	}
	running->request.call.done = on_done;
	running->request.call.context = running;
	if (spp_http_client_start(
		    driver->client, &running->request.call, driver->err))
		return true;
	release(running);
	return false;
}

/* Take the whole lines off the input. */
static bool take_lines(struct driver *driver)
{
	struct spp_buf *input = &driver->input;
	size_t taken = 0;
	bool fine = true;

	while (fine) {
		const char *line = input->data + taken;
		const char *end =
			input->length > taken
				? memchr(line, '\n', input->length - taken)
				: NULL;

		if (end == NULL)
			break;
		if (end > line)
			fine = begin(driver, line, (size_t)(end - line));
		taken += (size_t)(end - line) + 1;
	}
	if (taken > 0) {
		memmove(input->data, input->data + taken,
			input->length - taken);
		input->length -= taken;
	}
	if (fine && input->length > SPP_LINE_MAX)
		return spp_fail(
			driver->err, SPP_INPUT, "a request is too long");
	return fine;
}

static bool read_input(struct driver *driver)
{
	char *place = spp_buf_reserve(&driver->input, READ_BYTES);
	ssize_t length;

	if (place == NULL)
		return spp_fail_memory(driver->err);
	length = read(STDIN_FILENO, place, READ_BYTES);
	if (length < 0)
		return errno == EINTR || errno == EAGAIN ||
		       spp_fail_errno(driver->err, "cannot read <stdin>");
	driver->ended = length == 0;
	driver->input.length += (size_t)length;
	return take_lines(driver);
}

/* Until stdin has ended and everything is answered. */
static bool serve(struct driver *driver)
{
	while (driver->err->status == SPP_DONE) {
		bool readable = false;

		if (driver->ended && driver->running == NULL)
			return true;
		if (!spp_http_client_turn(driver->client,
			    driver->ended ? -1 : STDIN_FILENO, LOOK_MS,
			    &readable, driver->err))
			return false;
		if (readable && !read_input(driver))
			return false;
	}
	return false;
}

bool spp_driver_sandbox_run(
	struct spp_context *context, const void *options, struct spp_err *err)
{
	struct driver driver = {.context = context, .err = err};
	size_t length;
	bool fine;

	(void)options;
	if (context->operand_count != 1) {
		spp_fail(err, SPP_USAGE, "one URL of a sandbox is needed");
		spp_err_hint(err, "spp-sandbox prints it when it is ready.");
		return false;
	}
	driver.base = spp_arena_string(&driver.arena, context->operands[0]);
	if (driver.base == NULL)
		return spp_fail_memory(err);
	length = strlen(driver.base);
	while (length > 0 && driver.base[length - 1] == '/')
		driver.base[--length] = '\0';
	driver.client = spp_http_client_new(err);
	fine = driver.client != NULL && serve(&driver);
	while (driver.running != NULL) {
		spp_http_client_drop(
			driver.client, &driver.running->request.call);
		release(driver.running);
	}
	spp_http_client_free(driver.client);
	spp_buf_free(&driver.input);
	spp_buf_free(&driver.line);
	spp_arena_free(&driver.arena);
	return fine;
}
