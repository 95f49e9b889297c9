/* spp-assign: decide where each replica and subscriber should live. */
#include "lib/stages/assign.h"

int main(int argc, char **argv)
{
	const struct spp_command command = {
		.name = "spp-assign",
		.summary = "Decide where each replica and subscriber should "
			   "live, so that no platform gets hot.",
		.operands = "[FILE ...]",
		.options = spp_assign_options,
		.filter = true,
		.run = spp_stage_assign,
	};

	return spp_command_main(&command, argc, argv);
}
