/* One subscriber consuming one partition. */
#include "lib/records/cluster_records.h"

#define AT(member) offsetof(struct spp_subscription, member)

static const struct spp_field fields[] = {
	{"subscriber", SPP_ID, AT(subscriber), .required = true,
		.text = "the application"},
	{"stream", SPP_ID, AT(stream), .required = true, .text = "the stream"},
	{"partition", SPP_ID, AT(partition), .required = true, .plain = true,
		.text = "its partition"},
	{"platform", SPP_ID, AT(platform),
		.text = "where it is served; absent: by the leader"},
	{"connections", SPP_NUMBER, AT(connections), .max = 1e9,
		.text = "persistent connections; 1 unless said"},
	{"position", SPP_ID, AT(position),
		.text = "how far it has read; opaque"},
};

const struct spp_record_type spp_subscription_type = {
	.name = "subscription",
	.text = "one subscriber consuming one partition over persistent "
		"connections",
	.fields = {SPP_FIELDS(struct spp_subscription, fields)},
	.key = {"subscriber", "stream", "partition"},
};
