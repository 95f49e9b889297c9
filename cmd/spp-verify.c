/* spp-verify: is an answer what it says, by the written definitions? */
#include "lib/stages/verify.h"

static const struct spp_command command = {
	.name = "spp-verify",
	.summary = "Check an assignment or a plan against the definitions.",
	.operands = "[FILE ...]",
	.options = {sizeof(struct spp_verify_stage), 0, NULL},
	.filter = true,
	.run = spp_stage_verify,
};

int main(int argc, char **argv)
{
	return spp_command_main(&command, argc, argv);
}
