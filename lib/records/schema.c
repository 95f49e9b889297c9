/* JSON Schema (2020-12) of all records, from their tables. */
#include "lib/base/buf.h"
#include "lib/io/json.h"
#include "lib/records/record.h"

static void put_members(
	const struct spp_fields *fields, const char *type, struct spp_buf *buf);

static void put_text(const char *text, struct spp_buf *buf)
{
	spp_buf_string(buf, ",\"description\":");
	spp_json_put_string(buf, text);
}

static void put_number(const struct spp_field *field, struct spp_buf *buf)
{
	spp_buf_format(buf, "\"type\":\"%s\",\"minimum\":",
		field->kind == SPP_INTEGER ? "integer" : "number");
	spp_json_put_exact(buf, field->min);
	spp_buf_string(buf, ",\"maximum\":");
	spp_json_put_exact(buf, spp_field_max(field));
}

/* JSON Schema counts characters where our limits are in bytes. */
static void put_one(const struct spp_field *field, struct spp_buf *buf)
{
	char choices[SPP_CHOICES_SIZE];

	switch (field->kind) {
	case SPP_STRING:
		spp_buf_format(buf, "\"type\":\"string\",\"maxLength\":%d",
			SPP_TEXT_MAX);
		break;
	case SPP_ID:
		spp_buf_format(buf,
			"\"type\":[\"string\",\"integer\"],\"minLength\":1,"
			"\"maxLength\":%d,"
			"\"pattern\":\"^[^%s\\\\u0000-\\\\u001f]*$\"",
			SPP_NAME_MAX, field->plain ? "/" : "");
		break;
	case SPP_FLAG:
		spp_buf_string(buf, "\"type\":\"boolean\"");
		break;
	case SPP_NUMBER:
	case SPP_INTEGER:
	case SPP_DURATION:
		put_number(field, buf);
		break;
	case SPP_TIME:
		spp_buf_string(
			buf, "\"type\":\"string\",\"format\":\"date-time\"");
		break;
	case SPP_CHOICE:
		spp_field_choices(field, "\",\"", "\",\"", choices);
		spp_buf_format(buf, "\"enum\":[\"%s\"]", choices);
		break;
	case SPP_OBJECT:
		put_members(&field->members, NULL, buf);
		break;
	case SPP_JSON:
		spp_buf_string(buf, "\"$comment\":\"any value\"");
		break;
	}
}

/* What stands around one value where there are many. */
#define LIST "\"type\":\"array\",\"items\":{"
static const char *const shapes[][2] = {
	[SPP_ONE] = {"", ""},
	[SPP_LIST] = {LIST, "}"},
	[SPP_MATRIX] = {LIST LIST, "}}"},
	[SPP_BY_NAME] = {"\"type\":\"object\",\"additionalProperties\":{", "}"},
};

static void put_field(const struct spp_field *field, struct spp_buf *buf)
{
	spp_buf_format(buf, "\"%s\":{%s", field->name, shapes[field->shape][0]);
	put_one(field, buf);
	spp_buf_string(buf, shapes[field->shape][1]);
	put_text(field->text, buf);
	spp_buf_char(buf, '}');
}

/* What an object of these fields is; a record has a type, too. */
static void put_members(
	const struct spp_fields *fields, const char *type, struct spp_buf *buf)
{
	const char *separator = "";

	spp_buf_string(buf, "\"type\":\"object\",\"properties\":{");
	if (type != NULL)
		spp_buf_format(buf, "\"type\":{\"const\":\"%s\"},", type);
	for (size_t i = 0; i < fields->count; i++) {
		spp_buf_string(buf, i > 0 ? "," : "");
		put_field(&fields->items[i], buf);
	}
	spp_buf_string(buf, "},\"required\":[");
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
			i > 0 ? "," : "", spp_record_types[i].name);
	spp_buf_string(buf, "],\"$defs\":{");
	for (size_t i = 0; i < SPP_TYPES; i++) {
		const struct spp_record_type *type = &spp_record_types[i];

		spp_buf_format(
			buf, "%s\n\"%s\":{", i > 0 ? "," : "", type->name);
		put_members(type->fields, type->name, buf);
		put_text(type->text, buf);
		spp_buf_char(buf, '}');
	}
	spp_buf_string(buf, "\n}}\n");
}
