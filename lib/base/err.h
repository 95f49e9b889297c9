/*
 * Errors as data.  A call that can fail returns bool and takes a struct
 * spp_err last; the first failure wins and nothing is allocated while
 * failing.  Only lib/cli prints.
 */
#ifndef SPP_BASE_ERR_H
#define SPP_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes of every command, and the class of every error. */
enum spp_status {
	SPP_DONE = 0,    /* done, and nothing is left */
	SPP_LEFT = 1,    /* the answer is no, or part of it is left undone */
	SPP_USAGE = 2,   /* the command line is wrong */
	SPP_INPUT = 3,   /* the input is wrong */
	SPP_SYSTEM = 4,  /* memory, files, sockets or other processes failed */
	SPP_LOCKED = 5,  /* somebody else works, or work is unfinished */
	SPP_UNKNOWN = 6, /* an outcome could not be found out */
};

struct spp_err {
	enum spp_status status; /* SPP_DONE while nothing has failed */
	size_t line;            /* 1-based line of the source, 0 = none */
	char source[128];       /* file name or "<stdin>", "" = none */
	char field[64];         /* field or option the text is about, or "" */
	char text[320];         /* lower case, no full stop, failure first */
	char hint[256];         /* a sentence that says what to do, or "" */
};

/*
 * Record a failure, unless one is recorded already (the first wins).
 * err may be NULL.  Always returns false, so that a caller can return it.
 */
bool spp_fail(struct spp_err *err, enum spp_status status, const char *format,
	...) __attribute__((format(printf, 3, 4)));

/* Record that memory ran out: SPP_SYSTEM, "out of memory". */
bool spp_fail_memory(struct spp_err *err);

/* Record a failed system call: text, then ": " and the text of errno. */
bool spp_fail_errno(struct spp_err *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Say where a recorded failure happened; places already said stay.  These
 * return false, too.
 */
bool spp_err_at(struct spp_err *err, const char *source, size_t line);
bool spp_err_hint(struct spp_err *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

enum { SPP_QUOTE_SIZE = 96 };

/*
 * Text that a user gave, made fit for a message: in double quotes, control
 * bytes, direction marks and bytes that are no UTF-8 written as \xNN, names
 * beyond 60 bytes cut.  Returns QUOTED.
 */
const char *spp_err_quote(
	char quoted[SPP_QUOTE_SIZE], const char *text, size_t length);

enum { SPP_ERRS_KEPT = 20 };

/*
 * What was found wrong with one input, in input order: the first 20 are
 * kept, all are counted.  Errors and warnings use one each.
 */
struct spp_errs {
	size_t count;                       /* all that were added */
	struct spp_err kept[SPP_ERRS_KEPT]; /* the first of them */
};

void spp_errs_add(struct spp_errs *errs, const struct spp_err *err);

/* Append all of FROM to TO, keeping order and counts. */
void spp_errs_merge(struct spp_errs *to, const struct spp_errs *from);

#endif
