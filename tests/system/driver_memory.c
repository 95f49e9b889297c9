/*
 * A driver for tests: the world of tests/unit/migrate_world.h behind the
 * driver contract, its state in a file that survives whatever is killed.
 *
 *	driver_memory init FILE SEED	make a world
 *	driver_memory plan FILE [DRIVER]	a plan for it, as a segment
 *	driver_memory still FILE	one without moves
 *	driver_memory look FILE		where everything is, and what was lost
 *	driver_memory run FILE [FAULT ...]	be a driver
 *
 * Faults: noisy (answers lost, late or transient, calls lost), stuck=S/P
 * (an attachment never ends), full=S/P (attachments are refused), bare (no
 * fencing), mute (never answers a change), die (ends now and then), liar
 * (says ok and does nothing), clock=TIME, cluster=NAME.
 */
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/io/json.h"
#include "lib/migrate/migrate.h"

#include "tests/system/memory_plan.h"

#include <stdlib.h>
#include <unistd.h>

struct driver {
	struct world world;
	const char *path;
	bool noisy, bare, mute, die, liar;
	const char *stuck, *full, *clock, *cluster;
	struct spp_buf reply, late; /* late: an answer held back */
};

static void load(struct driver *driver)
{
	FILE *file = fopen(driver->path, "rb");

	if (file == NULL ||
		fread(&driver->world, sizeof driver->world, 1, file) != 1)
		fail("cannot read the state");
	fclose(file);
}

/* Whole or not at all, whatever is killed meanwhile. */
static void save(const struct driver *driver)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s.new", driver->path);
	file = fopen(path, "wb");
	if (file == NULL ||
		fwrite(&driver->world, sizeof driver->world, 1, file) != 1 ||
		fclose(file) != 0 || rename(path, driver->path) != 0)
		fail("cannot write the state");
}

static void init(struct driver *driver, uint64_t seed)
{
	struct world *world = &driver->world;

	world->rng = spp_rng_for(seed, 0);
	for (int p = 0; p < PARTITIONS; p++) {
		struct log *log = &world->logs[p];

		log->inflight = -1;
		log->version = 10;
		log->replica_count = 3;
		for (int i = 0; i < 3; i++)
			log->replicas[i] = (p + i) % PLATFORMS;
		log->route = log->replicas[0];
		log->length = 5;
		for (int r = 0; r < READERS; r++) {
			log->readers[r].there = true;
			log->readers[r].since = log->length;
			reader_open(log, &log->readers[r], log->route);
		}
	}
}

static void put_names(
	struct spp_buf *buf, const char *const *names, size_t count)
{
	spp_buf_char(buf, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		spp_json_put_string(buf, names[i]);
	}
	spp_buf_char(buf, ']');
}

/* ON: only those that this platform serves, NULL = all. */
static void put_subs(struct spp_buf *buf, const struct spp_migrate_state *state,
	const char *on)
{
	bool first = true;

	spp_buf_string(buf, "\"subs\":[");
	for (size_t i = 0; i < state->subscription_count; i++) {
		const struct spp_migrate_subscription *one =
			&state->subscriptions[i];

		if (on != NULL && platform_of(on) >= 0) {
			bool there = false;

			for (size_t k = 0; k < one->on_count; k++)
				there |= strcmp(one->on[k], on) == 0;
			if (!there)
				continue;
		}
		spp_buf_format(buf,
			"%s{\"id\":\"%s\",\"subscriber\":\"%s\",\"on\":",
			first ? "" : ",", one->id, one->subscriber);
		put_names(buf, one->on, one->on_count);
		spp_buf_char(buf, '}');
		first = false;
	}
	spp_buf_char(buf, ']');
}

