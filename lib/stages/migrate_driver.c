#include "lib/stages/migrate_driver.h"

#include "lib/base/err.h"
#include "lib/io/json.h"
#include "lib/records/answer_records.h"
#include "lib/stages/migrate_clock.h"
#include "lib/store/failpoint.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static bool split(
	struct spp_driver *driver, const char *command, struct spp_err *err)
{
	static const char blanks[] = " \t\n";
	size_t room = strlen(command) / 2 + 3;
	size_t count = 0;

	driver->arguments =
		spp_arena_alloc(&driver->arena, room, sizeof(char *));
	if (driver->arguments == NULL)
		return spp_fail_memory(err);
	for (;;) {
		size_t length;

		command += strspn(command, blanks);
		length = strcspn(command, blanks);
		if (length == 0)
			break;
		driver->arguments[count++] =
			spp_arena_text(&driver->arena, command, length);
		command += length;
	}
	if (count == 0)
		return spp_fail(err, SPP_USAGE, "no driver is named");
	return spp_arena_ok(&driver->arena, err);
}

/* Wait for pipes up to WAIT_MS, then write and read what is possible. */
static bool wait_turn(
	struct spp_driver *driver, int64_t wait_ms, struct spp_err *err)
{
	struct pollfd fds[2];

	spp_process_poll(&driver->process, fds);
	poll(fds, 2, wait_ms > 0 ? (int)wait_ms : 0);
	return spp_process_turn(&driver->process, err);
}

/* The answer with this id, others are dropped; NULL on failure. */
static struct spp_json *await(
	struct spp_driver *driver, const char *id, struct spp_err *err)
{
	int64_t until_ms = spp_clock_ms() + driver->call_ms;

	for (;;) {
		const char *line;
		size_t length;

		while (spp_process_line(&driver->process, &line, &length)) {
			struct spp_err bad = {0};
			struct spp_json *root =
				spp_json_parse(line, length, &bad);
			const struct spp_json *there;

			if (root == NULL) {
				spp_fail(err, SPP_SYSTEM,
					bad.status == SPP_SYSTEM
						? "%s"
						: "the driver does not speak "
						  "JSON: %s",
					bad.text);
				return NULL;
			}
			there = spp_json_get(root, "id");
			if (there != NULL &&
				spp_json_kind(there) == SPP_JSON_STRING &&
				strcmp(spp_json_string(there, &length), id) ==
					0)
				return root;
			spp_json_free(root);
		}
		if (!spp_process_alive(&driver->process)) {
			spp_fail(err, SPP_SYSTEM, "the driver ended");
			return NULL;
		}
		if (spp_clock_ms() >= until_ms) {
			spp_fail(err, SPP_SYSTEM,
				"the driver gave no answer in %g s",
				(double)driver->call_ms / 1000);
			return NULL;
		}
		if (!wait_turn(driver, until_ms - spp_clock_ms(), err))
			return NULL;
	}
}

/* Ask something that has no arguments, and wait for the answer. */
static struct spp_json *ask(
	struct spp_driver *driver, const char *operation, struct spp_err *err)
{
	struct spp_json *root;
	const struct spp_json *ok;
	char id[32];

	snprintf(id, sizeof id, "%llu", (unsigned long long)driver->next_id++);
	spp_buf_reset(&driver->line);
	spp_buf_format(&driver->line,
		"{\"v\":1,\"id\":\"%s\",\"op\":\"%s\",\"deadline_ms\":%lld,"
		"\"args\":{}}\n",
		id, operation, (long long)driver->call_ms);
	if (!spp_buf_ok(&driver->line, err) ||
		!spp_process_send(&driver->process, driver->line.data,
			driver->line.length, err))
		return NULL;
	root = await(driver, id, err);
	if (root == NULL) {
		spp_err_at(err, driver->path, 0);
		return NULL;
	}
	ok = spp_json_get(root, "ok");
	if (ok != NULL && spp_json_kind(ok) == SPP_JSON_BOOL &&
		spp_json_bool(ok))
		return root;
	spp_fail(err, SPP_SYSTEM, "the driver refused \"%s\"", operation);
	spp_err_at(err, driver->path, 0);
	spp_json_free(root);
	return NULL;
}

static bool say_hello(struct spp_driver *driver, struct spp_err *err)
{
	struct spp_json *reply;
	bool good;

	if (!spp_process_start(
		    &driver->process, driver->path, driver->arguments, err))
		return false;
	reply = ask(driver, "hello", err);
	if (reply == NULL)
		return false;
	good = spp_reply_hello(reply, &driver->arena, &driver->hello, err);
	spp_json_free(reply);
	return good;
}

