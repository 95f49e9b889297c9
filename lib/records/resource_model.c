/* Coefficients from traffic to demand. */
#include "lib/records/cluster_records.h"

#include "lib/records/record.h"

#define LEADER(member) SPP_AT(struct spp_leader_model, member)
#define FOLLOWER(member) SPP_AT(struct spp_follower_model, member)
#define SUBSCRIPTION(member) SPP_AT(struct spp_subscription_model, member)

static const struct spp_field leader[] = {
	{LEADER(base), SPP_NUMBER, "of each partition it leads"},
	{LEADER(per_byte), SPP_NUMBER, "per byte/s produced"},
	{LEADER(per_record), SPP_NUMBER, "per record/s produced"},
	{LEADER(per_replicated_byte), SPP_NUMBER,
		"per byte/s produced and follower"},
};

static const struct spp_field follower[] = {
	{FOLLOWER(base), SPP_NUMBER, "of each partition it follows"},
	{FOLLOWER(per_byte), SPP_NUMBER, "per byte/s produced"},
};

static const struct spp_field subscription[] = {
	{SUBSCRIPTION(per_byte), SPP_NUMBER, "per byte/s consumed"},
	{SUBSCRIPTION(per_record), SPP_NUMBER, "per record/s consumed"},
	{SUBSCRIPTION(per_connection), SPP_NUMBER, "per connection"},
};

#define AT(member) SPP_AT(struct spp_resource_model, member)

static const struct spp_field fields[] = {
	{AT(resource), SPP_ID, "the resource", .required = true},
	{AT(leader), SPP_OBJECT, "demand of the leading replica",
		.members = {SPP_FIELDS(struct spp_leader_model, leader)}},
	{AT(follower), SPP_OBJECT, "demand of every other replica",
		.members = {SPP_FIELDS(struct spp_follower_model, follower)}},
	{AT(subscription), SPP_OBJECT, "demand of a subscription",
		.members = {SPP_FIELDS(
			struct spp_subscription_model, subscription)}},
};
const struct spp_fields spp_resource_model_fields = {
	SPP_FIELDS(struct spp_resource_model, fields)};
