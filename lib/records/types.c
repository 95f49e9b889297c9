/* All record types, in the order of enum spp_type. */
#include "lib/records/types.h"

#include "lib/base/err.h"

const struct spp_record_type spp_record_types[SPP_TYPES] = {
	[SPP_HEADER] = {"header",
		"the first record of a segment: who wrote it, and how",
		.fields = &spp_header_fields},
	[SPP_CLUSTER] = {"cluster",
		"the name of the cluster, copied into every header and "
		"compared with the driver's",
		.fields = &spp_cluster_fields, .single = true},
	[SPP_DRIVER] = {"driver", "what the control API can do",
		.fields = &spp_driver_fields, .single = true},
	[SPP_RESOURCE_MODEL] = {"resource_model",
		"coefficients from traffic to the demand for one resource; "
		"what is absent is 0",
		.fields = &spp_resource_model_fields, .key = 1},
	[SPP_CONSTRAINT] = {"constraint", "what an answer must keep to",
		.fields = &spp_constraint_fields,
		.check = spp_constraint_check},
	[SPP_PLATFORM] = {"platform",
		"a node that serves partitions: capacities, labels, state and "
		"measured load",
		.fields = &spp_platform_fields, .key = 1},
	[SPP_PARTITION] = {"partition",
		"a partition: its replicas, size and retention",
		.fields = &spp_partition_fields, .key = 2},
	[SPP_SUBSCRIPTION] = {"subscription",
		"one subscriber consuming one partition over persistent "
		"connections",
		.fields = &spp_subscription_fields, .key = 3},
	[SPP_SAMPLE] = {"sample",
		"what one partition produced, or one subscriber consumed of "
		"it, in an interval",
		.fields = &spp_sample_fields, .check = spp_sample_check},
	[SPP_FORECAST] = {"forecast",
		"predicted consumption of a partition or a subscription, slot "
		"by slot; estimates carry six digits",
		.fields = &spp_forecast_fields, .key = 3,
		.check = spp_forecast_check},
	[SPP_ASSIGNMENT] = {"assignment",
		"where the replicas of a partition, or a subscription, should "
		"live; only what changes is named",
		.fields = &spp_assignment_fields, .key = 3},
	[SPP_MOVE] = {"move",
		"one change of place: when, how fast, and how to undo it",
		.fields = &spp_move_fields, .key = 1, .check = spp_move_check},
	[SPP_EVENT] = {"event", "what happened while a plan ran",
		.fields = &spp_event_fields},
	[SPP_CONFIRMATION] = {"confirmation",
		"how one move ended, with its evidence",
		.fields = &spp_confirmation_fields, .key = 2},
	[SPP_SUMMARY] = {"summary", "the figures of a stage",
		.fields = &spp_summary_fields},
	[SPP_END] = {"end",
		"the last record of a segment: without it the segment is cut",
		.fields = &spp_end_fields, .check = spp_end_check},
};

bool spp_record_needs(const char *field, bool there, bool wanted,
	const char *where, struct spp_err *err)
{
	return there == wanted ||
	       spp_fail(err, SPP_INPUT, "field \"%s\" %s %s", field,
		       wanted ? "is missing" : "has no place", where);
}
