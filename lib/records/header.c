/* First record of a segment. */
#include "lib/records/answer_records.h"

#define AT(member) SPP_AT(struct spp_header, member)

static const struct spp_field fields[] = {
	{AT(schema), SPP_INTEGER, "version of the records, now 1",
		.required = true, .min = 1, .max = 1e6},
	{AT(cluster), SPP_ID, "name of the cluster"},
	{AT(tool), SPP_ID, "the program that wrote the segment",
		.required = true},
	{AT(version), SPP_ID, "its version", .required = true},
	{AT(now), SPP_TIME, "the moment that all stages reckon from"},
	{AT(risk), SPP_NUMBER,
		"probability with which a hard capacity may be "
		"exceeded in a slot",
		.min = 1e-9, .max = 0.999},
	{AT(seed), SPP_INTEGER, "of random numbers", .max = 9007199254740991.0},
	{AT(options), SPP_JSON, "the options that change the answer"},
};
const struct spp_fields spp_header_fields = {
	SPP_FIELDS(struct spp_header, fields)};
