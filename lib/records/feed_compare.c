/* What no feed may hold: one thing twice, two clusters, two grids. */
#include "lib/base/arena.h"
#include "lib/records/feed_reader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { PLACE_TEXT = 192 };

static const char *place_text(
	const struct spp_feed_place *place, char text[PLACE_TEXT])
{
	snprintf(text, PLACE_TEXT, "%s:%zu", place->source, place->line);
	return text;
}

void spp_feed_cluster(struct spp_feed_reader *reader, const char *name,
	const struct spp_record *record)
{
	char place[PLACE_TEXT], quoted[SPP_QUOTE_SIZE], known[SPP_QUOTE_SIZE];
	const char *first = reader->feed->cluster;

	if (first == NULL) {
		reader->feed->cluster =
			spp_arena_string(&reader->feed->arena, name);
		reader->cluster =
			(struct spp_feed_place){record->source, record->line};
		return;
	}
	if (strcmp(first, name) == 0)
		return;
	spp_feed_error(reader, record, "Give each cluster a feed of its own.",
		"cluster %s here, but %s at %s",
		spp_err_quote(quoted, name, strlen(name)),
		spp_err_quote(known, first, strlen(first)),
		place_text(&reader->cluster, place));
}

/* All forecasts are of one grid of slots: loads are summed over them. */
static bool compare_grid(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	const struct spp_forecast *forecast = record->value;
	const struct spp_numbers *slot_s = &forecast->slot_s;
	size_t size = slot_s->count * sizeof *slot_s->items;
	char place[PLACE_TEXT];
	bool moved;

	if (reader->grid.source == NULL) {
		reader->grid =
			(struct spp_feed_place){record->source, record->line};
		reader->start = forecast->start;
		reader->slot_s = (struct spp_numbers){slot_s->count,
			spp_arena_alloc(&reader->scratch, 1, size)};
		if (reader->slot_s.items == NULL)
			return spp_fail_memory(err);
		memcpy(reader->slot_s.items, slot_s->items, size);
		return true;
	}
	moved = forecast->start != reader->start;
	if (moved || slot_s->count != reader->slot_s.count ||
		memcmp(slot_s->items, reader->slot_s.items, size) != 0)
		spp_feed_error(reader, record,
			"Make all forecasts of a feed in one run, or with the "
			"same --now and --horizon.",
			"forecast has %s than the one at %s",
			moved ? "another start" : "other slots",
			place_text(&reader->grid, place));
	return true;
}

/* The fields that make the key, one string after the other. */
static void make_key(struct spp_buf *key, const struct spp_record *record)
{
	const struct spp_record_type *type = spp_record_types[record->type];
	const struct spp_fields *fields = &type->fields;

	spp_buf_reset(key);
	spp_buf_char(key, (char)record->type);
	for (size_t k = 0; k < SPP_KEY_FIELDS && type->key[k] != NULL; k++) {
		const struct spp_field *field = fields->items;
		const char *text;

		while (strcmp(field->name, type->key[k]) != 0)
			field++;
		assert(field < fields->items + fields->count &&
			field->kind == SPP_ID);
		text = *(const char *const *)(const void
				*)((const char *)record->value + field->offset);
		if (text != NULL)
			spp_buf_string(key, text);
		spp_buf_char(key, '\0');
	}
}

static void complain_twice(struct spp_feed_reader *reader,
	const struct spp_record *record, const struct spp_feed_place *first)
{
	const struct spp_record_type *type = spp_record_types[record->type];
	const char *part = reader->key.data + 1;
	char place[PLACE_TEXT], quoted[SPP_QUOTE_SIZE], text[256];
	size_t length = 0;

	text[0] = '\0';
	for (size_t k = 0; k < SPP_KEY_FIELDS && type->key[k] != NULL; k++) {
		if (part[0] != '\0' && length < sizeof text)
			length += (size_t)snprintf(text + length,
				sizeof text - length, " %s %s", type->key[k],
				spp_err_quote(quoted, part, strlen(part)));
		part += strlen(part) + 1;
	}
	spp_feed_error(reader, record, NULL,
		"second %s%s%s, the first is at %s", type->name,
		type->single ? " record" : " of", text,
		place_text(first, place));
}

static bool compare_key(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	const struct spp_record_type *type = spp_record_types[record->type];
	const struct spp_feed_place here = {record->source, record->line};
	size_t count = reader->keys.count;
	size_t index;

	if (type->key[0] == NULL && !type->single)
		return true;
	make_key(&reader->key, record);
	if (!spp_buf_ok(&reader->key, err))
		return false;
	index = spp_map_add(
		&reader->keys, reader->key.data, reader->key.length);
	if (index == SPP_MAP_NONE)
		return spp_fail_memory(err);
	if (index == count)
		spp_buf_append(&reader->places, &here, sizeof here);
	else
		complain_twice(reader, record,
			(struct spp_feed_place *)(void *)reader->places.data +
				index);
	return spp_buf_ok(&reader->places, err);
}

bool spp_feed_compare(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	const struct spp_cluster_record *cluster = record->value;

	if (record->type == SPP_CLUSTER)
		spp_feed_cluster(reader, cluster->cluster, record);
	if (record->type == SPP_FORECAST && !compare_grid(reader, record, err))
		return false;
	return spp_arena_ok(&reader->feed->arena, err) &&
	       compare_key(reader, record, err);
}
