#include "lib/base/err.h"
#include "lib/base/rng.h"
#include "lib/io/input.h"
#include "tests/random.h"
#include "tests/unit/refuse.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Text that a thread writes into a pipe, some bytes at a time. */
struct writer {
	int fd;
	const char *text;
	size_t length;
	size_t step;
	size_t repeats;
};

static void *write_all(void *argument)
{
	struct writer *writer = argument;

	for (size_t i = 0; i < writer->repeats; i++) {
		size_t done = 0;

		while (done < writer->length) {
			size_t left = writer->length - done;
			ssize_t count = write(writer->fd, writer->text + done,
				left < writer->step ? left : writer->step);

			if (count < 0)
				goto end; /* the reader has gone */
			done += (size_t)count;
		}
	}
end:
	close(writer->fd);
	return NULL;
}

static pthread_t start_writer(struct writer *writer, struct spp_input *input)
{
	pthread_t thread;
	int ends[2];

	CHECK(pipe(ends) == 0);
	writer->fd = ends[1];
	if (writer->repeats == 0)
		writer->repeats = 1;
	spp_input_from(input, ends[0], "pipe");
	pthread_create(&thread, NULL, write_all, writer);
	return thread;
}

/* All chunks, with "|" before each. */
static bool read_all(struct spp_input *input, size_t size, struct spp_buf *all,
	struct spp_err *err)
{
	struct spp_chunk chunk = {0};
	size_t lines = 0;
	bool done;

	while ((done = spp_input_chunk(input, size, &chunk, err)) &&
		chunk.text.length > 0) {
		size_t offset = 0, length;
		const char *line;

		CHECK(chunk.first_line == lines + 1);
		while (spp_chunk_line(&chunk, &offset, &line, &length))
			lines++;
		CHECK(offset == chunk.text.length);
		CHECK(input->line == lines);
		spp_buf_char(all, '|');
		spp_buf_append(all, chunk.text.data, chunk.text.length);
	}
	CHECK(chunk.text.length == 0);
	spp_buf_free(&chunk.text);
	return done;
}

static bool memory_gives(const char *text, size_t size, const char *expected)
{
	struct spp_input input;
	struct spp_buf all = {0};
	bool same;

	CHECK(spp_input_memory(&input, text, strlen(text), "memory", NULL));
	CHECK(read_all(&input, size, &all, NULL));
	spp_buf_char(&all, '\0');
	same = strcmp(all.data, expected) == 0;
	spp_buf_free(&all);
	spp_input_close(&input);
	return same;
}

static void chunks_hold_whole_lines(void)
{
	CHECK(memory_gives("", 10, ""));
	CHECK(memory_gives("a\nb\nc\n", 100, "|a\nb\nc\n"));
	CHECK(memory_gives("a\nb\nc\n", 1, "|a\n|b\n|c\n"));
	CHECK(memory_gives("a\nb\nc\n", 4, "|a\nb\n|c\n"));
	CHECK(memory_gives("a\nb\nc\n", 5, "|a\nb\n|c\n"));
	CHECK(memory_gives("a\nb\nc", 5, "|a\nb\n|c"));
	CHECK(memory_gives("abcdefg\nb\nc", 3, "|abcdefg\n|b\n|c"));
	CHECK(memory_gives("\n\n\n", 2, "|\n\n|\n"));
	CHECK(memory_gives("abc", 1, "|abc"));
	CHECK(memory_gives("abc\n", 0, "|abc\n"));
}

static void lines_lose_their_ends(void)
{
	struct spp_chunk chunk = {0};
	size_t offset = 0, length;
	const char *line;

	spp_buf_append(&chunk.text, "a\r\n\r\n\nb\0c\r\r\nlast\r", 17);
	CHECK(spp_chunk_line(&chunk, &offset, &line, &length));
	CHECK(length == 1 && line[0] == 'a');
	CHECK(spp_chunk_line(&chunk, &offset, &line, &length) && length == 0);
	CHECK(spp_chunk_line(&chunk, &offset, &line, &length) && length == 0);
	CHECK(spp_chunk_line(&chunk, &offset, &line, &length));
	CHECK(length == 4 && memcmp(line, "b\0c\r", 4) == 0);
	CHECK(spp_chunk_line(&chunk, &offset, &line, &length));
	CHECK(length == 4 && memcmp(line, "last", 4) == 0);
	CHECK(!spp_chunk_line(&chunk, &offset, &line, &length));
	spp_buf_free(&chunk.text);
}

