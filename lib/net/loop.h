/*
 * An event loop over epoll.  A watch tells which descriptor it waits for
 * and what is called; whoever owns the descriptor owns the watch, too.
 */
#ifndef SPP_NET_LOOP_H
#define SPP_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct spp_err;

struct spp_watch {
	int fd; /* -1 = not watched */
	/* events are those of epoll: EPOLLIN, EPOLLOUT, EPOLLHUP ... */
	void (*ready)(void *context, uint32_t events);
	void *context;
};

struct spp_loop {
	int fd; /* of epoll */
};

bool spp_loop_open(struct spp_loop *loop, struct spp_err *err);
void spp_loop_close(struct spp_loop *loop);

/*
 * Wait for events on watch->fd.  The watch must stay where it is until it
 * is removed, and its memory until the turn in which that happens is over.
 */
bool spp_loop_add(struct spp_loop *loop, struct spp_watch *watch,
	uint32_t events, struct spp_err *err);
bool spp_loop_change(struct spp_loop *loop, struct spp_watch *watch,
	uint32_t events, struct spp_err *err);

/* Stop waiting; descriptors are not closed here.  Twice does no harm. */
void spp_loop_remove(struct spp_loop *loop, struct spp_watch *watch);

/*
 * One turn: wait up to wait_ms (0 = look only, -1 = for ever) and call what
 * became ready.  False only when epoll itself fails; a signal is no failure.
 */
bool spp_loop_turn(struct spp_loop *loop, int wait_ms, struct spp_err *err);

#endif
