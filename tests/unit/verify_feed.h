/*
 * A world of verify_world.h as a feed, and the check of it.
 */
#ifndef SPP_TESTS_UNIT_VERIFY_FEED_H
#define SPP_TESTS_UNIT_VERIFY_FEED_H

#include "tests/unit/verify_world.h"

#include "lib/base/buf.h"
#include "lib/io/input.h"
#include "lib/verify/verify.h"

#define WORLD_NOW "2026-11-22T10:00:00Z"

static inline void put_names(struct spp_buf *buf, const int *replicas)
{
	for (int i = 0; i < 3 && replicas[i] >= 0; i++)
		spp_buf_format(buf, "%s\"p%d\"", i ? "," : "", replicas[i] + 1);
}

static inline void put_nodes(struct spp_buf *buf, const struct world *world)
{
	for (int n = 0; n < PLATFORMS; n++) {
		const struct node *node = &world->nodes[n];

		spp_buf_format(buf,
			"{\"type\":\"platform\",\"platform\":\"p%d\","
			"\"rack\":\"%s\",\"state\":\"%s\",\"hard\":[%s],"
			"\"capacity\":{",
			n + 1, node->rack, node->state, node->hard);
		for (int r = 0; r < RESOURCES; r++)
			spp_buf_format(buf, "%s\"%s\":%.17g", r ? "," : "",
				resource_names[r], node->capacity[r]);
		spp_buf_string(buf, "}}\n");
	}
}

static inline void put_array(
	struct spp_buf *buf, const char *name, const double *values)
{
	spp_buf_format(buf, "\"%s\":{\"bytes\":[%.17g,%.17g]}", name, values[0],
		values[1]);
}

/* A partition, its subscription and their forecasts. */
static inline void put_part_records(
	struct spp_buf *buf, const struct world *world, int p)
{
	static const char grid[] =
		"\"start\":\"" WORLD_NOW "\",\"slot_s\":[600,3600]";
	const struct part *part = &world->parts[p];
	long ago = (long)part->moved_ago_s, days = ago / 86400;
	long at = 10 * 3600 - ago % 86400;

	if (at < 0) {
		at += 86400;
		days++;
	}
	spp_buf_format(buf,
		"{\"type\":\"partition\",\"stream\":\"%s\",\"partition\":"
		"\"%s\",\"size_bytes\":%.17g,\"moved_at\":"
		"\"2026-11-%02ldT%02ld:%02ld:00Z\",",
		part->stream, part->id, part->size, 22 - days, at / 3600,
		at % 3600 / 60);
	if (part->version)
		spp_buf_format(buf, "\"version\":\"%s\",", part->version);
	spp_buf_string(buf, "\"replicas\":[");
	put_names(buf, part->before);
	spp_buf_format(buf,
		"]}\n{\"type\":\"subscription\",\"subscriber\":\"s\","
		"\"stream\":\"%s\",\"partition\":\"%s\",\"connections\":%.17g,"
		"\"platform\":\"p%d\"}\n",
		part->stream, part->id, part->connections, part->serving + 1);
	for (int sub = 0; sub < 2; sub++) {
		spp_buf_format(buf,
			"{\"type\":\"forecast\",\"stream\":\"%s\","
			"\"partition\":\"%s\",%s%s,",
			part->stream, part->id,
			sub ? "\"subscriber\":\"s\"," : "", grid);
		put_array(buf, "mean", sub ? part->out : part->in);
		spp_buf_char(buf, ',');
		put_array(buf, "sd", sub ? part->out_sd : part->in_sd);
		spp_buf_string(buf, "}\n");
	}
}

static inline void put_terms(struct spp_buf *buf, const struct terms *terms)
{
	spp_buf_format(buf,
		"{\"overload\":%.17g,\"latency\":%.17g,\"utilisation\":%.17g,"
		"\"migration\":%.17g,\"smoothness\":%.17g,\"total\":%.17g}",
		terms->overload, terms->latency, terms->utilisation,
		terms->migration, terms->smoothness, terms->total);
}

