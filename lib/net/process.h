/*
 * A co-process: a program on the other end of two pipes that speaks in
 * lines.  Nothing here waits but spp_process_stop; a program that does not
 * read or write never blocks the caller.
 */
#ifndef SPP_NET_PROCESS_H
#define SPP_NET_PROCESS_H

#include "lib/base/buf.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct spp_err;

enum { SPP_PROCESS_LINE_MAX = 64 << 20 }; /* bytes of the longest line */

struct spp_process {
	pid_t pid;              /* 0 = none runs */
	int to;                 /* its stdin, -1 = closed */
	int from;               /* its stdout, -1 = it has ended */
	int status;             /* of wait, once pid is 0 */
	size_t sent;            /* of waiting, already written */
	struct spp_buf waiting; /* not written yet */
	struct spp_buf read;    /* read, not taken */
	size_t taken;           /* of read */
	size_t searched;        /* of read: no newline in that much */
	bool broken;            /* it closed its stdin, or a line is too long */
};

/*
 * Where a driver is: beside the running program, else in $PATH, else
 * (NAME has a slash) NAME itself.  PREFIX stands before the name of the
 * file.  SPP_USAGE when there is none.
 */
bool spp_process_find(const char *prefix, const char *name, char *path,
	size_t size, struct spp_err *err);

/*
 * Start a program with the environment and standard error of this one and
 * default signals, in a process group of its own, so that a key pressed at
 * the terminal does not end it before the one who needs it.
 */
bool spp_process_start(struct spp_process *process, const char *path,
	const char *const *arguments, struct spp_err *err);

/* Queue a line, which ends in a newline. */
bool spp_process_send(struct spp_process *process, const char *line,
	size_t length, struct spp_err *err);

/* Fill two descriptors for poll; unused ones have fd -1. */
void spp_process_poll(const struct spp_process *process, struct pollfd fds[2]);

/*
 * After poll: write what is queued and read what is there.  What goes wrong
 * with the other side is no failure: see spp_process_alive.
 */
bool spp_process_turn(struct spp_process *process, struct spp_err *err);

/* The next whole line, without its newline, valid until the next turn. */
bool spp_process_line(
	struct spp_process *process, const char **line, size_t *length);

/* False once it has closed a pipe or said too much in one line. */
bool spp_process_alive(const struct spp_process *process);

/*
 * Close its stdin, and wait for its end; after grace_ms it is told to end,
 * then killed.  Frees all.
 */
void spp_process_stop(struct spp_process *process, int64_t grace_ms);

#endif
