/*
 * All record types.  Each lives in a file of its own: a struct, its table
 * of fields, its checks.
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

struct spp_record_type {
	const char *name; /* the value of "type" */
	const char *text; /* what such a record says, one line */
	struct spp_fields fields;
	/* So many fields, the first, identify a record: the same twice in a
	   feed is an error. */
	size_t key;
	bool single; /* a feed holds one of these at most */
	/* Rules that span fields; NULL = none.  The value is complete. */
	bool (*check)(const void *value, struct spp_err *err);
};

/* By enum spp_type. */
extern const struct spp_record_type *const spp_record_types[SPP_TYPES];

#endif
