#include "lib/records/types.h"

#include "lib/records/answer_records.h"
#include "lib/records/cluster_records.h"

const struct spp_record_type *const spp_record_types[SPP_TYPES] = {
	[SPP_HEADER] = &spp_header_type,
	[SPP_CLUSTER] = &spp_cluster_type,
	[SPP_DRIVER] = &spp_driver_type,
	[SPP_RESOURCE_MODEL] = &spp_resource_model_type,
	[SPP_CONSTRAINT] = &spp_constraint_type,
	[SPP_PLATFORM] = &spp_platform_type,
	[SPP_PARTITION] = &spp_partition_type,
	[SPP_SUBSCRIPTION] = &spp_subscription_type,
	[SPP_SAMPLE] = &spp_sample_type,
	[SPP_FORECAST] = &spp_forecast_type,
	[SPP_ASSIGNMENT] = &spp_assignment_type,
	[SPP_MOVE] = &spp_move_type,
	[SPP_EVENT] = &spp_event_type,
	[SPP_CONFIRMATION] = &spp_confirmation_type,
	[SPP_SUMMARY] = &spp_summary_type,
	[SPP_END] = &spp_end_type,
};
