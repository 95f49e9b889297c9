/* What a plan would do, in its order, without a driver and a clock. */
#include "lib/stages/migrate.h"

#include "lib/base/err.h"
#include "lib/stages/common.h"
#include "lib/stages/migrate_plan.h"
#include "lib/stages/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct show {
	struct spp_stage stage;
	struct spp_migration migration;
	struct spp_arena *arena;
	const struct spp_move **order; /* by start, then id */
};

static int by_start(const void *a, const void *b)
{
	const struct spp_move *x = *(const struct spp_move *const *)a;
	const struct spp_move *y = *(const struct spp_move *const *)b;

	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return strcmp(x->id, y->id);
}

static bool would(struct show *show, const struct spp_move *move, double at_s,
	const char *phase, const char *text, struct spp_err *err)
{
	struct spp_event event = {.plan = show->migration.id,
		.time = spp_time_add(show->migration.origin, at_s),
		.move = move->id,
		.phase = phase,
		.what = "would",
		.subscriber = move->subscriber,
		.text = text};

	if (text == NULL)
		return spp_fail_memory(err);
	return spp_stage_put(&show->stage, SPP_EVENT, &event, err);
}

static bool show_attach(
	struct show *show, const struct spp_move *move, struct spp_err *err)
{
	char bytes[SPP_HUMAN_SIZE], rate[SPP_HUMAN_SIZE];
	const char *text;

	if (move->copy_from == NULL) {
		text = spp_arena_format(show->arena, "attach %s/%s to %s",
			move->stream, move->partition, move->to);
	} else {
		text = spp_arena_format(show->arena,
			"attach %s/%s to %s, %s copied from %s at %s",
			move->stream, move->partition, move->to,
			spp_human(move->bytes, "bytes", bytes), move->copy_from,
			spp_human(move->rate, "bytes/s", rate));
	}
	return would(show, move, move->start_s, "attach", text, err);
}

/* Does the move leave the platform that leads? */
static bool leads(const struct spp_move *move)
{
	const struct spp_requires *requires = move->requires;

	return move->kind == SPP_MOVE_LEADER ||
	       (move->kind == SPP_MOVE_REPLICA && requires != NULL &&
		       requires->replicas.count > 0 &&
		       strcmp(requires->replicas.items[0], move->from) == 0);
}

/* The phases of a move that its kind has, each at its planned time. */
static bool show_move(
	struct show *show, const struct spp_move *move, struct spp_err *err)
{
	enum spp_move_kind kind = (enum spp_move_kind)move->kind;
	double dual_s = move->start_s;
	double release_s = dual_s;
	const char *text;

	if (move->phases != NULL) {
		dual_s += move->phases->attach_s;
		release_s = dual_s + move->phases->dual_s;
	}
	if ((kind == SPP_MOVE_REPLICA || kind == SPP_MOVE_ADD) &&
		!show_attach(show, move, err))
		return false;
	if (leads(move)) {
		text = spp_arena_format(show->arena,
			"route new subscriptions to %s, which then leads",
			move->to);
		if (!would(show, move, dual_s, "route", text, err))
			return false;
	}
	if (kind != SPP_MOVE_ADD && kind != SPP_MOVE_DROP) {
		text = spp_arena_format(show->arena,
			"serve each subscription on %s by %s too, and close "
			"the old connection on evidence",
			move->from, move->to);
		if (!would(show, move, dual_s, "dual", text, err))
			return false;
	}
	if (kind != SPP_MOVE_REPLICA && kind != SPP_MOVE_DROP)
		return true;
	text = spp_arena_format(show->arena, "remove %s/%s from %s",
		move->stream, move->partition, move->from);
	return would(show, move, release_s, "release", text, err);
}

static bool print_table(struct show *show, struct spp_err *err)
{
	static const struct spp_column columns[] = {{"start", true},
		{"takes", true}, {"move", false}, {"kind", false},
		{"partition", false}, {"from", false}, {"to", false},
		{"bytes", true}, {"rate", true}};
	static const char *const kinds[] = {
		"replica", "leader", "subscription", "add", "drop"};
	struct spp_table table;
	bool good;

	spp_table_init(&table, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < show->migration.count; i++) {
		const struct spp_move *move = show->order[i];

		spp_table_human(&table, move->start_s, "s");
		spp_table_human(&table, move->duration_s, "s");
		spp_table_text(&table, move->id);
		spp_table_text(&table, kinds[move->kind]);
		spp_table_format(
			&table, "%s/%s", move->stream, move->partition);
		spp_table_text(&table, move->from);
		spp_table_text(&table, move->to);
		spp_table_human(&table, move->bytes, "bytes");
		spp_table_human(&table, move->rate, "bytes/s");
	}
	good = spp_table_print(&table, &show->stage.context->output, err);
	spp_table_free(&table);
	return good;
}

static bool put_summary(struct show *show, struct spp_err *err)
{
	struct spp_summary *summary = spp_record_new(SPP_SUMMARY, show->arena);

	if (summary == NULL)
		return spp_fail_memory(err);
	summary->stage = "migrate";
	summary->moves = (double)show->migration.count;
	summary->bytes = 0;
	summary->makespan_s = 0;
	for (size_t i = 0; i < show->migration.count; i++) {
		const struct spp_move *move = show->order[i];

		if (!isnan(move->bytes))
			summary->bytes += move->bytes;
		summary->makespan_s = fmax(
			summary->makespan_s, move->start_s + move->duration_s);
	}
	return spp_stage_put(&show->stage, SPP_SUMMARY, summary, err);
}

static bool print(struct show *show, struct spp_err *err)
{
	struct spp_header header = spp_stage_header(&show->stage);
	size_t count = show->migration.count;

	show->order = spp_arena_alloc(show->arena, count, sizeof *show->order);
	if (show->order == NULL)
		return spp_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		show->order[i] = show->migration.moves[i];
	qsort(show->order, count, sizeof *show->order, by_start);
	if (show->stage.segment.table)
		return print_table(show, err);
	if (!spp_stage_begin(&show->stage, &header, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!show_move(show, show->order[i], err))
			return false;
	}
	return put_summary(show, err) &&
	       spp_stage_end(&show->stage, NULL, 0, err);
}

bool spp_migrate_show(struct spp_context *context,
	const struct spp_migrate_stage *options, struct spp_err *err)
{
	struct show show = {.arena = &context->arena};
	spp_time last = SPP_TIME_NONE;
	struct spp_feed_options reads = spp_migration_reads(&last);
	bool done;

	(void)options;
	done = spp_stage_open(&show.stage, context, err) &&
	       spp_stage_read(&show.stage, &reads, err) &&
	       spp_migration_make(&show.migration, &show.stage.feed, last,
		       show.arena, err) &&
	       print(&show, err);
	spp_stage_close(&show.stage);
	return done;
}
