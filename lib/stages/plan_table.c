/* The plan for eyes. */
#include "lib/stages/plan_parts.h"

#include "lib/stages/table.h"

#include <math.h>

static const struct spp_column columns[] = {
	{"move", false},
	{"kind", false},
	{"partition", false},
	{"from", false},
	{"to", false},
	{"start", true},
	{"lasts", true},
	{"bytes", true},
	{"rate", true},
};

static const char *const kinds[] = {
	"replica", "leader", "subscription", "add", "drop"};

static void add_row(
	struct spp_plan_job *job, size_t index, struct spp_table *table)
{
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_plan_move *move = &job->plan.moves[index];
	const size_t ends[2] = {move->step.from, move->step.to};
	size_t p = move->step.partition;
	bool copies = move->copy_from != SPP_NOWHERE;

	spp_table_text(table, spp_plan_move_id(job, index));
	spp_table_text(table, kinds[move->step.kind]);
	spp_table_format(table, "%s/%s",
		cluster->stream_names[cluster->stream[p]],
		cluster->partition_names[p]);
	for (size_t i = 0; i < 2; i++)
		spp_table_text(
			table, ends[i] == SPP_NOWHERE
				       ? NULL
				       : cluster->platform_names[ends[i]]);
	spp_table_human(table, move->start_s, "s");
	spp_table_human(table, spp_plan_end_s(move) - move->start_s, "s");
	spp_table_human(table, copies ? move->bytes : NAN, "bytes");
	spp_table_human(table, copies ? move->rate : NAN, "bytes/s");
}

static void print_figures(const struct spp_plan_job *job, struct spp_buf *buf)
{
	const struct spp_plan *plan = &job->plan;
	char bytes[SPP_HUMAN_SIZE], all[SPP_HUMAN_SIZE], bound[SPP_HUMAN_SIZE];

	spp_buf_format(buf,
		"\n%zu moves, %s in %s; none of their orders ends before %s\n",
		plan->count, spp_human(plan->bytes, "bytes", bytes),
		spp_human(plan->makespan_s, "s", all),
		spp_human(plan->bound.seconds, "s", bound));
	spp_buf_format(buf,
		"expected overload %.4g platform-hours, %.4g without them\n",
		plan->overload_after, plan->overload_before);
}

bool spp_plan_put_table(struct spp_plan_job *job, const struct spp_undone *left,
	size_t count, struct spp_err *err)
{
	struct spp_output *output = &job->stage->context->output;
	struct spp_buf buf = {0};
	struct spp_table table;
	bool ok = true;

	spp_table_init(&table, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < job->plan.count; i++)
		add_row(job, i, &table);
	if (job->plan.count == 0)
		spp_buf_string(&buf, count == 0 ? "nothing to move\n"
						: "nothing can move\n");
	else {
		ok = spp_table_print(&table, output, err);
		print_figures(job, &buf);
	}
	for (size_t i = 0; i < count; i++)
		spp_buf_format(&buf, "left: %s\n", left[i].text);
	ok = ok && spp_buf_ok(&buf, err) &&
	     spp_output_write(output, buf.data, buf.length, err);
	spp_table_free(&table);
	spp_buf_free(&buf);
	return ok;
}
