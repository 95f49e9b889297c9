/* JSON Schema (2020-12) of all records, from their tables. */
#include "lib/base/buf.h"
#include "lib/io/json.h"
#include "lib/records/record.h"

static void put_members(
	const struct spp_fields *fields, const char *type, struct spp_buf *buf);

static void put_text(const char *text, struct spp_buf *buf)
{
	spp_json_put_name(buf, "description");
	spp_json_put_string(buf, text);
}

/* JSON Schema counts characters where our limits are in bytes. */
static void put_one(const struct spp_field *field, struct spp_buf *buf)
{
	char choices[SPP_CHOICES_SIZE];

	spp_buf_string(buf, spp_kind_words[field->kind].schema);
	if (spp_field_ranged(field)) {
		spp_buf_string(buf, ",\"minimum\":");
		spp_json_put_exact(buf, field->min);
		spp_buf_string(buf, ",\"maximum\":");
		spp_json_put_exact(buf, spp_field_max(field));
	} else if (field->kind == SPP_STRING) {
		spp_buf_format(buf, ",\"maxLength\":%d", SPP_TEXT_MAX);
	} else if (field->kind == SPP_ID) {
		spp_buf_format(buf,
			",\"minLength\":1,\"maxLength\":%d,"
			"\"pattern\":\"^[^%s\\\\u0000-\\\\u001f]*$\"",
			SPP_NAME_MAX, field->plain ? "/" : "");
	} else if (field->kind == SPP_CHOICE) {
		spp_buf_format(buf, "[\"%s\"]",
			spp_field_choices(field, "\",\"", "\",\"", choices));
	} else if (field->kind == SPP_OBJECT) {
		put_members(&field->members, NULL, buf);
	}
}

static void put_field(const struct spp_field *field, struct spp_buf *buf)
{
	const char *const *around = spp_shape_words[field->shape].schema;

	spp_json_put_name(buf, field->name);
	spp_buf_format(buf, "{%s", around[0]);
	put_one(field, buf);
	spp_buf_string(buf, around[1]);
	if (field->least > 0)
		spp_buf_format(buf, ",\"minItems\":%zu", field->least);
	if (field->most > 0)
		spp_buf_format(buf, ",\"max%s\":%zu",
			field->shape == SPP_BY_NAME ? "Properties" : "Items",
			field->most);
	if (field->distinct)
		spp_buf_string(buf, ",\"uniqueItems\":true");
	put_text(field->text, buf);
	spp_buf_char(buf, '}');
}

/* What its kind says of an object goes on; a record has a type, too. */
static void put_members(
	const struct spp_fields *fields, const char *type, struct spp_buf *buf)
{
	if (type != NULL)
		spp_buf_format(buf, "\"type\":{\"const\":\"%s\"}", type);
	for (size_t i = 0; i < fields->count; i++)
		put_field(&fields->items[i], buf);
	spp_buf_string(buf, "},\"required\":[");
	if (type != NULL)
		spp_json_put_string(buf, "type");
	for (size_t i = 0; i < fields->count; i++) {
		if (!fields->items[i].required)
			continue;
		spp_json_put_comma(buf);
		spp_json_put_string(buf, fields->items[i].name);
	}
	spp_buf_string(buf, "],\"patternProperties\":{\"^x_\":true},"
			    "\"additionalProperties\":false");
}

void spp_record_schema(struct spp_buf *buf)
{
	spp_buf_string(buf, "{\"$schema\":\"https://json-schema.org/draft/"
			    "2020-12/schema\",\"title\":\"a record of spp\","
			    "\"oneOf\":[");
	for (size_t i = 0; i < SPP_TYPES; i++) {
		spp_json_put_comma(buf);
		spp_buf_format(buf, "{\"$ref\":\"#/$defs/%s\"}",
			spp_record_types[i].name);
	}
	spp_buf_string(buf, "],\"$defs\":{");
	for (size_t i = 0; i < SPP_TYPES; i++) {
		const struct spp_record_type *type = &spp_record_types[i];

		spp_json_put_comma(buf);
		spp_buf_format(buf, "\n\"%s\":{%s", type->name,
			spp_kind_words[SPP_OBJECT].schema);
		put_members(type->fields, type->name, buf);
		put_text(type->text, buf);
		spp_buf_char(buf, '}');
	}
	spp_buf_string(buf, "\n}}\n");
}
