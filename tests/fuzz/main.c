/* Feed files to a fuzzer, without libFuzzer: usage: NAME FILE... */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t length = 0, room = 0, count;

	if (file == NULL)
		return 1;
	do {
		if (length == room) {
			room = 2 * room + 4096;
			data = realloc(data, room);
		}
		if (data == NULL)
			abort();
		count = fread(data + length, 1, room - length, file);
		length += count;
	} while (count > 0);
	fclose(file);
	/* Exactly as long as the text, so that a sanitizer sees its end. */
	data = realloc(data, length > 0 ? length : 1);
	if (data == NULL)
		abort();
	LLVMFuzzerTestOneInput(data, length);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) != 0) {
			fprintf(stderr, "%s: cannot open\n", argv[i]);
			return 1;
		}
	return 0;
}
