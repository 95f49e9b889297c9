/* What the answer leaves undone, in words. */
#include "lib/stages/assign_parts.h"

#include "lib/base/arena.h"
#include "lib/stages/table.h"

static const char *const kinds[] = {
	[SPP_LACK_RULE] = "rule",
	[SPP_LACK_CAPACITY] = "capacity",
	[SPP_LACK_OVERLOAD] = "overload",
	[SPP_LACK_SPLIT] = "split",
	[SPP_LACK_BUDGET] = "budget",
};

static const char *unit_of(const struct spp_cluster *cluster, size_t resource)
{
	if (resource == cluster->memory || resource == cluster->disk)
		return "bytes";
	if (resource == cluster->network_in || resource == cluster->network_out)
		return "bytes/s";
	return "";
}

static const char *text_of(struct spp_assign_job *job,
	const struct spp_lack *lack, const struct spp_undone *undone)
{
	const struct spp_cluster *cluster = job->cluster;
	char amount[SPP_HUMAN_SIZE];

	switch (lack->kind) {
	case SPP_LACK_RULE:
		return spp_arena_format(job->arena, "%s/%s keeps %s",
			undone->stream, undone->partition,
			spp_rule_text(lack->rule));
	case SPP_LACK_CAPACITY:
		return spp_arena_format(job->arena,
			"%s of %s is %s over its hard capacity in slot %zu",
			undone->resource, undone->platform,
			spp_human(lack->amount,
				unit_of(cluster, lack->resource), amount),
			cluster->first_slot + lack->slot);
	case SPP_LACK_OVERLOAD:
		return spp_arena_format(job->arena,
			"%s of %s stays %s over the threshold in slot %zu: "
			"no move pays within the horizon",
			undone->resource, undone->platform,
			spp_human(lack->amount, "%", amount),
			cluster->first_slot + lack->slot);
	case SPP_LACK_SPLIT:
		return spp_arena_format(job->arena,
			"%s/%s needs %.3g times the %s of the largest "
			"platform: split it",
			undone->stream, undone->partition, lack->amount,
			undone->resource);
	case SPP_LACK_BUDGET:
		return spp_arena_format(job->arena,
			"the budget is spent with %.0f moves; more would pay",
			lack->amount);
	}
	return NULL;
}

bool spp_assign_list_left(struct spp_assign_job *job, struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_answer *answer = job->answer;

	job->left =
		spp_arena_alloc(job->arena, answer->lacks, sizeof *job->left);
	if (!spp_arena_ok(job->arena, err))
		return false;
	for (size_t i = 0; i < answer->lacks; i++) {
		const struct spp_lack *lack = &answer->lack[i];
		struct spp_undone *to = &job->left[i];
		size_t p = lack->partition;

		to->what = kinds[lack->kind];
		if (p != SPP_NOWHERE) {
			to->stream = cluster->stream_names[cluster->stream[p]];
			to->partition = cluster->partition_names[p];
		}
		if (lack->platform != SPP_NOWHERE)
			to->platform = cluster->platform_names[lack->platform];
		if (lack->resource != SPP_NOWHERE)
			to->resource = cluster->resource_names[lack->resource];
		to->amount = lack->amount;
		to->text = text_of(job, lack, to);
	}
	return spp_arena_ok(job->arena, err);
}
