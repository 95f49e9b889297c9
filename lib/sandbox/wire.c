#include "lib/sandbox/wire.h"
#include "lib/base/err.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

bool spp_wire_open(struct spp_wire *wire, struct spp_loop *loop,
	size_t length_max, struct spp_err *err)
{
	*wire = (struct spp_wire){
		.loop = loop,
		.err = err,
		.length_max = length_max,
	};
	wire->chunk = spp_arena_alloc(&wire->arena, SPP_WIRE_CHUNK, 1);
	return spp_arena_ok(&wire->arena, err);
}

void spp_wire_close(struct spp_wire *wire)
{
	for (struct spp_link *link = wire->links; link; link = link->next) {
		spp_link_close(link);
		spp_buf_free(&link->in);
		spp_buf_free(&link->out);
	}
	spp_arena_free(&wire->arena);
	*wire = (struct spp_wire){0};
}

static void lose(struct spp_link *link)
{
	if (link->is_closed)
		return;
	spp_link_close(link);
	link->user->gone(link);
}

/* Hand over the whole frames in bytes; returns how much was taken. */
static size_t deliver(
	struct spp_link *link, const unsigned char *bytes, size_t length)
{
	size_t taken = 0;

	while (length - taken >= SPP_FRAME_HEAD) {
		struct spp_frame frame;

		spp_frame_decode(bytes + taken, &frame);
		if (frame.length < SPP_FRAME_HEAD ||
			frame.length > link->wire->length_max ||
			frame.kind == 0 || frame.kind >= SPP_FRAME_KINDS) {
			/* Not one of ours: whoever it is, hang up. */
			lose(link);
			return length;
		}
		if (length - taken < frame.length)
			break;
		link->user->frame(link, &frame, bytes + taken);
		if (link->is_closed)
			return length;
		taken += frame.length;
	}
	return taken;
}

static void digest(struct spp_link *link, size_t length)
{
	struct spp_buf *in = &link->in;
	size_t taken;

	if (in->length == 0) {
		taken = deliver(link, link->wire->chunk, length);
		spp_buf_append(in, link->wire->chunk + taken, length - taken);
	} else {
		spp_buf_append(in, link->wire->chunk, length);
		if (in->failed) {
			spp_fail_memory(link->wire->err);
			return;
		}
		taken = deliver(link, (unsigned char *)in->data, in->length);
		memmove(in->data, in->data + taken, in->length - taken);
		in->length -= taken;
	}
	if (in->failed)
		spp_fail_memory(link->wire->err);
}

