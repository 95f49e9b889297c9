/* JSON Schema (2020-12) of all records, from their tables. */
#include "lib/base/buf.h"
#include "lib/io/json.h"
#include "lib/records/record.h"

#include <string.h>

static void put_members(
	const struct spp_fields *fields, const char *type, struct spp_buf *buf);

static void put_text(const char *key, const char *text, struct spp_buf *buf)
{
	spp_buf_format(buf, ",\"%s\":", key);
	spp_json_put_string(buf, text);
}

static void put_number(const struct spp_field *field, struct spp_buf *buf)
{
	spp_buf_format(buf, "\"type\":\"%s\"",
		field->kind == SPP_INTEGER ? "integer" : "number");
	spp_buf_string(buf, ",\"minimum\":");
	spp_json_put_exact(buf, field->min);
	spp_buf_string(buf, ",\"maximum\":");
	spp_json_put_exact(buf, spp_field_max(field));
}

/* JSON Schema counts characters where the limit is in bytes. */
static void put_id(const struct spp_field *field, struct spp_buf *buf)
{
	spp_buf_format(buf,
		"\"type\":[\"string\",\"integer\"],\"minLength\":1,"
		"\"maxLength\":%d,\"pattern\":\"%s\"",
		SPP_NAME_MAX,
		field->plain ? "^[^/\\\\u0000-\\\\u001f]*$"
			     : "^[^\\\\u0000-\\\\u001f]*$");
}

static void put_choices(const struct spp_field *field, struct spp_buf *buf)
{
	spp_buf_string(buf, "\"enum\":[");
	for (size_t i = 0; field->choices[i] != NULL; i++) {
		if (i > 0)
			spp_buf_char(buf, ',');
		spp_json_put_string(buf, field->choices[i]);
	}
	spp_buf_char(buf, ']');
}

static void put_list(const struct spp_field *field, struct spp_buf *buf)
{
	const struct spp_field name = {.kind = SPP_ID};

	spp_buf_string(buf, "\"type\":\"array\",\"items\":{");
	switch (field->kind) {
	case SPP_STRINGS:
		put_id(&name, buf);
		break;
	case SPP_OBJECTS:
		put_members(&field->members, NULL, buf);
		break;
	case SPP_MATRIX:
		spp_buf_string(buf, "\"type\":\"array\",\"items\":{");
		put_number(field, buf);
		spp_buf_char(buf, '}');
		break;
	default:
		put_number(field, buf);
	}
	spp_buf_char(buf, '}');
}

static void put_field(const struct spp_field *field, struct spp_buf *buf)
{
	switch (field->kind) {
	case SPP_STRING:
		spp_buf_format(buf, "\"type\":\"string\",\"maxLength\":%d",
			SPP_TEXT_MAX);
		break;
	case SPP_ID:
		put_id(field, buf);
		break;
	case SPP_FLAG:
		spp_buf_string(buf, "\"type\":\"boolean\"");
		break;
	case SPP_TIME:
		spp_buf_string(
			buf, "\"type\":\"string\",\"format\":\"date-time\"");
		break;
	case SPP_CHOICE:
		put_choices(field, buf);
		break;
	case SPP_AMOUNTS:
		spp_buf_string(
			buf, "\"type\":\"object\",\"additionalProperties\":{");
		put_number(field, buf);
		spp_buf_char(buf, '}');
		break;
	case SPP_OBJECT:
		put_members(&field->members, NULL, buf);
		break;
	case SPP_JSON:
		spp_buf_string(buf, "\"$comment\":\"any value\"");
		break;
	case SPP_NUMBER:
	case SPP_ESTIMATE:
	case SPP_INTEGER:
	case SPP_DURATION:
		put_number(field, buf);
		break;
	default:
		put_list(field, buf);
	}
}

static void put_members(
	const struct spp_fields *fields, const char *type, struct spp_buf *buf)
{
	const char *separator = "";

	spp_buf_string(buf, "\"type\":\"object\",\"properties\":{");
	if (type != NULL) {
		spp_buf_format(buf, "\"type\":{\"const\":\"%s\"}", type);
		separator = ",";
	}
	for (size_t i = 0; i < fields->count; i++) {
		spp_buf_format(
			buf, "%s\"%s\":{", separator, fields->items[i].name);
		put_field(&fields->items[i], buf);
		put_text("description", fields->items[i].text, buf);
		spp_buf_char(buf, '}');
		separator = ",";
	}
	spp_buf_string(buf, "},\"required\":[");
	separator = "";
	if (type != NULL) {
		spp_buf_string(buf, "\"type\"");
		separator = ",";
	}
	for (size_t i = 0; i < fields->count; i++) {
		if (!fields->items[i].required)
			continue;
		spp_buf_format(
			buf, "%s\"%s\"", separator, fields->items[i].name);
		separator = ",";
	}
	spp_buf_string(buf, "],\"patternProperties\":{\"^x_\":true},"
			    "\"additionalProperties\":false");
}

void spp_record_schema(struct spp_buf *buf)
{
	spp_buf_string(buf, "{\"$schema\":\"https://json-schema.org/draft/"
			    "2020-12/schema\",\"title\":\"a record of spp\","
			    "\"oneOf\":[");
	for (size_t i = 0; i < SPP_TYPES; i++)
		spp_buf_format(buf, "%s{\"$ref\":\"#/$defs/%s\"}",
			i > 0 ? "," : "", spp_record_types[i]->name);
	spp_buf_string(buf, "],\"$defs\":{");
	for (size_t i = 0; i < SPP_TYPES; i++) {
		const struct spp_record_type *type = spp_record_types[i];

		spp_buf_format(
			buf, "%s\n\"%s\":{", i > 0 ? "," : "", type->name);
		put_members(&type->fields, type->name, buf);
		put_text("description", type->text, buf);
		spp_buf_char(buf, '}');
	}
	spp_buf_string(buf, "\n}}\n");
}