static void put_state(struct spp_buf *buf, const struct log *log)
{
	struct answer answer;
	const struct spp_migrate_state *state = &answer.state;

	world_state(log, &answer);
	spp_buf_format(buf,
		"{\"version\":\"%s\",\"route\":\"%s\",\"replicas\":",
		state->version, state->route);
	put_names(buf, state->replicas, state->replica_count);
	spp_buf_string(buf, ",\"serving\":");
	put_names(buf, state->replicas, state->replica_count);
	spp_buf_string(buf, ",\"size_bytes\":1000,");
	put_subs(buf, state, NULL);
	spp_buf_string(buf, ",\"inflight\":");
	if (state->inflight_to == NULL)
		spp_buf_string(buf, "null}");
	else
		spp_buf_format(buf,
			"{\"op\":\"attach\",\"to\":\"%s\",\"copied\":%g,"
			"\"bytes\":1000}}",
			state->inflight_to, state->copied);
}

static const char *text_at(const struct spp_json *object, const char *name)
{
	const struct spp_json *value =
		object != NULL ? spp_json_get(object, name) : NULL;
	size_t length;

	if (value == NULL || spp_json_kind(value) != SPP_JSON_STRING)
		return NULL;
	return spp_json_string(value, &length);
}

static void put_error(struct driver *driver, enum spp_migrate_code code)
{
	spp_buf_format(&driver->reply,
		"\"ok\":false,\"error\":{\"code\":\"%s\",\"next\":\"read\","
		"\"msg\":\"the test says %s\"}}\n",
		spp_migrate_codes[code], spp_migrate_codes[code]);
}

static void put_hello(struct driver *driver)
{
	struct spp_buf *reply = &driver->reply;

	spp_buf_format(reply,
		"\"ok\":true,\"cluster\":\"%s\",\"driver\":{\"driver\":"
		"\"memory\",\"serve\":\"leader\",\"copy_from\":\"leader\","
		"\"dual\":\"overlap\",\"resume\":\"tail\",\"fencing\":\"%s\","
		"\"handover_s\":0.1,\"max_inflight\":4,\"rate\":1e6},"
		"\"idempotent\":{\"attach\":\"when_idle\",\"route\":\"yes\","
		"\"open_sub\":\"yes\",\"close_sub\":\"yes\",\"detach\":\"yes\","
		"\"cancel\":\"yes\"},\"readback\":\"strong\","
		"\"rollback\":\"cancel\"",
		driver->cluster, driver->bare ? "none" : "epoch");
	if (driver->clock != NULL)
		spp_buf_format(reply, ",\"now\":\"%s\"", driver->clock);
	spp_buf_string(reply, "}\n");
}

static void evidence(
	struct driver *driver, struct log *log, const struct spp_json *args)
{
	struct reader *reader = reader_of(log, text_at(args, "sub"));
	int from = platform_of(text_at(args, "from"));
	int to = platform_of(text_at(args, "to"));

	if (reader == NULL || from < 0 || to < 0 || !reader->on[to].open ||
		!reader->on[from].open) {
		put_error(driver, SPP_MIGRATE_NOT_FOUND);
		return;
	}
	spp_buf_format(&driver->reply,
		"\"ok\":true,\"covered\":%s,\"old_up_to\":\"%d\","
		"\"new_from\":\"%d\"}\n",
		reader->on[from].next >= reader->on[to].first ? "true"
							      : "false",
		reader->on[from].next - 1, reader->on[to].first);
}

static enum spp_migrate_code apply(struct driver *driver, struct log *log,
	enum spp_migrate_operation operation, const struct spp_json *args)
{
	const char *partition = text_at(args, "partition");
	struct spp_migrate_call call = {.operation = operation,
		.subscription = text_at(args, "sub"),
		.version = text_at(args, "if_version")};
	enum spp_migrate_code code;

