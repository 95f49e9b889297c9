#include "lib/stages/verify.h"

#include "lib/stages/common.h"
#include "lib/verify/verify.h"

static const struct spp_feed_options reads = {
	.use =
		{
			[SPP_HEADER] = SPP_READ,
			[SPP_CLUSTER] = SPP_READ,
			[SPP_DRIVER] = SPP_READ,
			[SPP_RESOURCE_MODEL] = SPP_READ,
			[SPP_CONSTRAINT] = SPP_READ,
			[SPP_PLATFORM] = SPP_READ,
			[SPP_PARTITION] = SPP_READ,
			[SPP_SUBSCRIPTION] = SPP_READ,
			[SPP_FORECAST] = SPP_READ,
			[SPP_ASSIGNMENT] = SPP_READ,
			[SPP_MOVE] = SPP_READ,
			[SPP_SUMMARY] = SPP_READ,
			[SPP_END] = SPP_READ,
		},
};

/* Findings are messages; beyond those kept only their number is told. */
static void tell(
	struct spp_context *context, const struct spp_verify_report *report)
{
	for (size_t i = 0; i < report->count && i < SPP_FINDINGS_KEPT; i++)
		spp_errs_add(&context->errors, &report->kept[i].at);
	if (report->count > SPP_FINDINGS_KEPT)
		context->errors.count += report->count - SPP_FINDINGS_KEPT;
	if (report->count > 0) {
		context->status = SPP_LEFT;
		return;
	}
	if (report->plan)
		spp_note(context,
			"%zu moves hold: expected overload %.6g without them, "
			"%.6g with them, makespan %.6g s",
			report->moves, report->overload_before,
			report->overload_after, report->makespan_s);
	else
		spp_note(context,
			"%zu assignments hold: cost %.6g before, %.6g after",
			report->assignments, report->cost_before,
			report->cost_after);
}

bool spp_stage_verify(
	struct spp_context *context, const void *options, struct spp_err *err)
{
	struct spp_stage stage;
	struct spp_verify_report report;
	bool done;

	(void)options;
	done = spp_stage_open(&stage, context, err) &&
	       spp_stage_read(&stage, &reads, err) &&
	       spp_verify_feed(&stage.feed, &report, err);
	if (done)
		tell(context, &report);
	spp_stage_close(&stage);
	return done;
}
