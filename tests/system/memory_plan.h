/* The plan that tests/system/driver_memory.c makes for its world. */
#ifndef SPP_TESTS_SYSTEM_MEMORY_PLAN_H
#define SPP_TESTS_SYSTEM_MEMORY_PLAN_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/io/output.h"
#include "lib/records/segment.h"

#include "tests/unit/migrate_world.h"

#include <unistd.h>

static void fail(const char *what)
{
	fprintf(stderr, "driver_memory: %s\n", what);
	exit(1);
}

static const char *const moves[] = {
	/* the replica that leads, a follower, the lead, one more, one less */
	"\"id\":\"m1\",\"kind\":\"replica\",\"stream\":\"s\",\"partition\":"
	"\"0\","
	"\"from\":\"p0\",\"to\":\"p3\",\"copy_from\":\"p0\",\"bytes\":1000,"
	"\"rate\":1000,\"start_s\":0,\"duration_s\":0.2,\"requires\":{"
	"\"version\":\"10\",\"replicas\":[\"p0\",\"p1\",\"p2\"]}",
	"\"id\":\"m2\",\"kind\":\"leader\",\"stream\":\"s\",\"partition\":"
	"\"1\","
	"\"from\":\"p1\",\"to\":\"p2\",\"start_s\":0,\"duration_s\":0.1,"
	"\"requires\":{\"version\":\"10\",\"replicas\":[\"p1\",\"p2\",\"p3\"]}",
	"\"id\":\"m3\",\"kind\":\"add\",\"stream\":\"s\",\"partition\":\"2\","
	"\"to\":\"p0\",\"copy_from\":\"p2\",\"bytes\":1000,\"rate\":1000,"
	"\"start_s\":0.3,\"duration_s\":0.1,\"requires\":{\"version\":\"10\","
	"\"replicas\":[\"p2\",\"p3\",\"p4\"]}",
	"\"id\":\"m4\",\"kind\":\"drop\",\"stream\":\"s\",\"partition\":\"2\","
	"\"from\":\"p4\",\"start_s\":0.5,\"duration_s\":0.1,\"after\":[\"m3\"],"
	"\"requires\":{\"version\":\"10\",\"replicas\":[\"p2\",\"p3\",\"p4\","
	"\"p0\"]}",
	"\"id\":\"m5\",\"kind\":\"replica\",\"stream\":\"s\",\"partition\":"
	"\"1\","
	"\"from\":\"p3\",\"to\":\"p4\",\"copy_from\":\"p2\",\"bytes\":1000,"
	"\"rate\":1000,\"start_s\":0.2,\"duration_s\":0.2,\"after\":[\"m2\"],"
	"\"requires\":{\"replicas\":[\"p2\",\"p1\",\"p3\"]}",
};

enum { PLAN_MOVES = sizeof moves / sizeof *moves };

static void put(struct spp_segment *segment, struct spp_arena *arena,
	enum spp_type type, const char *text)
{
	struct spp_err err = {0};
	const struct spp_record *record;
	char line[1024];
	int length = snprintf(line, sizeof line, "{\"type\":\"%s\",%s}",
		spp_record_types[type].name, text);

	record = spp_record_parse(line, (size_t)length, "test", arena, &err);
	if (record == NULL ||
		!spp_segment_put(segment, type, record->value, &err))
		fail(err.text);
}

/* RECORD: the fields of a driver record, NULL = none. */
static void plan_print(
	struct world *world, size_t move_count, const char *record)
{
	struct spp_arena arena = {0};
	struct spp_segment segment = {0};
	struct spp_output output;
	struct spp_header header = {.schema = SPP_SCHEMA,
		.cluster = "memory",
		.tool = "driver_memory",
		.version = "1",
		.risk = NAN,
		.seed = SPP_ABSENT};
	struct spp_end end = {.status = SPP_END_OK};
	struct spp_err err = {0};

	spp_time_parse("2026-11-22T10:00:00Z", SPP_OFFSET_NONE, &header.now);
	spp_output_to(&output, STDOUT_FILENO, "<stdout>");
	if (!spp_segment_begin(&segment, &output, &header, &err))
		fail(err.text);
	put(&segment, &arena, SPP_CLUSTER, "\"cluster\":\"memory\"");
	if (record != NULL) {
		char text[256];

		snprintf(text, sizeof text, "%.*s", (int)strlen(record) - 2,
			record + 1);
		put(&segment, &arena, SPP_DRIVER, text);
	}
	for (int i = 0; i < PLATFORMS; i++) {
		char text[64];

		snprintf(text, sizeof text,
			"\"platform\":\"p%d\",\"capacity\":{}", i);
		put(&segment, &arena, SPP_PLATFORM, text);
	}
	for (int p = 0; p < PARTITIONS; p++) {
		const struct log *log = &world->logs[p];
		char text[128];

		snprintf(text, sizeof text,
			"\"stream\":\"s\",\"partition\":\"%d\",\"replicas\":"
			"[\"p%d\",\"p%d\",\"p%d\"],\"version\":\"%d\"",
			p, log->replicas[0], log->replicas[1], log->replicas[2],
			log->version);
		put(&segment, &arena, SPP_PARTITION, text);
	}
	for (size_t i = 0; i < move_count; i++)
		put(&segment, &arena, SPP_MOVE, moves[i]);
	if (!spp_segment_end(&segment, &end, &err) ||
		!spp_output_close(&output, &err))
		fail(err.text);
	spp_segment_free(&segment);
	spp_arena_free(&arena);
}

#endif
