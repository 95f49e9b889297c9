#include "lib/net/loop.h"
#include "lib/base/err.h"

#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_A_TURN = 512 };

bool spp_loop_open(struct spp_loop *loop, struct spp_err *err)
{
	loop->fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->fd < 0)
		return spp_fail_errno(err, "cannot make an event loop");
	return true;
}

void spp_loop_close(struct spp_loop *loop)
{
	if (loop->fd >= 0)
		close(loop->fd);
	loop->fd = -1;
}

static bool control(struct spp_loop *loop, int verb, struct spp_watch *watch,
	uint32_t events, struct spp_err *err)
{
	struct epoll_event event = {.events = events, .data.ptr = watch};

	assert(watch->fd >= 0);
	if (epoll_ctl(loop->fd, verb, watch->fd, &event) != 0)
		return spp_fail_errno(err, "cannot watch a descriptor");
	return true;
}

bool spp_loop_add(struct spp_loop *loop, struct spp_watch *watch,
	uint32_t events, struct spp_err *err)
{
	assert(watch->ready != NULL);
	return control(loop, EPOLL_CTL_ADD, watch, events, err);
}

bool spp_loop_change(struct spp_loop *loop, struct spp_watch *watch,
	uint32_t events, struct spp_err *err)
{
	return control(loop, EPOLL_CTL_MOD, watch, events, err);
}

void spp_loop_remove(struct spp_loop *loop, struct spp_watch *watch)
{
	if (watch->fd < 0)
		return;
	epoll_ctl(loop->fd, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->fd = -1;
}

bool spp_loop_turn(struct spp_loop *loop, int wait_ms, struct spp_err *err)
{
	struct epoll_event events[EVENTS_A_TURN];
	int count = epoll_wait(loop->fd, events, EVENTS_A_TURN, wait_ms);

	if (count < 0 && errno == EINTR)
		return true;
	if (count < 0)
		return spp_fail_errno(err, "cannot wait for events");
	for (int i = 0; i < count; i++) {
		struct spp_watch *watch = events[i].data.ptr;

		/* One handler may have removed what another waits for. */
		if (watch->fd >= 0)
			watch->ready(watch->context, events[i].events);
	}
	return true;
}
