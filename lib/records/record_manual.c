/* The tables of spp-records(5), in mdoc. */
#include "lib/base/buf.h"
#include "lib/records/record.h"

#include <ctype.h>

/* TEXT of a table as a sentence: nothing in it is a request. */
static void put_sentence(const char *text, struct spp_buf *buf)
{
	if (text[0] == '.' || text[0] == '\'')
		spp_buf_string(buf, "\\&");
	spp_buf_char(buf, (char)toupper((unsigned char)text[0]));
	for (text++; *text != '\0'; text++) {
		if (*text == '\\')
			spp_buf_string(buf, "\\e");
		else if (*text == '-')
			spp_buf_string(buf, "\\-");
		else
			spp_buf_char(buf, *text);
	}
	spp_buf_string(buf, ".\n");
}

void spp_field_manual(const struct spp_field *field, struct spp_buf *buf)
{
	char choices[SPP_CHOICES_SIZE];

	put_sentence(field->text, buf);
	if (field->kind == SPP_CHOICE)
		spp_buf_format(buf, "One of\n.Cm %s .\n",
			spp_field_choices(
				field, " ,\n.Cm ", " ,\n.Cm ", choices));
}

static void put_fields(const struct spp_fields *fields, struct spp_buf *buf)
{
	spp_buf_string(buf, ".Bl -tag -width Ds -compact\n");
	for (size_t i = 0; i < fields->count; i++) {
		const struct spp_field *field = &fields->items[i];
		const char *kind = spp_kind_words[field->kind].manual;
		const char *const *around =
			spp_shape_words[field->shape].manual;

		spp_buf_format(buf, ".It Va %s Pq %s%s%s", field->name,
			around[0], field->estimate ? "estimate" : kind,
			around[1]);
		if (field->unit != NULL)
			spp_buf_format(buf, " in %s", field->unit);
		if (spp_field_ranged(field))
			spp_buf_format(buf, " , %g to %g", field->min,
				spp_field_max(field));
		if (field->least > 0)
			spp_buf_format(buf, " , at least %zu", field->least);
		if (field->most > 0)
			spp_buf_format(buf, " , at most %zu", field->most);
		if (field->distinct)
			spp_buf_string(buf, " , none twice");
		spp_buf_string(buf, field->required ? " , required\n" : "\n");
		spp_field_manual(field, buf);
		if (field->kind == SPP_OBJECT)
			put_fields(&field->members, buf);
	}
	spp_buf_string(buf, ".El\n");
}

void spp_record_manual(struct spp_buf *buf)
{
	for (size_t i = 0; i < SPP_TYPES; i++) {
		const struct spp_record_type *type = &spp_record_types[i];

		spp_buf_format(buf, ".Ss %s\n", type->name);
		put_sentence(type->text, buf);
		if (type->key > 0)
			spp_buf_string(buf, "It is known by\n");
		for (size_t k = 0; k < type->key; k++)
			spp_buf_format(buf, ".Va %s %s\n",
				type->fields->items[k].name,
				k + 1 < type->key ? "," : ".");
		if (type->single)
			spp_buf_string(buf, "A feed holds one at most.\n");
		spp_buf_string(buf, ".Pp\n");
		put_fields(type->fields, buf);
	}
}
