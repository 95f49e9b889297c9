/* Answers of a driver, taken apart. */
#include "lib/stages/migrate_driver.h"

#include "lib/base/err.h"
#include "lib/io/json.h"
#include "lib/records/record.h"

#include <math.h>
#include <string.h>

/* A member that is a string, or NULL. */
static const char *text_of(const struct spp_json *object, const char *name,
	struct spp_arena *arena)
{
	const struct spp_json *value = spp_json_get(object, name);
	const char *text;
	size_t length;

	if (value == NULL || spp_json_kind(value) != SPP_JSON_STRING)
		return NULL;
	text = spp_json_string(value, &length);
	return spp_arena_text(arena, text, length);
}

static double number_of(const struct spp_json *object, const char *name)
{
	const struct spp_json *value = spp_json_get(object, name);
	enum spp_json_kind kind;

	if (value == NULL)
		return NAN;
	kind = spp_json_kind(value);
	return kind == SPP_JSON_INTEGER || kind == SPP_JSON_REAL
	               ? spp_json_number(value)
	               : NAN;
}

static const struct spp_json *member(const struct spp_json *object,
	const char *name, enum spp_json_kind kind)
{
	const struct spp_json *value = spp_json_get(object, name);

	return value != NULL && spp_json_kind(value) == kind ? value : NULL;
}

/* An array of strings; false when it is anything else. */
static bool names_of(const struct spp_json *object, const char *name,
	struct spp_arena *arena, const char *const **names, size_t *count)
{
	const struct spp_json *array = member(object, name, SPP_JSON_ARRAY);
	const char **items;

	*count = 0;
	if (array == NULL)
		return false;
	items = spp_arena_alloc(arena, spp_json_count(array), sizeof *items);
	if (items == NULL)
		return false;
	for (size_t i = 0; i < spp_json_count(array); i++) {
		const struct spp_json *item = spp_json_at(array, i);
		const char *text;
		size_t length;

		if (spp_json_kind(item) != SPP_JSON_STRING)
			return false;
		text = spp_json_string(item, &length);
		items[i] = spp_arena_text(arena, text, length);
		if (items[i] == NULL)
			return false;
	}
	*names = items;
	*count = spp_json_count(array);
	return true;
}

static bool subscriptions_of(const struct spp_json *object,
	struct spp_arena *arena, struct spp_migrate_state *state)
{
	const struct spp_json *array = member(object, "subs", SPP_JSON_ARRAY);
	struct spp_migrate_subscription *items;

	if (array == NULL)
		return false;
	items = spp_arena_alloc(arena, spp_json_count(array), sizeof *items);
	if (items == NULL)
		return false;
	for (size_t i = 0; i < spp_json_count(array); i++) {
		const struct spp_json *one = spp_json_at(array, i);

		if (spp_json_kind(one) != SPP_JSON_OBJECT)
			return false;
		items[i].id = text_of(one, "id", arena);
		items[i].subscriber = text_of(one, "subscriber", arena);
		if (items[i].id == NULL ||
			!names_of(one, "on", arena, &items[i].on,
				&items[i].on_count))
			return false;
	}
	state->subscriptions = items;
	state->subscription_count = spp_json_count(array);
	return true;
}

/* The state of a partition; false when the answer is not one. */
static bool state_of(const struct spp_json *reply, struct spp_arena *arena,
	struct spp_migrate_state *state)
{
	const struct spp_json *object = member(reply, "state", SPP_JSON_OBJECT);
	const struct spp_json *inflight;

	if (object == NULL)
		return false;
	state->version = text_of(object, "version", arena);
	state->route = text_of(object, "route", arena);
	if (!names_of(object, "replicas", arena, &state->replicas,
		    &state->replica_count) ||
		!subscriptions_of(object, arena, state))
		return false;
	inflight = member(object, "inflight", SPP_JSON_OBJECT);
	if (inflight == NULL)
		return true;
	state->inflight_to = text_of(inflight, "to", arena);
	state->copied = number_of(inflight, "copied");
	return state->inflight_to != NULL;
}

static enum spp_migrate_code code_of(const char *name)
{
	for (size_t i = SPP_MIGRATE_TRANSIENT; i < SPP_MIGRATE_LOST; i++) {
		if (name != NULL && strcmp(spp_migrate_codes[i], name) == 0)
			return (enum spp_migrate_code)i;
	}
	return SPP_MIGRATE_UNKNOWN;
}

static void unusable(struct spp_migrate_event *event)
{
	event->code = SPP_MIGRATE_UNKNOWN;
	event->text = "the driver's answer lacks what it should say";
}

