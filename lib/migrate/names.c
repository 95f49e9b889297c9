/* Names of the machine's enumerations, as journal and records have them. */
#include "lib/migrate/migrate.h"

const char *const spp_migrate_operations[] = {
	[SPP_MIGRATE_GET] = "get",
	[SPP_MIGRATE_SUBS] = "subs",
	[SPP_MIGRATE_EVIDENCE] = "evidence",
	[SPP_MIGRATE_ATTACH] = "attach",
	[SPP_MIGRATE_ROUTE] = "route",
	[SPP_MIGRATE_OPEN_SUB] = "open_sub",
	[SPP_MIGRATE_CLOSE_SUB] = "close_sub",
	[SPP_MIGRATE_DETACH] = "detach",
	[SPP_MIGRATE_CANCEL] = "cancel",
};

const char *const spp_migrate_codes[] = {
	[SPP_MIGRATE_OK] = "ok",
	[SPP_MIGRATE_TRANSIENT] = "transient",
	[SPP_MIGRATE_UNKNOWN] = "unknown",
	[SPP_MIGRATE_IN_PROGRESS] = "in_progress",
	[SPP_MIGRATE_CONFLICT] = "conflict",
	[SPP_MIGRATE_REFUSED] = "refused",
	[SPP_MIGRATE_NOT_FOUND] = "not_found",
	[SPP_MIGRATE_FENCED] = "fenced",
	[SPP_MIGRATE_UNSUPPORTED] = "unsupported",
	[SPP_MIGRATE_FATAL] = "fatal",
	[SPP_MIGRATE_LOST] = "lost",
};

const char *const spp_migrate_records[] = {
	[SPP_MIGRATE_RECORD_START] = "start",
	[SPP_MIGRATE_RECORD_INTENT] = "intent",
	[SPP_MIGRATE_RECORD_REPLY] = "reply",
	[SPP_MIGRATE_RECORD_READ] = "read",
	[SPP_MIGRATE_RECORD_STEP] = "step",
	[SPP_MIGRATE_RECORD_WAIT] = "wait",
	[SPP_MIGRATE_RECORD_BACK] = "back",
	[SPP_MIGRATE_RECORD_END] = "end",
};

const char *const spp_migrate_phases[] = {
	[SPP_MIGRATE_PHASE_QUEUE] = "queue",
	[SPP_MIGRATE_PHASE_ATTACH] = "attach",
	[SPP_MIGRATE_PHASE_ROUTE] = "route",
	[SPP_MIGRATE_PHASE_DUAL] = "dual",
	[SPP_MIGRATE_PHASE_RELEASE] = "release",
	[SPP_MIGRATE_PHASE_CONFIRM] = "confirm",
};

const char *const spp_migrate_protections[] = {
	[SPP_MIGRATE_OVERLAP] = "overlap",
	[SPP_MIGRATE_RESUME] = "resume",
	[SPP_MIGRATE_BARE] = "none",
};

bool spp_migrate_changes(enum spp_migrate_operation operation)
{
	return operation >= SPP_MIGRATE_ATTACH;
}