	call.platform = text_at(args, "to");
	if (operation == SPP_MIGRATE_CLOSE_SUB)
		call.platform = text_at(args, "on");
	else if (operation == SPP_MIGRATE_DETACH)
		call.platform = text_at(args, "platform");
	else if (operation == SPP_MIGRATE_CANCEL)
		call.platform = platform_names[0];
	if (platform_of(call.platform) < 0 ||
		((operation == SPP_MIGRATE_OPEN_SUB ||
			 operation == SPP_MIGRATE_CLOSE_SUB) &&
			reader_of(log, call.subscription) == NULL))
		return SPP_MIGRATE_NOT_FOUND;
	if (driver->liar)
		return SPP_MIGRATE_OK;
	if (operation == SPP_MIGRATE_ATTACH && driver->full != NULL &&
		strcmp(driver->full, partition) == 0)
		return SPP_MIGRATE_REFUSED;
	code = world_apply(&driver->world, log, &call);
	if (operation == SPP_MIGRATE_ATTACH && driver->stuck != NULL &&
		strcmp(driver->stuck, partition) == 0 && log->inflight >= 0)
		log->copy_left = -1;
	return code;
}

/* What a request for one partition is answered with. */
static void answer_partition(
	struct driver *driver, const char *name, const struct spp_json *args)
{
	const char *partition = text_at(args, "partition");
	struct log *log =
		partition != NULL ? log_named(&driver->world, partition) : NULL;
	size_t operation = 0;
	enum spp_migrate_code code;
	struct answer answer;

	while (operation < SPP_MIGRATE_OPERATIONS &&
		strcmp(spp_migrate_operations[operation], name) != 0)
		operation++;
	if (operation == SPP_MIGRATE_OPERATIONS) {
		put_error(driver, SPP_MIGRATE_UNSUPPORTED);
	} else if (log == NULL) {
		put_error(driver, SPP_MIGRATE_NOT_FOUND);
	} else if (operation == SPP_MIGRATE_GET) {
		spp_buf_string(&driver->reply, "\"ok\":true,\"state\":");
		put_state(&driver->reply, log);
		spp_buf_string(&driver->reply, "}\n");
	} else if (operation == SPP_MIGRATE_SUBS) {
		world_state(log, &answer);
		spp_buf_string(&driver->reply, "\"ok\":true,");
		put_subs(&driver->reply, &answer.state, text_at(args, "on"));
		spp_buf_string(&driver->reply, "}\n");
	} else if (operation == SPP_MIGRATE_EVIDENCE) {
		evidence(driver, log, args);
	} else {
		code = apply(driver, log, (enum spp_migrate_operation)operation,
			args);
		if (code != SPP_MIGRATE_OK)
			put_error(driver, code);
		else
			spp_buf_string(&driver->reply, "\"ok\":true}\n");
	}
}

/* True when the answer must not go out. */
static bool disturbed(struct driver *driver, bool changes, bool *applied)
{
	struct world *world = &driver->world;
	int fate = world_below(world, 30);

	*applied = true;
	if (driver->mute && changes)
		return true;
	if (driver->die && fate == 29) {
		save(driver);
		exit(1);
	}
	if (!driver->noisy)
		return false;
	*applied = fate != 0;
	return fate <= 1;
}

static void write_out(struct spp_buf *buf)
{
	size_t sent = 0;

	while (sent < buf->length) {
		ssize_t count = write(
			STDOUT_FILENO, buf->data + sent, buf->length - sent);

		if (count <= 0)
			exit(0);
		sent += (size_t)count;
	}
	spp_buf_reset(buf);
}

/* Answer at once, twice, or after the next one. */
static void send_reply(struct driver *driver)
{
	int fate = driver->noisy ? world_below(&driver->world, 10) : 9;

	if (fate == 0 && driver->late.length == 0) {
		spp_buf_append(&driver->late, driver->reply.data,
			driver->reply.length);
		spp_buf_reset(&driver->reply);
		return;
	}
	if (fate == 1) {
		struct spp_buf twice = {0};

		spp_buf_append(
			&twice, driver->reply.data, driver->reply.length);
		write_out(&twice);
		spp_buf_free(&twice);
	}
	write_out(&driver->reply);
	write_out(&driver->late);
}

