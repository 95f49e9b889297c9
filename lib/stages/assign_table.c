/* The answer for eyes. */
#include "lib/stages/assign_parts.h"

#include "lib/base/arena.h"
#include "lib/stages/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct spp_column moves[] = {
	{"partition", false},
	{"from", false},
	{"to", false},
	{"ready", true},
	{"change", true},
	{"relieves", false},
};

/* A record of the answer, with what it saves. */
struct line {
	struct spp_reason reason;
	size_t partition, subscription;
};

static int by_change(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	double left = spp_cost_total(&x->reason.change);
	double right = spp_cost_total(&y->reason.change);

	if (left != right)
		return left < right ? -1 : 1;
	if (x->partition != y->partition)
		return x->partition < y->partition ? -1 : 1;
	return (x->subscription > y->subscription) -
	       (x->subscription < y->subscription);
}

/* Those that changed, the one that saves most first. */
static bool list_lines(
	struct spp_assign_job *job, struct spp_buf *lines, struct spp_err *err)
{
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_placement *new = &job->answer->placement;

	for (size_t p = 0; p < cluster->partitions; p++) {
		size_t first = cluster->first_replica[p];
		size_t end = cluster->first_subscription[p + 1];
		struct line line = {
			.partition = p, .subscription = SPP_NOWHERE};

		if (memcmp(new->replica + first, cluster->replica + first,
			    spp_cluster_replicas(cluster, p) *
				    sizeof(size_t)) != 0) {
			if (!spp_assign_reason(job->answer, p, SPP_NOWHERE,
				    &line.reason, job->arena, err))
				return false;
			spp_buf_append(lines, &line, sizeof line);
		}
		for (size_t s = cluster->first_subscription[p];
			cluster->apart && s < end; s++) {
			if (new->serving[s] == cluster->serving[s])
				continue;
			line.subscription = s;
			if (!spp_assign_reason(job->answer, p, s, &line.reason,
				    job->arena, err))
				return false;
			spp_buf_append(lines, &line, sizeof line);
		}
	}
	return spp_buf_ok(lines, err);
}

static const char *names(
	struct spp_assign_job *job, const size_t *platforms, size_t count)
{
	const char *text = "";

	for (size_t i = 0; text != NULL && i < count; i++) {
		if (platforms[i] != SPP_NOWHERE)
			text = spp_arena_format(job->arena, "%s%s%s", text,
				*text != '\0' ? " " : "",
				job->cluster->platform_names[platforms[i]]);
	}
	return text;
}

static void put_line(struct spp_assign_job *job, const struct line *line,
	struct spp_table *table)
{
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_placement *new = &job->answer->placement;
	const struct spp_reason *reason = &line->reason;
	size_t p = line->partition, s = line->subscription;
	size_t first = cluster->first_replica[p];
	size_t count = spp_cluster_replicas(cluster, p);

	if (s != SPP_NOWHERE) {
		spp_table_format(table, "%s/%s %s",
			cluster->stream_names[cluster->stream[p]],
			cluster->partition_names[p], cluster->subscriber[s]);
		spp_table_text(table, names(job, &cluster->serving[s], 1));
		spp_table_text(table, names(job, &new->serving[s], 1));
	} else {
		spp_table_format(table, "%s/%s",
			cluster->stream_names[cluster->stream[p]],
			cluster->partition_names[p]);
		spp_table_text(
			table, names(job, cluster->replica + first, count));
		spp_table_text(table, names(job, new->replica + first, count));
	}
	spp_table_human(table, job->answer->ready_s[p], "s");
	spp_table_format(table, "%.3g", spp_cost_total(&reason->change));
	if (reason->repairs != NULL)
		spp_table_text(table, reason->repairs);
	else if (reason->resource != SPP_NOWHERE)
		spp_table_format(table, "%s of %s",
			cluster->resource_names[reason->resource],
			cluster->platform_names[reason->platform]);
	else
		spp_table_text(table, NULL);
}

static bool put_moves(struct spp_assign_job *job, struct spp_err *err)
{
	struct spp_buf lines = {0};
	struct spp_table table;
	bool done = list_lines(job, &lines, err);
	size_t count = lines.length / sizeof(struct line);
	struct line *line = (struct line *)(void *)lines.data;

	spp_table_init(&table, moves, sizeof moves / sizeof *moves);
	if (done && count > 0) {
		qsort(line, count, sizeof *line, by_change);
		for (size_t i = 0; i < count; i++)
			put_line(job, &line[i], &table);
		done = spp_table_print(
			&table, &job->stage->context->output, err);
	}
	spp_table_free(&table);
	spp_buf_free(&lines);
	return done;
}

static void put_terms(
	struct spp_table *table, const char *name, const struct spp_cost *cost)
{
	spp_table_text(table, name);
	spp_table_format(table, "%.4g", cost->overload);
	spp_table_format(table, "%.4g", cost->latency);
	spp_table_format(table, "%.4g", cost->utilisation);
	spp_table_format(table, "%.4g", cost->migration);
	spp_table_format(table, "%.4g", cost->smoothness);
	spp_table_format(table, "%.4g", spp_cost_total(cost));
}

static bool put_costs(struct spp_assign_job *job, struct spp_err *err)
{
	static const struct spp_column columns[] = {
		{"cost", false},
		{"overload", true},
		{"latency", true},
		{"utilisation", true},
		{"migration", true},
		{"smoothness", true},
		{"total", true},
	};
	struct spp_table table;
	bool done;

	spp_table_init(&table, columns, sizeof columns / sizeof *columns);
	put_terms(&table, "before", &job->answer->before);
	put_terms(&table, "after", &job->answer->after);
	done = spp_table_print(&table, &job->stage->context->output, err);
	spp_table_free(&table);
	return done;
}

static bool put_figures(struct spp_assign_job *job, struct spp_err *err)
{
	const struct spp_answer *answer = job->answer;
	const struct spp_heat *heat = &answer->heat_before;
	struct spp_buf text = {0};
	char bytes[SPP_HUMAN_SIZE], before[SPP_HUMAN_SIZE],
		after[SPP_HUMAN_SIZE];
	bool done;

	spp_buf_format(&text, "\nbound %.4g, gap %.3g; %zu moves, %s\n",
		answer->bound, answer->gap, answer->moves,
		spp_human(answer->bytes, "bytes", bytes));
	if (heat->platform != SPP_NOWHERE)
		spp_buf_format(&text,
			"hottest: %s of %s in slot %zu, %s -> %s\n",
			job->cluster->resource_names[heat->resource],
			job->cluster->platform_names[heat->platform],
			job->cluster->first_slot + heat->slot,
			spp_human(heat->highest, "%", before),
			spp_human(answer->hottest_after, "%", after));
	for (size_t i = 0; i < answer->lacks; i++)
		spp_buf_format(&text, "left: %s\n", job->left[i].text);
	done = spp_buf_ok(&text, err) &&
	       spp_output_write(&job->stage->context->output, text.data,
		       text.length, err);
	spp_buf_free(&text);
	return done;
}

bool spp_assign_put_table(struct spp_assign_job *job, struct spp_err *err)
{
	return put_moves(job, err) &&
	       (job->answer->moves == 0 ||
		       spp_output_string(
			       &job->stage->context->output, "\n", err)) &&
	       put_costs(job, err) && put_figures(job, err);
}
