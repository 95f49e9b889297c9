/* The option list of a manual page, in mdoc. */
#include "lib/cli/options.h"

#include "lib/base/buf.h"
#include "lib/records/record.h"

static void print_option(const struct spp_option *option, struct spp_buf *buf)
{
	const struct spp_field *field = option->field;

	spp_buf_string(buf, ".It ");
	if (field->letter != 0)
		spp_buf_format(buf, "Fl %c , ", field->letter);
	spp_buf_format(buf, "Fl \\-%s", option->name);
	if (field->kind != SPP_FLAG)
		spp_buf_format(buf, " Ns = Ns Ar %s", field->metavar);
	spp_buf_char(buf, '\n');
	spp_field_manual(field, buf);
	if (spp_field_ranged(field))
		spp_buf_format(buf, "From %g to %g.\n", field->min,
			spp_field_max(field));
	if (field->shape == SPP_LIST)
		spp_buf_string(buf, "May be given more than once.\n");
	if (field->default_text != NULL)
		spp_buf_format(
			buf, "The default is\n.Cm %s .\n", field->default_text);
}

void spp_options_manual(const struct spp_options *options, struct spp_buf *buf)
{
	for (size_t i = 0; i < options->shown; i++) {
		const char *group = options->items[i].field->group;

		if (group != NULL && i > 0)
			spp_buf_string(buf, ".El\n");
		if (group != NULL)
			spp_buf_format(buf, ".Ss %s\n", group);
		if (group != NULL || i == 0)
			spp_buf_string(buf, ".Bl -tag -width Ds\n");
		print_option(&options->items[i], buf);
	}
	spp_buf_string(buf, ".El\n");
}
