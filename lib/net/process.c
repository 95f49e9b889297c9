#include "lib/net/process.h"

#include "lib/base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { READ_SIZE = 64 << 10 };

static bool runnable(const char *path)
{
	return access(path, X_OK) == 0;
}

/* Beside the running program, as it was installed or built. */
static bool beside(
	const char *prefix, const char *name, char *path, size_t size)
{
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	if (length <= 0)
		return false;
	self[length] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	return (size_t)snprintf(path, size, "%s/%s%s", self, prefix, name) <
	               size &&
	       runnable(path);
}

bool spp_process_find(const char *prefix, const char *name, char *path,
	size_t size, struct spp_err *err)
{
	const char *list = getenv("PATH");
	char quoted[SPP_QUOTE_SIZE];

	if (strchr(name, '/') != NULL) {
		if ((size_t)snprintf(path, size, "%s", name) < size &&
			runnable(path))
			return true;
		list = NULL;
	} else if (beside(prefix, name, path, size)) {
		return true;
	}
	while (list != NULL && *list != '\0') {
		size_t length = strcspn(list, ":");

		/* An empty entry would be the current directory. */
		if (length > 0 &&
			(size_t)snprintf(path, size, "%.*s/%s%s", (int)length,
				list, prefix, name) < size &&
			runnable(path))
			return true;
		list += length + (list[length] == ':');
	}
	spp_fail(err, SPP_USAGE, "there is no driver %s",
		spp_err_quote(quoted, name, strlen(name)));
	if (strchr(name, '/') == NULL) {
		spp_err_hint(err,
			"A program named %s%.60s must be beside this one or "
			"in $PATH.",
			prefix, name);
	}
	return false;
}

/* Both pipes, all ends closed on exec; ours do not block. */
static bool make_pipes(int in[2], int out[2], struct spp_err *err)
{
	if (pipe2(in, O_CLOEXEC) != 0)
		return spp_fail_errno(err, "cannot make a pipe");
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return spp_fail_errno(err, "cannot make a pipe");
	}
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	return true;
}

static int spawn(pid_t *pid, const char *path, const char *const *arguments,
	int in, int out)
{
	/* posix_spawn does not change what it takes as not const. */
	union {
		const char *const *given;
		char *const *wanted;
	} words = {.given = arguments};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults, mask;
	int failed;

	failed = posix_spawn_file_actions_init(&files);
	if (failed != 0)
		return failed;
	failed = posix_spawnattr_init(&attributes);
	if (failed != 0) {
		posix_spawn_file_actions_destroy(&files);
		return failed;
	}
	sigemptyset(&mask);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGTERM);
	sigaddset(&defaults, SIGINT);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setsigmask(&attributes, &mask);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETPGROUP);
	failed = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	if (failed == 0)
		failed = posix_spawn_file_actions_adddup2(
			&files, out, STDOUT_FILENO);
	if (failed == 0)
		failed = posix_spawn(
			pid, path, &files, &attributes, words.wanted, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return failed;
}

bool spp_process_start(struct spp_process *process, const char *path,
	const char *const *arguments, struct spp_err *err)
{
	int in[2], out[2], failed;

	*process = (struct spp_process){.to = -1, .from = -1};
	if (!make_pipes(in, out, err))
		return false;
	failed = spawn(&process->pid, path, arguments, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	process->to = in[1];
	process->from = out[0];
	if (failed == 0)
		return true;
	process->pid = 0;
	spp_process_stop(process, 0);
	errno = failed;
	return spp_fail_errno(err, "cannot start \"%.200s\"", path);
}

bool spp_process_send(struct spp_process *process, const char *line,
	size_t length, struct spp_err *err)
{
	spp_buf_append(&process->waiting, line, length);
	return spp_buf_ok(&process->waiting, err);
}

void spp_process_poll(const struct spp_process *process, struct pollfd fds[2])
{
	bool writes = process->waiting.length > process->sent;

	fds[0] = (struct pollfd){.fd = process->from, .events = POLLIN};
	fds[1] = (struct pollfd){
		.fd = writes ? process->to : -1, .events = POLLOUT};
}

static void write_some(struct spp_process *process)
{
	while (process->to >= 0 && process->sent < process->waiting.length) {
		ssize_t count = write(process->to,
			process->waiting.data + process->sent,
			process->waiting.length - process->sent);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && errno == EAGAIN)
			return;
		if (count < 0) {
			process->broken = true;
			close(process->to);
			process->to = -1;
			return;
		}
		process->sent += (size_t)count;
	}
	spp_buf_reset(&process->waiting);
	process->sent = 0;
}