bool spp_reply_event(const struct spp_json *reply,
	enum spp_migrate_operation operation, struct spp_arena *arena,
	struct spp_migrate_event *event, struct spp_err *err)
{
	const struct spp_json *ok = member(reply, "ok", SPP_JSON_BOOL);
	const struct spp_json *error, *covered;
	struct spp_migrate_state *state;

	event->type = SPP_MIGRATE_REPLY;
	event->code = SPP_MIGRATE_OK;
	if (ok == NULL) {
		unusable(event);
		return true;
	}
	if (!spp_json_bool(ok)) {
		error = member(reply, "error", SPP_JSON_OBJECT);
		if (error == NULL) {
			unusable(event);
			return true;
		}
		event->code = code_of(text_of(error, "code", arena));
		event->text = text_of(error, "msg", arena);
		return spp_arena_ok(arena, err);
	}
	if (operation == SPP_MIGRATE_GET || operation == SPP_MIGRATE_SUBS) {
		state = spp_arena_alloc(arena, 1, sizeof *state);
		if (state == NULL)
			return spp_fail_memory(err);
		state->copied = NAN;
		if (operation == SPP_MIGRATE_GET
				? state_of(reply, arena, state)
				: subscriptions_of(reply, arena, state))
			event->state = state;
		else
			unusable(event);
	} else if (operation == SPP_MIGRATE_EVIDENCE) {
		covered = member(reply, "covered", SPP_JSON_BOOL);
		event->covered = covered != NULL && spp_json_bool(covered);
		event->old_up_to = text_of(reply, "old_up_to", arena);
		event->new_from = text_of(reply, "new_from", arena);
		if (covered == NULL)
			unusable(event);
	}
	return spp_arena_ok(arena, err);
}

/* The fields of a driver record, read and checked as one. */
static bool driver_of(const struct spp_json *reply, struct spp_arena *arena,
	struct spp_driver_hello *hello, struct spp_err *err)
{
	const struct spp_json *object =
		member(reply, "driver", SPP_JSON_OBJECT);
	const struct spp_record *record = NULL;
	struct spp_buf fields = {0}, line = {0};

	if (object == NULL || spp_json_count(object) == 0) {
		return spp_fail(
			err, SPP_SYSTEM, "the driver does not say what it is");
	}
	spp_json_print(object, &fields);
	spp_buf_string(&line, "{\"type\":\"driver\",");
	if (!fields.failed)
		spp_buf_append(&line, fields.data + 1, fields.length - 1);
	if (spp_buf_ok(&fields, err) && spp_buf_ok(&line, err))
		record = spp_record_parse(
			line.data, line.length, "driver", arena, err);
	spp_buf_free(&fields);
	spp_buf_free(&line);
	if (record != NULL)
		hello->driver = record->value;
	return record != NULL;
}

/* What may be sent again; silence is taken for the careful answer. */
static void repeats_of(const struct spp_json *reply, struct spp_arena *arena,
	struct spp_driver_hello *hello)
{
	const struct spp_json *object =
		member(reply, "idempotent", SPP_JSON_OBJECT);

	for (int i = 0; i < SPP_MIGRATE_OPERATIONS; i++) {
		const char *word = NULL;

		if (object != NULL)
			word = text_of(
				object, spp_migrate_operations[i], arena);
		hello->repeat[i] = SPP_MIGRATE_WHEN_IDLE;
		if (word != NULL && strcmp(word, "yes") == 0)
			hello->repeat[i] = SPP_MIGRATE_ALWAYS;
		else if (word != NULL && strcmp(word, "no") == 0)
			hello->repeat[i] = SPP_MIGRATE_NEVER;
	}
}

bool spp_reply_hello(const struct spp_json *reply, struct spp_arena *arena,
	struct spp_driver_hello *hello, struct spp_err *err)
{
	double speed = number_of(reply, "speed");
	const char *now = text_of(reply, "now", arena);

	*hello = (struct spp_driver_hello){.now = SPP_TIME_NONE,
		.speed = 1,
		.cluster = text_of(reply, "cluster", arena)};
	if (speed >= 1e-3 && speed <= 1e6)
		hello->speed = speed;
	else if (!isnan(speed))
		return spp_fail(err, SPP_SYSTEM,
			"the driver's speed must be between 0.001 and 1e+06, "
			"got %g",
			speed);
	if (now != NULL && !spp_time_parse(now, SPP_OFFSET_NONE, &hello->now))
		return spp_fail(err, SPP_SYSTEM,
			"the driver's clock is no time of RFC 3339");
	repeats_of(reply, arena, hello);
	return driver_of(reply, arena, hello, err) && spp_arena_ok(arena, err);
}
