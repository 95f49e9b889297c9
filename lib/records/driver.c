/* What a control API can do. */
#include "lib/records/cluster_records.h"

#define AT(member) offsetof(struct spp_driver_record, member)

static const char *const serves[] = {"leader", "replica", "any", NULL};
static const char *const copies[] = {"leader", "replica", "none", NULL};
static const char *const duals[] = {
	"overlap", "presubscribe", "atomic", "none", NULL};
static const char *const resumes[] = {"position", "tail", NULL};
static const char *const fencings[] = {"epoch", "cas", "none", NULL};

static const struct spp_field fields[] = {
	{"driver", SPP_ID, AT(driver), .required = true, .text = "its name"},
	{"serve", SPP_CHOICE, AT(serve), .choices = serves,
		.text = "who serves a subscription: the leader (unless said), "
			"any platform that holds a replica, or any at all"},
	{"copy_from", SPP_CHOICE, AT(copy_from), .choices = copies,
		.text = "where a new replica is copied from; leader unless "
			"said"},
	{"dual", SPP_CHOICE, AT(dual), .choices = duals,
		.text = "how both sides serve a subscription; overlap unless "
			"said"},
	{"resume", SPP_CHOICE, AT(resume), .choices = resumes,
		.text = "where a subscriber goes on; tail unless said"},
	{"fencing", SPP_CHOICE, AT(fencing), .choices = fencings,
		.text = "what keeps a second executor out; none unless said"},
	{"handover_s", SPP_NUMBER, AT(handover_s), .max = 1e6, .unit = "s",
		.text = "length of a hand-over; 0 unless said"},
	{"max_inflight", SPP_NUMBER, AT(max_inflight), .min = 1, .max = 1e6,
		.text = "most moves at once; 16 unless said"},
	{"rate", SPP_NUMBER, AT(rate), .min = 1, .max = SPP_MOST,
		.unit = "bytes/s",
		.text = "most of one copy; 50 MB/s unless said"},
};

const struct spp_record_type spp_driver_type = {
	.name = "driver",
	.text = "what the control API can do",
	.fields = {SPP_FIELDS(struct spp_driver_record, fields)},
	.single = true,
};
