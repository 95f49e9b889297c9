#include "lib/sandbox/fault.h"
#include "lib/base/err.h"
#include "lib/base/num.h"

#include <string.h>

static const struct {
	const char *name;
	enum spp_fault_kind kind;
} kinds[] = {
	{"timeout-applied", SPP_FAULT_TIMEOUT_APPLIED},
	{"timeout-lost", SPP_FAULT_TIMEOUT_LOST},
	{"cut-applied", SPP_FAULT_CUT_APPLIED},
	{"cut-lost", SPP_FAULT_CUT_LOST},
	{"refused", SPP_FAULT_REFUSED},
	{"transient", SPP_FAULT_TRANSIENT},
	{"in-progress", SPP_FAULT_IN_PROGRESS},
	{"stalled", SPP_FAULT_STALLED},
};

static bool fail(struct spp_err *err, const char *text)
{
	char quoted[SPP_QUOTE_SIZE];

	spp_fail(err, SPP_USAGE, "%s is no fault",
		spp_err_quote(quoted, text, strlen(text)));
	spp_err_hint(err, "Write PLATFORM.OPERATION:KIND@WHEN, as in "
			  "p2.attach:timeout-applied@3.");
	return false;
}

/* A name, or NULL for "*". */
static const char *name_of(
	struct spp_arena *arena, const char *text, size_t length)
{
	return length == 1 && *text == '*'
	               ? NULL
	               : spp_arena_text(arena, text, length);
}

static bool read_when(
	struct spp_fault *fault, const char *text, struct spp_err *err)
{
	double value;

	if (!spp_num_parse(text, &value) || !(value > 0) || value > 1e9)
		return fail(err, text);
	if (value < 1)
		fault->probability = value;
	else
		fault->at = (uint64_t)value;
	return true;
}

static bool read_one(struct spp_fault *fault, const char *text,
	struct spp_arena *arena, struct spp_err *err)
{
	const char *colon = strchr(text, ':');
	const char *at = colon != NULL ? strchr(colon, '@') : NULL;
	const char *dot =
		at != NULL ? memrchr(text, '.', (size_t)(colon - text)) : NULL;
	size_t length;

	if (dot == NULL)
		return fail(err, text);
	fault->platform = name_of(arena, text, (size_t)(dot - text));
	fault->operation = name_of(arena, dot + 1, (size_t)(colon - dot - 1));
	length = (size_t)(at - colon - 1);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strlen(kinds[i].name) == length &&
			memcmp(kinds[i].name, colon + 1, length) == 0)
			fault->kind = kinds[i].kind;
	if (fault->kind == SPP_FAULT_NONE)
		return fail(err, text);
	return read_when(fault, at + 1, err);
}

bool spp_faults_read(struct spp_faults *faults, const struct spp_strings *texts,
	uint64_t seed, struct spp_arena *arena, struct spp_err *err)
{
	*faults = (struct spp_faults){
		.count = texts->count,
		.items = spp_arena_alloc(
			arena, texts->count, sizeof(*faults->items)),
		.rng = spp_rng_for(seed, UINT64_MAX),
	};
	if (faults->items == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < texts->count; i++)
		if (!read_one(&faults->items[i], texts->items[i], arena, err))
			return false;
	return spp_arena_ok(arena, err);
}

enum spp_fault_kind spp_faults_meet(
	struct spp_faults *faults, const char *platform, const char *operation)
{
	enum spp_fault_kind kind = SPP_FAULT_NONE;

	for (size_t i = 0; i < faults->count; i++) {
		struct spp_fault *fault = &faults->items[i];

		if (fault->operation != NULL &&
			strcmp(fault->operation, operation) != 0)
			continue;
		if (fault->platform != NULL &&
			(platform == NULL ||
				strcmp(fault->platform, platform) != 0))
			continue;
		fault->met++;
		if (kind == SPP_FAULT_NONE &&
			(fault->at == fault->met ||
				(fault->at == 0 &&
					spp_rng_uniform(&faults->rng) <
						fault->probability)))
			kind = fault->kind;
	}
	return kind;
}
