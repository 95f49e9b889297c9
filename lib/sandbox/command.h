/* The command spp-sandbox: runs a sandbox, or asks one that runs. */
#ifndef SPP_SANDBOX_COMMAND_H
#define SPP_SANDBOX_COMMAND_H

#include "lib/cli/command.h"

struct spp_sandbox_options {
	int64_t port;
	double speed;
	spp_time start;
	double scale;
	int64_t seed;
	double core_bytes;
	int64_t record_bytes;
	double interval_s;
	double window_s;
	double retention_bytes;
	double copy_rate;
	double until_s;
	int serve;
	bool refuse;
	struct spp_strings faults;
	const char *records;
	const char *status;
	const char *ledger;
	const char *quit;
	const char *since;
};

extern const struct spp_fields spp_sandbox_fields;

bool spp_sandbox_command(
	struct spp_context *context, const void *options, struct spp_err *err);

#endif