bool spp_driver_open(struct spp_driver *driver, const char *command,
	int64_t call_ms, struct spp_err *err)
{
	*driver = (struct spp_driver){.process = {.to = -1, .from = -1},
		.next_id = 1,
		.call_ms = call_ms};
	return split(driver, command, err) &&
	       spp_process_find("spp-driver-", driver->arguments[0],
		       driver->path, sizeof driver->path, err) &&
	       say_hello(driver, err);
}

bool spp_driver_restart(struct spp_driver *driver, struct spp_err *err)
{
	spp_process_stop(&driver->process, 0);
	return say_hello(driver, err);
}

void spp_driver_close(struct spp_driver *driver, int64_t grace_ms)
{
	spp_process_stop(&driver->process, grace_ms);
	spp_buf_free(&driver->open);
	spp_buf_free(&driver->line);
	spp_arena_free(&driver->arena);
}

bool spp_driver_fence(
	struct spp_driver *driver, int64_t *epoch, struct spp_err *err)
{
	struct spp_json *reply = ask(driver, "fence", err);
	const struct spp_json *value;

	if (reply == NULL)
		return false;
	value = spp_json_get(reply, "epoch");
	if (value == NULL || spp_json_kind(value) != SPP_JSON_INTEGER ||
		spp_json_integer(value) < 0) {
		spp_json_free(reply);
		return spp_fail(err, SPP_SYSTEM,
			"the driver says no epoch where it should");
	}
	*epoch = spp_json_integer(value);
	spp_json_free(reply);
	return true;
}

static void put(struct spp_buf *line, const char *name, const char *value)
{
	if (value == NULL)
		return;
	spp_buf_format(line, ",\"%s\":", name);
	spp_json_put_string(line, value);
}

static void put_number(struct spp_buf *line, const char *name, double value)
{
	if (isnan(value))
		return;
	spp_buf_format(line, ",\"%s\":", name);
	spp_json_put_exact(line, value);
}

static void put_arguments(struct spp_buf *line,
	const struct spp_migrate_call *call,
	const struct spp_driver_subject *subject)
{
	const struct spp_move *move = subject->move;

	switch (call->operation) {
	case SPP_MIGRATE_SUBS:
		put(line, "on", call->platform);
		break;
	case SPP_MIGRATE_EVIDENCE:
		put(line, "sub", call->subscription);
		put(line, "from", call->from);
		put(line, "to", call->platform);
		break;
	case SPP_MIGRATE_ATTACH:
		put(line, "to", call->platform);
		put(line, "copy_from", move->copy_from);
		put_number(line, "bytes", move->bytes);
		put_number(line, "rate", move->rate);
		break;
	case SPP_MIGRATE_ROUTE:
		put(line, "to", call->platform);
		put(line, "if_version", call->version);
		break;
	case SPP_MIGRATE_OPEN_SUB:
		put(line, "sub", call->subscription);
		put(line, "to", call->platform);
		break;
	case SPP_MIGRATE_CLOSE_SUB:
		put(line, "sub", call->subscription);
		put(line, "on", call->platform);
		break;
	case SPP_MIGRATE_DETACH:
		put(line, "platform", call->platform);
		spp_buf_string(line, ",\"require\":{\"no_subs\":true}");
		break;
	default:
		break;
	}
}

static void put_request(struct spp_driver *driver, uint64_t id,
	const struct spp_migrate_call *call,
	const struct spp_driver_subject *subject)
{
	const char *name = spp_migrate_operations[call->operation];
	struct spp_buf *line = &driver->line;
	struct spp_buf key = {0};

	spp_buf_reset(line);
	spp_buf_format(line, "{\"v\":1,\"id\":\"%llu\",\"op\":\"%s\"",
		(unsigned long long)id, name);
	if (spp_migrate_changes(call->operation)) {
		spp_buf_format(&key, "%s.%lld/%s/%u-%s", subject->plan,
			(long long)subject->row, subject->move->id, call->step,
			name);
		spp_buf_char(&key, '\0');
		if (key.failed)
			line->failed = true;
		else
			put(line, "key", key.data);
		spp_buf_free(&key);
	}
	spp_buf_format(line, ",\"epoch\":%lld,\"deadline_ms\":%lld",
		(long long)subject->epoch, (long long)driver->call_ms);
	spp_buf_string(line, ",\"args\":{\"partition\":");
	spp_json_put_string(line, subject->partition);
	put_arguments(line, call, subject);
	spp_buf_string(line, "}}\n");
}

