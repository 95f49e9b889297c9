/* spp-migrate: carry out a plan, with no record lost. */
#include "lib/stages/migrate.h"

int main(int argc, char **argv)
{
	const struct spp_command command = {
		.name = "spp-migrate",
		.summary = "Carry out a plan with no record lost, or say what "
			   "would be done.",
		.operands = "[FILE]",
		.options = spp_migrate_options,
		.filter = true,
		.keeps_sigpipe_ignored = true,
		.run = spp_stage_migrate,
	};

	return spp_command_main(&command, argc, argv);
}
