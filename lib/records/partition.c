/* A partition and where its replicas live. */
#include "lib/records/cluster_records.h"

#define AT(member) SPP_AT(struct spp_partition, member)

static const struct spp_field moving[] = {
	{SPP_AT(struct spp_moving, to), SPP_ID,
		"replicas when the move is done", .shape = SPP_LIST,
		.required = true, .least = 1, .most = SPP_REPLICAS_MAX,
		.distinct = true},
	{SPP_AT(struct spp_moving, plan), SPP_ID,
		"id of the plan that moves it"},
};

static const struct spp_field fields[] = {
	{AT(stream), SPP_ID, "the stream", .required = true},
	{AT(partition), SPP_ID, "a partition", .required = true, .plain = true},
	{AT(replicas), SPP_ID, "platforms that hold it; the first leads",
		.shape = SPP_LIST, .required = true, .least = 1,
		.most = SPP_REPLICAS_MAX, .distinct = true},
	{AT(size_bytes), SPP_NUMBER, "size of one replica; 0 unless said",
		.unit = "bytes"},
	{AT(retention_s), SPP_NUMBER, "records older than that are dropped",
		.max = 1e10, .unit = "s"},
	{AT(retention_bytes), SPP_NUMBER, "what is beyond that is dropped",
		.unit = "bytes"},
	{AT(version), SPP_ID, "changes with every change of place; opaque"},
	{AT(moved_at), SPP_TIME, "its last move; absent: long ago"},
	{AT(moving), SPP_OBJECT,
		"an unfinished move; such a partition is frozen",
		.members = {SPP_FIELDS(struct spp_moving, moving)}},
};
const struct spp_fields spp_partition_fields = {
	SPP_FIELDS(struct spp_partition, fields)};