/* Forget the lines that were taken. */
static void compact(struct spp_process *process)
{
	if (process->taken == 0)
		return;
	memmove(process->read.data, process->read.data + process->taken,
		process->read.length - process->taken);
	process->read.length -= process->taken;
	process->searched -= process->taken;
	process->taken = 0;
}

static bool read_some(struct spp_process *process, struct spp_err *err)
{
	compact(process);
	while (process->from >= 0) {
		char *place = spp_buf_reserve(&process->read, READ_SIZE);
		ssize_t count;

		if (place == NULL)
			return spp_fail_memory(err);
		count = read(process->from, place, READ_SIZE);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && errno == EAGAIN)
			return true;
		if (count <= 0) {
			close(process->from);
			process->from = -1;
			return true;
		}
		process->read.length += (size_t)count;
		/* One turn takes no more than a long line. */
		if (process->read.length > SPP_PROCESS_LINE_MAX)
			return true;
	}
	return true;
}

bool spp_process_turn(struct spp_process *process, struct spp_err *err)
{
	write_some(process);
	return read_some(process, err);
}

bool spp_process_line(
	struct spp_process *process, const char **line, size_t *length)
{
	struct spp_buf *buf = &process->read;
	char *newline = NULL;

	if (process->searched < buf->length)
		newline = memchr(buf->data + process->searched, '\n',
			buf->length - process->searched);
	if (newline == NULL) {
		process->searched = buf->length;
		if (buf->length - process->taken > SPP_PROCESS_LINE_MAX)
			process->broken = true;
		return false;
	}
	*line = buf->data + process->taken;
	*length = (size_t)(newline - *line);
	process->taken += *length + 1;
	process->searched = process->taken;
	return true;
}

bool spp_process_alive(const struct spp_process *process)
{
	return process->pid != 0 && process->to >= 0 && process->from >= 0 &&
	       !process->broken;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Wait for the end up to WAIT_MS; true when it came. */
static bool wait_for(struct spp_process *process, int64_t wait_ms)
{
	int64_t until_ms = now_ms() + wait_ms;

	for (;;) {
		struct timespec pause = {.tv_nsec = 5000000};
		pid_t ended = waitpid(process->pid, &process->status, WNOHANG);

		if (ended == process->pid || (ended < 0 && errno != EINTR)) {
			process->pid = 0;
			return true;
		}
		if (now_ms() >= until_ms)
			return false;
		nanosleep(&pause, NULL);
	}
}

void spp_process_stop(struct spp_process *process, int64_t grace_ms)
{
	enum { TERM_MS = 1000, KILL_MS = 5000 };

	if (process->to >= 0)
		close(process->to);
	if (process->from >= 0)
		close(process->from);
	process->to = process->from = -1;
	if (process->pid != 0 && !wait_for(process, grace_ms)) {
		kill(process->pid, SIGTERM);
		if (!wait_for(process, TERM_MS)) {
			kill(process->pid, SIGKILL);
			wait_for(process, KILL_MS);
		}
	}
	spp_buf_free(&process->waiting);
	spp_buf_free(&process->read);
	process->taken = process->searched = process->sent = 0;
}
