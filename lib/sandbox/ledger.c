#include "lib/sandbox/ledger.h"

#include <assert.h>

void spp_ledger_open(struct spp_ledger *ledger)
{
	*ledger = (struct spp_ledger){.gaps.size = sizeof(struct spp_gap)};
}

void spp_ledger_close(struct spp_ledger *ledger)
{
	spp_fifo_free(&ledger->gaps);
}

static struct spp_gap *gap_of(
	const struct spp_ledger *ledger, uint64_t position)
{
	for (size_t i = ledger->gaps.count; i-- > 0;) {
		struct spp_gap *gap = spp_fifo_at(&ledger->gaps, i);

		if (position >= gap->from && position < gap->to)
			return gap;
	}
	return NULL;
}

bool spp_ledger_knows(const struct spp_ledger *ledger, uint64_t position)
{
	return ledger->begun && position >= ledger->first &&
	       position < ledger->next && gap_of(ledger, position) == NULL;
}

/* A position that counted as lost came after all. */
static bool fill_gap(
	struct spp_ledger *ledger, struct spp_gap *gap, uint64_t position)
{
	const struct spp_gap rest = {position + 1, gap->to};

	gap->to = position;
	ledger->lost--;
	ledger->out_of_order++;
	ledger->delivered++;
	/* Gaps may be out of order then; nobody needs their order. */
	return rest.from == rest.to ||
	       spp_fifo_push(&ledger->gaps, &rest) != NULL;
}

void spp_ledger_begin(struct spp_ledger *ledger, uint64_t position)
{
	if (ledger->begun)
		return;
	ledger->begun = true;
	ledger->first = position;
	ledger->next = position;
}

bool spp_ledger_pass(struct spp_ledger *ledger, uint64_t position)
{
	const struct spp_gap passed = {ledger->next, position};

	assert(ledger->begun);
	if (position <= ledger->next)
		return true;
	ledger->next = position;
	ledger->lost += passed.to - passed.from;
	return spp_fifo_push(&ledger->gaps, &passed) != NULL;
}

bool spp_ledger_hand(struct spp_ledger *ledger, uint64_t position)
{
	struct spp_gap *gap;

	spp_ledger_begin(ledger, position);
	if (position >= ledger->next) {
		if (!spp_ledger_pass(ledger, position))
			return false;
		ledger->next = position + 1;
		ledger->delivered++;
		return true;
	}
	gap = position >= ledger->first ? gap_of(ledger, position) : NULL;
	if (gap != NULL)
		return fill_gap(ledger, gap, position);
	ledger->delivered++;
	ledger->duplicated++;
	return true;
}
