#include "lib/forecast/model.h"

#include <stdint.h>
#include <string.h>

const struct spp_model *const spp_models[] = {
	&spp_model_last,
	&spp_model_mean,
	&spp_model_ses,
	&spp_model_holt,
	&spp_model_naive,
	&spp_model_winters,
};
const size_t spp_model_count = sizeof(spp_models) / sizeof(*spp_models);

size_t spp_model_find(const char *name)
{
	for (size_t i = 0; i < spp_model_count; i++)
		if (strcmp(spp_models[i]->name, name) == 0)
			return i;
	return SIZE_MAX;
}
