#include "lib/stages/migrate.h"

#define AT(member) offsetof(struct spp_migrate_stage, member)

static const struct spp_field fields[] = {
	{"driver", SPP_STRING, AT(driver), .metavar = "COMMAND",
		.text = "carry the plan out through the program "
			"spp-driver-NAME; COMMAND is NAME and its arguments"},
	{"journal", SPP_STRING, AT(journal), .metavar = "FILE",
		.text = "where plan and steps are kept (default: by the "
			"cluster's name under $XDG_STATE_HOME/spp)"},
	{"resume", SPP_FLAG, AT(resume),
		.text = "go on with the unfinished plan of the journal"},
	{"rollback", SPP_FLAG, AT(rollback),
		.text = "turn its unfinished moves back, start none"},
	{"supersede", SPP_FLAG, AT(supersede),
		.text = "turn them back, then carry out the plan given"},
	{"status", SPP_FLAG, AT(status),
		.text = "only show how far the newest plan is"},
	{"history", SPP_FLAG, AT(history),
		.text = "only show all events and confirmations kept"},
	{"capabilities", SPP_FLAG, AT(capabilities),
		.text = "only print the driver's record"},
	{"exclusive", SPP_FLAG, AT(exclusive),
		.text = "nobody else moves partitions: asked of you where a "
			"driver cannot keep a second executor out"},
	{"allow_stale", SPP_FLAG, AT(allow_stale),
		.text = "carry out a plan whose forecast has ended"},
	{"max_inflight", SPP_INTEGER, AT(max_inflight), .min = 1, .max = 1e6,
		.metavar = "N",
		.text = "most moves at once (default: what plan and driver "
			"allow)"},
	{"deadline", SPP_DURATION, AT(deadline_s), .min = 0.2, .max = 1e6,
		.metavar = "DURATION", .default_text = "60s",
		.text = "a move without progress for that long is turned "
			"back"},
	{"hold", SPP_DURATION, AT(hold_s), .max = 1e6, .metavar = "DURATION",
		.default_text = "200ms",
		.text = "evidence must have stood that long, on the "
			"system's clock, before an old connection is closed"},
	{"grace", SPP_DURATION, AT(grace_s), .max = 1e6, .metavar = "DURATION",
		.default_text = "30s",
		.text = "when told to end, start nothing and settle what runs "
			"for that long"},
	{"seed", SPP_INTEGER, AT(seed), .max = 9007199254740991.0,
		.metavar = "N", .default_text = "1",
		.text = "of the random part of waits before retries"},
};
const struct spp_fields spp_migrate_options = {
	SPP_FIELDS(struct spp_migrate_stage, fields)};
const char *const spp_migrate_silent[] = {"driver", "journal", "resume",
	"rollback", "supersede", "status", "history", "capabilities",
	"exclusive", "allow_stale", "max_inflight", "deadline", "hold", "grace",
	"seed", NULL};

static bool check(const struct spp_migrate_stage *options, struct spp_err *err)
{
	int modes = options->resume + options->rollback + options->supersede +
	            options->status + options->history + options->capabilities;

	if (modes > 1) {
		return spp_fail(err, SPP_USAGE,
			"more than one of --resume, --rollback, --supersede, "
			"--status, --history and --capabilities");
	}
	if (options->driver == NULL &&
		(options->supersede || options->capabilities)) {
		return spp_fail(err, SPP_USAGE, "%s needs --driver",
			options->supersede ? "--supersede" : "--capabilities");
	}
	if (options->common.partial && options->driver != NULL) {
		return spp_fail(err, SPP_USAGE,
			"a cut plan is never carried out, so --partial and "
			"--driver exclude each other");
	}
	return true;
}

bool spp_stage_migrate(
	struct spp_context *context, const void *values, struct spp_err *err)
{
	const struct spp_migrate_stage *options = values;

	if (!check(options, err))
		return false;
	if (options->capabilities)
		return spp_migrate_capabilities(context, options, err);
	if (options->status || options->history)
		return spp_migrate_look(context, options, err);
	if (options->driver == NULL && !options->resume && !options->rollback)
		return spp_migrate_show(context, options, err);
	return spp_migrate_execute(context, options, err);
}
