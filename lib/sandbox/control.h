/*
 * The control APIs: load balancer (route), connections and subscriptions
 * (open, evidence, close), placement (attach, detach, cancel, throttle).
 * They change who is connected to whom and who follows whom; records move
 * over the platforms' own connections.
 */
#ifndef SPP_SANDBOX_CONTROL_H
#define SPP_SANDBOX_CONTROL_H

#include "lib/sandbox/sandbox.h"

/* What a control operation answers; the numbers are those of HTTP. */
enum spp_verdict {
	SPP_VERDICT_OK = 200,
	SPP_VERDICT_ACCEPTED = 202,
	SPP_VERDICT_MALFORMED = 400,
	SPP_VERDICT_NOT_FOUND = 404,
	SPP_VERDICT_IN_PROGRESS = 409,
	SPP_VERDICT_CONFLICT = 412,
	SPP_VERDICT_REFUSED = 422,
	SPP_VERDICT_FENCED = 423,
	SPP_VERDICT_TRANSIENT = 503,
};

/* Why an operation was not done: a sentence, set where it was not. */
struct spp_reason {
	char text[200];
};

/* Let PLATFORM copy a partition from COPY_FROM, then serve it. */
enum spp_verdict spp_control_attach(struct spp_sandbox *sandbox,
	size_t partition, size_t platform, size_t copy_from, double rate,
	struct spp_reason *reason);

/* Let PLATFORM lead; version NULL = whatever it is. */
enum spp_verdict spp_control_route(struct spp_sandbox *sandbox,
	size_t partition, size_t platform, const char *version,
	struct spp_reason *reason);
enum spp_verdict spp_control_detach(struct spp_sandbox *sandbox,
	size_t partition, size_t platform, struct spp_reason *reason);

/*
 * What a copy in flight has gained, of the bytes that there were when it
 * began: it grows while the copy comes nearer to its leader, whose end
 * moves on, and is 0 when it falls behind.
 */
double spp_control_gained(const struct spp_sandbox *sandbox, size_t partition);

/* Undo a copy in flight; without one this does nothing. */
enum spp_verdict spp_control_cancel(struct spp_sandbox *sandbox,
	size_t partition, struct spp_reason *reason);

/* FROM: "tail", a position, or NULL = as the subscriber resumes. */
enum spp_verdict spp_control_open(struct spp_sandbox *sandbox,
	size_t subscription, size_t platform, const char *from,
	struct spp_reason *reason);
enum spp_verdict spp_control_close(struct spp_sandbox *sandbox,
	size_t subscription, size_t platform, struct spp_reason *reason);

/* What the old and the new side of a subscription have delivered. */
struct spp_evidence {
	bool covered; /* the old side got up to where the new one begins */
	uint64_t old_up_to; /* all below were delivered by the old side */
	bool begun;         /* the new side answered */
	uint64_t new_from;  /* where it begins */
};

enum spp_verdict spp_control_evidence(const struct spp_sandbox *sandbox,
	size_t subscription, size_t from, size_t to,
	struct spp_evidence *evidence, struct spp_reason *reason);

/* Bytes/s of one copy at most. */
void spp_control_throttle(struct spp_sandbox *sandbox, double rate);

bool spp_control_has(const struct spp_place *place, size_t platform);

/*
 * Whether a platform has had the same work to do since a sandbox time: no
 * move ended or began there, no copy is made from or to it.
 */
bool spp_control_steady(
	const struct spp_sandbox *sandbox, size_t platform, double since_s);

/* The handlers of news from the platforms; manager is the sandbox. */
void spp_control_in_sync(void *manager, uint32_t partition, size_t platform);
void spp_control_copied(void *manager, uint32_t partition, size_t platform);
size_t spp_control_leader(void *manager, size_t partition);

#endif
