/* What a control API can do. */
#include "lib/records/cluster_records.h"

#define AT(member) SPP_AT(struct spp_driver_record, member)

static const struct spp_field fields[] = {
	{AT(driver), SPP_ID, "its name", .required = true},
	{AT(serve), SPP_CHOICE,
		"who serves a subscription: the leader (unless said), "
		"any platform that holds a replica, or any at all",
		.choices = {"leader", "replica", "any"}},
	{AT(copy_from), SPP_CHOICE,
		"where a new replica is copied from; leader unless "
		"said",
		.choices = {"leader", "replica", "none"}},
	{AT(dual), SPP_CHOICE,
		"how both sides serve a subscription; overlap unless "
		"said",
		.choices = {"overlap", "presubscribe", "atomic", "none"}},
	{AT(resume), SPP_CHOICE, "where a subscriber goes on; tail unless said",
		.choices = {"position", "tail"}},
	{AT(fencing), SPP_CHOICE,
		"what keeps a second executor out; none unless said",
		.choices = {"epoch", "cas", "none"}},
	{AT(handover_s), SPP_NUMBER, "length of a hand-over; 0 unless said",
		.max = 1e6, .unit = "s"},
	{AT(max_inflight), SPP_NUMBER, "most moves at once; 16 unless said",
		.min = 1, .max = 1e6},
	{AT(rate), SPP_NUMBER, "most of one copy; 50 MB/s unless said",
		.min = 1, .unit = "bytes/s"},
};
const struct spp_fields spp_driver_fields = {
	SPP_FIELDS(struct spp_driver_record, fields)};
