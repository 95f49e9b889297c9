/* spp-driver-sandbox: spp-migrate's driver for a sandbox. */
#include "lib/drivers/sandbox.h"

int main(int argc, char **argv)
{
	const struct spp_command command = {
		.name = "spp-driver-sandbox",
		.summary = "Carry out what spp-migrate asks for on a running "
			   "spp-sandbox.",
		.operands = "URL",
		.options = spp_driver_sandbox_fields,
		.run = spp_driver_sandbox_run,
	};

	return spp_command_main(&command, argc, argv);
}
