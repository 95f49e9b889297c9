#include "lib/stages/migrate.h"

#define AT(member) .offset = offsetof(struct spp_migrate_stage, member)

static const struct spp_field fields[] = {
	{"driver", AT(driver), SPP_STRING,
		"carry the plan out through the program "
		"spp-driver-NAME; COMMAND is NAME and its arguments",
		.metavar = "COMMAND", .silent = true},
	{"journal", AT(journal), SPP_STRING,
		"where plan and steps are kept (default: by the "
		"cluster's name under $XDG_STATE_HOME/spp)",
		.metavar = "FILE", .silent = true},
	{"resume", AT(resume), SPP_FLAG,
		"go on with the unfinished plan of the journal",
		.silent = true},
	{"rollback", AT(rollback), SPP_FLAG,
		"turn its unfinished moves back, start none", .silent = true},
	{"supersede", AT(supersede), SPP_FLAG,
		"turn them back, then carry out the plan given",
		.silent = true},
	{"status", AT(status), SPP_FLAG, "only show how far the newest plan is",
		.silent = true},
	{"history", AT(history), SPP_FLAG,
		"only show all events and confirmations kept", .silent = true},
	{"capabilities", AT(capabilities), SPP_FLAG,
		"only print the driver's record", .silent = true},
	{"exclusive", AT(exclusive), SPP_FLAG,
		"nobody else moves partitions: asked of you where a "
		"driver cannot keep a second executor out",
		.silent = true},
	{"allow_stale", AT(allow_stale), SPP_FLAG,
		"carry out a plan whose forecast has ended", .silent = true},
	{"max_inflight", AT(max_inflight), SPP_INTEGER,
		"most moves at once (default: what plan and driver "
		"allow)",
		.min = 1, .max = 1e6, .metavar = "N", .silent = true},
	{"deadline", AT(deadline_s), SPP_NUMBER,
		"a move without progress for that long is turned "
		"back",
		.unit = "s", .min = 0.2, .max = 1e6, .metavar = "DURATION",
		.default_text = "60s", .silent = true},
	{"hold", AT(hold_s), SPP_NUMBER,
		"evidence must have stood that long, on the "
		"system's clock, before an old connection is closed",
		.unit = "s", .max = 1e6, .metavar = "DURATION",
		.default_text = "200ms", .silent = true},
	{"grace", AT(grace_s), SPP_NUMBER,
		"when told to end, start nothing and settle what runs "
		"for that long",
		.unit = "s", .max = 1e6, .metavar = "DURATION",
		.default_text = "30s", .silent = true},
	{"seed", AT(seed), SPP_INTEGER,
		"of the random part of waits before retries",
		.max = 9007199254740991.0, .metavar = "N", .default_text = "1",
		.silent = true},
};
const struct spp_fields spp_migrate_options = {
	SPP_FIELDS(struct spp_migrate_stage, fields)};

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
