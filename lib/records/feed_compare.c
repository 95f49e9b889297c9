/* What no feed may hold: one thing twice, two clusters, two grids. */
#include "lib/base/arena.h"
#include "lib/records/feed_reader.h"

#include <assert.h>
#include <string.h>

static void compare_cluster(struct spp_feed_reader *reader,
	const struct spp_record *record, const char *name)
{
	char quoted[SPP_QUOTE_SIZE], known[SPP_QUOTE_SIZE];
	const char *first = reader->feed->cluster;

	if (first == NULL) {
		reader->feed->cluster =
			spp_arena_string(&reader->feed->arena, name);
		reader->cluster =
			(struct spp_feed_place){record->source, record->line};
	} else if (strcmp(first, name) != 0) {
		spp_feed_complain(reader, false, record,
			"Give each cluster a feed of its own.",
			"cluster %s here, but %s at %s:%zu",
			spp_err_quote(quoted, name, strlen(name)),
			spp_err_quote(known, first, strlen(first)),
			reader->cluster.source, reader->cluster.line);
	}
}

/* All forecasts are of one grid of slots: loads are summed over them. */
static bool compare_grid(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	const struct spp_forecast *forecast = record->value;
	const struct spp_numbers *slot_s = &forecast->slot_s;
	size_t size = slot_s->count * sizeof *slot_s->items;
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
		spp_feed_complain(reader, false, record,
			"Make all forecasts of a feed in one run, or with the "
			"same --now and --horizon.",
			"forecast has %s than the one at %s:%zu",
			moved ? "another start" : "other slots",
			reader->grid.source, reader->grid.line);
	return true;
}

/* One of the fields that identify a record, NULL where it is not there. */
static const char *key_part(const struct spp_record *record, size_t index)
{
	const struct spp_field *field =
		&spp_record_types[record->type].fields->items[index];
	const char *value = record->value;

	assert(field->kind == SPP_ID);
	return *(const char *const *)(const void *)(value + field->offset);
}

static void complain_twice(struct spp_feed_reader *reader,
	const struct spp_record *record, const struct spp_feed_place *first)
{
	const struct spp_record_type *type = &spp_record_types[record->type];
	struct spp_buf *words = &reader->key;
	char quoted[SPP_QUOTE_SIZE];

	spp_buf_reset(words);
	for (size_t i = 0; i < type->key; i++) {
		const char *part = key_part(record, i);

		if (part != NULL)
			spp_buf_format(words, " %s %s",
				type->fields->items[i].name,
				spp_err_quote(quoted, part, strlen(part)));
	}
	spp_feed_complain(reader, false, record, NULL,
		"second %s%s%.*s, the first is at %s:%zu", type->name,
		type->single ? " record" : " of", (int)words->length,
		words->data, first->source, first->line);
}

static bool compare_key(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	const struct spp_record_type *type = &spp_record_types[record->type];
	const struct spp_feed_place here = {record->source, record->line};
	const struct spp_feed_place *places;
	struct spp_buf *key = &reader->key;
	size_t count = reader->keys.count;
	size_t index;

	if (type->key == 0 && !type->single)
		return true;
	spp_buf_reset(key);
	spp_buf_char(key, (char)record->type);
	for (size_t i = 0; i < type->key; i++) {
		const char *part = key_part(record, i);

		spp_buf_string(key, part != NULL ? part : "");
		spp_buf_char(key, '\0');
	}
	if (!spp_buf_ok(key, err))
		return false;
	index = spp_map_add(&reader->keys, key->data, key->length);
	if (index == SPP_MAP_NONE)
		return spp_fail_memory(err);
	places = (void *)reader->places.data;
	if (index == count)
		spp_buf_append(&reader->places, &here, sizeof here);
	else
		complain_twice(reader, record, &places[index]);
	return spp_buf_ok(&reader->places, err) && spp_buf_ok(key, err);
}

bool spp_feed_compare(struct spp_feed_reader *reader,
	const struct spp_record *record, struct spp_err *err)
{
	const struct spp_cluster_record *cluster = record->value;
	const struct spp_header *header = record->value;

	if (record->type == SPP_CLUSTER)
		compare_cluster(reader, record, cluster->cluster);
	if (record->type == SPP_HEADER && header->cluster != NULL)
		compare_cluster(reader, record, header->cluster);
	if (record->type == SPP_FORECAST && !compare_grid(reader, record, err))
		return false;
	return spp_arena_ok(&reader->feed->arena, err) &&
	       compare_key(reader, record, err);
}