static void receive(struct spp_link *link)
{
	ssize_t length =
		recv(link->watch.fd, link->wire->chunk, SPP_WIRE_CHUNK, 0);

	if (length > 0)
		digest(link, (size_t)length);
	else if (length == 0 ||
		 (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		lose(link);
}

static void transmit(struct spp_link *link)
{
	bool waits = false;

	while (link->sent < link->out.length) {
		ssize_t length =
			send(link->watch.fd, link->out.data + link->sent,
				link->out.length - link->sent, MSG_NOSIGNAL);

		if (length >= 0) {
			link->sent += (size_t)length;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK) {
			lose(link);
			return;
		}
		waits = true;
		break;
	}
	if (link->sent == link->out.length) {
		link->sent = 0;
		link->out.length = 0;
	}
	if (waits != link->waits) {
		link->waits = waits;
		spp_loop_change(link->wire->loop, &link->watch,
			waits ? EPOLLIN | EPOLLOUT : EPOLLIN, link->wire->err);
	}
}

static void link_ready(void *context, uint32_t events)
{
	struct spp_link *link = context;

	if (events & EPOLLOUT)
		transmit(link);
	if (!link->is_closed && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		receive(link);
}

/* A link for a connected socket, which is closed on failure. */
static struct spp_link *adopt(struct spp_wire *wire, int fd,
	const struct spp_link_user *user, void *owner, size_t tag)
{
	struct spp_link *link = wire->idle;
	const int on = 1;

	if (link != NULL) {
		wire->idle = link->next_idle;
	} else {
		link = spp_arena_alloc(&wire->arena, 1, sizeof(*link));
		if (link == NULL) {
			spp_fail_memory(wire->err);
			close(fd);
			return NULL;
		}
		link->next = wire->links;
		wire->links = link;
	}
	link->watch = (struct spp_watch){
		.fd = fd,
		.ready = link_ready,
		.context = link,
	};
	link->wire = wire;
	link->user = user;
	link->owner = owner;
	link->tag = tag;
	link->is_closed = false;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!spp_loop_add(wire->loop, &link->watch, EPOLLIN, wire->err)) {
		spp_link_close(link);
		return NULL;
	}
	return link;
}

static void accept_links(void *context, uint32_t events)
{
	struct spp_listener *listener = context;

	(void)events;
	for (;;) {
		int fd = accept4(listener->watch.fd, NULL, NULL,
			SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			break;
		if (adopt(listener->wire, fd, listener->user, listener->owner,
			    0) == NULL)
			break;
	}
}

static int open_socket(struct spp_wire *wire)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		spp_fail_errno(wire->err, "cannot open a socket");
	return fd;
}

bool spp_wire_listen(struct spp_wire *wire, struct spp_listener *listener,
	const struct spp_link_user *user, void *owner)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	int fd = open_socket(wire);

	if (fd < 0)
		return false;
	*listener = (struct spp_listener){
		.watch = {.fd = fd, .ready = accept_links, .context = listener},
		.wire = wire,
		.user = user,
		.owner = owner,
	};
	if (bind(fd, (struct sockaddr *)&address, size) != 0 ||
		listen(fd, SOMAXCONN) != 0 ||
		getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		return spp_fail_errno(wire->err, "cannot listen on 127.0.0.1");
	listener->port = ntohs(address.sin_port);
	return spp_loop_add(wire->loop, &listener->watch, EPOLLIN, wire->err);
}

void spp_wire_deafen(struct spp_listener *listener)
{
	int fd = listener->watch.fd;

	if (listener->wire == NULL || fd < 0)
		return;
	spp_loop_remove(listener->wire->loop, &listener->watch);
	close(fd);
}

struct spp_link *spp_wire_connect(struct spp_wire *wire, uint16_t port,
	const struct spp_link_user *user, void *owner, size_t tag)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = open_socket(wire);

	if (fd < 0)
		return NULL;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) !=
			0 &&
		errno != EINPROGRESS) {
		spp_fail_errno(wire->err, "cannot connect to 127.0.0.1:%u",
			(unsigned)port);
		close(fd);
		return NULL;
	}
	return adopt(wire, fd, user, owner, tag);
}

void spp_link_send(
	struct spp_link *link, const unsigned char *bytes, size_t length)
{
	struct spp_wire *wire = link->wire;

	if (link->is_closed)
		return;
	spp_buf_append(&link->out, bytes, length);
	if (link->out.failed)
		spp_fail_memory(wire->err);
	if (link->is_dirty)
		return;
	link->is_dirty = true;
	link->next_dirty = wire->dirty;
	wire->dirty = link;
}

void spp_link_tell(struct spp_link *link, const struct spp_frame *frame)
{
	unsigned char bytes[SPP_FRAME_HEAD];
	struct spp_frame head = *frame;

	head.length = SPP_FRAME_HEAD;
	spp_frame_encode(&head, bytes);
	spp_link_send(link, bytes, sizeof(bytes));
}

void spp_link_close(struct spp_link *link)
{
	struct spp_wire *wire = link->wire;
	int fd = link->watch.fd;

	if (link->is_closed)
		return;
	link->is_closed = true;
	spp_loop_remove(wire->loop, &link->watch);
	close(fd);
	spp_buf_reset(&link->in);
	spp_buf_reset(&link->out);
	link->sent = 0;
	link->waits = false;
	link->next_idle = wire->closed;
	wire->closed = link;
}

void spp_wire_flush(struct spp_wire *wire)
{
	while (wire->dirty != NULL) {
		struct spp_link *link = wire->dirty;

		wire->dirty = link->next_dirty;
		link->is_dirty = false;
		if (!link->is_closed && !link->waits)
			transmit(link);
	}
}

void spp_wire_turn_over(struct spp_wire *wire)
{
	/* A closed link may still stand in the list of dirty ones. */
	spp_wire_flush(wire);
	while (wire->closed != NULL) {
		struct spp_link *link = wire->closed;

		wire->closed = link->next_idle;
		link->next_idle = wire->idle;
		wire->idle = link;
	}
}
