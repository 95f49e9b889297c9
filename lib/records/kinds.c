/* Warnings that are given once, however many lines give cause. */
#include "lib/base/err.h"
#include "lib/records/read.h"

#include <string.h>

static size_t kept(const struct spp_errs *errs)
{
	return errs->count < SPP_ERRS_KEPT ? errs->count : SPP_ERRS_KEPT;
}

void spp_errs_add_kind(struct spp_errs *errs, const struct spp_err *err)
{
	for (size_t i = 0; i < kept(errs); i++)
		if (strcmp(errs->kept[i].text, err->text) == 0)
			return;
	if (errs->count < SPP_ERRS_KEPT)
		spp_errs_add(errs, err);
}

void spp_errs_merge_kinds(struct spp_errs *to, const struct spp_errs *from)
{
	for (size_t i = 0; i < kept(from); i++)
		spp_errs_add_kind(to, &from->kept[i]);
}
