/* First record of a segment. */
#include "lib/records/answer_records.h"

#define AT(member) offsetof(struct spp_header, member)

static const struct spp_field fields[] = {
	{"schema", SPP_INTEGER, AT(schema), .required = true, .min = 1,
		.max = 1e6, .text = "version of the records, now 1"},
	{"cluster", SPP_ID, AT(cluster), .text = "name of the cluster"},
	{"tool", SPP_ID, AT(tool), .required = true,
		.text = "the program that wrote the segment"},
	{"version", SPP_ID, AT(version), .required = true,
		.text = "its version"},
	{"now", SPP_TIME, AT(now),
		.text = "the moment that all stages reckon from"},
	{"risk", SPP_NUMBER, AT(risk), .min = 1e-9, .max = 0.999,
		.text = "probability with which a hard capacity may be "
			"exceeded in a slot"},
	{"seed", SPP_INTEGER, AT(seed), .max = 9007199254740991.0,
		.text = "of random numbers"},
	{"options", SPP_JSON, AT(options),
		.text = "the options that change the answer"},
};

const struct spp_record_type spp_header_type = {
	.name = "header",
	.text = "the first record of a segment: who wrote it, and how",
	.fields = {SPP_FIELDS(struct spp_header, fields)},
};
