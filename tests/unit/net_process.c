/* Co-processes: lines go there and back, and nothing ever blocks. */
#include "lib/base/err.h"
#include "lib/net/process.h"

#include "tests/unit/test.h"

#include <signal.h>
#include <string.h>

static void start(struct spp_process *process, const char *const *arguments)
{
	struct spp_err err = {0};

	CHECK(spp_process_start(process, arguments[0], arguments, &err));
	if (err.status != SPP_DONE)
		printf("# %s\n", err.text);
}

/* Turn until there is a line or the other side is gone. */
static bool next_line(
	struct spp_process *process, const char **line, size_t *length)
{
	for (int i = 0; i < 500; i++) {
		struct pollfd fds[2];

		if (spp_process_line(process, line, length))
			return true;
		if (!spp_process_alive(process))
			return false;
		spp_process_poll(process, fds);
		poll(fds, 2, 10);
		CHECK(spp_process_turn(process, NULL));
	}
	return false;
}

static void test_echo(void)
{
	static const char *const cat[] = {"/bin/cat", NULL};
	struct spp_process process;
	const char *line;
	size_t length;

	start(&process, cat);
	CHECK(spp_process_send(&process, "one\ntwo\n", 8, NULL));
	CHECK(next_line(&process, &line, &length));
	CHECK(length == 3 && memcmp(line, "one", 3) == 0);
	CHECK(next_line(&process, &line, &length));
	CHECK(length == 3 && memcmp(line, "two", 3) == 0);
	CHECK(spp_process_send(&process, "half", 4, NULL));
	CHECK(spp_process_turn(&process, NULL));
	CHECK(!spp_process_line(&process, &line, &length));
	spp_process_stop(&process, 1000);
	CHECK(process.pid == 0);
}

/* More than any pipe holds, to a program that reads nothing. */
static void test_no_reader(void)
{
	static const char *const sleep[] = {"/bin/sleep", "60", NULL};
	static char much[4 << 20];
	struct spp_process process;

	memset(much, 'x', sizeof much);
	start(&process, sleep);
	CHECK(spp_process_send(&process, much, sizeof much, NULL));
	for (int i = 0; i < 10; i++)
		CHECK(spp_process_turn(&process, NULL));
	CHECK(spp_process_alive(&process));
	spp_process_stop(&process, 10);
	CHECK(process.pid == 0);
}

/* One that ends: seen, and what it said before is not lost. */
static void test_end(void)
{
	static const char *const echo[] = {"/bin/echo", "last words", NULL};
	struct spp_process process;
	const char *line;
	size_t length;

	start(&process, echo);
	CHECK(next_line(&process, &line, &length));
	CHECK(length == 10 && memcmp(line, "last words", 10) == 0);
	CHECK(!next_line(&process, &line, &length));
	CHECK(!spp_process_alive(&process));
	CHECK(spp_process_send(&process, "x\n", 2, NULL));
	CHECK(spp_process_turn(&process, NULL));
	spp_process_stop(&process, 1000);
}

static void test_find(void)
{
	char path[256];
	struct spp_err err = {0};

	CHECK(spp_process_find("", "/bin/cat", path, sizeof path, NULL));
	CHECK(strcmp(path, "/bin/cat") == 0);
	CHECK(spp_process_find("ca", "t", path, sizeof path, NULL));
	CHECK(!spp_process_find(
		"spp-driver-", "no\x1bone", path, sizeof path, &err));
	CHECK(err.status == SPP_USAGE);
	CHECK(strcmp(err.text, "there is no driver \"no\\x1Bone\"") == 0);
	CHECK(!spp_process_find("", "/nowhere/x", path, sizeof path, NULL));
}

static void test_not_startable(void)
{
	static const char *const none[] = {"/nowhere/x", NULL};
	struct spp_process process;
	struct spp_err err = {0};

	CHECK(!spp_process_start(&process, none[0], none, &err));
	CHECK(err.status == SPP_SYSTEM);
}

int main(void)
{
	static const struct test tests[] = {
		{"lines go there and back", test_echo},
		{"a program that does not read", test_no_reader},
		{"a program that ends", test_end},
		{"finding a driver", test_find},
		{"what cannot be started", test_not_startable},
	};

	signal(SIGPIPE, SIG_IGN);
	return test_run(tests, sizeof tests / sizeof *tests);
}