static void make_text(struct spp_buf *text, struct spp_rng *rng)
{
	size_t lines = random_below(rng, 100);

	for (size_t i = 0; i < lines; i++) {
		size_t most = i % 10 == 0 ? 300 : 20;
		size_t length = random_below(rng, most);

		for (size_t k = 0; k < length; k++)
			spp_buf_char(text, (char)('a' + k % 26));
		if (i + 1 < lines || i % 2 == 0)
			spp_buf_char(text, '\n');
	}
	spp_buf_reserve(text, 1);
}

static void chunks_do_not_depend_on_how_text_arrives(void)
{
	struct spp_rng rng = spp_rng_for(5, 0);

	for (int round = 0; round < 200; round++) {
		struct spp_buf text = {0}, first = {0}, second = {0};
		size_t size = 1 + random_below(&rng, 500);
		struct writer writer = {0};
		struct spp_input input;
		pthread_t thread;

		make_text(&text, &rng);
		spp_input_memory(
			&input, text.data, text.length, "memory", NULL);
		CHECK(read_all(&input, size, &first, NULL));
		spp_input_close(&input);
		writer.text = text.data;
		writer.length = text.length;
		writer.step = 1 + random_below(&rng, 700);
		thread = start_writer(&writer, &input);
		CHECK(read_all(&input, size, &second, NULL));
		pthread_join(thread, NULL);
		close(input.fd);
		spp_input_close(&input);
		CHECK(first.length == second.length);
		CHECK(first.length == 0 ||
			memcmp(first.data, second.data, first.length) == 0);
		spp_buf_free(&text);
		spp_buf_free(&first);
		spp_buf_free(&second);
	}
}

/* One gigabyte without a newline is refused, and never stored. */
static void an_endless_line_is_refused(void)
{
	static char block[1 << 20];
	struct writer writer = {
		.text = block,
		.length = sizeof block,
		.step = sizeof block,
		.repeats = 1024,
	};
	struct spp_chunk chunk = {0};
	struct spp_err err = {0};
	struct spp_input input;
	pthread_t thread;

	signal(SIGPIPE, SIG_IGN);
	memset(block, 'x', sizeof block);
	thread = start_writer(&writer, &input);
	CHECK(!spp_input_chunk(&input, 1 << 20, &chunk, &err));
	CHECK(err.status == SPP_INPUT);
	CHECK(err.line == 1);
	CHECK(strcmp(err.source, "pipe") == 0);
	CHECK(strcmp(err.text, "line is longer than 16777216 bytes") == 0);
	CHECK(chunk.text.length == 0);
	CHECK(chunk.text.capacity <= 4 * SPP_LINE_MAX);
	close(input.fd);
	pthread_join(thread, NULL);
	spp_input_close(&input);
	spp_buf_free(&chunk.text);
}

static void the_longest_line_is_accepted(void)
{
	char *text = malloc(SPP_LINE_MAX + 3);
	struct spp_chunk chunk = {0};
	struct spp_err err = {0};
	struct spp_input input;

	memset(text, 'x', SPP_LINE_MAX + 3);
	text[SPP_LINE_MAX] = '\n';
	spp_input_memory(&input, text, SPP_LINE_MAX + 2, "memory", NULL);
	CHECK(spp_input_chunk(&input, 1000, &chunk, &err));
	CHECK(chunk.text.length == SPP_LINE_MAX + 1);
	spp_input_close(&input);
	memset(text, 'x', SPP_LINE_MAX + 3);
	text[SPP_LINE_MAX + 1] = '\n';
	spp_input_memory(&input, text, SPP_LINE_MAX + 3, "memory", NULL);
	CHECK(!spp_input_chunk(&input, 1000, &chunk, &err));
	CHECK(err.status == SPP_INPUT && err.line == 1);
	spp_input_close(&input);
	spp_buf_free(&chunk.text);
	free(text);
}

