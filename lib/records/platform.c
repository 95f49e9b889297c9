/* A node that serves partitions. */
#include "lib/records/cluster_records.h"

#define AT(member) offsetof(struct spp_platform, member)

static const char *const states[] = {
	"active", "joining", "draining", "failed", NULL};

static const struct spp_field fields[] = {
	{"platform", SPP_ID, AT(platform), .required = true, .text = "its id"},
	{"rack", SPP_ID, AT(rack), .text = "label to spread replicas over"},
	{"zone", SPP_ID, AT(zone), .text = "a second such label"},
	{"capacity", SPP_AMOUNTS, AT(capacity), .min = 1e-9, .max = SPP_MOST,
		.text = "by resource: cpu in cores, memory and disk in bytes, "
			"network_in and network_out in bytes/s; what is not "
			"named is unlimited"},
	{"hard", SPP_STRINGS, AT(hard),
		.text = "resources that must never be exceeded; memory and "
			"disk unless said"},
	{"load", SPP_AMOUNTS, AT(load), .max = SPP_MOST,
		.text = "measured, in the units of capacity"},
	{"measured_at", SPP_TIME, AT(measured_at),
		.text = "when load was measured"},
	{"state", SPP_CHOICE, AT(state), .choices = states,
		.text = "active unless said"},
};

const struct spp_record_type spp_platform_type = {
	.name = "platform",
	.text = "a node that serves partitions: capacities, labels, state "
		"and measured load",
	.fields = {SPP_FIELDS(struct spp_platform, fields)},
	.key = {"platform"},
};