static inline void put_assignment(
	struct spp_buf *buf, struct world *world, int p, bool sub)
{
	const struct part *part = &world->parts[p];
	struct terms with = world_work(world, false, -1, false);
	struct terms without = world_work(world, false, p, sub);

	spp_buf_format(buf,
		"{\"type\":\"assignment\",\"stream\":\"%s\",\"partition\":"
		"\"%s\",",
		part->stream, part->id);
	if (sub) {
		spp_buf_format(buf,
			"\"subscriber\":\"s\",\"from\":[\"p%d\"],\"to\":"
			"[\"p%d\"],",
			part->serving + 1, part->served + 1);
	} else {
		spp_buf_string(buf, "\"from\":[");
		put_names(buf, part->before);
		spp_buf_string(buf, "],\"to\":[");
		put_names(buf, part->after);
		spp_buf_string(buf, "],");
	}
	spp_buf_format(buf,
		"\"ready_s\":%.17g,\"change\":%.17g,\"why\":{\"overload\":"
		"%.17g,\"latency\":%.17g,\"utilisation\":%.17g,\"migration\":"
		"%.17g,\"smoothness\":%.17g,\"slots\":[0,1],\"platform\":"
		"\"p1\",\"resource\":\"network_out\"%s%s%s}}\n",
		sub ? part->sub_ready_s : part->ready_s,
		with.total - without.total, with.overload - without.overload,
		with.latency - without.latency,
		with.utilisation - without.utilisation,
		with.migration - without.migration,
		with.smoothness - without.smoothness,
		part->repairs ? ",\"repairs\":\"" : "",
		part->repairs ? part->repairs : "", part->repairs ? "\"" : "");
}

/* Mean and highest utilisation, and where the latter is. */
struct use {
	double mean, highest;
	int n, r, k;
};

static inline struct use use_of(const struct world *world)
{
	struct use use = {0};
	int cells = 0;

	for (int n = 0; n < PLATFORMS; n++)
		for (int i = 0; i < RESOURCES * SLOTS; i++) {
			int r = i / SLOTS, k = i % SLOTS;
			double rho = world->load[n][r][k] /
			             world->nodes[n].capacity[r];

			if (strcmp(world->nodes[n].state, "failed") == 0)
				continue;
			cells++;
			use.mean += rho;
			if (rho > use.highest) {
				use.highest = rho;
				use.n = n;
				use.r = r;
				use.k = k;
			}
		}
	use.mean /= cells;
	return use;
}

static inline void put_summary(struct spp_buf *buf, struct world *world)
{
	struct terms before = world_work(world, true, -1, false);
	struct use now = use_of(world);
	struct terms after = world_work(world, false, -1, false);
	struct use then = use_of(world);
	double bound = world->bound * after.total, bytes = 0;
	int moves = 0;

	for (int p = 0; p < PARTS; p++) {
		struct effort own = part_effort(world, &world->parts[p]);

		moves += own.moves + sub_effort(world, &world->parts[p]).moves;
		bytes += own.bytes;
	}
	spp_buf_string(buf,
		"{\"type\":\"summary\",\"stage\":\"assign\",\"cost\":"
		"{\"before\":");
	put_terms(buf, &before);
	spp_buf_string(buf, ",\"after\":");
	put_terms(buf, &after);
	spp_buf_format(buf,
		"},\"bound\":%.17g,\"gap\":%.17g,\"moves\":%d,\"bytes\":%.17g,"
		"\"utilisation\":{\"before\":{\"mean\":%.17g,\"highest\":"
		"%.17g},\"after\":{\"mean\":%.17g,\"highest\":%.17g}},"
		"\"hottest\":{\"platform\":\"p%d\",\"resource\":\"%s\","
		"\"slot\":%d,\"before\":%.17g,\"after\":%.17g}}\n",
		bound, (after.total - bound) / (before.total - bound), moves,
		bytes, now.mean, now.highest, then.mean, then.highest,
		now.n + 1, resource_names[now.r], now.k, now.highest,
		world->load[now.n][now.r][now.k] /
			world->nodes[now.n].capacity[now.r]);
}

