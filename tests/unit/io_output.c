#include "lib/base/err.h"
#include "lib/io/output.h"
#include "tests/unit/refuse.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void everything_arrives(void)
{
	char path[] = "/tmp/spp-output-XXXXXX";
	static char block[200000];
	struct spp_output output;
	struct stat status;
	int fd = mkstemp(path);

	CHECK(fd >= 0);
	memset(block, 'x', sizeof block);
	spp_output_to(&output, fd, "file");
	for (int i = 0; i < 20000; i++)
		CHECK(spp_output_string(&output, "0123456789", NULL));
	CHECK(spp_output_write(&output, block, sizeof block, NULL));
	CHECK(spp_output_string(&output, "end\n", NULL));
	CHECK(spp_output_close(&output, NULL));
	CHECK(fstat(fd, &status) == 0); /* it is not ours to close */
	CHECK(status.st_size == 400004);
	CHECK(pread(fd, block, 14, 199990) == 14);
	CHECK(memcmp(block, "0123456789xxxx", 14) == 0);
	close(fd);
	unlink(path);
}

static void a_full_disk_is_an_error_once_and_for_all(void)
{
	struct spp_output output;
	struct spp_err err = {0};
	int fd = open("/dev/full", O_WRONLY);

	spp_output_to(&output, fd, "/dev/full");
	CHECK(spp_output_string(&output, "text", &err));
	CHECK(!spp_output_flush(&output, &err));
	CHECK(err.status == SPP_SYSTEM);
	CHECK(strcmp(err.text, "cannot write: No space left on device") == 0);
	CHECK(strcmp(err.source, "/dev/full") == 0);
	err = (struct spp_err){0};
	CHECK(!spp_output_string(&output, "", &err));
	CHECK(err.status == SPP_SYSTEM);
	CHECK(!spp_output_flush(&output, NULL));
	CHECK(!spp_output_close(&output, NULL));
	CHECK(output.buf.data == NULL);
	close(fd);
}

static void close_finds_the_last_error(void)
{
	struct spp_output output;
	struct spp_err err = {0};
	int fd = open("/dev/full", O_WRONLY);

	spp_output_to(&output, fd, "/dev/full");
	CHECK(spp_output_string(&output, "text", &err));
	CHECK(!spp_output_close(&output, &err));
	CHECK(strstr(err.text, "No space left") != NULL);
	close(fd);
	err = (struct spp_err){0};
	spp_output_to(&output, 987, "<stdout>"); /* not open */
	CHECK(!spp_output_close(&output, &err));
	CHECK(strcmp(err.text, "cannot write: Bad file descriptor") == 0);
	CHECK(strcmp(err.source, "<stdout>") == 0);
}

static void a_closed_pipe(void)
{
	struct spp_output output;
	struct spp_err err = {0};
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	CHECK(pipe(ends) == 0);
	close(ends[0]);
	spp_output_to(&output, ends[1], "pipe");
	CHECK(spp_output_string(&output, "text", &err));
	CHECK(!spp_output_close(&output, &err));
	CHECK(strcmp(err.text, "cannot write: Broken pipe") == 0);
	close(ends[1]);
}

static void memory_runs_out(void)
{
	struct spp_output output;
	struct spp_err err = {0};

	spp_output_to(&output, open("/dev/null", O_WRONLY), "null");
	refuse_at(1);
	CHECK(!spp_output_string(&output, "text", &err));
	CHECK(strcmp(err.text, "out of memory") == 0);
	refuse_at(0);
	CHECK(!spp_output_string(&output, "text", NULL));
	close(output.fd);
	CHECK(!spp_output_close(&output, NULL));
}

static void note(int number)
{
	(void)number;
}

struct drain {
	pthread_t writer;
	int fd;
	size_t total;
	bool wrong;
};

/* A slow reader that interrupts the writer: short writes and EINTR. */
static void *drain(void *argument)
{
	struct drain *drain = argument;
	static char bytes[50000];
	ssize_t count;

	for (int i = 0; i < 10; i++) {
		usleep(300);
		pthread_kill(drain->writer, SIGUSR1);
	}
	while ((count = read(drain->fd, bytes, sizeof bytes)) > 0) {
		for (ssize_t i = 0; i < count; i++, drain->total++)
			drain->wrong |=
				bytes[i] != (char)('a' + drain->total % 26);
		pthread_kill(drain->writer, SIGUSR1);
	}
	return NULL;
}

static void short_writes_go_on(void)
{
	struct sigaction action = {.sa_handler = note};
	static char text[1 << 20];
	struct drain reader = {.writer = pthread_self()};
	struct spp_output output;
	pthread_t thread;
	int ends[2];

	sigaction(SIGUSR1, &action, NULL);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)('a' + i % 26);
	CHECK(pipe(ends) == 0);
	reader.fd = ends[0];
	pthread_create(&thread, NULL, drain, &reader);
	spp_output_to(&output, ends[1], "pipe");
	CHECK(spp_output_write(&output, text, sizeof text, NULL));
	CHECK(spp_output_close(&output, NULL));
	close(ends[1]);
	pthread_join(thread, NULL);
	close(ends[0]);
	CHECK(reader.total == sizeof text && !reader.wrong);
}

int main(void)
{
	static const struct test tests[] = {
		{"everything arrives", everything_arrives},
		{"a full disk is an error once and for all",
			a_full_disk_is_an_error_once_and_for_all},
		{"close finds the last error", close_finds_the_last_error},
		{"a closed pipe", a_closed_pipe},
		{"memory runs out", memory_runs_out},
		{"short writes go on", short_writes_go_on},
	};

	return test_run(tests, sizeof tests / sizeof tests[0]);
}
