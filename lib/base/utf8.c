#include "lib/base/utf8.h"

#include <stdint.h>
#include <string.h>

/* Decode one character into *code; returns its bytes, 0 when it is none. */
static size_t decode(const char *text, size_t length, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t size;

	if (length == 0)
		return 0;
	if (byte[0] < 0x80) {
		*code = byte[0];
		return 1;
	}
	if (byte[0] < 0xc2 || byte[0] > 0xf4)
		return 0;
	size = byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
	if (size > length)
		return 0;
	*code = byte[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (byte[i] & 0x3f);
	}
	if (*code < least[size] || *code > 0x10ffff)
		return 0;
	if (*code >= 0xd800 && *code <= 0xdfff)
		return 0;
	return size;
}

size_t spp_utf8_length(const char *text, size_t length)
{
	uint32_t code;

	return decode(text, length, &code);
}

size_t spp_utf8_plain(const char *text, size_t length)
{
	uint32_t code = 0;
	size_t size = decode(text, length, &code);

	if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
		return 0;
	if (code == 0x61c || code == 0x200e || code == 0x200f)
		return 0;
	if ((code >= 0x2028 && code <= 0x202e) ||
		(code >= 0x2066 && code <= 0x2069))
		return 0;
	return size;
}

/* ASCII goes eight bytes at a time. */
bool spp_utf8_valid(const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		uint64_t word = UINT64_MAX;
		size_t size = sizeof word;

		if (length - i >= sizeof word)
			memcpy(&word, text + i, sizeof word);
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			size = spp_utf8_length(text + i, length - i);
		if (size == 0)
			return false;
		i += size;
	}
	return true;
}
