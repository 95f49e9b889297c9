/* spp-forecast: predict what each partition and subscription will carry. */
#include "lib/stages/forecast.h"

int main(int argc, char **argv)
{
	const struct spp_command command = {
		.name = "spp-forecast",
		.summary = "Predict what each partition and subscription will "
			   "carry, from the history of what it did.",
		.operands = "[FILE ...]",
		.options = spp_forecast_options,
		.filter = true,
		.run = spp_stage_forecast,
	};

	return spp_command_main(&command, argc, argv);
}
