/* --explain: what each platform would mean for one partition. */
#include "lib/stages/assign_parts.h"

#include "lib/base/arena.h"
#include "lib/stages/table.h"

#include <string.h>

static const struct spp_column columns[] = {
	{"platform", false},
	{"for", false},
	{"cost", true},
	{"verdict", false},
};

bool spp_assign_find_partition(const struct spp_assign_job *job,
	const char *text, size_t *partition, struct spp_err *err)
{
	const char *slash = strrchr(text, '/');
	char quoted[SPP_QUOTE_SIZE];
	const char *stream;

	*partition = SPP_NOWHERE;
	if (slash != NULL) {
		stream = spp_arena_text(
			job->arena, text, (size_t)(slash - text));
		if (!spp_arena_ok(job->arena, err))
			return false;
		*partition =
			spp_cluster_partition(job->cluster, stream, slash + 1);
	}
	if (*partition != SPP_NOWHERE)
		return true;
	return spp_fail(err, SPP_USAGE,
		"option --explain: there is no partition %s",
		spp_err_quote(quoted, text, strlen(text)));
}

static const char *refusal_of(
	struct spp_assign_job *job, const struct spp_verdict *verdict)
{
	switch (verdict->refusal) {
	case SPP_REFUSED_NOT:
		break;
	case SPP_REFUSED_HOLDS:
		return "refused: holds a replica";
	case SPP_REFUSED_FAILED:
		return "refused: has failed";
	case SPP_REFUSED_DRAINING:
		return "refused: is being emptied";
	case SPP_REFUSED_BARRED:
		return "refused: a constraint bars it";
	case SPP_REFUSED_FROZEN:
		return "refused: the partition is frozen";
	case SPP_REFUSED_RULE:
		return spp_arena_format(job->arena, "refused: leaves %s",
			spp_rule_text(verdict->rule));
	case SPP_REFUSED_CAPACITY:
		return spp_arena_format(job->arena,
			"refused: no room, %s is hard",
			job->cluster->resource_names[verdict->resource]);
	case SPP_REFUSED_RATE:
		return "refused: a copy cannot catch up with live traffic";
	case SPP_REFUSED_MOVES:
		return "refused: the budget of moves is spent";
	case SPP_REFUSED_BYTES:
		return "refused: the budget of bytes is spent";
	case SPP_REFUSED_STREAM:
		return "refused: the budget of the stream is spent";
	}
	return verdict->cost < 0 ? "gains too little" : "costs more";
}

static void put_verdict(struct spp_assign_job *job, size_t platform,
	const struct spp_verdict *verdict, struct spp_table *table)
{
	const struct spp_cluster *cluster = job->cluster;

	spp_table_text(table, cluster->platform_names[platform]);
	if (verdict->holds) {
		spp_table_text(table, NULL);
		spp_table_text(table, NULL);
		spp_table_text(table, verdict->leads ? "leads" : "follows");
		return;
	}
	spp_table_text(
		table, verdict->replaced != SPP_NOWHERE
			       ? cluster->platform_names[verdict->replaced]
			       : NULL);
	if (verdict->refusal == SPP_REFUSED_NOT)
		spp_table_format(table, "%+.6f", verdict->cost);
	else
		spp_table_text(table, NULL);
	spp_table_text(table, refusal_of(job, verdict));
}

bool spp_assign_put_explanation(struct spp_assign_job *job, struct spp_err *err)
{
	struct spp_output *output = &job->stage->context->output;
	const struct spp_verdict *verdicts;
	struct spp_table table;
	size_t partition;
	bool done;

	if (!spp_assign_find_partition(
		    job, job->options->explain, &partition, err))
		return false;
	verdicts = spp_assign_explain(job->answer, partition, job->arena, err);
	if (verdicts == NULL)
		return false;
	spp_table_init(&table, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < job->cluster->platforms; i++)
		put_verdict(job, i, &verdicts[i], &table);
	done = spp_arena_ok(job->arena, err) &&
	       spp_table_print(&table, output, err);
	spp_table_free(&table);
	return done;
}