static void errors_name_the_file(void)
{
	struct spp_chunk chunk = {0};
	struct spp_err err = {0};
	struct spp_input input;

	CHECK(!spp_input_open(&input, "/does/not/exist", &err));
	CHECK(err.status == SPP_SYSTEM);
	CHECK(strcmp(err.text, "cannot open: No such file or directory") == 0);
	CHECK(strcmp(err.source, "/does/not/exist") == 0);
	spp_input_close(&input);
	err = (struct spp_err){0};
	CHECK(spp_input_open(&input, "/", &err));
	CHECK(!spp_input_chunk(&input, 100, &chunk, &err));
	CHECK(chunk.text.length == 0);
	CHECK(strcmp(err.text, "cannot read: Is a directory") == 0);
	CHECK(strcmp(err.source, "/") == 0 && err.line == 0);
	spp_input_close(&input);
	CHECK(spp_input_open(&input, "-", NULL));
	CHECK(strcmp(input.source, "<stdin>") == 0 && input.fd == 0);
	spp_input_close(&input);
	CHECK(fcntl(0, F_GETFD) >= 0); /* it is still open */
	spp_buf_free(&chunk.text);
}

static bool read_in_memory(void)
{
	static const char text[] = "a line\nanother line\nthe last line";
	struct spp_buf all = {0};
	struct spp_input input;
	bool done =
		spp_input_memory(&input, text, sizeof text - 1, "memory", NULL);

	done = done && read_all(&input, 10, &all, NULL);
	done = done && spp_buf_ok(&all, NULL);
	spp_buf_free(&all);
	spp_input_close(&input);
	return done;
}

static void each_refusal_is_reported(void)
{
	unsigned long n = 0;
	bool done;

	do {
		refuse_at(++n);
		done = read_in_memory();
		CHECK(done != refuse_came());
	} while (!done && n < 100);
	refuse_at(0);
	CHECK(done && n > 3);
}

static void note(int number)
{
	(void)number;
}

static void *interrupt(void *argument)
{
	pthread_t *reader = argument;

	for (int i = 0; i < 20; i++) {
		usleep(500);
		pthread_kill(*reader, SIGUSR1);
	}
	return NULL;
}

static void interrupted_reads_go_on(void)
{
	struct sigaction action = {.sa_handler = note};
	struct spp_chunk chunk = {0};
	struct spp_input input;
	pthread_t reader = pthread_self(), thread;
	int ends[2];

	sigaction(SIGUSR1, &action, NULL); /* without SA_RESTART */
	CHECK(pipe(ends) == 0);
	CHECK(write(ends[1], "a\nb", 3) == 3);
	pthread_create(&thread, NULL, interrupt, &reader);
	spp_input_from(&input, ends[0], "pipe");
	CHECK(spp_input_chunk(&input, 2, &chunk, NULL));
	CHECK(chunk.text.length == 2);
	pthread_join(thread, NULL);
	close(ends[1]);
	CHECK(spp_input_chunk(&input, 2, &chunk, NULL));
	CHECK(chunk.text.length == 1);
	close(ends[0]);
	spp_input_close(&input);
	spp_buf_free(&chunk.text);
}

int main(void)
{
	static const struct test tests[] = {
		{"chunks hold whole lines", chunks_hold_whole_lines},
		{"lines lose their ends", lines_lose_their_ends},
		{"chunks do not depend on how text arrives",
			chunks_do_not_depend_on_how_text_arrives},
		{"an endless line is refused", an_endless_line_is_refused},
		{"the longest line is accepted", the_longest_line_is_accepted},
		{"errors name the file", errors_name_the_file},
		{"each refusal is reported", each_refusal_is_reported},
		{"interrupted reads go on", interrupted_reads_go_on},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
