/* spp-sandbox: a streaming service to try things on. */
#include "lib/sandbox/command.h"

int main(int argc, char **argv)
{
	const struct spp_command command = {
		.name = "spp-sandbox",
		.summary = "Run a streaming service in one process: platforms, "
			   "publishers, subscribers and control APIs.",
		.operands = "[WORLD ...]",
		.options = spp_sandbox_fields,
		.run = spp_sandbox_command,
	};

	return spp_command_main(&command, argc, argv);
}
