/* A typed value as one line of JSON, fields in the order of the table. */
#include "lib/base/buf.h"
#include "lib/base/num.h"
#include "lib/io/json.h"
#include "lib/records/record.h"

#include <assert.h>
#include <inttypes.h>

static void print_fields(const struct spp_fields *fields, const void *value,
	struct spp_buf *buf);

static void print_one(
	const struct spp_field *field, const void *at, struct spp_buf *buf)
{
	char time[SPP_TIME_SIZE];
	double number;

	switch (field->kind) {
	case SPP_STRING:
	case SPP_ID:
		spp_json_put_string(buf, *(const char *const *)at);
		break;
	case SPP_FLAG:
		spp_buf_string(buf, "true");
		break;
	case SPP_NUMBER:
		number = *(const double *)at;
		/* None, or without end, cannot be written: its maker errs. */
		assert(spp_present(number - number));
		spp_json_put_exact(buf,
			field->estimate ? spp_num_estimate(number) : number);
		break;
	case SPP_INTEGER:
		spp_buf_format(buf, "%" PRId64, *(const int64_t *)at);
		break;
	case SPP_TIME:
		spp_time_text(*(const spp_time *)at, time);
		spp_json_put_string(buf, time);
		break;
	case SPP_CHOICE:
		spp_json_put_string(buf, field->choices[*(const int *)at]);
		break;
	case SPP_OBJECT:
		spp_buf_char(buf, '{');
		print_fields(&field->members, at, buf);
		spp_buf_char(buf, '}');
		break;
	case SPP_JSON:
		spp_buf_string(buf, *(const char *const *)at);
		break;
	}
}

/* All values; by name, each behind its own of NAMES. */
static void print_many(const struct spp_field *field, struct spp_list list,
	const char *const *names, struct spp_buf *buf)
{
	const char *brackets = names != NULL ? "{}" : "[]";
	const struct spp_field row = spp_field_row(field);
	size_t stride = spp_field_stride(field);

	spp_buf_char(buf, brackets[0]);
	for (size_t i = 0; i < list.count; i++) {
		const char *at = (const char *)list.items + i * stride;

		if (names != NULL)
			spp_json_put_name(buf, names[i]);
		else
			spp_json_put_comma(buf);
		if (field->shape == SPP_MATRIX)
			print_many(&row, spp_field_list(at), NULL, buf);
		else
			print_one(field, at, buf);
	}
	spp_buf_char(buf, brackets[1]);
}

void spp_field_print(
	const struct spp_field *field, const void *at, struct spp_buf *buf)
{
	const struct spp_amounts *amounts = at;

	spp_json_put_name(buf, field->name);
	if (field->shape == SPP_ONE)
		print_one(field, spp_field_one(field, at), buf);
	else if (field->shape == SPP_BY_NAME)
		print_many(field,
			(struct spp_list){amounts->count, amounts->values},
			amounts->names, buf);
	else
		print_many(field, spp_field_list(at), NULL, buf);
}

static void print_fields(
	const struct spp_fields *fields, const void *value, struct spp_buf *buf)
{
	for (size_t i = 0; i < fields->count; i++) {
		const struct spp_field *field = &fields->items[i];
		const char *at = (const char *)value + field->offset;

		if (spp_field_there(field, at))
			spp_field_print(field, at, buf);
	}
}

void spp_record_print(
	enum spp_type type, const void *value, struct spp_buf *buf)
{
	const struct spp_record_type *known = &spp_record_types[type];

	spp_buf_string(buf, "{\"type\":");
	spp_json_put_string(buf, known->name);
	print_fields(known->fields, value, buf);
	spp_buf_string(buf, "}\n");
}
