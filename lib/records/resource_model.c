/* Coefficients from traffic to demand. */
#include "lib/records/cluster_records.h"

#include "lib/records/record.h"

#define LEADER(member) offsetof(struct spp_leader_model, member)
#define FOLLOWER(member) offsetof(struct spp_follower_model, member)
#define SUBSCRIPTION(member) offsetof(struct spp_subscription_model, member)

static const struct spp_field leader[] = {
	{"base", SPP_NUMBER, LEADER(base), .max = SPP_MOST,
		.text = "of each partition it leads"},
	{"per_byte", SPP_NUMBER, LEADER(per_byte), .max = SPP_MOST,
		.text = "per byte/s produced"},
	{"per_record", SPP_NUMBER, LEADER(per_record), .max = SPP_MOST,
		.text = "per record/s produced"},
	{"per_replicated_byte", SPP_NUMBER, LEADER(per_replicated_byte),
		.max = SPP_MOST, .text = "per byte/s produced and follower"},
};
const struct spp_fields spp_leader_model_fields = {
	SPP_FIELDS(struct spp_leader_model, leader)};

static const struct spp_field follower[] = {
	{"base", SPP_NUMBER, FOLLOWER(base), .max = SPP_MOST,
		.text = "of each partition it follows"},
	{"per_byte", SPP_NUMBER, FOLLOWER(per_byte), .max = SPP_MOST,
		.text = "per byte/s produced"},
};
const struct spp_fields spp_follower_model_fields = {
	SPP_FIELDS(struct spp_follower_model, follower)};

static const struct spp_field subscription[] = {
	{"per_byte", SPP_NUMBER, SUBSCRIPTION(per_byte), .max = SPP_MOST,
		.text = "per byte/s consumed"},
	{"per_record", SPP_NUMBER, SUBSCRIPTION(per_record), .max = SPP_MOST,
		.text = "per record/s consumed"},
	{"per_connection", SPP_NUMBER, SUBSCRIPTION(per_connection),
		.max = SPP_MOST, .text = "per connection"},
};
const struct spp_fields spp_subscription_model_fields = {
	SPP_FIELDS(struct spp_subscription_model, subscription)};

#define AT(member) offsetof(struct spp_resource_model, member)

static const struct spp_field fields[] = {
	{"resource", SPP_ID, AT(resource), .required = true,
		.text = "the resource"},
	{"leader", SPP_OBJECT, AT(leader), .members = &spp_leader_model_fields,
		.text = "demand of the leading replica"},
	{"follower", SPP_OBJECT, AT(follower),
		.members = &spp_follower_model_fields,
		.text = "demand of every other replica"},
	{"subscription", SPP_OBJECT, AT(subscription),
		.members = &spp_subscription_model_fields,
		.text = "demand of a subscription"},
};

const struct spp_record_type spp_resource_model_type = {
	.name = "resource_model",
	.text = "coefficients from traffic to the demand for one resource; "
		"what is absent is 0",
	.fields = {SPP_FIELDS(struct spp_resource_model, fields)},
	.key = {"resource"},
};
