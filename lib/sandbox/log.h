/*
 * The records of one partition that one platform holds: a log of records of
 * equal size at dense positions, trimmed at its old end.
 */
#ifndef SPP_SANDBOX_LOG_H
#define SPP_SANDBOX_LOG_H

#include "lib/sandbox/fifo.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spp_log {
	struct spp_fifo records; /* whole frames */
	uint64_t first;          /* position of the oldest record */
	size_t most;             /* records kept at most */
	uint64_t most_ns;        /* oldest age kept, in sandbox ns; 0 = any */
};

void spp_log_open(struct spp_log *log, size_t record_bytes, size_t most,
	uint64_t most_ns);
void spp_log_close(struct spp_log *log);

/* The position that the next record must have. */
uint64_t spp_log_next(const struct spp_log *log);
double spp_log_bytes(const struct spp_log *log);

/* Store a record at spp_log_next.  False when memory ran out. */
bool spp_log_append(struct spp_log *log, const unsigned char *record);

/* The record at a position, NULL when it was trimmed. */
const unsigned char *spp_log_at(const struct spp_log *log, uint64_t position);

/* Forget everything and begin again at a position. */
void spp_log_restart(struct spp_log *log, uint64_t first);

/*
 * Drop what is more or older than the log keeps, at sandbox time now_ns,
 * but nothing from position WANTED on: it is still to be sent.
 */
void spp_log_trim(struct spp_log *log, uint64_t now_ns, uint64_t wanted);

#endif