static inline void put_place(struct spp_buf *buf, const char *name, int node)
{
	if (node >= 0)
		spp_buf_format(buf, "\"%s\":\"p%d\",", name, node + 1);
}

/* Let a step have happened. */
static inline void run_step(const struct step *step, int *now)
{
	int at = 0;

	if (strcmp(step->kind, "subscription") == 0)
		return;
	if (strcmp(step->kind, "leader") == 0) {
		while (now[at] != step->to)
			at++;
		now[at] = now[0];
		now[0] = step->to;
		return;
	}
	while (now[at] != step->from)
		at++;
	now[at] = step->to; /* -1, of the last one, for a drop */
}

/* A step as a move; now holds the replicas and is brought up to date. */
static inline void put_move(struct spp_buf *buf, const struct world *world,
	int index, int now[PARTS][3])
{
	const struct step *step = &world->steps[index];
	const struct part *part = &world->parts[step->part];
	bool copies = step->copy_from >= 0, first = true;
	bool drops = strcmp(step->kind, "drop") == 0;
	double last = step->attach_s + step->dual_s + step->release_s;

	for (int i = 0; i < index; i++)
		first &= world->steps[i].part != step->part ||
		         strcmp(world->steps[i].kind, "subscription") == 0;
	spp_buf_format(buf,
		"{\"type\":\"move\",\"id\":\"m%d\",\"kind\":\"%s\","
		"\"stream\":\"%s\",\"partition\":\"%s\",",
		index + 1, step->kind, part->stream, part->id);
	if (strcmp(step->kind, "subscription") == 0)
		spp_buf_string(buf, "\"subscriber\":\"s\",");
	put_place(buf, "from", step->from);
	put_place(buf, "to", step->to);
	put_place(buf, "copy_from", step->copy_from);
	if (copies)
		spp_buf_format(buf, "\"rate\":%.17g,", step->rate);
	spp_buf_format(buf,
		"\"bytes\":%.17g,\"start_s\":%.17g,\"duration_s\":%.17g,"
		"\"phases\":{\"attach_s\":%.17g,\"dual_s\":%.17g,"
		"\"release_s\":%.17g},\"requires\":{",
		copies ? part->size : 0, step->start_s, last, step->attach_s,
		step->dual_s, step->release_s);
	if (first && part->version)
		spp_buf_format(buf, "\"version\":\"%s\",", part->version);
	spp_buf_string(buf, "\"replicas\":[");
	put_names(buf, now[step->part]);
	spp_buf_format(buf, "]},\"after\":[%s],\"inverse\":{", step->after);
	put_place(buf, "from", step->to);
	put_place(buf, "to", step->from);
	run_step(step, now[step->part]);
	if (copies || drops)
		put_place(buf, "copy_from", now[step->part][0]);
	spp_buf_format(buf, "\"kind\":\"%s\"}%s}\n", drops ? "add" : step->kind,
		step->start_s + last > world_end[SLOTS - 1]
			? ",\"beyond_horizon\":true"
			: "");
}

static inline double step_end(const struct step *step)
{
	return step->start_s + step->attach_s + step->dual_s + step->release_s;
}

/* When the last step of a part is over; never where it ends elsewhere. */
static inline double part_done(
	const struct world *world, int p, const int now[3])
{
	const struct part *part = &world->parts[p];
	int served = part->serving;
	double done = 0;

	for (int i = 0; i < world->step_count; i++) {
		const struct step *step = &world->steps[i];

		if (step->part != p)
			continue;
		done = fmax(done, step_end(step));
		if (served == step->from && strcmp(step->kind, "leader") != 0)
			served = step->to;
	}
	return memcmp(now, part->after, sizeof(part->after)) != 0 ||
	                       (world->apart && served != part->served)
	               ? INFINITY
	               : done;
}

/* Overload with every part, and its subscription, ready at the plan's end of
   it, less the same at their ready_s. */
