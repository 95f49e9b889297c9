/* One subscriber consuming one partition. */
#include "lib/records/cluster_records.h"

#define AT(member) SPP_AT(struct spp_subscription, member)

static const struct spp_field fields[] = {
	{AT(subscriber), SPP_ID, "the application", .required = true},
	{AT(stream), SPP_ID, "the stream", .required = true},
	{AT(partition), SPP_ID, "a partition", .required = true, .plain = true},
	{AT(platform), SPP_ID, "where it is served; absent: by the leader"},
	{AT(connections), SPP_NUMBER, "persistent connections; 1 unless said",
		.max = 1e9},
	{AT(position), SPP_ID, "how far it has read; opaque"},
};
const struct spp_fields spp_subscription_fields = {
	SPP_FIELDS(struct spp_subscription, fields)};
