/* Coefficients from traffic to demand. */
#include "lib/records/cluster_records.h"

#define PART(member) SPP_AT(struct spp_model_part, member)

static const struct spp_field leader[] = {
	{PART(base), SPP_NUMBER, "of each partition it leads"},
	{PART(per_byte), SPP_NUMBER, "per byte/s produced"},
	{PART(per_record), SPP_NUMBER, "per record/s produced"},
	{PART(per_replicated_byte), SPP_NUMBER,
		"per byte/s produced and follower"},
};

static const struct spp_field follower[] = {
	{PART(base), SPP_NUMBER, "of each partition it follows"},
	{PART(per_byte), SPP_NUMBER, "per byte/s produced"},
};

static const struct spp_field subscription[] = {
	{PART(per_byte), SPP_NUMBER, "per byte/s consumed"},
	{PART(per_record), SPP_NUMBER, "per record/s consumed"},
	{PART(per_connection), SPP_NUMBER, "per connection"},
};

#define AT(member) SPP_AT(struct spp_resource_model, member)

static const struct spp_field fields[] = {
	{AT(resource), SPP_ID, "the resource", .required = true},
	{AT(leader), SPP_OBJECT, "demand of the leading replica",
		.members = {SPP_FIELDS(struct spp_model_part, leader)}},
	{AT(follower), SPP_OBJECT, "demand of every other replica",
		.members = {SPP_FIELDS(struct spp_model_part, follower)}},
	{AT(subscription), SPP_OBJECT, "demand of a subscription",
		.members = {SPP_FIELDS(struct spp_model_part, subscription)}},
};
const struct spp_fields spp_resource_model_fields = {
	SPP_FIELDS(struct spp_resource_model, fields)};