static inline double relief_lost(const struct world *world, int now[PARTS][3])
{
	struct world meant = *world, done = *world;

	for (int p = 0; p < PARTS; p++) {
		struct part *part = &meant.parts[p];

		if (world->apart && part->serving != part->served)
			part->ready_s = part->sub_ready_s =
				fmax(part->ready_s, part->sub_ready_s);
		done.parts[p].ready_s = done.parts[p].sub_ready_s =
			part_done(world, p, now[p]);
	}
	return world_work(&done, false, -1, false).overload -
	       world_work(&meant, false, -1, false).overload;
}

static inline void put_plan(struct spp_buf *buf, const struct world *world)
{
	int now[PARTS][3];
	double end = 0, bytes = 0;

	for (int p = 0; p < PARTS; p++)
		memcpy(now[p], world->parts[p].before, sizeof(now[p]));
	for (int i = 0; i < world->step_count; i++) {
		const struct step *step = &world->steps[i];

		put_move(buf, world, i, now);
		end = fmax(end, step_end(step));
		if (step->copy_from >= 0)
			bytes += world->parts[step->part].size;
	}
	spp_buf_format(buf,
		"{\"type\":\"summary\",\"stage\":\"plan\",\"moves\":%d,"
		"\"bytes\":%.17g,\"makespan_s\":%.17g,\"makespan_bound_s\":"
		"%.17g,\"makespan_gap\":%.17g,\"relief_lost\":%.17g}\n",
		world->step_count, bytes, end, world->handover,
		end / world->handover - 1, relief_lost(world, now));
}

/* The feed of a world; its digest is made up, which only warns. */
static inline void world_feed(struct spp_buf *buf, struct world *world)
{
	static const char digest[] = "0123456789abcdef0123456789abcdef"
				     "0123456789abcdef0123456789abcdef";

	spp_buf_format(buf,
		"{\"type\":\"header\",\"schema\":1,\"tool\":\"spp-%s\","
		"\"version\":\"0.1.0\",\"now\":\"" WORLD_NOW "\",\"risk\":0.05,"
		"\"options\":%s}\n",
		world->plan ? "plan" : "assign",
		world->plan ? world->limits : world->options);
	spp_buf_format(buf,
		"{\"type\":\"driver\",\"driver\":\"d\",\"serve\":\"%s\","
		"\"handover_s\":%.17g,\"rate\":%.17g}\n%s",
		world->apart ? "replica" : "leader", world->handover,
		world->rate, world->extra);
	put_nodes(buf, world);
	for (int p = 0; p < PARTS; p++)
		put_part_records(buf, world, p);
	for (int p = 0; p < PARTS; p++) {
		if (differs(&world->parts[p]))
			put_assignment(buf, world, p, false);
		if (world->apart &&
			world->parts[p].serving != world->parts[p].served)
			put_assignment(buf, world, p, true);
	}
	put_summary(buf, world);
	if (world->plan)
		put_plan(buf, world);
	spp_buf_format(buf,
		"{\"type\":\"end\",\"counts\":{},\"digest\":\"%s\",\"from\":"
		"[{\"tool\":\"spp-assign\",\"version\":\"0.1.0\",\"options\":"
		"%s,\"digest\":\"%s\"}],\"left\":[%s],\"status\":\"ok\"}\n",
		digest, world->options, digest, world->left);
}

/* Read and check a feed; false with a note when it could not be read. */
static inline bool feed_check(
	const struct spp_buf *text, struct spp_verify_report *report)
{
	struct spp_feed_options reads = {.partial = false};
	struct spp_feed feed = {.segments = 0};
	struct spp_input input;
	struct spp_err err = {.status = SPP_DONE};
	bool done;

	for (int type = 0; type < SPP_TYPES; type++)
		reads.use[type] = SPP_READ;
	done = spp_input_memory(
		       &input, text->data, text->length, "feed", &err) &&
	       spp_feed_read(&feed, &input, 1, &reads, 1, &err) &&
	       spp_verify_feed(&feed, report, &err);
	if (!done)
		printf("# feed:%zu: %s\n", err.line, err.text);
	spp_input_close(&input);
	spp_feed_free(&feed);
	return done;
}

#endif
