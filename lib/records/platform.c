/* A node that serves partitions. */
#include "lib/records/cluster_records.h"

#define AT(member) SPP_AT(struct spp_platform, member)

static const struct spp_field fields[] = {
	{AT(platform), SPP_ID, "its id", .required = true},
	{AT(rack), SPP_ID, "label to spread replicas over"},
	{AT(zone), SPP_ID, "a second such label"},
	{AT(capacity), SPP_NUMBER,
		"by resource: cpu in cores, memory and disk in bytes, "
		"network_in and network_out in bytes/s; what is not "
		"named is unlimited",
		.shape = SPP_BY_NAME, .most = SPP_NAMES_MAX, .min = 1e-9},
	{AT(hard), SPP_ID,
		"resources that must never be exceeded; memory and "
		"disk unless said",
		.shape = SPP_LIST},
	{AT(load), SPP_NUMBER, "measured, in the units of capacity",
		.shape = SPP_BY_NAME, .most = SPP_NAMES_MAX},
	{AT(measured_at), SPP_TIME, "when load was measured"},
	{AT(state), SPP_CHOICE, "active unless said",
		.choices = {"active", "joining", "draining", "failed"}},
};
const struct spp_fields spp_platform_fields = {
	SPP_FIELDS(struct spp_platform, fields)};
