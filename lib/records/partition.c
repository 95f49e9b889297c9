/* A partition and where its replicas live. */
#include "lib/records/cluster_records.h"

#include "lib/records/check.h"
#include "lib/records/record.h"

#define AT(member) offsetof(struct spp_partition, member)

static const struct spp_field moving[] = {
	{"to", SPP_STRINGS, offsetof(struct spp_moving, to), .required = true,
		.text = "replicas when the move is done"},
	{"plan", SPP_ID, offsetof(struct spp_moving, plan),
		.text = "id of the plan that moves it"},
};
const struct spp_fields spp_moving_fields = {
	SPP_FIELDS(struct spp_moving, moving)};

static const struct spp_field fields[] = {
	{"stream", SPP_ID, AT(stream), .required = true, .text = "the stream"},
	{"partition", SPP_ID, AT(partition), .required = true, .plain = true,
		.text = "its partition"},
	{"replicas", SPP_STRINGS, AT(replicas), .required = true,
		.text = "platforms that hold it; the first leads"},
	{"size_bytes", SPP_NUMBER, AT(size_bytes), .max = SPP_MOST,
		.unit = "bytes", .text = "size of one replica; 0 unless said"},
	{"retention_s", SPP_NUMBER, AT(retention_s), .max = 1e10, .unit = "s",
		.text = "records older than that are dropped"},
	{"retention_bytes", SPP_NUMBER, AT(retention_bytes), .max = SPP_MOST,
		.unit = "bytes", .text = "what is beyond that is dropped"},
	{"version", SPP_ID, AT(version),
		.text = "changes with every change of place; opaque"},
	{"moved_at", SPP_TIME, AT(moved_at),
		.text = "its last move; absent: long ago"},
	{"moving", SPP_OBJECT, AT(moving), .members = &spp_moving_fields,
		.text = "an unfinished move; such a partition is frozen"},
};

static bool check(const void *value, struct spp_err *err)
{
	const struct spp_partition *partition = value;

	return spp_check_places("replicas", &partition->replicas, 1, err) &&
	       (partition->moving == NULL ||
		       spp_check_places(
			       "moving.to", &partition->moving->to, 1, err));
}

const struct spp_record_type spp_partition_type = {
	.name = "partition",
	.text = "a partition: its replicas, size and retention",
	.fields = {SPP_FIELDS(struct spp_partition, fields)},
	.key = {"stream", "partition"},
	.check = check,
};
