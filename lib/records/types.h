/*
 * All record types.  Each has a file of its own with its table of fields and
 * its checks.
 */
#ifndef SPP_RECORDS_TYPES_H
#define SPP_RECORDS_TYPES_H

#include "lib/records/field.h"

struct spp_err;

/* In the order in which a segment made by spp holds them. */
enum spp_type {
	SPP_HEADER,
	SPP_CLUSTER,
	SPP_DRIVER,
	SPP_RESOURCE_MODEL,
	SPP_CONSTRAINT,
	SPP_PLATFORM,
	SPP_PARTITION,
	SPP_SUBSCRIPTION,
	SPP_SAMPLE,
	SPP_FORECAST,
	SPP_ASSIGNMENT,
	SPP_MOVE,
	SPP_EVENT,
	SPP_CONFIRMATION,
	SPP_SUMMARY,
	SPP_END,
	SPP_TYPES,
};

/* Rules that span fields; the value is complete. */
typedef bool spp_record_check(const void *value, struct spp_err *err);

struct spp_record_type {
	const char *name; /* the value of "type" */
	const char *text; /* what such a record says, one line */
	const struct spp_fields *fields;
	/* So many fields, the first, identify a record: the same twice in a
	   feed is an error. */
	size_t key;
	bool single;             /* a feed holds one of these at most */
	spp_record_check *check; /* NULL = no such rules */
};

/* Rules of several types: a field must be there, or must not be, WHERE ("in
   a pin constraint"). */
bool spp_record_needs(const char *field, bool there, bool wanted,
	const char *where, struct spp_err *err);

/* By enum spp_type. */
extern const struct spp_record_type spp_record_types[SPP_TYPES];

/* Their parts, each in the file of its type. */
extern const struct spp_fields spp_header_fields, spp_cluster_fields,
	spp_driver_fields, spp_resource_model_fields, spp_constraint_fields,
	spp_platform_fields, spp_partition_fields, spp_subscription_fields,
	spp_sample_fields, spp_forecast_fields, spp_assignment_fields,
	spp_move_fields, spp_event_fields, spp_confirmation_fields,
	spp_summary_fields, spp_end_fields;
extern spp_record_check spp_constraint_check, spp_sample_check,
	spp_forecast_check, spp_move_check, spp_end_check;

#endif