static void handle(struct driver *driver, const char *line, size_t length)
{
	struct spp_json *root = spp_json_parse(line, length, NULL);
	const char *name = text_at(root, "op"), *id = text_at(root, "id");
	const struct spp_json *epoch;
	bool changes, applied, lost;

	if (root == NULL || name == NULL || id == NULL)
		fail("a request is not understood");
	for (int i = 0; i < 20; i++)
		world_live(&driver->world);
	changes = spp_json_get(root, "key") != NULL;
	epoch = spp_json_get(root, "epoch");
	spp_buf_format(&driver->reply, "{\"v\":1,\"id\":\"%s\",", id);
	lost = disturbed(driver, changes, &applied);
	if (strcmp(name, "hello") == 0) {
		put_hello(driver);
		lost = false;
	} else if (strcmp(name, "fence") == 0) {
		spp_buf_format(&driver->reply, "\"ok\":true,\"epoch\":%lld}\n",
			(long long)driver->world.epoch++);
		lost = false;
	} else if (epoch != NULL &&
		   spp_json_integer(epoch) < driver->world.epoch &&
		   !driver->bare) {
		put_error(driver, SPP_MIGRATE_FENCED);
	} else if (applied) {
		answer_partition(driver, name, spp_json_get(root, "args"));
	}
	save(driver);
	if (lost)
		spp_buf_reset(&driver->reply);
	else
		send_reply(driver);
	spp_json_free(root);
}

static void serve(struct driver *driver)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, stdin)) > 0)
		handle(driver, line, (size_t)length - 1);
	free(line);
}

static void look(struct driver *driver)
{
	struct spp_buf buf = {0};

	spp_buf_string(&buf, "{\"partitions\":[");
	for (int p = 0; p < PARTITIONS; p++) {
		if (p > 0)
			spp_buf_char(&buf, ',');
		put_state(&buf, &driver->world.logs[p]);
	}
	spp_buf_format(&buf, "],\"cuts\":%d,\"lost\":%d}\n", driver->world.cuts,
		world_lost(&driver->world));
	write_out(&buf);
}

static void take_faults(struct driver *driver, char **words)
{
	for (; *words != NULL; words++) {
		const char *value = strchr(*words, '=');

		value = value != NULL ? value + 1 : "";
		driver->noisy |= strcmp(*words, "noisy") == 0;
		driver->bare |= strcmp(*words, "bare") == 0;
		driver->mute |= strcmp(*words, "mute") == 0;
		driver->die |= strcmp(*words, "die") == 0;
		driver->liar |= strcmp(*words, "liar") == 0;
		if (strncmp(*words, "stuck=", 6) == 0)
			driver->stuck = value;
		else if (strncmp(*words, "full=", 5) == 0)
			driver->full = value;
		else if (strncmp(*words, "clock=", 6) == 0)
			driver->clock = value;
		else if (strncmp(*words, "cluster=", 8) == 0)
			driver->cluster = value;
	}
}

int main(int argc, char **argv)
{
	static struct driver driver = {
		.cluster = "memory", .clock = "2026-11-22T10:00:00Z"};

	if (argc < 3)
		fail("usage: driver_memory init|plan|look|run FILE ...");
	driver.path = argv[2];
	if (strcmp(argv[1], "init") == 0) {
		init(&driver, strtoull(argc > 3 ? argv[3] : "1", NULL, 10));
		save(&driver);
		return 0;
	}
	load(&driver);
	if (strcmp(argv[1], "plan") == 0) {
		plan_print(&driver.world, PLAN_MOVES, argv[3]);
	} else if (strcmp(argv[1], "still") == 0) {
		plan_print(&driver.world, 0, NULL);
	} else if (strcmp(argv[1], "look") == 0) {
		look(&driver);
	} else {
		take_faults(&driver, argv + 3);
		serve(&driver);
	}
	spp_buf_free(&driver.reply);
	spp_buf_free(&driver.late);
	return 0;
}
