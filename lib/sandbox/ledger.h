/*
 * What one subscriber was given, position by position: the proof of what a
 * hand-over lost or gave twice.  It counts what the application is handed
 * and never asks why.
 */
#ifndef SPP_SANDBOX_LEDGER_H
#define SPP_SANDBOX_LEDGER_H

#include "lib/sandbox/fifo.h"

#include <stdbool.h>
#include <stdint.h>

struct spp_ledger {
	bool begun;
	uint64_t first;        /* position it began with */
	uint64_t next;         /* one above the highest it was handed */
	uint64_t delivered;    /* handed to the application */
	uint64_t lost;         /* passed over and never handed */
	uint64_t duplicated;   /* handed again */
	uint64_t out_of_order; /* handed after a higher one */
	uint64_t wire;         /* records received */
	uint64_t wire_duplicated;
	uint64_t corrupt;
	struct spp_fifo gaps; /* what is lost: struct spp_gap */
};

struct spp_gap {
	uint64_t from, to; /* to is the first not in it */
};

void spp_ledger_open(struct spp_ledger *ledger);
void spp_ledger_close(struct spp_ledger *ledger);

/* The subscriber knows where it begins, though nothing came yet. */
void spp_ledger_begin(struct spp_ledger *ledger, uint64_t position);

/* All below a position will never come.  False when memory ran out. */
bool spp_ledger_pass(struct spp_ledger *ledger, uint64_t position);

/* The application is handed a position.  False when memory ran out. */
bool spp_ledger_hand(struct spp_ledger *ledger, uint64_t position);

/* Whether the application was handed a position before. */
bool spp_ledger_knows(const struct spp_ledger *ledger, uint64_t position);

#endif
