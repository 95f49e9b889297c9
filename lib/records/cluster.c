/* The cluster's name. */
#include "lib/records/cluster_records.h"

#define AT(member) SPP_AT(struct spp_cluster_record, member)

static const struct spp_field fields[] = {
	{AT(cluster), SPP_ID, "name of the cluster", .required = true},
};
const struct spp_fields spp_cluster_fields = {
	SPP_FIELDS(struct spp_cluster_record, fields)};
