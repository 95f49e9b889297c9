#include "lib/sandbox/service.h"

#include <assert.h>

void spp_service_open(
	struct spp_service *service, size_t record_bytes, double capacity)
{
	assert(capacity > 0);
	*service = (struct spp_service){
		.works.size = sizeof(struct spp_work),
		.arrived.size = record_bytes,
		.record_bytes = (double)record_bytes,
		.head_left = (double)record_bytes,
		.capacity = capacity,
	};
}

void spp_service_close(struct spp_service *service)
{
	spp_fifo_free(&service->works);
	spp_fifo_free(&service->arrived);
}

static bool put(struct spp_service *service, const struct spp_work *work)
{
	if (spp_fifo_push(&service->works, work) == NULL)
		return false;
	service->waiting++;
	service->arrivals += service->record_bytes;
	return true;
}

bool spp_service_put_in(struct spp_service *service,
	const unsigned char *record, uint32_t generation)
{
	const struct spp_work work = {.generation = generation};

	return spp_fifo_push(&service->arrived, record) != NULL &&
	       put(service, &work);
}

bool spp_service_put_out(struct spp_service *service,
	struct spp_channel *channel, uint64_t position)
{
	const struct spp_work work = {
		.channel = channel,
		.position = position,
	};

	assert(!channel->closed);
	if (!put(service, &work))
		return false;
	channel->outstanding++;
	return true;
}

void spp_service_forget(
	struct spp_service *service, struct spp_channel *channel)
{
	const struct spp_work *first;

	assert(!channel->closed && service->waiting >= channel->outstanding);
	channel->closed = true;
	service->waiting -= channel->outstanding;
	if (service->works.count == 0)
		return;
	first = spp_fifo_at(&service->works, 0);
	if (first->channel == channel)
		service->head_left = service->record_bytes;
}

double spp_service_backlog(const struct spp_service *service)
{
	double served = service->record_bytes - service->head_left;

	return (double)service->waiting * service->record_bytes - served;
}

static bool serve_first(struct spp_service *service,
	spp_service_handler *handler, void *context)
{
	struct spp_work work =
		*(const struct spp_work *)spp_fifo_at(&service->works, 0);
	bool open = work.channel == NULL || !work.channel->closed;

	if (open && service->credit < service->head_left) {
		service->head_left -= service->credit;
		service->served += service->credit;
		service->credit = 0;
		return false;
	}
	spp_fifo_pop(&service->works, 1);
	if (work.channel != NULL)
		work.channel->outstanding--;
	if (open) {
		assert(service->waiting > 0);
		service->waiting--;
		service->credit -= service->head_left;
		service->served += service->head_left;
		service->head_left = service->record_bytes;
	}
	if (work.channel == NULL) {
		handler(context, &work, spp_fifo_at(&service->arrived, 0));
		spp_fifo_pop(&service->arrived, 1);
	} else {
		handler(context, &work, NULL);
	}
	return true;
}

void spp_service_run(struct spp_service *service, double elapsed_s,
	spp_service_handler *handler, void *context)
{
	service->credit += service->capacity * elapsed_s;
	while (service->works.count > 0)
		if (!serve_first(service, handler, context))
			return;
	/* Capacity that nobody asked for cannot be saved for later. */
	service->credit = 0;
}

bool spp_service_window(struct spp_service *service, double window_s)
{
	bool over;

	service->offered = service->backlog_begin + service->arrivals;
	over = service->offered > service->capacity * window_s;
	if (over)
		service->overload_s += window_s;
	service->backlog_begin = spp_service_backlog(service);
	service->arrivals = 0;
	return over;
}