bool spp_driver_call(struct spp_driver *driver,
	const struct spp_migrate_call *call,
	const struct spp_driver_subject *subject, struct spp_err *err)
{
	const char *name = spp_migrate_operations[call->operation];
	struct spp_driver_call *open =
		spp_buf_extend(&driver->open, sizeof *open);

	if (open == NULL)
		return spp_fail_memory(err);
	*open = (struct spp_driver_call){.id = driver->next_id++,
		.call = call->id,
		.operation = call->operation,
		.until_ms = spp_clock_ms() + driver->call_ms};
	put_request(driver, open->id, call, subject);
	if (!spp_buf_ok(&driver->line, err))
		return false;
	spp_failpoint("call", name, SPP_FAILPOINT_BEFORE);
	if (!spp_process_send(&driver->process, driver->line.data,
		    driver->line.length, err) ||
		!spp_process_turn(&driver->process, err))
		return false;
	spp_failpoint("call", name, SPP_FAILPOINT_AFTER);
	return true;
}

static struct spp_driver_call *calls(
	const struct spp_driver *driver, size_t *count)
{
	*count = driver->open.length / sizeof(struct spp_driver_call);
	return (void *)driver->open.data;
}

static void forget(struct spp_driver *driver, size_t index)
{
	size_t count;
	struct spp_driver_call *all = calls(driver, &count);

	memmove(all + index, all + index + 1,
		(count - index - 1) * sizeof *all);
	driver->open.length -= sizeof *all;
}

int64_t spp_driver_until(const struct spp_driver *driver)
{
	int64_t until_ms = INT64_MAX;
	size_t count;
	const struct spp_driver_call *all = calls(driver, &count);

	for (size_t i = 0; i < count; i++) {
		if (all[i].until_ms < until_ms)
			until_ms = all[i].until_ms;
	}
	return until_ms;
}

/* The call that an answer is for; SIZE_MAX = none that is awaited. */
static size_t find(const struct spp_driver *driver, const struct spp_json *root)
{
	const struct spp_json *there = spp_json_get(root, "id");
	size_t count, length;
	const struct spp_driver_call *all = calls(driver, &count);

	if (there == NULL || spp_json_kind(there) != SPP_JSON_STRING)
		return SIZE_MAX;
	for (size_t i = 0; i < count; i++) {
		char id[32];

		snprintf(id, sizeof id, "%llu", (unsigned long long)all[i].id);
		if (strcmp(spp_json_string(there, &length), id) == 0)
			return i;
	}
	return SIZE_MAX;
}

/* Take one line apart; what is no answer ends the driver. */
static bool take_line(struct spp_driver *driver, const char *line,
	size_t length, struct spp_arena *arena, struct spp_migrate_event *event,
	bool *got, struct spp_err *err)
{
	struct spp_err bad = {0};
	struct spp_json *root = spp_json_parse(line, length, &bad);
	size_t count, index;
	const struct spp_driver_call *all = calls(driver, &count);
	bool good = true;

	if (root == NULL && bad.status == SPP_SYSTEM) {
		*err = bad;
		return false;
	}
	if (root == NULL || spp_json_kind(root) != SPP_JSON_OBJECT) {
		spp_json_free(root);
		driver->process.broken = true;
		return true;
	}
	index = find(driver, root);
	if (index != SIZE_MAX) {
		event->call = all[index].call;
		good = spp_reply_event(
			root, all[index].operation, arena, event, err);
		forget(driver, index);
		*got = true;
	}
	spp_json_free(root);
	return good;
}

bool spp_driver_event(struct spp_driver *driver, struct spp_arena *arena,
	struct spp_migrate_event *event, bool *got, struct spp_err *err)
{
	int64_t now_ms = spp_clock_ms();
	size_t count, length;
	const struct spp_driver_call *all;
	const char *line;

	*got = false;
	*event = (struct spp_migrate_event){.type = SPP_MIGRATE_REPLY};
	while (!*got && !driver->process.broken &&
		spp_process_line(&driver->process, &line, &length)) {
		if (!take_line(driver, line, length, arena, event, got, err))
			return false;
	}
	if (*got)
		return true;
	all = calls(driver, &count);
	for (size_t i = 0; i < count; i++) {
		if (spp_process_alive(&driver->process) &&
			all[i].until_ms > now_ms)
			continue;
		event->call = all[i].call;
		event->code = SPP_MIGRATE_LOST;
		forget(driver, i);
		*got = true;
		return true;
	}
	return true;
}
