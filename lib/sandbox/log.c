#include "lib/sandbox/log.h"
#include "lib/sandbox/frame.h"

#include <assert.h>

void spp_log_open(
	struct spp_log *log, size_t record_bytes, size_t most, uint64_t most_ns)
{
	assert(record_bytes >= SPP_RECORD_LEAST && most > 0);
	*log = (struct spp_log){
		.records.size = record_bytes,
		.most = most,
		.most_ns = most_ns,
	};
}

void spp_log_close(struct spp_log *log)
{
	spp_fifo_free(&log->records);
}

uint64_t spp_log_next(const struct spp_log *log)
{
	return log->first + log->records.count;
}

double spp_log_bytes(const struct spp_log *log)
{
	return (double)log->records.count * (double)log->records.size;
}

bool spp_log_append(struct spp_log *log, const unsigned char *record)
{
	return spp_fifo_push(&log->records, record) != NULL;
}

const unsigned char *spp_log_at(const struct spp_log *log, uint64_t position)
{
	assert(position < spp_log_next(log));
	if (position < log->first)
		return NULL;
	return spp_fifo_at(&log->records, (size_t)(position - log->first));
}

void spp_log_restart(struct spp_log *log, uint64_t first)
{
	spp_fifo_pop(&log->records, log->records.count);
	log->first = first;
}

static bool is_old(const struct spp_log *log, uint64_t now_ns)
{
	struct spp_frame frame;

	if (log->most_ns == 0)
		return false;
	spp_frame_decode(spp_fifo_at(&log->records, 0), &frame);
	return frame.stamp + log->most_ns < now_ns;
}

void spp_log_trim(struct spp_log *log, uint64_t now_ns, uint64_t wanted)
{
	while (log->records.count > 0 && log->first < wanted &&
		(log->records.count > log->most || is_old(log, now_ns))) {
		spp_fifo_pop(&log->records, 1);
		log->first++;
	}
}
