/* In which order, when, and how fast. */
#include "lib/stages/plan.h"

int main(int argc, char **argv)
{
	const struct spp_command command = {
		.name = "spp-plan",
		.summary = "Say in which order, when and how fast to move.",
		.operands = "[FILE ...]",
		.options = spp_plan_options_fields,
		.filter = true,
		.run = spp_stage_plan,
	};

	return spp_command_main(&command, argc, argv);
}
