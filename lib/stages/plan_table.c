/* The plan for eyes. */
#include "lib/stages/plan_parts.h"

#include "lib/base/arena.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 9, CELL_SIZE = 64 };

static const char *const heads[COLUMNS] = {"MOVE", "KIND", "PARTITION", "FROM",
	"TO", "START", "LASTS", "BYTES", "RATE"};
static const bool right[COLUMNS] = {
	false, false, false, false, false, true, true, true, true};

static const char *const kinds[] = {
	"replica", "leader", "subscription", "add", "drop"};

/* "73.4 MB"; empty for nothing. */
static void amount_text(double value, const char *unit, char *text)
{
	static const char *const scales[] = {"", "k", "M", "G", "T", "P"};
	size_t scale = 0;

	text[0] = '\0';
	if (!(value > 0))
		return;
	while (value >= 999.5 && scale + 1 < sizeof scales / sizeof *scales) {
		value /= 1000;
		scale++;
	}
	snprintf(text, CELL_SIZE, "%.3g %s%s", value, scales[scale], unit);
}

/* "42.4 s", "1:05 min", "3:20 h". */
static void time_text(double seconds, char *text)
{
	double minutes = floor(seconds / 60 + .5);

	if (seconds < 100)
		snprintf(text, CELL_SIZE, "%.3g s", seconds);
	else if (seconds < 3600)
		snprintf(text, CELL_SIZE, "%.0f:%02.0f min",
			floor(seconds / 60), floor(fmod(seconds, 60)));
	else
		snprintf(text, CELL_SIZE, "%.0f:%02.0f h", floor(minutes / 60),
			fmod(minutes, 60));
}

static const char *platform_name(const struct spp_plan_job *job, size_t index)
{
	return index == SPP_NOWHERE ? "-" : job->cluster->platform_names[index];
}

static void fill_row(
	struct spp_plan_job *job, size_t index, char cells[COLUMNS][CELL_SIZE])
{
	const struct spp_cluster *cluster = job->cluster;
	const struct spp_plan_move *move = &job->plan.moves[index];
	size_t p = move->step.partition;

	snprintf(cells[0], CELL_SIZE, "%s", spp_plan_move_id(job, index));
	snprintf(cells[1], CELL_SIZE, "%s", kinds[move->step.kind]);
	snprintf(cells[2], CELL_SIZE, "%s/%s",
		cluster->stream_names[cluster->stream[p]],
		cluster->partition_names[p]);
	snprintf(
		cells[3], CELL_SIZE, "%s", platform_name(job, move->step.from));
	snprintf(cells[4], CELL_SIZE, "%s", platform_name(job, move->step.to));
	time_text(move->start_s, cells[5]);
	time_text(spp_plan_end_s(move) - move->start_s, cells[6]);
	amount_text(move->bytes, "B", cells[7]);
	amount_text(move->copy_from == SPP_NOWHERE ? 0 : move->rate, "B/s",
		cells[8]);
}

static void print_row(struct spp_buf *buf, char cells[COLUMNS][CELL_SIZE],
	const size_t widths[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		int width = (int)widths[i];

		if (i + 1 == COLUMNS && !right[i])
			width = 0;
		spp_buf_format(buf, right[i] ? "%s%*s" : "%s%-*s",
			i == 0 ? "" : "  ", width, cells[i]);
	}
	spp_buf_char(buf, '\n');
}

static void print_moves(struct spp_plan_job *job, struct spp_buf *buf)
{
	char cells[COLUMNS][CELL_SIZE];
	size_t widths[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++)
		widths[i] = strlen(heads[i]);
	for (size_t m = 0; m < job->plan.count; m++) {
		fill_row(job, m, cells);
		for (size_t i = 0; i < COLUMNS; i++)
			if (strlen(cells[i]) > widths[i])
				widths[i] = strlen(cells[i]);
	}
	for (size_t i = 0; i < COLUMNS; i++)
		snprintf(cells[i], CELL_SIZE, "%s", heads[i]);
	print_row(buf, cells, widths);
	for (size_t m = 0; m < job->plan.count; m++) {
		fill_row(job, m, cells);
		print_row(buf, cells, widths);
	}
}

static void print_figures(const struct spp_plan_job *job, struct spp_buf *buf)
{
	const struct spp_plan *plan = &job->plan;
	char bytes[CELL_SIZE], all[CELL_SIZE], bound[CELL_SIZE];

	amount_text(plan->bytes, "B", bytes);
	time_text(plan->makespan_s, all);
	time_text(plan->bound.seconds, bound);
	spp_buf_format(buf, "\n%zu moves%s%s in %s; none can end before %s\n",
		plan->count, bytes[0] == '\0' ? "" : ", ", bytes, all, bound);
	spp_buf_format(buf,
		"expected overload %.4g platform-hours, %.4g without moves\n",
		plan->overload_after, plan->overload_before);
}

bool spp_plan_put_table(struct spp_plan_job *job, const struct spp_undone *left,
	size_t count, struct spp_err *err)
{
	struct spp_output *output = &job->stage->context->output;
	struct spp_buf buf = {0};
	bool ok;

	if (job->plan.count == 0)
		spp_buf_string(&buf, "nothing to move\n");
	else {
		print_moves(job, &buf);
		print_figures(job, &buf);
	}
	for (size_t i = 0; i < count; i++)
		spp_buf_format(&buf, "left: %s\n", left[i].text);
	ok = spp_buf_ok(&buf, err) &&
	     spp_output_write(output, buf.data, buf.length, err);
	spp_buf_free(&buf);
	return ok;
}
